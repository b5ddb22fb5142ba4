"""The Ledger port over both adapters, and what SQLite's promises beside it: chains, blocks, anchors."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.adapters.anchors_file import AnchorFile
from gateway.adapters.ledger_memory import MemoryLedger
from gateway.adapters.vault_memory import MemoryVault
from gateway.adapters.vault_postgres import PostgresLedger, PostgresVault
from gateway.adapters.vault_sql import ledger
from gateway.adapters.vault_sqlite import SqliteLedger, SqliteVault
from gateway.model.chain import Anchor, Block, LedgerKey, ledger_key
from gateway.model.errors import WorldError
from gateway.model.kept import Batch, Settlement
from gateway.model.ledger import Entry
from gateway.model.secret import RegionKeys, Secret
from gateway.service.ledger_check import check
from tests.contracts.people import ANNA, EMAIL, RU, HandClock, entry, fio, keep, known, only, record, ref_of
from tests.postgres import Server

KEY = LedgerKey("1", Secret(b"k" * 32))
R1 = record(1)


@dataclass(slots=True)
class Book:
    """A ledger with its vault."""

    vault: SqliteVault | PostgresVault | MemoryVault
    ledger: SqliteLedger | PostgresLedger | MemoryLedger

    def requests(self) -> list[tuple[str, int, int]]:
        """Request, times and first count of every entry, in order."""
        if isinstance(self.vault, MemoryVault):
            return [(e.request, e.times, e.kinds[0][2]) for e in self.vault.entries]
        found = [one for block in stored(self.vault) for one in json.loads(block.entries)]
        return [(one["request"], one["times"], one["kinds"][0][2]) for one in found]


def stored(vault: SqliteVault | PostgresVault) -> list[Block]:
    return vault.audit(list)


def sqlite_book(folder: Path, clock: HandClock, key: LedgerKey = KEY) -> Book:
    vault = SqliteVault(folder / "ru.db", RU, clock=clock, ref_of=ref_of)
    anchors = AnchorFile(folder / "anchors" / "ru")
    return Book(vault, SqliteLedger(vault, key, anchors=anchors, clock=clock, flush_s=600, anchor_s=600))


async def postgres_book(server: Server, folder: Path, clock: HandClock, key: LedgerKey = KEY) -> Book:
    vault = PostgresVault(await server.made(), RU, clock=clock, ref_of=ref_of)
    anchors = AnchorFile(folder / "anchors" / "ru")
    return Book(vault, PostgresLedger(vault, key, anchors=anchors, clock=clock, flush_s=600, anchor_s=600))


def memory_book(_: Path, clock: HandClock) -> Book:
    entries: list[Entry] = []
    return Book(MemoryVault(RU, clock=clock, ref_of=ref_of, entries=entries), MemoryLedger(entries))


BOOKS: dict[str, Callable[[Path, HandClock], Book]] = {"memory": memory_book, "sqlite": sqlite_book}


@pytest.fixture(params=[*BOOKS, "postgres"])
async def book(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> AsyncGenerator[Book]:
    if request.param == "postgres":
        one = await postgres_book(request.getfixturevalue("server"), tmp_path, clock)
    else:
        one = BOOKS[request.param](tmp_path, clock)
    await one.vault.start()
    one.ledger.start()
    yield one
    await one.ledger.close()
    await one.vault.close()


@dataclass(slots=True)
class Kept:
    """A SQLite vault with its ledger, and all that ``check`` wants."""

    vault: SqliteVault
    ledger: SqliteLedger
    folder: Path

    @property
    def blocks(self) -> list[Block]:
        return stored(self.vault)

    def wrong(self, key: LedgerKey = KEY) -> list[str]:
        anchors = list(AnchorFile(self.folder / "anchors" / "ru").read())
        return [problem.wrong for problem in check(self.blocks, anchors, {key.version: key.secret}).problems]


@pytest.fixture
async def home(tmp_path: Path, clock: HandClock) -> AsyncGenerator[Kept]:
    one = sqlite_book(tmp_path, clock)
    assert isinstance(one.vault, SqliteVault)
    assert isinstance(one.ledger, SqliteLedger)
    await one.vault.start()
    one.ledger.start()
    yield Kept(one.vault, one.ledger, tmp_path)
    await one.vault.close()


# ----------------------------------------------------------------------------------------------------------- the port


async def test_what_is_appended_is_there(book: Book) -> None:
    await book.ledger.append([entry("a"), entry("b")])
    await book.ledger.append([])
    assert book.requests() == [("a", 1, 1), ("b", 1, 1)]


async def test_the_entries_of_a_batch_are_kept_with_it(book: Book) -> None:
    await book.vault.keep(Batch((keep(R1, ANNA, fio(R1)),), entries=(entry("a"),)))
    assert book.requests() == [("a", 1, 1)]


async def test_the_entries_of_a_settlement_are_kept_with_it(book: Book) -> None:
    await book.vault.settle(Settlement(entries=(entry("a"),)))
    assert book.requests() == [("a", 1, 1)]


async def test_entries_alone_are_kept(book: Book) -> None:
    await book.vault.keep(Batch(entries=(entry("a"),)))
    assert book.requests() == [("a", 1, 1)]


async def test_the_entries_of_a_batch_that_fails_are_not_kept(book: Book) -> None:
    await book.vault.keep(only(keep(R1, ANNA, fio(R1))))
    with pytest.raises(WorldError):
        await book.vault.keep(Batch((keep(R1, ANNA, fio(R1)),), entries=(entry("a"),)))
    assert book.requests() == []


async def test_counts_of_equal_facts_are_added_up(book: Book) -> None:
    for request, counted in (("a", 2), ("b", 3), ("c", 4)):
        book.ledger.tally(entry(request, counted=counted))
    await book.ledger.flush()
    assert book.requests() == [("", 3, 9)]


async def test_counts_of_other_facts_stay_apart(book: Book) -> None:
    book.ledger.tally(entry(actor="nobody"))
    book.ledger.tally(entry(actor="address"))
    await book.ledger.flush()
    assert book.requests() == [("", 1, 1), ("", 1, 1)]


async def test_what_was_flushed_is_counted_anew(book: Book) -> None:
    for _ in range(2):
        book.ledger.tally(entry())
        await book.ledger.flush()
    assert book.requests() == [("", 1, 1), ("", 1, 1)]


async def test_counts_are_written_when_the_ledger_ends(book: Book) -> None:
    book.ledger.tally(entry())
    await book.ledger.close()
    assert book.requests() == [("", 1, 1)]


async def test_a_ledger_is_ready(book: Book) -> None:
    await book.ledger.ready()


async def test_blocks_over_postgres_are_one_whole_chain(server: Server, tmp_path: Path, clock: HandClock) -> None:
    one = await postgres_book(server, tmp_path, clock)
    assert isinstance(one.vault, PostgresVault)
    await one.vault.start()
    one.ledger.start()
    await asyncio.gather(*(one.ledger.append([entry(f"{n}")]) for n in range(50)))
    await one.ledger.append([entry("last")])
    await one.ledger.close()
    verdict = check(stored(one.vault), list(AnchorFile(tmp_path / "anchors" / "ru").read()), {"1": KEY.secret})
    assert (verdict.entries, verdict.chains, verdict.problems) == (51, 1, ())
    assert json.loads(one.vault.last_blocks(1)[0].entries)[0]["request"] == "last"
    await one.vault.close()


# -------------------------------------------------------------------------------------------------------------- chains


async def test_one_commit_is_one_block(home: Kept) -> None:
    await asyncio.gather(*(home.ledger.append([entry(f"{n}")]) for n in range(50)))
    assert sum(len(json.loads(block.entries)) for block in home.blocks) == 50
    assert len(home.blocks) == home.vault.counters.commits < 20


async def test_blocks_of_a_process_are_numbered_in_one_chain(home: Kept) -> None:
    for n in range(3):
        await home.ledger.append([entry(f"{n}")])
    assert [block.seq for block in home.blocks] == [0, 1, 2]
    assert len({block.chain for block in home.blocks}) == 1


async def test_an_entry_is_written_field_by_field_in_its_own_order(home: Kept) -> None:
    await home.ledger.append([entry("a")])
    assert home.blocks[0].entries == (
        '[{"at_ms":1790000000000,"request":"a","event":"collect","route":"POST /register","actor":"nobody",'
        '"purpose":"registration","destination":"crm","kinds":[["email","tokenize",1]],'
        f'"subjects":["{ANNA}"],"records":["{R1}"],"rules":"{"00" * 32}","outcome":"ok","times":1}}]'
    )


async def test_each_process_has_a_chain_of_its_own(tmp_path: Path, clock: HandClock) -> None:
    for _ in range(3):
        one = sqlite_book(tmp_path, clock)
        await one.vault.start()
        one.ledger.start()
        await one.ledger.append([entry()])
        await one.ledger.close()
        await one.vault.close()
    last = sqlite_book(tmp_path, clock)
    assert isinstance(last.vault, SqliteVault)
    await last.vault.start()
    verdict = check(stored(last.vault), list(AnchorFile(tmp_path / "anchors" / "ru").read()), {"1": KEY.secret})
    await last.vault.close()
    assert (verdict.chains, verdict.entries, verdict.open_chains, verdict.problems) == (3, 3, 0, ())


async def test_the_last_blocks_are_told_oldest_first(home: Kept) -> None:
    for n in range(5):
        await home.ledger.append([entry(f"{n}")])
    last = home.vault.last_blocks(2)
    assert [block.seq for block in last] == [3, 4]


async def test_a_chain_goes_on_after_a_commit_that_failed(home: Kept, tmp_path: Path) -> None:
    await home.ledger.append([entry("a")])
    away = home.vault.path.with_name("elsewhere.db")
    with pytest.raises(WorldError, match="GW-V102"):
        await home.vault._writer.write(lambda _: home.vault.path.rename(away), [entry("b")])
    away.rename(home.vault.path)
    await home.ledger.append([entry("c")])
    await home.ledger.anchor()
    assert ([block.seq for block in home.blocks], home.wrong()) == ([0, 1, 2], [])


async def test_a_vault_that_takes_over_gets_a_chain_of_its_own(home: Kept, tmp_path: Path, clock: HandClock) -> None:
    await home.ledger.append([entry("a")])
    await home.ledger.anchor()
    await (other := SqliteVault(tmp_path / "other.db", RU, clock=clock, ref_of=ref_of)).start()
    await other.close()
    other.path.replace(home.vault.path)
    await home.ledger.append([entry("b")])
    await home.ledger.append([entry("c")])
    await home.ledger.anchor()
    assert ([block.seq for block in home.blocks], home.wrong()) == ([0, 1], ["chain gone"])


async def test_another_key_is_another_macs(tmp_path: Path, clock: HandClock) -> None:
    def keys(field: bytes) -> RegionKeys:
        return RegionKeys("ru", "7", Secret(b"i" * 32), Secret(field * 32), Secret(b"p" * 32))

    one, other = ledger_key(keys(b"f")), ledger_key(keys(b"g"))
    assert (one.version, len(one.secret.expose())) == ("7", 32)
    assert one.secret.expose() not in (other.secret.expose(), b"f" * 32)


# ------------------------------------------------------------------------------------------------------------- anchors


async def test_the_head_is_anchored_when_it_has_moved(home: Kept) -> None:
    anchors = AnchorFile(home.folder / "anchors" / "ru")
    await home.ledger.anchor()
    assert list(anchors.read()) == []
    for n in range(2):
        await home.ledger.append([entry(f"{n}")])
        await home.ledger.anchor()
        await home.ledger.anchor()
    heads = [(a.number, a.seq, a.head == home.blocks[a.seq].mac, a.closed) for a in anchors.read() if a]
    assert heads == [(0, 0, True, False), (1, 1, True, False)]


async def test_an_ended_chain_is_anchored_as_ended(home: Kept) -> None:
    await home.ledger.append([entry()])
    await home.ledger.close()
    assert [a and a.closed for a in AnchorFile(home.folder / "anchors" / "ru").read()] == [True]


async def test_counts_and_anchors_are_written_by_themselves(tmp_path: Path, clock: HandClock) -> None:
    vault = SqliteVault(tmp_path / "ru.db", RU, clock=clock, ref_of=ref_of)
    await vault.start()
    anchors = Reached(tmp_path / "anchors", asyncio.get_running_loop())
    own = SqliteLedger(vault, KEY, anchors=anchors, clock=clock, flush_s=0.01, anchor_s=0.01)
    own.start()
    own.tally(entry())
    async with asyncio.timeout(10):
        await anchors.reached.wait()
    await own.close()
    await vault.close()
    assert len(list(anchors.read())) >= 1


class Reached(AnchorFile):
    """Says when it is first written, and when it can't be."""

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(path)
        self.reached, self.failed = asyncio.Event(), asyncio.Event()
        self._loop = loop

    def write(self, anchor: Anchor) -> None:
        try:
            super().write(anchor)
        except WorldError:
            self._loop.call_soon_threadsafe(self.failed.set)
            raise
        self._loop.call_soon_threadsafe(self.reached.set)


async def test_counts_outlive_a_store_that_is_away(home: Kept) -> None:
    home.ledger.tally(entry(counted=2))
    away = home.vault.path.rename(home.vault.path.with_name("elsewhere.db"))
    with pytest.raises(WorldError, match="GW-V102"):
        await home.ledger.flush()
    home.ledger.tally(entry(counted=3))
    home.ledger.tally(entry(actor="address"))
    away.rename(home.vault.path)
    await home.ledger.flush()
    written = [one["kinds"][0][2] for block in home.blocks for one in json.loads(block.entries)]
    assert sorted(written) == [1, 5]


async def test_counts_taken_while_the_store_was_away_are_added(home: Kept) -> None:
    home.ledger.tally(entry(counted=2))
    away = home.vault.path.rename(home.vault.path.with_name("elsewhere.db"))
    flushing = asyncio.create_task(home.ledger.flush())
    await asyncio.sleep(0)
    home.ledger.tally(entry(counted=3))
    await asyncio.wait([flushing])
    away.rename(home.vault.path)
    await home.ledger.flush()
    assert isinstance(flushing.exception(), WorldError)
    assert [one["kinds"][0][2] for block in home.blocks for one in json.loads(block.entries)] == [5]


async def test_a_flood_of_actors_is_counted_as_many(home: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_MOST_COUNTS", 3)
    for n in range(10):
        home.ledger.tally(entry(actor=f"subject:{n}"))
    await home.ledger.flush()
    written = {one["actor"]: one["times"] for block in home.blocks for one in json.loads(block.entries)}
    assert written == {"subject:0": 1, "subject:1": 1, "subject:2": 1, "many": 7}


async def test_a_place_that_takes_no_anchors_makes_the_ledger_not_ready(home: Kept) -> None:
    (home.folder / "anchors").write_bytes(b"a file where the folder should be")
    await home.ledger.append([entry()])
    with pytest.raises(WorldError, match="GW-L102"):
        await home.ledger.anchor()
    with pytest.raises(WorldError, match="GW-L102"):
        await home.ledger.ready()
    (home.folder / "anchors").unlink()
    await home.ledger.anchor()
    await home.ledger.ready()


async def test_a_failing_round_is_tried_again(tmp_path: Path, clock: HandClock) -> None:
    vault = SqliteVault(tmp_path / "ru.db", RU, clock=clock, ref_of=ref_of)
    await vault.start()
    (tmp_path / "anchors").mkdir()
    anchors = Reached(tmp_path / "anchors", asyncio.get_running_loop())
    own = SqliteLedger(vault, KEY, anchors=anchors, clock=clock, flush_s=0.01, anchor_s=0.01)
    own.start()
    await own.append([entry()])
    async with asyncio.timeout(10):
        await anchors.failed.wait()
        (tmp_path / "anchors").rmdir()
        await anchors.reached.wait()
    await own.close()
    await vault.close()


def test_a_line_that_was_cut_short_is_closed_off(tmp_path: Path) -> None:
    anchors = AnchorFile(tmp_path / "anchors")
    anchor = Anchor(0, 1, "c", 0, "h", "1")
    anchors.write(anchor)
    with anchors.path.open("ab") as file:
        file.write(b'{"number": 1, "at')
    anchors.write(anchor)
    assert list(anchors.read()) == [anchor, None, anchor]


def test_an_anchor_file_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="GW-L102"):
        list(AnchorFile(tmp_path).read())


# ------------------------------------------------------------------------------------------------------------ tampering


async def filled(home: Kept) -> None:
    for n in range(6):
        await home.vault.keep(Batch(directory=(known(f"{n}", ANNA),), entries=(entry(f"req-{n}"),)))
        if n in (2, 5):
            await home.ledger.anchor()


def tampered(home: Kept, sql: str, *values: object) -> None:
    """What somebody does who has the vault's file and no key."""
    connection = sqlite3.connect(home.vault.path, isolation_level=None)
    connection.execute(sql, values)
    connection.close()


async def test_an_untouched_ledger_is_whole(home: Kept) -> None:
    await filled(home)
    assert home.wrong() == []


async def test_an_edited_entry_is_found(home: Kept) -> None:
    await filled(home)
    tampered(home, "UPDATE ledger SET entries = replace(entries, 'req-3', 'req-x') WHERE seq = 3")
    assert home.wrong() == ["block altered"]


@pytest.mark.parametrize("column", ["at_ms = 0", "chain = 'ff'", "mac = '00'", "key = '9'"])
async def test_an_edited_fact_of_a_block_is_found(home: Kept, column: str) -> None:
    await filled(home)
    tampered(home, f"UPDATE ledger SET {column} WHERE seq = 3")
    assert home.wrong() != []


async def test_an_entry_that_is_no_longer_readable_is_found(home: Kept) -> None:
    await filled(home)
    tampered(home, "UPDATE ledger SET entries = '{' WHERE seq = 3")
    assert home.wrong() == ["block altered"]


async def test_a_removed_block_is_found(home: Kept) -> None:
    await filled(home)
    tampered(home, "DELETE FROM ledger WHERE seq = 3")
    assert home.wrong() == ["block missing"]


async def test_a_removed_block_is_found_though_the_rest_was_renumbered(home: Kept) -> None:
    await filled(home)
    tampered(home, "DELETE FROM ledger WHERE seq = 3")
    for seq in (4, 5):
        tampered(home, "UPDATE ledger SET seq = ? WHERE seq = ?", seq - 1, seq)
    assert home.wrong() == ["block altered", "block altered", "tail cut off"]


async def test_a_removed_first_block_is_found(home: Kept) -> None:
    await filled(home)
    tampered(home, "DELETE FROM ledger WHERE seq = 0")
    assert home.wrong() == ["block missing"]


async def test_reordered_blocks_are_found(home: Kept) -> None:
    await filled(home)
    for old, new in ((3, 99), (4, 3), (99, 4)):
        tampered(home, "UPDATE ledger SET seq = ? WHERE seq = ?", new, old)
    assert home.wrong() == ["block altered", "block altered", "block altered"]


async def test_reordered_entries_are_found(home: Kept) -> None:
    await filled(home)
    first, second = (home.blocks[n].entries for n in (3, 4))
    tampered(home, "UPDATE ledger SET entries = ? WHERE seq = 3", second)
    tampered(home, "UPDATE ledger SET entries = ? WHERE seq = 4", first)
    assert home.wrong() == ["block altered", "block altered"]


async def test_a_tail_cut_off_is_found(home: Kept) -> None:
    await filled(home)
    tampered(home, "DELETE FROM ledger WHERE seq >= 4")
    assert home.wrong() == ["tail cut off"]


async def test_a_chain_that_is_gone_is_found(home: Kept) -> None:
    await filled(home)
    tampered(home, "DELETE FROM ledger")
    assert home.wrong() == ["chain gone"]


async def test_a_chain_recomputed_without_the_key_is_found(home: Kept, tmp_path: Path, clock: HandClock) -> None:
    await filled(home)
    chain, forger = home.blocks[0].chain, LedgerKey("1", Secret(b"guess" * 7))
    (tmp_path / "forged").mkdir()
    forged = sqlite_book(tmp_path / "forged", clock, forger)
    assert isinstance(forged.vault, SqliteVault)
    await forged.vault.start()
    forged.ledger.start()
    for n in range(6):
        await forged.ledger.append([entry(f"innocent-{n}")])
    fakes = stored(forged.vault)
    await forged.vault.close()
    for fake in fakes:
        tampered(
            home,
            "UPDATE ledger SET entries = ?, mac = ? WHERE chain = ? AND seq = ?",
            fake.entries,
            fake.mac,
            chain,
            fake.seq,
        )
    assert home.wrong() == [*["block altered"] * 6, "chain written anew"]


async def test_a_chain_written_anew_with_the_key_is_found_by_its_anchors(home: Kept, clock: HandClock) -> None:
    await filled(home)
    chain = home.blocks[0].chain
    again = SqliteLedger(home.vault, KEY, anchors=AnchorFile(home.folder / "aside"), clock=clock)
    tampered(home, "DELETE FROM ledger")
    again._chain.name = chain
    home.vault.chain_by(again._chain)
    for n in range(6):
        await again.append([entry(f"innocent-{n}")])
    assert home.wrong() == ["chain written anew"]


async def test_blocks_of_an_unknown_key_are_told(home: Kept) -> None:
    await filled(home)
    assert home.wrong(LedgerKey("2", KEY.secret)) == ["key unknown"] * 8


def edited_anchors(home: Kept, edit: dict[int, str | None]) -> None:
    path = home.folder / "anchors" / "ru"
    lines = path.read_text().splitlines()
    new = [edit.get(n, line) for n, line in enumerate(lines)]
    path.write_text("".join(f"{line}\n" for line in new if line is not None))


async def test_an_edited_anchor_is_found(home: Kept) -> None:
    await filled(home)
    first = (home.folder / "anchors" / "ru").read_text().splitlines()[0]
    edited_anchors(home, {0: first.replace('"at_ms":1790000000000', '"at_ms":1790000000001')})
    assert home.wrong() == ["anchor altered"]


async def test_a_removed_anchor_is_found(home: Kept) -> None:
    await filled(home)
    edited_anchors(home, {0: None})
    assert home.wrong() == ["anchor missing"]


async def test_an_unreadable_anchor_is_told(home: Kept) -> None:
    await filled(home)
    edited_anchors(home, {1: "scribble"})
    assert home.wrong() == ["anchor unreadable"]


async def test_a_problem_says_where_it_is(home: Kept) -> None:
    await filled(home)
    tampered(home, "DELETE FROM ledger WHERE seq = 3")
    anchors = list(AnchorFile(home.folder / "anchors" / "ru").read())
    [problem] = check(home.blocks, anchors, {"1": KEY.secret}).problems
    assert str(problem) == f"block missing: chain {home.blocks[0].chain}, number 3"


def test_kinds_are_counted_one_by_one() -> None:
    assert entry(counted=3).kinds == ((EMAIL, "tokenize", 3),)
