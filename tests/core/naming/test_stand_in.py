"""Stand-ins are valid values of the same kind and layout that keep declared facts and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

import pytest

from gateway.core.detect.kinds import KINDS
from gateway.core.naming import stand_in as package_stand_in
from gateway.core.naming.calendar import age_on
from gateway.core.naming.dates import read_date
from gateway.core.naming.stand_in import FACT, fits, stand_in, valid
from gateway.model.kinds import KindSpec
from gateway.model.names import Kind

TODAY = date(2026, 11, 22)


def spec(kind: str) -> KindSpec:
    return KINDS.get(Kind(kind), KindSpec(Kind(kind), "personal", "stand_in"))


def made(kind: str, original: str, keeps: Collection[str] | None = None, today: date = TODAY) -> list[str]:
    """Forty stand-ins of one value, as forty records would have them."""
    return [stand_in(spec(kind), original, f"{n}".encode(), today=today, keeps=keeps) for n in range(40)]


def days(texts: list[str]) -> list[date]:
    return [written.day for text in texts if (written := read_date(text)) is not None]


def ages(texts: list[str]) -> list[int]:
    return [age_on(TODAY, day) for day in days(texts)]


def test_the_same_seed_makes_the_same_stand_in() -> None:
    assert made("birth_date", "17.05.1990") == made("birth_date", "17.05.1990")


def test_another_seed_makes_another_stand_in() -> None:
    assert len(set(made("birth_date", "17.05.1990"))) > 30


@pytest.mark.parametrize(
    ("kind", "original"),
    [
        ("birth_date", "17.05.1990"),
        ("birth_date", "1990-05-17T00:00:00Z"),
        ("age", "34"),
        ("postcode", "101000"),
        ("postcode", "SW1A 1AA"),
        ("address.house", "12к1"),
        ("address.flat", "7"),
        ("credential.otp", "123456"),
        ("geo.point", "55.7558, 37.6173"),
        ("country", "RU"),
        ("card.expiry", "12/27"),
    ],
)
def test_a_stand_in_is_valid_and_never_the_original(kind: str, original: str) -> None:
    texts = made(kind, original)
    assert original not in texts
    assert all(valid(spec(kind), text) for text in texts)


def test_an_adult_gets_an_adults_birth_date_by_default() -> None:
    assert min(ages(made("birth_date", "22.11.2008"))) >= 18


def test_a_minor_gets_a_minors_birth_date_by_default() -> None:
    assert max(ages(made("birth_date", "23.11.2008"))) < 18


def test_other_borders_of_age_are_kept_where_declared() -> None:
    assert {21 <= age < 65 for age in ages(made("birth_date", "17.05.1990", ["over_21", "over_65"]))} == {True}


def test_a_birth_date_in_the_future_stays_one_so_that_it_is_rejected() -> None:
    assert min(days(made("birth_date", "2030-01-01"))) > TODAY


def test_the_year_is_kept_where_declared() -> None:
    assert {day.year for day in days(made("birth_date", "17.05.1990", ["year"]))} == {1990}


def test_a_stand_in_lies_within_the_years_declared() -> None:
    assert {1988 <= day.year <= 1992 for day in days(made("birth_date", "17.05.1990", ["within_2"]))} == {True}


def test_the_date_of_a_document_stays_near_and_on_its_side_of_today() -> None:
    texts = days(made("document.date", "2025-11-01"))
    assert date(2022, 11, 1) <= min(texts)
    assert max(texts) <= TODAY


def test_a_date_that_could_be_read_the_other_way_round_gets_a_day_that_can_too() -> None:
    assert max(day.day for day in days(made("birth_date", "05/06/1990"))) <= 12


def test_a_leap_day_has_a_date_years_before() -> None:
    leap_day = date(2028, 2, 29)
    assert len(days(made("birth_date", "2028-02-29", today=leap_day))) == 40


def test_a_date_at_the_end_of_the_calendar_has_a_stand_in() -> None:
    assert max(day.year for day in days(made("document.date", "9999-12-30"))) == 9999


def test_where_facts_leave_one_day_only_the_original_goes_out() -> None:
    assert set(made("birth_date", "1990-05-17", ["within_0"])) == {"1990-05-17"}


def test_blanks_around_a_value_stay() -> None:
    assert all(re.fullmatch(r" \d\d\.\d\d\.\d{4} ", text) for text in made("birth_date", " 17.05.1990 "))


def test_an_age_stays_on_its_side_of_every_border() -> None:
    assert {18 <= int(age) < 21 for age in made("age", "19", ["over_18", "over_21"])} == {True}


def test_an_age_without_borders_may_become_any_other() -> None:
    assert min(map(int, made("age", "34", []))) < 18


def test_an_age_that_the_borders_fix_goes_out_as_it_is() -> None:
    assert set(made("age", "18", ["over_18", "over_19"])) == {"18"}


def test_a_code_keeps_layout_script_and_case() -> None:
    assert all(re.fullmatch(r"[A-Z]{2}[0-9]-[а-я][А-Я]", text) for text in made("address.house", "AB3-кБ"))


def test_full_width_and_foreign_letters_become_plain_ones() -> None:
    assert all(re.fullmatch(r"[0-9]{2}[a-z]", text) for text in made("address.house", "１2字"))


def test_a_number_gets_no_leading_zero() -> None:
    assert all(re.fullmatch(r"-?[1-9]\.[0-9]{2}e5", text) for text in made("address.flat", "-1.50e5"))


def test_a_russian_postcode_begins_as_one() -> None:
    assert {text[0] in "123456" for text in made("postcode", "101000")} == {True}


def test_the_first_characters_of_a_code_are_kept_where_declared() -> None:
    assert {text[:3] for text in made("postcode", "101000", ["first_3"])} == {"101"}


def test_the_first_characters_kept_may_be_all() -> None:
    assert set(made("postcode", "101000", ["first_6"])) == {"101000"}


def test_a_longitude_stays_one() -> None:
    assert all(re.fullmatch(r"[1-8]\d\.\d{2}; -1[0-7]\d", text) for text in made("geo.point", "55.75; -131"))


def test_a_coordinate_of_one_digit_stays_one() -> None:
    assert all(re.fullmatch(r"\d,\d{3}°", text) for text in made("geo.point", "5,123°"))


def test_a_word_is_replaced_by_another_of_its_list_in_its_case() -> None:
    texts = set(made("citizenship", "Россия")) | set(made("language", "ru-RU")) | set(made("currency", "rub"))
    assert {"Германия", "de-DE", "usd"} <= texts


def test_of_two_words_either_goes_out_because_a_sure_swap_would_tell() -> None:
    assert set(made("sex", "жен")) == {"жен", "муж"}


def test_the_own_kind_of_an_operator_counts_as_a_date_if_it_is_called_one() -> None:
    assert len(days(made("hire_date", "17.05.2019"))) == 40


def test_a_text_without_a_stand_in_of_its_kind_is_treated_as_a_code() -> None:
    assert all(re.fullmatch(r"[a-z]{7}", text) for text in made("birth_date", "unknown"))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("birth_date", "unknown"),
        ("age", "121"),
        ("age", "old"),
        ("geo.point", "Moscow"),
        ("country", "Atlantis"),
        ("postcode", "--"),
        ("address.house", "x" * 17),
    ],
)
def test_a_text_that_no_back_end_would_take_has_no_stand_in(kind: str, text: str) -> None:
    assert not valid(spec(kind), text)


@pytest.mark.parametrize(("text", "fact"), [("over_18", True), ("year", True), ("over_", False), ("young", False)])
def test_what_counts_as_a_fact(text: str, fact: bool) -> None:
    assert (FACT.fullmatch(text) is not None) is fact


@pytest.mark.parametrize(
    ("kind", "original"),
    [
        ("birth_date", "17.05.1990"),
        ("document.date", "2019-03-04"),
        ("age", "34"),
        ("postcode", "101000"),
        ("address.house", "12a"),
        ("geo.point", "55.7558"),
        ("citizenship", "Россия"),
        ("birth_date", "unknown"),
    ],
)
def test_a_stand_in_made_today_still_fits(kind: str, original: str) -> None:
    assert all(fits(spec(kind), original, shown, today=TODAY) for shown in made(kind, original))


@pytest.mark.parametrize(
    ("kind", "original", "shown", "keeps"),
    [
        ("birth_date", "2008-11-22", "2009-05-05", None),
        ("birth_date", "1990-05-05", "1991-06-06", ("year",)),
        ("card.expiry", "12/27", "01/26", None),
        ("age", "34", "17", None),
        ("postcode", "101000", "119019", ("first_3",)),
        ("address.house", "12a", "72b", ("first_1",)),
    ],
)
def test_a_stand_in_that_keeps_less_than_it_must_fits_no_more(
    kind: str, original: str, shown: str, keeps: Collection[str] | None
) -> None:
    assert not fits(spec(kind), original, shown, today=TODAY, keeps=keeps)


def test_a_stand_in_fits_until_its_person_comes_of_age() -> None:
    child, shown = "2008-11-30", "2009-05-05"
    before, after = date(2026, 11, 29), date(2026, 12, 1)
    assert [fits(spec("birth_date"), child, shown, today=day) for day in (before, after)] == [True, False]


def test_the_package_hands_out_the_function() -> None:
    assert package_stand_in is stand_in
