"""The vault fails under the running gateway, for real: locked, moved away, disk full. Nothing leaves; it recovers."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.load.programs import Program, module, running

RULES = Path(__file__).with_name("rules.yaml")
EMAIL = "anna.smirnova@example.ru"


@dataclass
class Site:
    """A running gateway with its state, and the back end behind it."""

    state: Path
    program: Program
    session: aiohttp.ClientSession
    received: list[bytes] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    answer: bytes = b"{}"

    @property
    def vault(self) -> Path:
        return self.state / "ru.db"

    async def register(self, email: str = EMAIL) -> tuple[int, bytes]:
        body = f'{{"citizenship":"RU","email":"{email}"}}'
        async with self.session.post("/api/people", data=body, headers={"Content-Type": "application/json"}) as reply:
            return reply.status, await reply.read()

    async def read(self) -> tuple[int, bytes]:
        async with self.session.get("/api/people/1") as reply:
            return reply.status, await reply.read()


@asynccontextmanager
async def site(state: Path) -> AsyncIterator[Site]:
    made: list[Site] = []

    async def back_end(request: web.BaseRequest) -> web.Response:
        body = await request.read()
        made[0].received.append(body)
        if request.method == "GET":
            await made[0].hold.wait()
            return web.Response(body=made[0].answer, content_type="application/json")
        return web.Response(body=body, content_type="application/json")

    runner = web.ServerRunner(web.Server(back_end))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    rules = state / "rules.yaml"
    rules.write_text(RULES.read_text().replace("127.0.0.1:9001", f"127.0.0.1:{runner.addresses[0][1]}"))
    listen = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
    command = module("gateway", "serve", "--rules", str(rules), *listen)
    with running(command, {"PII_GATEWAY_STATE_DIR": str(state)}) as program:
        async with aiohttp.ClientSession(base_url=f"http://127.0.0.1:{program.port}") as session:
            made.append(Site(state, program, session))
            made[0].hold.set()
            yield made[0]
    await runner.cleanup()


@contextmanager
def locked(on: Site) -> Iterator[None]:
    """Another process's connection holds the write lock."""
    other = sqlite3.connect(on.vault, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def moved_away(on: Site) -> Iterator[None]:
    files = [on.vault.with_name(on.vault.name + suffix) for suffix in ("", "-wal", "-shm")]
    aside = [(file, file.with_name(file.name + ".aside")) for file in files if file.exists()]
    for file, other in aside:
        file.rename(other)
    yield
    for file, other in aside:
        file.unlink(missing_ok=True)
        other.rename(file)


@contextmanager
def disk_full(on: Site) -> Iterator[None]:
    """No file of the gateway may grow: every write beyond its first page fails in the kernel."""
    pid = on.program.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


FAULTS = pytest.mark.parametrize("fault", [locked, moved_away, disk_full], ids=lambda fault: fault.__name__)


@pytest.mark.slow
@FAULTS
async def test_nothing_leaves_while_the_vault_fails_and_it_recovers_without_a_restart(
    fault: Callable[[Site], AbstractContextManager[None]], tmp_path: Path
) -> None:
    async with site(tmp_path) as on:
        assert (await on.register())[0] == 200
        on.received.clear()
        with fault(on):
            answers = [await on.register(f"other{number}@example.ru") for number in range(3)]
        assert [status for status, _ in answers] == [503, 503, 503]
        assert all(b"example.ru" not in body for _, body in answers)
        assert on.received == []
        status, body = await on.register("back@example.ru")
        for _ in range(100):
            if status == 200:
                break
            await asyncio.sleep(0.1)
            status, body = await on.register("back@example.ru")
        assert b"back@example.ru" in body
        assert b"back@example.ru" not in on.received[-1]


@pytest.mark.slow
async def test_once_the_upstream_has_answered_tokens_stay_and_there_is_no_503(tmp_path: Path) -> None:
    async with site(tmp_path) as on:
        await on.register()
        on.answer = on.received[-1]
        assert EMAIL.encode() in (await on.read())[1]
        on.hold.clear()
        reading = asyncio.create_task(on.read())
        while len(on.received) < 3:
            await asyncio.sleep(0.01)
        with moved_away(on):
            on.hold.set()
            status, body = await reading
        assert (status, body) == (200, on.answer)
