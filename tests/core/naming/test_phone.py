"""Phone aliases look like phone numbers, in the layout of the original."""

from __future__ import annotations

import pytest

from gateway.core.naming import phone

TOKEN = "79760000123"


@pytest.mark.parametrize(
    ("original", "shown"),
    [
        ("+7 (900) 000-01-45", "+7 (976) 000-01-23"),
        ("8 900 000 01 45", "8 976 000 01 23"),
        ("8(900)000-01-45", "8(976)000-01-23"),
        ("79000000145", "79760000123"),
        ("900-000-01-45", "976-000-01-23"),
        ("(900) 000-01-45", "(976) 000-01-23"),
        ("9000000145", "9760000123"),
        ("+7.900.000.01.45", "+7.976.000.01.23"),
        ("+7\u00a0900\u00a0000\u00a001\u00a045", "+7\u00a0976\u00a0000\u00a001\u00a023"),
        ("+7=900=000=01=45", "+79760000123"),
        ("007 900 000 01 45", "+79760000123"),
        ("+49 151 23456789", "+79760000123"),
        ("4915123456789", "79760000123"),
        ("+81 90 1234 567", "+79760000123"),
        ("no number", "+79760000123"),
    ],
)
def test_a_phone_is_shown_in_the_layout_of_a_russian_number_or_in_e164(original: str, shown: str) -> None:
    assert phone.show(TOKEN, original) == shown


def test_a_number_of_a_foreign_block_is_shown_in_e164() -> None:
    assert phone.show("498210000123", "+7 (900) 000-01-45") == "+498210000123"


def test_a_token_is_the_block_and_seven_digits() -> None:
    assert list(phone.tokens("+7976", iter([5, 12_345_678]))) == ["79760000005", "79762345678"]


@pytest.mark.parametrize("text", ["+7 900 000-01-23", "89000000123", "+49 151 23456789"])
def test_numbers_that_people_dial_are_valid(text: str) -> None:
    assert phone.valid(text)


@pytest.mark.parametrize("text", ["", "12345", "+7 900", "call me", "+7 495 000-00-00 доб. 12"])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert not phone.valid(text)
