"""Pseudonyms join within one destination and period and nowhere else."""

from __future__ import annotations

import re
import uuid
from datetime import date

import pytest

from gateway.core.detect.kinds import KINDS
from gateway.core.naming import sightings
from gateway.core.transform import Means, transform
from gateway.model.decision import Action, Treatment
from gateway.model.names import Kind, Scope
from gateway.model.secret import Secret

UUID = "123e4567-e89b-12d3-a456-426614174000"


def name(
    text: str = "visitor-1",
    *,
    kind: str = "device_id",
    scope: str = "metrics",
    day: date = date(2026, 11, 22),
    key: bytes = b"p" * 32,
    **parameters: object,
) -> str:
    treatment = Treatment(Action.PSEUDONYMIZE, tuple(sorted(parameters.items())))
    return transform(treatment, KINDS[Kind(kind)], text, Means(Secret(key), Scope(scope), day))


def test_the_same_value_has_the_same_pseudonym_for_a_day() -> None:
    assert name() == name()


def test_a_pseudonym_is_24_letters_and_digits() -> None:
    assert re.fullmatch("[0-9a-hjkmnp-tv-z]{24}", name())


def test_a_number_stays_a_number_of_fifteen_digits() -> None:
    assert all(re.fullmatch("[1-8][0-9]{14}", name(str(number))) for number in range(200))


def test_a_uuid_stays_a_uuid() -> None:
    assert uuid.UUID(name(UUID)).version == 4


def test_a_uuid_keeps_its_layout() -> None:
    assert re.fullmatch("[0-9A-F]{32}", name(UUID.replace("-", "").upper()))


@pytest.mark.parametrize("text", ["visitor-1", "42", UUID])
def test_a_pseudonym_never_looks_like_a_token(text: str) -> None:
    assert sightings(name(text), domains=("t.example",), phone_block="+7976") == ()


def test_spellings_of_one_value_share_a_pseudonym() -> None:
    assert name("Anna@Example.org", kind="email") == name("anna@example.org", kind="email")


def test_destinations_cannot_join_their_pseudonyms() -> None:
    assert name(scope="metrics") != name(scope="ads")


def test_destinations_can_join_where_the_rules_say_so() -> None:
    shared = Treatment(Action.PSEUDONYMIZE, (("scope", "all"),))
    means = [Means(Secret(b"p" * 32), Scope(scope), date(2026, 11, 22)) for scope in ("metrics", "ads")]
    assert len({transform(shared, KINDS[Kind("device_id")], "visitor-1", one) for one in means}) == 1


def test_another_kind_key_or_value_has_another_pseudonym() -> None:
    assert len({name(), name(kind="login"), name(key=b"q" * 32), name("visitor-2")}) == 4


@pytest.mark.parametrize(
    ("rotate", "same", "other"),
    [
        ("daily", date(2026, 11, 22), date(2026, 11, 23)),
        ("weekly", date(2026, 11, 16), date(2026, 11, 23)),
        ("monthly", date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_a_pseudonym_changes_with_its_period(rotate: str, same: date, other: date) -> None:
    assert name(rotate=rotate) == name(rotate=rotate, day=same) != name(rotate=rotate, day=other)


def test_a_pseudonym_that_never_rotates_stays() -> None:
    assert name(rotate="never") == name(rotate="never", day=date(2030, 1, 1))


def test_periods_of_different_length_do_not_join() -> None:
    assert len({name(rotate=rotate) for rotate in ("daily", "weekly", "monthly", "never")}) == 4


def test_a_pseudonym_rotates_daily_unless_told_otherwise() -> None:
    assert name() == name(rotate="daily")
