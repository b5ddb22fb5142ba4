"""Dates as people and programs write them, and the same writing with another day.

``17.05.1990``, ``1990-05-17T00:00:00Z``, ``19900517``, ``05/17/1990``, ``17 мая 1990 г.``, ``May 17, 1990``, ``12/27``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from gateway.model.swift import swift

_MONTHS = tuple(
    tuple(row.split())
    for row in (
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    )
)
_NUMBER_OF: Mapping[str, int] = MappingProxyType(
    {word: number for row in _MONTHS for number, word in enumerate(row, 1)}
)
_WORD = "(?P<m>[A-Za-zА-Яа-я]{3,9})"
_TIME = r"(?P<rest>[T ][0-9:.]{4,15} ?(?:Z|[+-][0-9:]{2,5})?)?"
_LAYOUTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<y>[0-9]{{4}})([-./])(?P<m>[0-9]{{1,2}})\2(?P<d>[0-9]{{1,2}}){_TIME}",
        rf"(?P<d>[0-9]{{1,2}})([-./ ])(?P<m>[0-9]{{1,2}})\2(?P<y>[0-9]{{4}}|[0-9]{{2}}){_TIME}(?: ?г\.?)?",
        rf"(?P<m>[0-9]{{1,2}})([-/])(?P<d>[0-9]{{1,2}})\2(?P<y>[0-9]{{4}}|[0-9]{{2}}){_TIME}",
        "(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
        "(?P<d>[0-9]{2})(?P<m>[0-9]{2})(?P<y>[0-9]{4})",
        rf"(?P<d>[0-9]{{1,2}})[ -]{_WORD}[ -](?P<y>[0-9]{{4}})(?: ?(?:г\.?|года))?",
        rf"{_WORD} (?P<d>[0-9]{{1,2}}),? (?P<y>[0-9]{{4}})",
        "(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{2})",
        "(?P<m>[0-9]{1,2})[-/.](?P<y>[0-9]{4}|[0-9]{2})",
    )
)
_FIRST_OF_TWO_DIGITS = 1930
_LAST_MONTH = 12


@swift
@dataclass(frozen=True, slots=True, repr=False)
class WrittenDate:
    """A date and where its parts stand in its text. ``earliest`` and ``latest`` bound what the layout can write."""

    text: str
    day: date
    spans: tuple[tuple[str, int, int], ...]
    ambiguous: bool = False
    """Day and month could be read the other way round: another date must not have a day over 12 either."""

    @property
    def earliest(self) -> date:
        return date(_FIRST_OF_TWO_DIGITS, 1, 1) if self._short_year else date.min

    @property
    def latest(self) -> date:
        return date(_FIRST_OF_TWO_DIGITS + 99, 12, 31) if self._short_year else date.max

    @property
    def _short_year(self) -> bool:
        return any(part == "y" and end - start == 2 for part, start, end in self.spans)

    def with_day(self, day: date) -> str:
        """The same layout, widths and month words, another date."""
        text = self.text
        for part, start, end in reversed(self.spans):
            text = text[:start] + _written(part, text[start:end], day) + text[end:]
        return text


def read_date(text: str) -> WrittenDate | None:
    """The date a text is, or None. Day before month where both readings are possible; ``30``–``99`` are 1930–1999."""
    for layout in _LAYOUTS:
        match = layout.fullmatch(text)
        if match is not None and (day := _day(match)) is not None:
            spans = sorted((match.start(part), part, match.end(part)) for part in "ymd" if part in layout.groupindex)
            return WrittenDate(
                text, day, tuple((part, start, end) for start, part, end in spans), _is_ambiguous(match, day)
            )
    return None


def _day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    month, year = _NUMBER_OF.get(parts["m"].lower()) or _number(parts["m"]), int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000 if year < _FIRST_OF_TWO_DIGITS % 100 else 1900
    try:
        return date(year, month, int(parts.get("d") or 1))
    except ValueError:
        return None


def _number(month: str) -> int:
    return int(month) if month.isdecimal() else 0


def _is_ambiguous(match: re.Match[str], day: date) -> bool:
    return "/" in match[0] and match.re is _LAYOUTS[1] and day.day <= _LAST_MONTH


def _written(part: str, old: str, day: date) -> str:
    if part == "y":
        return f"{day.year:04d}"[-len(old) :]
    if old.isdecimal():
        return str(day.month if part == "m" else day.day).zfill(len(old))
    row = next(row for row in _MONTHS if old.lower() in row)
    return _in_case(row[day.month - 1], old)


def _in_case(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
