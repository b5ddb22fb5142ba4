"""WebSockets towards destinations, by aiohttp's client: no redirect is followed, nothing is compressed.

Compression is not offered: with it the size of what goes out would tell of what was sealed, and each connection would
hold two windows of 32 KiB.
"""

from __future__ import annotations

import asyncio
import ssl
from types import SimpleNamespace

import aiohttp
from yarl import URL

from gateway.adapters.upstream import faults
from gateway.adapters.upstream.origin import Origin, origin_of, outward_headers, target_of
from gateway.model.limits import Limits, Patience
from gateway.model.message import Headers, Reply, Request, SocketMessage
from gateway.model.rules import Destination

_UNASKED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_OURS = ("host", "content-length", "content-type", "accept-encoding")
_CLOSING_S = 5.0
_ABNORMAL = 1006
"""Never on the wire: the connection ended without a close."""


class WebSocketUpstream:
    """Implements ``ports.SocketUpstream``."""

    def __init__(self, patience: Patience, limits: Limits, tls: ssl.SSLContext | None = None) -> None:
        self._patience = patience
        self._limits = limits
        self._tls = tls
        self._opened: aiohttp.ClientSession | None = None

    async def connect(self, destination: Destination, request: Request) -> OpenSocket | Reply:
        origin = origin_of(destination)
        offered = [one.strip() for one in (request.header("sec-websocket-protocol") or "").split(",")]
        patience = self._patience
        try:
            async with asyncio.timeout(patience.connect_s + patience.first_byte_s):
                socket = await self._session().ws_connect(
                    _url(origin, request),
                    headers=_headers(origin, request),
                    protocols=[one for one in offered if one],
                    autoping=False,
                    autoclose=False,
                    max_msg_size=self._limits.max_body_bytes,
                    timeout=aiohttp.ClientWSTimeout(ws_receive=patience.stream_idle_s, ws_close=_CLOSING_S),
                )
        except aiohttp.WSServerHandshakeError as error:
            if error.status == 101:
                raise faults.broken(origin.name) from None
            return Reply(error.status, (), b"")
        except _RedirectedError as error:
            return Reply(error.status, (), b"")
        except TimeoutError:
            raise faults.slow_to_answer(origin.name, patience.first_byte_s) from None
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError):
            raise faults.untrusted(origin.name) from None
        except (aiohttp.ClientConnectorError, OSError):
            raise faults.unreachable(origin.name) from None
        except aiohttp.ClientError:
            raise faults.broken(origin.name) from None
        return OpenSocket(origin, socket, patience)

    async def aclose(self) -> None:
        if self._opened is not None:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_request_redirect.append(_refuse_redirect)
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, limit_per_host=self._patience.max_connections, force_close=True, ssl=self._tls or True
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_UNASKED,
                trust_env=False,
                max_line_size=self._limits.max_header_bytes,
                max_field_size=self._limits.max_header_bytes,
                trace_configs=[tracing],
            )
        return self._opened


class OpenSocket:
    """Implements ``ports.Socket``."""

    def __init__(self, origin: Origin, socket: aiohttp.ClientWebSocketResponse, patience: Patience) -> None:
        self.protocol = socket.protocol or ""
        self.headers: Headers = ()
        self._origin = origin
        self._socket = socket
        self._patience = patience

    async def send(self, message: SocketMessage) -> None:
        try:
            async with asyncio.timeout(self._patience.idle_s):
                match message.kind:
                    case "text":
                        await self._socket.send_str(message.data.decode())
                    case "binary":
                        await self._socket.send_bytes(message.data)
                    case "ping":
                        await self._socket.ping(message.data)
                    case "pong":
                        await self._socket.pong(message.data)
                    case "close":
                        await self.aclose(message.code)
        except TimeoutError:
            raise faults.stalled(self._origin.name, self._patience.idle_s) from None
        except (aiohttp.ClientError, OSError):
            raise faults.truncated(self._origin.name) from None

    async def receive(self) -> SocketMessage:
        try:
            message = await self._socket.receive()
        except TimeoutError:
            raise faults.stalled(self._origin.name, self._patience.stream_idle_s) from None
        except (aiohttp.ClientError, OSError):
            raise faults.truncated(self._origin.name) from None
        return told(message, self._socket.close_code)

    async def aclose(self, code: int) -> None:
        await self._socket.close(code=code)


def told(message: aiohttp.WSMessage, close_code: int | None) -> SocketMessage:
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
            return SocketMessage("close", code=message.data or 1005)
        case _:
            return SocketMessage("close", code=close_code or _ABNORMAL)


class _RedirectedError(Exception):
    """The destination sends the handshake elsewhere; it is not repeated there."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def _refuse_redirect(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestRedirectParams
) -> None:
    params.response.close()
    raise _RedirectedError(params.response.status)


def _url(origin: Origin, request: Request) -> URL:
    target = target_of(origin, request)
    try:
        url = URL(f"{'https' if origin.tls else 'http'}://{origin.authority}{target}", encoded=True)
    except ValueError:
        raise faults.unsendable(origin.name) from None
    if url.raw_path_qs != target:
        raise faults.unsendable(origin.name)
    return url


def _headers(origin: Origin, request: Request) -> list[tuple[str, str]]:
    try:
        return [
            (name, value.encode("utf-8", "surrogateescape").decode())
            for name, value in outward_headers(origin, request)
            if name.lower() not in _OURS and not name.lower().startswith("sec-websocket-")
        ]
    except UnicodeDecodeError:
        raise faults.unsendable(origin.name) from None
