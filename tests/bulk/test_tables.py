"""Tables read as messages, and written again with nothing touched but what changed."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TypedDict, Unpack

import pytest

from gateway.adapters.tables import CsvTable, JsonlTable
from gateway.model.errors import GatewayError, PayloadError
from gateway.model.table import Mark, Row

START = Mark()


class Options(TypedDict, total=False):
    """What a test says of a CSV file."""

    columns: dict[str, str]
    id_column: str | None
    encoding: str
    mark: Mark


OPEN: list[CsvTable | JsonlTable] = []


@pytest.fixture(autouse=True)
async def _closed() -> AsyncGenerator[None]:
    yield
    while OPEN:
        await OPEN.pop().aclose()


def table(folder: Path, content: str | bytes, **options: Unpack[Options]) -> CsvTable:
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    given: Options = {"columns": {}, "id_column": None, "mark": START, **options}
    opened = CsvTable(path, **given)
    OPEN.append(opened)
    return opened


async def rows_of(folder: Path, content: str | bytes, **options: Unpack[Options]) -> list[Row]:
    return list(await table(folder, content, **options).read(1000))


async def bodies(folder: Path, content: str | bytes, **options: Unpack[Options]) -> list[object]:
    return [json.loads(row.body) if not row.fault else row.fault for row in await rows_of(folder, content, **options)]


async def changed(folder: Path, content: str, **new: object) -> str:
    """The first row of a table whose body got other members."""
    opened = table(folder, content)
    [row] = await opened.read(1)
    body = {**json.loads(row.body), **new}
    return opened.outward(row, json.dumps(body).encode()).decode()


async def test_a_row_is_a_json_body_under_the_names_of_its_columns(tmp_path: Path) -> None:
    assert await bodies(tmp_path, "a,b\n1,x\n") == [{"a": "1", "b": "x"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
async def test_the_delimiter_is_the_one_the_header_has(tmp_path: Path, delimiter: str) -> None:
    assert await bodies(tmp_path, f"a{delimiter}b\n1{delimiter}x y\n") == [{"a": "1", "b": "x y"}]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('"x, y",z', ["x, y", "z"]),
        ('"say ""hi""",z', ['say "hi"', "z"]),
        ('"two\nlines",z', ["two\nlines", "z"]),
        ('"",', ["", ""]),
        (",", ["", ""]),
        ('a,"b"', ["a", "b"]),
    ],
)
async def test_quotes_are_read_as_everybody_writes_them(tmp_path: Path, row: str, says: list[str]) -> None:
    assert await bodies(tmp_path, f"a,b\n{row}\n") == [dict(zip("ab", says, strict=True))]


async def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    assert await bodies(tmp_path, 'a,b\r\n1,2\r\n3,"4"') == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


async def test_a_mark_of_the_byte_order_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert await bodies(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n") == [{"a": "1", "b": "2"}]


async def test_another_encoding_is_read_when_it_is_named(tmp_path: Path) -> None:
    content = "имя,b\nАнна,2\n".encode("windows-1251")
    assert await bodies(tmp_path, content, encoding="windows-1251") == [{"имя": "Анна", "b": "2"}]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b"1\n", "GW-I101"),
        (b"1,2,3\n", "GW-I101"),
        (b'1,"2"x\n', "GW-I102"),
        (b"1,2\r3\n", "GW-I102"),
        (b"1,2\r\r\n", "GW-I102"),
        (b"1,\xff\n", "GW-I103"),
    ],
)
async def test_a_malformed_row_has_a_code_and_costs_no_other(tmp_path: Path, row: bytes, code: str) -> None:
    assert await bodies(tmp_path, b"a,b\n" + row + b"5,6\n") == [code, {"a": "5", "b": "6"}]


async def test_a_quote_that_nobody_closes_costs_one_line(tmp_path: Path) -> None:
    assert await bodies(tmp_path, 'a,b\n1,"2\n3,4\n5,6\n') == ["GW-I102", {"a": "3", "b": "4"}, {"a": "5", "b": "6"}]


async def test_two_stray_quotes_cost_two_lines(tmp_path: Path) -> None:
    found = await bodies(tmp_path, 'a,b\n1,5" disk\n3,4\n5,6" disk\n7,8\n')
    assert found == ["GW-I102", {"a": "3", "b": "4"}, "GW-I102", {"a": "7", "b": "8"}]


async def test_rows_say_in_which_line_they_begin(tmp_path: Path) -> None:
    rows = await rows_of(tmp_path, 'a,b\n1,"x\ny"\n\n3,4\n')
    assert [(row.number, row.line) for row in rows] == [(1, 2), (2, 5)]


async def test_reading_goes_on_behind_a_mark(tmp_path: Path) -> None:
    content = 'a,b\n1,"x\ny"\n\n3,4\n5,6\n'
    first = (await rows_of(tmp_path, content))[0]
    rest = await rows_of(tmp_path, content, mark=Mark(rows=1, line=first.line + 2, source=first.end))
    assert [(row.number, row.line, json.loads(row.body)["a"]) for row in rest] == [(2, 5, "3"), (3, 6, "5")]


async def test_columns_stand_where_they_are_told_to(tmp_path: Path) -> None:
    columns = {"mail": "body.user.email", "name": "body.user.name", "id": "path.id"}
    [row] = await rows_of(tmp_path, "id,mail,name,c\n7,m,n,x\n", columns=columns, id_column="id")
    assert json.loads(row.body) == {"user": {"email": "m", "name": "n"}, "c": "x"}
    assert (row.places, row.reference) == ({"id": "7"}, "7")


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("a,b", {"c": "body.c"}),
        ("a,b", {"a": "body.x", "b": "body.x.y"}),
        ("a,b", {"a": "body.x", "b": "body.x"}),
        ("a,b", {"a": "headers.x"}),
        ("a,b", {"a": "body"}),
        ("a,b", {"a": "path.x.y"}),
    ],
)
def test_columns_that_stand_nowhere_are_refused(tmp_path: Path, head: str, columns: dict[str, str]) -> None:
    with pytest.raises(GatewayError) as told:
        table(tmp_path, head + "\n", columns=columns)
    assert told.value.code == "GW-I114"


@pytest.mark.parametrize("head", ["", "a,a", "a,", "\n"])
def test_a_header_without_clear_names_is_refused(tmp_path: Path, head: str) -> None:
    with pytest.raises(GatewayError) as told:
        table(tmp_path, head + "\n")
    assert told.value.code == "GW-I130"


def test_a_header_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match="not utf-8"):
        table(tmp_path, "имя\n".encode("windows-1251"))


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(GatewayError) as told:
        CsvTable(tmp_path / "none.csv", columns={}, id_column=None, mark=Mark())
    assert told.value.code == "GW-I130"


@pytest.mark.parametrize(
    ("row", "new", "written"),
    [
        ("1, x ,é\r\n", {}, "1, x ,é\r\n"),
        ('1,"x",é\r\n', {"c": "t"}, '1,"x",t\r\n'),
        ('1,"x",é\r\n', {"b": "t"}, '1,"t",é\r\n'),
        ("1,x,y", {"b": "t,u"}, '1,"t,u",y'),
        ("1,x,y\n", {"b": 'say "t"'}, '1,"say ""t""",y\n'),
        ("1,x,y\n", {"b": None}, "1,,y\n"),
        ('1,"x",y\n', {"b": None}, '1,"",y\n'),
    ],
)
async def test_only_changed_cells_are_spelt_anew(
    tmp_path: Path, row: str, new: dict[str, object], written: str
) -> None:
    assert await changed(tmp_path, "a,b,c\n" + row, **new) == written


async def test_a_row_whose_id_was_changed_is_not_written(tmp_path: Path) -> None:
    opened = table(tmp_path, "id,b\n1,x\n", id_column="id")
    [row] = await opened.read(1)
    with pytest.raises(PayloadError, match="GW-I106"):
        opened.outward(row, b'{"id":"t","b":"x"}')


async def test_a_token_that_the_encoding_does_not_have_is_not_written(tmp_path: Path) -> None:
    opened = table(tmp_path, "a,b\n1,x\n", encoding="iso-8859-1")
    [row] = await opened.read(1)
    with pytest.raises(PayloadError, match="GW-I107"):
        opened.outward(row, '{"a":"1","b":"ъ"}'.encode())


# ----------------------------------------------------------------------------------------------------------- JSON lines


def lines(folder: Path, content: str, *, id_member: str | None = None, mark: Mark = START) -> JsonlTable:
    path = folder / "table.jsonl"
    path.write_text(content)
    opened = JsonlTable(path, id_member=id_member, mark=mark)
    OPEN.append(opened)
    return opened


async def test_a_line_is_the_body_as_it_is(tmp_path: Path) -> None:
    rows = await lines(tmp_path, '{"a": 1.10}\r\n\n{"b": [1]}').read(10)
    assert [(row.number, row.line, row.body) for row in rows] == [(1, 1, b'{"a": 1.10}'), (2, 3, b'{"b": [1]}')]


async def test_a_changed_line_keeps_its_end(tmp_path: Path) -> None:
    opened = lines(tmp_path, '{"a": 1}\r\n')
    [row] = await opened.read(1)
    assert opened.outward(row, b'{"a": 2}') == b'{"a": 2}\r\n'


@pytest.mark.parametrize(
    ("line", "reference"),
    [('{"user": {"id": 7}}', "7"), ('{"user": {"id": "x"}}', "x"), ('{"user": []}', None), ("{", None)],
)
async def test_a_lines_id_is_the_member_that_was_named(tmp_path: Path, line: str, reference: str | None) -> None:
    [row] = await lines(tmp_path, line + "\n", id_member="user.id").read(1)
    assert row.reference == reference


async def test_a_line_whose_id_was_changed_is_not_written(tmp_path: Path) -> None:
    opened = lines(tmp_path, '{"id": 7}\n', id_member="id")
    [row] = await opened.read(1)
    with pytest.raises(PayloadError, match="GW-I106"):
        opened.outward(row, b'{"id": 8}')


async def test_lines_go_on_behind_a_mark(tmp_path: Path) -> None:
    [row] = await lines(tmp_path, '{"a":1}\n{"a":2}\n', mark=Mark(rows=1, line=2, source=8)).read(9)
    assert (row.number, row.line, row.body) == (2, 2, b'{"a":2}')


def test_lines_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(GatewayError) as told:
        JsonlTable(tmp_path / "none.jsonl", id_member=None, mark=Mark())
    assert told.value.code == "GW-I130"
