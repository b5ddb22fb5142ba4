"""A detector is data: a pattern, what confirms it, what has to stand near, its examples and its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.core.detect.fold import SEPARATOR
from gateway.core.detect.roles import Read
from gateway.model.names import Kind

THRESHOLD = 0.5
"""What scores less is no finding; everything else is one, alternatives included."""

NEAR = 0.5
"""What a context word adds, less a thousandth for each character between, and what a word that speaks against takes
away.
"""

OPEN = r"(?:^|[^\pL\pN_])"
"""Begins a pattern whose first word must not be the tail of another."""

CLOSE = r"[^\pL\pN_]"
"""What follows a find that must not be the head of a longer word; every scanned text ends in such a character."""

_NO_DIGITS = bytes(byte for byte in range(128) if not 48 <= byte <= 57)

Confirm = Callable[[str], bool]
Cut = Callable[[str, int, int], Sequence[tuple[int, int]]]
Reader = Callable[[Read, str, str], Sequence[tuple[int, int, str]]]
"""Given the words of a text and the text with and without its capitals: start, end and the last word of the name of the
detector.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """One way to find one kind.

    ``pattern`` (RE2) reads folded text: lower case, ё as е, one kind of dash, blank and digit, NUL between leaves. Its
    group, if it has one, is the find. ``confirm`` sees the find with its capitals (check digits, validity): the score
    is ``confirmed`` if it holds, else ``score`` (0 rejects). ``near`` and ``unless`` are alternations of word
    beginnings. ``cut`` is given the whole text with its capitals and the match, and says which stretches count: for
    shapes that a pattern cannot end, and for those that grow to both sides, which a pattern would find too slowly.
    ``loose`` lets letters and digits touch the find. ``gate``: what every find has in it, where that is simpler than
    the pattern; the one pass over everything looks for the gate, and its automaton grows with the product of all it
    looks for. ``reader``: finds by reading words instead of by a pattern; detectors that share it are rows of one
    reading. ``walled``: the pattern may match what stands between leaves, so it is given one leaf at a time. ``yes``
    texts hold one find at least, ``no`` texts none.
    """

    name: str
    kind: Kind
    pattern: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    source: str
    score: float
    confirmed: float = 0.0
    confirm: Confirm | None = None
    near: str = ""
    unless: str = ""
    cut: Cut | None = None
    loose: bool = False
    gate: str = ""
    reader: Reader | None = None
    walled: bool = False


class Hit(NamedTuple):
    """A find: which text of those scanned, from where to where in it (code points), by what, how sure."""

    text: int
    start: int
    end: int
    detector: Detector
    score: float


def around(text: str, start: int, end: int, size: int) -> tuple[int, int]:
    """The stretch with up to ``size`` more characters on both sides, within the same leaf."""
    first = max(text.rfind(SEPARATOR, max(0, start - size), start) + 1, start - size, 0)
    last = text.find(SEPARATOR, end, end + size)
    return first, last if last >= 0 else min(end + size, len(text))


def digits(text: str) -> str:
    """The ASCII digits of a text."""
    return text.encode("ascii", "ignore").translate(None, _NO_DIGITS).decode()


def by_digits(check: Confirm) -> Confirm:
    """The check applied to the digits alone."""
    return lambda text: check(digits(text))
