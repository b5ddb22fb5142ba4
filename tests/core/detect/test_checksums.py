from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.detect.checksums import CHECKSUMS, account_key, check_length, complete, iban, kz_iin, luhn, oms, snils

RIGHT = [
    ("luhn", "4111111111111111"),
    ("luhn", "2200000000000053"),
    ("inn10", "7707083893"),
    ("inn12", "500100732259"),
    ("snils", "11223344595"),
    ("snils", "08765430300"),
    ("ogrn", "1027700132195"),
    ("ogrnip", "304500116000157"),
    ("oms", "7712345678901235"),
    ("kz_iin", "900101300007"),
    ("kz_iin", "990340005977"),
    ("by_unp", "200988541"),
    ("ua_rntrc", "1759013776"),
    ("ua_edrpou", "32855961"),
    ("ua_edrpou", "14360570"),
    ("uz_pinfl", "31503851234566"),
    ("md_idnp", "2004001234567"),
    ("iban", "DE89370400440532013000"),
    ("iban", "GB82WEST12345698765432"),
]
LENGTHS = {"luhn": 15, "inn10": 9, "inn12": 10, "snils": 9, "ogrn": 12, "ogrnip": 14, "oms": 15, "kz_iin": 11} | {
    "by_unp": 8,
    "ua_rntrc": 9,
    "ua_edrpou": 7,
    "uz_pinfl": 13,
    "md_idnp": 12,
}


@pytest.mark.parametrize(("name", "number"), RIGHT)
def test_a_right_number_is_accepted(name: str, number: str) -> None:
    assert CHECKSUMS[name](number)


@pytest.mark.parametrize(("name", "number"), RIGHT)
def test_a_wrong_last_digit_is_refused(name: str, number: str) -> None:
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not CHECKSUMS[name](wrong)


@pytest.mark.parametrize("name", CHECKSUMS)
@pytest.mark.parametrize(
    "text", ["", "0", "x", "1" * 8, "0" * 10, "0" * 11, "0" * 12, "0" * 16, "１２３４", "12 34", "-1"]
)
def test_anything_else_is_refused(name: str, text: str) -> None:
    assert not CHECKSUMS[name](text)


@pytest.mark.parametrize(("name", "length"), LENGTHS.items())
@given(data=st.data())
def test_a_completed_number_is_right(name: str, length: int, data: st.DataObject) -> None:
    body = data.draw(st.text("0123456789", min_size=length, max_size=length).filter(lambda text: text.strip("0")))
    whole = complete(name, body)
    if whole is None:
        assert name in {"kz_iin", "by_unp"}
    else:
        assert len(whole) == length + check_length(name)
        assert CHECKSUMS[name](whole)


@pytest.mark.parametrize(
    ("name", "body"), [("inn10", "12345678"), ("snils", "11223344x"), ("iban", "12"), ("none", "1"), ("luhn", "１")]
)
def test_what_has_no_check_digits_is_not_completed(name: str, body: str) -> None:
    assert complete(name, body) is None


def test_a_body_whose_check_digit_would_be_ten_is_not_completed() -> None:
    bodies = (f"900101300{number:02d}" for number in range(100))
    assert any(complete("kz_iin", body) is None for body in bodies)


def test_an_unknown_rule_has_no_check_digits() -> None:
    assert (check_length("none"), check_length("inn12"), check_length("ogrn")) == (0, 2, 1)


def test_old_snils_had_no_check_digits() -> None:
    assert snils("00100199855")


def test_snils_of_nothing_but_zeros_is_refused() -> None:
    assert not snils("00000000000")


def test_a_luhn_number_of_zeros_is_refused() -> None:
    assert not luhn("0000000000000000")


@given(st.text("0123456789", min_size=15, max_size=15))
def test_the_policy_rule_read_literally_gives_the_same_digit(body: str) -> None:
    """FFOMS order 79: odd places from the right, as one number, times two; even places before it; add; up to ten."""
    odd, even = body[::-1][::2], body[::-1][1::2]
    total = sum(int(digit) for digit in even + str(int(odd) * 2))
    literal = body + str(-total % 10)
    assert complete("oms", body) == literal
    assert oms(literal) == bool(literal.strip("0"))


@pytest.mark.parametrize(
    "text", ["DE8937040044053201300x", "D189370400440532013000", "DEA9370400440532013000", "de89370400440532013000"]
)
def test_a_misshapen_iban_is_refused(text: str) -> None:
    assert not iban(text)


def test_an_account_of_the_bank_is_recognised() -> None:
    assert account_key("044525225", "30101810400000000225")


def test_an_ordinary_account_uses_the_last_digits_of_the_bik() -> None:
    right = [n for n in range(10) if account_key("044525225", f"40817810{n}00000000001")]
    assert len(right) == 1


@pytest.mark.parametrize(
    ("bik", "account"),
    [("04452522", "30101810400000000225"), ("044525225", "3010181040000000022"), ("x44525225", "30101810400000000225")],
)
def test_a_misshapen_account_belongs_to_no_bank(bik: str, account: str) -> None:
    assert not account_key(bik, account)


def test_an_iin_may_take_the_second_row_of_weights() -> None:
    completed = [complete("kz_iin", f"90010130{number:03d}") for number in range(300)]
    assert all(kz_iin(number) for number in completed if number)


@pytest.mark.parametrize("text", ["3010190A001PB9", "3010190А001РВ9"])
def test_a_personal_number_of_belarus_may_be_written_in_either_script(text: str) -> None:
    assert CHECKSUMS["by_personal"](text)


@pytest.mark.parametrize("text", ["3010190A001PB8", "3010190A001PBX", "3010190A001P"])
def test_a_wrong_personal_number_of_belarus_is_refused(text: str) -> None:
    assert not CHECKSUMS["by_personal"](text)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("base58check", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("base58check", "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC"),
        ("bech32", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ("bech32", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
    ],
)
def test_addresses_of_wallets_carry_their_hash(name: str, address: str) -> None:
    assert CHECKSUMS[name](address)
    assert not CHECKSUMS[name](address[:-1] + ("a" if address[-1] != "a" else "b"))


@pytest.mark.parametrize("address", ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8F3T4", "z" * 36, "1" * 20])
def test_what_is_no_address_is_refused(address: str) -> None:
    assert (CHECKSUMS["base58check"](address), CHECKSUMS["bech32"](address)) == (False, False)
