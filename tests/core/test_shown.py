"""Texts that went out as tokens are known again from end to end, without being looked into."""

from __future__ import annotations

import pytest

from gateway.core.apply import apply
from gateway.core.enclose import Terms, enclose
from gateway.core.plan import make_plan
from gateway.core.reading import Sighting, tokens_in
from gateway.model.decision import Refusal
from gateway.model.document import WHOLE
from gateway.model.kept import Kept
from gateway.model.names import Token
from gateway.model.protection import Applied
from tests.core.test_apply import RULES, material
from tests.exchange.scenes import post
from tests.made import document, leaf
from tests.properties.judged import judged

UUID = "123e4567-e89b-12d3-a456-426614174000"


def applied(body: dict[str, str], domain: str = "") -> Applied:
    """What goes out if the store hands out the first candidate of every field, of that domain if one is given."""
    judgement = judged(post("/api/register", body), RULES)
    plan = make_plan(judgement, RULES)
    assert not isinstance(plan, Refusal)
    made, at = material(plan), judgement.reading.document
    keeps = enclose(at, plan, RULES, made, Terms("r", 0))
    names = {
        (keep.record, one.index): Token(one.candidates[0].replace("t.example", domain or "t.example"))
        for keep in keeps
        for one in keep.fields
    }
    return apply(at, plan, RULES, Kept(names), made)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "anna@example.org"),
        ("phone", "+7 900 000-01-23"),
        ("passport", "4509 123456"),
        ("last_name", "Петрова"),
    ],
)
def test_a_value_that_is_a_token_and_nothing_else_is_noted_as_any_reader_would_find_it(name: str, value: str) -> None:
    ((text, (token, shape)),) = applied({name: value}).shown.items()
    at = document(leaf("body.x", text))
    (found,) = tokens_in(at, ("t.example",), "+7976")
    assert found == Sighting(0, ("body", "x"), WHOLE, token, shape)
    assert tokens_in(at, ("t.example",), "+7976", {text: (token, shape)}) == (found,)


@pytest.mark.parametrize("value", [f"{{{UUID}}}", f"urn:uuid:{UUID}"])
def test_the_token_of_a_uuid_is_noted_without_the_dress_that_stays_around_it(value: str) -> None:
    ((text, (token, shape)),) = applied({"email": value}).shown.items()
    assert (text, shape) == (token, "uuid")


def test_an_email_token_of_another_domain_is_looked_for_as_before() -> None:
    assert applied({"email": "anna@example.org"}, "other.example").shown == {}


def test_known_texts_and_found_ones_come_in_reading_order() -> None:
    ((text, known),) = applied({"email": "anna@example.org"}).shown.items()
    at = document(leaf("body.a", f"see {text}"), leaf("body.b", text), leaf("body.c", f"or {text}"))
    found = tokens_in(at, ("t.example",), "+7976", {text: known})
    assert [(one.leaf, one.span.start) for one in found] == [(0, 4), (1, 0), (2, 3)]
