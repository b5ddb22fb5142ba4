"""kill -9 of the gateway at random moments under load: is everything that was acknowledged, or sent, in the vault?

    python -m tests.crash.kill9 --times 50

Clients register made-up people through ``pii-gateway serve``, which is killed and started again on the same state.
Afterwards the vault is opened by itself and compared with the clients' journal and with what the upstream received.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp

from gateway.ruleset.load import load
from tests.crash.home import home, tokens_of
from tests.crash.receiver import receiving
from tests.load.gateway import gateway, rules_file
from tests.load.people import body, number_of, person
from tests.load.plaintext import leaked
from tests.load.upstream import Received

CONNECTIONS = 16
NAMED = ("full_name", "email", "phone", "passport", "snils", "inn", "address")
"""Fields of a message that go out as tokens (the birth date as a stand-in)."""


@dataclass
class Tally:
    """The counts that the script prints; all but the first three must be zero."""

    kills: int = 0
    acknowledged: int = 0
    tokens_upstream: int = 0
    records_lost: int = 0
    tokens_unresolved: int = 0
    plaintext_upstream: int = 0
    wrong_originals: int = 0

    @property
    def clean(self) -> bool:
        return not (self.records_lost or self.tokens_unresolved or self.plaintext_upstream or self.wrong_originals)

    def __str__(self) -> str:
        return "\n".join(f"{name.replace('_', ' '):20} {value}" for name, value in vars(self).items())


@dataclass
class Journal:
    """What the clients know: the numbers of the people whose registration was answered with 2xx."""

    numbers: count[int] = field(default_factory=lambda: count(1))
    acknowledged: set[int] = field(default_factory=set)


async def crash(times: int, seed: int, state: Path) -> Tally:
    """Kill a loaded gateway so many times, then compare."""
    journal, dice = Journal(), random.Random(seed)
    async with receiving() as (url, received):
        for _ in range(times):
            await _one_life(url, state, journal, dice)
        rules = rules_file(state, url)
        return await _compared(journal, received, state, rules, times)


async def _one_life(url: str, state: Path, journal: Journal, dice: random.Random) -> None:
    """Start, load, kill without warning."""
    with gateway(state, url) as program:
        async with aiohttp.ClientSession(base_url=f"http://127.0.0.1:{program.port}") as session:
            clients = [asyncio.create_task(_register(session, journal)) for _ in range(CONNECTIONS)]
            await asyncio.sleep(dice.uniform(0.02, 0.5))
            program.process.send_signal(signal.SIGKILL)
            await asyncio.gather(*clients)


async def _register(session: aiohttp.ClientSession, journal: Journal) -> None:
    """Register one person after another until the gateway is gone."""
    for number in journal.numbers:
        try:
            async with session.post("/api/customers", data=body(number, person(number))) as reply:
                await reply.read()
        except (aiohttp.ClientError, ConnectionError):
            return
        if reply.status // 100 == 2:
            journal.acknowledged.add(number)


async def _compared(journal: Journal, received: Received, state: Path, rules: Path, times: int) -> Tally:
    tally = Tally(kills=times, acknowledged=len(journal.acknowledged))
    sent = {number: raw for _, raw in received.messages if (number := number_of(raw)) is not None}
    tally.records_lost = len(journal.acknowledged - sent.keys())
    async with home(state, load([rules])) as at_home:
        for number, raw in sent.items():
            tokens = tokens_of(raw)
            originals = await at_home.originals(tokens)
            tally.tokens_upstream += len(tokens)
            tally.tokens_unresolved += len(tokens - originals.keys())
            wanted = {getattr(person(number), name) for name in NAMED}
            lost = not wanted <= set(originals.values())
            tally.records_lost += lost and number in journal.acknowledged
            tally.wrong_originals += bool(set(originals.values()) - wanted)
            fields = json.loads(raw)
            tally.plaintext_upstream += bool(leaked(raw, person(number))) or fields["email"] == person(number).email
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=152)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as state:
        tally = asyncio.run(crash(arguments.times, arguments.seed, Path(state)))
    print(tally)
    return 0 if tally.clean and tally.acknowledged else 1


if __name__ == "__main__":
    sys.exit(main())
