"""What stands on lines of its own in an English text: the lines of an address, and what somebody is at work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.core.detect.addresses import UNIT
from gateway.core.detect.english_lists import CODES, OFFICES

Span = tuple[int, int, str]

_LINE = re.compile(r"[^\n]+")
_EDGE = " \t\r,;>?*|•-"
_BEGINNING = re.compile(r"(?:^|\n)[ \t>?*|•\-]*$")
_UNIT = re.compile(UNIT, re.IGNORECASE)
_TOWN = re.compile(r"([^,]*[^\W_]), ([^\W\d_][^,\d]{1,40})")
_MILITARY = re.compile(r"\b(?:APO|FPO|DPO)\b", re.IGNORECASE)
_NOTHING = re.compile(r"(?:nan|null|none|n/a)(?!\w)", re.IGNORECASE)
_FIRST_OF_TWO = re.compile(r"(\d{1,5}) (?=.*\d)")
_POSTCODE = re.compile(
    r"(?<!\w)(?:\d{4,6}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)$", re.IGNORECASE
)
_CODE = re.compile(r"(?<!\w)(?:" + "|".join(sorted(CODES)) + r"|[A-Z]{2})$")
_LONGEST_OFFICE = 60
_MOST_WORDS = 7
_OFFICES = frozenset(OFFICES.split()) | {office + "s" for office in OFFICES.split()}
_OFFICE = re.compile(r"[^\W\d_][\w'’,\-]*(?: (?:[^\W\d_][\w'’\-]*,?|&|/))*")
_FIRM = re.compile(r"[^\W_].*[^\W\d_]")
_TOLD = re.compile(
    r"(?<!\w)(?:(?:as|is|was|am|i'm|he's|she's|became|become|,) (?:an?|the|our|my|their|his|her)|(?:as|position of|"
    r"role of|am|is|was|job title|title|position|occupation|profession|job)(?: is|:)|,) "
    rf"((?:[a-z][a-z\-]{{1,20}} ){{0,4}}(?:{'|'.join(OFFICES.split())}))(?= (?:at|for|with|in|from|who|and|"
    rf"of)(?!\w)|[.,;!?\n]|$)"
)

_SHOWN = re.compile(
    rf"[\w,;:)\"] ([A-Z][a-z]{{2,20}}(?:,? (?!(?:as|the|to|of|a|an|for|with|at|in|is|was|by|from|on|that|"
    rf"who)\b)[a-z]{{2,20}}){{0,4}} (?:{'|'.join(OFFICES.split())}))(?![\w\-])"
)
"""Written as an office is in a form: a capital first, inside a sentence."""


def laid_out(text: str, start: int, end: int) -> list[Span]:
    """The parts of an address that is written line by line, or that is a street and a town only; none of others."""
    if "\n" not in text[start:end]:
        town = _TOWN.fullmatch(text, start, end)
        return [*_street(text, *town.span(1)), (*town.span(2), "LOCATION")] if town else []
    if _MILITARY.search(text, start, end) or _BEGINNING.search(text, max(0, start - 40), start) is None:
        return []
    found: list[Span] = []
    for number, line in enumerate(_LINE.finditer(text, start, end)):
        first = line.end() - len(line[0].lstrip(_EDGE))
        last = line.start() + len(line[0].rstrip(_EDGE))
        if last > first:
            found += _parts(text, first, last, number)
    return found


def _parts(text: str, first: int, last: int, number: int) -> Iterator[Span]:
    """The first line is a street; behind it stand flats, towns and countries, with a postcode at the end."""
    if number == 0:
        yield from _street(text, first, last)
        return
    if _UNIT.match(text, first, last):
        yield first, last, "ADDRESS"
        return
    code = _POSTCODE.search(text, first, last)
    town = last if code is None else first + len(text[first : code.start()].rstrip(" ,"))
    nothing = _NOTHING.search(text, first, town)
    if nothing is not None:
        town = first + len(text[first : nothing.start()].rstrip(" ,"))
    state = _CODE.search(text, first, town)
    if state is not None and state.start() > first:
        yield first, first + len(text[first : state.start()].rstrip(" ,")), "LOCATION"
        yield state.start(), town, "LOCATION"
    elif town > first:
        yield first, town, "LOCATION" if not any(char.isdigit() for char in text[first:town]) else "ADDRESS"
    if code is not None:
        yield code.start(), last, "ADDRESS"


def _street(text: str, first: int, last: int) -> Iterator[Span]:
    """A street has one number: of two the first is something of its own."""
    number = _FIRST_OF_TWO.match(text, first, last)
    if number is not None:
        yield first, number.end(1), "ADDRESS"
        first = number.end()
    yield first, last, "ADDRESS"


def offices(text: str) -> Iterator[Span]:
    """What people are at work, on a line of its own or where a text says that it is that."""
    for line in _LINE.finditer(text):
        first = line.end() - len(line[0].lstrip(_EDGE))
        last = line.start() + len(line[0].rstrip(_EDGE + "."))
        if 0 < last - first <= _LONGEST_OFFICE and first > 0 and _is_office(text[first:last]):
            yield first, last, "TITLE"

    for shown in _SHOWN.finditer(text):
        yield shown.start(1), shown.end(1), "TITLE"
    for told in _TOLD.finditer(text.lower()) if len(text) == len(text.lower()) else ():
        yield told.start(1), told.end(1), "TITLE"


def _is_office(line: str) -> bool:
    words = line.lower().replace(",", " ").split()
    return len(words) <= _MOST_WORDS and words[-1] in _OFFICES and _OFFICE.fullmatch(line) is not None


def firms_between(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Lines between one that begins with a person, or says what he is, and one that begins with an address."""
    begins = {start: kind for start, _, kind in found}
    lines = [
        (line.end() - len(line[0].lstrip(_EDGE)), line.start() + len(line[0].rstrip(_EDGE)))
        for line in _LINE.finditer(text)
    ]
    lines = [line for line in lines if line[0] < line[1]]
    for before, (first, last), behind in zip(lines, lines[1:], lines[2:], strict=False):
        kinds = begins.get(before[0]), begins.get(first), begins.get(behind[0])
        fits = (
            kinds[0] in {"PERSON", "TITLE", "PREFIX"}
            and kinds[1] in {None, "PERSON", "LOCATION"}
            and kinds[2] == "ADDRESS"
        )
        if fits and last - first <= _LONGEST_OFFICE and _FIRM.match(text, first, last):
            yield first, last, "ORGANIZATION"
