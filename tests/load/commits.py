"""What group commit is worth: durable registrations a second at 1, 8 and 64 callers, on SQLite and PostgreSQL.

    python -m tests.load.commits --seconds 3 --clients 1 8 64

Beside each round the disk alone: as many bytes as a commit wrote, appended to a file on the same file system, and
`fdatasync`. "in line" is how long a lone caller waits before its group begins: a batch window that stays open while the
store is idle would show there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import uvloop
from asyncpg import Connection

from gateway.adapters.anchors_file import AnchorFile
from gateway.adapters.clock_system import SystemClock
from gateway.adapters.vault_postgres import PostgresLedger, PostgresVault
from gateway.adapters.vault_sqlite import SqliteLedger, SqliteVault
from gateway.model.kept import Batch
from tests import postgres
from tests.contracts.people import RU, ref_of
from tests.faults.worker import KEY
from tests.load.registrations import registration

CLIENTS = (1, 8, 64)
STORES = ("sqlite", "postgres")
COLUMNS = (
    "store", "clients", "commits/s", "x disk", "requests/s", "x disk", "x 1 client", "requests/commit",
    "round trips/commit", "KiB/commit", "disk syncs/s", "p50 ms", "p99 ms", "in line ms",
)  # fmt: skip
_A_SECOND = 6_000
"""More requests than are kept in one."""
_CALLS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")


@dataclass(frozen=True, slots=True)
class Sample:
    """One round. ``asked``: statements sent to a server; ``written``: bytes; ``bare``: the disk's own syncs a second;
    ``in_line_ms``: of a lone caller, before its group began.
    """

    store: str
    clients: int
    commits: int
    requests: int
    elapsed_s: float
    took_ms: Sequence[float]
    asked: int
    written: int
    bare: float
    in_line_ms: float | None

    @property
    def commits_s(self) -> float:
        return self.commits / self.elapsed_s

    @property
    def requests_s(self) -> float:
        return self.requests / self.elapsed_s

    def row(self, alone: float) -> tuple[str, ...]:
        """``alone``: requests per second of one client."""
        return (
            self.store,
            str(self.clients),
            f"{self.commits_s:,.0f}",
            f"{self.commits_s / self.bare:.2f}",
            f"{self.requests_s:,.0f}",
            f"{self.requests_s / self.bare:.2f}",
            f"{self.requests_s / alone:.1f}",
            f"{self.requests / self.commits:.1f}",
            f"{self.asked / self.commits:.1f}" if self.asked else "-",
            f"{self.written / self.commits / 1024:.0f}",
            f"{self.bare:,.0f}",
            f"{median(self.took_ms):.2f}",
            f"{quantiles(self.took_ms, n=100)[98]:.2f}",
            f"{self.in_line_ms:.3f}" if self.in_line_ms is not None else "-",
        )


@dataclass(frozen=True, slots=True)
class Store:
    """A vault under measurement. ``written``: bytes of its log so far. ``watch``: calls back when a group begins."""

    name: str
    vault: SqliteVault | PostgresVault
    folder: Path
    written: Callable[[], Awaitable[int]]
    watch: Callable[[Callable[[], None]], None]


# ------------------------------------------------------------------------------------------------------------- stores


class Log:
    """The bytes of a SQLite write-ahead log, through every time that it begins anew; ``look`` after each commit.

    The shared index says how many pages are in it. Source: sqlite.org/walformat.html, "WAL-Index Header", mxFrame.
    """

    def __init__(self, index: Path) -> None:
        self._index = index
        self._pages = 0
        self.bytes = 0

    def look(self) -> None:
        with self._index.open("rb") as file:
            pages = int.from_bytes(file.read(20)[16:], sys.byteorder)
        self.bytes += (pages - self._pages if pages >= self._pages else pages) * (4096 + 24)
        self._pages = pages


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Store]:
    vault = SqliteVault(folder / "ru.db", RU, clock=SystemClock(), ref_of=ref_of, timeout_s=10)
    await vault.start()
    ledger = SqliteLedger(vault, KEY, anchors=AnchorFile(folder / "anchors"), clock=SystemClock())
    ledger.start()

    log = Log(Path(f"{vault.path}-shm"))

    async def written() -> int:
        log.look()
        return log.bytes

    def watch(begun: Callable[[], None]) -> None:
        _before(vault._writer, "_commit", log.look, begun)

    try:
        yield Store("sqlite", vault, folder, written, watch)
    finally:
        await ledger.close()
        await vault.close()


@asynccontextmanager
async def server(folder: Path) -> AsyncIterator[Store]:
    with postgres.running() as one:
        vault = PostgresVault(await one.made(), RU, clock=SystemClock(), ref_of=ref_of, timeout_s=10)
        await vault.start()
        ledger = PostgresLedger(vault, KEY, anchors=AnchorFile(folder / "anchors"), clock=SystemClock())
        ledger.start()

        async def written() -> int:
            log = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
            return int(await postgres.ask(vault.address, lambda connection: connection.fetchval(log)))

        try:
            yield Store("postgres", vault, folder, written, lambda begun: _before(vault._changes, "_serve", begun))
        finally:
            await ledger.close()
            await vault.close()


def _before(owner: object, name: str, *steps: Callable[[], None]) -> None:
    """What is done whenever a method is called, before it is."""
    original = getattr(owner, name)

    def called(*facts: object) -> object:
        for step in steps:
            step()
        return original(*facts)

    setattr(owner, name, called)


@contextmanager
def asking() -> Iterator[Counter[str]]:
    """What is asked of PostgreSQL servers, by method of the driver's: a round trip each."""
    calls: Counter[str] = Counter()
    originals = {name: getattr(Connection, name) for name in _CALLS}

    def counted(name: str) -> Callable[..., object]:
        def call(*facts: object, **more: object) -> object:
            calls[name] += 1
            return originals[name](*facts, **more)

        return call

    for name in _CALLS:
        setattr(Connection, name, counted(name))
    try:
        yield calls
    finally:
        for name, original in originals.items():
            setattr(Connection, name, original)


# ----------------------------------------------------------------------------------------------------------- measuring


async def measured(store: Store, clients: int, seconds: float, calls: Counter[str]) -> Sample:
    """One round, and the disk alone right after it."""
    batches = deque(registration(number) for number in range(int(_A_SECOND * seconds)))
    begun: list[float] = []
    store.watch(lambda: begun.append(time.perf_counter()))
    await _played(store, batches, clients, 0.3)
    before, written, commits, asked = len(begun), await store.written(), store.vault.counters.commits, calls.total()
    starts, took = await _played(store, batches, clients, seconds)
    commits, asked = store.vault.counters.commits - commits, calls.total() - asked
    written = await store.written() - written
    lone = [group - start for start, group in zip(starts, begun[before:], strict=False)] if clients == 1 else []
    return Sample(
        store=store.name,
        clients=clients,
        commits=commits,
        requests=len(took),
        elapsed_s=max(start + one for start, one in zip(starts, took, strict=True)) - min(starts),
        took_ms=[one * 1000 for one in took],
        asked=asked,
        written=written,
        bare=await asyncio.to_thread(bare_syncs, store.folder, written // max(1, commits), seconds / 2),
        in_line_ms=median(lone) * 1000 if lone else None,
    )


async def _played(store: Store, batches: deque[Batch], clients: int, seconds: float) -> tuple[list[float], list[float]]:
    """When each call was made, and how long it took, in seconds; each caller comes again when it is answered."""
    starts: list[float] = []
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def caller() -> None:
        while (now := time.perf_counter()) < until and batches:
            batch = batches.popleft()
            await store.vault.keep(batch)
            starts.append(now)
            took.append(time.perf_counter() - now)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(clients):
            tasks.create_task(caller())
    return starts, took


def bare_syncs(folder: Path, size: int, seconds: float) -> float:
    """How often a second so many bytes can be appended to a file and be on the disk."""
    path, block, syncs = folder / "bare", os.urandom(size), 0
    with path.open("wb", buffering=0) as file:
        began = time.perf_counter()
        while (elapsed := time.perf_counter() - began) < seconds:
            file.write(block)
            os.fdatasync(file.fileno())
            syncs += 1
    path.unlink()
    return syncs / elapsed


async def rounds(folder: Path, stores: Sequence[str], clients: Sequence[int], seconds: float) -> list[Sample]:
    """Every store at every number of clients, one after another."""
    opened = {"sqlite": sqlite, "postgres": server}
    samples = []
    with asking() as calls:
        for name in stores:
            async with AsyncExitStack() as stack:
                store = await stack.enter_async_context(opened[name](folder))
                samples += [await measured(store, callers, seconds, calls) for callers in clients]
    return samples


def table(samples: Sequence[Sample]) -> str:
    """Markdown, a sample a row; ratios are to the disk alone, and to the first sample of the same store."""
    alone: dict[str, float] = {}
    for one in samples:
        alone.setdefault(one.store, one.requests_s)
    rows = [COLUMNS, tuple("---" for _ in COLUMNS), *(one.row(alone[one.store]) for one in samples)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3, help="length of one round (default: 3)")
    parser.add_argument("--clients", type=int, nargs="+", default=CLIENTS, help="callers at once (default: 1 8 64)")
    parser.add_argument("--stores", choices=STORES, nargs="+", default=STORES)
    parser.add_argument("--folder", type=Path, help="where SQLite and the disk alone are measured (default: TMPDIR)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        found = uvloop.run(rounds(Path(folder), chosen.stores, chosen.clients, chosen.seconds))
    sys.stdout.write(table(found) + "\n")


if __name__ == "__main__":
    main()
