"""What both SQL stores' surveys are made from."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from gateway.model.survey import Commits

BLOCKS = 1000
"""The ledger's newest blocks, from which commit groups are told."""
DAY_MS = 86_400_000


def made_ms(record: bytes) -> int:
    """When a record was made: its id says so."""
    return int.from_bytes(record[1:7], "big")


def from_then_on(record: bytes, at_ms: int) -> bytes:
    """What every id made after that moment is greater than, in the region of some record."""
    return record[:1] + max(at_ms, 0).to_bytes(6, "big")


def commits(blocks: Sequence[tuple[int, str]]) -> Commits:
    """``blocks``: when and which entries."""
    if not blocks:
        return Commits()
    sizes = [_size(entries) for _, entries in blocks]
    times = [at_ms for at_ms, _ in blocks]
    return Commits(len(blocks), sum(sizes), max(sizes), max(times) - min(times))


def _size(entries: str) -> int:
    try:
        return len(orjson.loads(entries))
    except (orjson.JSONDecodeError, TypeError):
        return 0
