"""A table of many made-up people imported, and what the vault costs afterwards.

    python -m tests.load.import_bench --rows 1000000

Three in four are Russians with eight personal values, the rest foreigners. Prints time, rows a second, size on disk per
million rows, the time of a look-up by e-mail, and what a request costs at ten thousand people and at all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import uvloop

from gateway.adapters.sink_memory import MemorySink
from gateway.cli.serving import settle_memory
from gateway.core.blind import blind, normal_form
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
from tests.load.paths import ROOT, RULES
from tests.load.people import body, person

RU = Region("ru")
EMAIL = Kind("email")
FEW = 10_000
LOOK_UPS = 3_000
REQUESTS = 1_500
AT_ONCE = 16
NEWCOMERS = 2_000_000
"""Where the people begin who are in no table."""

HEAD = "id,citizenship,full_name,email,phone,birth_date,passport,snils,inn,address,amount\n"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one import has cost. Bytes are those of the files; ``_us`` are microseconds of one call, at 16 at once."""

    rows: int
    seconds: float
    cpu_s: float
    most_memory_bytes: int
    vault_bytes: int
    key_store_bytes: int
    look_up_p50_us: float
    look_up_p99_us: float
    collect_us: float
    search_us: float

    @property
    def rows_a_second(self) -> float:
        return self.rows / self.seconds

    def per_million(self, size: int) -> float:
        """MiB, if it went on like that."""
        return size / self.rows * 1_000_000 / 2**20


@dataclass(frozen=True, slots=True)
class Silence:
    """A back end that agrees to everything and says nothing."""

    status: int = 200
    reason: str = "OK"
    headers: Headers = (("Content-Type", "application/json"),)

    async def read(self, most: int) -> tuple[bytes, bool]:
        return b"{}", True

    async def rest(self) -> Iterator[bytes]:
        return iter(())

    async def aclose(self) -> None:
        """Nothing to close."""

    async def send(self, destination: Destination, request: Request) -> Answer:
        return self  # type: ignore[return-value]  # its rest is never asked for


def table(path: Path, rows: int) -> None:
    """The table, written as it is made: memory stays where it is."""
    with path.open("w") as file:
        file.write(HEAD)
        for number in range(1, rows + 1):
            who = person(number)
            if number % 4:
                file.write(
                    f"{number},RU,{who.full_name},{who.email},{who.phone},{who.birth_date},{who.passport},{who.snils},"
                    f'{who.inn},"{who.address}",1249.90\n'
                )
            else:
                phone = f"+49 151 {number:08d}"
                file.write(f"{number},DE,Hans,hans{number}@example.org,{phone},{who.birth_date},,,,Lindenweg 1,12.50\n")


def imported(folder: Path, rows: int) -> tuple[float, float, int]:
    """Seconds, CPU seconds and the most memory of ``pii-gateway import`` into a fresh vault in the folder."""
    source = folder / "people.csv"
    table(source, rows)
    arguments = ("import", str(source), "--rules", str(RULES), "--route", "/api/**", "--json")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    environment = {**os.environ, "PII_GATEWAY_STATE_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "gateway", *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True
    )
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(done.stdout)
    if (told["rows"], told["rejects"]) != (rows, {}):
        msg = f"not all rows were imported: {told['rows']:,} of {rows:,}, rejects {told['rejects']}"
        raise SystemExit(msg)
    source.unlink()
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu_s, after.ru_maxrss * 1024


async def look_ups(world: World, ruleset: Ruleset, rows: int) -> list[float]:
    """Seconds of recalls by e-mail, of people all over the table, sorted; the first thousand are not counted."""
    keys = await world.keys.region_keys(RU)
    spec, dice = ruleset.kinds[EMAIL], random.Random(7)
    assert blind(keys.index, EMAIL, "x")
    spent = []
    for turn in range(LOOK_UPS + 1000):
        number = dice.randrange(1, rows + 1)
        address = person(number).email if number % 4 else f"hans{number}@example.org"
        known = identity(spec, normal_form(spec, address) or "", "crm", keys.index)
        began = time.perf_counter()
        recalled = await world.vaults[RU].recall(Recall(Scope("crm"), identifiers=(known,)))
        if turn >= 1000:
            spent.append(time.perf_counter() - began)
        assert known in recalled.known, "an imported person is not in the directory"
    return sorted(spent)


async def requests(world: World, ruleset: Ruleset, first: int, made: bool) -> float:
    """Microseconds of the whole exchange a request, some at once: the back end costs nothing here."""
    exchange = Exchange(LiveRules(ruleset), replace(world, upstream=Silence()))
    headers = (("Host", "gw"), ("Content-Type", "application/json"))
    dice = random.Random(11)
    numbers = iter(range(REQUESTS))

    async def play() -> None:
        for turn in numbers:
            number = NEWCOMERS + first + turn if made else dice.randrange(1, first + 1) | 1
            content = body(number, person(number)) if made else json.dumps({"email": person(number).email}).encode()
            target = "/api/orders" if made else "/api/search"
            method = "POST" if made else "GET"
            await exchange.handle(Request(method, target, headers, content), request_id=f"r{turn}")

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(play())
    return (time.perf_counter() - began) / REQUESTS * 1e6


async def afterwards(folder: Path, rows: int) -> tuple[float, float, float, float]:
    ruleset = load([RULES])
    async with at_home(ruleset, Settings(state_dir=folder), MemorySink(10)) as home:
        settle_memory()
        spent = await look_ups(home.world, ruleset, rows)
        await requests(home.world, ruleset, rows, made=False)
        search = await requests(home.world, ruleset, rows, made=False)
        collect = await requests(home.world, ruleset, rows, made=True)
    return spent[len(spent) // 2] * 1e6, spent[int(len(spent) * 0.99)] * 1e6, collect, search


def measured(rows: int) -> Figures:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds, cpu_s, memory = imported(folder, rows)
        vault = sum(path.stat().st_size for path in folder.glob("ru.db*"))
        keys = sum(path.stat().st_size for path in (folder / "keys").rglob("*data-keys.db*"))
        p50, p99, collect, search = uvloop.run(afterwards(folder, rows))
    return Figures(rows, seconds, cpu_s, memory, vault, keys, p50, p99, collect, search)


def report(all_of_it: Figures, few: Figures) -> str:
    told: tuple[tuple[str, Callable[[Figures], str]], ...] = (
        ("seconds", lambda one: f"{one.seconds:,.1f}"),
        ("rows/s", lambda one: f"{one.rows_a_second:,.0f}"),
        ("CPU us a row", lambda one: f"{1e6 * one.cpu_s / one.rows:,.0f}"),
        ("most memory, MiB", lambda one: f"{one.most_memory_bytes / 2**20:,.0f}"),
        ("vault, MiB a million rows", lambda one: f"{one.per_million(one.vault_bytes):,.0f}"),
        ("key store, MiB a million rows", lambda one: f"{one.per_million(one.key_store_bytes):,.0f}"),
        ("look-up by e-mail, p50 us", lambda one: f"{one.look_up_p50_us:,.0f}"),
        ("look-up by e-mail, p99 us", lambda one: f"{one.look_up_p99_us:,.0f}"),
        ("collecting request, us", lambda one: f"{one.collect_us:,.0f}"),
        ("searching request, us", lambda one: f"{one.search_us:,.0f}"),
    )
    head = [f"| | {few.rows:,} rows | {all_of_it.rows:,} rows |", "| --- | --- | --- |"]
    return "\n".join([*head, *(f"| {says} | {tell(few)} | {tell(all_of_it)} |" for says, tell in told)])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.import_bench")
    parser.add_argument("--rows", type=int, default=20_000, help="rows of the table (default: 20,000)")
    parser.add_argument("--few", type=int, default=FEW, help="rows to compare with (default: 10,000)")
    parser.add_argument("--json", action="store_true", help="figures for machines")
    chosen = parser.parse_args(arguments)
    few, everybody = measured(chosen.few), measured(chosen.rows)
    if chosen.json:
        print(json.dumps({"few": asdict(few), "all": asdict(everybody)}, indent=2))
    else:
        print(report(everybody, few))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
