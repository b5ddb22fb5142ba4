"""A listener on a free port with a scripted use case behind it, and a client that speaks in bytes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.sink_memory import MemorySink
from gateway.model.decision import Refusal
from gateway.model.limits import ClientPatience, Limits
from gateway.model.message import Reply, Request
from gateway.ports import Relay
from gateway.server.listener import Listener
from gateway.server.proxy import Proxy

OK = Reply(200, (("Content-Type", "text/plain"),), b"hello")
_LIMITS = Limits()
_PATIENCE = ClientPatience()
Script = Callable[[Request], Awaitable[Reply | Relay | Refusal]]


async def always_ok(request: Request) -> Reply:
    return OK


@dataclass
class Recorded:
    """The use case behind the proxy: writes down what it was given and answers by the script."""

    script: Script = always_ok
    requests: list[Request] = field(default_factory=list)

    async def handle(self, request: Request, *, request_id: str) -> Reply | Relay | Refusal:
        self.requests.append(request)
        return await self.script(request)

    async def open(self, request: Request, *, request_id: str) -> Refusal:
        return Refusal(501, "GW-X501", "No route is upgraded.")


@dataclass
class Site:
    port: int
    behind: Recorded
    proxy: Proxy
    listener: Listener
    sink: MemorySink

    @property
    def request(self) -> Request:
        """The one request that came through."""
        (only,) = self.behind.requests
        return only


@asynccontextmanager
async def site(
    script: Script = always_ok,
    *,
    limits: Limits = _LIMITS,
    patience: ClientPatience = _PATIENCE,
    trusted: tuple[str, ...] = (),
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Site]:
    behind, sink = Recorded(script), MemorySink()
    proxy = Proxy(
        behind, limits=limits, patience=patience, clock=SystemClock(), sink=sink, trusted_proxies=lambda: trusted
    )
    listener = Listener(
        proxy, limits=limits, patience=patience, sink=sink, name_request=proxy.name_request, date=proxy.date
    )
    server = await asyncio.get_running_loop().create_server(listener, "127.0.0.1", 0, ssl=tls)
    try:
        yield Site(server.sockets[0].getsockname()[1], behind, proxy, listener, sink)
    finally:
        server.close()
        listener.pre_shutdown()
        await listener.shutdown(1.0)
        await server.wait_closed()


@asynccontextmanager
async def client(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        try:
            await writer.wait_closed()
        except ConnectionError:
            pass


async def talk(port: int, *pieces: bytes) -> bytes:
    """Everything that comes back for these bytes until the server closes."""
    async with client(port) as (reader, writer):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(5):
            return await reader.read()


async def head_of(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(5):
        return await reader.readuntil(b"\r\n\r\n")


def lines(wire: bytes) -> list[bytes]:
    """Status line and headers of one reply."""
    return wire.partition(b"\r\n\r\n")[0].split(b"\r\n")


def body(wire: bytes) -> bytes:
    return wire.partition(b"\r\n\r\n")[2]
