"""Texts in a coding of their own (Base64, percent-coded, escapes, encoded words, bytes) as a part with what they say.

The part's text is the coded text; each stretch of it that is coded is a leaf with the meaning, which may be a document
in its turn. Each coding is a row: whether a text may be in it (cheap), and what it says then (None: it is not).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gateway.core.codec.base64_text import may_be_base64, may_be_hex, read_base64, read_hex
from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.escapes import (
    may_be_printable,
    numbers_in,
    read_entities,
    read_json_escapes,
    read_percent,
    read_percent_unicode,
    read_quoted_printable,
)
from gateway.core.codec.octets import Octets, as_text, is_overlong, packed_in, stray
from gateway.core.codec.words import read_words, stretches
from gateway.model.document import Leaf, Part, Span, Spelling
from gateway.model.errors import PayloadError
from gateway.model.names import PartName, Path

_SHORTEST = 8
_RUN = re.compile(r"(?<![A-Za-z0-9+/_.-])(?:0?x(?=[0-9A-Fa-f]{16}))?([A-Za-z0-9+/_-]{12,}+={0,2})(?![A-Za-z0-9+/_=.-])")
"""What may be Base64 or hex in the middle of a text; not a piece of a JSON Web Token, which nobody may change."""

_SOFT_END = re.compile(r"=[ \t]*\r?\n")
_LINES = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}+=[ \t]*\r?\n(?:[A-Za-z0-9+/_-]++|=3D|=[ \t]*\r?\n)*")
"""Base64 or hex that quoted-printable has cut into lines; or what is padded and stands at the end of a line."""

_JOINING: dict[Spelling, re.Pattern[str]] = {
    "base64_text": re.compile(r"[A-Za-z0-9+/_.=-]"),
    "hex": re.compile(r"[A-Za-z0-9+/_.=-]"),
    "words": re.compile(r"""[^\s<>()",;=]"""),
}
"""What may not stand beside a stretch in such a coding, which would be another one with it."""

_BETWEEN_WORDS: tuple[tuple[Spelling, Callable[[str], bool], Callable[[str, Budget], Octets | None]], ...] = (
    ("base64_text", may_be_base64, read_base64),
    ("hex", may_be_hex, read_hex),
)
_STRING = re.compile(r'(?<!\\)"[^"\\]*+(?:\\.[^"\\]*+)*"', re.DOTALL)
"""Of JSON or a script, in a text that is neither."""

_TAG_OR_TEXT = re.compile(r"<[^<>]*>|<|[^<]+")
_DATA_URL = re.compile(r"data:([A-Za-z0-9!#$&^_.+/;=\"' -]{0,200});base64,", re.IGNORECASE)
_TYPE = re.compile(
    r"(?:text/(?:plain|html|csv|xml)|application/(?:json|xml|octet-stream))?"
    r"(?:;charset=(?:utf-8|utf-16(?:le|be)?|us-ascii|windows-125\d|koi8-[ru]|iso-8859-\d\d?))?",
    re.IGNORECASE,
)
"""Types and charsets that say nothing of anybody; in a field that bears a person's name they stay all the same."""

_PRINTED = re.compile(r"""(?:=[0-9A-F]{2}|[^\s"'<>&;={}\[\]])+""")
_LETTERS = re.compile("(?:=[CD][0-9A-F]=[89AB][0-9A-F]){2}")
"""Two of them in quoted-printable: no other text has that."""

_LONGEST_NAME = 66
_NAME_OF_A_PAIR = re.compile(r"[?&][\w.\[\]-]+=\Z")

_VALUE = re.compile(r"""(?<=[?&])[\w.\[\]-]{1,64}=([^\s"'<>&#]*?%3[dD][^\s"'<>&#]*)""")
"""Of a pair in a text that is no URL as a whole."""

Stretches = Sequence[tuple[int, int, Spelling, str]]
"""Start, end, spelling and meaning of what is coded in a text."""


class _Coding(NamedTuple):
    may_be: Callable[[str], bool]
    read: Callable[[str, Budget], Stretches]


def is_coded(text: str) -> bool:
    """Cheap, and true for every text that ``encoded_part`` reads."""
    if "%" in text or "&" in text or "\\" in text or "=" in text or ";base64," in text:
        return True
    if text.isascii():
        if len(text) >= _SHORTEST and (may_be_base64(text) or may_be_hex(text)):
            return True
    elif stray(text):
        return True
    return _RUN.search(text) is not None


def encoded_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """The text with what is coded in it. Raises MalformedError, PayloadError (GW-P107, GW-P140)."""
    for coding in _CODINGS:
        if coding.may_be(text) and (found := coding.read(text, budget)):
            budget.spend(len(found))
            leaves = [
                Leaf(base, means, Span(start, end), spelling, inner=budget.nest(budget, name, base, means))
                for start, end, spelling, means in found
            ]
            return Part(name, "encoded", text, tuple(leaves))
    raise MalformedError(0)


def packed_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """A text whose characters are packed bytes. Raises MalformedError, PayloadError (GW-P107)."""
    found = _packed_bytes(text, budget)
    if not found:
        raise MalformedError(0)
    budget.spend(1)
    ((start, end, spelling, means),) = found
    leaf = Leaf(base, means, Span(start, end), spelling, inner=budget.nest(budget, name, base, means))
    return Part(name, "encoded", text, (leaf,))


def apart(part: Part, place: int, new: str) -> str:
    """A new text between coded stretches, with a blank where it would be read as one word with them."""
    leaf = part.leaves[place]
    if leaf.spelling != "plain" or not new:
        return new
    touching = part.leaves[max(place - 1, 0) : place + 2]
    before = any(one.raw.end == leaf.raw.start and _joins(one.spelling, new[0]) for one in touching)
    behind = any(one.raw.start == leaf.raw.end and _joins(one.spelling, new[-1]) for one in touching)
    return " " * before + new + " " * behind


def _joins(spelling: Spelling, char: str) -> bool:
    return spelling in _JOINING and _JOINING[spelling].match(char) is not None


def _whole(spelling: Spelling, read: Callable[[str], str | None]) -> Callable[[str, Budget], Stretches]:
    def stretches_of(text: str, _budget: Budget) -> Stretches:
        means = read(text)
        return () if means is None else ((0, len(text), spelling, means),)

    return stretches_of


def _percents(text: str, _budget: Budget) -> Stretches:
    """Percent-coded; as it stands where decoding might hide a number, and only there.

    The value of a pair that has an equals sign of its own is read by itself: among the rest it would be more pairs.
    """
    numbers = frozenset(numbers_in(text))
    values = [found.span(1) for found in _VALUE.finditer(text) if not numbers_in(found[1])]
    found, at = list[tuple[int, int, Spelling, str]](), 0
    for start, end in (*sorted((*numbers, *values)), (len(text), len(text))):
        for first, last in ((at, start), (start, end)):
            means = None if (first, last) in numbers else read_percent(text[first:last])
            found.append((first, last, "plain", text[first:last]) if means is None else (first, last, "percent", means))
        at = end
    return [one for one in found if one[0] < one[1]] if any(one[2] == "percent" for one in found) else ()


def _packed(spelling: Spelling, read: Callable[[str, Budget], Octets | None]) -> Callable[[str, Budget], Stretches]:
    def stretches_of(text: str, budget: Budget) -> Stretches:
        said = read(text, budget)
        return () if said is None else ((0, len(text), spelling, said.text),)

    return stretches_of


def _data_url(text: str, budget: Budget) -> Stretches:
    """``data:…;base64,…``: its data, and its parameters where they may be more than a type: a file's name."""
    told = _DATA_URL.match(text)
    said = read_base64(text[told.end() :], budget) if told else None
    if told is None or said is None:
        return ()
    parameters: Stretches = () if _TYPE.fullmatch(told[1]) else ((*told.span(1), "plain", told[1]),)
    return (*parameters, (told.end(), len(text), "base64_text", said.text))


def _runs(text: str, budget: Budget) -> Stretches:
    """Base64 and hex between other words, and those as they are."""
    found = list[tuple[int, int, Spelling, str]]()
    at = 0
    for run in _RUN.finditer(text):
        for spelling, may_be, read in _BETWEEN_WORDS:
            said = read(run[1], budget) if may_be(run[1]) else None
            if said is not None:
                found += [(at, run.start(1), "plain", text[at : run.start(1)]), (*run.span(1), spelling, said.text)]
                at = run.end()
                break
    return [one for one in (*found, (at, len(text), "plain", text[at:])) if one[0] < one[1]] if found else ()


def _in_soft_lines(text: str, budget: Budget) -> Stretches:
    """Quoted-printable whose lines are cut, whatever it holds, and padded Base64 at the end of a line as it is."""
    found, at = list[tuple[int, int, Spelling, str]](), 0
    for start, end in (*_padded(text, budget), (len(text), len(text))):
        piece = text[at:start]
        means = read_quoted_printable(piece) if _SOFT_END.search(piece) else None
        found.append((at, start, "plain", piece) if means is None else (at, start, "quoted_printable", means))
        found.append((start, end, "plain", text[start:end]))
        at = end
    cut = any(one[2] == "quoted_printable" for one in found)
    return [one for one in found if one[0] < one[1]] if cut else ()


def _printed(text: str, _budget: Budget) -> Stretches:
    """Quoted-printable between other words, letters beyond ASCII or the value of a pair, and those as they are."""
    found, at = list[tuple[int, int, Spelling, str]](), 0
    for run in _PRINTED.finditer(text):
        before = text[max(run.start() - _LONGEST_NAME, 0) : run.start()]
        sure = _LETTERS.search(run[0]) or _NAME_OF_A_PAIR.search(before)
        means = read_quoted_printable(run[0]) if sure else None
        if means is not None:
            found += [(at, run.start(), "plain", text[at : run.start()]), (*run.span(), "quoted_printable", means)]
            at = run.end()
    return [one for one in (*found, (at, len(text), "plain", text[at:])) if one[0] < one[1]] if found else ()


def _padded(text: str, budget: Budget) -> Iterator[tuple[int, int]]:
    """Where Base64 ends a line, its padding with it.

    If lines can be read as one, nothing is padded within: the second one would be out of step.
    """
    for found in _LINES.finditer(text):
        *lines, last = _SOFT_END.split(found[0])
        whole = "".join((*lines, last)).replace("=3D", "=")
        if (len(lines) > 1 or last) and _reads(whole, budget):
            continue
        at = found.start()
        for line in lines:
            end = text.index("=", at + len(line)) + 1
            if _reads(text[at:end], budget):
                yield at, end
            at = text.index("\n", end) + 1


def _reads(text: str, budget: Budget) -> bool:
    return any(may_be(text) and read(text, budget) is not None for _, may_be, read in _BETWEEN_WORDS)


def _escapes(text: str, _budget: Budget) -> Stretches:
    """JSON escapes; where quotes stand escaped and bare, each string by itself, so that either stay what they are."""
    found = _strings(text) if '\\"' in text and '"' in text.replace('\\"', "") else []
    if any(spelling == "json_escapes" for _, _, spelling, _ in found):
        return found
    means = read_json_escapes(text)
    return () if means is None else ((0, len(text), "json_escapes", means),)


def _strings(text: str) -> list[tuple[int, int, Spelling, str]]:
    """What stands in its strings and between them; nothing if there are quotes that make no strings."""
    ends = [place for string in _STRING.finditer(text) for place in string.span()]
    found = list[tuple[int, int, Spelling, str]]()
    for number, (start, end) in enumerate(pairwise((0, *ends, len(text)))):
        inside = (start + 1, end - 1) if number % 2 else (start, end)
        piece = text[slice(*inside)]
        if not number % 2 and '"' in piece.replace('\\"', ""):
            return []
        means = read_json_escapes(piece)
        if piece:
            found.append((*inside, "plain", piece) if means is None else (*inside, "json_escapes", means))
    return found


def _words(text: str, _budget: Budget) -> Stretches:
    """Words, and what stands between them as it is."""
    found, at = list[tuple[int, int, Spelling, str]](), 0
    for start, end in stretches(text):
        if text[at:start].strip():
            found.append((at, start, "plain", text[at:start]))
        found.append((start, end, "words", read_words(text[start:end]) or ""))
        at = end
    if found and text[at:].strip():
        found.append((at, len(text), "plain", text[at:]))
    return found


def _tagged(text: str, _budget: Budget) -> Stretches:
    """HTML entities between tags; tags as they are."""
    found = list[tuple[int, int, Spelling, str]]()
    for piece in _TAG_OR_TEXT.finditer(text):
        means = None if piece[0].startswith("<") else read_entities(piece[0])
        spelling: Spelling = "plain" if means is None else "entities"
        found.append((*piece.span(), spelling, piece[0] if means is None else means))
    return found if any(spelling == "entities" for _, _, spelling, _ in found) else ()


def _bytes(text: str, budget: Budget) -> Stretches:
    """Bytes in one of the Cyrillic charsets, or packed. Raises PayloadError (GW-P107, and GW-P140 for UTF-8 longer than
    it may be).
    """
    if packed := _packed_bytes(text, budget):
        return packed
    if budget.bounded and not budget.markup and is_overlong(text):
        raise PayloadError(
            "GW-P140",
            "a text holds UTF-8 forms longer than they may be, which some readers take for other characters.",
            "send valid UTF-8 (RFC 3629).",
        )
    means = as_text(text)
    return () if means is None else ((0, len(text), "octets", means),)


def _packed_bytes(text: str, budget: Budget) -> Stretches:
    said = packed_in(text, budget)
    if said is None:
        return ()
    budget.hides = budget.hides or said.hides
    return ((0, len(text), "octets", said.text),)


def _has(mark: str) -> Callable[[str], bool]:
    return lambda text: mark in text


_CODINGS = (
    _Coding(may_be_base64, _packed("base64_text", read_base64)),
    _Coding(stray, _bytes),
    _Coding(lambda text: "\n" in text and _SOFT_END.search(text) is not None, _in_soft_lines),
    _Coding(_has("=?"), _words),
    _Coding(_has("%u"), _whole("percent_unicode", read_percent_unicode)),
    _Coding(_has("%"), _percents),
    _Coding(_has("\\"), _escapes),
    _Coding(_has("&"), _tagged),
    _Coding(_has(";base64,"), _data_url),
    _Coding(may_be_hex, _packed("hex", read_hex)),
    _Coding(lambda text: _RUN.search(text) is not None, _runs),
    _Coding(_has("="), _whole("quoted_printable", read_quoted_printable)),
    _Coding(may_be_printable, _printed),
)
"""In this order: a text that is in several codings is in the first. Quoted-printable takes the padding of Base64 at the
end of a line for its own, and is the first where it has cut the lines of another coding.
"""
