"""``pii-gateway detect``: what it prints for text, JSON and CSV."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.cli.detect import detect_command


def run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(detect_command, list(arguments), input=given)


def started(*arguments: str, given: bytes = b"") -> Result:
    """As from a shell: errors of the gateway's own are told in words."""
    return CliRunner().invoke(main, ["detect", *arguments], input=given)


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


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
        "tier": "patterns",
        "evidence": "RFC 5321, RFC 6531 (international addresses), without quoted local parts",
        "because": ["its shape", "its check digits or form hold"],
        "runners_up": [],
    }


def test_the_tier_that_found_it_is_told() -> None:
    given = {"fio": "Королёв Пётр", "a": "звонил Пётр Королёв, +7 900 000-01-23", "b": "у Королёва нет связи"}
    found = lines(run("-", "--jsonl", given=json.dumps(given, ensure_ascii=False).encode()))
    assert [(one["place"], one["tier"]) for one in found] == [
        ("fio", "field names"),
        ("a", "words"),
        ("a", "patterns"),
        ("b", "names again"),
    ]


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


RUSSIAN = "Меня зовут Иванов Пётр, я живу в Москве на улице Ленина, звоните мне по телефону +7 900 000-01-23."


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "utf-16", "utf-8-sig"])
def test_what_is_not_utf_8_is_read_all_the_same(charset: str) -> None:
    given = RUSSIAN.encode(charset)
    found = lines(run("-", "--jsonl", "--values", given=given))
    assert {"Иванов Пётр", "+7 900 000-01-23"} <= {str(one["text"]) for one in found}


def test_a_charset_may_be_told() -> None:
    given = "имя: Пётр".encode("cp866")
    assert run("-", "--jsonl", "--charset", "cp866", "--as", "text", given=given).exit_code == 0
    assert "GW-P102" in started("-", "--charset", "ascii", given=given).output
    assert "GW-P102" in started("-", "--charset", "no-such-charset", given=given).output


@pytest.mark.parametrize("name", ["x.bin", "x.csv", "x.json", "x.txt"])
def test_what_is_no_text_is_said_to_be_none(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(bytes(range(256)) * 8)
    said = started(str(file))
    assert (said.exit_code, "GW-P102" in said.output) == (1, True)


def test_a_line_that_is_no_json_is_told_and_the_others_are_read() -> None:
    given = b'{"email": "anna@example.org"}\n{"email":\n{"phone": "+7 900 000-01-23"}\n'
    said = run("-", "--as", "jsonl", "--jsonl", given=given)
    assert [one["place"] for one in lines(said)] == ["line 1: email", "line 3: phone"]
    assert (said.exit_code, "line 2: GW-P101" in said.stderr) == (1, True)


def test_lines_of_json_are_known_by_their_first_line(tmp_path: Path) -> None:
    given = b'{"email": "anna@example.org"}\n{"email": "ivan@example.org"}\n'
    (tmp_path / "export.json").write_bytes(given)
    for said in (run("-", "--jsonl", given=given), run(str(tmp_path / "export.json"), "--jsonl")):
        assert [one["place"] for one in lines(said)] == ["line 1: email", "line 2: email"]


def test_broken_json_is_refused_with_a_mend_that_fits_a_file() -> None:
    said = started("-", given=b'{"email": "anna@example.org", ')
    assert (said.exit_code, "GW-P101" in said.output, "--as text" in said.output) == (1, True, True)
    assert "anna" not in said.output


def test_keys_that_are_values_are_hidden_unless_asked_for() -> None:
    given = b'{"anna@example.org": {"note": "+7 900 000-01-23"}, "users": {"+79000000124": {"fio": "x"}}}'
    said = run("-", "--jsonl", given=given)
    assert [one["place"] for one in lines(said)] == ["*", "*.note", "users.*", "users.*.fio"]
    assert "anna@example.org" in run("-", "--jsonl", "--values", given=given).output


def test_a_table_without_a_header_line_is_read_whole_and_names_no_column() -> None:
    given = "Иванов Пётр,+79000000123\nСидорова Анна,+79000000124\n".encode()
    said = run("-", "--as", "csv", "--jsonl", given=given)
    assert len(lines(said)) == 4
    assert "Иванов" not in said.output


def test_columns_of_one_name_short_rows_and_long_ones_lose_nothing_and_invent_nothing() -> None:
    given = "fio,fio,tel,note\nИванов Пётр,Сидорова Анна\nПетров Олег,x,89000000123,y,anna@example.org\n".encode()
    found = lines(run("-", "--as", "csv", "--jsonl", "--values", given=given))
    assert [one["text"] for one in found] == [
        "Иванов Пётр",
        "Сидорова Анна",
        "Петров Олег",
        "89000000123",
        "anna@example.org",
    ]


def test_a_separator_inside_quotes_parts_nothing() -> None:
    given = '"Фамилия, имя, отчество";"тел"\n"Иванов\nПётр";"2-34-56"\n'.encode()
    found = lines(run("-", "--as", "csv", "--jsonl", given=given))
    assert [(one["place"], one["kind"]) for one in found] == [
        ('line 2: "Фамилия, имя, отчество"', "person.name"),
        ("line 2: тел", "phone"),
    ]


def test_a_cell_may_be_long() -> None:
    given = b"a,note\n1," + b"x" * 200_000 + b" anna@example.org\n"
    assert [one["kind"] for one in lines(run("-", "--as", "csv", "--jsonl", given=given))] == ["email"]


def test_more_texts_than_a_request_may_have() -> None:
    given = json.dumps([{"email": "anna@example.org"}] * 60_000).encode()
    assert len(lines(run("-", "--jsonl", given=given))) == 60_000


@pytest.mark.parametrize(
    "given", ["Анна Петрова \x1b[2J\x07\u202e", '{"fio": "Анна \\u001b[2J Петрова", "\\u001b]0;x": "a@example.org"}']
)
def test_a_terminal_is_not_told_to_do_anything(given: str) -> None:
    said = run("-", given=given.encode())
    assert "�" in said.output
    assert {"\x1b", "\x07", "\u202e"}.isdisjoint(said.output)


def test_many_finds_take_time_in_proportion() -> None:
    line = "Иванов Пётр, тел. +7 900 000-01-23, паспорт 4510 123456\n"

    def seconds(times: int) -> float:
        given = (line * times).encode()
        begun = process_time()
        run("-", "--as", "text", "--jsonl", given=given)
        return process_time() - begun

    seconds(10)
    assert min(seconds(1600) for _ in range(3)) < 8 * min(seconds(400) for _ in range(3))


@pytest.mark.parametrize("given", [b"", b" \n"])
@pytest.mark.parametrize("syntax", ["text", "json", "jsonl", "csv"])
def test_nothing_holds_nothing(given: bytes, syntax: str) -> None:
    assert run("-", "--as", syntax, "--jsonl", given=given).output == ""
