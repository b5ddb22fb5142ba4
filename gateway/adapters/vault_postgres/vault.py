"""The home store of one region over PostgreSQL: the Vault port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from asyncpg import Connection, Record

from gateway.adapters.vault_postgres.address import Address
from gateway.adapters.vault_postgres.aside import Aside
from gateway.adapters.vault_postgres.breaker import Breaker
from gateway.adapters.vault_postgres.connect import check_durable, open_connection
from gateway.adapters.vault_postgres.erase import (
    FIRST,
    Identifier,
    Key,
    condemn,
    condemned,
    entries_of,
    gone,
    records_of,
    rest,
)
from gateway.adapters.vault_postgres.errors import Trouble
from gateway.adapters.vault_postgres.group import Change, Counters, Direct, GroupWriter, look
from gateway.adapters.vault_postgres.index import stand_of, step
from gateway.adapters.vault_postgres.keep import keep_batch
from gateway.adapters.vault_postgres.keep import want as want_of_batch
from gateway.adapters.vault_postgres.line import Line, Manner
from gateway.adapters.vault_postgres.marks import dossier, instruct, surroundings
from gateway.adapters.vault_postgres.migrate import check_layout, check_open
from gateway.adapters.vault_postgres.pool import Pool
from gateway.adapters.vault_postgres.read import Question, answer, stored
from gateway.adapters.vault_postgres.settle import drop_record, drops, parts, settle
from gateway.adapters.vault_postgres.settle import want as want_of_settlement
from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_postgres.work import Turned, Wanted, Work
from gateway.adapters.vault_sql.chain import Chain
from gateway.adapters.vault_sql.facts import RefOf
from gateway.adapters.vault_sql.imports import unspelt
from gateway.adapters.vault_sql.naming import Answer
from gateway.adapters.vault_sql.standing import day_of
from gateway.model.chain import Block
from gateway.model.erasure import REMEMBER_S, Condemnation
from gateway.model.errors import WorldError
from gateway.model.kept import Batch, Fetch, Fetched, Kept, Recall, Recalled, Settlement, StoredRecord
from gateway.model.ledger import Entry
from gateway.model.marks import Dossier, Instruction
from gateway.model.names import RecordId, Region, SubjectId
from gateway.model.table import Unfinished
from gateway.model.turning import IndexStand
from gateway.ports import Clock, IndexKeys

T = TypeVar("T")

_SQL = statements("20_settle", "25_erase", "30_read", "40_ledger")
_REMEMBER_RETRIES_S = 7 * 86400
"""How long an Idempotency-Key is remembered."""
_DROP_AT_ONCE = 64
_BLOCKS_AT_ONCE = 1000


class PostgresVault:
    """One schema, made by ``migrate``. ``region`` is the vault's own: evidence for it wins within a rank.

    ``ref_of`` reads the record and field that a token's text names (``core.naming.ref_of``). ``timeout_s`` is how long
    a call may take, queueing included; ``group`` the most callers that share a commit.
    """

    def __init__(
        self,
        address: Address,
        region: Region,
        *,
        clock: Clock,
        ref_of: RefOf,
        timeout_s: float = 2.0,
        group: int = 256,
    ) -> None:
        self.address = address
        self.region = region
        self._clock = clock
        self._ref_of = ref_of
        self._timeout_s = timeout_s
        self._closed_too = False
        readers = max(1, address.pool - 1)
        breaker = Breaker(self._tried, clock.random)
        self._write_pool = Pool(address, "vault", self._check, timeout_s, 1, breaker=breaker)
        self._read_pool = Pool(address, "vault", self._check, timeout_s, readers, breaker=breaker)
        self._writer = GroupWriter(self._write_pool, timeout_s)
        self._index = self._writer.index
        manner = Manner(group, timeout_s, self._late, self._over)
        self._changes: Line[Change] = Line(self._writer.serve, manner, servers=1)
        self._questions: Line[Question] = Line(self._answer, manner, servers=readers)
        self._aside = Aside("vault-aside")
        self._started = False

    def even_closed(self) -> None:
        """Before ``start``: open it even while it is kept closed after a restore. For audits and mends, not traffic."""
        self._closed_too = True

    async def start(self) -> None:
        """Raises WorldError unless the store is there, has this gateway's layout, and keeps what it acknowledges."""
        async with self._reading():
            self._started = True

    async def close(self) -> None:
        """Commit what is waiting, then let go of the server."""
        await self._questions.close()
        await self._changes.close()
        await self._write_pool.close()
        await self._read_pool.close()
        await asyncio.to_thread(self._aside.close)

    # --------------------------------------------------------------------------------------------------- the port

    async def recall(self, query: Recall) -> Recalled:
        found = await self._index.book.known(lambda: self._ask(query))
        return found if isinstance(found, Recalled) else Recalled()

    async def fetch(self, query: Fetch) -> Fetched:
        found = await self._index.book.known(lambda: self._ask(query))
        return found if isinstance(found, Fetched) else Fetched()

    async def keep(self, batch: Batch) -> Kept:
        told = Answer()

        def act(work: Work) -> None:
            nonlocal told
            inside = work.index.batch(batch)
            answer = keep_batch(work, inside, self.region, self._ref_of, self._clock.now_ms() // 1000)
            told = work.index.answered(batch, inside, answer)

        def want(work: Work) -> Sequence[Wanted]:
            return want_of_batch(work, work.index.batch(batch), self._ref_of)

        async def look_only() -> None:
            async with self._reading() as connection:
                await look(connection, self._index, want, act)

        if batch.keeps or batch.directory or batch.entries:
            await self._change(act, want, batch.entries)
        else:
            await self._index.book.known(look_only)
        return Kept(told.names, told.sought, tuple(told.records), told.versions)

    async def settle(self, outcome: Settlement) -> None:
        for part in parts(outcome):
            await self._settle(part)

    # --------------------------------------------------------------------------------------------------- besides

    async def page(self, after: RecordId | None, most: int) -> Sequence[StoredRecord]:
        """The Inventory port."""
        now_s = self._clock.now_ms() // 1000
        async with self._reading() as connection:
            return [
                stored(row) for row in await connection.fetch(_SQL["page"], bytes.fromhex(after or ""), now_s, most)
            ]

    async def dossier(self, subject: SubjectId) -> Dossier | None:
        """The Registry port."""
        async with self._reading() as connection:
            return await dossier(connection, subject)

    async def instruct(self, order: Instruction) -> None:
        """The Registry port. What a hold kept from being purged goes with its end."""
        async with self._reading() as connection:
            about = await surroundings(connection, order)
        await self._change(
            lambda work: instruct(work, order, about, self.region, self._ref_of),
            lambda _: about.wanted,
            order.entries,
            drops=True,
            direct=about.direct,
        )

    async def condemn(self, order: Condemnation) -> tuple[SubjectId, ...]:
        """The Erasing port."""
        async with self._reading() as connection:
            return await condemn(connection, order)

    async def condemned(self) -> Sequence[Condemnation]:
        """The Erasing port."""
        async with self._reading() as connection:
            return await condemned(connection)

    async def clear(self, subjects: Sequence[SubjectId], most: int = 200) -> int:
        """The Erasing port. Looking for what somebody is known by reads every name, page by page."""
        async with self._reading() as connection:
            records = await records_of(connection, subjects, min(most, _DROP_AT_ONCE))
        async with asyncio.TaskGroup() as tasks:
            for record, whose in records:
                tasks.create_task(self._drop(record, whose))
        if not records:
            entries = await self._entries(subjects)
            await self._change(_nothing, _nothing_wanted, direct=rest(subjects, entries))
            if (await self.index()).phase != "steady":
                return len(entries)  # copies may have been made of them meanwhile: look again
        return len(records)

    async def gone(self, subjects: Sequence[SubjectId], at: int) -> None:
        """The Erasing port."""
        await self._change(_nothing, _nothing_wanted, direct=(gone(subjects, at),))

    async def append(self, entries: Sequence[Entry]) -> None:
        """Entries of their own, grouped with everybody else's commits."""
        await self._change(_nothing, _nothing_wanted, entries)

    async def purge_expired(self, now_s: int, most: int = 500) -> int:
        """Drop up to ``most`` records whose time is over; call again while that many were dropped."""
        dropped = 0
        while dropped < most:
            async with self._reading() as connection:
                rows = await connection.fetch(_SQL["due"], now_s, min(_DROP_AT_ONCE, most - dropped))
            if not rows:
                break
            async with asyncio.TaskGroup() as tasks:
                for row in rows:
                    tasks.create_task(self._expire(RecordId(row["id"].hex()), SubjectId(row["subject"].hex()), now_s))
            dropped += len(rows)
        old = (
            ("purge_sessions", now_s),
            ("purge_shown", now_s),
            ("purge_idempotency", now_s - _REMEMBER_RETRIES_S),
            ("purge_erased", now_s - REMEMBER_S),
        )
        await self._change(_nothing, _nothing_wanted, direct=tuple((_SQL[name], (until,)) for name, until in old))
        return dropped

    async def ready(self) -> None:
        """Write, commit and read back: raises WorldError if a request could not be kept now."""
        await self._change(_nothing, _nothing_wanted, direct=((_SQL["probe"], ()),))
        async with self._reading() as connection:
            await connection.fetchval(_SQL["filled"])

    def empty(self) -> bool:
        """True while nothing at all is kept, so that keys may be made. Blocks the caller; WorldError."""
        return not self._is("filled")

    def knows_nobody(self) -> bool:
        """True while no person is in the directory. Blocks the caller; WorldError."""
        return not self._is("peopled")

    async def import_begun(self, one: Unfinished) -> None:
        """As the catalog says."""
        await self._note("import_begun", one.name, one.to, one.begun_ms)

    async def import_ended(self, name: str) -> None:
        """As the catalog says."""
        await self._note("import_ended", name)

    def imports(self) -> Sequence[Unfinished]:
        """As the catalog says."""
        rows = self._aside.run(self._rows("imports"))
        return unspelt(rows[0][0] if rows else "")

    def index_by(self, keys: IndexKeys) -> None:
        """The Indexed port."""
        self._index.book.keys = keys

    async def index(self) -> IndexStand:
        """The Indexed port."""
        async with self._reading() as connection:
            return await stand_of(connection, self._index)

    async def turn_index(self, generation: int) -> IndexStand:
        """The Indexed port."""

        async def stepped() -> IndexStand:
            async with self._reading() as connection:
                return await step(connection, self._index, generation)

        return await self._index.book.known(stepped)

    @property
    def counters(self) -> Counters:
        return self._writer.counters

    def chain_by(self, chain: Chain) -> None:
        """From now on the entries of every commit become a block of this chain."""
        self._writer.chain = chain

    def audit(self, judge: Callable[[Iterator[Block]], T]) -> T:
        """What is made of all of the ledger's blocks, chain by chain in order. Blocks the caller; WorldError."""
        return judge(self._blocks())

    def last_blocks(self, most: int) -> list[Block]:
        """The ledger's blocks that were written last, oldest first. Blocks the caller; WorldError."""
        return [Block(*row) for row in self._aside.run(self._rows("tail", most))][::-1]

    # ----------------------------------------------------------------------------------------------------- details

    async def _ask(self, query: Recall | Fetch) -> Recalled | Fetched | None:
        await self._read_pool.admit()
        question = Question(future=asyncio.get_running_loop().create_future(), query=query)
        await self._questions.stand(question)
        return question.answer

    async def _answer(self, group: Sequence[Question]) -> None:
        """A connection that broke unnoticed, or a phase that is over, is no reason to fail: reading again is safe."""
        for last in (False, False, True):
            try:
                async with self._reading() as connection:
                    return await answer(
                        connection, group, self._index.again(), self._clock.now_ms() // 1000, self._ref_of
                    )
            except Turned as turned:
                self._index.believe(turned.stand)
            except WorldError as error:
                if last or error.code != "GW-V116":
                    raise
        raise self._read_pool.error(Trouble.BUSY, "the index key has turned")

    async def _change(
        self,
        act: Callable[[Work], None],
        want: Callable[[Work], Sequence[Wanted]],
        entries: Sequence[Entry] = (),
        *,
        drops: bool = False,
        direct: tuple[Direct, ...] = (),
    ) -> None:
        async def changed() -> None:
            await self._write_pool.admit()
            future = asyncio.get_running_loop().create_future()
            change = Change(future=future, act=act, want=want, entries=entries, drops=drops, direct=direct)
            await self._changes.stand(change)

        await self._index.book.known(changed)

    async def _settle(self, outcome: Settlement) -> None:
        if outcome != Settlement(ends_at=outcome.ends_at, shown_until=outcome.shown_until):
            await self._change(
                lambda work: settle(work, work.index.settlement(outcome), self.region, self._ref_of, self._day()),
                lambda work: want_of_settlement(work.index.settlement(outcome)),
                outcome.entries,
                drops=drops(outcome),
            )

    async def _entries(self, subjects: Sequence[SubjectId]) -> list[Identifier]:
        found: list[Identifier] = []
        after: Key | None = FIRST
        while after is not None:
            async with self._reading() as connection:
                entries, after = await entries_of(connection, subjects, after)
            found += entries
        return found

    async def _drop(self, record: RecordId, whose: SubjectId) -> None:
        def act(work: Work) -> None:
            if work.records.look(record) is not None:
                drop_record(work, record, self._ref_of)

        await self._change(act, lambda _: [("records", record), ("people", whose)], drops=True)

    async def _expire(self, record: RecordId, whose: SubjectId, now_s: int) -> None:
        def act(work: Work) -> None:
            row = work.records.look(record)
            due = row is not None and row.expires is not None and row.expires <= now_s
            if row is not None and due and not work.held(row.fact.subject):
                drop_record(work, record, self._ref_of)

        await self._change(act, lambda _: [("records", record), ("people", whose)], drops=True)

    async def _note(self, statement: str, *facts: object) -> None:
        async with self._reading() as connection:
            if await connection.fetchval(_SQL[statement], *facts) is None:
                known = "its meta has no row for imports, which this gateway's `vault migrate` makes"
                raise self._read_pool.error(Trouble.LAYOUT, known)

    def _day(self) -> int:
        return day_of(self._clock.now_ms() // 1000)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Connection]:
        try:
            async with asyncio.timeout(self._timeout_s), self._read_pool.use() as connection:
                yield connection
        except TimeoutError:
            raise self._read_pool.late() from None

    async def _tried(self) -> Connection:
        return await open_connection(self.address, "vault", self._timeout_s, self._check, tried=True)

    async def _check(self, connection: Connection) -> None:
        await check_durable(connection, self.address, "vault")
        await check_layout(connection, self.address, "vault", self.region, running=self._started)
        if not self._closed_too:
            await check_open(connection, self.address)

    async def _rows(self, name: str, *facts: object) -> list[Record]:
        """What a statement finds, by a connection of its own."""
        pool = Pool(self.address, "vault", self._check, self._timeout_s, 1)
        try:
            async with asyncio.timeout(self._timeout_s), pool.use() as connection:
                return await connection.fetch(_SQL[name], *facts)
        except TimeoutError:
            raise self._late() from None
        finally:
            await pool.close()

    def _is(self, name: str) -> bool:
        return bool(self._aside.run(self._rows(name))[0][0])

    def _blocks(self) -> Iterator[Block]:
        last = ("", -1)
        while page := self._aside.run(self._rows("blocks", *last, _BLOCKS_AT_ONCE)):
            yield from (Block(*row) for row in page)
            last = (page[-1]["chain"], page[-1]["seq"])

    def _late(self) -> WorldError:
        return self._read_pool.error(Trouble.SLOW, f"{self._timeout_s:g} s")

    def _over(self) -> WorldError:
        return self._read_pool.error(Trouble.CLOSED)


def _nothing(_: Work) -> None:
    """For a commit that holds ledger entries or statements of its own only."""


def _nothing_wanted(_: Work) -> Sequence[Wanted]:
    return ()
