"""A worker is killed, all are told to end, rules change: while clients register people without a break."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from gateway.ruleset.load import load
from tests.crash.home import home, tokens_of
from tests.crash.kill9 import NAMED
from tests.crash.receiver import receiving
from tests.load.paths import RULES
from tests.load.people import body, number_of, person
from tests.load.upstream import Received
from tests.workers.site import BackEnd, Site, site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

CONNECTIONS = 16
MORE = "- {{match: {{path: /more/{}}}, to: crm}}\n"
"""One more route."""


@dataclass
class Journal:
    """What clients know of the people they registered, by number."""

    numbers: count[int] = field(default_factory=lambda: count(1))
    answered: dict[int, int] = field(default_factory=dict)
    unanswered: set[int] = field(default_factory=set)
    running: bool = True

    @property
    def statuses(self) -> Counter[int]:
        return Counter(self.answered.values())

    async def more(self, answers: int) -> None:
        """Wait for so many answers more."""
        wanted = len(self.answered) + answers
        async with asyncio.timeout(60):
            while len(self.answered) < wanted:
                await asyncio.sleep(0.01)


async def client(port: int, journal: Journal) -> None:
    """One person after another; a lost connection is opened anew, as long as anybody listens."""
    async with aiohttp.ClientSession(base_url=f"http://127.0.0.1:{port}") as session:
        while journal.running:
            number = next(journal.numbers)
            try:
                async with session.post("/api/customers", data=body(number, person(number))) as reply:
                    await reply.read()
                    journal.answered[number] = reply.status
            except aiohttp.ClientConnectorError:
                return
            except (aiohttp.ClientError, ConnectionError):
                journal.unanswered.add(number)


@asynccontextmanager
async def loaded(state: Path) -> AsyncIterator[tuple[Site, Journal, Received]]:
    """Ended when the block ends; then every client has stopped."""
    journal = Journal()
    async with (
        receiving() as (url, received),
        site(state, behind=BackEnd(url), rules=RULES) as on,
        asyncio.TaskGroup() as clients,
    ):
        for _ in range(CONNECTIONS):
            clients.create_task(client(on.port, journal))
        await journal.more(100)
        yield on, journal, received
        journal.running = False


def forwarded(received: Received) -> dict[int, bytes]:
    return {number: raw for _, raw in received.messages if (number := number_of(raw)) is not None}


async def lost_records(on: Site, numbers: set[int], sent: dict[int, bytes]) -> set[int]:
    """Of these people, whose tokens do not all open to what was registered."""
    lost = set()
    async with home(on.state, load([on.rules])) as at_home:
        for number in numbers:
            originals = await at_home.originals(tokens_of(sent[number]))
            if not {getattr(person(number), name) for name in NAMED} <= set(originals.values()):
                lost.add(number)
    return lost


async def test_when_a_worker_is_killed_the_others_go_on_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    async with loaded(tmp_path) as (on, journal, received):
        before = on.workers
        os.kill(before[2], signal.SIGKILL)
        await on.until_told("worker_died")
        if not on.told("worker_back"):
            await journal.more(1)
        await on.until_told("worker_back")
        await on.until_ready()
        await journal.more(100)
        assert on.workers[1] == before[1]
        assert on.workers[2] != before[2]
    assert len(journal.unanswered) <= CONNECTIONS
    assert set(journal.statuses) == {201}
    sent = forwarded(received)
    assert await lost_records(on, set(journal.answered), sent) == set()


async def test_when_all_are_told_to_end_every_request_that_was_taken_is_answered(tmp_path: Path) -> None:
    async with loaded(tmp_path) as (on, journal, received):
        assert await on.stop() == 0
    assert set(journal.statuses) == {201}
    assert journal.unanswered & forwarded(received).keys() == set()
    assert on.told("cut_off") == []


async def test_when_rules_change_no_request_notices(tmp_path: Path) -> None:
    async with loaded(tmp_path) as (on, journal, _):
        for turn in (1, 2, 3):
            on.rules.write_text(on.rules.read_text().replace("\nrules:", f"  {MORE.format(turn)}\nrules:"))
            on.process.send_signal(signal.SIGHUP)
            await on.until_told("rules_reloaded", 2 * turn)
            await journal.more(20)
        on.rules.write_text("version: 7\n")
        on.process.send_signal(signal.SIGHUP)
        await on.until_told("rules_kept")
        await journal.more(20)
        rules = await on.asked("/rules")
        assert rules["differ"] is False
    assert (set(journal.statuses), journal.unanswered) == ({201}, set())
    assert len({line["rules"] for line in on.told("rules_reloaded")}) == 3
