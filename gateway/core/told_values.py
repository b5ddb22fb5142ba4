"""Where values that were told stand in a text, in any spelling a service may give them: all of them in one pass.

A text is cut into words and signs once; each place where one begins is looked up, so that the cost does not grow with
how many values there are. Of values that overlap the longest counts; words of told names come after all values.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from gateway.model.errors import PayloadError
from gateway.model.names import Kind

MASK = "***"
_SHORTEST = 3
"""Shorter originals are found where they are all of a text."""

_SHORTEST_WORD = 3
_LONGEST_NUMBER = 40
_DIGITS = re.compile(r"[+(]?[0-9][0-9\s().\-\u2010-\u2013/№#]{5,}")
_BETWEEN = r"[\s().\-\u2010-\u2013/]"
_NUMBER = re.compile(rf"[0-9]+(?:{_BETWEEN}{{1,4}}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
_MOST_BETWEEN = 3
_BLANKS = re.compile(r"\s+")
_PIECES = re.compile(r"\w+|[^\w\s]")
_LETTERS = re.compile(r"[^\W\d_]+")
_NAMED = ("person.", "address", "birth_place")
_WORK = 256
"""Characters compared for each one of the text; only values made to begin alike need more."""

Told = Mapping[str, tuple[Kind, str]]
"""By original: its kind, and the token (or stand-in) that stood in its place."""

Cut = tuple[int, int, str]
"""Start, end, and what is to stand there."""

_Found = tuple[int, int, int, str]
"""Rank, start, end, and what is to stand there."""


@dataclass(slots=True, repr=False)
class ToldValues:
    """The values, by how they are looked for. A rank is how long the original is, the longest first."""

    whole: dict[str, tuple[int, str]] = field(default_factory=dict)
    numbers: dict[str, tuple[int, str]] = field(default_factory=dict)
    phones: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Of Russian phones the last ten digits: either prefix or none may stand before them."""
    forms: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)
    """By their first word or sign."""
    sizes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    words: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        forms = sum(map(len, self.forms.values()))
        return f"ToldValues({len(self.whole) + len(self.numbers) + len(self.phones) + forms})"


def told_values(told: Told) -> ToldValues:
    """The values of one reply, ready to be looked for."""
    values, words = ToldValues(), set[str]()
    for original in sorted(told, key=len, reverse=True):
        kind, shown = told[original]
        _put(values, original.strip(), kind, (-len(original), shown))
        if kind.startswith(_NAMED):
            words.update(word for word in _LETTERS.findall(original) if len(word) >= _SHORTEST_WORD)
    values.words = frozenset(map(_lower, words))
    values.sizes = {first: tuple(sorted({len(form) for form in own})) for first, own in values.forms.items()}
    return values


def _put(values: ToldValues, bare: str, kind: Kind, found: tuple[int, str]) -> None:
    if len(bare) < _SHORTEST:
        values.whole.setdefault(_lower(bare), found)
    elif _DIGITS.fullmatch(bare):
        digits = re.sub(r"\D", "", bare)
        is_russian = kind == "phone" and len(digits) == 11 and digits[0] in "78"
        (values.phones if is_russian else values.numbers).setdefault(digits[1:] if is_russian else digits, found)
    else:
        form = _lower(" ".join(bare.split()))
        first = _PIECES.match(form)
        values.forms.setdefault(first[0] if first else "", {}).setdefault(form, found)


def values_in(text: str, values: ToldValues) -> list[Cut]:
    """Where they stand, none overlapping another. Raises PayloadError where that takes too long to say."""
    if (alone := values.whole.get(_lower(text.strip()))) is not None:
        return [(0, len(text), alone[1])]
    found = [*_numbers_in(text, values), *_forms_in(text, values)]
    taken: list[tuple[int, int]] = []
    cuts: list[Cut] = []
    for _, start, end, new in sorted(found):
        at = bisect_left(taken, (start, end))
        if not (at < len(taken) and taken[at][0] < end) and not (at and taken[at - 1][1] > start):
            insort(taken, (start, end))
            cuts.append((start, end, new))
    return cuts


def _numbers_in(text: str, values: ToldValues) -> Iterator[_Found]:
    """Numbers in any layout: from the beginning of a group of digits to the end of one."""
    if not values.numbers and not values.phones:
        return
    for stretch in _NUMBER.finditer(text):
        groups = [group.span() for group in _GROUP.finditer(text, *stretch.span())]
        for first, (start, _) in enumerate(groups):
            digits, at = "", start
            for number, (begins, ends) in enumerate(groups[first:]):
                wide = 4 if number == 1 and digits in ("7", "8") and text[begins - 1] == "(" else _MOST_BETWEEN
                digits += text[begins:ends]
                if begins - at > wide or len(digits) > _LONGEST_NUMBER:
                    break
                at = ends
                if (told := _number(digits, values)) is not None and not _touches_digits(text, start, ends):
                    signs = "++" if len(digits) == 11 and digits not in values.numbers else "(+"
                    yield told[0], _with_signs(text, start, signs), ends, told[1]


def _number(digits: str, values: ToldValues) -> tuple[int, str] | None:
    told = values.numbers.get(digits) or values.phones.get(digits)
    if told is None and len(digits) == 11 and digits[0] in "78":
        return values.phones.get(digits[1:])
    return told


def _touches_digits(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start].isdecimal() or text[end : end + 1].isdecimal()


def _with_signs(text: str, start: int, signs: str) -> int:
    """Where the number begins with these before it: a bracket, which no prefix has, and a plus sign."""
    for sign in signs:
        if start and text[start - 1] == sign and not text[max(start - 2, 0) : start - 1].isdecimal():
            start -= 1
    return start


def _forms_in(text: str, values: ToldValues) -> Iterator[_Found]:
    """Texts with whatever blanks and capitals, and single words of names."""
    if not values.forms and not values.words:
        return
    low, places = _evened(text)
    work = _WORK * (len(low) + len(text))
    for piece in _PIECES.finditer(low):
        start = piece.start()
        if piece[0] in values.words:
            yield 1, places[start], places[start] + len(piece[0]), MASK
        for size in values.sizes.get(piece[0], ()):
            work -= size
            told = values.forms[piece[0]].get(low[start : start + size])
            if told is not None and start + size <= len(low) and not _is_inside_a_word(low, start, start + size):
                yield told[0], places[start], places[start + size - 1] + 1, told[1]
        if work < 0:
            raise PayloadError(
                "GW-P109", "too many values begin alike to be looked for.", "ask for fewer of them in one request."
            )


def _is_inside_a_word(low: str, start: int, end: int) -> bool:
    before, after = low[start - 1 : start] if start else "", low[end : end + 1]
    return any(char.isalnum() or char == "_" for char in before + after)


def _evened(text: str) -> tuple[str, list[int] | range]:
    """Small letters with single blanks, and where each character stood."""
    low = _lower(text)
    runs = [run.span() for run in _BLANKS.finditer(low) if run[0] != " "]
    if not runs:
        return low, range(len(low))
    pieces, places = list[str](), list[int]()
    for (_, at), (start, end) in pairwise([(0, 0), *runs, (len(low), len(low))]):
        pieces += low[at:start], " " if start < end else ""
        places += range(at, start + (start < end))
    return "".join(pieces), places


def _lower(text: str) -> str:
    """In small letters, as long as before."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(min(char.lower(), char, key=len) for char in text)
