"""Group commit: one thread off the loop takes what is waiting, writes it in one transaction and commits once.

While a commit waits for the disk, the next callers gather; so a group is as large as the load is high, and nobody waits
when the store is idle. Nobody is told anything before the commit is done and the file is still at its path. What can't
be taken fails alone (the group is taken again, each caller under a savepoint); a failed commit fails all of them.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from gateway.adapters.vault_sql.chain import Chain, no_ledger
from gateway.adapters.vault_sql.naming import Answer
from gateway.adapters.vault_sqlite.chain import add
from gateway.adapters.vault_sqlite.errors import Trouble
from gateway.adapters.vault_sqlite.file import HomeFile
from gateway.adapters.vault_sqlite.index import FileIndex
from gateway.adapters.vault_sqlite.log import LogCarrier
from gateway.adapters.vault_sqlite.turn import Turn
from gateway.model.errors import GatewayError, OutdatedError, OvertakenError, WorldError
from gateway.model.kept import Batch
from gateway.model.ledger import Entry

T = TypeVar("T")

_ENTRY_FAULTS = (
    GatewayError,
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    sqlite3.DataError,
)
"""What one entry can do wrong by itself; any other error of the driver is the store's."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Since the start. ``rows``: inserted, changed and deleted; ``entries``: callers' batches, settlements, appends."""

    commits: int = 0
    entries: int = 0
    rows: int = 0
    largest_group: int = 0
    failed_commits: int = 0
    failed_entries: int = 0


KeepMany = Callable[[sqlite3.Connection, Sequence[Batch]], list[Answer | OvertakenError | OutdatedError]]
"""Of what was overtaken or outdated nothing is written; the others of the group are none the worse."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """One caller: what to write (``work``, or a ``batch`` to keep), its ledger entries, whom to tell, how it ended."""

    entries: Sequence[Entry]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[None]
    work: Callable[[sqlite3.Connection], None] | None = None
    batch: Batch | None = None
    answer: Answer | None = None
    failure: BaseException | None = None

    def tell(self) -> None:
        if self.future.done():
            return
        if self.failure is not None:
            self.future.set_exception(self.failure)
        else:
            self.future.set_result(None)


class _Spoilt(Exception):  # noqa: N818 - not an error that anybody outside sees
    """One entry of the group can't be taken."""


class Writer:
    """The only writer of one file in this process.

    ``timeout_s`` is how long a caller waits, queueing included; ``most`` the callers of one group. ``keep_many`` keeps
    the batches of a group at once.
    """

    def __init__(self, home: HomeFile, timeout_s: float, most: int, keep_many: KeepMany) -> None:
        self._home = home
        self._keep_many = keep_many
        self._timeout_s = timeout_s
        self._most = most
        self._queue: deque[_Waiting] = deque()
        self._group: list[_Waiting] = []
        self._lock = threading.Lock()
        self._running = False
        self._closed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="home-writer")
        self._log = LogCarrier(home)
        self._turn = Turn(home.path)
        self.index = FileIndex()
        self.chain: Chain | None = None
        self.counters = Counters()

    async def write(self, work: Callable[[sqlite3.Connection], T], entries: Sequence[Entry] = ()) -> T:
        """What ``work`` returned, once its transaction is durable. Raises WorldError.

        A caller that gives up or is cancelled before its turn has written nothing; one that gives up later may have.
        """
        made: list[T] = []
        loop = asyncio.get_running_loop()
        await self._wait(_Waiting(entries, loop, loop.create_future(), work=lambda c: made.append(work(c))))
        return made[-1]

    async def keep(self, batch: Batch) -> Answer:
        """The batch's answer, once its transaction is durable. Raises WorldError."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(batch.entries, loop, loop.create_future(), batch=batch)
        await self._wait(waiting)
        return waiting.answer or Answer()

    async def close(self) -> None:
        """Write what is waiting, then let go of the file."""
        with self._lock:
            self._closed = True
        await asyncio.to_thread(self._thread.shutdown)
        await asyncio.to_thread(self._log.close)
        self._turn.close()
        self._home.close()

    # -------------------------------------------------------------------------------------------- the loop's side

    async def _wait(self, waiting: _Waiting) -> None:
        self._submit(waiting)
        timer = waiting.loop.call_later(self._timeout_s, self._give_up, waiting.future)
        try:
            await waiting.future
        finally:
            timer.cancel()

    def _submit(self, waiting: _Waiting) -> None:
        with self._lock:
            if self._closed:
                raise self._home.error(Trouble.CLOSED)
            self._queue.append(waiting)
            if self._running:
                return
            self._running = True
        self._start()

    def _give_up(self, future: asyncio.Future[None]) -> None:
        if not future.done():
            future.set_exception(self._home.error(Trouble.SLOW, f"{self._timeout_s:g} s"))

    # ------------------------------------------------------------------------------------------ the thread's side

    def _start(self) -> None:
        self._thread.submit(self._drain).add_done_callback(self._ended)

    def _drain(self) -> None:
        while self._take():
            self._commit([waiting for waiting in self._group if not waiting.future.done()])
            tell(self._group)

    def _take(self) -> bool:
        with self._lock:
            self._group = [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]
            self._running = bool(self._group)
            return self._running

    def _ended(self, run: Future[None]) -> None:
        """A fault of our own ends a run: its group is told, the next run goes on with the rest."""
        if (fault := run.exception()) is not None:
            for waiting in self._group:
                waiting.failure = waiting.failure or fault
            tell(self._group)
            self._start()

    def _commit(self, group: list[_Waiting]) -> None:
        if not group:
            return
        try:
            connection = self._home.writing()
            with self._turn.taken():
                self._log.finish(connection)
                try:
                    self._transact(connection, group, apart=False)
                except _Spoilt:
                    self._transact(connection, group, apart=True)
        except WorldError as error:
            self.counters = replace(self.counters, failed_commits=self.counters.failed_commits + 1)
            for waiting in group:
                waiting.failure = error

    def _transact(self, connection: sqlite3.Connection, group: list[_Waiting], *, apart: bool) -> None:
        """All of the group in one transaction, durable and still at its path, or an error and nothing told."""
        before, committed = connection.total_changes, False
        try:
            connection.execute("BEGIN IMMEDIATE")
            self.index.begin(connection)
            if apart:
                self._write_apart(connection, group)
            else:
                self._write_together(connection, group)
            self._write_ledger(connection, [e for w in group if w.failure is None for e in w.entries])
            connection.execute("COMMIT")
            committed = True
        except sqlite3.Error as error:
            raise self._home.translated(error) from error
        finally:
            if connection.in_transaction:
                connection.rollback()
                self.index.failed()
            trouble = self._home.moved()
            if self.chain is not None:
                self.chain.settled(committed=committed and trouble is None)
        if trouble is not None:
            raise self._home.error(trouble)
        self._count(group, connection.total_changes - before)

    def _write_together(self, connection: sqlite3.Connection, group: list[_Waiting]) -> None:
        try:
            if self.chain is None and any(waiting.entries for waiting in group):
                raise no_ledger()
            self._keep(connection, [waiting for waiting in group if waiting.batch is not None])
            for waiting in group:
                if waiting.work is not None:
                    waiting.work(connection)
        except _ENTRY_FAULTS as fault:
            raise _Spoilt from fault

    def _write_apart(self, connection: sqlite3.Connection, group: list[_Waiting]) -> None:
        for waiting in group:
            connection.execute("SAVEPOINT entry")
            try:
                self._write_together(connection, [waiting])
            except _Spoilt as spoilt:
                waiting.failure = spoilt.__cause__
                connection.execute("ROLLBACK TO entry")
            connection.execute("RELEASE entry")

    def _keep(self, connection: sqlite3.Connection, group: list[_Waiting]) -> None:
        answers = self._keep_many(connection, [waiting.batch for waiting in group if waiting.batch is not None])
        for waiting, answer in zip(group, answers, strict=True):
            if isinstance(answer, OvertakenError | OutdatedError):
                waiting.failure = answer
            else:
                waiting.answer, waiting.failure = answer, None

    def _write_ledger(self, connection: sqlite3.Connection, entries: list[Entry]) -> None:
        if entries and self.chain is not None:
            add(self.chain, connection, entries)

    def _count(self, group: list[_Waiting], rows: int) -> None:
        was, failed = self.counters, sum(waiting.failure is not None for waiting in group)
        self.counters = Counters(
            commits=was.commits + 1,
            entries=was.entries + len(group) - failed,
            rows=was.rows + rows,
            largest_group=max(was.largest_group, len(group)),
            failed_commits=was.failed_commits,
            failed_entries=was.failed_entries + failed,
        )
        self._log.grown(rows)


def tell(group: Sequence[_Waiting]) -> None:
    """Wake the callers, each on its own loop; a loop that is gone has nobody waiting."""
    for loop in {waiting.loop for waiting in group}:
        theirs = [waiting for waiting in group if waiting.loop is loop]
        try:
            loop.call_soon_threadsafe(_tell_each, theirs)
        except RuntimeError:
            pass


def _tell_each(group: Sequence[_Waiting]) -> None:
    for waiting in group:
        waiting.tell()
