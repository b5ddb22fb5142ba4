"""``pii-gateway discover`` over recordings: what it finds, what it proposes, and that it never shows a value."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.core.classify import classify
from gateway.core.codec import decode_request
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import print_path
from gateway.ruleset.load import load
from tests.discover.traffic import CANARIES, body, captures, discover, raw, rules_in


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of captures, and a rules file."""
    (tmp_path / "seen").mkdir()
    return captures(tmp_path / "seen"), rules_in(tmp_path)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_no_value_is_ever_shown(place: tuple[Path, Path], form: list[str]) -> None:
    said = discover(place[0], "--rules", place[1], *form)
    assert said.exit_code == 0
    assert [canary for canary in CANARIES if canary.lower() in said.output.lower()] == []


def test_each_field_has_its_kinds_with_counts(place: tuple[Path, Path]) -> None:
    told = json.loads(discover(place[0], "--rules", place[1], "--json").output)
    fields = {one["path"]: one for one in told["fields"]}
    (phone,) = fields["body.f17"]["kinds"]
    assert (fields["body.f17"]["values"], phone["kind"], phone["whole"], phone["by_name"]) == (6, "phone", 6, 0)
    assert phone["example"] == "+0 000 000-00-00"
    assert {one["kind"] for one in fields["body.note"]["kinds"]} >= {"person.name", "address"}
    assert told["messages"] == {"api": 6}


def test_a_key_that_is_somebodys_is_no_field(place: tuple[Path, Path]) -> None:
    told = json.loads(discover(place[0], "--rules", place[1], "--json").output)
    assert "body.*" in {one["path"] for one in told["fields"]} | {"body.*"}
    assert not [one["path"] for one in told["fields"] if "user" in one["path"] or "Анна" in one["path"]]


def test_fields_whose_names_say_nothing_are_proposed(place: tuple[Path, Path]) -> None:
    told = json.loads(discover(place[0], "--rules", place[1], "--json").output)
    assert {(one["path"], one["kind"]) for one in told["learned"]} == {
        ("body.c4", "email"), ("body.f17", "phone"), ("headers.x-name", "email"), ("query.who", "email"),
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("git") is None, reason="git applies the patch")
def test_the_patch_applies_and_the_rules_pass_their_check(place: tuple[Path, Path], tmp_path: Path) -> None:
    said = discover(place[0], "--rules", place[1]).output
    patch = said[said.index("--- /dev/null") :]
    subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=tmp_path, check=True)
    files = [str(place[1]), str(tmp_path / "discovered.yaml")]
    assert CliRunner().invoke(main, ["rules", "check", *files]).exit_code == 0


def test_what_was_learned_counts_and_is_listed_and_is_not_proposed_again(
    place: tuple[Path, Path], tmp_path: Path
) -> None:
    learned = tmp_path / "learned.yaml"
    assert discover(place[0], "--rules", place[1], "--learn", learned).exit_code == 0
    again = discover(place[0], "--rules", place[1], "--rules", learned)
    assert "Nothing to propose" in again.output
    listed = discover("--list", "--rules", place[1], "--rules", learned).output.splitlines()
    assert "api  body.f17  phone" in listed
    rules = load([place[1], learned])
    request = Request("POST", "/api/users", (("Content-Type", "application/json"),), b'{"f17": "n/a, ask 12-34"}')
    found = classify(decode_request(request, Limits()), rules, rules.routes[0].learned)
    assert [(print_path(one.path), one.kind) for one in found] == [("body.f17", "phone")]


def test_a_verdict_can_be_overridden(place: tuple[Path, Path], tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "version: 1\nlearned:\n  - {route: api, path: body.f17, kind: none}\n"
        "  - {route: api, path: body.c4, kind: person.middle}\n"
    )
    told = json.loads(discover(place[0], "--rules", place[1], "--rules", own, "--json").output)
    assert {one["path"] for one in told["learned"]} == {"headers.x-name", "query.who"}
    kinds = {one["path"]: {kind["kind"] for kind in one["kinds"]} for one in told["fields"]}
    assert (kinds["body.f17"], "person.middle" in kinds["body.c4"]) == ({"phone"}, True)
    listed = json.loads(discover("--list", "--json", "--rules", place[1], "--rules", own).output)
    assert {"route": "api", "path": "body.f17", "kind": "none"} in listed


def test_a_file_that_is_there_is_not_overwritten(place: tuple[Path, Path]) -> None:
    said = discover(place[0], "--rules", place[1], "--learn", place[1])
    assert (said.exit_code, place[1].read_text().startswith("\nversion: 1")) == (2, True)


def test_what_would_leave_in_clear_without_a_rule_gets_one(tmp_path: Path) -> None:
    """Rules of one's own that forget something; ``check`` would refuse them, so they are tried without."""
    from gateway.core.tally import Field, Seen, Tally  # noqa: PLC0415 - this test alone counts by hand
    from gateway.model.names import Kind  # noqa: PLC0415 - the same
    from gateway.ruleset.discover import as_yaml, propose  # noqa: PLC0415 - the same

    rules = load([rules_in(tmp_path)])
    seen = {Kind("phone"): Seen(3, 1, 0, 3, "+0"), Kind("language"): Seen(3, 3, 3, 3, "aa")}
    tally = Tally({"api": 3}, {
        ("api", ("body", "note")): Field(3, dict(seen)),
        ("api", ("body", "Note")): Field(3, dict(seen)),
        ("api", ("path", "1")): Field(3, dict(seen)),
        ("gone", ("body", "note")): Field(3, dict(seen)),
    })  # fmt: skip
    text = as_yaml(propose(tally, rules, least=5, share=0.9))
    assert text.count("then: tokenize") == 2
    extra = tmp_path / "extra.yaml"
    extra.write_text(text)
    assert len(load([rules_in(tmp_path), extra]).rules) == len(rules.rules) + 2


def test_recordings_of_every_form_are_read(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    seen.mkdir()
    head = b"POST /api/users HTTP/1.1\nHost: a\nContent-Type: application/json\n\n"
    (seen / "one.http").write_bytes(head + raw(0))
    entry = {"request": {
        "method": "POST", "url": "https://app.example/api/users?x=1",
        "headers": [{"name": ":authority", "value": "app.example"}, {"name": "X-Кто", "value": "Ж"}],
        "postData": {"mimeType": "application/json", "text": raw(1).decode()},
    }}  # fmt: skip
    (seen / "two.har").write_text(json.dumps({"log": {"entries": [entry, {"request": {
        "method": "GET", "url": "https://app.example", "headers": []}}]}}))  # fmt: skip
    lines = [{"path": "/api/users", "body": body(2)}, {"url": "http://x/api/users", "body": "a=1", "headers": {}}]
    (seen / "three.jsonl").write_text("\n".join([*map(json.dumps, lines), "", "no json", "12"]))
    (seen / "four.json").write_text(json.dumps([{"method": "GET", "path": "/else/anna@example.org/1/2"}]))
    (seen / "five.json").write_text("[1]")
    (seen / "six.http").write_text("nothing of the kind")
    (seen / "seven.json").write_text(
        json.dumps({"path": "/api/x", "headers": [["Content-Type", "application/json"]], "body": "{"})
    )
    (seen / "notes.txt").write_text("not a recording")
    told = json.loads(discover(seen, "--rules", rules_in(tmp_path), "--json").output)
    assert told["messages"] == {"api": 3}
    assert told["unrouted"] == {"GET /": 1, "GET /else/aaaa@aaaaaaa.aaa/0/…": 1}
    assert told["unreadable"] == 6
    text = discover(seen, "--rules", rules_in(tmp_path)).output
    assert "no route: GET / (1)" in text


def test_without_a_recording_the_command_line_is_wrong(tmp_path: Path) -> None:
    assert discover("--rules", rules_in(tmp_path)).exit_code == 2
