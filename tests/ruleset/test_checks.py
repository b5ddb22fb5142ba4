"""Checks on what is right: nothing is said of it. What is wrong stands in bad/, with what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.ruleset.report import _Fault, _says, keys_at
from tests.ruleset.written import BASE, STAY_HOME, codes, wrong


@pytest.mark.parametrize(
    "routes",
    [
        "[{match: {path: /x, method: GET}, to: crm}, {match: {path: /x, method: POST}, to: crm}]",
        "[{match: {path: /x, host: a}, to: crm}, {match: {path: /x, host: b}, to: crm}]",
        '[{match: {path: "/x/{id}"}, to: crm}, {match: {path: /x/new}, to: crm}]',
        '[{match: {path: "/x/*"}, to: crm}, {match: {path: "/x/**"}, to: crm}]',
        '[{match: {path: "/x/{id}/a"}, to: crm}, {match: {path: "/x/{id}/b"}, to: crm}]',
        "[{match: {path: /x, method: GET}, to: crm}, {match: {path: /x}, to: crm}]",
        '[{match: {path: "/x/{id}", method: GET}, to: crm}, {match: {path: "/x/**", method: GET}, to: crm}]',
        '[{match: {path: "/x/y/*", method: GET}, to: crm}, {match: {path: /x, method: GET}, to: crm}]',
        '[{match: {path: "/x/{id}", method: GET}, to: crm}, {match: {path: "/x/{id}/y", method: GET}, to: crm}]',
    ],
)
def test_routes_that_can_be_reached_are_left_alone(tmp_path: Path, routes: str) -> None:
    assert codes(wrong(tmp_path, BASE + STAY_HOME, f"version: 1\nroutes: {routes}\n")) == []


@pytest.mark.parametrize(
    "routes",
    [
        '[{match: {path: "/x/{id}"}, to: crm}, {match: {path: "/x/*"}, to: crm}]',
        "[{match: {path: /x}, to: crm}, {match: {path: /x}, to: metrics}]",
        "[{match: {path: /x, method: [GET, POST]}, to: crm}, {match: {path: /x, method: POST}, to: metrics}]",
    ],
)
def test_routes_that_nothing_reaches_are_refused(tmp_path: Path, routes: str) -> None:
    assert codes(wrong(tmp_path, BASE + STAY_HOME, f"version: 1\nroutes: {routes}\n")) == ["GW-R410"]


def test_two_routes_of_one_name_are_refused(tmp_path: Path) -> None:
    routes = "[{match: {path: /a}, to: crm, name: orders}, {match: {path: /b}, to: crm, name: orders}]"
    assert codes(wrong(tmp_path, BASE + STAY_HOME, f"version: 1\nroutes: {routes}\n")) == ["GW-R110"]


def test_a_rule_for_a_route_and_a_purpose_that_are_there(tmp_path: Path) -> None:
    rule = "  - {id: a, why: A., when: {kind: ip, route: /api/**, purpose: sales}, then: drop}\n"
    assert codes(wrong(tmp_path, BASE + STAY_HOME + rule)) == []


def test_a_pack_may_speak_of_purposes_it_does_not_know(tmp_path: Path) -> None:
    rule = "  - {id: a, why: A., when: {kind: ip, purpose: [sales]}, then: drop}\n"
    pack = "version: 1\npack: p\nregions: {ru: {countries: [RU]}}\nresidence: {unknown: ru}\n"
    assert codes(wrong(tmp_path, pack + STAY_HOME + rule)) == []


def test_equal_rules_may_meet(tmp_path: Path) -> None:
    rules = "  - {id: a, why: A., when: {kind: ip}, then: {mask: {first: 3}}}\n"
    assert codes(wrong(tmp_path, BASE + STAY_HOME + rules + rules.replace("id: a", "id: b"))) == []


def test_an_override_that_tightens_needs_no_term(tmp_path: Path) -> None:
    rule = "  - {id: a, why: A., when: {kind: email}, then: drop, overrides: [stay-home]}\n"
    assert codes(wrong(tmp_path, BASE + STAY_HOME + rule)) == []


def test_overrides_may_form_a_chain(tmp_path: Path) -> None:
    rules = """
  - {id: a, why: A., when: {kind: email}, then: drop, overrides: [stay-home, b]}
  - {id: b, why: A., when: {kind: email}, then: drop, overrides: [c]}
  - {id: c, why: A., when: {kind: email}, then: drop, overrides: [stay-home]}
"""
    assert codes(wrong(tmp_path, BASE + STAY_HOME + rules)) == []


def test_looser_parameters_need_a_term_too(tmp_path: Path) -> None:
    rules = """
  - {id: a, why: A., when: {kind: ip}, then: {generalize: {ip: [16, 32]}}}
  - {id: b, why: A., when: {kind: ip}, then: {generalize: {ip: [24, 48]}}, overrides: [a]}
"""
    assert codes(wrong(tmp_path, BASE + STAY_HOME + rules)) == ["GW-R407"]


def test_stores_of_their_own_are_left_alone(tmp_path: Path) -> None:
    text = """version: 1
regions:
  kz: {countries: [KZ], vault: "postgresql://kz@a/pii", key: "kms://k", keep: {days: 1}}
destinations:
  lake: {url: "http://lake.example", region: us, role: store, unmatched: drop, store: "postgresql://lake@a/lake"}
routes:
  - {match: {path: /lake}, to: lake}
"""
    assert codes(wrong(tmp_path, BASE + STAY_HOME, text)) == []


def test_a_test_may_name_what_is_there(tmp_path: Path) -> None:
    test = """
tests:
  - it: names only what is there
    given: {to: {role: ai, region: us}, route: /api/**, caller: {residence: ru}, known: [{residence: ru, email: a@b.c}]}
    expect: {because: stay-home, body.email: {action: drop, because: [stay-home]}, drops: [body.x]}
"""
    assert codes(wrong(tmp_path, BASE + STAY_HOME + test)) == []


def test_keys_of_every_place_are_known() -> None:
    assert keys_at(("rules", 0)) == ["id", "mode", "overrides", "then", "until", "when", "why"]
    assert "role" in keys_at(("destinations", "crm"))
    assert "ip" in keys_at(("rules", 3, "then", "generalize"))


def test_what_pydantic_may_say_one_day_is_passed_on() -> None:
    assert _says(_Fault("unheard_of", ("rules",), 1, "Input is odd", {})) == (
        "GW-R203",
        "Input is odd.",
        "see docs/reference/rules.md.",
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rules:\n  - {id: a, why: A., when: {}, then: {}}", "GW-R203"),
        ("rules:\n  - {id: a, why: A., when: {}, then: {mask: {first: 1}, pass: {basis: law}}}", "GW-R401"),
        ("rules:\n  - {id: a, why: A., when: {}, then: {pass: {}}}", "GW-R203"),
        ("rules:\n  - {id: a, why: A., when: {residence: in ru}, then: drop}", "GW-R205"),
        ("rules:\n  - {id: a, why: A., when: {residence: ''}, then: drop}", "GW-R205"),
        ("rules:\n  - {id: a, why: A., when: {route: ' '}, then: drop}", "GW-R205"),
        ("rules:\n  - {id: a, why: A., when: {kind: E-Mail}, then: drop}", "GW-R205"),
        ("regions: {ru: {keep: {}}}", "GW-R203"),
        ("routes:\n  - {match: {path: '/a/{ID}'}, to: crm}", "GW-R205"),
        ("routes:\n  - {match: {path: /files/x}, to: crm, downloads: true}", "GW-R205"),
        ("unmatched: {customer: drop}", "GW-R204"),
        ("as_of: 22.11.2026", "GW-R205"),
        ("version: 2", "GW-R203"),
        ("tests:\n  - {it: x, given: {to: crm, query: {a: [[b]]}}, expect: {}}", "GW-R203"),
    ],
)
def test_more_ways_to_be_wrong(tmp_path: Path, text: str, code: str) -> None:
    head = "" if text.startswith("version") else "version: 1\n"
    assert code in codes(wrong(tmp_path, BASE, f"{head}{text}\n"))


@pytest.mark.parametrize(
    ("match", "starts_on"),
    [
        ("path: /login, method: POST", "status: 200"),
        ("path: /login", "status: [200, 204]"),
        ("path: /login", "status: 302"),
        ("path: /login", 'status: 200, location: "/account*"'),
    ],
)
def test_a_login_that_something_tells_is_left_alone(tmp_path: Path, match: str, starts_on: str) -> None:
    session = f"session: {{cookie: sid, starts_on: {{{starts_on}}}, subject: body.email}}"
    routes = f"routes: [{{match: {{{match}}}, to: crm, {session}}}]\n"
    assert codes(wrong(tmp_path, BASE + STAY_HOME, f"version: 1\n{routes}")) == []
