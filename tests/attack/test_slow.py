"""Clients that send a byte now and then: each is refused in time, and a thousand of them cost the others nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

import pytest

from gateway.adapters.sink_memory import MemorySink
from gateway.model.limits import ClientPatience
from gateway.ruleset.load import load as load_rules
from gateway.settings import load as load_settings
from gateway.wiring import running
from tests.attack.run import RULES
from tests.attack.wire import recording
from tests.server.wire import client, lines, site

PATIENT = ClientPatience(head_s=0.4, body_s=0.4, keep_s=0.4)
HEAD = b"POST /api/people HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
BODY = json.dumps({"email": "marina.kedrova@example.ru", "ref": "A-1"}).encode()
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY


@pytest.mark.parametrize(
    ("at_once", "trickle"),
    [
        (b"", HEAD),
        (b"GET / HTTP/1.1\r\n", b"X-A: " + b"a" * 500),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n" * 100),
        (HEAD + b"Content-Length: 500\r\n\r\n", BODY * 9),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 100),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 500),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x" * 500),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 100),
    ],
    ids=["line", "header", "headers", "body", "chunks", "chunk size", "extension", "trailer"],
)
async def test_trickle_is_refused_in_time_and_the_connection_ends(at_once: bytes, trickle: bytes) -> None:
    async with site(patience=PATIENT) as gateway, client(gateway.port) as (reader, writer):
        writer.write(at_once)
        answer = asyncio.ensure_future(reader.read())
        began = time.monotonic()
        for byte in trickle:
            if answer.done() or time.monotonic() - began > 5:
                break
            try:
                writer.write(bytes([byte]))
                await writer.drain()
            except ConnectionError:
                break
            await asyncio.wait([answer], timeout=0.02)
        async with asyncio.timeout(5):
            try:
                wire = await answer
            except ConnectionResetError:
                wire = b""
    assert time.monotonic() - began < 3
    assert (lines(wire)[0][9:12] in (b"408", b"400", b""), gateway.behind.requests) == (True, [])


async def test_connection_that_says_nothing_is_closed() -> None:
    async with site(patience=PATIENT) as gateway, client(gateway.port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        async with asyncio.timeout(5):
            wire = await reader.read()
    assert wire.startswith(b"HTTP/1.1 200 ")


@asynccontextmanager
async def gateway(folder: Path) -> AsyncIterator[int]:
    async with recording() as behind:
        (folder / "rules.yaml").write_text(RULES.replace("URL", behind.url), encoding="utf-8")
        told = {"state_dir": str(folder), "listen.port": 0, "admin.port": 0}
        settings = load_settings(None, {}, told)
        async with running(load_rules([folder / "rules.yaml"]), settings, MemorySink()) as served:
            yield int(served.address.rpartition(":")[2])


async def healthy(port: int, times: int) -> list[float]:
    """Milliseconds of each of a keep-alive client's requests."""
    took = []
    async with client(port) as (reader, writer):
        for _ in range(times):
            began = time.perf_counter()
            writer.write(WHOLE)
            async with asyncio.timeout(10):
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 200 ")
                await reader.readexactly(len(BODY))
            took.append((time.perf_counter() - began) * 1000)
    return took


def told(name: str, took: list[float]) -> str:
    return f"{name}: median {median(took):.1f} ms, p99 {quantiles(took, n=100)[98]:.1f} ms of {len(took)}"


@pytest.mark.slow
async def test_thousand_slow_clients_do_not_stop_service_to_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with gateway(tmp_path) as port, AsyncExitStack() as stack:
        await healthy(port, 100)
        before = await healthy(port, 400)
        slow = [await stack.enter_async_context(client(port)) for _ in range(1000)]
        sorts = (HEAD, HEAD + b"Content-Length: 500\r\n\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for number, (_, writer) in enumerate(slow):
            writer.write(sorts[number % 3])
        stop = asyncio.Event()

        async def trickle() -> None:
            """A byte to each about every second."""
            while not stop.is_set():
                for number, (_, writer) in enumerate(slow):
                    if not writer.is_closing():
                        writer.write(b"X" if number % 3 == 0 else b"1")
                    if number % 20 == 0:
                        await asyncio.wait([asyncio.ensure_future(stop.wait())], timeout=0.02)

        async with asyncio.TaskGroup() as group:
            group.create_task(trickle())
            during = await healthy(port, 400)
            stop.set()
        for _, writer in slow:
            writer.transport.abort()
    with capsys.disabled():
        print(f"\n{told('before', before)}\n{told('with 1,000 slow clients', during)}")
    assert median(during) < max(10 * median(before), 50)
    assert max(during) < 2000
