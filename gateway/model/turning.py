"""How the names of a store's rows turn with the index key: which generation decides, and which is being made beside it.

The core names a value by its *first* blind, under the first index key, for ever. What a store writes is nested: each
later key makes the blind of its generation from the one before, so an index changes its key without plaintext. A stored
blind says its generation: 32 bytes are the first, and later ones have theirs behind (2 bytes). Source: RFC 2104.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hmac import digest
from typing import Literal

from gateway.model.secret import Secret

Phase = Literal["steady", "fill", "lift", "drop"]
"""``steady``: one generation. ``fill``: the older one decides, both are written, the next is filled in beside it.
``lift``: the next one decides, records learn their new blinds. ``drop``: rows of the older one are removed.
"""

PHASES: tuple[Phase, ...] = ("steady", "fill", "lift", "drop")
_MAC_BYTES = 32
_GENERATION_BYTES = 2


@dataclass(frozen=True, slots=True)
class IndexStand:
    """``generation``: the last that was complete. ``rows`` that this phase has seen, ``share`` of the whole way."""

    generation: int = 1
    phase: Phase = "steady"
    rows: int = 0
    share: float = 1.0

    @property
    def decides(self) -> int:
        """The generation by which rows are found."""
        return self.generation + (self.phase in ("lift", "drop"))

    @property
    def newest(self) -> int:
        """The generation whose key everybody needs who writes."""
        return self.generation + (self.phase != "steady")

    def __str__(self) -> str:
        return f"{self.generation} {self.phase}"


def stand(text: str) -> IndexStand:
    """What a store notes of it. ValueError for anything else."""
    generation, _, word = text.partition(" ")
    for phase in PHASES:
        if phase == word:
            return IndexStand(int(generation), phase)
    raise ValueError("no phase")


def tail(generation: int) -> bytes:
    """What a stored blind of a generation ends in, behind its MAC."""
    return b"" if generation == 1 else generation.to_bytes(_GENERATION_BYTES, "big")


def generation_of(stored: bytes) -> int:
    return int.from_bytes(stored[_MAC_BYTES:], "big") or 1


def nested(older: bytes, key: Secret) -> bytes:
    """The stored blind of the next generation, from the one before it alone."""
    mac = digest(key.expose(), b"pii-gateway nested blind|" + older, "sha256")
    return mac + tail(generation_of(older) + 1)


def nested_to(generation: int, stored: bytes, later: Sequence[Secret]) -> bytes:
    """A blind as a later generation writes it; ``later``: the keys after the first, the second generation's first."""
    for key in later[generation_of(stored) - 1 : generation - 1]:
        stored = nested(stored, key)
    return stored
