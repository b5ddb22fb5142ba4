"""aiohttp's ClientSession as an upstream: the second opinion beside ``http11``, with everything automatic switched off.

What it cannot send as it is spelled (a lone ``?``, ``*``, header bytes that are no UTF-8) it refuses, never alters.
Its parser of answers is lenient, and takes a reset for the end of a body that has no length.
"""

from __future__ import annotations

import asyncio
import io
import re
import ssl
from collections.abc import AsyncIterator, Sequence

import aiohttp
from yarl import URL

from gateway.adapters.upstream import faults
from gateway.adapters.upstream.origin import Origin, origin_of, outward_headers, request_head, target_of
from gateway.model.errors import WorldError
from gateway.model.limits import Limits, Patience
from gateway.model.message import Headers, Request
from gateway.model.rules import Destination

_ADDED_UNASKED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_PIECE = 2**16
_SLOWEST = 2**18
"""Bytes a second that a destination must take of a streamed body."""

_NAME = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_TOO_LONG = "Got more than"
"""How aiohttp's LineTooLong begins, of which only the text is left."""


class SessionUpstream:
    """Implements ``ports.Upstream`` for http and https."""

    def __init__(self, patience: Patience, limits: Limits, tls: ssl.SSLContext | None = None) -> None:
        self._patience = patience
        self._limits = limits
        self._tls = tls
        self._opened: aiohttp.ClientSession | None = None

    async def send(self, destination: Destination, request: Request) -> SessionAnswer:
        origin = origin_of(destination)
        url = _url(origin, request)
        headers = _as_text(origin, outward_headers(origin, request))
        try:
            return await self._once(origin, url, headers, request)
        except WorldError as error:
            if error.code != "GW-U005" or request.method not in faults.SAFE_METHODS:
                raise
            # A kept connection that the other side had just closed; what asks for no change may be asked again.
            return await self._once(origin, url, headers, request)

    async def aclose(self) -> None:
        if self._opened is not None:
            await self._opened.close()

    async def _once(self, origin: Origin, url: URL, headers: Headers, request: Request) -> SessionAnswer:
        # aiohttp warns of large bytes, since it copies them in one go; from a file it copies pieces.
        body: io.BytesIO | bytes | AsyncIterator[bytes] | None = (
            io.BytesIO(request.body) if len(request.body) > _PIECE else request.body or None
        )
        if request.stream is not None:
            body = request.stream.pieces()
        written_s = (request.stream.size or 0) / _SLOWEST if request.stream else 0
        try:
            # aiohttp's own timeouts begin when the request is written, which a deaf destination can put off for ever.
            patience = self._patience
            async with asyncio.timeout(patience.connect_s + patience.idle_s + patience.first_byte_s + written_s):
                response = await self._session().request(
                    request.method, url, headers=headers, data=body, allow_redirects=False
                )
        except (aiohttp.ClientError, OSError) as error:
            raise self._told(origin, error) from None
        if response.status < 200 or not _reads_one_way(response.raw_headers):
            response.close()
            raise faults.broken(origin.name)
        if _size(response) > self._limits.max_header_bytes:
            response.close()
            raise faults.large_head(origin.name, self._limits.max_header_bytes)
        return SessionAnswer(origin, response, self._patience)

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            patience = self._patience
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,
                    limit_per_host=patience.max_connections,
                    keepalive_timeout=patience.keep_s,
                    ssl=self._tls or True,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_ADDED_UNASKED,
                auto_decompress=False,
                trust_env=False,
                max_line_size=self._limits.max_header_bytes,
                max_field_size=self._limits.max_header_bytes,
                timeout=aiohttp.ClientTimeout(
                    total=patience.total_s,
                    connect=patience.connect_s,
                    sock_connect=patience.connect_s,
                    sock_read=patience.first_byte_s,
                ),
            )
            # aiohttp repeats PUT and DELETE too; see the package's docstring for why that must not be.
            self._opened._retry_connection = False  # noqa: SLF001 - no public switch
        return self._opened

    def _told(self, origin: Origin, error: Exception) -> WorldError:
        patience = self._patience
        match error:
            case aiohttp.ConnectionTimeoutError():
                return faults.slow_to_connect(origin.name, patience.connect_s)
            case TimeoutError():
                return faults.slow_to_answer(origin.name, patience.first_byte_s)
            case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
                return faults.untrusted(origin.name)
            case aiohttp.ClientConnectorError():
                return faults.unreachable(origin.name)
            case aiohttp.ClientResponseError() if error.message.startswith(_TOO_LONG):
                return faults.large_head(origin.name, self._limits.max_header_bytes)
            case aiohttp.ClientResponseError() | aiohttp.ClientPayloadError():
                return faults.broken(origin.name)
            case _:
                return faults.closed_early(origin.name)


class SessionAnswer:
    """Implements ``ports.Answer``."""

    def __init__(self, origin: Origin, response: aiohttp.ClientResponse, patience: Patience) -> None:
        self.status = response.status
        self.reason = response.reason or ""
        self.headers: Headers = tuple(
            (name.decode("ascii", "surrogateescape"), value.decode("ascii", "surrogateescape"))
            for name, value in response.raw_headers
        )
        self._origin = origin
        self._response = response
        self._idle_s = patience.idle_s
        self._patience = patience
        self._left = b""

    async def read(self, most: int, within_s: float | None = None) -> tuple[bytes, bool]:
        taken: list[bytes] = []
        size = 0
        until = asyncio.get_running_loop().time() + within_s if within_s is not None else None
        try:
            while piece := self._left or await self._piece(until):
                self._left = piece[max(0, most - size) :]
                taken.append(piece[: most - size])
                size += len(taken[-1])
                if self._left:
                    return b"".join(taken), False
        except TimeoutError:
            return b"".join(taken), False
        return b"".join(taken), True

    def linger(self) -> None:
        """Silence may be long now; the time for the whole is aiohttp's, which takes no other once it has begun."""
        self._idle_s = self._patience.stream_idle_s

    async def rest(self) -> AsyncIterator[bytes]:
        while piece := self._left or await self._piece():
            self._left = b""
            yield piece

    async def aclose(self) -> None:
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()

    async def _piece(self, until: float | None = None) -> bytes:
        """The next piece of the body; b'' at its end. TimeoutError at ``until``, WorldError after a long silence."""
        silent = asyncio.get_running_loop().time() + self._idle_s
        try:
            async with asyncio.timeout_at(silent if until is None else min(silent, until)):
                return await self._response.content.readany()
        except TimeoutError:
            if until is not None and until <= silent:
                raise
            raise faults.stalled(self._origin.name, self._idle_s) from None
        except (aiohttp.ClientError, OSError):
            raise faults.truncated(self._origin.name) from None


def _url(origin: Origin, request: Request) -> URL:
    """The url whose spelling on the wire is exactly the target; WorldError where aiohttp could only alter it."""
    request_head(origin, request)
    target = target_of(origin, request)
    scheme = "https" if origin.tls else "http"
    try:
        url = URL(f"{scheme}://{origin.authority}{target}", encoded=True)
    except ValueError:
        raise faults.unsendable(origin.name) from None
    if url.raw_path_qs != target:
        raise faults.unsendable(origin.name)
    return url


def _as_text(origin: Origin, headers: Headers) -> Headers:
    """aiohttp writes headers as UTF-8 and silently drops surrogates."""
    try:
        return tuple((name, value.encode("utf-8", "surrogateescape").decode()) for name, value in headers)
    except UnicodeDecodeError:
        raise faults.unsendable(origin.name) from None


def _reads_one_way(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    """True if every name is one (aiohttp lets ``Transfer-Encoding :`` through) and chunks are the only coding."""
    codings = [value.lower() for name, value in headers if name.lower() == b"transfer-encoding"]
    return codings in ([], [b"chunked"]) and all(_NAME.fullmatch(name) for name, _ in headers)


def _size(response: aiohttp.ClientResponse) -> int:
    return sum(len(name) + len(value) + 4 for name, value in response.raw_headers)
