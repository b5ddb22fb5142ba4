"""Files cut between their rows: over all parts nothing is read twice and nothing is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.import_files import ImportFiles
from gateway.adapters.tables import CsvTable, JsonlTable
from gateway.model.table import Import, Mark, Part, Reject, Row

HEAD = b"id,name,note\n"
LINES = (
    b"1,Anna,x\n",
    b'2,"Anna\nMaria",y\n',
    b"\n",
    b'3,"open,z\n',
    b'4,"a""b"\n',
    b'5,x"y,"q\n\n",1\n',
    b"6,c,d\r\n",
)
JSON_LINES = (b'{"id":1}\n', b"\n", b'{"id":2,"name":"Anna"}\n', b"{not json\n")


async def seen(table: CsvTable | JsonlTable) -> list[tuple[int, bytes, int, str]]:
    """Line, bytes, end and fault of every row: all but its number, which each part counts for itself."""
    rows: list[Row] = []
    while more := await table.read(3):
        rows += more
    await table.aclose()
    return [(row.line, row.raw, row.end, row.fault) for row in rows]


@given(lines=st.lists(st.sampled_from(LINES), max_size=12), count=st.integers(1, 5), ends=st.booleans())
async def test_the_parts_of_a_csv_file_are_all_of_it(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], count: int, *, ends: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "parts.csv"
    path.write_bytes((HEAD + b"".join(lines)).removesuffix(b"" if ends else b"\n"))

    def at(mark: Mark, until: int | None = None) -> CsvTable:
        return CsvTable(path, columns={}, id_column="id", mark=mark, until=until)

    whole = at(Mark())
    parts = whole.parts(count)
    await whole.aclose()
    read = [row for part in parts for row in await seen(at(Mark(source=part.begin, line=part.line), part.end))]
    assert read == await seen(at(Mark()))


@given(lines=st.lists(st.sampled_from(JSON_LINES), max_size=12), count=st.integers(1, 5))
async def test_the_parts_of_a_file_of_json_lines_are_all_of_it(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], count: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "parts.jsonl"
    path.write_bytes(b"".join(lines))

    def at(mark: Mark, until: int | None = None) -> JsonlTable:
        return JsonlTable(path, id_member="id", mark=mark, until=until)

    whole = at(Mark())
    parts = whole.parts(count)
    await whole.aclose()
    read = [row for part in parts for row in await seen(at(Mark(source=part.begin, line=part.line), part.end))]
    assert read == await seen(at(Mark()))


async def test_a_large_file_is_cut_into_parts_of_about_a_size(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(HEAD + LINES[0] * 1000)
    table = CsvTable(tmp_path / "table.csv", columns={}, id_column=None, mark=Mark())
    parts = table.parts(4)
    await table.aclose()
    assert [round((part.end - part.begin) / len(LINES[0])) for part in parts] == [250] * 4
    assert [part.line for part in parts] == [2, 252, 502, 752]


# ----------------------------------------------------------------------------------------------------- their files

PARTS = (Part(0, 5, 1), Part(5, 9, 2))


def taken(whole: ImportFiles, number: int) -> ImportFiles:
    """The files of a part that is done."""
    with whole.part(number) as part:
        part.begin(Import("ab" * 32, 500), Mark())
        part.add(b"%d,x\n" % number, [Reject(7 + number, "GW-I101")], Mark(rows=2, done=True))
    return part


def test_the_twins_of_parts_are_joined_in_their_order(tmp_path: Path) -> None:
    with ImportFiles(tmp_path / "twin.csv") as copy:
        copy.begin(Import("ab" * 32, 500, parts=PARTS), Mark(), b"id,x\n")
        mark = copy.join([taken(copy, 0), taken(copy, 1)], Mark(rows=4, done=True))
    assert (tmp_path / "twin.csv").read_text() == "id,x\n0,x\n1,x\n"
    assert (tmp_path / "twin.csv.rejects.csv").read_text() == "line,code\n7,GW-I101\n8,GW-I101\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "twin.csv",
        "twin.csv.journal",
        "twin.csv.rejects.csv",
    ]
    assert (mark.twin, mark.done) == (13, True)


def test_a_joining_that_was_stopped_begins_anew(tmp_path: Path) -> None:
    with ImportFiles(tmp_path / "twin.csv") as copy:
        copy.begin(Import("ab" * 32, 500, parts=PARTS), Mark(), b"id,x\n")
        parts = [taken(copy, 0), taken(copy, 1)]
    with (tmp_path / "twin.csv").open("a") as twin:
        twin.write("0,x\n1")
    with ImportFiles(tmp_path / "twin.csv") as copy:
        what, mark = copy.resume()
        copy.join(parts, Mark(rows=4, done=True))
    assert (what.parts, mark.done) == (PARTS, False)
    assert (tmp_path / "twin.csv").read_text() == "id,x\n0,x\n1,x\n"


def test_a_part_whose_making_was_cut_short_is_not_begun(tmp_path: Path) -> None:
    part = ImportFiles(tmp_path / "twin.csv").part(0)
    before = part.begun
    part.journal.write_text('{"name":')
    assert (before, part.begun) == (False, False)
