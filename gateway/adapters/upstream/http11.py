"""The pooled HTTP/1.1 client: kept connections per origin, bounded, the last used first."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque

from gateway.adapters.upstream import faults
from gateway.adapters.upstream.answer import Http11Answer
from gateway.adapters.upstream.connection import ClosedEarly, Connection
from gateway.adapters.upstream.origin import Origin, origin_of, request_head
from gateway.model.limits import Limits, Patience
from gateway.model.message import Request
from gateway.model.rules import Destination


class Http11Upstream:
    """Implements ``ports.Upstream`` for http and https. ``tls`` is the context that destinations are verified with."""

    def __init__(self, patience: Patience, limits: Limits, tls: ssl.SSLContext | None = None) -> None:
        self._patience = patience
        self._limits = limits
        self._tls = tls
        self._pools: dict[str, Pool] = {}

    async def send(self, destination: Destination, request: Request) -> Http11Answer:
        pool = self._pools.get(destination.url) or self._add_pool(destination)
        head = request_head(pool.origin, request)
        safe = request.method in faults.SAFE_METHODS
        while True:
            connection = await pool.acquire()
            kept = connection.used
            try:
                return await connection.exchange(
                    head, request.body, stream=request.stream, head_only=request.method == "HEAD"
                )
            except ClosedEarly:
                if not (kept and safe):
                    raise faults.closed_early(pool.origin.name) from None
                # Every kept connection may be as stale as this one was; a fresh one answers or fails for good.
                pool.close_idle()

    async def aclose(self) -> None:
        """Close what is idle; what is busy closes with its exchange."""
        for pool in self._pools.values():
            pool.shut()

    def _add_pool(self, destination: Destination) -> Pool:
        origin = origin_of(destination)
        tls = (self._tls or ssl.create_default_context()) if origin.tls else None
        pool = self._pools[destination.url] = Pool(origin, self._patience, self._limits.max_header_bytes, tls)
        return pool


class Pool:
    """The connections of one origin: at most ``patience.max_connections``, idle ones kept for ``patience.keep_s``."""

    def __init__(self, origin: Origin, patience: Patience, max_head_bytes: int, tls: ssl.SSLContext | None) -> None:
        self.origin = origin
        self._patience = patience
        self._max_head_bytes = max_head_bytes
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._idle: list[Connection] = []
        self._count = 0
        self._queue: deque[asyncio.Future[Connection | None]] = deque()
        self._sweep_timer: asyncio.TimerHandle | None = None
        self._shut = False

    async def acquire(self) -> Connection:
        """A connection that was alive a moment ago; WorldError if none can be had."""
        while True:
            while self._idle:
                connection = self._idle.pop()
                if connection.fresh() and not self._outlived(connection):
                    return connection
                connection.abort()
            if self._count < self._patience.max_connections:
                return await self._connect()
            if (connection_or_room := await self._next_free()) is not None:
                return connection_or_room

    def close_idle(self) -> None:
        while self._idle:
            self._idle.pop().abort()

    def shut(self) -> None:
        self._shut = True
        self.close_idle()
        self._stop_sweeping()

    async def _connect(self) -> Connection:
        self._count += 1
        connected = False
        origin, patience = self.origin, self._patience
        try:
            async with asyncio.timeout(patience.connect_s):
                _, connection = await self._loop.create_connection(
                    self._make_connection, origin.host, origin.port, ssl=self._tls
                )
            connected = True
        except TimeoutError:
            raise faults.slow_to_connect(origin.name, patience.connect_s) from None
        except ssl.SSLError:
            raise faults.untrusted(origin.name) from None
        except (OSError, UnicodeError):
            raise faults.unreachable(origin.name) from None
        finally:
            if not connected:
                self._give_up_place()
        return connection

    def _make_connection(self) -> Connection:
        return Connection(self.origin.name, self._patience, self._max_head_bytes, self._freed, self._closed)

    async def _next_free(self) -> Connection | None:
        """The next connection that comes free, or None where there is room for a new one."""
        waiter: asyncio.Future[Connection | None] = self._loop.create_future()
        self._queue.append(waiter)
        try:
            async with asyncio.timeout(self._patience.connect_s):
                return await waiter
        except TimeoutError:
            raise faults.crowded(self.origin.name, self._patience.max_connections) from None
        finally:
            self._withdraw(waiter)

    def _withdraw(self, waiter: asyncio.Future[Connection | None]) -> None:
        """Leave the queue; hand on what came too late for a waiter that gave up."""
        if waiter in self._queue:
            self._queue.remove(waiter)
        elif waiter.cancelled():
            self._offer(None)

    def _freed(self, connection: Connection) -> None:
        if self._shut:
            connection.abort()
        elif not self._offer(connection):
            connection.free_since = self._loop.time()
            self._idle.append(connection)
            self._sweep_later()

    def _closed(self, connection: Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)
        self._give_up_place()

    def _give_up_place(self) -> None:
        self._count -= 1
        self._offer(None)

    def _offer(self, connection: Connection | None) -> bool:
        while self._queue:
            waiter = self._queue.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return True
        return False

    def _outlived(self, connection: Connection) -> bool:
        return self._loop.time() - connection.free_since >= connection.keep_s

    def _sweep_later(self) -> None:
        if self._sweep_timer is None:
            self._sweep_timer = self._loop.call_later(self._patience.keep_s, self._sweep)

    def _sweep(self) -> None:
        """Close what has been idle for too long; the ones used least lie first."""
        self._sweep_timer = None
        stale = [connection for connection in self._idle if self._outlived(connection)]
        self._idle = [connection for connection in self._idle if connection not in stale]
        for connection in stale:
            connection.abort()
        if self._idle:
            self._sweep_later()

    def _stop_sweeping(self) -> None:
        if self._sweep_timer is not None:
            self._sweep_timer.cancel()
            self._sweep_timer = None
