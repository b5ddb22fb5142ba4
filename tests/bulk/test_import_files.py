"""Twin, rejects and journal stay in step."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.adapters.import_files import ImportFiles
from gateway.model.errors import GatewayError
from gateway.model.table import Import, Mark, Reject

WHAT = Import("ab" * 32, 500, {"source": "s"})


def code_of(folder: Path, *, resume: bool) -> str:
    with pytest.raises(GatewayError) as told, ImportFiles(folder / "twin.csv") as copy:
        copy.resume() if resume else copy.begin(WHAT, Mark())
    return told.value.code


def test_what_is_marked_is_found_again(tmp_path: Path) -> None:
    with ImportFiles(tmp_path / "twin.csv") as copy:
        copy.begin(WHAT, Mark(at_ms=5), b"a,b\n")
        copy.add(b"1,2\n", [Reject(3, "GW-I101")], Mark(rows=2, source=9, at_ms=6, tally={"rows": 2}))
    with ImportFiles(tmp_path / "twin.csv") as copy:
        what, mark = copy.resume()
    assert what == WHAT
    assert mark == Mark(rows=2, source=9, twin=8, rejects=20, at_ms=6, tally={"rows": 2})


def test_what_is_behind_the_mark_is_cut_off(tmp_path: Path) -> None:
    with ImportFiles(tmp_path / "twin.csv") as copy:
        copy.begin(WHAT, Mark(), b"a,b\n")
        copy.add(b"1,2\n", [], Mark(rows=1))
    for name in ("twin.csv", "twin.csv.rejects.csv", "twin.csv.journal"):
        with (tmp_path / name).open("a") as file:
            file.write('{"torn')
    with ImportFiles(tmp_path / "twin.csv") as copy:
        copy.resume()
        copy.add(b"3,4\n", [], Mark(rows=2))
    assert (tmp_path / "twin.csv").read_text() == "a,b\n1,2\n3,4\n"
    assert (tmp_path / "twin.csv.rejects.csv").read_text() == "line,code\n"
    with ImportFiles(tmp_path / "twin.csv") as copy:
        assert copy.resume()[1].rows == 2


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    with ImportFiles(tmp_path / "twin.csv") as copy:
        copy.begin(WHAT, Mark())
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("name", ["twin.csv", "twin.csv.rejects.csv", "twin.csv.journal"])
def test_nothing_that_is_there_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    assert code_of(tmp_path, resume=False) == "GW-I110"
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize("journal", [None, "", "{}\n", '{"name": "x"', "[]\n[]\n"])
def test_without_a_journal_nothing_is_resumed(tmp_path: Path, journal: str | None) -> None:
    if journal is not None:
        (tmp_path / "twin.csv.journal").write_text(journal)
    assert code_of(tmp_path, resume=True) == "GW-I111"


def test_a_twin_that_is_shorter_than_marked_is_not_gone_on_with(tmp_path: Path) -> None:
    with ImportFiles(tmp_path / "twin.csv") as copy:
        copy.begin(WHAT, Mark(), b"a,b\n")
    (tmp_path / "twin.csv").write_text("a")
    assert code_of(tmp_path, resume=True) == "GW-I111"


def test_two_imports_do_not_write_one_twin(tmp_path: Path) -> None:
    with ImportFiles(tmp_path / "twin.csv") as copy:
        copy.begin(WHAT, Mark())
        assert code_of(tmp_path, resume=True) == "GW-I113"


def test_a_disk_without_room_is_told(tmp_path: Path) -> None:
    twin = tmp_path / "twin.csv"
    with ImportFiles(twin) as copy:
        copy.begin(WHAT, Mark())
        os.close(copy._open[twin])
        copy._open[twin] = os.open("/dev/full", os.O_RDWR)
        with pytest.raises(GatewayError) as told:
            copy.add(b"1,2\n", [], Mark(rows=1))
    assert told.value.code == "GW-I131"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none", resume=False) == "GW-I131"
