"""Two gateway hosts over one PostgreSQL, under load: one token a value, nothing given away that another host ended."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.rotation.house import Clients
from tests.rotation.run import _turned
from tests.workers.hosts import Fleet, fleet

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ANNA = 900_000
"""Nobody whom the load registers."""
TRUSTED_S = 0.5
"""How long a host may go by what it remembers."""
HOSTS = (0, 1)
ORDERED = ("--by", "officer", "--why", "No. 7")


@pytest_asyncio.fixture
async def on(tmp_path: Path) -> AsyncIterator[Fleet]:
    async with fleet(tmp_path) as running:
        yield running


@asynccontextmanager
async def loaded(on: Fleet, tasks: int = 3) -> AsyncIterator[Clients]:
    """Both hosts register and find people, the same ones at the same moment, until the block ends."""
    clients = on.clients()
    async with asyncio.TaskGroup() as group:
        for _ in range(tasks):
            group.create_task(clients.until_ended())
        await until_known(clients, 5)
        try:
            yield clients
        finally:
            clients.end()


async def until_known(clients: Clients, people: int) -> None:
    async with asyncio.timeout(120):
        while len(clients.known) < people:
            await asyncio.sleep(0.01)


async def sightings(on: Fleet, number: int, seconds: float) -> Sequence[float]:
    """When questions were sent, at either host, whose answers gave something of a person away."""
    seen: list[float] = []
    until = time.monotonic() + seconds

    async def look(host: int) -> None:
        while (sent := time.monotonic()) < until:
            if await on.sees(host, number):
                seen.append(sent)

    async with asyncio.TaskGroup() as tasks:
        for host in HOSTS:
            tasks.create_task(look(host))
    return sorted(seen)


async def test_values_that_both_hosts_register_at_once_have_one_token_each(on: Fleet) -> None:
    async with loaded(on, 4) as clients:
        await until_known(clients, 150)
    assert (clients.tally.says, clients.tally.asides) == ([], [])
    assert len(on.behind.tokens) >= 3 * 150
    assert on.duplicates == {}
    assert await on.lost() == []
    await on.houses[1].command("vault", "check")
    await on.houses[1].command("ledger", "verify")


async def test_whoever_is_erased_is_given_away_by_no_host_half_a_second_later(on: Fleet) -> None:
    anna = await on.register(0, ANNA)
    async with loaded(on) as clients:
        assert [await on.sees(host, ANNA) for host in HOSTS] == [True, True]
        looking = asyncio.create_task(sightings(on, ANNA, 4.0))
        await on.erase(anna)
        erased = time.monotonic()
        seen = await looking
    assert seen, "nobody looked while she was there"
    assert seen[-1] - erased <= TRUSTED_S
    assert (clients.tally.says, clients.tally.asides) == ([], [])


async def test_whoever_is_blocked_on_one_host_is_given_away_by_no_host_from_then_on(on: Fleet) -> None:
    anna = await on.register(0, ANNA)
    async with loaded(on) as clients:
        assert [await on.sees(host, ANNA) for host in HOSTS] == [True, True]
        await on.houses[0].command("subject", "block", "--id", anna, *ORDERED)
        seen = await sightings(on, ANNA, 1.5)
        await on.houses[1].command("subject", "unblock", "--id", anna, *ORDERED)
        again = [await on.sees(host, ANNA) for host in HOSTS]
    assert (seen, again) == ([], [True, True])
    assert (clients.tally.says, clients.tally.asides) == ([], [])


async def test_what_was_purged_is_given_away_by_no_host_from_then_on(on: Fleet) -> None:
    await on.register(0, ANNA)
    assert [await on.sees(host, ANNA) for host in HOSTS] == [True, True]
    assert await on.let_expire(in_days=31) == 1
    assert await sightings(on, ANNA, 1.5) == []


async def test_a_host_that_slept_while_the_index_key_turned_goes_by_the_new_one(on: Fleet) -> None:
    """It is stopped in the middle of its work, perhaps in a transaction; two generations later it goes on."""
    async with loaded(on) as clients:
        await until_known(clients, 40)
        on.signal(1, signal.SIGSTOP)
        try:
            for _ in range(2):
                await on.houses[0].command("keys", "rotate", "index")
                await _turned(on.houses[0])
        finally:
            on.signal(1, signal.SIGCONT)
        people = len(clients.known)
        await until_known(clients, people + 40)
    assert clients.tally.wrong == 0, clients.tally.says[:5]
    assert (await on.houses[1].status())["index"] == "index key 3"
    assert on.duplicates == {}
    assert await on.lost() == []
    await on.houses[1].command("vault", "check")
