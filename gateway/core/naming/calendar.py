"""Dates in place of dates: any other day of the stretch that the kept facts leave."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from gateway.core.naming.dates import WrittenDate, read_date
from gateway.core.naming.dice import Dice

_OLDEST = 110
_TRIES = 64
_MONTHS_WITHOUT_A_DOUBT = 12


def birth_date(text: str, dice: Dice, keeps: Collection[str], today: date) -> str:
    """Somebody else's birthday: as much in the past or the future as the original, and as old as the facts demand."""
    return _other_day(text, dice, keeps, _birthdays(keeps, today))


def birth_date_fits(text: str, shown: str, keeps: Collection[str], today: date) -> bool:
    return _lies_within(text, shown, keeps, _birthdays(keeps, today))


def some_date(text: str, dice: Dice, keeps: Collection[str], today: date) -> str:
    """A date on the same side of today: what was valid stays valid."""
    return _other_day(text, dice, keeps, [today])


def date_fits(text: str, shown: str, keeps: Collection[str], today: date) -> bool:
    return _lies_within(text, shown, keeps, [today])


def age_on(today: date, born: date) -> int:
    """Full years. Source: Civil Code of Russia, art. 192: the day after the birthday's date."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _other_day(text: str, dice: Dice, keeps: Collection[str], borders: list[date]) -> str:
    written = _read(text)
    return text.replace(written.text, written.with_day(_draw(written, *_stretch(written, keeps, borders), dice)))


def _lies_within(text: str, shown: str, keeps: Collection[str], borders: list[date]) -> bool:
    first, last = _stretch(_read(text), keeps, borders)
    return first <= _read(shown).day <= last


def _read(text: str) -> WrittenDate:
    written = read_date(text.strip())
    assert written is not None  # noqa: S101 - the maker's own condition
    return written


def _birthdays(keeps: Collection[str], today: date) -> list[date]:
    """The days on which those are born who reach a border today."""
    return [_years_before(today, age) for age in sorted({0, _OLDEST, *_numbers("over", keeps)})]


def _stretch(written: WrittenDate, keeps: Collection[str], borders: list[date]) -> tuple[date, date]:
    """First and last day that will do. A border belongs to the stretch before it: born on the day that makes 18, of
    age.
    """
    first = max([written.earliest, *(_next(day) for day in borders if day < written.day)])
    last = min([written.latest, *(day for day in borders if day >= written.day)])
    for years in _numbers("within", keeps):
        first, last = max(first, _years_before(written.day, years)), min(last, _years_before(written.day, -years))
    if "year" in keeps:
        first, last = max(first, date(written.day.year, 1, 1)), min(last, date(written.day.year, 12, 31))
    return first, last


def _draw(written: WrittenDate, first: date, last: date, dice: Dice) -> date:
    """Another day of the stretch that the layout can spell; the original if there is none."""
    for _ in range(_TRIES):
        day = date.fromordinal(first.toordinal() + dice.below(last.toordinal() - first.toordinal() + 1))
        doubtful = written.ambiguous and day.day > _MONTHS_WITHOUT_A_DOUBT
        if not doubtful and written.with_day(day) != written.text:
            return day
    return written.day


def _numbers(fact: str, keeps: Collection[str]) -> Iterator[int]:
    return (int(kept.rpartition("_")[2]) for kept in keeps if kept.startswith(fact + "_"))


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _years_before(day: date, years: int) -> date:
    """The same date so many years earlier, 29 February as the 28th; the calendar's own ends bound it."""
    year = min(max(day.year - years, date.min.year), date.max.year)
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
