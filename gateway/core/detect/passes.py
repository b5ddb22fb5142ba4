"""Which of many patterns hit somewhere in a text: a few passes over it, and over what stands around its digits.

Half of all patterns have a digit in every find, and no find of theirs is long. They read the surroundings of the
digits only, a small part of most texts: what a pass costs is mostly the memory its automaton touches for a byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.core.detect.extent import extent
from gateway.core.detect.linear import SENTINEL, PatternSet

_REACH = 80
"""Bytes of the longest find that a digit's surroundings are sure to hold."""

_BORDER, _END = SENTINEL[:1].encode(), SENTINEL.encode()
DIGIT = b"0"
_MARKS = bytes(DIGIT[0] if byte in b"0123456789" else _BORDER[0] for byte in range(256))


_Pass = tuple[PatternSet, tuple[int, ...]]
"""Patterns of one automaton, and the number that each has among all."""


class Passes:
    """Families of patterns, numbered through. Neighbours share an automaton while it has at most ``most`` of them; a
    family is never divided otherwise than by what it reads.
    """

    def __init__(self, families: Sequence[Sequence[str]], most: int) -> None:
        patterns = [pattern for family in families for pattern in family]
        near: list[list[int]] = []
        all_over: list[list[int]] = []
        first = 0
        for family in families:
            numbers = range(first, first + len(family))
            near.append([number for number in numbers if _is_near_digits(patterns[number])])
            all_over.append([number for number in numbers if number not in near[-1]])
            first += len(family)
        self._near = tuple(_made(patterns, _bundled(near, most)))
        self._all_over = tuple(_made(patterns, _bundled(all_over, most)))

    def matching(self, raw: bytes, around: bytes) -> Sequence[int]:
        """The numbers of the patterns that may match, in order; ``around``: ``around_digits(raw)``."""
        found: list[int] = []
        for patterns, numbers in self._all_over:
            found += [numbers[one] for one in patterns.matching(raw)]
        if around:
            for patterns, numbers in self._near:
                found += [numbers[one] for one in patterns.matching(around)]
        return sorted(found)


def marked_digits(raw: bytes) -> bytes:
    """A text with every digit as the same one, all else as none."""
    return raw.translate(_MARKS)


def around_digits(raw: bytes, marks: bytes) -> bytes:
    """What stands around the digits of a text, in one row; empty if it has none. Characters at the edges may be cut.

    ``marks``: its ``marked_digits``.
    """
    pieces: list[bytes] = []
    first = marks.find(DIGIT)
    while first >= 0:
        last = first
        while (later := marks.rfind(DIGIT, last + 1, last + 2 * _REACH)) > 0:
            last = later
        pieces.append(raw[max(0, first - _REACH) : last + _REACH])
        first = marks.find(DIGIT, last + 1)
    return _BORDER.join([*pieces, _END]) if pieces else b""


def _is_near_digits(pattern: str) -> bool:
    try:
        most, digit = extent(pattern)
    except ValueError:
        return False
    return digit and most <= _REACH


def _bundled(families: Iterable[list[int]], most: int) -> list[list[int]]:
    bundles: list[list[int]] = [[]]
    for family in families:
        if bundles[-1] and len(bundles[-1]) + len(family) > most:
            bundles.append([])
        bundles[-1] += family
    return [bundle for bundle in bundles if bundle]


def _made(patterns: Sequence[str], bundles: Iterable[list[int]]) -> Iterable[_Pass]:
    return ((PatternSet([patterns[number] for number in bundle]), tuple(bundle)) for bundle in bundles)
