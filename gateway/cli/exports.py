"""``pii-gateway export``: the documented way out."""

from __future__ import annotations

import asyncio
import csv
import io
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson
import uvloop

from gateway.adapters.export_file import ExportFile
from gateway.adapters.sink_memory import MemorySink
from gateway.cli.serve import effective_settings
from gateway.model.names import Region, Scope
from gateway.model.rules import Ruleset
from gateway.ruleset.load import load as load_rules
from gateway.service.export import OpenRecord, open_records
from gateway.settings import Settings
from gateway.wiring import at_home

EXAMPLES = """\b
Examples:
  pii-gateway export --rules mine.yaml --region ru --write-plain-data
  pii-gateway export --rules mine.yaml --region ru --scope crm \\
      --out crm.jsonl --write-plain-data
  pii-gateway export --rules mine.yaml --region ru --fields email,phone \\
      --out mail.csv --write-plain-data
"""

HEAD = ("subject", "record", "scope", "route", "at")
Spell = Callable[[OpenRecord], bytes]


@dataclass(slots=True)
class Counts:
    """What was written, and what could not be because its person was erased."""

    records: int = 0
    closed: int = 0
    subjects: set[str] = field(default_factory=set)


@click.command("export", epilog=EXAMPLES)
@click.option("--rules", "files", multiple=True, type=click.Path(exists=True, path_type=Path), help="As for serve.")
@click.option(
    "--settings", "settings_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="As for serve."
)
@click.option("--region", required=True, help="Whose vault.")
@click.option("--scope", help="Only what one destination has tokens of.")
@click.option("--fields", help="CSV with these kinds as columns (email,phone); without it JSON lines with everything.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="By default <region>.jsonl or .csv; - for a pipe."
)
@click.option("--write-plain-data", "confirmed", is_flag=True, help="Yes, personal data in clear. Required.")
def export_command(
    *,
    files: Sequence[Path],
    settings_file: Path | None,
    region: str,
    scope: str | None,
    fields: str | None,
    out: Path | None,
    confirmed: bool,
) -> None:
    """Write every live record of a region's vault in clear.

    One line a record: subject, scope, route, time, and each field's kind, path, value and token. The file is new and
    for its owner only; every page of it is a disclosure in the ledger before it is written. A gateway may run
    meanwhile; what it records behind the reader's back is not in the export.
    """
    settings = effective_settings(settings_file, files)
    if not settings.rules:
        raise click.UsageError("say which rules: --rules FILE")
    if not confirmed:
        raise click.UsageError("this writes personal data in clear: say --write-plain-data if that is what you want")
    ruleset = load_rules(settings.rules)
    if region not in ruleset.regions:
        raise click.UsageError(f"the rules have no region {region!r}, but {', '.join(sorted(ruleset.regions))}")
    kinds = tuple(fields.split(",")) if fields else ()
    unknown = [kind for kind in kinds if kind not in ruleset.kinds]
    if unknown:
        raise click.UsageError(f"there is no kind {', '.join(unknown)}")
    path = out or Path(f"{region}.csv" if kinds else f"{region}.jsonl")
    if str(path) == "-" and sys.stdout.isatty():
        raise click.UsageError("personal data is not shown on a terminal: name a file, or a pipe")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        counts = runner.run(_export(ruleset, settings, Region(region), Scope(scope) if scope else None, kinds, path))
    told = f"{counts.records:,} records of {len(counts.subjects):,} persons written to {path}"
    click.echo(told + (f"; {counts.closed:,} of erased persons stay closed" if counts.closed else ""), err=True)


async def _export(
    ruleset: Ruleset, settings: Settings, region: Region, scope: Scope | None, kinds: Sequence[str], path: Path
) -> Counts:
    spell = _row_of(kinds) if kinds else _line
    counts = Counts()
    with ExportFile(path) if str(path) != "-" else nullcontext() as file:
        write = file.write if file is not None else _to_pipe
        if kinds:
            write(_spelt([*HEAD, *kinds]))
        async with at_home(ruleset, settings, MemorySink(100)) as home:
            async for records, closed in open_records(region, scope, home.vaults[region], home.world, ruleset.digest):
                write(b"".join(map(spell, records)))
                counts.records += len(records)
                counts.closed += closed
                counts.subjects |= {record.stored.sealed.subject for record in records}
    return counts


def _to_pipe(content: bytes) -> None:
    sys.stdout.buffer.write(content)


def _line(record: OpenRecord) -> bytes:
    facts = dict(zip(HEAD, _head(record), strict=True))
    expires = record.stored.expires
    fields = [
        {"kind": one.kind, "path": one.path, "value": one.text, "token": record.token(one), "stand_in": one.shown}
        for one in record.fields
    ]
    return orjson.dumps({**facts, "expires": _time(expires) if expires else None, "fields": fields}) + b"\n"


def _row_of(kinds: Sequence[str]) -> Spell:
    def row(record: OpenRecord) -> bytes:
        texts: dict[str, str] = {one.kind: one.text for one in reversed(record.fields)}
        return _spelt([*_head(record), *(texts.get(kind, "") for kind in kinds)])

    return row


def _head(record: OpenRecord) -> tuple[str, ...]:
    sealed = record.stored.sealed
    return sealed.subject, sealed.record, sealed.scope, record.stored.route, _time(sealed.at)


def _spelt(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def _time(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
