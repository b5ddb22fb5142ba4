"""``pii-gateway detect``: what is personal in a file, why it is thought so, and what else it might be."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gateway.cli.detect_file import SYNTAXES, Found, finds, syntax_of, text_of
from gateway.core.again import AGAIN
from gateway.core.detect.catalog import DETECTORS
from gateway.core.detect.kinds import KINDS
from gateway.model.errors import PayloadError
from gateway.model.kinds import KindSpec
from gateway.model.names import ELSEWHERE, Digest
from gateway.model.rules import ResidenceSpec, Ruleset
from gateway.ruleset.problems import BadRulesError
from gateway.ruleset.read import read

EXAMPLES = """
\b
Examples:
  pii-gateway detect letter.txt          the text in colour, and a table
  pii-gateway detect order.json --jsonl  a line of JSON a find, no values
  cat people.csv | pii-gateway detect - --as csv
  pii-gateway detect letter.txt --rules mine.yaml   with kinds of your own
"""

_SOURCES = {detector.name: detector.source for detector in DETECTORS}
_READERS = {detector.name for detector in DETECTORS if detector.reader is not None}
_COLOURS = {
    "personal": "black on yellow",
    "special": "white on red",
    "biometric": "white on red",
    "payment": "black on magenta",
    "credential": "white on red",
    "technical": "black on cyan",
    "organisation": "black on green",
    "attribute": "black on green",
}
_CONTROLS = (*range(9), *range(11, 32), *range(127, 160), 8206, 8207, *range(8234, 8239), *range(8294, 8298))
_VISIBLE = dict.fromkeys(_CONTROLS, "�")
"""Controls are shown as a mark: a terminal would obey them, and a file may come from anybody."""

_FIELDS = {"field:strong": "the name of the field", "field:weak": "the name of the field, and the value looks like it"}
_NO_RULES = Ruleset(Digest(""), (), {}, ResidenceSpec((), (), ELSEWHERE), {}, (), (), KINDS)


@click.command("detect", epilog=EXAMPLES)
@click.argument("file", type=click.File("rb"))
@click.option("--as", "syntax", type=click.Choice(SYNTAXES), help="What the file is, if its name lies.")
@click.option("--jsonl", is_flag=True, help="A line of JSON for each find; offsets are code points.")
@click.option("--values", is_flag=True, help="With --jsonl: the found values too.")
@click.option("--charset", help="What the file is written in, where it is not UTF-8 and can't be told.")
@click.option("--rules", type=click.Path(exists=True), multiple=True, help="Rules whose own kinds count too.")
@click.pass_context
def detect_command(
    context: click.Context,
    *,
    file: io.BufferedReader,
    syntax: str | None,
    jsonl: bool,
    values: bool,
    charset: str | None,
    rules: Sequence[str],
) -> None:
    """Find personal data in FILE (``-`` for what comes in): text, JSON, lines of JSON, or CSV with a header line.

    For each find: what it is, by what evidence, and what else it may be.
    """
    text = text_of(file.read(), charset)
    syntax = syntax or syntax_of(str(getattr(file, "name", "-")), text)
    known = _rules(rules)
    bad: list[int] = []
    found = finds(text, syntax, known, lambda number, error: _complain(bad, number, error))
    try:
        if jsonl:
            for one in found:
                click.echo(json.dumps(_as_json(one, known.kinds[one.kind], values=values), ensure_ascii=False))
        else:
            _show(list(found), text if syntax == "text" else None, known)
    except PayloadError as error:
        mend = "mend the file, or read it as it stands: --as text."
        raise PayloadError(error.code, error.what, mend, status=error.status) from None
    if bad:
        context.exit(1)


def _complain(bad: list[int], number: int, error: PayloadError) -> None:
    bad.append(number)
    click.echo(f"line {number}: {error.code} {error.what} The line was not read.", err=True)


def _show(found: Sequence[Found], text: str | None, rules: Ruleset) -> None:
    console = Console(highlight=False)
    if text is not None:
        console.print(_coloured(text, found, rules))
    console.print(_table(found, rules))


def _rules(paths: Sequence[str]) -> Ruleset:
    """The shipped kinds, and those of the files."""
    if not paths:
        return _NO_RULES
    try:
        own = read(paths).ruleset
    except BadRulesError as error:
        raise click.ClickException(error.render()) from None
    return replace(_NO_RULES, kinds=own.kinds, fields=own.fields, finders=own.finders, own_fields=own.own_fields)


def _evidence(detector: str) -> str:
    """Where it is known from that a find is what it is."""
    if detector.startswith("own."):
        return "a pattern of the rules"
    return _FIELDS.get(detector) or _SOURCES.get(detector, "where it stands in the message")


def _tier(detector: str) -> str:
    """Which of the tiers of docs/reference/detection.md found it; no model is asked here."""
    if detector == AGAIN:
        return "names again"
    if detector.startswith("field:"):
        return "field names"
    return "words" if detector in _READERS else "patterns"


def _as_json(found: Found, spec: KindSpec, *, values: bool) -> dict[str, object]:
    told = {
        "place": found.place if values else found.shown,
        "start": found.start,
        "end": found.end,
        "kind": found.kind,
        "type": spec.judge,
        "score": found.score,
        "detector": found.detector,
        "tier": _tier(found.detector),
        "evidence": _evidence(found.detector),
        "because": list(found.because),
        "runners_up": [{"kind": kind, "score": score, "detector": name} for kind, score, name in found.others],
    }
    return told | {"text": found.text} if values else told


def _coloured(text: str, found: Sequence[Found], rules: Ruleset) -> Text:
    shown = Text(_visible(text.rstrip("\n")))
    for one in found:
        shown.stylize(_COLOURS[rules.kinds[one.kind].category], one.start, one.end)
    return shown


def _table(found: Sequence[Found], rules: Ruleset) -> Table:
    table = Table("where", "value", "kind", "score", "evidence", "or else", box=None, pad_edge=False)
    for one in found:
        others = ", ".join(f"{kind} {score:.2f}" for kind, score, _ in one.others)
        colour = _COLOURS[rules.kinds[one.kind].category]
        evidence = f"{one.detector}: {', '.join(one.because) or _evidence(one.detector)}"
        value = f"[{colour}]{escape(_visible(one.text))}[/]"
        table.add_row(escape(_visible(one.place)), value, one.kind, f"{one.score:.2f}", escape(evidence), others)
    return table


def _visible(text: str) -> str:
    return text.translate(_VISIBLE)
