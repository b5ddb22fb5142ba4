"""How ``pii-gateway rules`` speaks to people: tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from gateway.model.decision import Reason
from gateway.model.rules import Ruleset
from gateway.ruleset.diff import Difference
from gateway.ruleset.explain import Explained, Explanation
from gateway.ruleset.flow import Cell
from gateway.ruleset.summary import Block, revealing, summary, where_to
from gateway.ruleset.trial import Outcome

_COLOURS = {"stricter": "green", "looser": "red", "different": "yellow", "new": "cyan", "gone": "cyan"}


def print_outcomes(outcomes: Sequence[Outcome], console: Console) -> None:
    """One line a test; failures with their line, caret and what happened instead."""
    for outcome in outcomes:
        sign = "[red]FAIL[/red]" if outcome.failures else "[green]ok[/green]  "
        console.print(f"{sign} {escape(outcome.it)}")
        for failure in outcome.failures:
            console.print(failure.render(), markup=False)
    failed = sum(bool(outcome.failures) for outcome in outcomes)
    console.print(f"{len(outcomes)} tests, {failed} failed")


def print_matrix(ruleset: Ruleset, cells: Sequence[Cell], console: Console) -> None:
    """What happens on the way to each destination, a column a residence."""
    for block in summary(cells):
        intent = f" ({block.intent.replace('_', ' ')})" if block.intent else ""
        console.print(f"[bold]→ {escape(where_to(ruleset, block.to))}[/bold]{intent}")
        console.print(escape(", ".join(block.routes)))
        for line in revealing(ruleset, block.routes):
            console.print(f"[yellow]{escape(line)}[/yellow]")
        console.print(_matrix(ruleset, block))
        console.print()


def _matrix(ruleset: Ruleset, block: Block) -> Table:
    table = Table()
    table.add_column("what", overflow="fold")
    for home in block.homes:
        treated = " and unknown" if home == ruleset.residence.unknown else ""
        table.add_column(f"{home}{treated}", overflow="fold")
    for line in block.lines:
        what = Padding(escape(line.what), (0, 0, 0, 2)) if line.exception else f"[bold]{escape(line.what)}[/bold]"
        table.add_row(what, *(escape(action) for action in line.actions))
    return table


def print_explanation(explanation: Explanation, console: Console) -> None:
    """The route, the persons, then every leaf."""
    console.print(f"[bold]{escape(explanation.route)}[/bold] ({escape(explanation.at)}) → {escape(explanation.to)}")
    console.print(f"intent: {explanation.intent.replace('_', ' ')}\n")
    people = Table(title="who", title_justify="left")
    for column in ("person", "lives in", "rank", "evidence", "treated as"):
        people.add_column(column, overflow="fold")
    for person in explanation.people:
        evidence = "\n".join(person.signals) or "none"
        people.add_row(person.whose, person.lives_in, person.rank, evidence, person.treated_as)
    console.print(people)
    for leaf in explanation.leaves:
        _print_leaf(leaf, console)
    if explanation.refusal:
        refusal = explanation.refusal
        console.print(f"\n[red]refused with {refusal.status}[/red] {refusal.code}: {escape(refusal.says)}")


def _print_leaf(leaf: Explained, console: Console) -> None:
    whose = f", of {leaf.whose}" if leaf.whose else ""
    found = f"{leaf.found} by {leaf.detector}" if leaf.detector not in ("", "none") else leaf.found
    console.print(f"\n[bold]{escape(leaf.path)}[/bold] ({leaf.length} characters{escape(whose)})")
    console.print(f"  found {escape(found)} → [bold]{escape(leaf.then)}[/bold]")
    for reason in leaf.because:
        _print_reason("because", reason, console)
    for other in leaf.without:
        console.print(f"  without {escape(other.rule)}: {escape(other.then)}")
    for reason in leaf.observed:
        _print_reason("observed only", reason, console)


def _print_reason(word: str, reason: Reason, console: Console) -> None:
    console.print(Padding(escape(f"{word} {reason.rule} ({reason.at}): {reason.says}"), (0, 0, 0, 2)))


def print_diff(difference: Difference, console: Console) -> None:
    """Counts first, then every group of cases that changed alike."""
    counts = ", ".join(f"[{_COLOURS[way]}]{count} {way}[/]" for way, count in difference.counts.items() if count)
    console.print(f"{counts or 'nothing changed'} ({difference.unchanged} cases as before)")
    if difference.changes:
        table = Table()
        for column in ("", "to", "residence", "what", "was", "is"):
            table.add_column(column, overflow="fold")
        for change in difference.changes:
            place = f" at {_few(change.places)}" if change.places else ""
            what = escape(_few(change.kinds) + place)
            way = f"[{_COLOURS[change.way]}]{change.way}[/]"
            table.add_row(way, change.to, change.home, what, change.was or "-", change.now or "-")
        console.print(table)
    for setting in difference.settings:
        sign = " [red](looser)[/red]" if setting.looser else ""
        console.print(f"{escape(setting.name)}: {escape(setting.was or '-')} → {escape(setting.now or '-')}{sign}")


def _few(kinds: Iterable[str]) -> str:
    listed = list(kinds)
    return ", ".join(listed) if len(listed) <= 4 else f"{', '.join(listed[:3])} and {len(listed) - 3} more"
