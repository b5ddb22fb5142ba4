"""What was ordered about people since a backup is ordered again over the vault that comes back from it."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.keys_wrapped import IndexTurning
from gateway.adapters.orders_file import OrdersFile
from gateway.adapters.sink_memory import MemorySink
from gateway.catalog import Site, vault_of
from gateway.cli.vault_replay import read_journals
from gateway.cli.vault_site import keys_at
from gateway.model.chain import LedgerKey
from gateway.model.errors import WorldError
from gateway.model.names import SubjectId
from gateway.model.orders import Ordered, OrderLine, in_order
from gateway.model.secret import Secret
from gateway.ruleset.load import load
from gateway.service.replay import replay
from tests import postgres as servers
from tests.contracts.people import RU
from tests.ops.homes import Home

BY = ("--by", "dpo", "--why", "request 7")


def journal(home: Home) -> Path:
    return home.folder / "keys" / "ru" / "ru.orders.jsonl"


def people(home: Home) -> list[str]:
    """Who has a record, the two who share a phone last."""
    rows = home.rows("SELECT DISTINCT subject FROM record ORDER BY subject")
    return [bytes(row[0]).hex() for row in rows]


def ordered(home: Home, what: str, whose: str, *more: str) -> None:
    done = home.run("subject", what, "--id", whose, *BY, *more)
    assert done.exit_code == 0, done.output


def shown(home: Home, whose: str) -> dict[str, object]:
    done = home.run("subject", "show", "--id", whose, "--by", "dpo", "--json")
    [told] = json.loads(done.stdout) or [{}]
    assert isinstance(told, dict)
    return told


def faults(home: Home) -> list[str]:
    """But that the ledger was cut off where the backup was taken, which it was."""
    lines = home.run("vault", "check").output.splitlines()
    return [one for one in lines if one.startswith("    ") or (": chain" in one and "chain gone" not in one)]


@pytest.fixture
def backup(home: Home, tmp_path: Path) -> Path:
    done = home.run("vault", "backup", str(tmp_path / "copy"))
    assert done.exit_code == 0, done.output
    return tmp_path / "copy"


def rebuilt(home: Home, tmp_path: Path, request: pytest.FixtureRequest, *, name: str = "elsewhere") -> Home:
    """Another host with what lies beside the keys, and an empty place for the vault."""
    folder = tmp_path / name
    folder.mkdir()
    shutil.copytree(home.folder / "keys", folder / "keys")
    if home.vault.startswith("sqlite:"):
        return Home(folder)
    server: servers.Server = request.getfixturevalue("server")
    made = Home(folder, server.url())
    assert made.run("vault", "migrate").exit_code == 0
    return made


def test_what_was_ordered_since_the_backup_is_ordered_again(
    home: Home, backup: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    erased, held, blocked, one, other = people(home)[-5:]
    for what, whose, more in (
        ("erase", erased, ()), ("hold", held, ()), ("block", blocked, ()), ("merge", one, ("--into", other)),
    ):  # fmt: skip
        ordered(home, what, whose, *more)
    elsewhere = rebuilt(home, tmp_path, request)
    done = elsewhere.run("vault", "restore", str(backup))
    assert "open again; the ledger has the gap 20" in done.output, done.output
    assert "orders replayed (1 block, 1 hold, 1 merge)" in done.output.replace("\n", " ")
    assert shown(elsewhere, erased) == {}
    assert shown(elsewhere, held)["held"] is not None
    assert shown(elsewhere, blocked)["blocked"] is not None
    assert shown(elsewhere, one)["merged"] == other
    assert faults(elsewhere) == []
    last = json.loads(elsewhere.run("ledger", "tail", "-n", "5", "--json").stdout.splitlines()[0])
    assert last["event"] in ("restore", "mark")


def test_who_was_erased_does_not_come_back_with_the_key_store(
    home: Home, backup: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    erased = people(home)[-1]
    ordered(home, "erase", erased)
    elsewhere = rebuilt(home, tmp_path, request)
    elsewhere.keys.unlink()
    done = elsewhere.run("vault", "restore", str(backup))
    assert done.exit_code == 0, done.output
    assert shown(elsewhere, erased) == {}
    with closing(sqlite3.connect(elsewhere.keys)) as keys:
        assert keys.execute("SELECT 1 FROM data_key WHERE id = ?", (bytes.fromhex(erased),)).fetchall() == []
    assert faults(elsewhere) == []


def test_a_vault_without_its_journal_stays_closed_until_it_is_named(
    home: Home, backup: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    blocked = people(home)[0]
    ordered(home, "block", blocked)
    elsewhere = rebuilt(home, tmp_path, request)
    kept = shutil.move(journal(elsewhere), tmp_path / "journal")
    first = elsewhere.run("vault", "restore", str(backup))
    closed = elsewhere.run("vault", "status")
    assert ("kept closed" in first.output, "GW-V144" in closed.output) == (True, True)
    done = elsewhere.run("vault", "restore", "--replay", str(kept))
    assert "1 orders replayed (1 block)" in done.output.replace("\n", " "), done.output
    assert elsewhere.run("vault", "status").exit_code == 0
    assert shown(elsewhere, blocked)["blocked"] is not None


def test_an_order_that_the_backup_has_is_not_given_twice(
    home: Home, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    held = people(home)[0]
    ordered(home, "hold", held)
    assert home.run("vault", "backup", str(tmp_path / "copy")).exit_code == 0
    elsewhere = rebuilt(home, tmp_path, request)
    for number in range(2):
        arguments = (str(tmp_path / "copy"),) if not number else ("--replay", str(journal(elsewhere)))
        assert elsewhere.run("vault", "restore", *arguments).exit_code == 0
    ordered(elsewhere, "release", held)
    assert shown(elsewhere, held)["held"] is None


def test_what_was_ended_since_is_ended_again(home: Home, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    one, other, blocked = people(home)[:3]
    ordered(home, "merge", one, "--into", other)
    ordered(home, "block", blocked)
    assert home.run("vault", "backup", str(tmp_path / "copy")).exit_code == 0
    ordered(home, "unmerge", one)
    ordered(home, "unblock", blocked)
    ordered(home, "erase", other)
    elsewhere = rebuilt(home, tmp_path, request)
    assert elsewhere.run("vault", "restore", str(tmp_path / "copy")).exit_code == 0
    assert (shown(elsewhere, one)["merged"], shown(elsewhere, blocked)["blocked"]) == (None, None)
    assert shown(elsewhere, other) == {}


def test_a_replay_that_was_stopped_is_repeated(on_files: Home, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    assert on_files.run("vault", "backup", str(tmp_path / "copy")).exit_code == 0
    held, erased = people(on_files)[:2]
    ordered(on_files, "hold", held)
    ordered(on_files, "erase", erased)
    elsewhere = rebuilt(on_files, tmp_path, request)
    kept = shutil.move(journal(elsewhere), tmp_path / "journal")
    assert elsewhere.run("vault", "restore", str(tmp_path / "copy")).exit_code == 0
    asyncio.run(half_replayed(elsewhere, Path(kept)))
    assert elsewhere.run("vault", "restore", "--replay", str(kept)).exit_code == 0
    ordered(elsewhere, "release", held)
    assert (shown(elsewhere, held)["held"], shown(elsewhere, erased)) == (None, {})


def site_of(home: Home) -> Site:
    [spec] = load([home.rules]).regions.values()
    return Site(spec, home.folder, SystemClock(), MemorySink())


async def half_replayed(home: Home, kept: Path) -> None:
    """The first order only, then the process is gone."""
    site = site_of(home)
    async with keys_at(site) as (keys, _):
        vault = vault_of(replace(site, closed_too=True)).vault
        IndexTurning(keys.ring, vault)
        await vault.start()
        await replay(read_journals([kept], site, keys, "")[:1], RU, vault, keys)
        await vault.close()


# ----------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "how", ["altered", "cut in the middle", "of before the backup", "of another region", "no journal"]
)
def test_a_journal_that_is_not_this_vaults_opens_nothing(
    on_files: Home, tmp_path: Path, request: pytest.FixtureRequest, how: str
) -> None:
    one, other, third = people(on_files)[:3]
    ordered(on_files, "block", one)
    early = journal(on_files).read_text()
    ordered(on_files, "hold", other)
    assert on_files.run("vault", "backup", str(tmp_path / "copy")).exit_code == 0
    ordered(on_files, "block", third)
    elsewhere = rebuilt(on_files, tmp_path, request)
    lines = journal(elsewhere).read_text().splitlines(keepends=True)
    text = {
        "altered": "".join(lines).replace(one, third),
        "cut in the middle": lines[0] + lines[2],
        "of before the backup": early,
        "of another region": "".join(lines).replace('"ru"', '"kz"'),
        "no journal": "nothing\n",
    }[how]
    journal(elsewhere).write_text(text)
    done = elsewhere.run("vault", "restore", str(tmp_path / "copy"))
    assert (done.exit_code, "GW-V146" in done.output) == (1, True), done.output
    assert not elsewhere.file.exists()


def test_a_line_that_a_crash_cut_short_is_written_over(tmp_path: Path) -> None:
    file, key = OrdersFile(tmp_path / "ru.orders.jsonl", RU), LedgerKey("1", Secret(b"k" * 32))
    file.write([line("hold", 1), line("block", 2)], key)
    with file.path.open("a") as torn:
        torn.write('{"number":3,"at"')
    assert [one.number for one in file.read({"1": key.secret})] == [1, 2]
    file.write([line("release", 3)], key)
    assert [(one.number, one.what) for one in file.read({"1": key.secret})] == [
        (1, "hold"),
        (2, "block"),
        (3, "release"),
    ]


def test_a_journal_goes_on_under_a_later_key(tmp_path: Path) -> None:
    file, keys = OrdersFile(tmp_path / "ru.orders.jsonl", RU), [LedgerKey(n, Secret(n.encode() * 32)) for n in "12"]
    for number, key in enumerate(keys):
        file.write([line("hold", number)], key)
    assert len(file.read({key.version: key.secret for key in keys})) == 2
    with pytest.raises(WorldError, match="key that is not at hand"):
        file.read({"1": keys[0].secret})


def test_several_processes_write_one_journal(tmp_path: Path) -> None:
    key = LedgerKey("1", Secret(b"k" * 32))
    files = [OrdersFile(tmp_path / "ru.orders.jsonl", RU) for _ in range(4)]

    async def write() -> None:
        jobs = [asyncio.to_thread(file.write, [line("hold", n)], key) for n in range(10) for file in files]
        await asyncio.gather(*jobs)

    asyncio.run(write())
    assert [one.number for one in files[0].read({"1": key.secret})] == list(range(1, 41))


def test_orders_keep_their_hosts_order_where_its_clock_went_back(tmp_path: Path) -> None:
    def ordered_by(by: str, at: int, what: Ordered) -> OrderLine:
        return OrderLine(0, at, RU, what, SubjectId("01" * 14), None, by, "case 7")

    one = [ordered_by("a", 10, "block"), ordered_by("a", 90, "unblock"), ordered_by("a", 20, "block")]
    other = [ordered_by("b", 15, "hold"), ordered_by("b", 95, "release")]
    told = [(each.by, each.what) for each in in_order([one, other])]
    assert told == [("a", "block"), ("b", "hold"), ("a", "unblock"), ("a", "block"), ("b", "release")]


def test_a_journal_is_for_its_owner_only(tmp_path: Path) -> None:
    file = OrdersFile(tmp_path / "ru.orders.jsonl", RU)
    file.write([line("hold", 1)], LedgerKey("1", Secret(b"k" * 32)))
    assert file.path.stat().st_mode & 0o777 == 0o600


def line(what: Ordered, at: int) -> OrderLine:
    return OrderLine(0, at, RU, what, SubjectId("01" * 14), None, "dpo", "case 7")


# ------------------------------------------------------------------------------------------------ while the index turns


@pytest.mark.parametrize("phase", ["fill", "lift", "drop"])
def test_a_backup_of_a_vault_whose_index_key_is_turning_is_restored(
    home: Home, tmp_path: Path, request: pytest.FixtureRequest, phase: str
) -> None:
    """One of two who share a phone is erased afterwards; the turn is finished over what came back."""
    asyncio.run(turned_to(home, phase))
    assert home.run("vault", "backup", str(tmp_path / "copy")).exit_code == 0
    [(token, gone)] = home.rows(f"SELECT n.token, n.subject FROM names n JOIN holder h ON h.token = n.token {FIRST}")
    home.execute("DELETE FROM data_key WHERE id = x'" + bytes(gone).hex() + "'", keys=True)
    elsewhere = rebuilt(home, tmp_path, request)
    done = elsewhere.run("vault", "restore", str(tmp_path / "copy"), "--accept-gap")
    assert (done.exit_code, "1 rows of record dropped" in done.output) == (0, True), done.output
    assert asyncio.run(stand_of(elsewhere)) == f"1 {phase}"
    assert "whole: nothing is wrong" in elsewhere.run("vault", "check").output
    asyncio.run(turned_to(elsewhere, "steady"))
    assert asyncio.run(stand_of(elsewhere)) == "2 steady"
    assert "whole: nothing is wrong" in elsewhere.run("vault", "check").output
    [(heir,)] = elsewhere.rows(f"SELECT subject FROM names WHERE token = '{token}' AND scope <> ''")
    assert heir != gone


FIRST = "ORDER BY n.blind LIMIT 1"


async def turned_to(home: Home, phase: str) -> None:
    """The index key as ``keys rotate index`` turns it, as far as a phase."""
    site = site_of(home)
    async with keys_at(site) as (keys, _):
        vault = vault_of(site).vault
        turning = IndexTurning(keys.ring, vault)
        await vault.start()
        if turning.wanted == 1:
            await turning.begin(keys.tending)
        while (await vault.index()).phase != phase:
            await vault.turn_index(turning.wanted)
        await vault.close()


async def stand_of(home: Home) -> str:
    site = site_of(home)
    async with keys_at(site) as (keys, _):
        vault = vault_of(site).vault
        IndexTurning(keys.ring, vault)
        await vault.start()
        found = str(await vault.index())
        await vault.close()
    return found
