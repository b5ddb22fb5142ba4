"""Is the ledger what was written? A pure judgement over its blocks, the anchors kept elsewhere, and the keys.

Found are: a block that was edited, reordered or put in by somebody without the key; one taken out of the middle; a tail
cut off, as far as an anchor remembers it; a chain that is gone; a chain written anew. Not found: what the holder of key,
store and anchors together does, and a tail younger than the last anchor (ten seconds) of a process that was killed.
"""

from __future__ import annotations

import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from gateway.model.chain import GENESIS, Anchor, Block, anchor_mac, block_mac
from gateway.model.secret import Secret

Wrong = Literal[
    "block altered",
    "block missing",
    "tail cut off",
    "chain gone",
    "chain written anew",
    "key unknown",
    "anchor altered",
    "anchor missing",
    "anchor unreadable",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at block or anchor ``number`` of a chain."""

    wrong: Wrong
    chain: str
    number: int

    def __str__(self) -> str:
        return f"{self.wrong}: chain {self.chain or '?'}, number {self.number}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``entries`` is how many were read, ``open_chains`` how many were not ended in good order (or still run)."""

    chains: int
    blocks: int
    entries: int
    anchors: int
    open_chains: int
    problems: tuple[Problem, ...]


def check(blocks: Iterable[Block], anchors: Sequence[Anchor | None], keys: Mapping[str, Secret]) -> Verdict:
    """``blocks`` chain by chain in order; ``anchors`` in the order of their file, None for a line that is none.

    Read the anchors first, then the blocks: a ledger that is being written then never looks cut off.
    """
    problems: list[Problem] = []
    macs: dict[str, dict[int, str]] = {}
    entries = 0
    for chain, group in groupby(blocks, key=lambda block: block.chain):
        macs[chain], counted = _check_chain(list(group), keys, problems)
        entries += counted
    ended = _check_anchors(anchors, macs, keys, problems)
    count = sum(len(chain) for chain in macs.values())
    return Verdict(len(macs), count, entries, len(anchors), len(macs.keys() - ended), tuple(problems))


def _check_chain(
    blocks: list[Block], keys: Mapping[str, Secret], problems: list[Problem]
) -> tuple[dict[int, str], int]:
    """The MAC of every block by its number, and how many entries there are."""
    previous, awaited, entries = GENESIS, 0, 0
    for block in blocks:
        missing = block.seq != awaited
        if missing:
            problems.append(Problem("block missing", block.chain, awaited))
        if block.key not in keys:
            problems.append(Problem("key unknown", block.chain, block.seq))
        elif not missing and not hmac.compare_digest(block_mac(keys[block.key], block, previous), block.mac):
            problems.append(Problem("block altered", block.chain, block.seq))
        entries += _count(block)
        previous, awaited = block.mac, block.seq + 1
    return {block.seq: block.mac for block in blocks}, entries


def _count(block: Block) -> int:
    try:
        return len(json.loads(block.entries))
    except (ValueError, TypeError):
        return 0  # an altered block, told above


def _check_anchors(
    anchors: Sequence[Anchor | None],
    macs: Mapping[str, Mapping[int, str]],
    keys: Mapping[str, Secret],
    problems: list[Problem],
) -> set[str]:
    """The chains that were ended in good order."""
    by_chain: dict[str, list[Anchor]] = defaultdict(list)
    for line, anchor in enumerate(anchors):
        if anchor is None:
            problems.append(Problem("anchor unreadable", "", line))
        else:
            by_chain[anchor.chain].append(anchor)
    for chain, own in by_chain.items():
        _check_own_anchors(own, keys, problems)
        problems += _compare(chain, own, macs)
    return {chain for chain, own in by_chain.items() if own[-1].closed}


def _check_own_anchors(own: list[Anchor], keys: Mapping[str, Secret], problems: list[Problem]) -> None:
    previous, awaited = GENESIS, 0
    for anchor in own:
        missing = anchor.number != awaited
        if missing:
            problems.append(Problem("anchor missing", anchor.chain, awaited))
        if anchor.key not in keys:
            problems.append(Problem("key unknown", anchor.chain, anchor.number))
        elif not missing and not hmac.compare_digest(anchor_mac(keys[anchor.key], anchor, previous), anchor.mac):
            problems.append(Problem("anchor altered", anchor.chain, anchor.number))
        previous, awaited = anchor.mac, anchor.number + 1


def _compare(chain: str, own: list[Anchor], macs: Mapping[str, Mapping[int, str]]) -> Iterable[Problem]:
    """What the anchors remember that the chain does not have."""
    if chain not in macs:
        return [Problem("chain gone", chain, own[-1].seq)]
    known = macs[chain]
    last = max(known)
    found = [Problem("chain written anew", chain, a.seq) for a in own if a.seq in known and known[a.seq] != a.head]
    cut = [Problem("tail cut off", chain, last + 1)] if any(anchor.seq > last for anchor in own) else []
    return (*found[:1], *cut)
