"""How an import tells how far it is and what it did: bar, lines, table, JSON. Counts and names of kinds, no values."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from gateway.model.table import Mark
from gateway.ports import Clock
from gateway.service.bulk_tally import Tally

_EVERY_MS = 10_000
"""Between two lines where nobody looks at a bar."""


class Watcher:
    """Told of every mark: a bar on a terminal, a line now and then elsewhere. Says to stop once ``stopped`` is true."""

    def __init__(self, size: int, mark: Mark, clock: Clock, stopped: Callable[[], bool]) -> None:
        self._size = size
        self._clock = clock
        self._stopped = stopped
        self._began = self._told = clock.now_ms()
        self._rows_before = mark.rows
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            columns = (BarColumn(), TextColumn("{task.fields[says]}"), TimeRemainingColumn())
            self._bar = Progress(*columns, console=Console(stderr=True))
            self._task = self._bar.add_task("import", total=self._size or None, says="")
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, mark: Mark) -> bool:
        now = self._clock.now_ms()
        rate = 1000 * (mark.rows - self._rows_before) / max(now - self._began, 1)
        says = f"{mark.rows:,} rows, {rate:,.0f} rows/s"
        if self._bar is not None:
            self._bar.update(self._task, completed=mark.source, says=says)
        elif now - self._told >= _EVERY_MS:
            self._told = now
            click.echo(says + (f", {100 * mark.source / self._size:.0f} %" if self._size else ""), err=True)
        return not self._stopped()


def facts_of(mark: Mark, twin: Path) -> dict[str, object]:
    """The report for machines."""
    tally = Tally.of(mark.tally)
    return {
        "done": mark.done,
        "twin": str(twin),
        "rows": tally.counts["rows"],
        "rows_by_residence": tally.under("rows"),
        "persons": tally.under("persons"),
        "fields": tally.under("field"),
        "rejects": tally.under("reject"),
    }


def print_report(mark: Mark, twin: Path) -> None:
    tally = Tally.of(mark.tally)
    console = Console(highlight=False)
    taken = f"{tally.counts['rows']:,} rows, {tally.counts['rejects']:,} rejected"
    console.print(f"{taken}; the twin is {twin}", soft_wrap=True)
    rows, persons = tally.under("rows"), tally.under("persons")
    table = Table("residence", "rows", "new persons", box=None, pad_edge=False)
    for where, count in rows.items():
        table.add_row(where, f"{count:,}", f"{persons.get(where, 0):,}")
    console.print(table)
    fields = Table("kind", "action", "fields", box=None, pad_edge=False)
    for name, count in tally.under("field").items():
        kind, _, action = name.rpartition(":")
        fields.add_row(kind, action, f"{count:,}")
    console.print(fields)
    for code, count in tally.under("reject").items():
        console.print(f"{code}: {count:,} rows, see {twin}.rejects.csv and docs/errors/{code}.md", soft_wrap=True)
