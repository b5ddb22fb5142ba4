"""A bounded number of connections, each checked before its first use: right layout, right region, durable commits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg import Connection, PostgresLogMessage

from gateway.adapters.vault_postgres.address import Address
from gateway.adapters.vault_postgres.breaker import Breaker
from gateway.adapters.vault_postgres.connect import Check, check_durable, connect, open_connection
from gateway.adapters.vault_postgres.errors import DRIVER_ERRORS, Store, Trouble, translated, trouble_of, world_error
from gateway.model.errors import WorldError

__all__ = ["Pool", "check_durable", "connect"]

_STANDBY_MISSED = "01000"
"""What a server warns of that gave up waiting for its standby, and says all the same that it has committed.

Source: PostgreSQL, src/backend/replication/syncrep.c, SyncRepWaitForLSN (a backend that is ended says nothing more).
"""


class Pool:
    """``check`` raises WorldError for a connection that may not be used. ``timeout_s`` bounds connecting, too.

    Connections that broke, or whose transaction nobody ended, are thrown away. Pools of one store share a ``breaker``.
    """

    def __init__(
        self,
        address: Address,
        store: Store,
        check: Check,
        timeout_s: float,
        size: int,
        *,
        breaker: Breaker | None = None,
    ) -> None:
        self.address = address
        self.store: Store = store
        self._check = check
        self._timeout_s = timeout_s
        self._places = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._idle_since = 0
        self._closed = False
        self._breaker = breaker or Breaker(self._open, bytes)
        self._warned: set[Connection] = set()

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Connection]:
        """A connection of one's own for the length of the block. Errors of the driver leave it as WorldError.

        So does, at its end, a commit that the server could not promise in full.
        """
        await self.admit()
        async with self._places:
            connection = await self._take()
            doubts = self._breaker.doubts
            try:
                yield connection
                if connection in self._warned:
                    raise self.tripped(self.error(Trouble.UNSURE))
            except DRIVER_ERRORS as error:
                raise self.translated(error) from None
            except asyncio.CancelledError:
                connection.terminate()  # what it was asked is not worth waiting for
                raise
            finally:
                spent = connection.is_closed() or connection.is_in_transaction() or connection in self._warned
                if spent or self._closed or self._breaker.doubts != doubts:
                    self._warned.discard(connection)
                    connection.terminate()
                else:
                    self._idle.append(connection)

    async def admit(self) -> None:
        """Raise at once while the server is known to be away."""
        if self._breaker.open and not self._closed:
            await self._breaker.admit()

    async def close(self) -> None:
        self._closed = True
        self._let_go()
        await self._breaker.close()

    def translated(self, error: BaseException) -> WorldError:
        trouble = trouble_of(error)
        told = translated(error, self.store, self.address.place, trouble)
        if trouble is Trouble.LOST:
            self._breaker.doubt()
        return self.tripped(told) if trouble is Trouble.READ_ONLY else told

    def error(self, trouble: Trouble, detail: str = "") -> WorldError:
        return world_error(trouble, self.store, self.address.place, detail)

    def late(self) -> WorldError:
        """For whoever asked the server and got no answer: nobody else is to wait for it."""
        return self.tripped(self.error(Trouble.SLOW, f"{self._timeout_s:g} s"))

    def tripped(self, error: WorldError) -> WorldError:
        if not self._closed:
            self._breaker.trip(error)
        return error

    def _let_go(self) -> None:
        while self._idle:
            self._idle.pop().terminate()

    async def _take(self) -> Connection:
        if self._closed:
            raise self.error(Trouble.CLOSED)
        if self._idle_since != self._breaker.doubts:
            self._idle_since = self._breaker.doubts
            self._let_go()
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await self._connected()

    async def _connected(self) -> Connection:
        try:
            connection = await self._open()
        except WorldError as error:
            raise self.tripped(error) from None
        self._breaker.prove()
        connection.add_log_listener(self._hear)
        return connection

    async def _open(self) -> Connection:
        return await open_connection(self.address, self.store, self._timeout_s, self._check)

    def _hear(self, connection: Connection, message: PostgresLogMessage) -> None:
        if message.sqlstate == _STANDBY_MISSED:
            self._warned.add(connection)
