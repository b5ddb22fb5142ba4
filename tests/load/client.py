"""The load: keep-alive connections that register people, one request at a time each, and check every reply."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import cast

import httptools

from tests.load.people import body, person

RETURNING = 10
"""Every which request is about a person seen before."""


def numbers(start: int) -> Iterator[int]:
    """Fresh numbers from ``start``, every tenth in its place one that has been out before."""
    fresh = start
    for turn in count(1):
        if turn % RETURNING == 0:
            yield start + (turn * 7919) % (fresh - start)
        else:
            yield fresh
            fresh += 1


@dataclass(slots=True)
class Round:
    """What the clients saw: ``latencies`` in seconds; ``changed`` replies are not what was sent, byte for byte."""

    numbers: Iterator[int]
    running: bool = True
    statuses: Counter[int] = field(default_factory=Counter)
    changed: int = 0
    broken: int = 0
    latencies: list[float] = field(default_factory=list)
    elapsed_s: float = 0.0

    @property
    def good(self) -> int:
        """Replies with a 2xx status."""
        return sum(number for status, number in self.statuses.items() if status // 100 == 2)

    @property
    def clean(self) -> bool:
        return self.good == self.statuses.total() and not self.changed and not self.broken

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")


class Caller(asyncio.Protocol):
    """One connection: sends, waits for the whole reply, compares, sends again."""

    def __init__(self, round_: Round, host: str, path: str) -> None:
        self.round = round_
        self.head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n".encode()
        self.ended = asyncio.get_running_loop().create_future()
        self.parser = httptools.HttpResponseParser(self)
        self.sent = b""
        self.sent_at = 0.0
        self.reply: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its bases
        self.send()

    def send(self) -> None:
        number = next(self.round.numbers)
        self.sent = body(number, person(number))
        self.reply = []
        self.sent_at = time.perf_counter()
        self.transport.write(self.head + b"Content-Length: %d\r\n\r\n%b" % (len(self.sent), self.sent))

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.reply.append(body)

    def on_message_complete(self) -> None:
        round_ = self.round
        round_.latencies.append(time.perf_counter() - self.sent_at)
        round_.statuses[self.parser.get_status_code()] += 1
        round_.changed += b"".join(self.reply) != self.sent
        self.sent = b""
        if round_.running and self.parser.should_keep_alive():
            self.send()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.round.broken += bool(self.sent)
        if not self.ended.done():
            self.ended.set_result(None)


async def play(port: int, start: int, *, seconds: float, connections: int = 64, path: str = "/api/customers") -> Round:
    """Load one server for a while and wait for the last replies."""
    loop = asyncio.get_running_loop()
    round_ = Round(numbers(start))
    began = time.perf_counter()
    callers = [
        (await loop.create_connection(lambda: Caller(round_, f"127.0.0.1:{port}", path), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    loop.call_later(seconds, setattr, round_, "running", False)
    _, hanging = await asyncio.wait([caller.ended for caller in callers], timeout=seconds + 30)
    round_.broken += len(hanging)
    round_.elapsed_s = time.perf_counter() - began
    return round_


async def fetch(port: int, path: str) -> bytes:
    """The body of one plain GET with a Content-Length."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**26)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    answer = await reader.readexactly(int(length.partition(b":")[2]))
    writer.close()
    await writer.wait_closed()
    return answer
