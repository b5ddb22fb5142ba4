"""``pii-gateway serve --workers N`` as an operator runs it, a back end behind it, lines to a worker of one's choice."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from aiohttp import web

from tests.load.client import fetch
from tests.load.paths import ROOT
from tests.load.programs import module

RULES = Path(__file__).with_name("rules.yaml")
ANNA = {"citizenship": "RU", "email": "anna@example.org", "first_name": "Анна"}
SID = "sid=s1"


@dataclass
class BackEnd:
    """Keeps what it got; answers a registration with 201 and an id, ``/api/me`` with what was registered last."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.BaseRequest) -> web.Response:
        body = await request.read()
        match request.path:
            case "/api/register":
                self.bodies.append(json.loads(body))
                return web.json_response({"id": len(self.bodies), **self.bodies[-1]}, status=201)
            case "/api/login":
                return web.json_response({"ok": True}, headers={"Set-Cookie": f"{SID}; Path=/; HttpOnly"})
            case _:
                self.held.set()
                await self.hold.wait()
                return web.json_response(self.bodies[-1] if self.bodies else {})


@dataclass(frozen=True)
class Answered:
    status: int
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Line:
    """One keep-alive connection, and which worker has it."""

    worker: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answered:
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: app.example.org\r\nContent-Type: application/json\r\n{more}"
        self.writer.write(f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw)
        told = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        size = next(line for line in told.split("\r\n") if line.startswith("content-length:"))
        return Answered(int(told.split()[1]), await self.reader.readexactly(int(size.partition(":")[2])))

    async def register(self, person: object = None, **headers: str) -> Answered:
        return await self.ask("POST", "/api/register", person or ANNA, **headers)


@dataclass
class Site:
    """``log`` is the error stream, parent's and workers' together."""

    process: subprocess.Popen[str]
    port: int
    admin: int
    state: Path
    rules: Path
    behind: BackEnd
    log: Path
    opened: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def workers(self) -> dict[int, int]:
        """Process ids by worker number."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            words = child.cmdline()
            if "--worker" in words:
                found[int(words[words.index("--worker") + 1])] = child.pid
        return found

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def told(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.events if line["event"] == event]

    async def line_to(self, worker: int) -> Line:
        """Connections are opened until the kernel leads one to that worker."""
        async with asyncio.timeout(20):
            while True:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                self.opened.append(writer)
                mine = writer.get_extra_info("sockname")[1]
                while (owner := self._owner(mine)) is None:
                    await asyncio.sleep(0.005)
                if owner == worker:
                    return Line(worker, reader, writer)
                writer.close()

    def _owner(self, port: int) -> int | None:
        for number, pid in self.workers.items():
            lines = psutil.Process(pid).net_connections("tcp4")
            if any(line.raddr[1:] == (port,) for line in lines):
                return number
        return None

    async def ready(self) -> dict[str, Any]:
        return await self.asked("/ready")

    async def asked(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await fetch(self.admin, path))
        return found

    async def until_ready(self) -> None:
        async with asyncio.timeout(60):
            while not (await self.ready())["ready"]:
                await asyncio.sleep(0.05)

    async def until_told(self, event: str, times: int = 1) -> None:
        async with asyncio.timeout(60):
            while len(self.told(event)) < times:
                await asyncio.sleep(0.02)

    async def hang_up(self) -> None:
        for writer in self.opened:
            writer.close()
            try:
                await writer.wait_closed()
            except ConnectionError:
                pass  # the worker was faster

    async def stop(self) -> int:
        self.process.terminate()
        return await self.ended()

    async def ended(self) -> int:
        return await asyncio.to_thread(self.process.wait, 60)


@asynccontextmanager
async def back_end() -> AsyncIterator[BackEnd]:
    behind = BackEnd()
    behind.hold.set()
    runner = web.ServerRunner(web.Server(behind.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    behind.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield behind
    finally:
        behind.hold.set()
        await runner.cleanup()


def rules_in(state: Path, url: str, rules: Path = RULES) -> Path:
    path = state / "rules.yaml"
    path.write_text(rules.read_text().replace("http://127.0.0.1:9001", url))
    return path


@asynccontextmanager
async def site(
    state: Path, workers: int = 2, *, behind: BackEnd | None = None, rules: Path = RULES
) -> AsyncIterator[Site]:
    """It serves when the block begins, and is gone when it ends."""
    async with back_end() as own:
        behind = behind or own
        path = rules_in(state, behind.url, rules)
        log = state / "log"
        command = serve(path, "--workers", str(workers))
        with started(command, state, log) as process:
            try:
                addresses = [await asyncio.to_thread(_address, process) for _ in range(2)]
                assert all(addresses), log.read_text()
                on = Site(process, addresses[0], addresses[1], state, path, behind, log)
                yield on
                await on.hang_up()
            finally:
                behind.hold.set()
                await asyncio.to_thread(end, process)
                for _ in range(5):  # what the dead have let go of is seen and closed
                    await asyncio.sleep(0)


def serve(rules: Path, *more: str) -> list[str]:
    return module("gateway", "serve", "--rules", str(rules), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", *more)


def started(command: Sequence[str], state: Path, log: Path) -> subprocess.Popen[str]:
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PII_GATEWAY_STATE_DIR": str(state), "PII_GATEWAY_SHUTDOWN_GRACE_S": "20"},
        )


def end(process: subprocess.Popen[str]) -> None:
    """In good order, so that its folder goes with it; what does not end so is killed."""
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
    for child in family:
        try:
            child.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            pass
    process.wait()
    psutil.wait_procs(family, 10)


def _address(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    words = process.stdout.readline().split()
    return int(words[2].rpartition(":")[2]) if len(words) > 2 else 0
