"""The gateway under test, as ``serve`` runs it: ``python -m gateway.verify.under_test --rules FILE --to crm=http://…``.

The rules are those given. Three facts about the machine are put in place of theirs: the addresses of destinations, and
where vaults and keys lie. Everything the process writes goes into one directory or to its two output streams.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import uvloop

from gateway.adapters.sink_log import LogSink
from gateway.model.rules import Ruleset
from gateway.ruleset.load import load as load_rules
from gateway.server.telemetry import LineWriter, Vocabulary, join_standard_logging, loop_errors, make_log
from gateway.settings import Settings
from gateway.settings import load as load_settings
from gateway.wiring import running


def placed_here(ruleset: Ruleset, addresses: Mapping[str, str]) -> Ruleset:
    """The same rules with other addresses of destinations, and with vaults and keys under the state directory."""
    return replace(
        ruleset,
        backend="new",  # the stand-ins have no users, and this gateway's directory is its own
        destinations={
            name: replace(destination, url=addresses.get(name, destination.url))
            for name, destination in ruleset.destinations.items()
        },
        regions={
            name: replace(region, vault=f"sqlite:{name}.db", key=f"file:keys/{name}")
            for name, region in ruleset.regions.items()
        },
    )


async def serve(ruleset: Ruleset, settings: Settings, sink: LogSink) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(loop_errors(sink))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(ruleset, settings, sink):
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="The gateway that verify looks at.")
    parser.add_argument("--rules", type=Path, action="append", required=True)
    parser.add_argument("--to", action="append", default=[], help="destination=url")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    given = parser.parse_args()
    addresses = dict(pair.partition("=")[::2] for pair in given.to)
    ruleset = placed_here(load_rules(given.rules), addresses)
    here = {"listen.port": given.port, "admin.port": 0, "state_dir": str(given.dir)}
    writer = LineWriter(sys.stderr.buffer)
    log = make_log(writer, Vocabulary(ruleset))
    join_standard_logging(log)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(ruleset, load_settings(None, {}, here), LogSink(log)))
    finally:
        writer.close()


if __name__ == "__main__":
    main()
