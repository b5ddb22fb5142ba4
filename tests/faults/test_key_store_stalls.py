"""A key store on a server that says nothing: whoever needs a key is refused in time, and nobody else notices."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import TypeVar

import pytest

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.keys_wrapped import Pace, WrappedKeys
from gateway.adapters.root_local import FileRoot
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_postgres import PostgresDataKeys
from gateway.model.errors import WorldError
from gateway.model.names import SubjectId
from tests.contracts.people import RU
from tests.faults.servers import Host, hosts

pytestmark = pytest.mark.slow

T = TypeVar("T")

PEOPLE = 200
CACHED = 8
TRUSTED_S = 0.6
"""Longer than what is remembered counts without asking."""
PROBE_S = 1.1
"""Longer than the first probe takes."""


@pytest.fixture(scope="module")
def host() -> Generator[Host]:
    with hosts("keys") as (one,):
        yield one


@pytest.fixture
async def keys(host: Host, tmp_path: Path) -> AsyncGenerator[WrappedKeys]:
    store = PostgresDataKeys(await host.made("data key store"), RU, timeout_s=1.0)
    store.start()
    root = FileRoot(tmp_path / "root", RU, SystemClock())
    clock, pace = SystemClock(), Pace(ahead=16, cached=CACHED, timeout_s=1.0)
    one = WrappedKeys(RU, root=root, store=store, filled=lambda: False, clock=clock, sink=MemorySink(), pace=pace)
    await one.start()
    yield one
    host.signal(signal.SIGCONT)
    await one.close()
    store.close()


async def longest_pause(until: asyncio.Future[list[T]]) -> float:
    """How long the event loop did nothing else at most, seconds."""
    worst, last = 0.0, time.monotonic()
    while not until.done():
        await asyncio.sleep(0.01)
        worst, last = max(worst, time.monotonic() - last), time.monotonic()
    return worst


async def people(keys: WrappedKeys) -> list[SubjectId]:
    return [SubjectId(key.id) for key in await keys.fresh(RU, PEOPLE)]


async def test_the_event_loop_goes_on_while_the_key_store_says_nothing(keys: WrappedKeys, host: Host) -> None:
    subjects = await people(keys)
    host.signal(signal.SIGSTOP)
    opening = asyncio.gather(*(keys.open(RU, (one,)) for one in subjects), return_exceptions=True)
    assert await longest_pause(opening) < 0.3
    await opening


async def test_everybody_is_refused_in_time_not_one_after_another(keys: WrappedKeys, host: Host) -> None:
    subjects = await people(keys)
    await asyncio.sleep(TRUSTED_S)
    host.signal(signal.SIGSTOP)
    began = time.monotonic()
    told = await asyncio.gather(*(keys.open(RU, (one,)) for one in subjects), return_exceptions=True)
    took = time.monotonic() - began
    assert {one.code if isinstance(one, WorldError) else "opened" for one in told} == {"GW-K201"}
    assert took < 2.5


async def test_a_key_store_that_says_nothing_is_waited_for_once(keys: WrappedKeys, host: Host) -> None:
    subjects = await people(keys)
    await asyncio.sleep(TRUSTED_S)
    host.signal(signal.SIGSTOP)
    with pytest.raises(WorldError, match="GW-K201"):
        await keys.open(RU, subjects[:1])
    await asyncio.sleep(PROBE_S)
    began = time.monotonic()
    with pytest.raises(WorldError, match="GW-K201"):
        await keys.open(RU, subjects[:1])
    assert time.monotonic() - began < 0.2


async def test_after_it_speaks_again_keys_are_opened_without_a_restart(keys: WrappedKeys, host: Host) -> None:
    subjects = await people(keys)
    host.signal(signal.SIGSTOP)
    await asyncio.gather(*(keys.open(RU, (one,)) for one in subjects), return_exceptions=True)
    host.signal(signal.SIGCONT)
    opened: set[SubjectId] = set()
    async with asyncio.timeout(20):
        while not opened:
            try:
                opened = set(await keys.open(RU, subjects))
            except WorldError:
                await asyncio.sleep(0.02)  # as a client does that is told 503
    assert opened == set(subjects)
