"""Packs: rules to build a deployment on, found beside a file or shipped, judged by their own tests alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gateway.model.names import Region
from gateway.ruleset.load import load, wrong_with
from gateway.ruleset.problems import BadRulesError
from gateway.ruleset.read import read
from gateway.ruleset.sources import shipped
from gateway.ruleset.trial import trial
from tests.ruleset.written import BASE, STAY_HOME, write

TODAY = date(2026, 11, 22)

PACK = """
version: 1
pack: cards
as_of: 2026-11-22
regions: {ru: {countries: [RU]}}
residence: {unknown: ru}
unmatched: {analytics: drop}
rules:
  - id: no-cards
    why: Cards are not kept.
    when: {kind: card.pan}
    then: drop
tests:
  - it: drops a card
    given: {to: {role: analytics, region: us}, body: {card_number: 4111 1111 1111 1111}}
    expect: {body.card_number: {action: drop, because: no-cards}}
"""
DEPLOYMENT = BASE.replace("version: 1", "version: 1\npacks: [cards.yaml]")


def test_a_pack_beside_the_file_is_found(tmp_path: Path) -> None:
    write(tmp_path, PACK, "cards.yaml")
    ruleset = load([write(tmp_path, DEPLOYMENT + STAY_HOME)])
    assert [rule.id for rule in ruleset.rules] == ["no-cards", "stay-home"]


def test_a_shipped_pack_is_found_by_its_name(tmp_path: Path) -> None:
    ruleset = load([write(tmp_path, BASE.replace("version: 1", "version: 1\npacks: [ru]"))])
    assert "russians-stay-home" in {rule.id for rule in ruleset.rules}


def test_a_pack_and_a_deployment_may_be_named_side_by_side(tmp_path: Path) -> None:
    pack, mine = write(tmp_path, PACK, "cards.yaml"), write(tmp_path, BASE + STAY_HOME)
    named = load([write(tmp_path, DEPLOYMENT + STAY_HOME, "other.yaml")])
    assert load([pack, mine]).digest == load([mine, pack]).digest == named.digest


def test_packs_may_name_each_other(tmp_path: Path) -> None:
    write(tmp_path, PACK.replace("pack: cards", "pack: cards\npacks: [more.yaml]"), "cards.yaml")
    write(tmp_path, "version: 1\npack: more\npacks: [cards.yaml]\n", "more.yaml")
    assert len(read([write(tmp_path, DEPLOYMENT + STAY_HOME)]).packs) == 2


def test_a_packs_tests_judge_the_pack_alone(tmp_path: Path) -> None:
    write(tmp_path, PACK, "cards.yaml")
    stricter = "\n  - {id: no-cards-at-all, why: Not here., when: {kind: card.pan}, then: block}\n"
    loaded = read([write(tmp_path, DEPLOYMENT + STAY_HOME + stricter)])
    assert [(outcome.it, outcome.failures) for outcome in trial(loaded)] == [("drops a card", ())]


def test_a_pack_by_itself_needs_no_destinations(tmp_path: Path) -> None:
    assert wrong_with(read([write(tmp_path, PACK)]), TODAY, strict=True) == ()


def test_a_pack_that_sends_data_abroad_is_refused_without_a_deployment(tmp_path: Path) -> None:
    leaky = PACK.replace("{kind: card.pan}", "{kind: email, destination: {role: partner}}")
    leaky = leaky.replace("then: drop", "then: pass")
    assert [problem.code for problem in wrong_with(read([write(tmp_path, leaky)]))] == ["GW-R401"]


def test_a_pack_that_is_not_there_is_said_where_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRulesError) as raised:
        read([write(tmp_path, "version: 1\npacks: [russia]\n")])
    (problem,) = raised.value.problems
    assert (problem.code, problem.mark.line, problem.mark.column) == ("GW-R100", 2, 9)


def test_a_misspelt_shipped_pack_has_a_near_one(tmp_path: Path) -> None:
    with pytest.raises(BadRulesError) as raised:
        read([write(tmp_path, "version: 1\npacks: [dmo]\n")])
    assert raised.value.mend == "did you mean 'demo'?"


@pytest.mark.parametrize("packs", ["russia", "[1]", "[[ru]]"])
def test_packs_of_a_wrong_form_are_refused(tmp_path: Path, packs: str) -> None:
    with pytest.raises(BadRulesError) as raised:
        read([write(tmp_path, f"version: 1\npacks: {packs}\n")])
    assert "GW-R203" in {problem.code for problem in raised.value.problems}


@pytest.mark.parametrize("name", ["ru.yaml", "demo.yaml"])
def test_what_is_shipped_passes_its_own_strict_check(name: str) -> None:
    assert wrong_with(read([shipped() / name]), TODAY, strict=True) == ()


def test_the_demo_stands_on_one_file() -> None:
    ruleset = load([shipped() / "demo.yaml"])
    assert set(ruleset.destinations) == {"crm", "metrics"}
    assert ruleset.regions[Region("ru")].vault == "sqlite:var/demo/ru.db"
