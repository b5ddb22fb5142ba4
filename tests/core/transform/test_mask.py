"""Characters are blotted out, the layout stays, and what is short is hidden as a whole."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.core.detect.kinds import KINDS
from gateway.core.transform import Means, transform
from gateway.model.decision import Action, Treatment
from gateway.model.names import Kind, Scope
from gateway.model.secret import Secret

MEANS = Means(Secret(b"p" * 32), Scope("metrics"), date(2026, 11, 22))


def masked(kind: str, text: str, **kept: object) -> str:
    return transform(Treatment(Action.MASK, tuple(sorted(kept.items()))), KINDS[Kind(kind)], text, MEANS)


@pytest.mark.parametrize(
    ("kind", "text", "result"),
    [
        ("card.pan", "4111 1111 1111 1111", "4111 11** **** 1111"),
        ("phone", "+7 (900) 000-01-23", "+* (***) ***-**-23"),
        ("email", "anna@example.org", "a***@*******.***"),
        ("bank.account", "40817810099991234567", "****************4567"),
        ("iban", "DE02 1203 0000 0000 2020 51", "DE** **** **** **** **20 51"),
        ("person.last", "Иванова", "*******"),
    ],
)
def test_each_kind_has_a_default_that_keeps_its_layout(kind: str, text: str, result: str) -> None:
    assert masked(kind, text) == result


def test_rules_say_how_much_stays() -> None:
    assert masked("person.last", "Константинова", first=1, last=2) == "К**********ва"


def test_an_end_that_rules_do_not_name_is_hidden() -> None:
    assert masked("card.pan", "4111111111111111", last=4) == "************1111"


@pytest.mark.parametrize("text", ["Анна", "Ли", "A-1", "Ivan"])
def test_a_text_too_short_to_hide_three_characters_is_hidden_as_a_whole(text: str) -> None:
    assert {char for char in masked("person.last", text, first=1, last=1) if char != "-"} == {"*"}


def test_signs_outside_ascii_are_hidden_too() -> None:
    assert masked("login", "anna😀_ёж\u00a0x", first=1) == "a****_**\u00a0*"


@pytest.mark.parametrize("kept", [{"first": "6"}, {"last": None}])
def test_a_parameter_that_makes_no_sense_hides_everything(kept: dict[str, object]) -> None:
    assert masked("card.pan", "4111111111111111", **kept) == "*" * 16
