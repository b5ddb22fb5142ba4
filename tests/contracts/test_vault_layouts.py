"""A vault of an earlier layout is led on when it is opened, and what others have open goes on working."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.adapters.vault_sqlite import SqliteVault
from gateway.adapters.vault_sqlite.file import VAULT, HomeFile
from gateway.model.errors import WorldError
from gateway.model.kept import Batch, Fetch, Recall, Revision
from tests.contracts.people import ANNA, CRM, EMAIL, RU, HandClock, blind, fio, keep, known, only, record, ref_of

R1, R2 = record(1), record(2)
LAYOUT_2 = replace(VAULT, version=2, steps=())


def made(folder: Path) -> SqliteVault:
    return SqliteVault(folder / "ru.db", RU, clock=HandClock(), ref_of=ref_of)


def filled(folder: Path) -> None:
    """A file of layout 2 in which Anna is known."""
    HomeFile(folder / "ru.db", LAYOUT_2, RU, 1.0).make(0, "x")
    with sqlite3.connect(folder / "ru.db") as connection:
        facts = (bytes.fromhex(blind("anna")), EMAIL, "", bytes.fromhex(ANNA), 1, 1)
        connection.execute(
            "INSERT INTO names (blind, kind, scope, subject, standing, among) VALUES (?, ?, ?, ?, ?, ?)", facts
        )
        connection.execute("INSERT INTO person (subject, region) VALUES (?, 'ru')", (bytes.fromhex(ANNA),))
        row = (bytes.fromhex(R1), "ru", CRM, "POST /old", bytes.fromhex(ANNA), b"sealed", "[]", b"", 1, None, 1)
        connection.execute(
            "INSERT INTO record (id, region, scope, route, subject, sealed, names, reused, at, expires, sent) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
    connection.close()


async def test_a_vault_of_the_layout_before_is_led_on(tmp_path: Path) -> None:
    filled(tmp_path)
    vault = made(tmp_path)
    await vault.start()
    kept = await vault.keep(Batch((keep(R2, ANNA, fio(R2)),), revisions=(Revision(ANNA, 1),)))
    records = (await vault.fetch(Fetch(records=(R1, R2)))).records
    entry = (await vault.recall(Recall(CRM, ((EMAIL, blind("anna")),)))).known[EMAIL, blind("anna")]
    await vault.close()
    assert (kept.versions, [records[one].version for one in (R1, R2)]) == ({ANNA: 2}, [1, 2])
    assert (entry.subject, entry.first_seen) == (ANNA, None)


async def test_what_has_the_vault_open_goes_on_while_it_is_led_on(tmp_path: Path) -> None:
    filled(tmp_path)
    older = HomeFile(tmp_path / "ru.db", LAYOUT_2, RU, 1.0)
    connection = older.writing()
    vault = made(tmp_path)
    await vault.start()
    connection.execute("UPDATE person SET region = 'kz'")
    found = (await vault.recall(Recall(CRM, ((EMAIL, blind("anna")),)))).known[EMAIL, blind("anna")]
    older.close()
    await vault.close()
    assert found.region == "kz"


async def test_a_vault_that_is_led_on_twice_at_once_is_led_on_once(tmp_path: Path) -> None:
    filled(tmp_path)
    vaults = [made(tmp_path), made(tmp_path)]
    for vault in vaults:
        await vault.start()
    for vault in vaults:
        await vault.close()


async def test_a_layout_older_than_the_first_step_is_refused(tmp_path: Path) -> None:
    filled(tmp_path)
    connection = sqlite3.connect(tmp_path / "ru.db")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    with pytest.raises(WorldError, match=r"GW-V110 .*layout 1"):
        await made(tmp_path).start()


async def test_a_registration_writes_its_version_with_the_rows_that_it_writes_anyway(sqlite: SqliteVault) -> None:
    seen: list[str] = []
    connection = sqlite._home.writing()
    connection.set_trace_callback(seen.append)
    await sqlite.keep(only(keep(R1, ANNA, fio(R1)), directory=(known("anna", ANNA),)))
    connection.set_trace_callback(None)
    written = [line.split("(")[0].strip() for line in seen if line.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == ["INSERT INTO record", "INSERT INTO names", "INSERT INTO person"]
