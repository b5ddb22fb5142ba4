"""Gateways that only pretend: small forwarders with one virtue or vice each, to try verify's eyes on."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gateway.verify import wire

Forwards = Callable[[wire.Message], tuple[str, wire.Headers, bytes] | bytes]
"""From a request to the target, headers and body that are passed on; or to the bytes that answer it at once."""

Answers = Callable[[bytes], bytes]
_FRAMING = {"host", "content-length", "connection"}


def unchanged(request: wire.Message) -> tuple[str, wire.Headers, bytes]:
    kept = tuple(pair for pair in request.headers if pair[0].lower() not in _FRAMING)
    return request.target, kept, request.body


def nothing(request: wire.Message) -> tuple[str, wire.Headers, bytes]:
    return "/", (("Content-Type", "application/json"),), b'{"nothing": "at all"}'


@asynccontextmanager
async def pretend(port: int, forwards: Forwards, answers: Answers = bytes) -> AsyncIterator[int]:
    """A gateway in front of one port; ``answers`` may change the body of every reply."""
    served: set[StreamWriter] = set()

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        served.add(writer)
        behind = wire.Caller(port)
        while request := await wire.read_message(reader):
            outward = forwards(request)
            writer.write(outward if isinstance(outward, bytes) else await passed_on(behind, request.method, *outward))
        await behind.close()
        await wire.hang_up(writer)
        served.discard(writer)

    async def passed_on(behind: wire.Caller, method: str, target: str, headers: wire.Headers, body: bytes) -> bytes:
        reply = await behind.call(method, target, headers, body)
        kept = [pair for pair in reply.headers if pair[0].lower() == "content-type"]
        return wire.reply_bytes(reply.status, kept, answers(reply.body))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        while served:
            await asyncio.sleep(0)
