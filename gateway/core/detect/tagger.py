"""A small learned reader of words: which stretches of a text name a person, a place, an organisation.

For outside scorers only (``mentions``): what it finds rests on no rule that could be told. It sees of each word what
``roles`` says of it, its ending, its neighbours, the marks between (``tagger_seen``), and adds up weights; the labels
go from left to right, each kind for itself, so that a place may stand inside an organisation. The weights are learned
by ``tests/quality/make_tagger.py``; decision 0050 says from what and how they are judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pkgutil import get_data
from typing import NamedTuple, TypeVar

from gateway.core.detect.dictionary import code, is_ordinary, words
from gateway.core.detect.roles import Read
from gateway.core.detect.tagger_seen import (
    ROWS,
    Around,
    Codes,
    Roles,
    Sight,
    columns,
    links,
    may_go_on,
    of_around,
    of_roles,
    of_stems,
    of_word,
    own,
    shapes_of,
    stem_of,
)

KINDS = ("PERSON", "LOCATION", "ORGANIZATION")
LANES = 3 * len(KINDS)
"""A row has a weight for each kind and label: outside, begins, goes on."""

LANE = 26
"""Bits a lane takes in a sum of rows: more than fifty weights, shifted to be positive, leave its highest bit free."""

TOP = 127
"""The largest weight in its byte. Its cube is what counts, so that bytes are close where weights are small."""

_SHIFT = TOP**3
_LANE_MASK = 2**LANE - 1
_FINE = 4
_OF_KIND = tuple((2 ** (3 * LANE) - 1) << 3 * LANE * kind for kind in range(len(KINDS)))
_HIGHEST = sum(1 << LANE * lane + LANE - 1 for lane in range(LANES))
_SURE = sum(1 << 3 * LANE * kind + LANE - 1 for kind in range(len(KINDS)))
MOST = 2048
"""Words of one shape, letters, marks whose sums are kept."""

K = TypeVar("K")
V = TypeVar("V")


class Word(NamedTuple):
    """Of a word: its stem and sort, what counts for itself, and what it adds to the words around it, being their
    second on the left, the left, the right, the second on the right.
    """

    stem: int
    sort: int
    itself: int
    second: int
    left: int
    right: int
    fourth: int


class Weights:
    """The rows of weights, and sums of rows that come again: of words of the language, letters, marks; no names."""

    __slots__ = ("around", "roles", "rows", "words")

    def __init__(self, rows: Sequence[int]) -> None:
        self.rows = rows
        self.words: tuple[dict[str, Word], ...] = ({}, {}, {}, {})
        self.roles: dict[Roles, int] = {}
        self.around: dict[Around, int] = {}

    def sum(self, codes: Codes) -> int:
        return sum(map(self.rows.__getitem__, codes))

    def word(self, spelt: str, shape: int) -> Word:
        """Kept only if it is a letter or an ordinary word of the language: no other may stay in memory."""
        stem, sort = stem_of(spelt)
        left, right, second, fourth = map(self.rows.__getitem__, of_stems(stem, stem, stem, stem))
        itself = self.sum(of_word(spelt, stem, shape)) + self._outside(2, stem)
        word = Word(stem, sort, itself, second, left, right, fourth)
        if len(spelt) == 1 or is_ordinary(code(spelt), words().ordinary):
            _room(self.words[shape])[spelt] = word
        return word

    def of_roles(self, roles: Roles) -> int:
        sum_ = self.sum(of_roles(roles)) + self._outside(3, roles[2])
        _room(self.roles)[roles] = sum_
        return sum_

    def of_around(self, around: Around) -> int:
        _, gap, _, here, *_ = around
        sum_ = self.sum(of_around(around)) + self._outside(0, 0) + self._outside(1, gap)
        sum_ += self._outside(4, here >> 4 << 4 | here & 3)
        _room(self.around)[around] = sum_
        return sum_

    def _outside(self, link: int, value: int) -> int:
        """What one of the ``links`` adds behind two words outside, the lanes of each kind from its own row."""
        own_ = (value, value, value, value)
        return sum(self.rows[links(own_, 0, 0, kind)[link]] & lanes for kind, lanes in enumerate(_OF_KIND))


def _room(kept: dict[K, V]) -> dict[K, V]:
    if len(kept) >= MOST:
        kept.clear()
    return kept


def table(packed: bytes) -> Weights:
    """The packed weights, each row as one number with a lane for each weight."""
    rows = (packed[at : at + LANES] for at in range(0, len(packed), LANES))
    zero = _lanes(bytes(LANES))
    return Weights([_lanes(row) if any(row) else zero for row in rows])


def _lanes(row: bytes) -> int:
    signed = (value - 256 if value > TOP else value for value in row)
    return sum((value**3 + _SHIFT >> _FINE) << LANE * place for place, value in enumerate(signed))


@lru_cache(maxsize=1)
def learned() -> Weights:
    """The weights of the package, read once."""
    packed = get_data("gateway.core.detect", "data/tagger.bin")
    assert packed is not None  # noqa: S101 - get_data answers None only for loaders without files
    return table(packed)


def tagged(found: Read, cased: str, lower: str, weights: Weights) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of what the words name, kind by kind; ``weights``: ``learned`` unless judging."""
    shapes = shapes_of(found, cased)
    kept = weights.words
    read = [kept[shape].get(word) or weights.word(word, shape) for word, shape in zip(found.spelt, shapes, strict=True)]
    sight = columns(found, cased, lower, shapes, [(word.stem, word.sort) for word in read])
    sums = _sums(sight, read, weights)
    begun = [place for place, sum_ in enumerate(sums) if (sum_ + _HIGHEST - (sum_ >> LANE)) & _SURE != _SURE]
    for kind, name in enumerate(KINDS):
        first = -1
        for place, label in _labels(sight, sums, begun, kind, weights):
            if first >= 0 and label < 2:
                end = found.end(place - 1)
                dotted = found.letters[2 * place - 2] in "Ii" and lower[end] == "."
                yield found.starts[first], end + dotted, name
                first = -1
            if label == 1:
                first = place


def _sums(sight: Sight, read: Sequence[Word], weights: Weights) -> list[int]:
    """Of each word the sum of the rows of all that is seen of it, and of the links behind two words outside."""
    rows, stems, shapes = weights.rows, sight.stems, sight.shapes
    none = rows[0]
    roles = [weights.roles.get(key) or weights.of_roles(key) for key in sight.roles]
    around = [weights.around.get(key) or weights.of_around(key) for key in sight.around]
    parts = zip(
        [word.itself for word in read],
        [none, none, *[word.second for word in read]],
        [none, *[word.left for word in read]],
        [*[word.right for word in read[1:]], none],
        [*[word.fourth for word in read[2:]], none, none],
        roles,
        around,
        [rows[(left << 2 | looks) * 71 % ROWS] for left, looks in zip(stems[1:], shapes[2:-2], strict=False)],
        [rows[(right << 2 | looks) * 73 % ROWS] for right, looks in zip(stems[3:], shapes[2:-2], strict=False)],
        [rows[(left << 8 | key[0]) * 79 % ROWS] for left, key in zip(stems[1:], sight.around, strict=False)],
        strict=False,
    )
    return list(map(sum, parts))


def _labels(
    sight: Sight, sums: Sequence[int], begun: Sequence[int], kind: int, weights: Weights
) -> Iterator[tuple[int, int]]:
    """Place and label (0, 1 or 2: outside, begins, goes on) of the words that are not plainly outside.

    Behind two words outside, a word at no place of ``begun`` is outside too, so only those are asked from there.
    """
    lanes, bit, done = 3 * LANE * kind, 1 << kind, 0
    for start in begun:
        before = last = 0
        for place in range(max(start, done), len(sums) if start >= done else 0):
            sum_ = sums[place]
            if before or last:
                own_ = own(sight, place)
                sum_ += weights.sum(links(own_, last, before, kind)) - (
                    weights.sum(links(own_, 0, 0, kind)) & _OF_KIND[kind]
                )
            whole = sum_ >> lanes
            outside, begins, on = whole & _LANE_MASK, whole >> LANE & _LANE_MASK, whole >> 2 * LANE & _LANE_MASK
            goes_on = last and may_go_on(sight, place) & bit
            label = (
                0 if outside >= begins and (not goes_on or outside >= on) else 1 if begins >= on or not goes_on else 2
            )
            yield place, label
            before, last, done = last, label, place + 1
            if not (before or last):
                break
        if last:
            yield done, 0
