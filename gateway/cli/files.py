"""``pii-gateway files``: get, sweep."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TypeVar

import click
import uvloop

from gateway.adapters.export_file import ExportFile
from gateway.adapters.sink_memory import MemorySink
from gateway.cli.keys import JSON, RULES, SETTINGS
from gateway.cli.serve import effective_settings
from gateway.model.errors import WorldError
from gateway.model.names import Token
from gateway.model.rules import Ruleset
from gateway.ruleset.load import load as load_rules
from gateway.service.downloads import pieces_of
from gateway.service.filed import find, sweep
from gateway.wiring import Home, at_home

EXAMPLES = """\b
Examples:
  pii-gateway files get --rules mine.yaml --out passport.jpg < reference.txt
  pii-gateway files sweep --rules mine.yaml    delete what nobody has any more
"""

T = TypeVar("T")


@click.group("files", epilog=EXAMPLES)
def files_group() -> None:
    """Files that are kept in the country: fetch one, delete those of erased persons and ended records."""


@files_group.command("get")
@RULES
@SETTINGS
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new file, or - for a pipe.")
def get_command(*, files: Sequence[Path], settings_file: Path | None, out: Path) -> None:
    """Write the file behind the reference that is read from standard input. It is in the ledger first."""
    token = Token(sys.stdin.readline().strip())
    if str(out) == "-" and sys.stdout.isatty():
        raise click.UsageError("a file is not shown on a terminal: name a file, or a pipe")
    size = _run(files, settings_file, lambda ruleset, home: _written(token, ruleset, home, out))
    click.echo(f"{size:,} bytes written to {out}", err=True)


@files_group.command("sweep")
@RULES
@SETTINGS
@click.option("--older-than", "older_than_s", default=3600, show_default=True, type=click.IntRange(0), help="Seconds.")
@JSON
def sweep_command(*, files: Sequence[Path], settings_file: Path | None, older_than_s: int, as_machine: bool) -> None:
    """Delete objects that no record names: of erased persons, of ended records, of requests that were refused.

    An erased person's files can't be opened from the moment of the erasure; this takes away what is left of them. May
    run beside the gateway, and should every day.
    """
    named, gone = _run(files, settings_file, lambda _, home: _swept(home, older_than_s))
    told = json.dumps({"named": named, "deleted": len(gone)})
    click.echo(told if as_machine else f"{named:,} files are kept; {len(gone):,} objects of nobody deleted")


async def _written(token: Token, ruleset: Ruleset, home: Home, out: Path) -> int:
    ticket = await find(token, home.world, ruleset.digest)
    if ticket is None:
        raise WorldError(
            "GW-F102",
            "no readable record has that reference: it was erased or has ended, or is no file's.",
            "compare it with what the back end holds, character by character.",
            status=404,
        )
    if str(out) == "-":
        async for piece in pieces_of(ticket, home.world):
            sys.stdout.buffer.write(piece)
    else:
        with ExportFile(out) as file:
            async for piece in pieces_of(ticket, home.world):
                file.write(piece)
    return ticket.size


async def _swept(home: Home, older_than_s: int) -> tuple[int, Sequence[str]]:
    return await sweep(home.vaults, home.world, older_than_s)


def _run(
    files: Sequence[Path], settings_file: Path | None, work: Callable[[Ruleset, Home], Coroutine[object, object, T]]
) -> T:
    settings = effective_settings(settings_file, files)
    if not settings.rules:
        raise click.UsageError("say which rules: --rules FILE")
    ruleset = load_rules(settings.rules)

    async def at_work() -> T:
        async with at_home(ruleset, settings, MemorySink(100)) as home:
            return await work(ruleset, home)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(at_work())
