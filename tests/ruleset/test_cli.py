"""``pii-gateway rules``: what people and machines get, and how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.rules import rules_group
from gateway.ruleset.schema.file import json_schema
from gateway.ruleset.sources import shipped
from tests.ruleset.written import BASE, STAY_HOME, write

TEST = """
tests:
  - {it: keeps it at home, given: {to: crm, body: {email: a@example.org}}, expect: {body.email: tokenize}}
"""
FAILING = TEST.replace("tokenize", "pass")
REGISTER = "POST /api/register HTTP/1.1\nContent-Type: application/json\n\n" + '{"email": "anna@example.org"}\n'


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(rules_group, [str(argument) for argument in arguments])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(tmp_path, BASE + STAY_HOME + TEST, "good.yaml")


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    return write(tmp_path, REGISTER, "register.http")


def test_good_rules_are_said_to_be_good(good: Path) -> None:
    result = run("check", "--strict", good)
    assert result.exit_code == 0
    assert result.output.startswith("ok: 1 rules, 2 routes, 2 destinations, 1 tests, digest ")


def test_bad_rules_are_shown_with_line_and_caret(tmp_path: Path) -> None:
    result = run("check", write(tmp_path, BASE + STAY_HOME.replace("tokenize", "tokenise")))
    assert result.exit_code == 1
    assert "    then: tokenise\n      |           ^^^^^^^^\n  mend: did you mean 'tokenize'?" in result.output
    assert "1 error; these rules cannot be used." in result.output


def test_a_failing_test_fails_the_check(tmp_path: Path) -> None:
    assert "GW-R501" in run("check", write(tmp_path, BASE + STAY_HOME + FAILING)).output


def test_strict_asks_for_a_test_of_every_rule(tmp_path: Path) -> None:
    rules = write(tmp_path, BASE + STAY_HOME)
    assert run("check", rules).exit_code == 0
    result = run("check", "--strict", rules)
    assert (result.exit_code, "GW-R502" in result.output) == (1, True)


def test_strict_takes_a_warning_for_an_error(tmp_path: Path) -> None:
    rules = write(tmp_path, BASE + STAY_HOME + TEST + "mode: observe\n")
    assert run("check", rules).exit_code == 0
    result = run("check", "--strict", rules)
    assert (result.exit_code, "--strict: warnings are errors." in result.output) == (1, True)


def test_machines_get_problems_as_json(tmp_path: Path) -> None:
    result = run("check", "--json", write(tmp_path, BASE + STAY_HOME.replace("email", "x").replace("drop", "x")))
    assert json.loads(result.stdout) == {"ok": True, "problems": []}
    result = run("check", "--json", write(tmp_path, BASE + STAY_HOME.replace("tokenize", "tokenise")))
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ok"], told["problems"][0]["code"]) == (1, False, "GW-R204")


def test_tests_are_listed(good: Path) -> None:
    result = run("test", good)
    assert (result.exit_code, result.output) == (0, "ok   keeps it at home\n1 tests, 0 failed\n")


def test_a_failing_test_shows_its_line(tmp_path: Path) -> None:
    result = run("test", write(tmp_path, BASE + STAY_HOME + FAILING))
    assert result.exit_code == 1
    assert "FAIL keeps it at home" in result.output
    assert "^^^^" in result.output


def test_machines_get_tests_as_json(good: Path) -> None:
    told = json.loads(run("test", "--json", good).stdout)
    assert told["ok"]
    assert told["tests"][0]["it"] == "keeps it at home"


def test_tests_of_rules_that_fail_a_check_are_not_run(tmp_path: Path) -> None:
    result = run("test", write(tmp_path, BASE + STAY_HOME.replace("tokenize", "pass")))
    assert (result.exit_code, "GW-R401" in result.output) == (1, True)


def test_the_matrix_fits_eighty_columns() -> None:
    result = run("show", "--only", "matrix", shipped() / "demo.yaml")
    assert result.exit_code == 0
    assert "russians" not in result.output
    assert max(map(len, result.output.splitlines())) <= 80
    assert "→ crm (US, application)" in result.output
    assert "ru and unknown" in result.output


def test_the_canonical_form_is_shown_with_its_digest(good: Path) -> None:
    result = run("show", "--only", "canonical", good)
    assert result.output.startswith("# digest ")
    assert "id: stay-home" in result.output
    assert "→" not in result.output


def test_both_are_shown_and_intents_where_rules_ask(tmp_path: Path) -> None:
    rule = "  - {id: seek, why: A., when: {kind: email, intent: look_up}, then: drop}\n"
    result = run("show", write(tmp_path, BASE + STAY_HOME + rule))
    assert "id: seek" in result.output
    assert "(look up)" in result.output


def test_machines_get_the_matrix_as_json(good: Path) -> None:
    told = json.loads(run("show", "--json", good).stdout)
    assert set(told) == {"digest", "canonical", "matrix"}


def test_a_request_is_explained(good: Path, request_file: Path) -> None:
    result = run("explain", "--country", "DE", good, request_file)
    assert result.exit_code == 0
    assert "because stay-home" in result.output
    assert "without stay-home: drop" in result.output
    assert "anna@example.org" not in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_a_refusal_and_a_canary_are_explained(tmp_path: Path, request_file: Path) -> None:
    blocking = STAY_HOME.replace("then: tokenize", "then: block")
    canary = "  - {id: watched, why: A canary., when: {kind: email}, then: drop, mode: observe}\n"
    result = run("explain", write(tmp_path, BASE + blocking + canary), request_file)
    assert "refused with 403" in result.output
    canary = canary.replace("then: drop", "then: block")
    result = run("explain", write(tmp_path, BASE + STAY_HOME + canary), request_file)
    assert "observed only watched" in result.output


def test_machines_get_the_explanation_as_json(good: Path, request_file: Path) -> None:
    told = json.loads(run("explain", "--json", good, request_file).stdout)
    assert {leaf["path"]: leaf["then"] for leaf in told["leaves"]}["body.email"] == "tokenize"


def test_a_request_that_no_route_takes_is_said_so(good: Path, tmp_path: Path) -> None:
    result = run("explain", good, write(tmp_path, "GET /nowhere HTTP/1.1\n\n", "r.http"))
    assert (result.exit_code, "no route takes this request" in result.output) == (1, True)


def test_a_request_that_cannot_be_inspected_is_said_so(good: Path, tmp_path: Path) -> None:
    broken = REGISTER.replace('"}', "")
    result = run("explain", good, write(tmp_path, broken, "r.http"))
    assert (result.exit_code, "GW-P" in result.output) == (1, True)


def test_the_schema_that_is_checked_in_is_current() -> None:
    assert json.loads(run("schema").stdout) == json_schema()
    assert (shipped() / "rules.schema.json").read_text() == run("schema").stdout


def test_stricter_rules_may_replace_others(good: Path, tmp_path: Path) -> None:
    stricter = write(tmp_path, BASE + STAY_HOME.replace("tokenize", "drop"), "new.yaml")
    result = run("diff", good, stricter)
    assert result.exit_code == 0
    assert "stricter" in result.output


def test_looser_rules_need_a_word(good: Path, tmp_path: Path) -> None:
    looser = write(tmp_path, BASE.replace("unknown: ru", "unknown: elsewhere") + STAY_HOME.replace("tokenize", "mask"))
    result = run("diff", good, looser)
    assert result.exit_code == 1
    assert "say --allow-looser" in result.output
    assert "residence.unknown: ru → elsewhere (looser)" in result.output
    assert run("diff", "--allow-looser", good, looser).exit_code == 0


def test_equal_rules_differ_in_nothing(good: Path) -> None:
    assert run("diff", good, good).output.startswith("nothing changed (")


def test_a_change_at_a_place_is_named(good: Path, tmp_path: Path) -> None:
    rule = "  - {id: event, why: A., when: {path: body.event, destination: metrics}, then: pass}\n"
    result = run("diff", good, write(tmp_path, BASE + STAY_HOME + rule))
    assert "body.event" in result.output


def test_machines_get_the_difference_as_json(good: Path) -> None:
    told = json.loads(run("diff", "--json", good, good).stdout)
    assert (told["looser"], told["changes"]) == (False, [])


def test_paths_that_overlap_in_too_many_ways_end_the_command(tmp_path: Path) -> None:
    paths = ", ".join(f"body.**.{one}.**.{other}.**" for one in "abcdefghij" for other in "abcdefghij" if one != other)
    rule = f"  - {{id: a, why: A., when: {{path: [{paths}]}}, then: drop}}\n"
    result = run("show", "--only", "matrix", write(tmp_path, BASE + STAY_HOME + rule))
    assert (result.exit_code, "GW-R416" in result.output) == (1, True)


@pytest.mark.parametrize("command", ["check", "test", "show", "explain", "schema", "diff"])
def test_help_has_examples_and_fits_eighty_columns(command: str) -> None:
    result = run(command, "--help")
    assert "Examples:" in result.output
    assert max(map(len, result.output.splitlines())) <= 80
