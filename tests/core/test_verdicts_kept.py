"""Verdicts outlive the message they were found for, and nothing of what they depend on."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.core import decide as bench
from gateway.core.decide import decide
from gateway.model.decision import Action
from gateway.model.names import ELSEWHERE
from gateway.model.residency import MESSAGE, Residence
from gateway.model.rules import Ruleset
from tests.core.test_decide import MAIL, STAY, actions, decided
from tests.made import RU, document, found, leaf, pattern, route, rule, ruleset

ROUTE = route()
FOUND = found(MAIL, "body.email", "email")


def on(rules: Ruleset, day: date) -> list[tuple[str, str]]:
    return actions(decide(MAIL, [FOUND], [Residence(MESSAGE, RU, None)], rules, ROUTE, "collect", day))


def test_a_rule_ends_with_its_day_although_its_verdict_was_known() -> None:
    rules = ruleset(rule("for-a-while", Action.DROP, kinds=frozenset({"email"}), until=date(2026, 11, 22)))
    assert on(rules, date(2026, 11, 22)) == [("email", "DROP")]
    assert on(rules, date(2026, 11, 23)) == [("email", "PASS")]


def test_one_route_has_other_verdicts_for_other_residences() -> None:
    rules = ruleset(STAY)
    assert actions(decided(rules, MAIL, FOUND, to=ROUTE)) == [("email", "TOKENIZE")]
    assert actions(decided(rules, MAIL, FOUND, to=ROUTE, region=ELSEWHERE)) == [("email", "PASS")]


def test_one_route_has_other_verdicts_for_other_intents() -> None:
    rules = ruleset(rule("seeking", Action.MASK, kinds=frozenset({"email"}), intents=frozenset({"look_up"})))
    assert actions(decided(rules, MAIL, FOUND, to=ROUTE)) == [("email", "PASS")]
    assert actions(decided(rules, MAIL, FOUND, to=ROUTE, intent="look_up")) == [("email", "MASK")]


def test_a_verdict_on_one_place_is_none_on_another() -> None:
    rules = ruleset(rule("notes", Action.MASK, paths=(pattern("body.note"), pattern("body.notes.*"))))
    at = document(leaf("body.note", "a"), leaf("body.other", "b"), leaf("body.notes.0", "c"))
    assert actions(decided(rules, at, to=ROUTE)) == [("note", "MASK"), ("0", "MASK")]


def test_the_verdicts_that_are_kept_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "_MOST_VERDICTS", 1)
    rules = ruleset(STAY)
    for region in (RU, ELSEWHERE, RU):
        decision = decided(rules, MAIL, FOUND, to=ROUTE, region=region)
        assert actions(decision) == [("email", "TOKENIZE" if region == RU else "PASS")]
