"""What changes if new rules take the place of the old."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gateway.ruleset.diff import Difference, Setting, diff
from tests.ruleset.written import BASE, STAY_HOME, loaded

TODAY = date(2026, 11, 22)
CARDS = "  - {id: cards, why: A reason., when: {kind: card.pan, destination: crm}, then: drop}\n"


def changed(folder: Path, old: str, new: str) -> Difference:
    return diff(loaded(folder, old).ruleset, loaded(folder, new).ruleset, TODAY)


def test_the_same_rules_differ_in_nothing(tmp_path: Path) -> None:
    found = changed(tmp_path, BASE + STAY_HOME, "# moved\n" + BASE + STAY_HOME)
    assert (set(found.counts.values()), found.changes, found.settings, found.looser) == ({0}, (), (), False)
    assert found.unchanged > 0


def test_a_new_rule_without_overrides_only_tightens(tmp_path: Path) -> None:
    found = changed(tmp_path, BASE + STAY_HOME, BASE + STAY_HOME + CARDS)
    (change,) = found.changes
    assert (change.way, change.to, change.routes, change.home) == ("stricter", "crm", ("/api/**",), "ru")
    assert (change.kinds, change.was, change.now, change.places) == (("card.pan",), "tokenize", "drop", ())
    assert (found.counts["stricter"], found.looser) == (1, False)


def test_a_rule_that_goes_loosens(tmp_path: Path) -> None:
    found = changed(tmp_path, BASE + STAY_HOME + CARDS, BASE + STAY_HOME)
    assert (found.counts["looser"], found.looser) == (1, True)


def test_parameters_are_compared_along_their_own_order(tmp_path: Path) -> None:
    coarse = STAY_HOME + "  - {id: ip, why: A., when: {kind: ip}, then: {generalize: {ip: [16, 32]}}}\n"
    fine = coarse.replace("[16, 32]", "[24, 48]")
    other = coarse.replace("generalize: {ip: [16, 32]}", "generalize: {url: host}")
    assert changed(tmp_path, BASE + fine, BASE + coarse).counts["stricter"] == 4
    assert changed(tmp_path, BASE + coarse, BASE + fine).counts["looser"] == 4
    incomparable = changed(tmp_path, BASE + coarse, BASE + other)
    assert (incomparable.counts["different"], incomparable.looser) == (4, True)


def test_routes_come_and_go(tmp_path: Path) -> None:
    more = BASE.replace("routes:\n", "routes:\n  - {match: {path: /x}, to: crm}\n")
    found = changed(tmp_path, BASE + STAY_HOME, more + STAY_HOME)
    assert {change.way for change in found.changes} == {"new"}
    assert {change.way for change in changed(tmp_path, more + STAY_HOME, BASE + STAY_HOME).changes} == {"gone"}


def test_a_change_at_one_place_names_it(tmp_path: Path) -> None:
    event = STAY_HOME + "  - {id: event, why: A., when: {path: body.event, destination: metrics}, then: pass}\n"
    found = changed(tmp_path, BASE + STAY_HOME, BASE + event)
    assert {change.places for change in found.changes} == {("body.event",)}
    assert all("nothing found" in change.kinds for change in found.changes)


def test_a_change_everywhere_is_not_repeated_for_each_place(tmp_path: Path) -> None:
    event = STAY_HOME + "  - {id: event, why: A., when: {path: body.event, destination: metrics}, then: pass}\n"
    found = changed(tmp_path, BASE + event, BASE + event.replace("then: tokenize", "then: drop"))
    assert [change.places for change in found.changes] == [()]


def test_a_place_of_another_route_is_not_forgotten(tmp_path: Path) -> None:
    routes = BASE.replace("routes:\n", "routes:\n  - {match: {path: /x}, to: crm, name: x}\n")
    rules = STAY_HOME + "  - {id: a, why: A., when: {kind: email, route: x}, then: drop}\n"
    rules += "  - {id: b, why: A., when: {kind: email, path: body.b}, then: drop}\n"
    found = changed(tmp_path, routes + STAY_HOME, routes + rules)
    assert {(change.routes, change.places) for change in found.changes} == {(("x",), ()), (("/api/**",), ("body.b",))}


def test_the_intent_is_named_where_rules_ask_for_it(tmp_path: Path) -> None:
    seeking = STAY_HOME + "  - {id: seek, why: A., when: {kind: email, intent: look_up}, then: drop}\n"
    found = changed(tmp_path, BASE + STAY_HOME, BASE + seeking)
    assert {change.routes for change in found.changes} == {("/api/** (look_up)",)}


@pytest.mark.parametrize(
    ("was", "now", "name", "looser"),
    [
        ("unknown: ru", "unknown: elsewhere", "residence.unknown", True),
        ("unknown: ru", "unknown: ru\n  inferred_may_relax: true", "residence.inferred_may_relax", True),
        ("version: 1", "version: 1\nmode: observe", "mode", True),
        ("    - {from: geoip}\n", "", "residence.evidence[geoip].from", True),
        (
            "    - {from: geoip}\n",
            "    - {from: geoip}\n    - {from: phone}\n",
            "residence.evidence[phone].from",
            False,
        ),
        ("purpose: sales", "purpose: sales, reveal_to: [subject]", "routes[/api/**].reveal_to", True),
        ("purpose: sales", "purpose: sales, opaque: pass", "routes[/api/**].opaque", True),
        ("purpose: sales", "purpose: sales, intent: collect", "routes[/api/**].intent", False),
        ("days: 365", "days: 30", "regions.ru.keep.days", False),
        ("https://crm.example", "https://crm2.example", "destinations.crm.url", True),
    ],
)
def test_answers_outside_of_the_matrix_are_compared_too(
    tmp_path: Path, was: str, now: str, name: str, looser: bool
) -> None:
    found = changed(tmp_path, BASE + STAY_HOME, (BASE + STAY_HOME).replace(was, now))
    settings = {setting.name: setting for setting in found.settings}
    assert name in settings
    assert settings[name].looser is looser
    assert found.looser is looser


def test_revealing_to_fewer_is_not_looser(tmp_path: Path) -> None:
    old = BASE.replace("purpose: sales", "purpose: sales, reveal_to: [subject, role:support]")
    new = BASE.replace("purpose: sales", "purpose: sales, reveal_to: [subject]")
    found = changed(tmp_path, old + STAY_HOME, new + STAY_HOME)
    name = "routes[/api/**].reveal_to"
    assert found.settings == (Setting(name, "role:support, subject", "subject", looser=False),)
