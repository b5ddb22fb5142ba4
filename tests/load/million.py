"""A CRM's table imported by the command as an operator runs it, and what the home store costs and weighs afterwards.

    python -m tests.load.million --rows 1000000 --workers 2

The same for a small table, so that what a million people change is seen in one run: import, size on disk, look-ups by
e-mail, searches, and CPU a request of two gateways that take turns under the same load. The figures of a machine that
others use are theirs, too: compare the columns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import uvloop

from gateway.adapters.sink_memory import MemorySink
from gateway.cli.serving import settle_memory
from gateway.core.blind import normal_form
from gateway.core.identity import identity
from gateway.model.kept import Recall
from gateway.model.message import Headers, Request
from gateway.model.names import Kind, Region, Scope
from gateway.model.rules import Destination, Ruleset
from gateway.ports import Answer
from gateway.ruleset.load import load
from gateway.service.exchange import Exchange
from gateway.service.live_rules import LiveRules
from gateway.service.world import World
from gateway.settings import Settings
from gateway.wiring import at_home
from tests.load.bench import PEOPLE_A_ROUND, sample
from tests.load.crm import customer, write
from tests.load.gateway import gateway
from tests.load.paths import CRM_RULES, ROOT
from tests.load.programs import module, running
from tests.load.report import Figures as Load
from tests.load.report import Sample
from tests.load.report import figures as load_of

RU = Region("ru")
EMAIL = Kind("email")
FEW = 10_000
LOOK_UPS = 3_000
SEARCHES = 1_500
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """What an import has cost, parents and workers together; ``written_bytes`` to the disk, logs and all."""

    seconds: float
    cpu_s: float
    most_memory_bytes: int
    written_bytes: int


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes of the files once all is closed; the ledger's rows are in the vault, its anchors beside the keys."""

    table: int
    twin: int
    vault: int
    ledger: int
    key_store: int


@dataclass(frozen=True, slots=True)
class Figures:
    """``_us`` are microseconds of one call: of a look-up alone, of a search when 16 are under way."""

    rows: int
    cost: Cost
    size: Size
    look_up_p50_us: float
    look_up_p99_us: float
    search_us: float

    @property
    def rows_a_second(self) -> float:
        return self.rows / self.cost.seconds

    def per_million(self, size: int) -> float:
        """MiB, if it went on like that."""
        return size / self.rows * 1_000_000 / 2**20


@dataclass(frozen=True, slots=True)
class Silence:
    """A back end that agrees to everything and says nothing."""

    status: int = 200
    reason: str = "OK"
    headers: Headers = (("Content-Type", "application/json"),)

    async def read(self, most: int, within_s: float | None = None) -> tuple[bytes, bool]:
        return b"{}", True

    async def rest(self) -> Iterator[bytes]:
        return iter(())

    async def aclose(self) -> None:
        """Nothing to close."""

    async def send(self, destination: Destination, request: Request) -> Answer:
        return self  # type: ignore[return-value]  # its rest is never asked for


# ---------------------------------------------------------------------------------------------------------- import


def imported(folder: Path, rows: int, workers: int) -> Cost:
    """``pii-gateway import`` into a fresh vault in the folder; SystemExit unless it took every row."""
    folder.mkdir(exist_ok=True)
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        write(file, rows)
    asked = ("--rules", str(CRM_RULES), "--to", "crm", "--id", "id", "--workers", str(workers), "--json")
    environment = {**os.environ, "PII_GATEWAY_STATE_DIR": str(folder)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        module("gateway", "import", str(folder / "customers.csv"), *asked),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(done.stdout)
    if (told["done"], told["rows"], told["rejects"]) != (True, rows, {}):
        msg = f"not all rows were imported: {told['rows']:,} of {rows:,}, rejects {told['rejects']}"
        raise SystemExit(msg)
    return Cost(
        seconds,
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        after.ru_maxrss * 1024,
        (after.ru_oublock - before.ru_oublock) * 512,
    )


def size(folder: Path) -> Size:
    with sqlite3.connect(f"file:{folder / 'ru.db'}?mode=ro", uri=True) as vault:
        asked = "SELECT coalesce(sum(length(chain) + length(key) + length(entries) + length(mac) + 24), 0) FROM ledger"
        (ledger,) = vault.execute(asked).fetchone()
    vault.close()
    anchors = sum(path.stat().st_size for path in folder.rglob("*anchors*"))
    return Size(
        table=(folder / "customers.csv").stat().st_size,
        twin=(folder / "customers.twin.csv").stat().st_size,
        vault=sum(path.stat().st_size for path in folder.glob("ru.db*")),
        ledger=int(ledger) + anchors,
        key_store=sum(path.stat().st_size for path in (folder / "keys").rglob("*data-keys.db*")),
    )


# ------------------------------------------------------------------------------------------------------- afterwards


async def look_ups(world: World, ruleset: Ruleset, rows: int) -> list[float]:
    """Seconds of recalls by e-mail, of people all over the table, sorted; the first thousand are not counted."""
    keys = await world.keys.region_keys(RU)
    spec, dice = ruleset.kinds[EMAIL], random.Random(7)
    spent = []
    for turn in range(LOOK_UPS + 1000):
        address = customer(dice.randrange(1, rows + 1)).email
        known = identity(spec, normal_form(spec, address) or "", "crm", keys.index)
        assert known is not None
        began = time.perf_counter()
        recalled = await world.vaults[RU].recall(Recall(Scope("crm"), identifiers=(known,)))
        if turn >= 1000:
            spent.append(time.perf_counter() - began)
        assert known in recalled.known, "an imported person is not in the directory"
    return sorted(spent)


async def searches(world: World, ruleset: Ruleset, rows: int) -> float:
    """Microseconds of a whole exchange that looks a known person up, some at once: the back end costs nothing here."""
    exchange = Exchange(LiveRules(ruleset), replace(world, upstream=Silence()))
    headers = (("Host", "gw"), ("Content-Type", "application/json"))
    dice = random.Random(11)
    turns = iter(range(SEARCHES))

    async def play() -> None:
        for turn in turns:
            content = json.dumps({"email": customer(dice.randrange(1, rows + 1)).email}).encode()
            await exchange.handle(Request("GET", "/api/search", headers, content), request_id=f"r{turn}")

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(play())
    return (time.perf_counter() - began) / SEARCHES * 1e6


async def afterwards(folder: Path, rows: int) -> tuple[float, float, float]:
    ruleset = load([CRM_RULES])
    async with at_home(ruleset, Settings(state_dir=folder), MemorySink(10)) as home:
        settle_memory()
        spent = await look_ups(home.world, ruleset, rows)
        await searches(home.world, ruleset, rows)
        search = await searches(home.world, ruleset, rows)
    return spent[len(spent) // 2] * 1e6, spent[int(len(spent) * 0.99)] * 1e6, search


def measured(folder: Path, rows: int, workers: int) -> Figures:
    """Of an import into the folder; of the one before where there was one."""
    noted = folder / "cost.json"
    if not noted.exists():
        noted.write_text(json.dumps(asdict(imported(folder, rows, workers))))
    cost = Cost(**json.loads(noted.read_text()))
    weight = size(folder)
    return Figures(rows, cost, weight, *uvloop.run(afterwards(folder, rows)))


async def under_load(few: Path, many: Path, *, rounds: int, seconds: float) -> tuple[Load, Load]:
    """Two gateways over the two vaults take turns; every request is a customer's whom neither has seen."""
    seen: tuple[list[Sample], list[Sample]] = ([], [])
    with ExitStack() as stack:
        upstream = stack.enter_context(running(module("tests.load.upstream")))
        address = f"http://127.0.0.1:{upstream.port}"
        pair = [stack.enter_context(gateway(folder, address, rules=CRM_RULES)) for folder in (few, many)]
        for turn in range(rounds + 1):
            for one, samples in zip(pair, seen, strict=True):
                start = 1 + turn * PEOPLE_A_ROUND
                samples.append(await sample(one, upstream, start, seconds, connections=16))
    for samples in seen:
        if any(one.leaks or one.unattributed for one in samples):
            raise SystemExit("plaintext got through")
    return load_of(seen[0][1:]), load_of(seen[1][1:])


# ------------------------------------------------------------------------------------------------------------ report


def report(few: Figures, many: Figures, loads: tuple[Load, Load]) -> str:
    told: tuple[tuple[str, Callable[[Figures, Load], str]], ...] = (
        ("import, s", lambda one, _: f"{one.cost.seconds:,.0f}"),
        ("import, rows/s", lambda one, _: f"{one.rows_a_second:,.0f}"),
        ("import, CPU us a row", lambda one, _: f"{1e6 * one.cost.cpu_s / one.rows:,.0f}"),
        ("import, most memory of one process, MiB", lambda one, _: f"{one.cost.most_memory_bytes / 2**20:,.0f}"),
        ("import, written, GiB", lambda one, _: f"{one.cost.written_bytes / 2**30:,.1f}"),
        ("the table itself, MiB", lambda one, _: f"{one.size.table / 2**20:,.0f}"),
        ("its twin, MiB", lambda one, _: f"{one.size.twin / 2**20:,.0f}"),
        ("vault, MiB", lambda one, _: f"{one.size.vault / 2**20:,.0f}"),
        ("vault, MiB a million people", lambda one, _: f"{one.per_million(one.size.vault):,.0f}"),
        ("ledger of it, MiB a million people", lambda one, _: f"{one.per_million(one.size.ledger):,.1f}"),
        ("key store, MiB a million people", lambda one, _: f"{one.per_million(one.size.key_store):,.0f}"),
        ("look-up by e-mail, p50 us", lambda one, _: f"{one.look_up_p50_us:,.0f}"),
        ("look-up by e-mail, p99 us", lambda one, _: f"{one.look_up_p99_us:,.0f}"),
        ("searching request, 16 at once, us", lambda one, _: f"{one.search_us:,.0f}"),
        ("collecting request, CPU us of the gateway", lambda _, load: f"{load.cpu_us:,.0f}"),
        ("collecting requests/s, 16 connections", lambda _, load: f"{load.rate:,.0f}"),
        ("collecting request, p50 / p99 ms", lambda _, load: f"{load.p50_ms:,.1f} / {load.p99_ms:,.1f}"),
    )
    head = [f"| | {few.rows:,} rows | {many.rows:,} rows |", "| --- | --- | --- |"]
    rows = (f"| {says} | {tell(few, loads[0])} | {tell(many, loads[1])} |" for says, tell in told)
    return "\n".join([*head, *rows])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.million")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the table (default: 1,000,000)")
    parser.add_argument("--few", type=int, default=FEW, help="rows to compare with (default: 10,000)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the import (default: 2)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of load against each gateway (default: 5)")
    parser.add_argument("--seconds", type=float, default=3.0, help="of one round (default: 3)")
    parser.add_argument("--nice", type=int, default=0, help="leave the machine to others (default: 0)")
    parser.add_argument("--folder", type=Path, help="where vaults are made, and stay to be measured again")
    parser.add_argument("--json", action="store_true", help="figures for machines")
    chosen = parser.parse_args(arguments)
    os.nice(chosen.nice)
    with ExitStack() as stack:
        place = chosen.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        few, many = (measured(place / str(rows), rows, chosen.workers) for rows in (chosen.few, chosen.rows))
        folders = place / str(chosen.few), place / str(chosen.rows)
        loads = uvloop.run(under_load(*folders, rounds=chosen.rounds, seconds=chosen.seconds))
    if chosen.json:
        told = {"few": asdict(few), "many": asdict(many), "loads": [asdict(one) for one in loads]}
        print(json.dumps(told, indent=2))
    else:
        print(report(few, many, loads))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
