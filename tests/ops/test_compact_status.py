"""``pii-gateway vault compact`` and ``status``."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli import vault_progress
from tests.contracts.people import HandClock
from tests.ops.homes import Home

MANY = "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"


def litter(home: Home) -> None:
    """Much is kept, and deleted again."""
    if home.vault.startswith("sqlite:"):
        home.execute(f"{MANY} INSERT INTO shown (session, token, until) SELECT zeroblob(32), 'a' || i, 1 FROM n;")
        home.execute("DELETE FROM shown;")
    else:
        home.execute(
            "INSERT INTO shown (session, token, until) SELECT '', 'a' || i, 1 FROM generate_series(1, 60000) i"
        )
        home.execute("DELETE FROM shown")


def test_space_is_given_back_and_nothing_else(home: Home) -> None:
    before = home.rows("SELECT id, sealed, names FROM record ORDER BY id")
    litter(home)
    [big] = [one["bytes"] for one in home.told("status") if one["store"] == "vault"]
    done = home.run("vault", "compact")
    [small] = [one["bytes"] for one in home.told("status") if one["store"] == "vault"]
    assert (done.exit_code, small < big * 0.7) == (0, True), done.output
    assert home.rows("SELECT id, sealed, names FROM record ORDER BY id") == before
    assert "whole: nothing is wrong" in home.run("vault", "check").output


def test_a_file_in_use_is_not_written_anew(on_files: Home) -> None:
    program = (
        "import sqlite3, sys\n"
        "vault = sqlite3.connect(sys.argv[1])\n"
        "vault.execute('SELECT count(*) FROM record').fetchone()\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(on_files.file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        told = on_files.run("vault", "compact")
        other.communicate()
    assert (told.exit_code, "GW-V145" in told.output) == (1, True)


def test_what_a_killed_attempt_left_is_taken_away(on_files: Home) -> None:
    left = on_files.folder / ".ru.db.compacting"
    left.write_bytes(b"half a file")
    assert on_files.run("vault", "compact").exit_code == 0
    assert not left.exists()


def test_a_gateway_opens_a_file_that_was_written_anew(on_files: Home) -> None:
    on_files.run("vault", "compact")
    connection = sqlite3.connect(on_files.file)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert on_files.run("vault", "status").exit_code == 0
    assert on_files.file.stat().st_mode & 0o777 == 0o600


def test_status_counts_what_there_is(home: Home) -> None:
    vault, *_ = home.told("status")
    [(records,)] = home.rows("SELECT count(*) FROM record")
    assert (vault["ok"], vault["records"], vault["counts"]["record"]) == (True, records, records)
    assert (vault["records_day"], vault["records_week"]) == (records, records)
    assert vault["newest_ms"] >= vault["oldest_ms"] > 1_790_000_000_000
    assert vault["bytes_a_day"] > 0
    assert vault["commits"]["groups"] > 0


def test_status_tells_what_waits_for_the_purge(home: Home) -> None:
    home.execute("UPDATE record SET expires = 1")
    vault, *_ = home.told("status")
    assert vault["due"] == vault["records"]
    assert "wait for the next purge" in home.run("vault", "status").output


def test_status_tells_of_the_key_store(on_files: Home) -> None:
    _, keys = on_files.told("status")
    connection = sqlite3.connect(on_files.keys)
    [(count,)] = connection.execute("SELECT count(*) FROM data_key").fetchall()
    connection.close()
    assert (keys["store"], keys["people"]) == ("data key store", count)


def test_status_of_a_damaged_file_says_so(on_files: Home) -> None:
    on_files.file.write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    told = on_files.run("vault", "status")
    assert (told.exit_code, "GW-V106" in told.output) == (1, True)


def test_lines_tell_now_and_then_where_nobody_looks_at_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    clock = HandClock()
    with vault_progress.progression(clock) as shown:
        shown.begin("records", 30, "rows")
        shown.more(10)
        clock.pass_s(11)
        shown.more(10)
        shown.more(10)
    assert capsys.readouterr().err.splitlines() == ["records: 20 of 30 rows", "records: 30 of 30 rows"]


def test_a_bar_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with vault_progress.progression(HandClock()) as shown:
        shown.begin("records", 2**20, "B")
        shown.at(2**20)
    assert "records" in capsys.readouterr().err


def test_whoever_interrupts_asks_for_the_next_page_to_be_the_last(on_files: Home, tmp_path: Path) -> None:
    clock = HandClock()
    with vault_progress.progression(clock) as shown:
        shown.stop()
        assert shown.stopped
