"""What the files on disk say after the play: ``python -m gateway.demo.report --dir var/demo``. Exit 1 on any leak or
loss.

A process of its own that has seen nothing of the play: it knows the made-up people and opens files, the vault's with
the vault's keys, everybody else's as bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.demo import findings, why
from gateway.demo.findings import Leak, Step
from gateway.demo.layout import Layout
from gateway.demo.people import ATTRIBUTES, PEOPLE, Person
from gateway.demo.vault import Opened, opened

_RED = "[bold red]"

WIDEST = 110
"""Beyond that many columns the eye loses the line."""


def report(layout: Layout, console: Console) -> int:
    """Print the tables; how many leaks there are, and values of people at home that the vault does not have."""
    steps = findings.played(layout)
    rows, ids = findings.crm_rows(layout), findings.crm_ids(steps)
    abroad, at_home = findings.leaks_abroad(layout), findings.leaks_at_home(layout)
    vault = opened(layout)
    counted = {leak.value for leak in abroad if layout.metrics in leak.file.parents}
    far = Far(rows, ids, findings.reported(steps), counted)
    total = min(console.width, WIDEST)
    console.print(_whereabouts(vault, far, steps, total))
    console.print(_answers(steps, far, total))
    console.print(why.table(layout, steps))
    _verdict("everything that left the country", layout.abroad(), abroad, console)
    _verdict("everything the gateway has on disk", layout.at_home(), at_home, console)
    lost = _lost(vault)
    for person, name in lost:
        console.print(f"  {_RED}LOST[/] {name} of {escape(person)} is in no record of the vault", highlight=False)
    return len(abroad) + len(at_home) + len(lost)


@dataclass(frozen=True, slots=True)
class Far:
    """What lies abroad: the CRM's rows and who has which, what trackers tried to report, what of it the vendor has."""

    rows: Mapping[int, Mapping[str, str]]
    ids: Mapping[str, int]
    reported: Mapping[str, set[str]]
    counted: set[str]

    def row(self, person: Person) -> Mapping[str, str] | None:
        return self.rows.get(self.ids.get(person.key, 0))


def _whereabouts(vault: Opened, far: Far, steps: Sequence[Step], total: int) -> Table:
    widths = {"person": 18, "field": 11, "vault ru": 8, "crm us": 0, "metrics us": 10}
    table = _table("Where each field of each person ended up", widths, total)
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
    table.caption = "sealed: a record of the vault opens to it; ended: account closed, the next purge takes the record"
    table.caption_justify = "left"
    return table


def _table(title: str, widths: Mapping[str, int], total: int) -> Table:
    """A table of ``total`` characters; columns of width 0 share what the others leave."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    open_ended = sum(not width for width in widths.values())
    left = total - sum(widths.values()) - 2 * len(widths) - 1
    for column, width in widths.items():
        table.add_column(column, width=width or left // open_ended, overflow="ellipsis", no_wrap=column in _ONE_LINE)
    return table


_ONE_LINE = frozenset({"person", "field", "vault ru", "crm us", "metrics us"})


def _lost(vault: Opened) -> list[tuple[str, str]]:
    at_home = [person for person in PEOPLE if person.home == "ru"]
    values = [(person.title, name, value) for person in at_home for name, value in person.values()]
    return [(title, name) for title, name, value in values if value not in vault.texts | vault.ended]


def _in_vault(person: Person, name: str, value: str, vault: Opened) -> str:
    if person.home != "ru":
        return f"{_RED}recorded[/]" if value in vault.texts and name not in ATTRIBUTES else "[dim]-[/]"
    if value in vault.texts:
        return "[green]sealed[/]"
    if value in vault.ended:
        return "[dim]ended[/]"
    return "[dim]-[/]" if name in ATTRIBUTES else f"{_RED}missing[/]"


def _in_crm(person: Person, name: str, value: str, row: Mapping[str, str] | None, *, deleted: bool) -> str:
    if row is None:
        return "[dim]deleted[/]" if deleted else f"{_RED}not there[/]"
    held = row.get(name, "")
    if name in ATTRIBUTES:
        return f"[dim]plain {escape(held)}[/]"
    if held == value:
        return f"[dim]plain {escape(held)}[/]" if person.home != "ru" else f"{_RED}PLAIN {escape(held)}[/]"
    return f"[green]{escape(held)}[/]" if held else f"{_RED}nothing[/]"


def _at_vendor(person: Person, name: str, value: str, far: Far) -> str:
    if name not in far.reported[person.key]:
        return ""
    return f"{_RED}PLAIN[/]" if value in far.counted else "[green]stripped[/]"


def _answers(steps: Sequence[Step], far: Far, total: int) -> Table:
    """Whose data each reply shows; what its caller had just sent is told from what he learns."""
    widths = {"caller": 16, "did": 23, "": 3, "saw originals of": 0, "only tokens of": 0}
    table = _table("What each caller got back", widths, total)
    for step in steps:
        seen = findings.sees(step, far.rows, far.ids)
        shown = ", ".join((f"({one.name})" if one.echoed else one.name) for one in seen if one.originals)
        hidden = ", ".join(one.name for one in seen if one.tokens and (one.echoed or not one.originals))
        table.add_row(step.who, step.does, str(step.status), f"[green]{shown}[/]", f"[yellow]{hidden}[/]")
    table.caption = "(…) what the caller had just sent, and nothing else"
    table.caption_justify = "left"
    return table


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
