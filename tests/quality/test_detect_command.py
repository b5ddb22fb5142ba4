"""``pii-gateway detect``: what it prints for text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.detect import detect_command


def run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(detect_command, list(arguments), input=given)


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_find_in_a_text_tells_place_kind_and_evidence() -> None:
    (found,) = lines(run("-", "--jsonl", given="привет\nпишите на anna@example.org".encode()))
    assert found == {
        "place": "line 2",
        "start": 17,
        "end": 33,
        "kind": "email",
        "type": "EMAIL",
        "score": 0.95,
        "detector": "email",
        "evidence": "RFC 5321, RFC 6531 (international addresses), without quoted local parts",
        "because": ["its shape", "its check digits or form hold"],
        "runners_up": [],
    }


def test_values_are_shown_only_when_asked_for() -> None:
    given = b"anna@example.org"
    assert "anna@" not in run("-", "--jsonl", given=given).output
    assert lines(run("-", "--jsonl", "--values", given=given))[0]["text"] == "anna@example.org"


def test_what_else_it_might_be_is_told() -> None:
    (found,) = lines(run("-", "--jsonl", given="паспорт, инн 7707083893".encode()))
    others = found["runners_up"]
    assert isinstance(others, list)
    assert {found["kind"]} | {other["kind"] for other in others} >= {"ru.passport", "ru.inn_org"}


def test_json_is_told_by_paths_and_field_names(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text('{"user": {"email": "anna@example.org", "note": "звоните Анне Петровой"}, "total": 5}')
    found = lines(run(str(file), "--jsonl"))
    assert [(one["place"], one["kind"], one["evidence"] if one["kind"] == "email" else "") for one in found] == [
        ("user.email", "email", "the name of the field"),
        ("user.note", "person.name", ""),
    ]


def test_json_without_a_name_is_known_by_its_first_character() -> None:
    (found,) = lines(run("-", "--jsonl", given=b' {"email": "anna@example.org"}'))
    assert found["place"] == "email"


def test_two_finds_of_a_leaf_are_two() -> None:
    given = json.dumps({"note": "anna@example.org and +7 900 000-00-01"}).encode()
    assert [one["kind"] for one in lines(run("-", "--jsonl", given=given))] == ["email", "phone"]


def test_csv_is_read_by_its_header(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("фио,сумма\nПетрова Анна,100\nКто-то Неважно,5\n", encoding="utf-8")
    assert [(one["place"], one["kind"]) for one in lines(run(str(file), "--jsonl"))] == [
        ("line 2: фио", "person.name"),
        ("line 3: фио", "person.name"),
    ]


@pytest.mark.parametrize("syntax", ["text", "csv"])
def test_the_syntax_may_be_told(syntax: str) -> None:
    result = run("-", "--as", syntax, "--jsonl", given=b"email\nanna@example.org\n")
    assert [one["kind"] for one in lines(result)] == ["email"]


def test_people_see_the_text_and_a_table() -> None:
    result = run("-", given="меня зовут Анна Петрова".encode())
    assert result.exit_code == 0
    assert "меня зовут Анна Петрова" in result.output
    assert "person.name" in result.output


def test_people_see_a_table_of_json() -> None:
    result = run("-", given=b'{"email": "anna@example.org"}')
    assert "email" in result.output
    assert "{" not in result.output


OWN = r"""
version: 1
pack: own
kinds:
  room:
    category: personal
    fields: room_no
    find: {pattern: 'к-\d{4}', yes: К-0412, no: К-041}
"""


def test_kinds_of_the_rules_are_found_and_told(tmp_path: Path) -> None:
    rules = tmp_path / "own.yaml"
    rules.write_text(OWN)
    (found,) = lines(run("-", "--jsonl", "--rules", str(rules), given="ключ от К-0412".encode()))
    assert (found["kind"], found["evidence"], found["type"]) == ("room", "a pattern of the rules", "")
    (told,) = lines(run("-", "--jsonl", "--rules", str(rules), given=b'{"roomNo": 412}'))
    assert (told["kind"], told["evidence"]) == ("room", "the name of the field")
    assert "room" in run("-", "--rules", str(rules), given="ключ от К-0412".encode()).output


def test_rules_that_cannot_be_used_are_said_to_be_wrong(tmp_path: Path) -> None:
    rules = tmp_path / "own.yaml"
    rules.write_text(OWN.replace("{4}", "+"))
    said = run("-", "--rules", str(rules), given=b"x")
    assert (said.exit_code, "GW-R450" in said.output) == (1, True)


def test_a_semicolon_parts_cells_too() -> None:
    given = "имя;телефон;сумма\nПётр;+7 900 000-01-23;12\n".encode()
    assert [(one["place"], one["kind"]) for one in lines(run("-", "--as", "csv", "--jsonl", given=given))] == [
        ("line 2: имя", "person.first"),
        ("line 2: телефон", "phone"),
    ]


def test_lines_of_json_are_read_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"email": "anna@example.org"}\n\n{"n": 1, "phone": "+7 900 000-01-23"}\n')
    assert [one["place"] for one in lines(run(str(file), "--jsonl"))] == ["line 1: email", "line 3: phone"]


def test_the_evidence_is_told_in_words() -> None:
    (found,) = lines(run("-", "--jsonl", given='{"паспорт": {"n": "4510 123456"}}'.encode()))
    assert "passport" in str(found["kind"])
    (typo,) = lines(run("-", "--jsonl", given="снлис 11223344595".encode()))
    assert typo["because"] == ["its shape", "its check digits or form hold", "near a mistyped word"]
