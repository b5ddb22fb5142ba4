"""Two real gateways over one vault, a back end abroad behind them, and who rotates keys and kills meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.load.paths import ROOT
from tests.load.people import person

RULES = Path(__file__).with_name("rules.yaml")
EQUAL = ("email", "phone", "inn")
"""Fields whose value has one token, whoever sends it."""


@dataclass
class BackEnd:
    """Keeps what it got, finds by the token of an e-mail; never sees a value."""

    url: str = ""
    tokens: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """By reference and field: every token that came."""
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_email: dict[str, str] = field(default_factory=dict)
    sent: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By Idempotency-Key: every body that came."""

    async def answer(self, request: web.BaseRequest) -> web.Response:
        body: dict[str, Any] = json.loads(await request.read())
        if request.path == "/api/find":
            ref = self.by_email.get(body["email"], "")
            return web.json_response({"found": self.kept.get(ref)})
        ref = body["ref"]
        for name in EQUAL:
            self.tokens[ref, name].add(body[name])
        if (key := request.headers.get("idempotency-key")) is not None:
            # A sealed field is sealed under the key in force: a retry after that key has turned is sealed anew.
            self.sent[key].add(json.dumps({**body, "address": ""}, sort_keys=True))
        self.kept[ref] = body
        self.by_email[body["email"]] = ref
        return web.json_response(body, status=201)


@asynccontextmanager
async def back_end() -> AsyncIterator[BackEnd]:
    behind = BackEnd()
    runner = web.ServerRunner(web.Server(behind.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    behind.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield behind
    finally:
        await runner.cleanup()


class Gateway:
    """``pii-gateway serve`` on the house's state, killed and started again as often as is wanted."""

    def __init__(self, house: House, module: str = "gateway") -> None:
        self._house = house
        self._module = module
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    async def start(self) -> None:
        listen = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
        process = self._process = self._house.run(self._module, "serve", *listen)
        assert process.stdout is not None
        line = await asyncio.to_thread(process.stdout.readline)
        assert line.startswith("listening "), self._house.log.read_text()[-2000:]
        self.port = int(line.rstrip().rpartition(":")[2])

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._ended()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._ended()

    def _ended(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.wait(30)
            self._process.stdout.close()


@dataclass
class House:
    """One state directory, its rules filled in."""

    state: Path
    behind: BackEnd
    vault: str = "sqlite:ru.db"
    key_store: str = "sqlite:ru.keys.db"

    def __post_init__(self) -> None:
        text = RULES.read_text().replace("http://127.0.0.1:9001", self.behind.url)
        self.rules.write_text(text.replace("VAULT", self.vault).replace("KEY_STORE", self.key_store))

    @property
    def rules(self) -> Path:
        return self.state / "rules.yaml"

    @property
    def log(self) -> Path:
        return self.state / "log"

    def run(self, module: str, *words: str) -> subprocess.Popen[str]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *words, "--rules", str(self.rules)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PII_GATEWAY_STATE_DIR": str(self.state)},
            )

    async def command(self, *words: str) -> str:
        """What a command prints; it must not fail."""
        process = self.run("gateway", *words)
        said, _ = await asyncio.to_thread(process.communicate)
        assert process.returncode == 0, (words, said, self.log.read_text()[-2000:])
        return said

    async def status(self) -> dict[str, Any]:
        [found] = json.loads(await self.command("keys", "status", "--json"))
        return dict(found)


@asynccontextmanager
async def gateways(house: House, modules: Sequence[str] = ("gateway", "gateway")) -> AsyncIterator[list[Gateway]]:
    both = [Gateway(house, module) for module in modules]
    try:
        for one in both:
            await one.start()
        yield both
    finally:
        for one in both:
            one.stop()


def message(number: int) -> dict[str, Any]:
    who = person(number)
    return {
        "ref": f"order-{number}",
        "citizenship": "RU",
        "full_name": who.full_name,
        "email": who.email,
        "phone": who.phone,
        "inn": who.inn,
        "address": who.address,
        "amount": 1249.9,
    }


@dataclass
class Tally:
    """What clients saw. ``away``: no answer, or 503, which is no wrong answer: the client asks again.

    ``closed``: tokens in place of values, since home was out of reach when the back end had answered (decision 0014).
    """

    requests: int = 0
    wrong: int = 0
    away: int = 0
    closed: int = 0
    says: list[str] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    """Why somebody was away, in order."""

    def was_away(self, text: str) -> None:
        self.away += 1
        self.asides.append(text)

    def note(self, text: str) -> None:
        self.wrong += 1
        self.says.append(text)


class Clients:
    """Register the same values at both gateways at the same moment, and again, and look them up."""

    def __init__(self, both: Sequence[Gateway], session: aiohttp.ClientSession) -> None:
        self._both = both
        self._session = session
        self._last = 0
        self.known: set[int] = set()
        """Whose registration was acknowledged."""
        self.tally = Tally()
        self._ended = False

    async def one_round(self) -> None:
        """A new person at both at once, an old one at either, a look-up, a repeated request."""
        self._last += 1
        new, old = self._last, self._last * 7919 % self._last + 1
        older = max(1, self._last // 2)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._register(0, new))
            tasks.create_task(self._register(1, new))
            tasks.create_task(self._register(new % 2, old))
            tasks.create_task(self._find((new + 1) % 2, older))
        await self._register(new % 2, older, f"retry-{older}")
        await self._register((new + 1) % 2, older, f"retry-{older}")

    async def until_ended(self) -> None:
        while not self._ended:
            away = self.tally.away
            await self.one_round()
            if self.tally.away > away:
                await asyncio.sleep(0.02)

    def end(self) -> None:
        self._ended = True

    async def _register(self, at: int, number: int, key: str = "") -> None:
        sent = message(number)
        got = await self._ask(at, "/api/customers", sent, {"Idempotency-Key": key} if key else {})
        if got is not None and got != sent and is_closed(got, sent):
            self.tally.closed += 1
        elif got is not None and got != sent:
            self.tally.note(f"registration of {number}: another body came back")
        elif got is not None:
            self.known.add(number)

    async def _find(self, at: int, number: int) -> None:
        was_known = number in self.known
        got = await self._ask(at, "/api/find", {"citizenship": "RU", "email": person(number).email}, {})
        found, sent = got["found"] if got else None, message(number)
        if found and found != sent and is_closed(found, sent):
            self.tally.closed += 1
        elif got is not None and was_known and found != sent:
            self.tally.note(f"look-up of {number}: {'something else' if found else 'nothing'} found")

    async def _ask(self, at: int, path: str, body: object, headers: dict[str, str]) -> dict[str, Any] | None:
        self.tally.requests += 1
        url = f"http://127.0.0.1:{self._both[at].port}{path}"
        try:
            async with self._session.post(url, json=body, headers=headers) as reply:
                got: dict[str, Any] = await reply.json(content_type=None)
        except (aiohttp.ClientError, ConnectionError, json.JSONDecodeError) as error:
            self.tally.was_away(f"{path}: {error!r:.200}")
            return None
        if reply.status == 503:
            self.tally.was_away(f"{path}: 503 {str(got)[:400]}")
            return None
        if reply.status not in (200, 201):
            self.tally.note(f"{path}: {reply.status} {str(got)[:200]}")
            return None
        return got


def is_closed(got: dict[str, Any], sent: dict[str, Any]) -> bool:
    """Whether it is the person's, and nothing of it was given away."""
    values = (sent[name] for name in (*EQUAL, "full_name", "address"))
    return got.get("ref") == sent["ref"] and not any(value in json.dumps(got, ensure_ascii=False) for value in values)
