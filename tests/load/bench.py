"""One run, three servers, interleaved rounds: a direct upstream, a naive aiohttp proxy, and the gateway.

    python -m tests.load.bench --seconds 5 --rounds 5

Absolute figures belong to the machine; the ratios and the CPU per request are what to compare. Exits 1 if the gateway
let plaintext through or changed a reply, and if the upstream failed to see what the naive proxy lets through.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvloop

from tests.load.client import fetch, play
from tests.load.gateway import gateway
from tests.load.programs import Program, module, running
from tests.load.report import Sample, facts, table
from tests.load.stages import stage_costs, stage_table
from tests.load.syncs import counting

PEOPLE_A_ROUND = 50_000
"""Room for fresh people in one round."""

SYNC_PEOPLE = 800_000
"""Where the people of the counted round begin."""


async def sample(server: Program, upstream: Program, start: int, seconds: float, connections: int) -> Sample:
    """One round against one server, and what the upstream saw of it."""
    await fetch(upstream.port, "/-/report")
    before = server.cpu_s()
    seen = await play(server.port, start, seconds=seconds, connections=connections)
    spent = server.cpu_s() - before
    report = json.loads(await fetch(upstream.port, "/-/report"))
    if not seen.clean:
        msg = f"wrong replies: {dict(seen.statuses)}, changed {seen.changed}, broken {seen.broken}"
        raise SystemExit(msg)
    return Sample(
        requests=seen.good,
        elapsed_s=seen.elapsed_s,
        cpu_s=spent,
        p50_ms=seen.percentile_ms(0.5),
        p99_ms=seen.percentile_ms(0.99),
        leaks=report["leaks"],
        received=report["requests"],
        unattributed=report["unattributed"],
        values=report["values"],
    )


@contextmanager
def servers(folder: Path) -> Iterator[Mapping[str, Program]]:
    """The three under test, and the upstream as ``direct``; the first core is theirs, the second the load's."""
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        upstream = stack.enter_context(running(module("tests.load.upstream")))
        url = f"http://127.0.0.1:{upstream.port}"
        naive = stack.enter_context(running(module("tests.load.naive", url)))
        ours = stack.enter_context(gateway(folder, url))
        if len(cores) > 1:
            upstream.pin(cores[1:])
            naive.pin(cores[:1])
            ours.pin(cores[:1])
            os.sched_setaffinity(0, cores[1:])
            stack.callback(os.sched_setaffinity, 0, cores)
        yield {"direct": upstream, "naive": naive, "gateway": ours}


async def play_rounds(
    programs: Mapping[str, Program], *, rounds: int, seconds: float, connections: int
) -> dict[str, list[Sample]]:
    """Every server once a round, so that what the machine does meanwhile meets all of them."""
    samples: dict[str, list[Sample]] = {name: [] for name in programs}
    for turn in range(rounds):
        for name, program in programs.items():
            start = 1 + turn * PEOPLE_A_ROUND
            samples[name].append(await sample(program, programs["direct"], start, seconds, connections))
    return samples


def verdict(samples: Mapping[str, Sequence[Sample]]) -> list[str]:
    """What went wrong, if anything: a leak, or an upstream that is blind."""
    wrong = []
    for each in samples["gateway"]:
        if each.leaks:
            wrong.append(f"LEAK through the gateway: {each.leaks} requests, {dict(each.values)}")
        if each.unattributed:
            wrong.append(f"{each.unattributed} messages reached the upstream without their reference")
    blind = [name for name in ("direct", "naive") if any(each.leaks != each.received for each in samples[name])]
    return wrong + [
        f"the upstream missed plaintext that {name} lets through: its silence means nothing" for name in blind
    ]


async def sync_counts(programs: Mapping[str, Program], folder: Path, seconds: float) -> dict[str, float]:
    """Durable writes a thousand requests, counted by the kernel while one round is played."""
    gateway = programs["gateway"]
    with counting(gateway, folder / "syncs") as counts:
        seen = await play(gateway.port, SYNC_PEOPLE, seconds=seconds)
    return {call: 1000 * number / seen.good for call, number in counts.items() if seen.good}


def asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5, help="length of one round (default: 5)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds against each server (default: 5)")
    parser.add_argument("--connections", type=int, default=64, help="requests in flight (default: 64)")
    parser.add_argument("--requests", type=int, default=500, help="requests of which stages are timed (default: 500)")
    parser.add_argument("--json", action="store_true", help="figures for machines")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run, print, and exit 1 on a leak."""
    chosen = asked(arguments)
    with tempfile.TemporaryDirectory() as name, servers(folder := Path(name)) as programs:
        samples = uvloop.run(
            play_rounds(programs, rounds=chosen.rounds, seconds=chosen.seconds, connections=chosen.connections)
        )
        syncs = uvloop.run(sync_counts(programs, folder, min(2.0, chosen.seconds)))
        (folder / "stages").mkdir()
        upstream = f"http://127.0.0.1:{programs['direct'].port}"
        stages = uvloop.run(stage_costs(folder / "stages", upstream, chosen.requests))
    if chosen.json:
        print(json.dumps({"servers": facts(samples), "syncs": syncs, "stages": stages}, indent=2))
    else:
        told = ", ".join(f"{number:,.0f} {call}" for call, number in syncs.items()) or "not counted (strace is missing)"
        print(table(samples), f"Durable writes a thousand requests: {told}.", stage_table(stages), sep="\n\n")
    wrong = verdict(samples)
    print(*wrong, sep="\n", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
