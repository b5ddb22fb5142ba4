"""The home store of one region over SQLite: the Vault port."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from gateway.adapters.vault_sql.chain import Chain
from gateway.adapters.vault_sql.facts import RefOf
from gateway.adapters.vault_sql.naming import Answer
from gateway.adapters.vault_sqlite.adoption import imports, note_begun, note_ended
from gateway.adapters.vault_sqlite.chain import blocks, tail
from gateway.adapters.vault_sqlite.erase import (
    Identifier,
    condemn,
    condemned,
    drop_records,
    drop_rest,
    entries_of,
    erased,
    gone,
    records_of,
)
from gateway.adapters.vault_sqlite.file import VAULT, HomeFile
from gateway.adapters.vault_sqlite.index import stand_of
from gateway.adapters.vault_sqlite.keep import sought
from gateway.adapters.vault_sqlite.keep_many import Outcome, keep_many
from gateway.adapters.vault_sqlite.marks import dossier, instruct
from gateway.adapters.vault_sqlite.read import fetch, filled, lookups, page, peopled, recall
from gateway.adapters.vault_sqlite.reader import Reader
from gateway.adapters.vault_sqlite.settle import purge_expired, settle
from gateway.adapters.vault_sqlite.statements import statements
from gateway.adapters.vault_sqlite.writer import Counters, Writer
from gateway.model.chain import Block
from gateway.model.erasure import Condemnation, spared, told
from gateway.model.kept import Batch, Fetch, Fetched, Kept, Recall, Recalled, Settlement, StoredRecord
from gateway.model.ledger import Entry
from gateway.model.marks import Dossier, Instruction
from gateway.model.names import RecordId, Region, SubjectId
from gateway.model.table import Unfinished
from gateway.model.turning import IndexStand
from gateway.ports import Clock, IndexKeys

T = TypeVar("T")

_SQL = statements("20_settle")
_MANY_ROWS = 1000
"""More than are read on the loop: a person may have any number of records."""


class SqliteVault:
    """One file, made on ``start`` if there is none. ``region`` is the vault's own: evidence for it wins within a rank.

    ``ref_of`` reads the record and field that a token's text names (``core.naming.ref_of``). ``timeout_s`` is how long
    a call may take, ``group`` the most callers that share a commit.
    """

    def __init__(
        self, path: Path, region: Region, *, clock: Clock, ref_of: RefOf, timeout_s: float = 2.0, group: int = 256
    ) -> None:
        self.path = path
        self.region = region
        self._clock = clock
        self._ref_of = ref_of
        self._home = HomeFile(path, VAULT, region, timeout_s / 2)
        self._writer = Writer(self._home, timeout_s, group, self._keep_many)
        self._reader = Reader(self._home, timeout_s, self._touch)
        self._index = self._writer.index

    def even_closed(self) -> None:
        """Before ``start``: open it even while it is kept closed after a restore. For audits and mends, not traffic."""
        self._home.closed_too = True

    async def start(self) -> None:
        """Make or open the file. Raises WorldError."""
        await asyncio.to_thread(self._home.make, self._clock.now_ms(), self._clock.random(8).hex())
        await asyncio.to_thread(self._home.writing)

    async def close(self) -> None:
        """Commit what is waiting, then let go of the file."""
        await self._reader.close()
        await self._writer.close()

    # --------------------------------------------------------------------------------------------------- the port

    async def recall(self, query: Recall) -> Recalled:
        now_s = self._clock.now_ms() // 1000

        def ask(line: sqlite3.Connection) -> Recalled:
            index = self._index.read(line)
            inside = index.recall(query)
            return index.recalled(query, inside, recall(line, inside, now_s, self._ref_of))

        return await self._index.book.known(lambda: self._reader.read(ask, lookups(query)))

    async def keep(self, batch: Batch) -> Kept:
        if batch.keeps or batch.directory or batch.entries:
            answer = await self._index.book.known(lambda: self._writer.keep(batch))
        else:
            answer = await self._index.book.known(lambda: self._reader.read(self._seek(batch), len(batch.seeks)))
        return Kept(answer.names, answer.sought, tuple(answer.records), answer.versions)

    async def fetch(self, query: Fetch) -> Fetched:
        return await self._reader.read(lambda connection: fetch(connection, query, self._ref_of), lookups(query))

    async def settle(self, outcome: Settlement) -> None:
        if outcome == Settlement(ends_at=outcome.ends_at, shown_until=outcome.shown_until):
            return
        now_s = self._clock.now_ms() // 1000

        def write(line: sqlite3.Connection) -> None:
            left = spared(outcome, erased(line, told(outcome)))
            settle(line, self._index.now.settlement(left), self.region, self._ref_of, now_s)

        await self._write(write, outcome.entries)

    # --------------------------------------------------------------------------------------------------- besides

    async def page(self, after: RecordId | None, most: int) -> Sequence[StoredRecord]:
        """The Inventory port."""
        now_s = self._clock.now_ms() // 1000
        return await self._reader.read(lambda line: page(line, after, now_s, most), most)

    async def dossier(self, subject: SubjectId) -> Dossier | None:
        """The Registry port."""
        return await self._reader.read(lambda line: dossier(line, subject), _MANY_ROWS)

    async def instruct(self, order: Instruction) -> None:
        """The Registry port."""
        await self._write(lambda line: instruct(line, order, self.region, self._ref_of), order.entries)

    async def condemn(self, order: Condemnation) -> tuple[SubjectId, ...]:
        """The Erasing port."""
        return await self._write(lambda line: condemn(line, order))

    async def condemned(self) -> Sequence[Condemnation]:
        """The Erasing port."""
        return await self._reader.read(condemned, 1)

    async def clear(self, subjects: Sequence[SubjectId], most: int = 200) -> int:
        """The Erasing port. Looking for what somebody is known by reads every name, page by page."""
        records = await self._reader.read(lambda line: records_of(line, subjects, most), _MANY_ROWS)
        if records:
            return await self._write(lambda line: drop_records(line, records, self._ref_of))
        entries, after, more = list[Identifier](), None, True
        while more:
            found, after = await self._reader.read(partial(entries_of, subjects=subjects, after=after), _MANY_ROWS)
            entries, more = [*entries, *found], after is not None
        await self._write(lambda line: drop_rest(line, subjects, entries))
        return 0

    async def gone(self, subjects: Sequence[SubjectId], at: int) -> None:
        """The Erasing port."""
        await self._write(lambda line: gone(line, subjects, at))

    async def append(self, entries: Sequence[Entry]) -> None:
        """Entries of their own, grouped with everybody else's commits."""
        await self._write(_nothing, entries)

    async def purge_expired(self, now_s: int, most: int = 500) -> int:
        """Drop up to ``most`` records whose time is over; call again while that many were dropped."""
        return await self._write(lambda connection: purge_expired(connection, now_s, most, self._ref_of))

    async def ready(self) -> None:
        """Write, commit and read back: raises WorldError if a request could not be kept now."""
        await self._write(lambda connection: connection.execute(_SQL["probe"]).rowcount)
        await self._reader.read(filled, 1)

    def empty(self) -> bool:
        """True while nothing at all is kept, so that keys may be made. Raises WorldError."""
        return not self._reader.read_now(filled)

    def knows_nobody(self) -> bool:
        """True while no person is in the directory. Raises WorldError."""
        return not self._reader.read_now(peopled)

    async def import_begun(self, one: Unfinished) -> None:
        """As the catalog says."""
        await self._write(lambda line: note_begun(line, one))

    async def import_ended(self, name: str) -> None:
        """As the catalog says."""
        await self._write(lambda line: note_ended(line, name))

    def imports(self) -> Sequence[Unfinished]:
        """As the catalog says."""
        return self._reader.read_now(imports)

    def index_by(self, keys: IndexKeys) -> None:
        """The Indexed port."""
        self._index.book.keys = keys

    async def index(self) -> IndexStand:
        """The Indexed port."""
        return await self._reader.read(stand_of, 1)

    async def turn_index(self, generation: int) -> IndexStand:
        """The Indexed port."""
        return await self._write(lambda line: self._index.step(line, generation))

    @property
    def counters(self) -> Counters:
        return self._writer.counters

    def chain_by(self, chain: Chain) -> None:
        """From now on the entries of every commit become a block of this chain."""
        self._writer.chain = chain

    def _keep_many(self, connection: sqlite3.Connection, batches: Sequence[Batch]) -> list[Outcome]:
        index, now_s = self._index.now, self._clock.now_ms() // 1000
        inside = [index.batch(batch) for batch in batches]
        outcomes = keep_many(connection, inside, self.region, self._ref_of, now_s)
        return [
            index.answered(batch, one, outcome) if isinstance(outcome, Answer) else outcome
            for batch, one, outcome in zip(batches, inside, outcomes, strict=True)
        ]

    def _seek(self, batch: Batch) -> Callable[[sqlite3.Connection], Answer]:
        def ask(line: sqlite3.Connection) -> Answer:
            index = self._index.read(line)
            inside = index.batch(batch)
            found = {(one.kind, one.blind): sought(line, one) for one in inside.seeks}
            return index.answered(batch, inside, Answer(sought=found))

        return ask

    def audit(self, judge: Callable[[Iterator[Block]], T]) -> T:
        """What is made of all of the ledger's blocks, chain by chain in order. Blocks the caller; WorldError."""
        return self._reader.read_now(lambda connection: judge(blocks(connection)))

    def last_blocks(self, most: int) -> list[Block]:
        """The ledger's blocks that were written last, oldest first. Blocks the caller; WorldError."""
        return self._reader.read_now(lambda connection: tail(connection, most))

    async def _write(self, work: Callable[[sqlite3.Connection], T], entries: Sequence[Entry] = ()) -> T:
        return await self._index.book.known(lambda: self._writer.write(work, entries))

    async def _touch(self) -> None:
        """Make the writer look at the file."""
        await self._write(_nothing)


def _nothing(_: sqlite3.Connection) -> None:
    """For a commit that holds ledger entries only, or looks whether one could be made."""
