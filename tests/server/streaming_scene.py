"""A gateway over real stores, a back end abroad that streams and speaks WebSocket, and what it has received."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession, web

from gateway.adapters.sink_memory import MemorySink
from gateway.ruleset.load import load as load_rules
from gateway.settings import load as load_settings
from gateway.wiring import Gateway, running

RULES = """
version: 1
packs: [ru]
as_of: 2026-11-22
backend: new
regions:
  ru: {vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {until: account ends}}
residence:
  subjects: [body, "body.*"]
destinations:
  crm: {url: "UPSTREAM", region: us, role: application, unmatched: pass, token_domain: id.example}
routes:
  - {match: {path: /api/users, method: POST}, to: crm, purpose: account, reveal_to: ["address:127.0.0.0/8"]}
  - {match: {path: "/streams/**"}, to: crm, purpose: account, reveal_to: ["address:127.0.0.0/8"]}
  - {match: {path: "/hidden/**"}, to: crm, purpose: account}
  - {match: {path: /ws}, to: crm, purpose: chat, upgrade: websocket, reveal_to: ["address:127.0.0.0/8"]}
  - {match: {path: /ws-blind}, to: crm, purpose: chat, upgrade: websocket}
  - {match: {path: /ws-closed}, to: crm, purpose: chat}
"""

ANNA = {"citizenship": "RU", "email": "anna@example.org", "first_name": "Анна", "phone": "+7 903 000-01-23"}

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Abroad:
    """The back end: what it got, and how it answers."""

    respond: Respond
    bodies: list[bytes] = field(default_factory=list)
    messages: list[str | bytes] = field(default_factory=list)
    url: str = ""
    leave: Callable[[], Awaitable[None]] = field(init=False)
    closed: list[int | None] = field(default_factory=list)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        assert isinstance(request, web.Request)
        self.bodies.append(await request.read())
        if request.path == "/api/users":
            return web.Response(body=self.bodies[-1], content_type="application/json")
        return await self.respond(request)

    @property
    def tokens(self) -> dict[str, str]:
        """What Anna is called abroad."""
        made = json.loads(self.bodies[0])
        assert isinstance(made, dict)
        return made


ABROAD = web.AppKey("abroad", Abroad)


@dataclass
class Scene:
    gateway: Gateway
    abroad: Abroad
    client: ClientSession
    sink: MemorySink

    def url(self, path: str) -> str:
        return f"http://{self.gateway.address}{path}"

    async def register(self) -> dict[str, str]:
        async with self.client.post(self.url("/api/users"), json=ANNA) as reply:
            assert (reply.status, await reply.json()) == (200, ANNA)
        return self.abroad.tokens


@asynccontextmanager
async def scene(folder: Path, respond: Respond, **settings: object) -> AsyncIterator[Scene]:
    abroad = Abroad(respond)
    application = web.Application()
    application[ABROAD] = abroad
    application.router.add_route("*", "/{tail:.*}", abroad.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    abroad.leave = site.stop
    abroad.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    rules = folder / "rules.yaml"
    rules.write_text(RULES.replace("UPSTREAM", abroad.url), encoding="utf-8")
    more = {key.replace("__", "."): value for key, value in settings.items()}
    told = load_settings(None, {}, {"state_dir": str(folder), "listen.port": 0, "admin.port": 0, **more})
    sink = MemorySink()
    try:
        async with ClientSession() as client, running(load_rules([rules]), told, sink) as gateway:
            yield Scene(gateway, abroad, client, sink)
    finally:
        await runner.cleanup()


def chunked(media: str, *pieces: bytes, gate: asyncio.Event | None = None) -> Respond:
    """A reply in these chunks; the last waits for the gate."""

    async def respond(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Type": media})
        await reply.prepare(request)
        for number, piece in enumerate(pieces):
            if gate is not None and number == len(pieces) - 1:
                await gate.wait()
            await reply.write(piece)
        return reply

    return respond
