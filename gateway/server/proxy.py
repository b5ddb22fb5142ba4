"""The way in and out: a request is received whole, handed to the exchange, and its reply written as it is.

The one ``except Exception`` stands here: a fault of our own is a 500 without any text of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Protocol, cast

from aiohttp import web

from gateway.model.decision import Refusal
from gateway.model.errors import GatewayError, PayloadError
from gateway.model.limits import ClientPatience, Limits
from gateway.model.message import Reply, Request
from gateway.ports import Clock, Relay, Sink
from gateway.server.forwarded import networks
from gateway.server.framing import Ending, relay_ending, relay_head, reply_bytes
from gateway.server.listener import CLOSED, KEPT, Connection
from gateway.server.problem import internal_error, problem, refusal_problem
from gateway.server.raised import raised_at
from gateway.server.reception import receive
from gateway.server.sockets import Conversation, Line, wants_socket


class Handler(Protocol):
    """The use case behind the proxy (``service.exchange.Exchange``)."""

    async def handle(self, request: Request, *, request_id: str) -> Reply | Relay | Refusal: ...

    async def open(self, request: Request, *, request_id: str) -> Line | Reply | Refusal: ...


class Proxy:
    """One handler for every request of a listener.

    ``trusted_proxies`` is asked at each request, since rules are reloaded. ``details_for_all`` shows callers the
    operator's side of 5xx problems too (for a demo or a test bench). ``streams``: the handler takes bodies that are too
    large for memory.
    """

    def __init__(  # noqa: PLR0913 - named at the one place that calls it
        self,
        exchange: Handler,
        *,
        limits: Limits,
        patience: ClientPatience,
        clock: Clock,
        sink: Sink,
        trusted_proxies: Callable[[], tuple[str, ...]] = tuple,
        details_for_all: bool = False,
        streams: bool = False,
    ) -> None:
        self._exchange = exchange
        self._leaving = asyncio.Event()
        self._limits = limits
        self._clock = clock
        self._sink = sink
        self._trusted_proxies = trusted_proxies
        self._patience = patience
        self._details_for_all = details_for_all
        self._streams = streams
        self._draining = False
        self._active = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._date = (0, "")

    async def __call__(self, incoming: web.BaseRequest) -> web.StreamResponse:
        self._active += 1
        self._quiet.clear()
        try:
            return await self._serve(incoming)
        finally:
            self._active -= 1
            if not self._active:
                self._quiet.set()

    async def drain(self, grace_s: float) -> bool:
        """Close each connection after the reply that is under way; True if all were done within the grace period."""
        self._draining = True
        self._leaving.set()
        try:
            async with asyncio.timeout(grace_s):
                await self._quiet.wait()
        except TimeoutError:
            return False
        return True

    def name_request(self) -> str:
        return self._clock.random(8).hex()

    def date(self) -> str:
        """The Date header of this second."""
        second = self._clock.now_ms() // 1000
        if self._date[0] != second:
            self._date = (second, formatdate(second, usegmt=True))
        return self._date[1]

    async def _serve(self, incoming: web.BaseRequest) -> web.StreamResponse:
        request_id = self.name_request()
        socket = "Upgrade" in incoming.headers and wants_socket(incoming)
        trusted = networks(self._trusted_proxies())
        try:
            request = await receive(
                incoming, self._limits, self._patience.body_s, trusted, socket=socket, streams=self._streams
            )
        except PayloadError as error:
            await self._write(incoming, self._refusal(error, request_id), close=True)
            if error.status == 408:
                # aiohttp would go on reading so that the client sees the refusal; a slow one is not waited for again.
                incoming.protocol.force_close()
            return CLOSED
        asked = self._exchange.open if socket else self._exchange.handle
        outcome = await self._outcome(asked(request, request_id=request_id), request_id)
        unread = request.stream is not None and not incoming.content.at_eof()
        close = self._draining or unread or _is_last(incoming)
        if isinstance(outcome, Reply):
            return await self._write(incoming, outcome, close=close)
        if isinstance(outcome, Relay):
            return await self._relay(incoming, outcome, request_id, close=close)
        await Conversation(outcome, self._limits, self._patience, self._sink, request_id).hold(incoming, self._leaving)
        return CLOSED

    async def _outcome(
        self, handled: Awaitable[Reply | Relay | Line | Refusal], request_id: str
    ) -> Reply | Relay | Line:
        try:
            outcome = await handled
        except GatewayError as error:
            return self._refusal(error, request_id)
        except Exception as error:  # noqa: BLE001 - the one place: whatever it is, nothing of it may reach the caller
            self._sink.emit("internal_error", request=request_id, error=type(error).__name__, where=raised_at(error))
            return self._refusal(internal_error(), request_id)
        if not isinstance(outcome, Refusal):
            return outcome
        self._sink.emit("refused", request=request_id, code=outcome.code, status=outcome.status)
        return refusal_problem(outcome, request_id)

    def _refusal(self, error: GatewayError, request_id: str) -> Reply:
        self._sink.emit("refused", request=request_id, code=error.code, status=error.status)
        return problem(error, request_id, in_full=self._details_for_all)

    async def _write(self, incoming: web.BaseRequest, reply: Reply, *, close: bool) -> web.StreamResponse:
        try:
            wire = reply_bytes(reply, incoming.method, close=close, date=self.date())
        except GatewayError as error:
            refusal = self._refusal(error, self.name_request())
            wire = reply_bytes(refusal, incoming.method, close=close, date=self.date())
        if not close and incoming.version < (1, 1):
            wire = wire.replace(b"\r\n", b"\r\nConnection: keep-alive\r\n", 1)
        await self._send(incoming, wire)
        return CLOSED if close else KEPT

    async def _relay(
        self, incoming: web.BaseRequest, relay: Relay, request_id: str, *, close: bool
    ) -> web.StreamResponse:
        """Stream a reply at the client's pace. If it breaks off, so does the connection: nobody takes it for whole."""
        ending = relay_ending(relay, incoming.method, incoming.version)
        close = close or ending == "close" or incoming.version < (1, 1)
        try:
            async with cast("Connection", incoming.protocol).present(endless=relay.endless):
                await self._send(incoming, relay_head(relay, ending, close=close, date=self.date()))
                await self._stream(incoming, relay, ending)
        except GatewayError as error:
            self._sink.emit("relay_broken", request=request_id, code=error.code)
            if incoming.transport is not None:
                incoming.transport.abort()
            raise ConnectionResetError from error
        finally:
            await relay.answer.aclose()
        return CLOSED if close else KEPT

    async def _stream(self, incoming: web.BaseRequest, relay: Relay, ending: Ending) -> None:
        if ending == "empty":
            return
        spell = _chunk if ending == "chunked" else bytes
        if relay.head:
            await self._send(incoming, spell(relay.head))
        async for data in relay.answer.rest():
            await self._send(incoming, spell(data))
        if ending == "chunked":
            await self._send(incoming, b"0\r\n\r\n")

    async def _send(self, incoming: web.BaseRequest, data: bytes) -> None:
        """Write, and wait while the client reads more slowly than we write; a client that stops reading is let go."""
        transport = incoming.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError
        transport.write(data)
        if incoming.protocol.writing_paused:
            await cast("Connection", incoming.protocol).drained(self._patience.write_s)


def _is_last(incoming: web.BaseRequest) -> bool:
    """True if the connection ends with this request.

    Whatever follows an Upgrade, an ignored one too, the parser takes for another protocol and drops: the client must
    not believe that it was heard.
    """
    connection = cast("Connection", incoming.protocol)
    return not incoming.keep_alive or "Upgrade" in incoming.headers or connection.said_all


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""
