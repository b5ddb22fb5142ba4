from __future__ import annotations

import pytest

from gateway.core.detect.values import plausible, refined
from gateway.model.names import Kind


@pytest.mark.parametrize(
    ("kind", "text", "really"),
    [
        ("ru.inn_person", "7707083893", "ru.inn_org"),
        ("ru.inn_person", "500100732259", "ru.inn_person"),
        ("ru.inn_person", "none", "ru.inn_person"),
        ("ru.ogrn", "304500116000157", "ru.ogrnip"),
        ("ru.ogrnip", "1027700132195", "ru.ogrn"),
        ("ru.passport", "4509 123456", "ru.passport"),
        ("ru.passport", "4509", "ru.passport_series"),
        ("ru.passport", "123456", "ru.passport_number"),
        ("ru.passport", "71 1234567", "ru.passport_foreign"),
        ("ru.passport", "C01X00T47", "passport"),
        ("ru.passport", "12", "ru.passport"),
        ("ru.passport_foreign", "X1234567", "passport"),
        ("ru.passport_foreign", "711234567", "ru.passport_foreign"),
        ("login", "anna@example.org", "email"),
        ("login", "+79000000001", "phone"),
        ("login", "anna", "login"),
        ("user_id", "anna@example.org", "email"),
        ("user_id", "42", "user_id"),
        ("phone", "anna@example.org", "email"),
        ("phone", "8 900", "phone"),
        ("address", "anna@example.org", "email"),
        ("address", "ул. Мира, 1", "address"),
        ("bank.account", "DE89370400440532013000", "iban"),
        ("bank.account", "40817810099910004312", "bank.account"),
        ("bank.account", "40702.810.9.38000060473", "organisation.account"),
        ("bank.account", "30101810400000000225", "organisation.account"),
        ("organisation.account", "40702810938000060473", "organisation.account"),
        ("organisation.account", "40802810938000060473", "bank.account"),
        ("organisation.account", "DE89370400440532013000", "iban"),
        ("person.name", "ООО «Ромашка»", "organisation.name"),
        ("person.name", "Acme Inc.", "organisation.name"),
        ("person.name", "Анна", "person.name"),
        ("email", "x", "email"),
        ("login", "a@example.org" + " " * 300, "login"),
    ],
)
def test_the_value_says_which_of_the_kinds_it_is(kind: str, text: str, really: str) -> None:
    assert refined(Kind(kind), text) == really


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("person.name", "Анна Петрова", "красный стол"),
        ("person.first", "Анна", "42"),
        ("phone", "+7 900 000-00-01", "iPhone"),
        ("email", "anna@example.org", "post"),
        ("login", "anna", "Anna Petrova"),
        ("user_id", "35009a79-1a05-49d7", "12"),
        ("birth_date", "1990-02-01", "https://example.org"),
        ("ru.passport", "4509 123456", "17"),
        ("card.pan", "4111111111111111", "gold"),
        ("bank.account", "40817810099910004312", "premium"),
        ("bank.account", "DE89370400440532013000", "17"),
        ("address", "ул. Мира, 1", "north"),
        ("credential.bearer", "abcdefghijklmnop1", "128"),
        ("credential.password", "hunter2", "two words"),
        ("user_agent", "Mozilla/5.0 (X11)", "yes"),
        ("vehicle.plate", "А123ВС77", "pending"),
        ("card.expiry", "12/27", "2027-12-31"),
        ("ru.snils", "112-233-445 95", "11223344500"),
        ("hashed_contact", "5d41402abc4b2a76b9719d911017c592", "7.4"),
    ],
)
def test_a_value_may_bear_out_a_weak_name(kind: str, right: str, wrong: str) -> None:
    assert plausible(Kind(kind), right)
    assert not plausible(Kind(kind), wrong)


def test_some_kinds_are_never_told_by_a_weak_name() -> None:
    assert not plausible(Kind("document.date"), "12.05.2020")


def test_a_long_text_bears_out_nothing() -> None:
    assert not plausible(Kind("login"), "a" * 300)
