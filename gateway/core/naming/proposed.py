"""Names proposed to a store, each made when it is asked for: the first is nearly always free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import overload

from gateway.model.names import Token


class Proposed(Sequence[Token]):
    """At most ``most`` names of a pure source, which is read once and no further than it has to be."""

    __slots__ = ("_made", "_most", "_source")

    def __init__(self, source: Iterator[Token], most: int) -> None:
        self._source = source
        self._most = most
        self._made: list[Token] = []

    def __repr__(self) -> str:
        return f"Proposed({self._most})"

    def __len__(self) -> int:
        return self._most

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Token, ...]: ...  # type: ignore[explicit-any] # of its bounds
    def __getitem__(self, at: int | slice) -> Token | tuple[Token, ...]:  # type: ignore[explicit-any] # as above
        if isinstance(at, slice):
            return tuple([self[each] for each in range(*at.indices(self._most))])
        at = range(self._most)[at]
        self._made += islice(self._source, at + 1 - len(self._made)) if at >= len(self._made) else ()
        return self._made[at]
