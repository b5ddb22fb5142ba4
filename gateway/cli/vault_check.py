"""``pii-gateway vault check``: every seal, index row and reference of a vault, its keys and its ledger."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from gateway.catalog import Site
from gateway.cli.keys import JSON, REGION, RULES, SETTINGS
from gateway.cli.ledger import verdict_of
from gateway.cli.vault_progress import Progression, progression
from gateway.cli.vault_site import Places, keys_at, places, stock_at
from gateway.model.errors import WorldError
from gateway.service.check import STEPS, Checked, Position, Report, check_stock
from gateway.service.ledger_check import Verdict

_SHOWN = 20


@dataclass(slots=True)
class Found:
    """What a check has found in one region. ``stopped_at`` is where ``--from`` goes on; ``trouble`` ended it."""

    region: str
    report: Report
    damage: int
    ledger: Verdict | None
    stopped_at: str | None = field(default=None)
    trouble: WorldError | None = None

    @property
    def whole(self) -> bool:
        return not (self.trouble or self.report.faults or self.damage or (self.ledger and self.ledger.problems))


@click.command("check")
@RULES
@SETTINGS
@REGION
@click.option("--from", "begin", metavar="POSITION", help="Go on where a check was stopped; it said where.")
@JSON
def check_command(
    *, files: Sequence[Path], settings_file: Path | None, region: str | None, begin: str | None, as_machine: bool
) -> None:
    """Open every record, and compare index, directory, references, keys and ledger with one another.

    May run beside the gateway. Tells kinds of faults, counts and ids; never a value. Exits with 1 if anything is wrong.
    """
    where = places(files, settings_file, region)
    chosen = where.sites if begin is None else (where.only(),)
    found = [asyncio.run(_check(where, site, _position(begin))) for site in chosen]
    if as_machine:
        click.echo(json.dumps([_facts(one) for one in found], indent=2))
    else:
        for one in found:
            _print(one)
    for one in found:
        if one.trouble is not None:
            raise one.trouble
    sys.exit(0 if all(one.whole and one.stopped_at is None for one in found) else 1)


def _position(text: str | None) -> Position:
    try:
        return Position("key") if text is None else Position.of(text)
    except ValueError as error:
        raise click.UsageError(f"--from {text!r} is no position: write what the stopped check said") from error


async def _check(where: Places, site: Site, begin: Position) -> Found:
    with progression(site.clock) as shown:
        async with stock_at(site) as stock, keys_at(site) as (keys, store):
            found = Found(site.spec.name, Report(), 0, None)
            totals = {"key": sum((await asyncio.to_thread(store.versions)).values()), **await stock.counts()}
            if begin == Position("key"):
                shown.begin(f"{site.spec.name} files", 0, "faults")
                found.damage = await stock.damage()
                shown.at(found.damage)
            watch = _Watch(site.spec.name, shown, totals)
            checked = Checked(site.spec.name, stock, keys, store, where.rules.kinds)
            try:
                found.report = await check_stock(checked, begin, told=watch)
            except WorldError as error:
                if watch.last is None:
                    raise
                found.report, found.trouble = watch.report, error
            if watch.last is not None and (shown.stopped or found.trouble is not None):
                found.stopped_at = str(watch.last)
                return found
    return replace(found, ledger=await asyncio.to_thread(verdict_of, site))


class _Watch:
    """Tells of every page; False once somebody asked to stop."""

    def __init__(self, region: str, shown: Progression, totals: dict[str, int]) -> None:
        self._region = region
        self._shown = shown
        self._totals = totals
        self._step = ""
        self.last: Position | None = None
        self.report = Report()

    def __call__(self, position: Position, rows: int, report: Report) -> bool:
        if position.step != self._step:
            self._step = position.step
            self._shown.begin(f"{self._region} {self._step}", self._totals.get(self._step, 0), "rows")
        self._shown.more(rows)
        self.last, self.report = position, report
        return not self._shown.stopped


def _facts(found: Found) -> dict[str, object]:
    report = found.report
    return {
        "region": found.region,
        "whole": found.whole,
        "stopped_at": found.stopped_at,
        "rows": {step: report.rows[step] for step in STEPS},
        "faults": dict(report.faults),
        "damage": found.damage,
        "told": [{"wrong": one.wrong, "where": one.where, "field": one.index} for one in report.told],
        "ledger": [str(problem) for problem in found.ledger.problems] if found.ledger else None,
        "unknown_kinds": dict(report.unknown_kinds),
        "identifiers": report.identifiers,
        "identifiers_confirmed": report.confirmed,
        "unused_keys": report.unused_keys,
    }


def _print(found: Found) -> None:
    report, name = found.report, found.region
    counted = ", ".join(f"{report.rows[step]:,} {step}" for step in STEPS if report.rows[step])
    click.echo(f"{name}: {counted or 'nothing'} looked at")
    click.echo(f"  {report.confirmed:,} of {report.identifiers:,} identifiers agree with a value that is kept")
    click.echo(f"  {report.unused_keys:,} data keys are nobody's: made ahead")
    for kind, count in report.unknown_kinds.items():
        click.echo(f"  {count:,} values of kind {kind} were not compared: the rules do not know it")
    if found.damage:
        click.echo(f"  the file contradicts itself in {found.damage:,} places")
    for wrong, count in report.faults.most_common():
        click.echo(f"  {wrong}: {count:,}")
    for fault in report.told[:_SHOWN]:
        click.echo(f"    {fault}")
    for problem in found.ledger.problems if found.ledger else ():
        click.echo(f"  ledger: {problem}")
    if found.stopped_at:
        click.echo(f"  stopped; go on with --from {found.stopped_at}")
    elif found.whole:
        click.echo("  whole: nothing is wrong")
