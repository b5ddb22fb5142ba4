"""Randomness as an argument: what the makers of canaries ask of a generator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Dice(Protocol):
    """``random.Random`` and its kin."""

    def randrange(self, start: int, stop: int) -> int: ...

    def choice(self, seq: Sequence[T]) -> T: ...

    def getrandbits(self, k: int) -> int: ...
