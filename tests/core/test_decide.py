"""Which action a finding meets, and because of which rule."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from gateway.core.decide import TOKEN_TEXT, Facts, decide, decide_one
from gateway.model.decision import Action, Decision, Treatment
from gateway.model.document import Document
from gateway.model.finding import Finding
from gateway.model.names import ELSEWHERE, Intent, Kind, Region
from gateway.model.residency import MESSAGE, Residence
from gateway.model.rules import Route, Ruleset
from tests.made import METRICS, RU, document, found, leaf, pattern, route, rule, ruleset

TODAY = date(2026, 11, 22)
PERSONAL = frozenset({"personal"})
STAY = rule(
    "stay", Action.TOKENIZE, categories=PERSONAL, residences=frozenset({RU}),
    roles=frozenset({"application"}), regions=frozenset({"$residence"}), region_negated=True,
)  # fmt: skip


def decided(
    rules: Ruleset,
    at: Document,
    *findings: Finding,
    to: Route | None = None,
    region: Region | None = RU,
    intent: Intent = "collect",
) -> Decision:
    return decide(at, findings, [Residence(MESSAGE, region, None)], rules, to or route(), intent, TODAY)


def actions(decision: Decision) -> list[tuple[str, str]]:
    return [(str(ruling.finding.path[-1]), ruling.treatment.action.name) for ruling in decision.rulings]


MAIL = document(leaf("body.email", "anna@example.org"))


def test_a_russians_email_stays_home() -> None:
    assert actions(decided(ruleset(STAY), MAIL, found(MAIL, "body.email", "email"))) == [("email", "TOKENIZE")]


def test_a_foreigners_email_passes_to_the_application() -> None:
    decision = decided(ruleset(STAY), MAIL, found(MAIL, "body.email", "email"), region=ELSEWHERE)
    assert actions(decision) == [("email", "PASS")]


def test_unknown_residence_is_treated_as_the_rules_say() -> None:
    decision = decided(ruleset(STAY), MAIL, found(MAIL, "body.email", "email"), region=None)
    assert decision.home(MESSAGE) == RU
    assert actions(decision) == [("email", "TOKENIZE")]


def test_a_destination_in_the_persons_own_region_is_not_meant_by_not_residence() -> None:
    home = ruleset(STAY)
    home = ruleset(STAY, destinations={**home.destinations, home.routes[0].to: _in_russia(home)})
    assert actions(decided(home, MAIL, found(MAIL, "body.email", "email"))) == [("email", "PASS")]


def _in_russia(rules: Ruleset) -> object:
    from dataclasses import replace  # noqa: PLC0415 - one use

    return replace(rules.destinations[rules.routes[0].to], region=RU)


def test_the_strictest_of_the_matching_rules_wins() -> None:
    rules = ruleset(STAY, rule("mask", Action.MASK, kinds=frozenset({Kind("email")})))
    decision = decided(rules, MAIL, found(MAIL, "body.email", "email"))
    assert actions(decision) == [("email", "TOKENIZE")]
    assert [reason.rule for reason in decision.rulings[0].because] == ["stay"]


def test_every_rule_that_asks_for_the_strictest_action_is_a_reason() -> None:
    rules = ruleset(STAY, rule("also", Action.TOKENIZE, kinds=frozenset({Kind("email")})))
    decision = decided(rules, MAIL, found(MAIL, "body.email", "email"))
    assert [reason.rule for reason in decision.rulings[0].because] == ["also", "stay"]


def test_an_override_loosens_what_it_names() -> None:
    loose = rule("loose", Action.PASS, kinds=frozenset({Kind("email")}), overrides=frozenset({"stay"}))
    assert actions(decided(ruleset(STAY, loose), MAIL, found(MAIL, "body.email", "email"))) == [("email", "PASS")]


def test_an_override_that_does_not_match_the_finding_loosens_nothing() -> None:
    loose = rule("loose", Action.PASS, kinds=frozenset({Kind("phone")}), overrides=frozenset({"stay"}))
    assert actions(decided(ruleset(STAY, loose), MAIL, found(MAIL, "body.email", "email"))) == [("email", "TOKENIZE")]


def test_an_overridden_rule_overrides_nothing() -> None:
    email = frozenset({Kind("email")})
    loose = rule("loose", Action.PASS, kinds=email, overrides=frozenset({"stay"}))
    back = rule("back", Action.MASK, kinds=email, overrides=frozenset({"loose"}))
    assert actions(decided(ruleset(STAY, loose, back), MAIL, found(MAIL, "body.email", "email"))) == [
        ("email", "TOKENIZE")
    ]


@pytest.mark.parametrize(("until", "action"), [(date(2026, 11, 22), "PASS"), (date(2026, 11, 21), "TOKENIZE")])
def test_until_includes_that_day_and_an_expired_rule_is_inert(until: date, action: str) -> None:
    loose = rule("loose", Action.PASS, kinds=frozenset({Kind("email")}), overrides=frozenset({"stay"}), until=until)
    assert actions(decided(ruleset(STAY, loose), MAIL, found(MAIL, "body.email", "email"))) == [("email", action)]


def test_an_observed_rule_is_recorded_and_not_enforced() -> None:
    rules = ruleset(rule("try", Action.DROP, kinds=frozenset({Kind("email")}), mode="observe"))
    decision = decided(rules, MAIL, found(MAIL, "body.email", "email"))
    assert actions(decision) == [("email", "PASS")]
    assert [reason.rule for reason in decision.rulings[0].observed] == ["try"]


def test_of_equal_actions_the_stricter_parameters_win_in_any_order() -> None:
    wide = rule("wide", Treatment(Action.GENERALIZE, (("ip", (24, 48)),)), kinds=frozenset({Kind("ip")}))
    narrow = rule("narrow", Treatment(Action.GENERALIZE, (("ip", (16, 32)),)), kinds=frozenset({Kind("ip")}))
    at = document(leaf("body.ip", "192.0.2.1"))
    for rules in permutations([wide, narrow]):
        decision = decided(ruleset(*rules), at, found(at, "body.ip", "ip"))
        assert decision.rulings[0].treatment.parameter("ip") == (16, 32)


def test_a_blocking_rule_refuses_the_request_and_says_why() -> None:
    decision = decided(
        ruleset(rule("no", Action.BLOCK, kinds=frozenset({Kind("email")}))), MAIL, found(MAIL, "body.email", "email")
    )
    assert decision.blocked
    assert decision.refusal is not None
    assert (decision.refusal.status, decision.refusal.because[0].rule) == (403, "no")


def test_analytics_drop_every_leaf_that_no_rule_names() -> None:
    at = document(leaf("body.event", "order"), leaf("body.note", "call back"))
    rules = ruleset(
        rule("events", Action.PASS, paths=(pattern("body.event"),), names=frozenset({METRICS})),
        routes=[route(to="metrics")],
    )
    assert actions(decided(rules, at, to=rules.routes[0])) == [("note", "DROP")]


def test_a_finding_inside_a_leaf_that_a_rule_names_still_wins() -> None:
    at = document(leaf("body.event", "anna@example.org bought"))
    rules = ruleset(
        rule("events", Action.PASS, paths=(pattern("body.event"),)),
        rule("no-identity", Action.DROP, categories=PERSONAL),
        routes=[route(to="metrics")],
    )
    assert actions(decided(rules, at, found(at, "body.event", "email", 0, 16), to=rules.routes[0])) == [
        ("event", "DROP")
    ]


def test_a_leaf_that_a_finding_does_not_cover_is_unmatched_as_a_whole() -> None:
    at = document(leaf("body.note", "from 192.0.2.1 by hand"))
    rules = ruleset(rule("ip", Action.GENERALIZE, kinds=frozenset({Kind("ip")})), routes=[route(to="metrics")])
    decision = decided(rules, at, found(at, "body.note", "ip", 5, 14), to=rules.routes[0])
    assert actions(decision) == [("note", "DROP"), ("note", "GENERALIZE")]


def test_a_leaf_that_a_finding_covers_but_for_blanks_is_matched() -> None:
    at = document(leaf("body.ip", " 192.0.2.1 "))
    rules = ruleset(rule("ip", Action.GENERALIZE, kinds=frozenset({Kind("ip")})), routes=[route(to="metrics")])
    decision = decided(rules, at, found(at, "body.ip", "ip", 1, 10), to=rules.routes[0])
    assert actions(decision) == [("ip", "GENERALIZE")]


def test_path_segments_are_never_dropped_as_unmatched() -> None:
    at = document(leaf("path.0", "collect"), leaf("path.0.v", "v", is_key=True))
    rules = ruleset(routes=[route(to="metrics")])
    assert actions(decided(rules, at, to=rules.routes[0])) == []


def test_a_name_without_a_value_is_dropped_as_unmatched() -> None:
    at = document(leaf("query.anna", "anna", is_key=True))
    rules = ruleset(routes=[route(to="metrics")])
    assert actions(decided(rules, at, to=rules.routes[0])) == [("anna", "DROP")]


def test_a_name_goes_with_the_last_that_stands_under_it() -> None:
    at = document(
        leaf("body.anna", "anna", is_key=True), leaf("body.anna.x", "x", is_key=True), leaf("body.anna.x", "1")
    )
    rules = ruleset(routes=[route(to="metrics")])
    assert {ruling.finding.leaf for ruling in decided(rules, at, to=rules.routes[0]).rulings} == {0, 2}


def test_a_name_stays_with_what_passes_under_it() -> None:
    at = document(
        leaf("body.data", "data", is_key=True), leaf("body.data.x", "x", is_key=True), leaf("body.data.x", "1")
    )
    rules = ruleset(rule("x", Action.PASS, paths=(("body", "data", "x"),)), routes=[route(to="metrics")])
    assert actions(decided(rules, at, to=rules.routes[0])) == []


def test_a_name_that_a_rule_lets_pass_stays_without_a_value() -> None:
    at = document(leaf("body.data", "data", is_key=True))
    rules = ruleset(rule("data", Action.PASS, paths=(("body", "data"),)), routes=[route(to="metrics")])
    assert actions(decided(rules, at, to=rules.routes[0])) == []


def test_a_finding_that_no_rule_speaks_of_names_the_destinations_answer_as_its_reason() -> None:
    decision = decided(ruleset(), MAIL, found(MAIL, "body.email", "email"))
    reason = decision.rulings[0].because[0]
    assert (reason.rule, reason.at) == ("unmatched", "rules/x.yaml:1:1")


def test_a_token_that_may_not_pass_is_sealed_as_text_and_dropped_towards_analytics() -> None:
    at = document(leaf("body.note", "tk0000"))
    finding = found(at, "body.note", TOKEN_TEXT)
    metrics = ruleset(routes=[route(to="metrics")])
    assert actions(decided(ruleset(), at, finding)) == [("note", "TOKENIZE")]
    assert actions(decided(metrics, at, finding, to=metrics.routes[0])) == [("note", "DROP")]


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"routes": frozenset({"crm:**"})}, True),
        ({"routes": frozenset({"other"})}, False),
        ({"purposes": frozenset({"delivery"})}, False),
        ({"intents": frozenset({"collect"})}, True),
        ({"intents": frozenset({"look_up"})}, False),
        ({"names": frozenset({"metrics"})}, False),
        ({"roles": frozenset({"analytics"})}, False),
        ({"regions": frozenset({"us"})}, True),
        ({"regions": frozenset({"ru"})}, False),
        ({"residences": frozenset({RU}), "residence_negated": True}, False),
        ({"paths": (pattern("body.other"),)}, False),
        ({"kinds": frozenset({Kind("phone")})}, False),
    ],
)
def test_every_fact_of_when_must_hold(when: dict[str, object], holds: bool) -> None:
    rules = ruleset(rule("r", Action.MASK, **when))
    decision = decided(rules, MAIL, found(MAIL, "body.email", "email"))
    assert decision.rulings[0].treatment.action is (Action.MASK if holds else Action.PASS)


def test_the_flow_matrix_asks_without_a_path_and_path_rules_do_not_hold_there() -> None:
    rules = ruleset(STAY, rule("here", Action.DROP, paths=(pattern("body.email"),)))
    facts = Facts(Kind("email"), "personal", None, RU, rules.destinations[rules.routes[0].to], "crm", "", "collect")
    assert decide_one(rules, facts, TODAY).treatment.action is Action.TOKENIZE
