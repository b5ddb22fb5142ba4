"""Kinds of the operator's own go through the whole exchange: tokens of their shape abroad, originals back."""

from __future__ import annotations

import re

import pytest

from gateway.core.detect.checksums import luhn
from gateway.core.detect.kinds import KINDS
from gateway.model.kinds import Finder, KindSpec, Shape
from gateway.model.message import Reply
from gateway.model.names import Kind
from tests.exchange.scenes import ANNA, body_of, echo, post, world_rules
from tests.exchange.stage import Stage

LOYALTY, CONTRACT = Kind("loyalty"), Kind("contract")
NUMBER = "7012345678901232"


def staged(shape: Shape, *, equal: bool) -> Stage:
    specs = (
        KindSpec(LOYALTY, "personal", shape, "digits", equal=equal, checksum="luhn"),
        KindSpec(CONTRACT, "personal", "opaque", "alnum", equal=True),
    )
    rules = world_rules(
        kinds={**KINDS, **{spec.name: spec for spec in specs}},
        finders=(Finder(LOYALTY, r"70\d{14}", "luhn"), Finder(CONTRACT, r"дг-\d{4}/\d{2}", near=("договор",))),
        own_fields={LOYALTY: ("guest number",)},
    )
    return Stage(rules, respond=echo)


def test_the_number_of_these_tests_has_its_check_digit() -> None:
    assert luhn(NUMBER)


@pytest.mark.parametrize("equal", [True, False])
@pytest.mark.parametrize("shape", ["opaque", "digits", "letters", "uuid", "stand_in"])
async def test_what_is_of_an_own_kind_stays_at_home_and_comes_back(shape: Shape, equal: bool) -> None:
    on = staged(shape, equal=equal)
    body = {**ANNA, "guestNumber": NUMBER, "note": f"гость {NUMBER}, договор ДГ-0412/26", "code": "ДГ-9999/26"}
    reply = await on.send(post("/api/register", body))
    assert isinstance(reply, Reply), reply
    sent = body_of(on.last_sent)
    assert NUMBER not in on.last_sent.body.decode()
    assert "ДГ-0412/26" not in str(sent["note"])
    assert sent["code"] == "ДГ-9999/26"
    assert body_of(reply) == body


async def test_a_token_of_digits_satisfies_the_check_rule_of_its_kind() -> None:
    on = staged("digits", equal=True)
    await on.send(post("/api/register", {**ANNA, "guest_number": NUMBER}))
    token = str(body_of(on.last_sent)["guest_number"])
    assert re.fullmatch(r"\d{16}", token)
    assert luhn(token)
