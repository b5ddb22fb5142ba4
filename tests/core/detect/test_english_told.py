"""Lines, dates and numbers of English texts as outside scorers are told of them; people and places are made up."""

from __future__ import annotations

import pytest

from gateway.core.detect.english_dates import dates, dialled, postcodes
from gateway.core.detect.english_lines import laid_out, offices
from gateway.core.detect.outside import detect_text


def told(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], kind) for start, end, kind in detect_text(text)]


@pytest.mark.parametrize(
    "text",
    [
        "12/27/1947",
        "1972-02-01 07:51:21",
        "March 5th, 2020",
        "5 Mar 2020",
        "5th of March",
        "Mar-05-2020",
        "March 2020",
        "Monday, 5 March 2024 at 10:30 am",
        "2020, March 5",
        "2024-05-01T10:00:00Z",
        "Thursday",
        "5.3.1973",
    ],
)
def test_dates_of_all_forms_are_found_whole(text: str) -> None:
    found = f"it was {text.lower()}, they say"
    assert next(found[start:end] for start, end in dates(found)) == text.lower()


@pytest.mark.parametrize(
    "text", ["may 5 of them", "version 1.2.3.4", "nobody", "on a sunny day", "12/34/5678", "mar 5"]
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert list(dates(text)) == []


def test_the_end_of_a_card_is_a_date_behind_a_word_for_it() -> None:
    assert [*dates("valid thru 05/27, not 06/28")] == [(11, 16)]


@pytest.mark.parametrize("text", ["555 123 4567", "0123 456 7890", "(84) 7564-8830", "123-4567", "089 72 63 41"])
def test_groups_of_digits_are_dialled(text: str) -> None:
    assert [*dialled(f"it is {text} now")] == [(6, 6 + len(text))]


@pytest.mark.parametrize(
    "text", ["100 000 000", "2019 2020", "12 34", "1.234.567", "12-34-56-78-90-12-34", "$555 1234"]
)
def test_amounts_and_years_are_not_dialled(text: str) -> None:
    assert [*dialled(f"it is {text} now")] == []


def test_five_digits_behind_a_word_for_a_place_are_a_postcode() -> None:
    text = "i live in 29687. it costs 29688 in 29689 ways"
    assert [text[start:end] for start, end in postcodes(text)] == ["29687"]


def test_an_address_line_by_line_is_told_line_by_line() -> None:
    text = "Mary Quxley\n93 Quxanna 44\n Suite 574\n Quxby, MA\n Kenya 92342"
    start = text.index("93")
    assert [(text[a:b], kind) for a, b, kind in laid_out(text, start, len(text))] == [
        ("93", "ADDRESS"),
        ("Quxanna 44", "ADDRESS"),
        ("Suite 574", "ADDRESS"),
        ("Quxby", "LOCATION"),
        ("MA", "LOCATION"),
        ("Kenya", "LOCATION"),
        ("92342", "ADDRESS"),
    ]


def test_what_stands_for_nothing_in_a_line_is_nothing() -> None:
    text = "5 Quxanna\nQuxby, nan 44172\n,\n, nan\n12 b\n99999"
    assert [(text[a:b], kind) for a, b, kind in laid_out(text, 0, len(text))] == [
        ("5 Quxanna", "ADDRESS"),
        ("Quxby", "LOCATION"),
        ("44172", "ADDRESS"),
        ("12 b", "ADDRESS"),
        ("99999", "ADDRESS"),
    ]


def test_a_street_and_its_town_are_two_and_a_longer_address_in_a_sentence_is_one() -> None:
    town = "I live at 5 Quxley Street, Quxby"
    assert told(town) == [("5 Quxley Street", "ADDRESS"), ("Quxby", "LOCATION")]
    whole = "I live at 5 Quxley Street, Quxby, MA 02301"
    assert told(whole) == [("5 Quxley Street, Quxby, MA 02301", "ADDRESS")]


def test_addresses_in_sentences_and_of_the_forces_are_told_whole() -> None:
    inside = "send it to 5 Quxley Street\n Apt. 5\n Quxby\n Kenya 92342 please"
    assert told(inside) == [("5 Quxley Street\n Apt. 5\n Quxby\n Kenya 92342", "ADDRESS")]
    assert told("PSC 7004, Box 8380\nAPO AP 11949") == [("PSC 7004, Box 8380\nAPO AP 11949", "ADDRESS")]


@pytest.mark.parametrize(
    ("text", "office"),
    [
        ("Helen Quxley\nTraining and development coordinator\nQuxby", "Training and development coordinator"),
        ("he works as a data analyst at the shop", "data analyst"),
        ("we wrote to the Booth cashier of it", ""),
        ("ask a Booth cashier about it", "Booth cashier"),
    ],
)
def test_what_people_are_at_work_is_told(text: str, office: str) -> None:
    assert [text[start:end] for start, end, _ in offices(text)] == ([office] if office else [text[16:29]])


def test_a_line_between_a_person_and_an_address_is_a_firm() -> None:
    text = "Helen Quxley\nVexar Ochoa\n93 Quxanna 44\n Suite 574\n Quxby"
    assert ("Vexar Ochoa", "ORGANIZATION") in told(text)
    assert "ORGANIZATION" not in {kind for _, kind in told("nobody\nVexar\n93 Quxanna 44\n Suite 574\n Quxby")}


def test_a_birth_date_in_english_is_a_date_too() -> None:
    assert told("she was born on 12/27/1947") == [("12/27/1947", "DATE"), ("12/27/1947", "BIRTH_DATE")]
    assert told("дата рождения 27.12.1947") == [("27.12.1947", "BIRTH_DATE")]


def test_a_birth_date_in_a_text_with_cyrillic_letters_is_one_thing() -> None:
    text = "the client (Пётр) says that he was born on 12/27/1947 and that nobody ever asked him about it"
    assert ("12/27/1947", "DATE") not in told(text)
    assert ("12/27/1947", "BIRTH_DATE") in told(text)


def test_a_name_inside_the_name_of_a_firm_is_nobody() -> None:
    assert told("they sued Anna Petrova Ltd. over it") == [("Anna Petrova Ltd.", "ORGANIZATION")]


def test_letters_that_fold_to_more_take_no_office_in_small_letters() -> None:
    assert list(offices("İ works as a data analyst at home")) == []
