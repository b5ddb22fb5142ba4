"""Bytes read as a row of choices, so that a fuzzer that changes a byte changes one choice; they never run out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Choices:
    """What is behind the end of the bytes reads as zeros."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, bound: int) -> int:
        """From 0 to ``bound`` - 1: one byte, two where one does not reach."""
        return int.from_bytes(self.take(1 if bound <= 256 else 2), "big") % bound

    def one_of(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken

    def text(self, most: int) -> str:
        return self.take(self.below(most + 1)).decode("utf-8", "replace")

    def rest(self) -> bytes:
        return self.take(len(self._data))

    def left(self) -> bool:
        return self._at < len(self._data)


def pieces(data: bytes, bites: bytes) -> list[bytes]:
    """The data cut into pieces whose sizes are the bites, again and again; without bites, one byte a piece."""
    cut, at, number = list[bytes](), 0, 0
    while at < len(data):
        size = 1 + bites[number % len(bites)] % 64 if bites else 1
        cut.append(data[at : at + size])
        at, number = at + size, number + 1
    return cut
