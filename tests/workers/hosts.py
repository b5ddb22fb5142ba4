"""Gateways on hosts of their own over one PostgreSQL: each has its folder and its rules, all have one root key."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.vault_postgres import PostgresDataKeys, PostgresVault, address_of
from gateway.model.names import Region, SubjectId
from gateway.ruleset.load import load
from tests import postgres
from tests.crash.home import home, tokens_of
from tests.load.people import person
from tests.rotation.house import BackEnd, Clients, Gateway, House, back_end, message
from tests.rotation.run import made

RU = Region("ru")


@dataclass
class Fleet:
    """``houses`` and ``gateways`` by host; what one back end abroad got from all of them."""

    houses: list[House]
    gateways: list[Gateway]
    behind: BackEnd
    session: aiohttp.ClientSession
    known: dict[int, SubjectId] = field(default_factory=dict)

    @property
    def duplicates(self) -> dict[tuple[str, str], set[str]]:
        """Values with more than one token."""
        return {key: tokens for key, tokens in self.behind.tokens.items() if len(tokens) > 1}

    async def lost(self) -> list[tuple[str, str]]:
        """Tokens that stand for nothing, or for another value."""
        lost = []
        async with home(self.houses[0].state, load([self.houses[0].rules])) as at_home:
            for (ref, name), tokens in self.behind.tokens.items():
                wanted = getattr(person(int(ref.rpartition("-")[2])), name)
                found = [list((await at_home.originals(tokens_of(one.encode()))).values()) for one in tokens]
                lost += [(ref, name)] if found != [[wanted]] else []
        return lost

    def clients(self) -> Clients:
        return Clients(self.gateways, self.session)

    async def register(self, host: int, number: int) -> SubjectId:
        """As whom a person counts who was never seen before."""
        before = set(await self.subjects())
        async with self.session.post(self._url(host, "/api/customers"), json=message(number)) as reply:
            assert (reply.status, await reply.json(content_type=None)) == (201, message(number))
        [whose] = set(await self.subjects()) - before
        return whose

    async def sees(self, host: int, number: int) -> bool:
        """Whether a host gives away anything of a person whom it looks up."""
        asked = {"citizenship": "RU", "email": person(number).email}
        async with self.session.post(self._url(host, "/api/find"), json=asked) as reply:
            text = await reply.text()
        return any(value in text for value in (person(number).full_name, person(number).phone, person(number).inn))

    async def subjects(self) -> list[SubjectId]:
        ask = "SELECT encode(subject, 'hex') FROM record"
        rows = await postgres.ask(address_of(self.houses[0].vault), lambda connection: connection.fetch(ask))
        return [SubjectId(row[0]) for row in rows]

    async def erase(self, subject: SubjectId) -> None:
        """At the key store, as somebody does who has nothing to do with either host's processes."""
        store = PostgresDataKeys(address_of(self.houses[0].key_store), RU)
        await asyncio.to_thread(store.start)
        assert await asyncio.to_thread(store.erase, [subject]) == 1
        await asyncio.to_thread(store.close)

    async def let_expire(self, in_days: int) -> int:
        """How many records go, as on that day."""
        async with home(self.houses[0].state, load([self.houses[0].rules])) as at_home:
            assert isinstance(at_home.vault, PostgresVault)
            return await at_home.vault.purge_expired(SystemClock().now_ms() // 1000 + in_days * 86400)

    def signal(self, host: int, number: signal.Signals) -> None:
        process = self.gateways[host]._process
        assert process is not None
        process.send_signal(number)

    def _url(self, host: int, path: str) -> str:
        return f"http://127.0.0.1:{self.gateways[host].port}{path}"


@asynccontextmanager
async def fleet(folder: Path, hosts: int = 2) -> AsyncIterator[Fleet]:
    """They serve when the block begins."""
    first = folder / "host-0"
    first.mkdir()
    async with AsyncExitStack() as stack:
        behind = await stack.enter_async_context(back_end())
        houses = [await stack.enter_async_context(made("postgres", first, behind))]
        session = await stack.enter_async_context(aiohttp.ClientSession())
        gateways: list[Gateway] = []
        for number in range(hosts):
            if number:
                state = folder / f"host-{number}"
                shutil.copytree(first / "keys", state / "keys")  # as an operator hands the root key on
                houses.append(House(state, behind, houses[0].vault, houses[0].key_store))
            gateway = Gateway(houses[number])
            stack.push_async_callback(asyncio.to_thread, gateway.stop)
            await gateway.start()
            gateways.append(gateway)
        yield Fleet(houses, gateways, behind, session)
