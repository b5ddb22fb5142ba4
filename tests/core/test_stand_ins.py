"""Stand-ins are known again near a token of their person, under the keys they went out by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.seal import SealedField
from gateway.core.stand_ins import StandIn, kinds_sent, may_be, recognised, stand_ins_in
from gateway.model.decision import Action
from gateway.model.document import Leaf, Span
from gateway.model.names import Kind, Path, RecordId, print_path
from tests.exchange.scenes import RULES, world_rules
from tests.made import document, leaf, rule

RECORD = RecordId("r1")
BORN = StandIn(("body", "user", "birth_date"), "1985-03-03", "1990-05-05", Kind("birth_date"), RECORD)


def field(path: Path, shown: str | None) -> SealedField:
    return SealedField(0, print_path(path), Kind("postcode"), "101000", (), "stand_in", shown)


@pytest.mark.parametrize(
    "path", [("body", "birth_date"), ("body", "e.mail", 0, 'a"b\\c', "ИНН"), ("query", "", "x y"), ("body", "a", 7)]
)
def test_a_stand_in_remembers_the_steps_of_its_printed_path(path: Path) -> None:
    (found,) = stand_ins_in(RECORD, [field(path, "119019")])
    assert found.steps == tuple(map(str, path))


def test_a_field_that_went_out_as_a_token_is_no_stand_in() -> None:
    assert list(stand_ins_in(RECORD, [field(("body", "x"), None)])) == []


@pytest.mark.parametrize(
    ("path", "object_", "is_one"),
    [
        ("body.birth_date", ("body",), True),
        ("body.user.birth_date", ("body",), True),
        ("body.person.user.birth_date", ("body", "person"), True),
        ("body.person.birth_date", ("body",), False),
        ("body.born", ("body",), False),
        ("body.x.user.birth_date", ("body",), False),
        ("body.other.birth_date", ("body", "user"), False),
    ],
)
def test_it_is_known_under_the_keys_it_went_out_by(path: str, object_: Path, *, is_one: bool) -> None:
    at = document(leaf(path, "1985-03-03"))
    assert (recognised(at, {object_: [BORN]}) == {0: BORN}) is is_one


def test_another_value_under_its_keys_is_none() -> None:
    assert recognised(document(leaf("body.birth_date", "1985-03-04")), {("body",): [BORN]}) == {}


def test_any_place_of_a_list_will_do() -> None:
    one = replace(BORN, steps=("body", "dates", "0"))
    assert recognised(document(leaf("body.dates.7", "1985-03-03")), {("body",): [one]}) == {0: one}


def test_a_key_is_none_even_if_it_reads_like_one() -> None:
    key = leaf("body.birth_date", "1985-03-03", is_key=True)
    assert recognised(document(key), {("body",): [BORN]}) == {}


def test_the_innermost_object_and_the_first_in_it_go_before_the_others() -> None:
    first, second, outer = (replace(BORN, text=text) for text in ("1", "2", "3"))
    at = document(leaf("body.user.birth_date", "1985-03-03"))
    assert recognised(at, {("body",): [outer], ("body", "user"): [first, second]}) == {0: first}


def test_kinds_that_no_rule_tokenises_have_no_stand_ins() -> None:
    assert Kind("citizenship") not in kinds_sent(world_rules())


def test_kinds_that_a_rule_tokenises_have_some() -> None:
    everything = rule("all", Action.TOKENIZE, kinds=frozenset({Kind("citizenship")}))
    assert {"birth_date", "citizenship"} <= kinds_sent(world_rules(rules=(*RULES, everything)))


@pytest.mark.parametrize(
    ("path", "text", "may"),
    [
        ("body.birth_date", "1990-05-05", True),
        ("body.user.dateOfBirth", "x", True),
        ("body.status", "new", False),
        ("body.citizenship", "RU", False),
        ("body.code", "12", True),
        ("body.birth_date", " ", False),
        ("body.birth_date+79000000123", "x", False),
        ("body.own", "x", True),
        ("body.ours", "x", False),
    ],
)
def test_a_value_may_be_one_if_rules_send_stand_ins_under_its_name(path: str, text: str, *, may: bool) -> None:
    rules = world_rules(fields={"own": Kind("birth_date"), "ours": Kind("email")})
    assert may_be(leaf(path, text), rules, {"code"}) is may


def test_a_truth_value_is_none() -> None:
    assert not may_be(Leaf(("body", "birth_date"), "null", Span(0, 4), "json_literal"), world_rules(), ())
