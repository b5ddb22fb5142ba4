"""Group commit: what waits is written in one transaction of few statements, and committed once.

Callers are answered only after the commit is done. Who can't be taken fails alone; where another gateway was first, or
the server asked to try again, the whole group is read and taken anew. A connection that breaks before the commit was
asked for has written nothing, so the group is taken again by another one; after that nobody knows, and nobody is
handed anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from asyncpg import Connection

from gateway.adapters.vault_postgres.errors import DRIVER_ERRORS, Trouble, spoilt, trouble_of
from gateway.adapters.vault_postgres.index import BEGIN, ServerIndex, confirm
from gateway.adapters.vault_postgres.line import Caller
from gateway.adapters.vault_postgres.load import load
from gateway.adapters.vault_postgres.pool import Pool
from gateway.adapters.vault_postgres.save import save
from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_postgres.work import Moved, Turned, Unread, Wanted, Work
from gateway.adapters.vault_sql.chain import Chain, no_ledger
from gateway.model.chain import Block
from gateway.model.errors import GatewayError, WorldError
from gateway.model.ledger import Entry

_SQL = statements("40_ledger")
_ENTRY_FAULTS = (GatewayError, ValueError, TypeError, LookupError, OverflowError)
"""What one caller can do wrong by itself."""
_ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class Counters:
    """Since the start. ``entries``: callers' batches, settlements, appends; ``again``: groups that were taken anew."""

    commits: int = 0
    entries: int = 0
    largest_group: int = 0
    failed_commits: int = 0
    failed_entries: int = 0
    again: int = 0


Direct = tuple[str, tuple[object, ...]]
"""A statement and its parameters."""


@dataclass(slots=True, eq=False, kw_only=True)
class Change(Caller):
    """A caller that writes: what it wants read beforehand, what it does with the rows, its ledger entries.

    ``drops``: it may end records, so what it reads is locked. ``direct``: statements of its own beside the rows.
    """

    want: Callable[[Work], Sequence[Wanted]]
    act: Callable[[Work], None]
    entries: Sequence[Entry] = ()
    drops: bool = False
    direct: tuple[Direct, ...] = ()


class GroupWriter:
    """The only writer of one vault in this process."""

    def __init__(self, pool: Pool, timeout_s: float) -> None:
        self._pool = pool
        self._timeout_s = timeout_s
        self.index = ServerIndex()
        self.chain: Chain | None = None
        self.counters = Counters()

    async def serve(self, group: Sequence[Change]) -> None:
        """What drops records has a transaction of its own, after the others: it reads only what it has locked."""
        for drops in (False, True):
            part = [one for one in group if one.drops is drops]
            if part:
                await self._serve(part, locked=drops)

    async def _serve(self, group: list[Change], *, locked: bool) -> None:
        for one in group:
            if one.entries and self.chain is None:
                one.failure = no_ledger()
        sound = [one for one in group if one.failure is None]
        if sound and not await self._try(sound, locked=locked):
            for one in sound:
                await self._try([one], locked=locked)

    async def _try(self, group: list[Change], *, locked: bool) -> bool:
        try:
            return await self._attempts(group, locked=locked)
        except WorldError as error:
            self.counters = replace(self.counters, failed_commits=self.counters.failed_commits + 1)
            for one in group:
                one.failure = error
            return True

    async def _attempts(self, group: list[Change], *, locked: bool) -> bool:
        """False if the values of one of several callers spoil it for all."""
        trouble: WorldError | None = None
        for attempt in range(_ATTEMPTS):
            for one in group:
                one.failure = None
            try:
                async with asyncio.timeout(self._timeout_s), self._pool.use() as connection:
                    trouble = await self._attempt(connection, group, locked=locked, doubtful=attempt > 0)
            except TimeoutError:
                raise self._pool.late() from None
            except Moved:
                trouble = self._pool.error(Trouble.BUSY, "others were first")
            except Turned as turned:
                self.index.believe(turned.stand)
                trouble = self._pool.error(Trouble.BUSY, "the index key has turned")
            except _Spoilt:
                if len(group) > 1:
                    return False
                raise self._pool.error(Trouble.OTHER, "a value can't be stored") from None
            if trouble is None:
                return True
            self.counters = replace(self.counters, again=self.counters.again + 1)
        raise trouble or self._pool.error(Trouble.BUSY)

    async def _attempt(
        self, connection: Connection, group: list[Change], *, locked: bool, doubtful: bool
    ) -> WorldError | None:
        """None once it is committed; an error that may be gone at the next attempt; raises what will not."""
        asked = False
        try:
            await connection.execute(BEGIN)
            await self._write(connection, group, locked=locked, doubtful=doubtful)
            asked = True
            await connection.execute("COMMIT")
        except DRIVER_ERRORS as error:
            await self._undo(connection)
            return self._told(error, asked=asked)
        except asyncio.CancelledError:
            self._forget()  # the connection is thrown away: nobody waits for its answer any more
            raise
        except BaseException:
            await self._undo(connection)
            raise
        if self.chain is not None:
            self.chain.settled(committed=True)
        self._count(group)
        return None

    def _told(self, error: BaseException, *, asked: bool) -> WorldError:
        """The error, to be returned if trying again is safe and may help, else raised."""
        if spoilt(error):
            raise _Spoilt from None
        told = self._pool.translated(error)
        if trouble_of(error) is Trouble.BUSY or (trouble_of(error) is Trouble.LOST and not asked):
            return told
        raise told from None

    def _forget(self) -> None:
        if self.chain is not None:
            self.chain.settled(committed=False)

    async def _undo(self, connection: Connection) -> None:
        self._forget()
        if connection.is_closed():
            return
        try:
            await connection.execute("ROLLBACK")
        except DRIVER_ERRORS:
            connection.terminate()

    # --------------------------------------------------------------------------------------------- one transaction

    async def _write(self, connection: Connection, group: list[Change], *, locked: bool, doubtful: bool) -> None:
        work = Work(self.index.again(), doubtful=doubtful)
        await self._read_ahead(connection, work, group, locked=locked)
        left = [one for one in group if one.failure is None]
        while left:
            wanted = self._act(work, left)
            left = [one for one in left if one.failure is None]
            if not wanted:
                break
            await load(connection, work, wanted, locked=locked)
        await confirm(connection, work)
        entries = [entry for one in group if one.failure is None for entry in one.entries]
        await save(connection, work, await self._block(connection, entries))
        for one in group:
            for sql, facts in one.direct if one.failure is None else ():
                await connection.execute(sql, *facts)

    async def _read_ahead(self, connection: Connection, work: Work, group: list[Change], *, locked: bool) -> None:
        wanted: list[Wanted] = []
        for one in group:
            try:
                wanted += one.want(work)
            except _ENTRY_FAULTS as fault:
                one.failure = fault
        await load(connection, work, wanted, locked=locked)

    def _act(self, work: Work, left: list[Change]) -> list[Wanted]:
        """Let one after another act, and take off ``left`` who has. What the others will miss is found out, too."""
        wanted: list[Wanted] = []
        for one in list(left):
            mark = work.mark()
            try:
                one.act(work)
            except Unread as unread:
                wanted += unread.wanted
            except _ENTRY_FAULTS as fault:
                if not wanted:
                    one.failure = fault
                work.back_to(mark)
                continue
            if wanted:
                work.back_to(mark)
            else:
                left.remove(one)
        return wanted

    async def _block(self, connection: Connection, entries: list[Entry]) -> Block | None:
        """The entries as the next block, to be written now."""
        if not entries or self.chain is None:
            return None
        if not self.chain.knows(connection):
            head = await connection.fetchrow(_SQL["head"], self.chain.name)
            self.chain.stand(connection, tuple(head) if head else None)
        return self.chain.draft(entries)

    def _count(self, group: Sequence[Change]) -> None:
        was, failed = self.counters, sum(one.failure is not None for one in group)
        self.counters = replace(
            was,
            commits=was.commits + 1,
            entries=was.entries + len(group) - failed,
            largest_group=max(was.largest_group, len(group)),
            failed_entries=was.failed_entries + failed,
        )


async def look(
    connection: Connection, index: ServerIndex, want: Callable[[Work], Sequence[Wanted]], act: Callable[[Work], None]
) -> None:
    """Let somebody act who changes nothing."""
    try:
        await _look(connection, Work(index.again(), doubtful=True), want, act)
    except Turned as turned:
        await _look(connection, Work(index.believe(turned.stand), doubtful=True), want, act)


async def _look(
    connection: Connection, work: Work, want: Callable[[Work], Sequence[Wanted]], act: Callable[[Work], None]
) -> None:
    wanted = want(work)
    while wanted:
        await load(connection, work, wanted, locked=False)
        wanted = ()
        try:
            act(work)
        except Unread as unread:
            wanted = unread.wanted


class _Spoilt(Exception):  # noqa: N818 - not an error that anybody outside sees
    """The server does not take one entry's values."""
