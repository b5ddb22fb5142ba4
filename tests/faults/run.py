"""Clients register people while gateway and database are killed, stopped, cut off and filled up; then everybody counts.

    python -m tests.faults.run                                # SQLite, one PostgreSQL, primary and standby
    python -m tests.faults.run --store standby --rounds 3     # one of them, every fault three times, in random order
    python -m tests.faults.run --store postgres --plant loss  # a server that forgets what it acknowledged: must fail
    python -m tests.faults.run --store postgres --plant leak  # a value that somebody wrote down: must fail

Clients keep a journal on disk of what they sent and of which replies they were given; under the same Idempotency-Key
they try again until they are acknowledged. PostgreSQL logs all statements with their parameters. Afterwards the home
store is opened by itself and compared with the journal and with what the upstream got, and every file of gateway and
database is searched for what was sent. Ends with 1 if anything is there that must not be, or nothing was acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gateway.ruleset.load import load
from tests.crash.home import home
from tests.crash.receiver import receiving
from tests.faults.afterwards import Tally, compare
from tests.faults.clients import Clients, calling
from tests.faults.gate import gate, rules_over
from tests.faults.ground import Ground, PostgresGround, SqliteGround
from tests.faults.journal import Journal
from tests.faults.plaintext import Plaintext
from tests.faults.servers import TALKATIVE, Host, hosts
from tests.load.upstream import Received

Store = Literal["sqlite", "postgres", "standby"]
Plant = Literal["", "loss", "leak"]
STORES: tuple[Store, ...] = ("sqlite", "postgres", "standby")
FORGETFUL = ("synchronous_commit=off", "wal_writer_delay=10s", "wal_writer_flush_after=1GB", "wal_buffers=64MB")
"""What was acknowledged stays in the server's own memory for up to ten seconds."""


@dataclass(frozen=True)
class Plan:
    """``rounds`` of every fault (or of those ``only``), shuffled by ``seed``; something planted to be found."""

    store: Store
    rounds: int = 1
    seed: int = 152
    plant: Plant = ""
    only: Sequence[str] = ()


async def fire(plan: Plan) -> Tally:
    """One run from beginning to end."""
    async with receiving() as (url, received):
        with tempfile.TemporaryDirectory(prefix="faults-") as folder, _ground(plan, Path(folder), url) as ground:
            journal = Journal(Path(folder) / "journal")
            await asyncio.to_thread(ground.gate.begin)
            faults = await _rounds(plan, ground, journal)
            ground.gate.end()
            await ground.heal()
            return await _judged(plan, ground, journal, received, Tally(faults=faults))


async def _rounds(plan: Plan, ground: Ground, journal: Journal) -> Counter[str]:
    dice = random.Random(plan.seed)
    names = [name for name in plan.only or ground.faults for _ in range(plan.rounds)]
    dice.shuffle(names)
    clients = Clients(journal, ground.gate.port)
    async with calling(clients):
        for name in names:
            await _until_served(journal)
            await asyncio.sleep(dice.uniform(0.1, 0.6))
            await ground.faults[name]()
        await _until_served(journal)
        await _planted(plan, ground)
    return Counter(names)


async def _until_served(journal: Journal) -> None:
    """A fault hits a gateway that works again."""
    now = time.monotonic()
    async with asyncio.timeout(60):
        while journal.silence_after(now) == float("inf"):
            await asyncio.sleep(0.1)


async def _planted(plan: Plan, ground: Ground) -> None:
    """What the comparison has to find."""
    if not isinstance(ground, PostgresGround) or not plan.plant:
        return
    if plan.plant == "leak":
        ground.primary.psql("INSERT INTO pii_vault.meta (key, value) VALUES ('planted', 'canary1@example.org')")
    else:
        ground.primary.kill()
        ground.primary.options = TALKATIVE  # whoever opens the store afterwards would refuse the other ones


async def _judged(plan: Plan, ground: Ground, journal: Journal, received: Received, tally: Tally) -> Tally:
    async with home(ground.gate.state, load([ground.gate.rules])) as at_home:
        await compare(journal, received, at_home, tally)
    search = ground.searching()
    tally.found = ground.found + search.in_folder(ground.gate.state)
    if isinstance(ground, PostgresGround):
        ground.primary.dump()
        for host in ground.hosts:
            tally.found += search.in_folder(host.folder)
            tally.quoted += _quoted(host)
        tally.failovers_s = [journal.silence_after(at_s) for at_s in ground.failovers]
    tally.must_be_none["plaintext in files"] = sum(tally.found.values())
    tally.must_be_none["core dumps of the gateway"] = len(list(ground.gate.state.glob("core*")))
    tally.files, tally.mebibytes = search.files, search.bytes >> 20
    return tally


def _quoted(host: Host) -> Counter[str]:
    log = host.log.read_bytes() if host.log.exists() else b""
    return Counter(
        {
            "statements logged with values": log.count(b"arameters: $1"),
            "rows quoted in logged errors": log.count(b"Failing row contains"),
            "core dumps of the database": len(list(host.folder.rglob("core*"))),
        }
    )


# ------------------------------------------------------------------------------------------------------------ ground


@contextmanager
def _ground(plan: Plan, folder: Path, url: str) -> Iterator[Ground]:
    state = folder / "state"
    state.mkdir()

    def searching() -> Plaintext:
        return Plaintext(Journal(folder / "journal").acknowledged())

    if plan.store == "sqlite":
        with gate(state, rules_over(state, url)) as one:
            yield SqliteGround(one, searching)
        return
    names = ("a", "b") if plan.store == "standby" else ("a",)
    forgetful = plan.plant == "loss"
    with hosts(*names, options=(*TALKATIVE, *(FORGETFUL if forgetful else ()))) as servers:
        rules = rules_over(state, url, stores_in(servers))
        servers[0].psql("CREATE ROLE keys LOGIN SUPERUSER")
        servers[0].psql("CREATE DATABASE keys OWNER keys")
        launcher = "tests.faults.careless" if forgetful else "gateway"
        with gate(state, rules, launcher) as one:
            one.run("vault", "migrate", "--user", "postgres")
            servers[0].psql("CHECKPOINT")
            _stand_by(servers)
            yield PostgresGround(one, searching, hosts=servers)


def stores_in(servers: Sequence[Host]) -> str:
    """Vault and key store, each in a database of its own, on whichever server is the primary."""
    where = ",".join(str(host.folder) for host in servers)
    return (
        f'vault: "postgresql://postgres@/postgres?host={where}&schema=pii_vault", key: "file:keys/ru", '
        f'key_store: "postgresql://keys@/keys?host={where}&schema=pii_keys"'
    )


def _stand_by(servers: Sequence[Host]) -> None:
    for standby in servers[1:]:
        standby.follow(servers[0])
        servers[0].wait_for(standby)


# -------------------------------------------------------------------------------------------------------- command line


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=STORES, action="append")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=152)
    parser.add_argument("--plant", choices=("loss", "leak"), default="")
    parser.add_argument("--only", action="append", default=[], help="a fault by name; may be given again")
    said = parser.parse_args()
    clean = True
    for store in said.store or STORES:
        tally = asyncio.run(fire(Plan(store, said.rounds, said.seed, said.plant, tuple(said.only))))
        sys.stdout.write(f"\n{store}\n{tally}\n")
        sys.stdout.flush()
        clean &= tally.clean and tally.acknowledged > 0
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
