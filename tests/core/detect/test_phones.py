from __future__ import annotations

import pytest

from gateway.core.detect.phones import normal_phone, phone_country


@pytest.mark.parametrize(
    ("written", "number", "country"),
    [
        ("+7 (900) 000-00-01", "+79000000001", "RU"),
        ("8 900 000 00 01", "+79000000001", "RU"),
        ("79000000001", "+79000000001", "RU"),
        ("9000000001", "+79000000001", "RU"),
        ("8(495)000-00-01", "+74950000001", "RU"),
        ("+7 701 000 00 01", "+77010000001", "KZ"),
        ("8 (771) 000-00-01", "+77710000001", "KZ"),
        ("+7 600 000 00 01", "+76000000001", "KZ"),
        ("8-10-49-30-1234567", "+49301234567", "DE"),
        ("0049 30 1234567", "+49301234567", "DE"),
        ("+44 (0) 20 7946 0958", "+442079460958", "GB"),
        ("+1 202-555-0143", "+12025550143", "US"),
        ("+1 (416) 555-0143", "+14165550143", "CA"),
        ("380441234567", "+380441234567", "UA"),
        ("+375 29 123-45-67", "+375291234567", "BY"),
        ("８ ９００ ０００ ００ ０１", "+79000000001", "RU"),
        ("8 800 000-00-01 доб. 12", "+78000000001", "RU"),
        ("+7 900 000-00-01 ext 5", "+79000000001", "RU"),
        ("tel:+79000000001", "+79000000001", "RU"),
    ],
)
def test_a_number_has_one_form_and_one_country(written: str, number: str, country: str) -> None:
    assert (normal_phone(written), phone_country(written)) == (number, country)


@pytest.mark.parametrize(
    "text",
    ["", "hello", "123", "1234567890", "+7 100 000 00 01", "+7 900 000 00 1", "+999 123 45 67", "+1 102 555 0143",
     "+1 202 155 0143", "+1 202 555 014", "+490", "7" * 41, "anna@example.org", "+", "+44 0", "+1234567890123456"],
)  # fmt: skip
def test_what_nobody_can_dial_is_no_number(text: str) -> None:
    assert (normal_phone(text), phone_country(text)) == (None, None)
