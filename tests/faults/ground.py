"""What the script breaks: a gateway, and under it a SQLite file or PostgreSQL servers; each fault by name."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from tests.faults.gate import Gate
from tests.faults.plaintext import Plaintext
from tests.faults.servers import Host

PAUSE_S = 1.5
"""How long something is stopped, full or locked."""
MOMENT_S = 0.4
"""How long something that was killed stays dead before anybody starts it again."""


@dataclass
class Ground:
    """``found`` is plaintext in folders that are gone by now."""

    gate: Gate
    searching: Callable[[], Plaintext]
    found: Counter[str] = field(default_factory=Counter)
    failovers: list[float] = field(default_factory=list)
    """When a primary was killed (monotonic seconds)."""

    async def gateway_killed(self) -> None:
        await self.gate.again()

    async def gateway_crashed(self) -> None:
        """SIGSEGV: a process that may leave a core."""
        await self.gate.again(signal.SIGSEGV)

    async def gateway_stopped(self) -> None:
        assert self.gate.process is not None
        self.gate.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(PAUSE_S)
        self.gate.process.send_signal(signal.SIGCONT)

    @property
    def faults(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {
            "gateway killed": self.gateway_killed,
            "gateway crashed": self.gateway_crashed,
            "gateway stopped for a while": self.gateway_stopped,
        }

    async def heal(self) -> None:
        """Whatever is still broken."""


@dataclass
class SqliteGround(Ground):
    """One file beside the gateway."""

    @property
    def vault(self) -> Path:
        return self.gate.state / "ru.db"

    async def disk_full(self) -> None:
        """No file of the gateway may grow: every write beyond its first page fails in the kernel."""
        assert self.gate.process is not None
        before = resource.prlimit(self.gate.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.gate.process.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        await asyncio.sleep(PAUSE_S)
        resource.prlimit(self.gate.process.pid, resource.RLIMIT_FSIZE, before)

    async def locked(self) -> None:
        other = sqlite3.connect(self.vault, isolation_level=None, timeout=5)
        other.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(PAUSE_S)
        other.execute("ROLLBACK")
        other.close()

    @property
    def faults(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {**super().faults, "disk full": self.disk_full, "file locked": self.locked}


@dataclass
class PostgresGround(Ground):
    """A primary, and a synchronous standby if there are two; they change places."""

    hosts: list[Host] = field(default_factory=list)

    @property
    def primary(self) -> Host:
        return self.hosts[0]

    async def database_killed(self) -> None:
        await self._ended(self.primary.kill)

    async def database_ended_at_once(self) -> None:
        await self._ended(lambda: self.primary.stop("immediate"))

    async def _ended(self, how: Callable[[], None]) -> None:
        await asyncio.to_thread(how)
        await asyncio.sleep(MOMENT_S)
        await asyncio.to_thread(self.primary.start_again)

    async def commits_cut(self) -> None:
        """The connections of commits that are under way are ended, by the hundred."""
        await self._while_committing("pg_terminate_backend")

    async def commits_cancelled(self) -> None:
        """As an impatient administrator does; a server that waits for its standby then gives up waiting."""
        await self._while_committing("pg_cancel_backend")

    async def _while_committing(self, what: str) -> None:
        connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={self.primary.folder}", ssl=False)
        until = time.monotonic() + PAUSE_S
        while time.monotonic() < until:
            await connection.execute(
                f"SELECT {what}(pid) FROM pg_stat_activity WHERE application_name = 'pii-gateway' AND query = 'COMMIT'"
                " AND state = 'active'"
            )
            await asyncio.sleep(0.002)
        await connection.close()

    async def database_stopped(self) -> None:
        """SIGSTOP: connections are there, and nothing answers."""
        stopped = self.primary
        stopped.signal(signal.SIGSTOP)
        await asyncio.sleep(2 * PAUSE_S)
        stopped.signal(signal.SIGCONT)

    async def standby_stopped(self) -> None:
        """Commits wait for it: nobody is told anything that only the primary has."""
        self.hosts[1].signal(signal.SIGSTOP)
        await asyncio.sleep(2 * PAUSE_S)
        self.hosts[1].signal(signal.SIGCONT)

    async def backend_crashed(self) -> None:
        """SIGSEGV of one of the gateway's: it leaves a core, and the server starts anew."""
        mine = "SELECT pid FROM pg_stat_activity WHERE application_name = 'pii-gateway' LIMIT 1"
        os.kill(int(self.primary.psql(mine)), signal.SIGSEGV)
        await asyncio.sleep(MOMENT_S)

    async def rows_refused(self) -> None:
        """The server quotes the whole row in the errors that it logs: ``Failing row contains (…)``."""
        self.primary.psql("ALTER TABLE pii_vault.record ADD CONSTRAINT closed CHECK (false) NOT VALID")
        await asyncio.sleep(PAUSE_S)
        self.primary.psql("ALTER TABLE pii_vault.record DROP CONSTRAINT closed")

    async def disk_full(self) -> None:
        await asyncio.to_thread(_fill, self.primary.ballast)
        await asyncio.sleep(2 * PAUSE_S)
        self.primary.ballast.unlink()
        await asyncio.sleep(MOMENT_S)
        await asyncio.to_thread(self.primary.start_again)

    async def failover(self) -> None:
        """The primary is killed, its standby promoted; the dead one comes back, from nothing, as the new standby."""
        await asyncio.to_thread(self.primary.kill)
        self.failovers.append(time.monotonic())
        self.hosts.reverse()
        await asyncio.to_thread(self.primary.promote)
        await asyncio.sleep(PAUSE_S)
        self.found += await asyncio.to_thread(self.searching().in_folder, self.hosts[1].folder)
        await asyncio.to_thread(self.hosts[1].follow, self.primary)
        await asyncio.to_thread(self.primary.wait_for, self.hosts[1])

    @property
    def faults(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        found = {
            **super().faults,
            "database killed": self.database_killed,
            "database ended at once": self.database_ended_at_once,
            "backend crashed": self.backend_crashed,
            "rows refused": self.rows_refused,
            "commits cut": self.commits_cut,
            "commits cancelled": self.commits_cancelled,
            "database stopped for a while": self.database_stopped,
        }
        if self.primary.disk:
            found["disk full"] = self.disk_full
        if len(self.hosts) > 1:
            found |= {"failover": self.failover, "standby stopped for a while": self.standby_stopped}
        return found

    async def heal(self) -> None:
        for host in self.hosts:
            host.signal(signal.SIGCONT)
            await asyncio.to_thread(host.start_again)


def _fill(path: Path) -> None:
    """Until there is no room left."""
    with path.open("wb", buffering=0) as file:
        os.fchmod(file.fileno(), 0o600)
        for size in (1 << 20, 1 << 12):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
