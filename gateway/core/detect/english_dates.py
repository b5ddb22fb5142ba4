"""Dates as English texts write them: figures, months in words or cut short, week days before and times behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.core.detect.english_lists import CODES

_MONTHS = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|"
    r"dec(?:ember)?)\.?"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]\d{2}|20\d{2}|['’]\d{2})"
_WEEK_DAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? (?:the )?)?"
_TIME = (
    r"(?:(?:,? at |,? | ?t)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]\.?m\.?)?(?:z| ?utc| ?gmt| ?[+\-]\d{2}:?\d{2})?)?"
)
_DATE = re.compile(
    rf"(?<![\w./\-:]){_WEEK_DAY}(?:(?:1[5-9]|20)\d{{2}}[\-/.](?:1[0-2]|0?[1-9])[\-/.](?:[12]\d|3[01]|0?[1-9])|"
    rf"(?:[12]\d|3[01]|0?[1-9])[\-/.](?:[12]\d|3[01]|0?[1-9])[\-/.](?:(?:1[5-9]|20)\d{{2}}|\d{{2}})|"
    rf"{_DAY}(?: |-)(?:of )?{_MONTHS}(?:[ ,\-]{{1,2}}{_YEAR})?|{_MONTHS}[ \-]{_DAY}(?:(?:, ?| |-){_YEAR})?|"
    rf"{_MONTHS},? (?:of )?{_YEAR}|"
    rf"{_YEAR},? {_MONTHS}(?: {_DAY})?){_TIME}(?![\w/])(?![.\-]\d)"
)
_EXPIRY = re.compile(
    r"(?:\bexp\.?|\bexpir\w+(?: date)?|\bvalid (?:until|thru|through|till?))(?: is| on| in|:)? {0,2}((?:0?[1-9]|"
    r"1[0-2])/(?:20)?\d{2})(?![\w/])"
)
_DAY_NAME = re.compile(r"(?<![\w\-])(?:mon|tues|wednes|thurs|fri|satur|sun)day(?![\w\-])")
_FIGURE = re.compile("[0-9]")
_MODAL = re.compile(r"(?:may|mar|jun|dec) \d{1,2}")


def dates(lower: str) -> Iterator[tuple[int, int]]:
    """Where dates stand in a folded text without capitals."""
    if _FIGURE.search(lower) is not None:
        for match in _DATE.finditer(lower):
            if not _MODAL.fullmatch(match[0]):
                yield match.span()
        for match in _EXPIRY.finditer(lower):
            yield match.span(1)
    if "day" in lower:
        for match in _DAY_NAME.finditer(lower):
            yield match.span()


def dialled(text: str) -> Iterator[tuple[int, int]]:
    """Where digits stand in groups as those of telephone numbers do, and no amount, year or date is."""
    for match in _GROUPS.finditer(text):
        groups = _GROUP.findall(match[0])
        amount = match[0][0] != "0" and all(len(group) == _THOUSAND for group in groups[1:]) and "-" not in match[0]
        year = any(len(group) == len("2000") and group[:2] in {"19", "20"} for group in groups)
        if _LEAST <= sum(map(len, groups)) <= _MOST and not (amount or year):
            yield match.span()


_GROUPS = re.compile(r"(?<![\w.,/#:+\-$€£])\(?\+?\d{2,4}\)?(?:[ .\-]\d{2,4}){1,4}(?![\w/%]|[.,\-:]\d)")
_GROUP = re.compile(r"\d+")
_THOUSAND = 3
_LEAST, _MOST = 7, 12


_POSTCODE = re.compile(
    r"(?<!\w)(?:(?:in|near|around|from|to|area|code|zip|postcode|postal code|"
    rf"{'|'.join(sorted(CODES)).lower()}) )(\d{{5}}(?:-\d{{4}})?)(?=[.,;!?)]?(?:\s|\0|$))(?! (?:[a-z]|%|\$))"
)


def postcodes(lower: str) -> Iterator[tuple[int, int]]:
    """Where five digits stand alone behind a word for a place."""
    for match in _POSTCODE.finditer(lower):
        yield match.span(1)
