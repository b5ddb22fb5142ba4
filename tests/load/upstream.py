"""The upstream of the load test: answers 201 with the body it got, keeps everything, and tells what leaked when asked.

It looks for plaintext in every request, but only when `GET /-/report` asks: looking costs the timed part nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import httptools

from tests.load.people import number_of, person
from tests.load.plaintext import leaked
from tests.load.serving import serve

REPORT = b"/-/report"


@dataclass(slots=True)
class Received:
    """Heads and bodies since the last report."""

    messages: list[tuple[bytes, bytes]] = field(default_factory=list)

    def report(self) -> bytes:
        """Requests, how many of them leaked, which values, and how many had no readable reference; then forgets."""
        values: Counter[str] = Counter()
        leaks = lost = 0
        for head, body in self.messages:
            number = number_of(body)
            who = None if number is None else person(number)
            found = leaked(head, who) | leaked(body, who)
            leaks += bool(found)
            lost += number is None
            values.update(found)
        report = {"requests": len(self.messages), "leaks": leaks, "values": dict(values), "unattributed": lost}
        self.messages.clear()
        return json.dumps(report).encode()


class Echo(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, received: Received) -> None:
        self.received = received
        self.parser = httptools.HttpRequestParser(self)
        self.head: list[bytes] = []
        self.body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its bases

    def data_received(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.close()

    def on_message_begin(self) -> None:
        self.head, self.body = [], []

    def on_url(self, url: bytes) -> None:
        self.head.append(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.head.append(name + b": " + value)

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        body = b"".join(self.body)
        if self.head[0] == REPORT:
            self.answer(b"200 OK", self.received.report())
        else:
            self.received.messages.append((b"\n".join(self.head), body))
            self.answer(b"201 Created", body)

    def answer(self, status: bytes, body: bytes) -> None:
        self.transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)
        )


@asynccontextmanager
async def listening() -> AsyncIterator[asyncio.Server]:
    """A server on a free loopback port."""
    received = Received()
    yield await asyncio.get_running_loop().create_server(lambda: Echo(received), "127.0.0.1", 0)


if __name__ == "__main__":
    serve(listening)
