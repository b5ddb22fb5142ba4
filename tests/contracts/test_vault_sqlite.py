"""What only the SQLite vault promises: one file, group commit, what it does when a caller or an entry goes wrong."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import stat
import threading
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from gateway.adapters.vault_sqlite import SqliteVault, file
from gateway.adapters.vault_sqlite.file import DATA_KEYS, HomeFile
from gateway.model.errors import WorldError
from gateway.model.kept import Batch, Fetch, Recall, Seek, Settlement
from gateway.model.names import ELSEWHERE, Region, Token
from tests.contracts.people import (
    ANNA,
    BORIS,
    CRM,
    EMAIL,
    RU,
    VERA,
    HandClock,
    blind,
    email,
    entry,
    fio,
    keep,
    known,
    name_of,
    only,
    phone,
    phone_name,
    record,
    ref_of,
)

R1, R2 = record(1), record(2)


def made(folder: Path, *, region: Region = RU, timeout_s: float = 2.0, group: int = 256) -> SqliteVault:
    return SqliteVault(folder / "ru.db", region, clock=HandClock(), ref_of=ref_of, timeout_s=timeout_s, group=group)


def row(path: Path, sql: str) -> object:
    """The first value of a query of another connection."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchone()[0]
    finally:
        connection.close()


# ---------------------------------------------------------------------------------------------------------- the file


async def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    first = made(tmp_path)
    await first.start()
    await first.keep(only(keep(R1, ANNA, fio(R1))))
    await first.close()
    second = made(tmp_path)
    await second.start()
    assert list((await second.fetch(Fetch(tokens=(name_of(R1, 2),)))).records) == [R1]
    await second.close()


async def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    vault = made(tmp_path / "var")
    await vault.start()
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "var").iterdir()}
    await vault.close()
    assert modes == {f"ru.db{suffix}": 0o600 for suffix in ("", "-wal", "-shm", "-queue", "-turn")}


async def test_nothing_of_the_making_is_left(tmp_path: Path) -> None:
    vault = made(tmp_path)
    await vault.start()
    await vault.close()
    assert [path.name for path in tmp_path.iterdir()] == ["ru.db"]


async def test_two_that_start_at_once_share_one_file(tmp_path: Path) -> None:
    clock = HandClock()
    one, other = (SqliteVault(tmp_path / "ru.db", RU, clock=clock, ref_of=ref_of) for _ in range(2))
    await asyncio.gather(one.start(), other.start())
    await one.keep(only(keep(R1, ANNA, fio(R1))))
    assert list((await other.fetch(Fetch(records=(R1,)))).records) == [R1]
    await one.close()
    await other.close()


async def test_of_two_that_make_the_file_at_once_one_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await started_and_closed(tmp_path)
    monkeypatch.setattr(Path, "exists", lambda self: False)
    await started_and_closed(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ru.db"]


async def started_and_closed(folder: Path) -> None:
    vault = made(folder)
    await vault.start()
    await vault.close()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "GW-V110"), (b"not a database, but longer than its head" * 20, "GW-V106")],
    ids=["empty", "text"],
)
async def test_a_file_that_is_no_vault_is_not_touched(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "ru.db").write_bytes(content)
    with pytest.raises(WorldError, match=code):
        await made(tmp_path).start()
    assert (tmp_path / "ru.db").read_bytes() == content


async def test_a_vault_of_another_region_is_refused(tmp_path: Path) -> None:
    await started_and_closed(tmp_path)
    with pytest.raises(WorldError, match=r"GW-V110 .*not of region kz"):
        await made(tmp_path, region=Region("kz")).start()


async def test_a_vault_of_a_later_layout_is_refused(tmp_path: Path) -> None:
    await started_and_closed(tmp_path)
    connection = sqlite3.connect(tmp_path / "ru.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(WorldError, match=r"GW-V110 .*layout 99"):
        await made(tmp_path).start()


async def test_data_keys_are_not_taken_for_a_vault(tmp_path: Path) -> None:
    HomeFile(tmp_path / "ru.db", DATA_KEYS, RU, 1.0).make(0, "x")
    with pytest.raises(WorldError, match="GW-V110"):
        await made(tmp_path).start()


async def test_a_place_where_no_file_can_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "var").write_bytes(b"a file")
    with pytest.raises(WorldError, match="GW-V108"):
        await made(tmp_path / "var").start()


async def test_an_old_sqlite_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(WorldError, match=r"GW-V108 .*SQLite"):
        await made(tmp_path).start()


async def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    vault = made(tmp_path)
    await vault.start()
    await vault.keep(only(*(keep(record(n), ANNA, fio(record(n))) for n in range(200))))
    await vault.close()
    with (tmp_path / "ru.db").open("r+b") as home:
        home.seek(4096)
        home.write(b"\xff" * 4096 * 40)
    damaged = made(tmp_path)
    with pytest.raises(WorldError, match="GW-V106"):  # noqa: PT012 - whichever of them meets a damaged page first
        await damaged.start()
        await damaged.fetch(Fetch(records=tuple(record(n) for n in range(200))))
    await damaged.close()


async def test_every_connection_is_durable_and_careful(sqlite: SqliteVault) -> None:
    await sqlite.keep(only(keep(R1, ANNA, fio(R1))))

    def pragmas(connection: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "secure_delete", "cell_size_check", "trusted_schema", "temp_store")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    wanted = ["wal", 2, 1, 1, 0, 2]
    assert [await sqlite._writer.write(pragmas), sqlite._reader.read_now(pragmas)] == [wanted, wanted]


async def test_a_read_connection_can_not_write(sqlite: SqliteVault) -> None:
    with pytest.raises(WorldError, match="GW-V105"):
        sqlite._reader.read_now(lambda connection: connection.execute("DELETE FROM record"))


async def test_the_log_is_carried_into_the_file(sqlite: SqliteVault) -> None:
    for turn in range(10):
        batches = [only(keep(record(n), ANNA, email(record(n), f"{n}"))) for n in range(turn * 400, turn * 400 + 400)]
        await asyncio.gather(*(sqlite.keep(batch) for batch in batches))
    assert sqlite.path.stat().st_size > 1_000_000


def test_every_statement_is_used_and_every_used_one_is_there() -> None:
    package = files("gateway.adapters.vault_sqlite")
    sources = [path.read_text() for path in package.iterdir() if path.name.endswith(".py")]
    scripts = [path.read_text() for path in (package / "sql").iterdir()]
    named = {name for text in scripts for name in re.findall(r"(?m)^-- name: (\w+)$", text)}
    used = {name for text in sources for name in re.findall(r"_(?:SQL|FILE)\[\"(\w+)\"\]", text)}
    told = {name for text in sources for name in re.findall(r"\"(\w+)\"", text)}
    families = tuple(family for text in sources for family in re.findall(r"\(f\"(\w+_)\{\w+\}\",", text))
    assert {name for name in named - told if not name.startswith(families)} == set()
    assert used <= named


# ------------------------------------------------------------------------------------------------------ group commit


async def test_concurrent_callers_share_a_commit(sqlite: SqliteVault) -> None:
    batches = [only(keep(record(n), ANNA, email(record(n), f"{n}"))) for n in range(100)]
    await asyncio.gather(*(sqlite.keep(batch) for batch in batches))
    assert sqlite.counters.entries == 100
    assert sqlite.counters.commits < 20
    assert sqlite.counters.largest_group > 10


async def test_a_group_is_no_larger_than_told(tmp_path: Path) -> None:
    vault = made(tmp_path, group=4)
    await vault.start()
    await asyncio.gather(*(vault.keep(only(keep(record(n), ANNA, fio(record(n))))) for n in range(20)))
    await vault.close()
    assert vault.counters.largest_group == 4


async def test_rows_are_counted(sqlite: SqliteVault) -> None:
    await sqlite.keep(only(keep(R1, ANNA, email(R1, "anna"), fio(R1)), directory=(known("anna", ANNA),)))
    assert (sqlite.counters.rows, sqlite.counters.commits) == (4, 1)


async def test_a_look_up_commits_nothing(sqlite: SqliteVault) -> None:
    await sqlite.keep(Batch(seeks=(Seek(EMAIL, blind("anna"), CRM, name_of(R2, 0)),)))
    await sqlite.recall(Recall(CRM, identifiers=((EMAIL, blind("anna")),)))
    await sqlite.settle(Settlement())
    assert sqlite.counters.commits == 0


async def test_failures_are_counted_by_entry(sqlite: SqliteVault) -> None:
    await sqlite.keep(only(keep(R1, ANNA, phone("1", 7))))
    batches = [only(keep(record(n), BORIS, phone(f"{n}", 7 if n == 10 else n))) for n in range(10, 20)]
    await asyncio.gather(*(sqlite.keep(batch) for batch in batches), return_exceptions=True)
    assert (sqlite.counters.failed_entries, sqlite.counters.failed_commits) == (1, 0)


async def test_the_ledger_gets_nothing_of_a_batch_that_failed(sqlite: SqliteVault) -> None:
    with pytest.raises(WorldError, match="GW-L101"):
        await sqlite.keep(Batch((keep(R1, ANNA, fio(R1)),), entries=(entry(),)))
    assert (await sqlite.fetch(Fetch(records=(R1,)))).records == {}


async def test_a_caller_without_a_ledger_does_not_fail_its_neighbours(sqlite: SqliteVault) -> None:
    batches = [only(keep(record(n), ANNA, fio(record(n)))) for n in range(5)]
    outcomes = await asyncio.gather(
        sqlite.append([entry()]), *(sqlite.keep(batch) for batch in batches), return_exceptions=True
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["WorldError", *["Kept"] * 5]


class Gate:
    """Work that keeps the writer's thread busy until it is let go."""

    def __init__(self) -> None:
        self.entered, self.leave = threading.Event(), threading.Event()

    def __call__(self, _: sqlite3.Connection) -> None:
        self.entered.set()
        self.leave.wait(10)


async def test_a_caller_that_is_cancelled_before_its_turn_has_written_nothing(sqlite: SqliteVault) -> None:
    gate = Gate()
    blocker = asyncio.create_task(sqlite._writer.write(gate))
    await asyncio.to_thread(gate.entered.wait)
    caller = asyncio.create_task(sqlite.keep(only(keep(R1, ANNA, fio(R1)))))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.wait([caller])
    gate.leave.set()
    await blocker
    await sqlite.ready()
    assert (await sqlite.fetch(Fetch(records=(R1,)))).records == {}


async def test_a_store_that_is_too_slow_is_told(tmp_path: Path) -> None:
    vault = made(tmp_path, timeout_s=0.05)
    await vault.start()
    gate = Gate()
    blocker = asyncio.create_task(vault._writer.write(gate))
    await asyncio.to_thread(gate.entered.wait)
    with pytest.raises(WorldError, match="GW-V107"):
        await vault.keep(only(keep(R1, ANNA, fio(R1))))
    gate.leave.set()
    await asyncio.wait([blocker])
    assert isinstance(blocker.exception(), WorldError)
    await vault.close()


async def test_closing_commits_what_is_waiting(tmp_path: Path) -> None:
    vault = made(tmp_path)
    await vault.start()
    callers = [asyncio.create_task(vault.keep(only(keep(record(n), ANNA, fio(record(n)))))) for n in range(50)]
    await asyncio.sleep(0)
    await vault.close()
    await asyncio.wait(callers)
    assert row(vault.path, "SELECT count(*) FROM record") == 50


@pytest.mark.parametrize("what", ["keep", "fetch"])
async def test_a_closed_vault_takes_nothing(tmp_path: Path, what: str) -> None:
    vault = made(tmp_path)
    await vault.start()
    await vault.close()
    with pytest.raises(WorldError, match="GW-V109"):
        await (vault.keep(only(keep(R1, ANNA))) if what == "keep" else vault.fetch(Fetch(records=(R1,))))


async def test_a_vault_that_was_never_started_answers_nothing(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="GW-V10"):
        await made(tmp_path).fetch(Fetch(records=(R1,)))


async def test_a_fault_of_our_own_is_told_and_the_next_callers_are_served(sqlite: SqliteVault) -> None:
    def broken(_: sqlite3.Connection) -> None:
        raise ZeroDivisionError

    outcomes = await asyncio.gather(
        sqlite._writer.write(broken), sqlite.keep(only(keep(R1, ANNA, fio(R1)))), return_exceptions=True
    )
    await sqlite.keep(only(keep(R2, ANNA, fio(R2))))
    assert isinstance(outcomes[0], ZeroDivisionError)
    assert R2 in (await sqlite.fetch(Fetch(records=(R1, R2)))).records


def test_callers_on_a_loop_that_is_gone_harm_nobody(tmp_path: Path) -> None:
    vault = made(tmp_path)
    asyncio.run(vault.start())
    gate = Gate()

    async def leave_behind() -> None:
        waiting = asyncio.create_task(vault._writer.write(gate))
        await asyncio.to_thread(gate.entered.wait)
        waiting.cancel()

    asyncio.run(leave_behind())
    gate.leave.set()
    kept = asyncio.run(vault.keep(only(keep(R1, ANNA, fio(R1)))))
    asyncio.run(vault.close())
    assert kept.names == {(R1, 2): Token(name_of(R1, 2))}


async def test_three_people_at_once_in_one_group_share_a_value(sqlite: SqliteVault) -> None:
    gate = Gate()
    blocker = asyncio.create_task(sqlite._writer.write(gate))
    await asyncio.to_thread(gate.entered.wait)
    callers = [
        asyncio.create_task(sqlite.keep(only(keep(record(n), whose, phone("1", n, 20 + n)))))
        for n, whose in enumerate((ANNA, BORIS, VERA))
    ]
    await asyncio.sleep(0)
    gate.leave.set()
    await blocker
    names = [token for caller in callers for token in (await caller).names.values()]
    assert (len(set(names)), sqlite.counters.largest_group) == (1, 3)


async def in_one_group(vault: SqliteVault, *batches: Batch) -> list[object]:
    """What the batches are answered, all of them in one commit."""
    gate = Gate()
    blocker = asyncio.create_task(vault._writer.write(gate))
    await asyncio.to_thread(gate.entered.wait)
    callers = [asyncio.create_task(vault.keep(batch)) for batch in batches]
    await asyncio.sleep(0)
    gate.leave.set()
    await blocker
    return list(await asyncio.gather(*callers, return_exceptions=True))


async def test_a_group_looks_for_free_short_names_as_far_as_it_must(sqlite: SqliteVault) -> None:
    await sqlite.keep(only(keep(R1, ANNA, phone("1", 7, equal=False), phone("2", 8, index=3, equal=False))))
    batches = [only(keep(record(n), BORIS, phone(f"{n}", 7, 8, 9, 10, 11, equal=False))) for n in (10, 11, 12)]
    kept = await in_one_group(sqlite, *batches)
    assert [getattr(one, "names", {}).get((record(n), 1)) for n, one in zip((10, 11, 12), kept, strict=True)] == [
        phone_name(9),
        phone_name(10),
        phone_name(11),
    ]


async def test_a_group_moves_people_as_one_after_another_would(sqlite: SqliteVault) -> None:
    await sqlite.keep(Batch(directory=(known("anna", ANNA, ELSEWHERE, "declared"),)))
    told = [
        known("anna.2", ANNA, ELSEWHERE, "document"),
        known("boris", BORIS, ELSEWHERE, "inferred"),
        known("boris", BORIS, RU, "inferred"),
        known("anna.3", ANNA, RU, "declared"),
    ]
    await in_one_group(sqlite, *(Batch(directory=(one,)) for one in told))
    recalled = await sqlite.recall(Recall(CRM, identifiers=((EMAIL, blind("anna")), (EMAIL, blind("boris")))))
    assert [(entry.region, entry.rank) for entry in recalled.known.values()] == [(RU, "declared"), (RU, "inferred")]


async def test_a_group_knows_the_values_that_are_kept(sqlite: SqliteVault) -> None:
    await sqlite.keep(only(keep(R1, ANNA, phone("1", 7))))
    batches = [only(keep(record(n), whose, phone("1", n))) for n, whose in ((10, ANNA), (11, BORIS), (12, VERA))]
    await in_one_group(sqlite, *batches)
    fetched = await sqlite.fetch(Fetch(tokens=(phone_name(7),)))
    assert [holding.subject for holding in fetched.holdings[phone_name(7)]] == [ANNA, BORIS, VERA]


# ------------------------------------------------------------------------------------------------------- in the way


class Locked:
    """A question that meets another's lock as often as it is told; the error is SQLite's own."""

    def __init__(self, folder: Path, times: int) -> None:
        self.path = folder / "other.db"
        self.holder = sqlite3.connect(self.path, isolation_level=None)
        self.holder.execute("CREATE TABLE t (x)")
        self.holder.execute("BEGIN EXCLUSIVE")
        self.times = times

    def __call__(self, _: sqlite3.Connection) -> int:
        self.times -= 1
        if self.times < 0:
            return 1
        with closing(sqlite3.connect(self.path, timeout=0)) as late:
            return len(late.execute("SELECT * FROM t").fetchall())


async def test_a_read_waits_for_a_lock_without_holding_up_the_loop(sqlite: SqliteVault, tmp_path: Path) -> None:
    question = Locked(tmp_path, 3)
    assert await sqlite._reader.read(question, 1) == 1
    question.holder.close()


async def test_a_read_waits_for_a_lock_only_so_long(tmp_path: Path) -> None:
    vault = made(tmp_path, timeout_s=0.1)
    await vault.start()
    question = Locked(tmp_path, 10_000)
    with pytest.raises(WorldError, match="GW-V101"):
        await vault._reader.read(question, 1)
    question.holder.close()
    await vault.close()


async def test_a_large_read_that_fails_is_told(sqlite: SqliteVault) -> None:
    with pytest.raises(WorldError, match="GW-V111"):
        await sqlite._reader.read(lambda connection: connection.execute("SELECT nothing FROM nowhere"), 10_000)


async def test_a_log_that_can_not_be_carried_stays(tmp_path: Path) -> None:
    vault = made(tmp_path)
    await vault.start()
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    away = vault.path.rename(tmp_path / "elsewhere.db")
    vault._writer._log._carry()
    away.rename(vault.path)
    vault._writer._log._carry()
    vault._writer._log._carried = True
    closed = sqlite3.connect(tmp_path / "other.db")
    closed.close()
    vault._writer._log.finish(closed)
    await vault.keep(only(keep(R2, ANNA, fio(R2))))
    await vault.close()


async def test_the_log_of_a_vault_that_took_over_is_carried(tmp_path: Path) -> None:
    await started_and_closed(tmp_path / "other")
    vault = made(tmp_path)
    await vault.start()
    vault._writer._log._carry()
    (tmp_path / "other" / "ru.db").replace(vault.path)
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    vault._writer._log._carry()
    await vault.close()
    assert row(vault.path, "SELECT count(*) FROM record") == 1


async def test_a_vault_that_can_not_be_made_whole_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_SQL", {**file._SQL, "make": "PRAGMA nothing = (", "region": "SELECT 1"})
    with pytest.raises(WorldError, match="GW-V111"):
        await made(tmp_path).start()
    assert list(tmp_path.iterdir()) == []


async def test_a_vault_that_goes_between_making_and_opening_is_told(tmp_path: Path) -> None:
    vault = made(tmp_path)
    vault._home.make(0, "x")
    vault.path.unlink()
    with pytest.raises(WorldError, match="GW-V102"):
        vault._home.writing()
