"""The flow matrix: what the rules do with every kind, residence, place and route, on every day that differs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from gateway.core.detect.kinds import KINDS
from gateway.model.decision import Action
from gateway.model.names import Kind
from gateway.ruleset.check import check
from gateway.ruleset.flow import Cell, days_that_differ, flow
from gateway.ruleset.read import read
from gateway.ruleset.summary import as_json, spoken, summary, where_to
from tests.ruleset.written import BASE, STAY_HOME, codes, loaded, write

TODAY = date(2026, 11, 22)


def cells(folder: Path, *texts: str) -> tuple[Cell, ...]:
    return flow(loaded(folder, *texts).ruleset, TODAY)


def action(found: tuple[Cell, ...], to: str, home: str, kind: str, path: str = "") -> Action:
    (cell,) = [
        cell
        for cell in found
        if (cell.to, cell.home) == (to, home)
        and (Kind(kind) in cell.kinds if kind else not cell.kinds)
        and path == ".".join(step for pattern in cell.paths for step in pattern)
    ]
    return cell.verdict.treatment.action


def test_every_kind_residence_and_destination_has_a_cell(tmp_path: Path) -> None:
    found = cells(tmp_path, BASE + STAY_HOME)
    kinds = {(cell.to, cell.home, kind) for cell in found for kind in cell.kinds}
    assert len(kinds) == len(KINDS) * 2 * 2
    assert action(found, "crm", "ru", "email") is Action.TOKENIZE
    assert action(found, "crm", "elsewhere", "email") is Action.DROP
    assert action(found, "metrics", "ru", "email") is Action.DROP


def test_a_leaf_without_a_finding_has_a_cell(tmp_path: Path) -> None:
    assert action(cells(tmp_path, BASE + STAY_HOME), "crm", "ru", "") is Action.DROP


def test_a_place_that_a_rule_names_has_its_own_cells(tmp_path: Path) -> None:
    text = STAY_HOME + "  - {id: event, why: A reason., when: {path: body.event}, then: pass}\n"
    found = cells(tmp_path, BASE + text)
    assert action(found, "crm", "ru", "", "body.event") is Action.PASS
    assert action(found, "crm", "ru", "email", "body.event") is Action.TOKENIZE


def test_routes_that_no_rule_tells_apart_share_their_cells(tmp_path: Path) -> None:
    text = STAY_HOME + "routes:\n  - {match: {path: /x}, to: crm}\n"
    assert {cell.routes for cell in cells(tmp_path, BASE, "version: 1\n" + text)} == {
        ("/api/**", "/x"),
        ("/collect/**",),
    }


def test_routes_purposes_and_intents_that_rules_ask_for_are_told_apart(tmp_path: Path) -> None:
    text = """version: 1
rules:
  - {id: a, why: A reason., when: {route: /x}, then: drop}
  - {id: b, why: A reason., when: {purpose: sales}, then: drop}
  - {id: c, why: A reason., when: {intent: look_up}, then: drop}
routes:
  - {match: {path: /x}, to: crm}
  - {match: {path: /y, method: [GET, HEAD]}, to: crm}
  - {match: {path: /z, method: [GET, POST]}, to: crm, intent: collect}
  - {match: {path: /zz, method: [GET, POST]}, to: crm}
"""
    found = {(cell.routes, cell.intent) for cell in cells(tmp_path, BASE, text) if cell.to == "crm"}
    assert found == {
        (("/api/**",), "collect"),
        (("/api/**",), "look_up"),
        (("/x",), "collect"),
        (("/x",), "look_up"),
        (("GET,HEAD /y", "GET,POST /zz"), "look_up"),
        (("GET,POST /z", "GET,POST /zz"), "collect"),
    }


def test_a_rule_that_ends_makes_another_day(tmp_path: Path) -> None:
    text = STAY_HOME + "  - {id: soon, why: A., when: {}, then: drop, until: 2027-01-31}\n"
    text += "  - {id: ended, why: A., when: {}, then: drop, until: 2025-01-31}\n"
    assert days_that_differ(loaded(tmp_path, BASE + text).ruleset) == (date(2026, 11, 22), date(2027, 2, 1))


def test_a_pack_by_itself_is_shown_on_a_made_up_stage(tmp_path: Path) -> None:
    pack = "version: 1\npack: p\nregions: {ru: {countries: [RU]}}\nresidence: {unknown: ru}\n" + STAY_HOME
    found = cells(tmp_path, pack)
    assert action(found, "application-abroad", "ru", "email") is Action.TOKENIZE
    assert action(found, "application-ru", "ru", "email") is Action.DROP


def test_unknown_and_inert_rules_change_no_cell(tmp_path: Path) -> None:
    plain = cells(tmp_path, BASE + STAY_HOME)
    inert = "  - {id: ended, why: A., when: {kind: email}, then: pass, overrides: [stay-home], until: 2025-01-31}\n"
    assert action(cells(tmp_path, BASE + STAY_HOME + inert), "crm", "ru", "email") is action(
        plain, "crm", "ru", "email"
    )


def test_the_summary_names_categories_and_their_exceptions(tmp_path: Path) -> None:
    text = STAY_HOME + "  - {id: cards, why: A., when: {kind: [card.pan, card.cvv]}, then: drop}\n"
    ruleset = loaded(tmp_path, BASE + text).ruleset
    crm = next(block for block in summary(flow(ruleset, TODAY)) if block.to == "crm")
    lines = {line.what: line.actions for line in crm.lines}
    assert crm.homes == ("ru", "elsewhere")
    assert lines["personal"] == ("tokenize", "drop")
    assert lines["card.cvv, card.pan"] == ("drop", "drop")
    assert where_to(ruleset, "crm") == "crm (US, application)"
    assert where_to(ruleset, "elsewhere") == "elsewhere"


def test_the_summary_says_what_a_place_changes(tmp_path: Path) -> None:
    text = STAY_HOME + "  - {id: a, why: A., when: {path: [body.event, body.when]}, then: pass}\n"
    text += "  - {id: b, why: A., when: {path: body.code, kind: bank.bik}, then: pass}\n"
    text += "  - {id: c, why: A., when: {path: body.nothing, kind: email}, then: drop}\n"
    blocks = summary(cells(tmp_path, BASE + text))
    lines = [line.what for block in blocks if block.to == "crm" for line in block.lines]
    at = lines.index("at body.event, body.when")
    assert lines[at + 2] == "credential, technical, attribute, organisation, nothing found"
    assert lines[at + 1] == "personal, special, biometric, payment"
    assert lines[lines.index("at body.code") + 1] == "bank.bik"
    assert "at body.nothing" in lines


def test_a_category_without_kinds_is_not_summed_up(tmp_path: Path) -> None:
    email = Kind("email")
    ruleset = read([write(tmp_path, BASE + STAY_HOME)], {email: KINDS[email]}).ruleset
    assert {line.what for block in summary(flow(ruleset, TODAY)) for line in block.lines} == {
        "personal",
        "nothing found",
    }


def test_parameters_are_spoken(tmp_path: Path) -> None:
    text = (
        STAY_HOME
        + """  - {id: a, why: A., when: {kind: ip}, then: {generalize: {ip: [24, 48]}}}
  - {id: b, why: A., when: {kind: user_agent}, then: {pseudonymize: {rotate: weekly, scope: all}}}
  - {id: c, why: A., when: {kind: user_id, destination: metrics}, then: {pass: {basis: issued_there}}}
"""
    )
    spoken_of = {spoken(cell.verdict.treatment) for cell in cells(tmp_path, BASE + text)}
    assert {"generalize ip 24/48", "pseudonymize weekly, all", "pass issued there", "drop"} <= spoken_of


def test_machines_get_every_cell(tmp_path: Path) -> None:
    told = as_json(cells(tmp_path, BASE + STAY_HOME))
    email = next(cell for cell in told if "email" in str(cell["kinds"]) and cell["to"] == "crm")
    assert email["then"] == "tokenize"
    assert email["because"] == [{"rule": "stay-home", "at": f"{tmp_path / '0.yaml'}:20:9"}]


def test_a_basis_is_enough_and_a_place_at_home_needs_none(tmp_path: Path) -> None:
    text = (
        STAY_HOME
        + """  - id: notified
    why: The transfer is notified.
    when: {kind: email, destination: crm}
    then: {pass: {basis: contract, notice: 77-26-1, date: 2026-02-01}}
    overrides: [stay-home]
    until: 2027-01-31
  - id: by-treaty
    why: An exception of art. 18(5).
    when: {kind: phone, destination: crm}
    then: {pass: {exception: art6.1.p2, reference: treaty 1, approver: counsel, date: 2026-02-01}}
    overrides: [stay-home]
    until: 2027-01-31
  - {id: at-home, why: It stays., when: {category: personal, destination: home}, then: pass}
destinations:
  home: {url: "https://home.example", region: ru, role: application, unmatched: pass}
routes:
  - {match: {path: /home}, to: home}
"""
    )
    assert codes(list(check(loaded(tmp_path, BASE, "version: 1\nas_of: 2026-11-22\n" + text)))) == []


def test_a_daily_pseudonym_may_stand_beside_a_coarse_address(tmp_path: Path) -> None:
    text = (
        STAY_HOME
        + """  - {id: a, why: A., when: {kind: user_id, destination: metrics}, then: pseudonymize}
  - {id: b, why: A., when: {kind: ip, destination: metrics}, then: {generalize: {ip: [24, 48]}}}
  - {id: c, why: A., when: {kind: age, destination: metrics}, then: pass}
"""
    )
    assert codes(list(check(loaded(tmp_path, BASE + text.replace("age, ", "organisation.name, "))))) == []


def test_a_token_is_a_stable_pseudonym_too(tmp_path: Path) -> None:
    text = (
        STAY_HOME
        + """  - {id: a, why: A., when: {kind: device_id, destination: metrics}, then: tokenize}
  - {id: b, why: A., when: {kind: ip, destination: metrics}, then: pass}
"""
    )
    assert codes(list(check(loaded(tmp_path, BASE + text)))) == ["GW-R402"]


def test_paths_that_overlap_in_too_many_ways_are_refused(tmp_path: Path) -> None:
    steps = "abcdefghijklmnop"
    paths = ", ".join(f"body.**.{one}.**.{other}.**" for one in steps for other in steps if one != other)
    text = STAY_HOME + f"  - {{id: a, why: A., when: {{path: [{paths}]}}, then: drop}}\n"
    assert "GW-R416" in codes(list(check(loaded(tmp_path, BASE + text))))
