"""Values that were told, found again in any spelling, in time that does not grow with how many they are."""

from __future__ import annotations

import time

import pytest

from gateway.core.told_values import MASK, Told, told_values, values_in
from gateway.model.errors import PayloadError
from gateway.model.names import Kind

TOLD: Told = {
    "anna@example.ru": (Kind("email"), "E"),
    "+7 916 123-45-67": (Kind("phone"), "P"),
    "+49 151 0000042": (Kind("phone"), "G"),
    "Анна Петрова": (Kind("person.name"), "N"),
    "anna": (Kind("login"), "L"),
    "4510 123456": (Kind("ru.passport"), "D"),
    "«Роза»": (Kind("login"), "R"),
    "İ-1x": (Kind("login"), "I"),
    "42": (Kind("birth_date"), "43"),
}


def after(text: str, told: Told = TOLD) -> str:
    for start, end, new in sorted(values_in(text, told_values(told)), reverse=True):
        text = text[:start] + new + text[end:]
    return text


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("to ANNA@example.ru!", "to E!"),
        ("xanna@example.ru", "xanna@example.ru"),
        ("anna, anna@example.ru and anna_", "L, E and anna_"),
        ("Анна \n Петрова и г-жа ПЕТРОВА", f"N и г-жа {MASK}"),
        ("89161234567", "P"),
        ("(916) 123 45 67", "P"),
        ("8 - (916) 123-45-67", "P"),
        ("8 -- (916) 123-45-67", "8 -- P"),
        ("(8 916 123-45-67)", "(P)"),
        ("x+79161234567", "xP"),
        ("1+79161234567", "1+P"),
        ("791612345678", "791612345678"),
        ("2 3 4510123456 7", "2 3 D 7"),
        ("45    10 123456", "45    10 123456"),
        ("+491510000042, 151 0000042", "G, 151 0000042"),
        ("٣4510123456", "٣4510123456"),
        ("«роза», x«Роза», «Роза»x", "R, x«Роза», «Роза»x"),
        ("İ-1X", "I"),
        (" 42 ", "43"),
        ("42 or 1942", "42 or 1942"),
        ("1" * 60, "1" * 60),
        ("anna@example.r", "L@example.r"),
        ("", ""),
    ],
)
def test_values_are_found_as_they_may_be_spelled(text: str, new: str) -> None:
    assert after(text) == new


def test_of_values_that_overlap_the_longest_counts() -> None:
    told: Told = {
        "a b c": (Kind("login"), "1"),
        "c d e f": (Kind("login"), "2"),
        "f g": (Kind("login"), "3"),
        "c d": (Kind("login"), "4"),
    }
    assert after("a b c d e f g", told) == "a b 2 g"
    assert after("a b c d", told) == "1 d"


def test_nothing_told_is_nothing_found() -> None:
    assert values_in("anna@example.ru 79161234567", told_values({})) == []
    assert values_in("anna", told_values({"7916": (Kind("login"), "1")})) == []


def test_nothing_of_the_values_is_shown() -> None:
    assert repr(told_values(TOLD)) == "ToldValues(9)"


def test_time_does_not_grow_with_how_many_there_are() -> None:
    told: Told = {f"anna{number}@example.ru": (Kind("email"), "E") for number in range(20_000)}
    told = {**told, **{f"+7916{number:07d}": (Kind("phone"), "P") for number in range(20_000)}}
    text = " ".join(f"anna{number}@example.ru 8 916 {number:07d}" for number in range(20_000))
    began = time.process_time()
    assert len(values_in(text, told_values(told))) == 40_000
    assert time.process_time() - began < 5


def test_values_that_begin_alike_are_not_looked_for_for_ever() -> None:
    told: Told = {"x " + "a" * size: (Kind("login"), "X") for size in range(1_000)}
    with pytest.raises(PayloadError):
        values_in("x " * 10_000, told_values(told))
