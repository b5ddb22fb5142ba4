"""Which spellings are one value, and that a blind tells nothing without the key."""

from __future__ import annotations

import pytest

from gateway.core.blind import blind, blind_idempotency, blind_session, normal_form, seed_of
from gateway.core.detect.kinds import KINDS
from gateway.model.kinds import KindSpec
from gateway.model.names import Kind
from gateway.model.secret import Secret

KEY = Secret(b"k" * 32)
EMAIL = Kind("email")


def spec(kind: str) -> KindSpec:
    return KINDS[Kind(kind)]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", " Anna@Example.ORG ", "anna@example.org"),
        ("email", "anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"),
        ("email", "ａnna＠example.org", "anna@example.org"),
        ("phone", "8 (900) 000-01-23", "+7 900 000 01 23"),
        ("phone", "900 000-01-23", "79000000123"),
        ("phone", "007 900 000 01 23", "+79000000123"),
        ("phone", "＋７ ９００ ０００ ０１ ２３", "+79000000123"),
        ("phone", "tel:+79000000123", "89000000123"),
        ("person.name", "  Алёна  ПЕТРОВА ", "алена петрова"),
        ("person.name", "Й", "й"),
        ("ru.passport", "4509 № 123456", "45 09 123456"),
        ("ru.snils", "112-233-445 95", "11223344595"),
        ("ru.snils", "１１２-２３３-４４５ ９５", "11223344595"),
        ("ru.snils", "١١٢٢٣٣٤٤٥٩٥", "11223344595"),
        ("passport", "ab 12-34", "AB1234"),
    ],
)
def test_spellings_of_one_value_have_one_normal_form(kind: str, one: str, other: str) -> None:
    assert normal_form(spec(kind), one) == normal_form(spec(kind), other)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "anna+crm@example.org", "anna@example.org"),
        ("email", "an.na@example.org", "anna@example.org"),
        ("phone", "+7 495 000-00-00 доб. 12", "+7 495 000-00-00 доб. 13"),
        ("phone", "+7 495 000-00-00 доб. 12", "+7 495 000-00-00"),
        ("phone", "нет", "потом"),
        ("login", "Anna", "anna"),
        ("ru.passport", "AB 123456", "CD 123456"),
        ("ru.passport", "---", "..."),
        ("passport", "--", "??"),
        ("person.name", "Анна", "Алла"),
    ],
)
def test_different_values_stay_different(kind: str, one: str, other: str) -> None:
    assert normal_form(spec(kind), one) != normal_form(spec(kind), other)


@pytest.mark.parametrize("kind", ["email", "phone", "login", "person.name", "ru.passport", "passport"])
def test_only_a_blank_text_has_an_empty_normal_form(kind: str) -> None:
    assert [normal_form(spec(kind), text) == "" for text in ("", " \t", "x", "-")] == [True, True, False, False]


def test_a_domain_that_idna_refuses_is_compared_as_written() -> None:
    assert normal_form(spec("email"), "Anna@-ы-.РФ") == "anna@-ы-.рф"


def test_a_normal_form_is_its_own_normal_form() -> None:
    once = normal_form(spec("phone"), "8 (900) 000-01-23")
    assert normal_form(spec("phone"), once) == once == "79000000123"


def test_a_blind_is_64_hex_digits_and_repeats() -> None:
    first = blind(KEY, EMAIL, "anna@example.org")
    assert len(bytes.fromhex(first)) == 32
    assert blind(Secret(b"k" * 32), EMAIL, "anna@example.org") == first


def test_another_key_kind_value_or_use_makes_another_blind() -> None:
    blinds = {
        blind(KEY, EMAIL, "a"),
        blind(Secret(b"q" * 32), EMAIL, "a"),
        blind(KEY, Kind("login"), "a"),
        blind(KEY, EMAIL, "b"),
        blind_session(KEY, "email", "a"),
        blind_idempotency(KEY, "email", "a"),
    }
    assert len(blinds) == 6


def test_the_border_between_kind_and_value_is_bound() -> None:
    assert blind(KEY, Kind("a"), "bc") != blind(KEY, Kind("ab"), "c")


def test_the_borders_between_the_facts_of_a_request_are_bound() -> None:
    assert blind_idempotency(KEY, "r", "ab", b"c") != blind_idempotency(KEY, "r", "a", b"bc")


def test_a_lone_surrogate_can_be_blinded() -> None:
    assert blind(KEY, EMAIL, "\ud800") != blind(KEY, EMAIL, "\ud801")


def test_a_seed_repeats_and_is_the_requests_own() -> None:
    one, other = blind_idempotency(KEY, "a"), blind_idempotency(KEY, "b")
    assert seed_of(KEY, one) == seed_of(KEY, one) != seed_of(KEY, other)
    assert seed_of(KEY, one).hex() != one
