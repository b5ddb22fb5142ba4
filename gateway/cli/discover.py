"""``pii-gateway discover``: what is personal in recorded or observed traffic, field by field, and what rules follow."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import click

from gateway.cli.recorded import recorded
from gateway.core.asked import Asked
from gateway.core.judge import judge
from gateway.core.reading import read
from gateway.core.route import find_route, path_segments
from gateway.core.tally import Tally, masked, may_name_somebody
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.residency import Caller
from gateway.model.rules import Ruleset
from gateway.ruleset.canonical import pattern_text
from gateway.ruleset.discover import Proposal, as_diff, as_machine, as_yaml, propose
from gateway.ruleset.load import load

EXAMPLES = """
\b
Examples:
  pii-gateway discover a.har --rules mine.yaml       what is in it; a patch
  pii-gateway discover captures/ --rules mine.yaml --learn learned.yaml
  pii-gateway discover observed/ --rules mine.yaml   what a gateway observed
  pii-gateway discover --list --rules mine.yaml      verdicts in force
"""
_ANY_ROUTE = 3


class Findings:
    """What the recordings held."""

    def __init__(self, ruleset: Ruleset, today: date) -> None:
        self.tally = Tally()
        self.unrouted: Counter[str] = Counter()
        self.unreadable = 0
        self._ruleset, self._today = ruleset, today

    def take(self, one: Request | Tally | None) -> None:
        match one:
            case Tally():
                self.tally.join(one)
            case Request():
                self._judge(one)
            case None:
                self.unreadable += 1

    def _judge(self, request: Request) -> None:
        try:
            matched = find_route(self._ruleset, request)
            if matched is None:
                self.unrouted[_shape(request)] += 1
                return
            reading = read(request, matched, self._ruleset, Limits())
            self.tally.add(judge(reading, self._ruleset, Asked(self._today, Caller(address=request.peer))))
        except PayloadError:
            self.unreadable += 1


def _shape(request: Request) -> str:
    """Method and path with every step masked that is no plain word, or somebody's name."""
    steps = [
        step if step.isalpha() and step.isascii() and not may_name_somebody(step) else masked(step)
        for step in path_segments(request.target)
    ]
    return f"{request.method} /{'/'.join(steps[:_ANY_ROUTE])}{'/…' if len(steps) > _ANY_ROUTE else ''}"


@click.command("discover", epilog=EXAMPLES)
@click.argument("recordings", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--rules", "rules", multiple=True, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--learn", type=click.Path(dir_okay=False, path_type=Path), help="Write the proposal to this new file.")
@click.option("--name", default="discovered.yaml", show_default=True, help="The file that the patch makes.")
@click.option("--least", default=5, show_default=True, type=click.IntRange(1), help="Values that a verdict needs.")
@click.option("--share", default=0.95, show_default=True, type=click.FloatRange(0.5, 1), help="Of them of one kind.")
@click.option("--list", "listing", is_flag=True, help="Only print the learned verdicts that are in force.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def discover_command(  # noqa: PLR0913 - one parameter an option
    *,
    recordings: tuple[Path, ...],
    rules: tuple[Path, ...],
    learn: Path | None,
    name: str,
    least: int,
    share: float,
    listing: bool,
    as_json: bool,
) -> None:
    """Find personal data in RECORDINGS (HAR, JSON captures, lines of JSON, raw .http, or what an observing gateway
    wrote; files or folders), route by route and field by field, and propose rules.

    Examples are masked character by character: no value is ever printed.
    """
    ruleset = load(list(rules))
    if listing:
        _list(ruleset, as_json=as_json)
        return
    if not recordings:
        raise click.UsageError("name a recording, or --list.")
    findings = Findings(ruleset, datetime.now(UTC).date())  # noqa: TID251 - the command line owns the clock
    for one in recorded(recordings):
        findings.take(one)
    proposal = propose(findings.tally, ruleset, least=least, share=share)
    if learn is not None:
        _write(learn, proposal)
    if as_json:
        told = as_machine(findings.tally, proposal, findings.unrouted)
        click.echo(json.dumps({**told, "unreadable": findings.unreadable}, ensure_ascii=False, indent=2))
        return
    _print(findings, proposal, name)


def _write(file: Path, proposal: Proposal) -> None:
    """A file that is there is somebody's work."""
    if file.exists():
        raise click.UsageError(f"{file} is there already: take another name, or apply the patch.")
    file.write_text(as_yaml(proposal) or "version: 1\n", encoding="utf-8")


def _list(ruleset: Ruleset, *, as_json: bool) -> None:
    rows = [
        {"route": route.name, "path": pattern_text(one.path), "kind": one.kind or "none"}
        for route in ruleset.routes
        for one in route.learned
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['route']}  {row['path']}  {row['kind']}")


def _print(findings: Findings, proposal: Proposal, name: str) -> None:
    for line in _lines(findings.tally):
        click.echo(line)
    total = sum(findings.tally.messages.values())
    click.echo(f"{total} requests read, {findings.unreadable} not readable.")
    for shape, count in sorted(findings.unrouted.items()):
        click.echo(f"no route: {shape} ({count})")
    if findings.tally.overflow:
        click.echo(f"too many fields: {findings.tally.overflow} values were not looked at one by one.")
    patch = as_diff(proposal, name)
    click.echo(f"\n{patch}" if patch else "\nNothing to propose: the rules say it all.")


def _lines(tally: Tally) -> Iterator[str]:
    """A line for each kind in each field."""
    route = None
    for (name, path), one in sorted(tally.fields.items()):
        if one.kinds and name != route:
            route = name
            yield f"{route} ({tally.messages.get(name, 0)} requests)"
        for kind, seen in sorted(one.kinds.items()):
            how = "by name" if seen.named == seen.count else "by value" if not seen.named else "by name and value"
            clear = f", {seen.bare} IN CLEAR" if seen.bare else ""
            counts = f"{seen.count} in {one.values} values"
            yield f"  {pattern_text(path):<40} {kind:<20} {counts}, {how}{clear}  {seen.example}"
