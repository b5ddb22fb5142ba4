from __future__ import annotations

import pytest

from gateway.core.detect.words import ideas_of, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("firstName", ("first", "name")),
        ("first_name", ("first", "name")),
        ("first-name", ("first", "name")),
        ("user.email", ("user", "email")),
        ("IPAddress", ("ip", "address")),
        ("userID", ("user", "id")),
        ("phone2", ("phone",)),
        ("e-mail", ("email",)),
        ("eMail", ("email",)),
        ("Ф.И.О.", ("фио",)),
        ("ф и о клиента", ("фио", "клиента")),
        ("ДатаРождения", ("дата", "рождения")),
        ("ТЕЛЕФОН", ("телефон",)),
        ("эл. почта", ("electronic", "почта")),
        ("ＦＵＬＬ＿ＮＡＭＥ", ("full", "name")),
        ("42", ()),
    ],
)
def test_a_name_is_cut_into_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "ideas"),
    [
        ("emails", {"email"}),
        ("user", {"user", "role"}),
        ("телефонов", {"phone"}),
        ("nomer_telefona", {"number", "phone"}),
        ("birthofdate", {"birth", "plain", "date"}),
        ("phonenumber", {"phone"}),
        ("номертелефона", {"number", "phone"}),
        ("ipaddress", {"ip"}),
        ("cityname", {"city", "name"}),
        ("отчетсво", {"patronymic"}),
        ("фамлия", {"lastname"}),
        ("телефонн", {"phone"}),
        ("telephonne", {"phone"}),
    ],
)
def test_words_stand_for_ideas(name: str, ideas: set[str]) -> None:
    assert ideas_of(name) == (frozenset(ideas), True)


@pytest.mark.parametrize(
    "name", ["iata", "foo", "postage", "щука", "pol", "xyzzy", "x" * 29, "phone" * 5 + "x", "abcdefghij"]
)
def test_unknown_words_mean_nothing(name: str) -> None:
    assert ideas_of(name)[0] <= {"sex"}
    assert name == "pol" or not ideas_of(name)[1]


def test_a_name_that_is_too_long_is_no_name() -> None:
    assert ideas_of("email_" * 20) == (frozenset(), False)


def test_a_half_understood_name_says_so() -> None:
    assert ideas_of("widget_email") == (frozenset({"email"}), False)


def test_a_word_cut_short_is_understood_if_it_can_be_one_only() -> None:
    assert "birth" in ideas_of("дата рожд")[0]
    assert ideas_of("крас") == (frozenset(), False)


@pytest.mark.parametrize(
    "slip", ["pasport", "passsport", "telefone", "паспортт", "фамиилия", "фамлия", "фамилмя", "фмаилия"]
)
def test_one_slip_is_forgiven(slip: str) -> None:
    assert ideas_of(slip)[0]


@pytest.mark.parametrize("name", ["Орлова", "орлова"])
def test_two_slips_are_another_word(name: str) -> None:
    """``половая`` and a surname have in common what is left of each without another letter."""
    assert ideas_of(name)[0] == frozenset()
