"""Addresses of many countries, grown from a part that nobody mistakes: a street, a flat, a box, a military post.

What stands before a street (its house, the town of a crossing) and behind it (flat, town, state, postcode, country, on
lines of their own or behind commas) is read by capitals and figures. O(1): nothing is looked for further than
``REACH`` characters away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.core.detect.detector import around
from gateway.core.detect.english_lists import CODES

REACH = 140
_BEFORE = 70
_UPPER = "A-Z" + "".join(chr(at) for at in (*range(0xC0, 0x250), *range(0x370, 0x400)) if chr(at).isupper())
_CAPITAL = rf"[{_UPPER}][\w'’.\-]*"
_SMALL = (
    r"(?:de|del|della|di|da|do|dos|das|du|des|van|von|der|den|het|la|le|les|el|los|las|of|the|and|am|an|im|in|"
    r"na|u|sur|sous|les|d['’])"
)
_CAPITALS = rf"{_CAPITAL}(?:[ \-](?:{_SMALL} ){{0,3}}{_CAPITAL}){{0,5}}"
NUMBER = r"\d{1,5}(?: ?[A-Za-z](?![\w]))?(?:[/\-]\d{1,4}[A-Za-z]?)?"
UNIT = (
    r"(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|bldg|building|appartement|appt|wohnung|whg|lgh|piso|depto|"
    r"lokal|interno)\.? ?#?\d{1,5}[a-z]?(?!\w)"
)
_CODE = r"(?:" + "|".join(sorted(CODES)) + r")(?![\w])"
_ANY_CODE = rf"(?:{_CODE}|[A-Z]{{2}}(?![\w])|(?:nan|null|none|n/a)(?!\w))"
_POSTCODE = (
    r"(?:\d{4,6}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{3} \d{2}|\d{2}-\d{3}|"
    r"\d{4} ?[A-Z]{2})"
    r"(?![\w])(?!-\d)"
)
_BREAK = r"(?: ?,? ?\n[ >?*|,]{0,6}| ?, ?)"
_AREA = (
    rf"(?:{_ANY_CODE}(?: {_POSTCODE})?|(?:[A-Z]{{1,2}}-)?{_POSTCODE}(?: {_CAPITALS})?|"
    rf"{_CAPITALS}(?:,? {_ANY_CODE})?(?:,? {_POSTCODE})?)"
)
_FLAT = re.compile(rf"(?:{_BREAK}| ){UNIT}", re.IGNORECASE)
_TAIL = re.compile(rf"(?: {_AREA})?(?:{_BREAK}{_AREA}){{0,4}}")
_TAIL_OF_STREET = re.compile(rf"(?:{_BREAK}{_AREA}){{1,5}}")
_SMALL_TAIL = re.compile(
    rf"(?:{_BREAK}| )(?:[^\W\d_][\w'’.\-]*(?:{_BREAK}| )){{1,7}}?\d{{5}}(?!\d)|"
    rf"{_BREAK}[^\W\d_][\w'’\-]*(?: [^\W\d_][\w'’\-]*){{0,2}}(?={_BREAK}|\0|"
    rf"$)(?:{_BREAK}[^\W\d_][\w'’\-]*(?: [^\W\d_][\w'’\-]*){{0,3}}(?=\0|\n|$))?",
    re.IGNORECASE,
)
_LEFT_OF_STREET = re.compile(rf"(?<![\w\-])(?:{NUMBER},? )?(?:{_CAPITAL} ){{0,3}}$")
_NUMBER_LEFT = re.compile(rf"(?<![\w\-.,])(?:{NUMBER},? )$")
_CROSSING = re.compile(
    rf"(?<!\w)(?:(?:the )?corner of )?{_CAPITALS}(?: \d{{1,4}}\.?)? (?:and|&) $|"
    rf"(?<!\w)(?:the )?corner of [^\n\0,.]{{2,40}} (?:and|&) $"
)
_LEFT_OF_FLAT = re.compile(
    rf"(?<![\w\-])(?:{NUMBER},? )?(?:{_CAPITAL}|\d{{1,4}}(?:st|nd|rd|th))(?:[ \-](?:{_SMALL} ){{0,3}}(?:{_CAPITAL}|"
    rf"\d{{1,5}}[A-Za-z]?\.?)){{0,7}}{_BREAK}?$|"
    rf"(?<![\w\-]){NUMBER},? (?:[^\W\d_][\w'’.\-]* |\d{{1,5}} ){{1,6}}(?:[^\W\d_][\w'’.\-]*|\d{{1,5}})(?:{_BREAK}| )?$"
)
_NO_STREET = re.compile(
    r"(?<!\w)(?:is|at|for|to|with|on|my|your|please|was|address|from|has|have|that|this|it)(?!\w)", re.IGNORECASE
)
_EDGE = " ,.;:!?()[]{}\"'«»<>/|\\=*#№+\n\t\r\0-"

Stretches = Sequence[tuple[int, int]]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without the marks around it."""
    found = text[start:end]
    return end - len(found.lstrip(_EDGE)), start + len(found.rstrip(" ,\n-"))


def grown_street(text: str, start: int, end: int) -> Stretches:
    """A street with its house, and what belongs to it on both sides."""
    start, end = trimmed(text, start, end)
    return (_with_crossing(text, _left(text, start, _NUMBER_LEFT), behind(text, end)),)


def grown_capitals(text: str, start: int, end: int) -> Stretches:
    """As ``grown_street``, with the capitals that stand before: Västra Vägen 5."""
    start, end = trimmed(text, start, end)
    return (_with_crossing(text, _left(text, start, _LEFT_OF_STREET), behind(text, end)),)


def grown_flat(text: str, start: int, end: int) -> Stretches:
    """A flat with the street before it and the town behind; alone it is as it is."""
    start, end = trimmed(text, start, end)
    first = around(text, start, start, _BEFORE)[0]
    line = max(first, text.rfind("\n", first, max(first, text.rfind("\n", first, start))) + 1)
    left = _LEFT_OF_FLAT.search(text, line, start)
    begun = left.start() if left else start
    if left and not text[begun].isupper():
        for word in _NO_STREET.finditer(text, begun, start):
            begun = word.end() + 1
    return (_with_crossing(text, begun, behind(text, end)),)


def behind(text: str, end: int) -> int:
    """Where an address ends whose street or flat ends there."""
    last = around(text, end, end, REACH)[1]
    flat = _FLAT.match(text, end, last)
    reach = flat.end() if flat else end
    tail = (_TAIL if flat else _TAIL_OF_STREET).match(text, reach, last)
    if tail is not None and tail.end() > reach:
        return trimmed(text, end, tail.end())[1]
    if text[max(0, end - _BEFORE) : last].islower():
        small = _SMALL_TAIL.match(text, reach, last)
        return small.end() if small else reach
    return reach


def _left(text: str, start: int, pattern: re.Pattern[str]) -> int:
    found = pattern.search(text, around(text, start, start, _BEFORE)[0], start)
    return found.start() if found else start


def crossing(text: str, start: int) -> int:
    """Where an address begins whose street begins there: at the other street, if it is a corner of two."""
    return _left(text, start, _CROSSING)


def _with_crossing(text: str, start: int, end: int) -> tuple[int, int]:
    return crossing(text, start), end
