"""Law 5: permuting rules changes nothing; adding a rule without ``overrides`` never loosens."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.model.decision import Action, Ruling, Treatment
from gateway.model.names import Kind
from gateway.model.rules import Rule
from tests.exchange.scenes import ANNA, post, world_rules
from tests.made import RU, pattern, rule
from tests.properties.judged import judged

BASE = world_rules(rules=())
REQUEST = post("/api/x", {**ANNA, "note": "call +7 900 111-22-33", "age": 33})

_ACTIONS = st.sampled_from([
    Treatment(Action.PASS), Treatment(Action.GENERALIZE), Treatment(Action.MASK),
    Treatment(Action.PSEUDONYMIZE, (("rotate", "daily"),)), Treatment(Action.PSEUDONYMIZE, (("rotate", "monthly"),)),
    Treatment(Action.ENCRYPT), Treatment(Action.TOKENIZE), Treatment(Action.DROP), Treatment(Action.BLOCK),
])  # fmt: skip


@st.composite
def some_rules(draw: st.DrawFn) -> list[Rule]:
    """Up to six rules; a later one may override earlier ones, so overrides are acyclic."""
    rules: list[Rule] = []
    for number in range(draw(st.integers(0, 6))):
        when: dict[str, object] = draw(
            st.sampled_from([
                {"kinds": frozenset({Kind("email"), Kind("phone")})},
                {"categories": frozenset({"personal"})},
                {"categories": frozenset({"personal"}), "residences": frozenset({RU})},
                {"paths": (pattern("body.note"),)},
                {"paths": (pattern("body.*"),)},
                {},
            ])
        )  # fmt: skip
        overrides = draw(st.sets(st.sampled_from([one.id for one in rules]))) if rules else set()
        mode = draw(st.sampled_from(["enforce", "enforce", "observe"]))
        rules.append(rule(f"r{number}", draw(_ACTIONS), overrides=frozenset(overrides), mode=mode, **when))
    return rules


def rulings(rules: list[Rule]) -> list[Ruling]:
    return list(judged(REQUEST, replace(BASE, rules=tuple(rules))).decision.rulings)


@given(some_rules(), st.randoms(use_true_random=False))
def test_permuting_rules_changes_nothing(rules: list[Rule], random: object) -> None:
    shuffled = list(rules)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own random.Random
    assert rulings(shuffled) == rulings(rules)


@given(some_rules(), _ACTIONS)
def test_adding_a_rule_without_overrides_never_loosens(rules: list[Rule], then: Treatment) -> None:
    before = {(r.finding.leaf, r.finding.span, r.finding.kind): r.treatment.action for r in rulings(rules)}
    more = [*rules, rule("zz", then, categories=frozenset({"personal", "attribute"}))]
    after = {(r.finding.leaf, r.finding.span, r.finding.kind): r.treatment.action for r in rulings(more)}
    assert all(after[place] >= action for place, action in before.items() if place in after)
