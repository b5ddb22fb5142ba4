"""The DataKeyStore port over PostgreSQL: a database, or at least credentials and a schema, of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from asyncpg import Connection

from gateway.adapters.vault_postgres.address import Address
from gateway.adapters.vault_postgres.aside import Aside
from gateway.adapters.vault_postgres.breaker import Breaker
from gateway.adapters.vault_postgres.connect import check_durable, open_connection
from gateway.adapters.vault_postgres.errors import Store
from gateway.adapters.vault_postgres.load import columns
from gateway.adapters.vault_postgres.migrate import check_layout
from gateway.adapters.vault_postgres.pool import Pool
from gateway.adapters.vault_postgres.statements import statements
from gateway.model.names import Region, SubjectId

T = TypeVar("T")

_SQL = statements("50_datakeys")
_hex = bytes.fromhex


class PostgresDataKeys:
    """Every method blocks its caller's thread for a round trip; any thread may call.

    ``random`` is fresh bytes, by which the probes of many gateways fall out of step.
    """

    remote = True

    def __init__(
        self,
        address: Address,
        region: Region,
        *,
        timeout_s: float = 2.0,
        random: Callable[[int], bytes] = bytes,
    ) -> None:
        self.address = address
        self._random = random
        self.region = region
        self._timeout_s = timeout_s
        self._aside = Aside("data-keys-server")
        self._pool: Pool | None = None
        self._started = False

    def start(self) -> None:
        """Raises WorldError unless the store is there, has this gateway's layout, and keeps what it acknowledges."""
        self._ask(_nothing)
        self._started = True

    def close(self) -> None:
        if self._pool is not None:
            self._aside.run(self._pool.close())
        self._aside.close()

    # --------------------------------------------------------------------------------------------------- the port

    def add(self, keys: Sequence[tuple[SubjectId, str, bytes]]) -> None:
        rows = columns((_hex(subject), version, wrapped) for subject, version, wrapped in keys)
        if rows:
            self._execute("add_keys", *rows)

    def read(self, subjects: Sequence[SubjectId]) -> dict[SubjectId, tuple[str, bytes]]:
        ids = [_hex(subject) for subject in subjects]
        rows = self._ask(lambda connection: connection.fetch(_SQL["keys"], ids))
        return {SubjectId(row["id"].hex()): (row["version"], row["wrapped"]) for row in rows}

    def erase(self, subjects: Sequence[SubjectId]) -> int:
        ids = sorted(_hex(subject) for subject in subjects)
        return self._ask(lambda connection: _erase(connection, ids))

    def generation(self) -> int:
        return int(self._value("generation"))

    def empty(self) -> bool:
        return not self._value("some")

    def serial(self) -> int:
        return int(self._value("serial"))

    def key_set(self) -> bytes | None:
        body = self._ask(lambda connection: connection.fetchval(_SQL["key_set"]))
        return None if body is None else bytes(body)

    def save_key_set(self, serial: int, body: bytes) -> bool:
        return bool(self._execute("first_key_set" if serial == 1 else "next_key_set", serial, body))

    def stale(self, version: str, after: SubjectId, most: int) -> Sequence[tuple[SubjectId, str, bytes]]:
        rows = self._ask(lambda connection: connection.fetch(_SQL["stale"], _hex(after), version, most))
        return [(SubjectId(row["id"].hex()), row["version"], row["wrapped"]) for row in rows]

    def rewrap(self, keys: Sequence[tuple[SubjectId, bytes, str, bytes]]) -> int:
        rows = columns(sorted((_hex(one), before, version, wrapped) for one, before, version, wrapped in keys))
        return self._execute("rewrap", *rows) if rows else 0

    def versions(self) -> Mapping[str, int]:
        return {row[0]: row[1] for row in self._ask(lambda connection: connection.fetch(_SQL["versions"]))}

    def lease(self, holder: str, now_ms: int, for_ms: int) -> bool:
        return bool(self._execute("lease", holder, now_ms, for_ms))

    # --------------------------------------------------------------------------------------------------- besides

    def count(self) -> int:
        return int(self._value("count"))

    def ready(self) -> None:
        """Write and commit: raises WorldError if a key could not be stored now."""
        self._execute("probe_keys")

    def _value(self, name: str) -> int:
        return int(self._ask(lambda connection: connection.fetchval(_SQL[name])))

    def _execute(self, name: str, *facts: object) -> int:
        """How many rows; durable when it returns."""
        status = self._ask(lambda connection: connection.execute(_SQL[name], *facts))
        return int(status.rpartition(" ")[2])

    def _ask(self, ask: Callable[[Connection], Awaitable[T]]) -> T:
        return self._aside.run(self._asked(ask))

    async def _asked(self, ask: Callable[[Connection], Awaitable[T]]) -> T:
        if self._pool is None:
            breaker = Breaker(self._tried, self._random)
            store: Store = "data key store"
            self._pool = Pool(self.address, store, self._check, self._timeout_s, self.address.pool, breaker=breaker)
        try:
            async with asyncio.timeout(self._timeout_s), self._pool.use() as connection:
                return await ask(connection)
        except TimeoutError:
            raise self._pool.late() from None

    async def _tried(self) -> Connection:
        return await open_connection(self.address, "data key store", self._timeout_s, self._check, tried=True)

    async def _check(self, connection: Connection) -> None:
        await check_durable(connection, self.address, "data key store")
        await check_layout(connection, self.address, "data key store", self.region, running=self._started)


async def _nothing(_: Connection) -> None:
    """Only connects."""


async def _erase(connection: Connection, ids: list[bytes]) -> int:
    async with connection.transaction():
        await connection.execute(_SQL["next_generation"])
        gone = await connection.execute(_SQL["erase_keys"], ids)
    return int(gone.rpartition(" ")[2])
