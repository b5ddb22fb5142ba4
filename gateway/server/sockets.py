"""A WebSocket between a client and an open channel: one message at a time each way, at the slower one's pace.

Pings and closes are passed on as they come. A message that is refused closes the channel with 1008 and the code of the
refusal, one that could not be kept with 1013; neither is sent on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import aiohttp
from aiohttp import web

from gateway.model.decision import Refusal
from gateway.model.errors import GatewayError, PayloadError
from gateway.model.limits import ClientPatience, Limits
from gateway.model.message import SocketMessage
from gateway.ports import Sink, Socket

_BUFFER = 2**16
_LAST_WORDS_S = 5.0
_GOING_AWAY, _REFUSED, _TRY_LATER, _FAULT, _RESTART = 1001, 1008, 1013, 1011, 1012
_NEVER_SENT = frozenset({1005, 1006, 1015})
"""RFC 6455, 7.4.1: they say that no code was sent."""


class Line(Protocol):
    """What is behind the socket (``service.channel.Channel``)."""

    @property
    def socket(self) -> Socket: ...

    @property
    def outdated(self) -> Callable[[], bool]: ...

    async def outward(self, message: SocketMessage) -> SocketMessage | Refusal: ...

    async def inward(self, message: SocketMessage) -> SocketMessage: ...


class _ClosedError(Exception):
    """The conversation is over; ``code`` is for whoever has not said so himself."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


def wants_socket(incoming: web.BaseRequest) -> bool:
    """True for a whole handshake of RFC 6455, 4.2.1."""
    headers = incoming.headers
    return (
        incoming.method == "GET"
        and incoming.version >= (1, 1)
        and headers.get("Upgrade", "").strip().lower() == "websocket"
        and "upgrade" in [one.strip().lower() for one in headers.get("Connection", "").split(",")]
        and headers.get("Sec-WebSocket-Version", "").strip() == "13"
        and "Sec-WebSocket-Key" in headers
        and "Content-Length" not in headers
        and "Transfer-Encoding" not in headers
    )


class Conversation:
    """One WebSocket of a client."""

    def __init__(self, line: Line, limits: Limits, patience: ClientPatience, sink: Sink, request_id: str) -> None:
        self._line = line
        self._patience = patience
        self._sink = sink
        self._request_id = request_id
        protocol = line.socket.protocol
        self._client = web.WebSocketResponse(
            protocols=(protocol,) if protocol else (),
            autoping=False,
            autoclose=False,
            compress=False,
            max_msg_size=limits.max_body_bytes,
            timeout=_LAST_WORDS_S,
            writer_limit=_BUFFER,
        )

    async def hold(self, incoming: web.BaseRequest, leaving: asyncio.Event) -> None:
        """Until one of the two hangs up, or the gateway has to leave."""
        closed = _ClosedError(_FAULT)
        try:
            await self._client.prepare(incoming)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._outward())
                group.create_task(self._inward())
                group.create_task(_leave(leaving))
        except* _ClosedError as ended:
            closed = next(one for one in _leaves(ended) if isinstance(one, _ClosedError))
        except* (ConnectionError, aiohttp.ClientError):
            closed = _ClosedError(_GOING_AWAY)
        finally:
            await self._part(closed)

    async def _outward(self) -> None:
        while True:
            message = await self._heard()
            if message.kind not in ("text", "binary"):
                await self._pass_on(message)
                continue
            if self._line.outdated():
                raise _ClosedError(_RESTART)
            try:
                judged = await self._line.outward(message)
            except GatewayError as error:
                raise self._refused(error.code, error.status) from None
            if isinstance(judged, Refusal):
                raise self._refused(judged.code, judged.status)
            await self._pass_on(judged)

    async def _inward(self) -> None:
        while True:
            try:
                message = await self._line.socket.receive()
            except GatewayError as error:
                raise self._broken(error) from None
            if message.kind == "close":
                raise _ClosedError(message.code)
            shown = await self._line.inward(message) if message.kind in ("text", "binary") else message
            await self._say(shown)

    async def _heard(self) -> SocketMessage:
        message = await self._client.receive()
        match message.type:
            case aiohttp.WSMsgType.TEXT:
                return SocketMessage("text", message.data.encode())
            case aiohttp.WSMsgType.BINARY:
                return SocketMessage("binary", message.data)
            case aiohttp.WSMsgType.PING:
                return SocketMessage("ping", bytes(message.data))
            case aiohttp.WSMsgType.PONG:
                return SocketMessage("pong", bytes(message.data))
            case aiohttp.WSMsgType.CLOSE:
                raise _ClosedError(message.data or 1005)
            case _:
                raise _ClosedError(self._client.close_code or 1006)

    async def _say(self, message: SocketMessage) -> None:
        """Write, and wait while the client reads more slowly; one that stops reading is let go."""
        try:
            async with asyncio.timeout(self._patience.write_s):
                await _SAID[message.kind](self._client, message.data)
        except TimeoutError:
            raise ConnectionResetError from None

    async def _pass_on(self, message: SocketMessage) -> None:
        try:
            await self._line.socket.send(message)
        except GatewayError as error:
            raise self._broken(error) from None

    def _refused(self, code: str, status: int) -> _ClosedError:
        self._sink.emit("refused", request=self._request_id, code=code, status=status)
        return _ClosedError(_TRY_LATER if status == 503 else _REFUSED, f"{code} {self._request_id}")

    def _broken(self, error: GatewayError) -> _ClosedError:
        self._sink.emit("relay_broken", request=self._request_id, code=error.code)
        return _ClosedError(_FAULT if not isinstance(error, PayloadError) else _REFUSED, error.code)

    async def _part(self, closed: _ClosedError) -> None:
        """Tell both; whoever has hung up himself hears his own code back, as the protocol has it."""
        code = closed.code if closed.code not in _NEVER_SENT else 1000
        if self._client.prepared:
            await _in_time(self._client.close(code=code, message=closed.reason.encode()))
        await _in_time(self._line.socket.aclose(_GOING_AWAY if closed.reason else code))


async def _in_time(words: Awaitable[object]) -> None:
    try:
        async with asyncio.timeout(_LAST_WORDS_S):
            await words
    except (TimeoutError, ConnectionError, aiohttp.ClientError):
        return


async def _leave(leaving: asyncio.Event) -> None:
    await leaving.wait()
    raise _ClosedError(_GOING_AWAY)


def _leaves(group: BaseException) -> list[BaseException]:
    if isinstance(group, BaseExceptionGroup):
        return [leaf for one in group.exceptions for leaf in _leaves(one)]
    return [group]


_SAID: dict[str, Callable[[web.WebSocketResponse, bytes], Awaitable[None]]] = {
    "text": lambda client, data: client.send_str(data.decode()),
    "binary": lambda client, data: client.send_bytes(data),
    "ping": lambda client, data: client.ping(data),
    "pong": lambda client, data: client.pong(data),
}
