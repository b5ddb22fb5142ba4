"""Every key rotates while two gateways over one vault register the same values; one of them is killed each time.

    python -m tests.rotation.run [--store sqlite|postgres|both] [--people 2000] [--seconds 3] [--deaf]

Prints per key: requests, wrong answers, values with more than one token, tokens that nobody can open any more, how long
the rotation took. With ``--deaf`` one gateway never learns of the phases of the index key, as if it was not waited for:
then there must be wrong answers, or the script proves nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from asyncpg import Connection

from gateway.ruleset.load import load
from tests import postgres
from tests.crash.home import home, tokens_of
from tests.load.people import person
from tests.rotation.house import BackEnd, Clients, Gateway, House, Tally, back_end, gateways

KEYS = ("root", "epoch", "field", "pseudonym", "index")
_AFTER_S = (0.35, 0.5, 0.65, 0.8, 0.95)
"""After the start of the command (it takes a third of a second to load) one gateway is killed."""


@dataclass(frozen=True)
class Result:
    """What one key's rotation showed; ``took_s`` from the command to the last row."""

    store: str
    key: str
    requests: int
    away: int
    wrong: int
    duplicates: int
    lost: int
    took_s: float

    @property
    def clean(self) -> bool:
        return not (self.wrong or self.duplicates or self.lost)


HEAD = f"{'store':9} {'key':10} {'requests':>9} {'retried':>8} {'wrong':>6} {'duplicate':>10} {'lost':>5} {'took':>8}"


def line(one: Result) -> str:
    counts = f"{one.requests:9,} {one.away:8,} {one.wrong:6} {one.duplicates:10} {one.lost:5}"
    return f"{one.store:9} {one.key:10} {counts} {one.took_s:6.1f} s"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def rotate_all(
    house: House, store: str, keys: Sequence[str], *, people: int, seconds: float, deaf: bool = False
) -> AsyncIterator[Result]:
    """One key after another."""
    modules = ("gateway", "tests.rotation.deaf" if deaf else "gateway")
    async with gateways(house, modules) as both, aiohttp.ClientSession() as session:
        clients = Clients(both, session)
        await _settle_in(clients, people)
        for number, key in enumerate(keys):
            clients.tally = Tally()
            took_s = await _under_load(house, both, clients, key, seconds, _AFTER_S[number % len(_AFTER_S)])
            duplicates = sum(len(tokens) > 1 for tokens in house.behind.tokens.values())
            duplicates += sum(len(bodies) > 1 for bodies in house.behind.sent.values())
            lost = await _lost(house)
            tally = clients.tally
            for text in tally.says[:3]:
                say(f"  {key}: {text}")
            yield Result(store, key, tally.requests, tally.away, tally.wrong + tally.closed, duplicates, lost, took_s)
    if not deaf:
        await house.command("vault", "check")


async def _settle_in(clients: Clients, people: int) -> None:
    while len(clients.known) < people:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(8):
                tasks.create_task(clients.one_round())


async def _under_load(
    house: House, both: Sequence[Gateway], clients: Clients, key: str, seconds: float, after_s: float
) -> float:
    """Load, rotation, kill -9 of a gateway (and, for the index, of the command) in the middle, and load again."""
    victim = both[KEYS.index(key) % 2] if key != "index" else both[0]
    clients._ended = False
    async with asyncio.TaskGroup() as tasks:
        for _ in range(4):
            tasks.create_task(clients.until_ended())
        await asyncio.sleep(seconds / 3)
        began_s = time.monotonic()
        command = house.run("gateway", "keys", "rotate", key)
        await asyncio.sleep(after_s)
        victim.kill()
        if key == "index":
            await _killed_in_the_middle(house, command)
        await asyncio.to_thread(command.communicate)
        await victim.start()
        if key == "index":
            await _turned(house)
        took_s = time.monotonic() - began_s
        await asyncio.sleep(seconds * 2 / 3)
        clients.end()
    assert key == "index" or command.returncode == 0, house.log.read_text()[-2000:]
    return took_s


async def _killed_in_the_middle(house: House, command: object) -> None:
    """The command is killed as soon as a phase has begun: the gateways have to finish."""
    while (await _stand(house)).endswith("steady") and command.poll() is None:  # type: ignore[attr-defined]  # a Popen
        await asyncio.sleep(0.005)
    command.send_signal(signal.SIGKILL)  # type: ignore[attr-defined]  # a Popen


async def _turned(house: House) -> None:
    async with asyncio.timeout(120):
        while not (await _stand(house)).endswith("steady") or "turns" in (await house.status())["index"]:
            await asyncio.sleep(0.05)


async def _stand(house: House) -> str:
    async with home(house.state, load([house.rules])) as at_home:
        return str(await at_home.vault.index())  # type: ignore[attr-defined]  # every vault has it


async def _lost(house: House) -> int:
    """Tokens that the back end has and that stand for nothing, or for another value."""
    lost = 0
    async with home(house.state, load([house.rules])) as at_home:
        for (ref, name), tokens in list(house.behind.tokens.items()):
            wanted = getattr(person(int(ref.rpartition("-")[2])), name)
            for shown in tokens:
                originals = await at_home.originals(tokens_of(shown.encode()))
                lost += list(originals.values()) != [wanted]
    return lost


@asynccontextmanager
async def made(store: str, state: Path, behind: BackEnd) -> AsyncIterator[House]:
    """A house whose stores are there."""
    with postgres.running() if store == "postgres" else nullcontext() as server:
        if server is None:
            yield House(state, behind)
            return
        await postgres.ask(server.address(), _keys_apart)
        house = House(state, behind, server.url("vault"), server.url("keys", user="keys", database="keys"))
        await house.command("vault", "migrate", "--user", "postgres")
        yield house


async def _keys_apart(connection: Connection) -> None:
    await connection.execute("CREATE ROLE keys LOGIN SUPERUSER")
    await connection.execute("CREATE DATABASE keys OWNER keys")


async def rotation(arguments: argparse.Namespace) -> list[Result]:
    results = []
    say(HEAD)
    for store in ("sqlite", "postgres") if arguments.store == "both" else (arguments.store,):
        with tempfile.TemporaryDirectory() as folder:
            async with back_end() as behind, made(store, Path(folder), behind) as house:
                keys = ("index",) if arguments.deaf else KEYS
                facts = {"people": arguments.people, "seconds": arguments.seconds, "deaf": arguments.deaf}
                async for one in rotate_all(house, store, keys, **facts):
                    results.append(one)
                    say(line(one))
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--people", type=int, default=2000, help="registered before the first rotation")
    parser.add_argument("--seconds", type=float, default=3.0, help="of load around each rotation")
    parser.add_argument("--deaf", action="store_true", help="one gateway does not hear of phases: must fail")
    arguments = parser.parse_args()
    results = asyncio.run(rotation(arguments))
    failed = [one for one in results if not one.clean]
    if arguments.deaf:
        say("as expected: without the fence values are given twice" if failed else "nothing failed: proves nothing")
        return 0 if failed else 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
