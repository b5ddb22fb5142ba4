"""What is said of one request: every leaf, whose it is, what happens, why, and what without that rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gateway.model.message import Request
from gateway.model.residency import Caller
from gateway.ruleset.explain import Explained, Explanation, Without, explain, parse_http
from gateway.ruleset.problems import BadRulesError
from tests.ruleset.written import BASE, STAY_HOME, loaded

TODAY = date(2026, 11, 22)
RULES = (
    STAY_HOME
    + """
  - {id: no-cards, why: Cards are not kept., when: {kind: card.pan}, then: drop}
  - {id: plans-pass, why: A plan is no person., when: {path: body.plan}, then: pass}
  - {id: watched, why: A canary., when: {kind: email}, then: block, mode: observe}
"""
)
REGISTER = b"""POST /api/register HTTP/1.1
Content-Type: application/json

{"email": "anna@example.org", "card_number": "4111 1111 1111 1111", "plan": "pro", "x": 1}
"""


def explained(folder: Path, raw: bytes, rules: str = RULES, country: str | None = None) -> Explanation:
    found = explain(loaded(folder, BASE + rules).ruleset, parse_http(raw, "192.0.2.1", "r"), TODAY, Caller(), country)
    assert found is not None
    return found


def leaf(explanation: Explanation, path: str) -> Explained:
    return next(one for one in explanation.leaves if one.path == path)


def test_a_request_is_read_from_text() -> None:
    request = parse_http(b"put /a?b=1 HTTP/1.1\r\nHost: x\r\nX-Two:  y \r\n\r\n{}\n", "192.0.2.9", "r")
    assert request.method == "PUT"
    assert request.target == "/a?b=1"
    assert request.headers == (("Host", "x"), ("X-Two", "y"))
    assert (request.body, request.peer) == (b"{}", "192.0.2.9")


@pytest.mark.parametrize(
    ("raw", "line"),
    [(b"", 1), (b"hello\n\n", 1), (b"GET x\n\n", 1), (b"GET /\nno header\n\n", 2), (b"GET /\nA: b\n: c", 3)],
)
def test_what_is_no_request_says_where(raw: bytes, line: int) -> None:
    with pytest.raises(BadRulesError) as raised:
        parse_http(raw, "", "r.http")
    (problem,) = raised.value.problems
    assert (problem.code, problem.mark.file, problem.mark.line) == ("GW-R504", "r.http", line)


def test_the_route_the_persons_and_the_evidence_are_named(tmp_path: Path) -> None:
    found = explained(tmp_path, REGISTER, country="RU")
    assert (found.route, found.to, found.intent) == ("/api/**", "crm (US, application)", "collect")
    people = {person.whose: person for person in found.people}
    caller, message = people["the caller"], people["the message's person"]
    assert (caller.lives_in, caller.rank, caller.signals, caller.treated_as) == (
        "ru",
        "inferred",
        ("geoip → ru",),
        "ru",
    )
    assert (message.lives_in, message.rank, message.signals, message.treated_as) == ("unknown", "no evidence", (), "ru")


def test_a_finding_names_its_rule_and_what_would_happen_without_it(tmp_path: Path) -> None:
    email = leaf(explained(tmp_path, REGISTER), "body.email")
    assert (email.found, email.whose, email.then, email.length) == ("email", "the message's person", "tokenize", 16)
    assert [reason.rule for reason in email.because] == ["stay-home"]
    assert email.without == (Without(email.because[0].rule, "drop"),)
    assert [reason.rule for reason in email.observed] == ["watched"]


def test_a_rule_behind_the_rule_shows(tmp_path: Path) -> None:
    card = leaf(explained(tmp_path, REGISTER), "body.card_number")
    assert (card.then, card.without[0].then) == ("drop", "tokenize")


def test_a_leaf_without_a_finding_names_the_rule_that_lets_it_pass(tmp_path: Path) -> None:
    plan = leaf(explained(tmp_path, REGISTER), "body.plan")
    assert (plan.found, plan.then, plan.because[0].rule) == ("nothing", "pass", "plans-pass")
    assert plan.without[0].then == "drop"


def test_a_leaf_that_no_rule_matches_falls_to_its_destination(tmp_path: Path) -> None:
    other = leaf(explained(tmp_path, REGISTER), "body.x")
    assert (other.found, other.then, [reason.rule for reason in other.because]) == ("nothing", "drop", ["unmatched"])
    assert other.without == ()


def test_persons_of_a_batch_are_named_by_their_subtree(tmp_path: Path) -> None:
    raw = REGISTER.partition(b"\n\n")[0] + b'\n\n{"users": [{"email": "a@example.org", "citizenship": "DE"}]}'
    batch = BASE.replace("residence:", "residence:\n  subjects: [body.users.*]")
    ruleset = loaded(tmp_path, batch + RULES).ruleset
    found = explain(ruleset, parse_http(raw, "", "r"), TODAY, Caller())
    assert found is not None
    assert leaf(found, "body.users.0.email").whose == "body.users.0"


def test_a_refusal_is_told(tmp_path: Path) -> None:
    blocked = RULES.replace("then: drop}", "then: block}")
    refusal = explained(tmp_path, REGISTER, blocked).refusal
    assert refusal is not None
    assert (refusal.status, refusal.because[0].rule) == (403, "no-cards")


def test_a_look_up_without_an_index_is_a_refusal(tmp_path: Path) -> None:
    assert explained(tmp_path, "GET /api/s?name=Анна%20Тестова\n\n".encode()).refusal is not None


def test_a_request_that_no_route_takes_has_no_explanation(tmp_path: Path) -> None:
    ruleset = loaded(tmp_path, BASE + STAY_HOME).ruleset
    assert explain(ruleset, Request("GET", "/other", (), b""), TODAY, Caller()) is None


def test_no_text_of_the_request_is_told(tmp_path: Path) -> None:
    assert "anna" not in repr(explained(tmp_path, REGISTER))
    assert "4111" not in repr(explained(tmp_path, REGISTER))
