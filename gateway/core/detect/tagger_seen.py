"""What ``tagger`` sees of each word of a text, as codes: of the word, of its letter and its neighbours', of the marks.

A code is a number of a row of weights. They come in groups by what they depend on, so that the sum of a group's rows
can be kept for the next text (``tagger_sums``) without keeping what the text said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import NamedTuple
from zlib import crc32

from gateway.core.detect.endings import bare
from gateway.core.detect.names import people_in
from gateway.core.detect.roles import Read
from gateway.core.detect.tagger_words import GEOGRAPHY, INSTITUTIONS

ROWS = 65521
"""A prime: what is seen, as one number, modulo this is its row."""

Codes = list[int]
Own = tuple[int, int, int, int]
"""Of a word: the marks before it, its stem, its letter, its shape and name."""

Around = tuple[int, int, int, int, int, int, int, int, int]
"""Of a word: its letter, the marks before and behind, what it, the word before and the one behind look like (two bits
each of shape, sort and name), the quotation, the sort of the word before that before, whether it is the first.
"""
Roles = tuple[int, int, int, int, int]
"""The letters of a word, of the two before and the two behind."""

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


class Sight(NamedTuple):
    """A text's words in columns; ``shapes`` and ``stems`` have two zeros before and behind."""

    spelt: Sequence[str]
    shapes: Sequence[int]
    stems: Sequence[int]
    roles: Sequence[Roles]
    around: Sequence[Around]


def stem_of(word: str) -> tuple[int, int]:
    """What a word is known by without its ending, and whether it makes an organisation (1) or a place (2)."""
    stem = bare(word)
    return crc32(stem.encode()), 1 if stem in INSTITUTIONS else 2 if stem in GEOGRAPHY else 0


def seen(found: Read, cased: str, lower: str) -> Sight:
    """What is seen of the words of a folded text."""
    return columns(found, cased, lower, shapes_of(found, cased), list(map(stem_of, found.spelt)))


def shapes_of(found: Read, cased: str) -> list[int]:
    """How each word is written: 0 small, 1 with a capital, 2 in capitals or mixed, 3 where the text tells nothing."""
    if cased.isupper() or cased.islower():
        return [3] * len(found.spelt)
    return [
        _shape(cased, start, start + len(word)) if cased[start].isupper() else 0
        for start, word in zip(found.starts, found.spelt, strict=True)
    ]


def columns(found: Read, cased: str, lower: str, shapes: Sequence[int], stems: Sequence[tuple[int, int]]) -> Sight:
    """What is seen where shapes and stems are known."""
    spelt = found.spelt
    count = len(spelt)
    letters = [0, 0, *map(ord, found.letters[::2]), 0, 0]
    ends = [start + len(word) for start, word in zip(found.starts, spelt, strict=True)]
    sorts = [sort for _, sort in stems]
    gaps = [_gap(cased[end:start]) for end, start in zip([0, *ends], [*found.starts, len(cased)], strict=True)]
    people = _people(found, cased, lower)
    looks = [shape | sort << 2 | person << 4 for shape, sort, person in zip(shapes, sorts, people, strict=True)]
    around = zip(
        letters[2:-2], gaps, gaps[1:], looks, [0, *looks], [*looks[1:], 0], _quotes(gaps), [0, 0, *sorts],
        [1, *repeat(0, count)], strict=False,
    )  # fmt: skip
    roles = zip(letters, letters[1:], letters[2:], letters[3:], letters[4:], strict=False)
    codes = [0, 0, *(stem for stem, _ in stems), 0, 0]
    return Sight(spelt, [0, 0, *shapes, 0, 0], codes, list(roles), list(around))


def of_word(word: str, own: int, looks: int) -> Codes:
    raw = word.encode()
    return [
        1,
        crc32(raw, 2) % ROWS,
        crc32(raw[-8:], looks + 4) % ROWS,
        crc32(raw[-6:], 8) % ROWS,
        crc32(raw[-4:], looks + 12) % ROWS,
        crc32(raw[:8], 16) % ROWS,
        own * 31 % ROWS,
    ]


def of_roles(roles: Roles) -> Codes:
    second, before, is_, behind, fourth = roles
    return [
        is_ * 8111 % ROWS,
        (before << 8 | is_) * 8117 % ROWS,
        (behind << 8 | is_) * 8123 % ROWS,
        (before << 16 | behind << 8 | is_) * 41 % ROWS,
        (second << 16 | before << 8 | is_) * 43 % ROWS,
        (fourth << 16 | behind << 8 | is_) * 47 % ROWS,
    ]


def of_around(around: Around) -> Codes:
    is_, gap, on, here, left, right, quote, sort, first = around
    looks, person = here & 3, here >> 4
    left_sort, own_sort, right_sort = left >> 2 & 3, here >> 2 & 3, right >> 2 & 3
    named = left >> 4 << 4 | person << 2 | right >> 4
    return [
        (looks << 1 | first) * 8101 % ROWS,
        (is_ << 18 | gap << 2 | looks) * 37 % ROWS,
        ((left & 3) << 4 | (right & 3) << 2 | looks) * 8147 % ROWS,
        (gap << 2 | looks) * 83 % ROWS,
        (on << 2 | looks) * 89 % ROWS,
        (gap << 18 | on << 2 | looks) * 97 % ROWS,
        (quote << 2 | looks) * 8161 % ROWS,
        (left_sort << 6 | own_sort << 4 | right_sort << 2 | looks) * 8167 % ROWS,
        (sort << 4 | left_sort << 2 | own_sort) * 8171 % ROWS,
        (left_sort << 18 | gap << 2 | looks) * 101 % ROWS,
        (named << 2 | looks) * 8179 % ROWS,
        (person << 8 | is_) * 8191 % ROWS,
    ]


def of_stems(second: int, left: int, right: int, fourth: int) -> Codes:
    return [left * 53 % ROWS, right * 59 % ROWS, second * 61 % ROWS, fourth * 67 % ROWS]


def of_pair(left: int, right: int, looks: int, is_: int) -> Codes:
    return [(left << 2 | looks) * 71 % ROWS, (right << 2 | looks) * 73 % ROWS, (left << 8 | is_) * 79 % ROWS]


def codes(sight: Sight) -> Iterator[Codes]:
    """Of each word the codes of all that is seen of it."""
    shapes, stems = sight.shapes, sight.stems
    for place, word in enumerate(sight.spelt):
        at = place + 2
        yield [
            *of_word(word, stems[at], shapes[at]),
            *of_roles(sight.roles[place]),
            *of_around(sight.around[place]),
            *of_stems(stems[at - 2], stems[at - 1], stems[at + 1], stems[at + 2]),
            *of_pair(stems[at - 1], stems[at + 1], shapes[at], sight.around[place][0]),
        ]


def own(sight: Sight, place: int) -> Own:
    """What counts together with the labels before a word: marks, stem, letter, looks."""
    is_, gap, _, here, *_ = sight.around[place]
    return gap, sight.stems[place + 2], is_, here >> 4 << 4 | here & 3


def may_go_on(sight: Sight, place: int) -> int:
    """Which kinds may go on from the word before: a bit each."""
    is_, gap, _, here, *_ = sight.around[place]
    joined = _joins(gap, sight.roles[place][1], here & 3)
    return joined & _NO_PERSON if is_ in _NO_NAMES else joined


def links(own_: Own, last: int, before: int, kind: int) -> Codes:
    """The codes of what a word is together with the labels before it."""
    label = last * 3 + kind
    gap, stem, role, looks = own_
    return [
        (before * 9 + label + 101) * 8009 % ROWS,
        (gap * 9 + label) * 8011 % ROWS,
        (stem * 9 + label) * 8017 % ROWS,
        (role * 9 + label) * 8039 % ROWS,
        (looks * 9 + label) * 8053 % ROWS,
    ]


def _shape(cased: str, start: int, end: int) -> int:
    return 1 if end - start == 1 or cased[start + 1 : end].islower() else 2


def _gap(text: str) -> int:
    return _USUAL[text] if text in _USUAL else _marked(text)


def _marked(text: str) -> int:
    marks = [_MARKS.get(char, 10 if char.isdigit() else 11) for char in text[:24] if char != " "]
    code = 2
    for mark in [mark for place, mark in enumerate(marks) if not place or mark != marks[place - 1]][:3]:
        code = code << 4 | mark + 1
    return code


_USUAL = {" ": 1} | {text: _marked(text) for text in ("", "-", ".", ",", ", ", ". ", ": ", "; ", " - ", " — ")}


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
