"""The one door to RE2: patterns that read UTF-8 in linear time, alone or as a set.

A set reports "nothing" also when its automaton runs out of memory. So every text it is given must end in ``SENTINEL``,
which one pattern of the set always matches; without that in the answer the set says that everything may have hit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, cast

import re2

SENTINEL = "\0\1"

_PATTERN_MEMORY = 16 * 2**20
_SET_MEMORY = 48 * 2**20
"""Upper bounds for automata that grow as texts come by; when full, an automaton starts anew."""


class Match(Protocol):
    """One match; offsets are bytes."""

    def span(self, group: int = 0) -> tuple[int, int]: ...


class Pattern(Protocol):
    """One compiled pattern."""

    @property
    def groups(self) -> int: ...

    def finditer(self, text: bytes) -> Iterator[Match]: ...

    def search(self, text: bytes) -> Match | None: ...


class _Numbers(Protocol):
    """What re2.Set answers."""

    def Match(self, text: bytes) -> list[int] | None: ...  # noqa: N802 - the library's name


def linear(pattern: str) -> Pattern:
    """The pattern compiled; ValueError if RE2 refuses it."""
    try:
        return cast("Pattern", re2.compile(pattern, _options(_PATTERN_MEMORY)))
    except re2.error as error:
        raise ValueError(f"{pattern}: {error}") from error


class PatternSet:
    """Many patterns read in one pass, which says which of them match somewhere."""

    def __init__(self, patterns: Sequence[str]) -> None:
        built = re2.Set.SearchSet(_options(_SET_MEMORY))
        for pattern in (*patterns, r"\x00\x01"):
            built.Add(pattern)
        built.Compile()
        self._set = cast("_Numbers", built)
        self._size = len(patterns)
        self._nothing = [self._size]

    def matching(self, raw: bytes) -> Sequence[int]:
        """The numbers of the patterns that match, in order; all of them if the pass was not completed."""
        numbers = self._set.Match(raw)
        if numbers == self._nothing:
            return ()
        if numbers is None or self._size not in numbers:
            return range(self._size)
        return sorted(numbers)[:-1]


def _options(memory: int) -> re2.Options:
    options = re2.Options()
    options.max_mem = memory
    options.log_errors = False
    options.longest_match = True
    return options
