"""A small learned reader of words: which stretches of a text name a person, a place, an organisation.

For outside scorers only (``mentions``): what it finds rests on no rule that could be told. It sees of each word what
``roles`` says of it, its ending, its neighbours, the marks between, and adds up weights; the labels go from left to
right, each kind for itself, so that a place may stand inside an organisation. The weights are learned by
``tests/quality/make_tagger.py``; decision 0050 says from what and how they are judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pkgutil import get_data
from zlib import crc32

from gateway.core.detect.endings import bare
from gateway.core.detect.names import people_in
from gateway.core.detect.roles import Read
from gateway.core.detect.tagger_words import GEOGRAPHY, INSTITUTIONS

KINDS = ("PERSON", "LOCATION", "ORGANIZATION")
ROWS = 65521
"""A prime: what is seen, as one number, modulo this is its row."""

LANES = 3 * len(KINDS)
"""A row has a weight for each kind and label: outside, begins, goes on."""

LANE = 24
"""Bits a lane takes in a sum of rows: more than fifty weights, shifted to be positive, fit in."""

TOP = 127
"""The largest weight in its byte. Its cube is what counts, so that bytes are close where weights are small."""

_SHIFT = TOP**3
_LANE_MASK = 2**LANE - 1
_FINE = 4
_LONGEST_QUOTE = 8
_MARKS = {
    mark: sort
    for sort, marks in enumerate(('«"“„', "»”", ".!?…", ",;", ":", "(", ")", "-—–", "\n\r"))
    for mark in marks
}

_BLANK, _ALL = 2, 7
_STOP, _DASH = 3, 8
_IN_ORGANISATIONS = frozenset({1, _STOP, 6, 7, 11, 12})
_NO_PERSON, _NO_NAMES = 6, frozenset(map(ord, "Xvxy"))
_INITIALS = frozenset(map(ord, "Ii"))

Codes = list[int]
Seen = tuple[Codes, Codes, int]
"""Of a word: the codes of what is seen of it, the codes of what counts together with the labels before it, and which
kinds may go on from the word before: a bit each."""


def table(packed: bytes) -> list[int]:
    """The rows of the packed weights, each as one number with a lane for each weight."""
    rows = (packed[at : at + LANES] for at in range(0, len(packed), LANES))
    zero = _lanes(bytes(LANES))
    return [_lanes(row) if any(row) else zero for row in rows]


def _lanes(row: bytes) -> int:
    signed = (value - 256 if value > TOP else value for value in row)
    return sum((value**3 + _SHIFT >> _FINE) << LANE * place for place, value in enumerate(signed))


@lru_cache(maxsize=1)
def learned() -> list[int]:
    """The weights of the package, read once."""
    packed = get_data("gateway.core.detect", "data/tagger.bin")
    assert packed is not None  # noqa: S101 - get_data answers None only for loaders without files
    return table(packed)


def tagged(found: Read, cased: str, lower: str, rows: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of what the words name, kind by kind; ``rows``: the weights, ``learned`` unless judging."""
    seen = features(found, cased, lower)
    row_of = rows.__getitem__
    sums = [sum(map(row_of, codes)) for codes, _, _ in seen]
    for kind, name in enumerate(KINDS):
        first = -1
        for place, label in enumerate([*labels(rows, seen, sums, kind), 0]):
            if first >= 0 and label < 2:
                end = found.end(place - 1)
                dotted = found.letters[2 * place - 2] in "Ii" and lower[end] == "."
                yield found.starts[first], end + dotted, name
                first = -1
            if label == 1:
                first = place


def labels(rows: Sequence[int], seen: Sequence[Seen], sums: Sequence[int], kind: int) -> Iterator[int]:
    """0, 1 or 2 for each word: outside, begins, goes on."""
    lanes = 3 * LANE * kind
    before = last = 0
    for (_, own, joins), sum_ in zip(seen, sums, strict=True):
        whole = sum_ + sum([rows[code] for code in links(own, last, before, kind)]) >> lanes
        outside, begins, on = whole & _LANE_MASK, whole >> LANE & _LANE_MASK, whole >> 2 * LANE & _LANE_MASK
        goes_on = last and joins & 1 << kind
        label = 0 if outside >= begins and (not goes_on or outside >= on) else 1 if begins >= on or not goes_on else 2
        yield label
        before, last = last, label


def links(own: Codes, last: int, before: int, kind: int) -> Codes:
    """The codes of what a word is together with the labels before it."""
    label = last * 3 + kind
    gap, stem, role, looks = own
    return [
        (before * 9 + label + 101) * 8009 % ROWS,
        (gap * 9 + label) * 8011 % ROWS,
        (stem * 9 + label) * 8017 % ROWS,
        (role * 9 + label) * 8039 % ROWS,
        (looks * 9 + label) * 8053 % ROWS,
    ]


def features(found: Read, cased: str, lower: str) -> list[Seen]:
    """Of each word the codes of what is seen of it, and of what counts together with the labels before it."""
    starts, spelt = found.starts, found.spelt
    count = len(spelt)
    roles = [ord(letter) for letter in found.letters[::2]]
    plain = cased.isupper() or cased.islower()
    shapes = [3] * count if plain else [_shape(cased, start, found.end(place)) for place, start in enumerate(starts)]
    stems = [bare(word) for word in spelt]
    sorts = [1 if stem in INSTITUTIONS else 2 if stem in GEOGRAPHY else 0 for stem in stems]
    stem_codes = [crc32(stem.encode()) for stem in stems]
    gaps = _gaps(found, cased)
    quotes = _quotes(gaps)
    people = _people(found, cased, lower)
    pad = [0, 0]
    role, shape, stem, sort, person = ([*pad, *listed, *pad] for listed in (roles, shapes, stem_codes, sorts, people))
    seen: list[Seen] = []
    for place, word in enumerate(spelt):
        at = place + 2
        is_, looks, gap, on = role[at], shape[at], gaps[place], gaps[place + 1]
        before, behind, left, right = role[at - 1], role[at + 1], stem[at - 1], stem[at + 1]
        own = stem[at]
        raw = word.encode()
        named = person[at - 1] << 4 | person[at] << 2 | person[at + 1]
        seen.append(
            (
                [
                    1,
                    crc32(raw, 2) % ROWS,
                    crc32(raw[-8:], looks + 4) % ROWS,
                    crc32(raw[-6:], 8) % ROWS,
                    crc32(raw[-4:], looks + 12) % ROWS,
                    crc32(raw[:8], 16) % ROWS,
                    own * 31 % ROWS,
                    (looks << 1 | (not place)) * 8101 % ROWS,
                    is_ * 8111 % ROWS,
                    (is_ << 18 | gap << 2 | looks) * 37 % ROWS,
                    (before << 8 | is_) * 8117 % ROWS,
                    (behind << 8 | is_) * 8123 % ROWS,
                    (before << 16 | behind << 8 | is_) * 41 % ROWS,
                    (shape[at - 1] << 4 | shape[at + 1] << 2 | looks) * 8147 % ROWS,
                    (role[at - 2] << 16 | before << 8 | is_) * 43 % ROWS,
                    (role[at + 2] << 16 | behind << 8 | is_) * 47 % ROWS,
                    left * 53 % ROWS,
                    right * 59 % ROWS,
                    stem[at - 2] * 61 % ROWS,
                    stem[at + 2] * 67 % ROWS,
                    (left << 2 | looks) * 71 % ROWS,
                    (right << 2 | looks) * 73 % ROWS,
                    (left << 8 | is_) * 79 % ROWS,
                    (gap << 2 | looks) * 83 % ROWS,
                    (on << 2 | looks) * 89 % ROWS,
                    (gap << 18 | on << 2 | looks) * 97 % ROWS,
                    (quotes[place] << 2 | looks) * 8161 % ROWS,
                    (sort[at - 1] << 6 | sort[at] << 4 | sort[at + 1] << 2 | looks) * 8167 % ROWS,
                    (sort[at - 2] << 4 | sort[at - 1] << 2 | sort[at]) * 8171 % ROWS,
                    (sort[at - 1] << 18 | gap << 2 | looks) * 101 % ROWS,
                    (named << 2 | looks) * 8179 % ROWS,
                    (person[at] << 8 | is_) * 8191 % ROWS,
                ],
                [gap, own, is_, person[at] << 4 | looks],
                _joins(gap, before, looks) & (_NO_PERSON if is_ in _NO_NAMES else _ALL),
            )
        )
    return seen


def _shape(cased: str, start: int, end: int) -> int:
    """How a word is written: 0 small, 1 with a capital, 2 in capitals or mixed."""
    if not cased[start].isupper():
        return 0
    return 1 if end - start == 1 or cased[start + 1 : end].islower() else 2


def _gaps(found: Read, cased: str) -> list[int]:
    """What stands before each word and behind the last, as a number: the first three marks."""
    ends = [0, *(found.end(place) for place in range(len(found.spelt)))]
    return [_gap(cased[end:start]) for end, start in zip(ends, [*found.starts, len(cased)], strict=True)]


@lru_cache(maxsize=4096)
def _gap(text: str) -> int:
    if text == " ":
        return 1
    marks = [_MARKS.get(char, 10 if char.isdigit() else 11) for char in text[:24] if char != " "]
    code = 2
    for mark in [mark for place, mark in enumerate(marks) if not place or mark != marks[place - 1]][:3]:
        code = code << 4 | mark + 1
    return code


def _joins(gap: int, before: int, looks: int) -> int:
    """Which kinds may go on over what stands between two words; names end at a bracket, a comma, a full stop, a "
    "line.
    """
    if gap <= _BLANK:
        return _ALL
    marks = (
        {gap & 15, gap >> 4 & 15, gap >> 8 & 15} if gap >> 12 else {gap & 15, gap >> 4 & 15} if gap >> 8 else {gap & 15}
    )
    marks -= {_DASH}
    if before in _INITIALS and looks:
        marks -= {_STOP}
    return _ALL if not marks else 0 if marks - _IN_ORGANISATIONS else 4


def _quotes(gaps: Sequence[int]) -> list[int]:
    """How many words before each, up to three, a quotation began that has not ended."""
    inside = 0
    counts = []
    for gap in gaps:
        marks = [gap >> 8 & 15, gap >> 4 & 15, gap & 15] if gap > 2 else []
        if 2 in marks:
            inside = 0
        inside = 1 if 1 in marks else inside + 1 if 0 < inside < _LONGEST_QUOTE else 0
        counts.append(min(inside, 3))
    return counts


def _people(found: Read, cased: str, lower: str) -> list[int]:
    """1 where a name begins that the rules read, 2 where it goes on."""
    begun = {start: end for start, end, _ in people_in(found, cased, lower)}
    marks, until = [], 0
    for start in found.starts:
        fresh = begun.get(start)
        marks.append(1 if fresh else 2 if start < until else 0)
        until = fresh or until
    return marks
