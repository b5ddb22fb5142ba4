"""Digit aliases have the length, the layout and the check digits of what they replace."""

from __future__ import annotations

import pytest

from gateway.core.detect.checksums import CHECKSUMS
from gateway.core.naming import digits

DRAW = 987_654_321_987


def one(original: str, checksum: str | None = None, *, as_number: bool = False) -> str:
    return next(digits.tokens(original, iter([DRAW]), checksum, as_number=as_number))


def test_an_alias_has_as_many_digits_and_begins_with_00() -> None:
    assert one("4509 123456") == "0054321987"


@pytest.mark.parametrize(
    ("original", "checksum"),
    [
        ("112-233-445 95", "snils"),
        ("4111 1111 1111 1111", "luhn"),
        ("500100732259", "inn12"),
        ("7707083893", "inn10"),
        ("1027700132195", "ogrn"),
    ],
)
def test_an_alias_has_valid_check_digits_where_the_original_has(original: str, checksum: str) -> None:
    alias = one(original, checksum)
    assert CHECKSUMS[checksum](alias)
    assert len(alias) == len(digits.canonical(original))


def test_an_original_with_wrong_check_digits_has_an_alias_without_any() -> None:
    assert one("112-233-445 00", "snils") == "00" + str(DRAW)[-9:]


def test_a_json_number_begins_with_990_and_keeps_its_length() -> None:
    assert one("45091234567", as_number=True) == "99054321987"


def test_a_short_json_number_becomes_nine_digits_that_fit_32_bits() -> None:
    assert one("42", as_number=True) == "990321987"
    assert int(one("42", as_number=True)) < 2**31


def test_a_very_long_number_is_named_by_one_that_can_be_found_again() -> None:
    assert len(one("1" * 40, as_number=True)) == digits.LONGEST


def test_a_draw_without_a_check_digit_makes_no_candidate() -> None:
    iin = "950101300006"
    made = list(digits.tokens(iin, iter([280, 281, 282]), "kz_iin", as_number=False))
    assert [alias[:-1] for alias in made] == ["00000000280", "00000000282"]
    assert all(CHECKSUMS["kz_iin"](alias) for alias in made)


@pytest.mark.parametrize(
    ("original", "shown"),
    [
        ("4509 123456", "0012 345678"),
        ("45 09 123456", "00 12 345678"),
        ("4509 № 123456", "0012 № 345678"),
        ("45\u00a009\u00a0123456", "00\u00a012\u00a0345678"),
        ("4509123456", "0012345678"),
        ("4509/123456", "0012345678"),
        ("45 0 9 1 23456", "0012345678"),
        ("450912345", "0012345678"),
    ],
)
def test_digits_are_shown_in_a_layout_by_which_they_are_found_again(original: str, shown: str) -> None:
    assert digits.show("0012345678", original) == shown


def test_a_json_number_is_shown_as_it_is() -> None:
    assert digits.show("990123456", "-12345.6789") == "990123456"


@pytest.mark.parametrize(
    ("text", "checksum"),
    [("4509 123456", None), ("45 09 № 123456", None), ("112-233-445 95", "snils"), ("４５０９ １２３４５６", None)],
)
def test_numbers_of_documents_are_valid(text: str, checksum: str | None) -> None:
    assert digits.valid(text, checksum)


@pytest.mark.parametrize(
    ("text", "checksum"),
    [
        ("", None),
        ("4509", None),
        ("1" * 21, None),
        ("AB123456", None),
        ("4509--123456", None),
        ("112-233-445 00", "snils"),
        ("4509 123456", "unknown rule"),
    ],
)
def test_other_texts_are_no_numbers_of_documents(text: str, checksum: str | None) -> None:
    assert not digits.valid(text, checksum)
