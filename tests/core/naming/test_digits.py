"""Digit aliases have the length, the layout and the check digits of what they replace."""

from __future__ import annotations

import pytest

from gateway.core.detect.checksums import CHECKSUMS
from gateway.core.naming import digits

DRAW = 987_654_321_987


def one(original: str, checksum: str | None = None, *, start: str = digits.START, shortest: int = 8) -> str:
    return next(digits.tokens(original, iter([DRAW]), checksum, start=start, shortest=shortest))


def test_an_alias_has_as_many_digits_and_begins_with_599() -> None:
    assert one("4509 123456") == "5994321987"


def test_a_spare_alias_has_as_many_digits_and_begins_with_00() -> None:
    assert one("4509 123456", start=digits.SPARE_START) == "0054321987"


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
    assert one("112-233-445 00", "snils") == "599" + str(DRAW)[-8:]


def test_an_alias_can_stand_as_a_json_number_as_it_is() -> None:
    assert str(int(one("112-233-445 95", "snils"))) == one("112-233-445 95", "snils")


def test_a_short_number_becomes_nine_digits_that_fit_32_bits() -> None:
    assert one("42", shortest=digits.SHORTEST_OF_SHORT) == "599321987"
    assert int(one("42", shortest=digits.SHORTEST_OF_SHORT)) < 2**31


def test_a_very_long_number_is_named_by_one_that_can_be_found_again() -> None:
    assert len(one("1" * 40)) == digits.LONGEST


def test_a_draw_without_a_check_digit_makes_no_candidate() -> None:
    iin = "950101300006"
    made = list(digits.tokens(iin, iter([280, 281, 282]), "kz_iin", start=digits.SPARE_START))
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


def test_a_beginning_of_three_digits_may_reach_into_the_second_group() -> None:
    assert digits.show("5991234567", "45 09 123456") == "59 91 234567"


@pytest.mark.parametrize("original", ["-12345.6789", "-123456789", "1.23456789", "123456789"])
def test_a_json_number_is_shown_as_it_is(original: str) -> None:
    assert digits.show("599123456", original) == "599123456"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("42", True), ("9" * 20, True), ("9" * 21, False), ("042", False), ("-42", False), ("4.2", False), ("", False)],
)
def test_an_integer_is_what_a_json_number_could_be_as_it_stands(text: str, *, is_one: bool) -> None:
    assert digits.is_integer(text) is is_one


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
