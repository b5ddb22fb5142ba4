"""Tests beside the rules: what they can say, and what a failing one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.ruleset.load import load, wrong_with
from gateway.ruleset.problems import BadRulesError
from gateway.ruleset.trial import Outcome, trial, unexercised
from tests.ruleset.written import BASE, STAY_HOME, loaded, write

EMAIL = "{to: crm, body: {email: a@example.org}}"
FORM = "{route: /form, type: application/x-www-form-urlencoded, body: {email: a@example.org}}"
GERMAN = "{to: crm, body: {citizenship: DE, email: a@example.org}}"

NO_ROUTE = "no route of these rules takes this request."

ROUTES = """
routes:
  - match: {path: "/users/{id}", method: PUT}
    to: crm
    name: update
    whose: caller
    subject_ref: path.id
  - {match: {path: /search/**, method: GET}, to: crm}
  - {match: {path: /form}, to: crm}
"""


def run(folder: Path, given: str, expect: str, rules: str = STAY_HOME) -> Outcome:
    text = f"version: 1\n{rules}\ntests:\n  - it: is tried\n    given: {given}\n    expect: {expect}\n"
    (outcome,) = trial(loaded(folder, BASE, "version: 1\n" + ROUTES, text))
    return outcome


def says(outcome: Outcome) -> list[str]:
    return [failure.what.removeprefix("is tried: ") for failure in outcome.failures]


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        (EMAIL, "{body.email: tokenize}"),
        (EMAIL, "{body.email: {action: tokenize, because: stay-home}}"),
        (EMAIL, "{because: [stay-home]}"),
        ("{to: crm, body: {plan: pro}}", "{drops: body.plan, nothing: true}"),
        ("{to: crm, body: {users: [{email: a@example.org}]}}", '{"body.users.*.email": tokenize}'),
        ("{path: '/search/x?email=a@example.org', method: GET}", "{query.email: tokenize}"),
        ("{path: /search, method: GET, query: {email: [a@example.org, b@example.org]}}", "{query.email: tokenize}"),
        ("{to: crm, body: email is a@example.org, type: text/plain}", "{body: drop}"),
        ("{to: crm, body: email is a@example.org}", "{body: drop}"),
        (
            "{route: /form, type: application/x-www-form-urlencoded, body: {email: a@example.org}}",
            "{body.email: tokenize}",
        ),
        ("{to: crm, cookies: {who: a@example.org}}", "{cookies.who: tokenize}"),
        ("{to: crm, headers: {X-User-Email: a@example.org}}", "{headers.x-user-email: tokenize}"),
        ("{to: crm, headers: {X-Name: [Анна, a@example.org]}}", "{}"),
        ("{to: crm, body: {amount: 1.10, ok: true, none: null, list: [1]}}", "{body.amount: drop, body.list.0: drop}"),
        (
            "{to: crm, body: {citizenship: DE, email: a@example.org}}",
            "{residence: {message: elsewhere}, body.email: drop}",
        ),
        ("{to: crm, body: {citizenship: RU}, country: DE}", "{residence: {message: ru, caller: unknown}}"),
        ("{to: {role: store, region: us, unmatched: pass}, query: {a: 1.10, b: true, c: false}}", "{unchanged: true}"),
        ("{route: GET /search/**}", "{unchanged: true}"),
        ("{to: crm, country: RU}", "{residence: {caller: ru}}"),
        ("{to: crm, caller: {subject: anna, residence: ru}}", "{residence: {caller: ru}}"),
        ("{to: crm, caller: {country: RU, roles: [support]}}", "{residence: {caller: unknown}}"),
        (
            "{to: crm, body: {email: a@example.org}, known: [{residence: elsewhere, email: a@example.org}]}",
            "{residence: {message: elsewhere}}",
        ),
        (
            "{to: crm, body: {email: a@example.org}, known: [{person: anna, residence: ru, email: b@example.org}]}",
            "{residence: {message: unknown}}",
        ),
        ("{route: update, body: {email: a@example.org}}", "{body.email: tokenize, residence: {caller: unknown}}"),
        ("{route: update, method: PUT, path: /users/7, body: {email: a@example.org}}", "{body.email: tokenize}"),
        ("{to: {role: analytics, region: us}, body: {email: a@example.org}}", "{body.email: drop}"),
        ("{to: {role: partner, region: us, unmatched: pass}, body: {email: a@example.org}}", "{unchanged: true}"),
        ("{to: crm, type: application/json, body: '{\"a\": '}", "{refused: 422}"),
        ("{path: /search/x, method: GET, query: {name: Анна Тестова}}", "{refused: 422}"),
    ],
)
def test_what_is_expected_happens(tmp_path: Path, given: str, expect: str) -> None:
    assert says(run(tmp_path, given, expect)) == []


@pytest.mark.parametrize(
    ("given", "expect", "said"),
    [
        (EMAIL, "{body.email: pass}", "body.email should be pass, but is tokenize (stay-home)."),
        ("{to: crm, body: {plan: pro}}", "{body.plan: pass}", "body.plan should be pass, but is drop (unmatched)."),
        ("{to: {role: store, region: us, unmatched: pass}, body: {plan: pro}}", "{body.plan: drop}",
         "body.plan should be drop, but is pass (no rule speaks of it)."),
        (EMAIL, "{body.phone: drop}", "nothing stands at body.phone."),
        (EMAIL, "{body.email: {action: tokenize, because: cards}}",
         "body.email is not tokenize because of cards."),
        (EMAIL, "{because: [cards, stay-home]}", "cards had no say in it."),
        (EMAIL, "{unchanged: true}",
         "it should go out byte for byte, but body.email is tokenize (stay-home)."),
        (EMAIL, "{nothing: true}", "nothing should go out, but body.email does."),
        (EMAIL, "{drops: [body.email]}", "body.email should be drop, but is tokenize (stay-home)."),
        ("{to: crm}", "{refused: 403}", "expected 403, but it is forwarded."),
        ("{to: crm, body: {card_number: 4111 1111 1111 1111}}", "{refused: 451}", "expected 451, but it is 403."),
        (EMAIL, "{residence: {message: ru}}", "message should live in ru, but lives in unknown."),
        ("{to: crm}", "{residence: {body.users.0: ru}}", "body.users.0 should live in ru, but lives in unknown."),
        ("{path: /nowhere}", "{unchanged: true}", NO_ROUTE),
        ("{to: metrics, path: /search/x, method: GET}", "{unchanged: true}", NO_ROUTE),
    ],
)  # fmt: skip
def test_what_is_not_expected_is_told(tmp_path: Path, given: str, expect: str, said: str) -> None:
    cards = STAY_HOME + "  - {id: cards, why: A reason., when: {kind: card.pan}, then: block}\n"
    assert says(run(tmp_path, given, expect, cards)) == [said]


def test_a_refusal_that_nobody_expected_is_told_with_its_code(tmp_path: Path) -> None:
    (said,) = says(run(tmp_path, "{to: crm, type: application/json, body: '{'}", "{body.x: drop}"))
    assert said.startswith("it is refused with 422 (GW-P")


def test_a_blocked_leaf_is_a_refusal_that_was_expected(tmp_path: Path) -> None:
    cards = STAY_HOME + "  - {id: cards, why: A reason., when: {kind: card.pan}, then: block}\n"
    given = "{to: crm, body: {card_number: 4111 1111 1111 1111}}"
    assert says(run(tmp_path, given, "{body.card_number: block, because: cards}", cards)) == []


def test_a_failure_points_at_the_expectation(tmp_path: Path) -> None:
    outcome = run(tmp_path, EMAIL, "{body.email: pass}")
    assert str(outcome.failures[0].mark).endswith("2.yaml:12:26")


def test_persons_of_a_batch_are_told_apart(tmp_path: Path) -> None:
    rules = "residence: {subjects: [body.users.*]}\n" + STAY_HOME
    given = "{to: crm, body: {users: [{citizenship: RU}, {citizenship: DE}]}}"
    expect = "{residence: {body.users.0: ru, body.users.1: elsewhere}}"
    assert says(run(tmp_path, given, expect, rules)) == []


def test_a_rule_with_a_say_is_exercised(tmp_path: Path) -> None:
    observed = STAY_HOME + "  - {id: watched, why: A., when: {kind: email}, then: drop, mode: observe}\n"
    outcome = run(tmp_path, EMAIL, "{}", observed)
    assert outcome.exercised >= {"stay-home", "watched"}


def test_a_rule_without_a_say_is_named(tmp_path: Path) -> None:
    unused = STAY_HOME + "  - {id: unused, why: A., when: {kind: ip}, then: drop}\n"
    text = "tests:\n  - {it: tries, given: {to: crm, body: {email: a@example.org}}, expect: {because: stay-home}}\n"
    made = loaded(tmp_path, BASE + unused + text)
    (problem,) = unexercised(made, trial(made))
    assert (problem.code, problem.what.split("'")[1]) == ("GW-R502", "unused")
    assert [one.code for one in wrong_with(made, strict=True)] == ["GW-R502"]


def test_a_test_is_judged_on_its_files_day(tmp_path: Path) -> None:
    base = BASE.replace("as_of: 2026-11-22\n", "")
    rules = "version: 1\nas_of: 2026-01-01\n" + STAY_HOME + "    until: 2026-06-30\n"
    test = "tests:\n  - {it: tries, given: {to: crm, body: {email: a@example.org}}, expect: {body.email: ACTION}}\n"
    before = rules + test.replace("ACTION", "tokenize")
    after = "version: 1\nas_of: 2026-11-22\n" + test.replace("ACTION", "drop")
    undated = "version: 1\n" + test.replace("ACTION", "drop")
    assert [outcome.failures for outcome in trial(loaded(tmp_path, base, before, after, undated))] == [(), (), ()]


def test_without_any_day_tests_are_judged_long_ago(tmp_path: Path) -> None:
    test = "tests:\n  - {it: tries, given: {to: crm, body: {email: a@example.org}}, expect: {body.email: tokenize}}\n"
    assert trial(loaded(tmp_path, BASE.replace("as_of: 2026-11-22\n", "") + STAY_HOME + test))[0].failures == ()


def test_rules_whose_tests_fail_are_not_loaded(tmp_path: Path) -> None:
    test = "tests:\n  - {it: tries, given: {to: crm, body: {email: a@example.org}}, expect: {body.email: pass}}\n"
    with pytest.raises(BadRulesError) as raised:
        load([write(tmp_path, BASE + STAY_HOME + test)])
    assert raised.value.code == "GW-R501"


def test_rules_that_fail_a_check_are_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(BadRulesError) as raised:
        load([write(tmp_path, BASE + STAY_HOME.replace("tokenize", "pass"))])
    assert raised.value.code == "GW-R401"


def test_a_warning_stops_nothing(tmp_path: Path) -> None:
    assert load([write(tmp_path, BASE + STAY_HOME + "mode: observe\n")]).mode == "observe"
