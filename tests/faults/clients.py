"""Clients that register people through a gateway that may be gone, and try again under the same Idempotency-Key."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import aiohttp

from tests.faults.journal import Journal
from tests.load.people import body, person

CONNECTIONS = 12
CODE = re.compile(rb'"code":"(GW-[A-Z]\d{3})"')


@dataclass
class Clients:
    """Each person is sent until it is acknowledged; who was not when the run ends stays so."""

    journal: Journal
    port: int
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    running: bool = True
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    async def run(self, session: aiohttp.ClientSession) -> None:
        for number in self.numbers:
            while self.running and not await self._register(session, number):
                await asyncio.sleep(self.dice.uniform(0.02, 0.08))
            if not self.running:
                return

    async def _register(self, session: aiohttp.ClientSession, number: int) -> bool:
        sent = body(number, person(number))
        self.journal.note("sent", number)
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"key-{number}"}
        try:
            async with session.post("/api/customers", data=sent, headers=headers) as reply:
                answer = await reply.read()
        except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            self.journal.note("broken", number, type(error).__name__)
            return False
        if reply.status // 100 != 2:
            code = CODE.search(answer)
            told = code[1].decode() if code else "-"
            self.journal.note("refused", number, f"{reply.status} {reply.headers.get('Retry-After', '-')} {told}")
            return False
        self.journal.note("acked" if answer == sent else "changed", number)
        return True


@asynccontextmanager
async def calling(clients: Clients) -> AsyncIterator[None]:
    """They call for the length of the block; its end waits for their last replies."""
    timeout = aiohttp.ClientTimeout(total=15)
    connector = aiohttp.TCPConnector(limit=0)
    url = f"http://127.0.0.1:{clients.port}"
    async with aiohttp.ClientSession(base_url=url, timeout=timeout, connector=connector) as session:
        tasks = [asyncio.create_task(clients.run(session)) for _ in range(CONNECTIONS)]
        try:
            yield
        finally:
            clients.running = False
            await asyncio.gather(*tasks)
