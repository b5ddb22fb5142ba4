"""HTTP/1.1 as bytes, read and written by hand: what verify and the demo see must not go through the gateway's own
server.

Every message keeps the bytes it came in. Good for well-formed messages on loopback, and for nothing else.
"""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]

_NO_BODY = frozenset({204, 304})


class BrokenError(Exception):
    """The other side closed, or sent what is no HTTP/1.1."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a reply: the first line, the headers, the body unframed (content codings left), and ``raw``."""

    first: str
    headers: Headers
    body: bytes
    raw: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def method(self) -> str:
        return self.first.split(" ")[0]

    @property
    def target(self) -> str:
        return self.first.split(" ")[1]

    @property
    def status(self) -> int:
        return int(self.first.split(" ")[1])


async def read_message(reader: StreamReader, *, reply_to: str | None = None) -> Message | None:
    """The next message, or None at the end of the stream. ``reply_to`` is the request's method where a reply is
    read.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise BrokenError("the stream ended inside a head") from end
        return None
    lines = head.decode("latin-1").split("\r\n")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:] if line))
    bare = Message(lines[0], headers, b"", head)
    raw, body = await _body(reader, bare, reply_to)
    return Message(lines[0], headers, body, head + raw)


async def _body(reader: StreamReader, head: Message, reply_to: str | None) -> tuple[bytes, bytes]:
    if reply_to is not None and (reply_to == "HEAD" or head.status < 200 or head.status in _NO_BODY):
        return b"", b""
    if "chunked" in head.header("Transfer-Encoding").lower():
        return await _chunks(reader)
    if length := head.header("Content-Length"):
        body = await reader.readexactly(int(length))
        return body, body
    if reply_to is None:
        return b"", b""
    body = await reader.read()
    return body, body


async def _chunks(reader: StreamReader) -> tuple[bytes, bytes]:
    raw, body = b"", b""
    while True:
        line = await reader.readline()
        size = int(line.split(b";")[0], 16)
        chunk = await reader.readexactly(size + 2)
        raw += line + chunk
        if size == 0:
            return raw, body
        body += chunk[:-2]


def request_bytes(method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes, host: str) -> bytes:
    """One request, framed by Content-Length; Host is added where the headers have none."""
    lines = [f"{method} {target} HTTP/1.1"]
    if not any(name.lower() == "host" for name, _ in headers):
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body or method not in ("GET", "HEAD"):
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + body


def reply_bytes(status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status} {'OK' if status < 400 else 'No'}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join([*lines, f"Content-Length: {len(body)}"]) + "\r\n\r\n").encode("latin-1") + body


async def _final(reader: StreamReader, method: str) -> Message:
    """The reply after those that are interim (1xx)."""
    while reply := await read_message(reader, reply_to=method):
        if reply.status >= 200:
            return reply
    raise BrokenError("the connection was closed before a reply")


class Caller:
    """One client that keeps its connection and opens another where the server has closed it."""

    def __init__(self, port: int, timeout_s: float = 15.0) -> None:
        self._port = port
        self._timeout_s = timeout_s
        self._streams: tuple[StreamReader, StreamWriter] | None = None

    async def call(
        self, method: str, target: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b""
    ) -> Message:
        """The reply to one request. Raises BrokenError, OSError, TimeoutError."""
        request = request_bytes(method, target, headers, body, f"127.0.0.1:{self._port}")
        if self._streams is not None and self._streams[0].at_eof():
            await self.close()
        async with asyncio.timeout(self._timeout_s):
            reader, writer = self._streams = self._streams or await asyncio.open_connection("127.0.0.1", self._port)
            writer.write(request)
            await writer.drain()
            reply = await _final(reader, method)
        if reply.header("Connection").lower() == "close":
            await self.close()
        return reply

    async def close(self) -> None:
        if self._streams is not None:
            writer = self._streams[1]
            self._streams = None
            await hang_up(writer)


async def hang_up(writer: StreamWriter) -> None:
    """Close and wait until it is closed; a connection that broke is closed too."""
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        pass
