"""A gateway, a back end abroad and a courier at home, over sockets: originals reach the courier and nobody else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gateway.adapters.sink_memory import MemorySink
from gateway.ruleset.load import load as load_rules
from gateway.wiring import Gateway, running
from tests.contracts.upstream.server import Behaviour, Peer, destination
from tests.server.test_wiring import port_of, settings_in
from tests.server.wire import body, lines, talk

RULES = """
version: 1
packs: [ru]
backend: new
regions:
  ru: {vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {until: account ends}}
residence: {subjects: [body]}
destinations:
  crm: {url: "CRM", region: us, role: application, unmatched: pass, token_domain: id.example}
  courier: {url: "COURIER", region: ru, role: partner, unmatched: pass}
routes:
  - {match: {path: /api/users, method: POST}, to: crm, purpose: account, whose: caller}
  - {match: {path: "/out/**"}, from: crm, to: courier, purpose: delivery, callers: ["address:127.0.0.1/32"]}
  - {match: {path: "/closed/**"}, from: crm, to: courier, purpose: delivery, callers: ["address:10.9.9.9/32"]}
"""
ANNA = {
    "citizenship": "RU",
    "email": "anna.canary@example.org",
    "phone": "+7 916 555-01-23",
    "last_name": "Канарейкина",
}
CANARIES = ("anna.canary", "5550123", "555-01-23", "Канарейкина", "\\u041a\\u0430\\u043d")


@dataclass
class Town:
    gateway: Gateway
    abroad: list[bytes] = field(default_factory=list)
    at_home: list[bytes] = field(default_factory=list)
    sink: MemorySink = field(default_factory=MemorySink)

    async def say(self, target: str, said: object) -> bytes:
        raw = json.dumps(said).encode()
        head = f"POST {target} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Type: application/json\r\n"
        length = f"Content-Length: {len(raw)}\r\n\r\n"
        return await talk(port_of(self.gateway.address), (head + length).encode() + raw)

    async def tokens(self) -> dict[str, str]:
        """Anna's, as the back end abroad has them."""
        await self.say("/api/users", ANNA)
        found = json.loads(self.abroad[-1].partition(b"\r\n\r\n")[2])
        return {name: str(text) for name, text in found.items()}


def _echoing(requests: list[bytes]) -> Behaviour:
    async def behave(peer: Peer) -> None:
        while request := await peer.request():
            requests.append(request)
            content = request.partition(b"\r\n\r\n")[2]
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            await peer.send(head % len(content) + content)

    return behave


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    abroad, at_home, sink = list[bytes](), list[bytes](), MemorySink()
    async with destination(_echoing(abroad)) as crm, destination(_echoing(at_home)) as courier:
        path = folder / "rules.yaml"
        path.write_text(RULES.replace("CRM", crm.url).replace("COURIER", courier.url), encoding="utf-8")
        async with running(load_rules([path]), settings_in(folder, {}), sink) as gateway:
            yield Town(gateway, abroad, at_home, sink)


async def test_courier_is_told_and_the_back_end_gets_its_tokens_back(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        tokens = await here.tokens()
        reply = await here.say("/out/parcels", {name: tokens[name] for name in ("email", "phone", "last_name")})
        assert json.loads(here.at_home[0].partition(b"\r\n\r\n")[2]) == {
            name: ANNA[name] for name in ("email", "phone", "last_name")
        }
        assert json.loads(body(reply)) == {name: tokens[name] for name in ("email", "phone", "last_name")}
        said = reply.decode() + repr(here.abroad) + repr(here.sink.events)
        assert [canary for canary in CANARIES if canary in said] == []


async def test_courier_gets_nothing_of_a_caller_who_is_not_listed(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        reply = await here.say("/closed/parcels", {"to": (await here.tokens())["phone"]})
        assert (lines(reply)[0][9:12], b"GW-X440" in reply, here.at_home) == (b"403", True, [])


async def test_courier_gets_no_token_that_names_nobody(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        email = (await here.tokens())["email"]
        for path in (tmp_path / "home").glob("ru.db*"):
            path.rename(path.with_suffix(path.suffix + ".away"))
        away = await here.say("/out/parcels", {"to": email})
        assert (lines(away)[0][9:12], here.at_home) == (b"503", [])
