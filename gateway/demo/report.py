"""What the files on disk say after the play: ``python -m gateway.demo.report --dir var/demo``. Exit 1 on any leak.

A process of its own that has seen nothing of the play: it knows the made-up people and opens files, the vault's with
the vault's keys, everybody else's as bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.demo import findings, why
from gateway.demo.findings import Leak, Step
from gateway.demo.layout import Layout
from gateway.demo.people import ATTRIBUTES, PEOPLE, Person
from gateway.demo.vault import Opened, opened

_RED = "[bold red]"


def report(layout: Layout, console: Console) -> int:
    """Print the tables; the number of leaks found."""
    steps = findings.played(layout)
    rows, ids = findings.crm_rows(layout), findings.crm_ids(steps)
    abroad, at_home = findings.leaks_abroad(layout), findings.leaks_at_home(layout)
    vault = opened(layout)
    counted = {leak.value for leak in abroad if layout.metrics in leak.file.parents}
    far = Far(rows, ids, findings.reported(steps), counted)
    console.print(_whereabouts(vault, far, steps))
    console.print(_answers(steps, far))
    console.print(why.table(layout, steps))
    _verdict("everything that left the country", layout.abroad(), abroad, console)
    _verdict("everything the gateway has on disk", layout.at_home(), at_home, console)
    return len(abroad) + len(at_home)


@dataclass(frozen=True, slots=True)
class Far:
    """What lies abroad: the CRM's rows and who has which, what trackers tried to report, what of it the vendor has."""

    rows: Mapping[int, Mapping[str, str]]
    ids: Mapping[str, int]
    reported: Mapping[str, set[str]]
    counted: set[str]

    def row(self, person: Person) -> Mapping[str, str] | None:
        return self.rows.get(self.ids.get(person.key, 0))


def _whereabouts(vault: Opened, far: Far, steps: Sequence[Step]) -> Table:
    table = _table("Where each field of each person ended up", person=4, field=3, **{"vault ru": 2}, **_ABROAD)
    gone = findings.deleted(steps)
    for person in PEOPLE:
        who = person.title
        for name, value in person.fields.items():
            latest = person.later.get(name, value)
            there = _in_crm(person, name, latest, far.row(person), deleted=far.ids.get(person.key, 0) in gone)
            table.add_row(
                who, name, _in_vault(person, name, latest, vault), there, _at_vendor(person, name, latest, far)
            )
            who = ""
        table.add_section()
    return table


_ABROAD = {"crm us": 8, "metrics us": 2}


def _table(title: str, **ratios: int) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", expand=True)
    for column, ratio in ratios.items():
        table.add_column(column, ratio=ratio, overflow="ellipsis", no_wrap=column in ("field", "vault ru", "crm us"))
    return table


def _in_vault(person: Person, name: str, value: str, vault: Opened) -> str:
    if person.home != "ru":
        return f"{_RED}recorded[/]" if value in vault.texts and name not in ATTRIBUTES else "[dim]-[/]"
    if value in vault.texts:
        return "[green]sealed[/]"
    return "[dim]-[/]" if name in ATTRIBUTES else f"{_RED}missing[/]"


def _in_crm(person: Person, name: str, value: str, row: Mapping[str, str] | None, *, deleted: bool) -> str:
    if row is None:
        return "[dim]deleted[/]" if deleted else f"{_RED}not there[/]"
    held = row.get(name, "")
    if name in ATTRIBUTES:
        return f"[dim]plain {escape(held)} (an attribute)[/]"
    if held == value:
        return f"[dim]plain {escape(held)}[/]" if person.home != "ru" else f"{_RED}PLAIN {escape(held)}[/]"
    return f"[green]{escape(held)}[/]" if held else f"{_RED}nothing[/]"


def _at_vendor(person: Person, name: str, value: str, far: Far) -> str:
    if name not in far.reported[person.key]:
        return ""
    return f"{_RED}PLAIN[/]" if value in far.counted else "[green]stripped[/]"


def _answers(steps: Sequence[Step], far: Far) -> Table:
    table = _table("What each caller got back", caller=4, did=5, status=2, **_SEEN)
    for step in steps:
        seen = findings.sees(step, far.rows, far.ids)
        shown = ", ".join(name for name, originals, _ in seen if originals)
        hidden = ", ".join(name for name, originals, tokens in seen if tokens and not originals)
        table.add_row(step.who, step.does, str(step.status), f"[green]{shown}[/]", f"[yellow]{hidden}[/]")
    return table


_SEEN = {"originals of": 5, "only tokens of": 5}


def _verdict(what: str, files: Sequence[Path], leaks: Sequence[Leak], console: Console) -> None:
    values = sum(len(person.values()) for person in PEOPLE)
    size = sum(file.stat().st_size for file in files)
    style = "bold red" if leaks else "bold green"
    searched = f"{values} values, every spelling, in {len(files)} files, {size:,} bytes"
    console.print(f"[{style}]{len(leaks)} leaks[/] in {what} ({searched})", highlight=False)
    for leak in leaks:
        console.print(f"  {_RED}LEAK[/] {leak.field} of {escape(leak.person)} in {leak.file.name} ({leak.how})")


def main() -> None:
    parser = argparse.ArgumentParser(description="What the files of the demo say.")
    parser.add_argument("--dir", type=Path, required=True)
    given = parser.parse_args()
    sys.exit(1 if report(Layout(given.dir), Console()) else 0)


if __name__ == "__main__":
    main()
