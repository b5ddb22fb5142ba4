"""One worker against several on one port and one SQLite file: requests per second, latency, and the size of the log.

    python -m tests.load.workers --workers 1 2 --seconds 10

The clients and the upstream share the machine with the gateway: on few cores the ratio is what is left to it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import uvloop

from tests.load.client import Round, play
from tests.load.gateway import gateway
from tests.load.programs import Program, module, running

WARM_UP = 900_000
"""Where the people of the first second begin."""


async def measured(program: Program, seconds: float, connections: int) -> tuple[Round, float]:
    """What clients saw, and the CPU seconds that it cost."""
    await play(program.port, WARM_UP, seconds=1, connections=connections)
    before = program.cpu_s()
    return await play(program.port, 1, seconds=seconds, connections=connections), program.cpu_s() - before


def one(workers: int, seconds: float, connections: int) -> str:
    with (
        tempfile.TemporaryDirectory() as name,
        running(module("tests.load.upstream")) as upstream,
        gateway(Path(name), f"http://127.0.0.1:{upstream.port}", "--workers", str(workers)) as program,
    ):
        seen, cpu_s = uvloop.run(measured(program, seconds, connections))
        cpu_us = cpu_s / max(1, seen.good) * 1e6
        log = (Path(name) / "ru.db-wal").stat().st_size / 2**20
    told = f"| {workers} | {seen.good / seen.elapsed_s:,.0f} | {cpu_us:,.0f} | {seen.percentile_ms(0.5):.1f} "
    return f"{told}| {seen.percentile_ms(0.99):.1f} | {seen.statuses.total() - seen.good + seen.broken} | {log:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=64)
    chosen = parser.parse_args()
    print("| workers | requests/s | CPU us/request | p50 ms | p99 ms | failed | log MiB |")
    print("|---|---|---|---|---|---|---|")
    for workers in chosen.workers:
        print(one(workers, chosen.seconds, chosen.connections), flush=True)


if __name__ == "__main__":
    main()
