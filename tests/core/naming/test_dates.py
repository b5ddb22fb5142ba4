"""Dates in the layouts people and programs use, and the same layout with another day."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.core.naming.dates import read_date

OTHER = date(2003, 11, 9)


@pytest.mark.parametrize(
    ("text", "day", "other"),
    [
        ("17.05.1990", date(1990, 5, 17), "09.11.2003"),
        ("7.5.1990 г.", date(1990, 5, 7), "9.11.2003 г."),
        ("1990-05-17", date(1990, 5, 17), "2003-11-09"),
        ("1990-05-17T12:30:00Z", date(1990, 5, 17), "2003-11-09T12:30:00Z"),
        ("1990-05-17 12:30:00.000 +03:00", date(1990, 5, 17), "2003-11-09 12:30:00.000 +03:00"),
        ("19900517", date(1990, 5, 17), "20031109"),
        ("17051990", date(1990, 5, 17), "09112003"),
        ("05/17/1990", date(1990, 5, 17), "11/09/2003"),
        ("17/05/90", date(1990, 5, 17), "09/11/03"),
        ("17 мая 1990 г.", date(1990, 5, 17), "09 ноября 2003 г."),
        ("17 МАЯ 1990", date(1990, 5, 17), "09 НОЯБРЯ 2003"),
        ("May 17, 1990", date(1990, 5, 17), "November 09, 2003"),
        ("17-Feb-1990", date(1990, 2, 17), "09-Nov-2003"),
        ("1990-05", date(1990, 5, 1), "2003-11"),
        ("12/27", date(2027, 12, 1), "11/03"),
        ("12/2027", date(2027, 12, 1), "11/2003"),
    ],
)
def test_a_date_is_read_and_written_in_its_own_layout(text: str, day: date, other: str) -> None:
    written = read_date(text)
    assert written is not None
    assert written.day == day
    assert written.with_day(OTHER) == other
    assert written.with_day(day) == text


@pytest.mark.parametrize("text", ["", "31.02.1990", "17 foo 1990", "99999999", "0000-01-01", "13/27", "1990", "anna"])
def test_other_texts_are_no_dates(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(("text", "ambiguous"), [("05/06/1990", True), ("17/06/1990", False), ("05.06.1990", False)])
def test_only_slashes_leave_a_doubt_about_day_and_month(text: str, ambiguous: bool) -> None:
    written = read_date(text)
    assert written is not None
    assert written.ambiguous is ambiguous


def test_a_year_of_two_digits_bounds_what_can_be_written() -> None:
    written = read_date("17.05.90")
    assert written is not None
    assert (written.earliest, written.latest) == (date(1930, 1, 1), date(2029, 12, 31))


def test_a_full_year_does_not() -> None:
    written = read_date("17.05.1990")
    assert written is not None
    assert (written.earliest, written.latest) == (date.min, date.max)
