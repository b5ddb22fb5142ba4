"""``pii-gateway detect``: what is personal in a file, why it is thought so, and what else it might be."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gateway.core.classify import classify
from gateway.core.codec.request import decode_request
from gateway.core.detect.because import because
from gateway.core.detect.catalog import DETECTORS
from gateway.core.detect.conflicts import best, without_parts
from gateway.core.detect.detector import Hit
from gateway.core.detect.kinds import KINDS
from gateway.core.detect.own import scanner_for
from gateway.model.document import WHOLE, Document
from gateway.model.finding import Finding
from gateway.model.kinds import KindSpec
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import ELSEWHERE, Digest, Kind, print_path
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

_DETECTORS = {detector.name: detector for detector in DETECTORS}
_SOURCES = {detector.name: detector.source for detector in DETECTORS}
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
_SYNTAXES = ("text", "json", "jsonl", "csv")
_FIELDS = {"field:strong": "the name of the field", "field:weak": "the name of the field, and the value looks like it"}
_NO_RULES = Ruleset(Digest(""), (), {}, ResidenceSpec((), (), ELSEWHERE), {}, (), (), KINDS)


class Found(NamedTuple):
    """One find: where, which stretch, what it is by which evidence, and what else it may be."""

    place: str
    start: int
    end: int
    text: str
    kind: Kind
    score: float
    detector: str
    others: tuple[tuple[str, float, str], ...]
    because: tuple[str, ...] = ()
    """What speaks for it in this very text, and what against."""

    @property
    def evidence(self) -> str:
        """Where it is known from that this is what it is."""
        if self.detector.startswith("own."):
            return "a pattern of the rules"
        return _FIELDS.get(self.detector) or _SOURCES.get(self.detector, "where it stands in the message")


@click.command("detect", epilog=EXAMPLES)
@click.argument("file", type=click.File("rb"))
@click.option("--as", "syntax", type=click.Choice(_SYNTAXES), help="What the file is, if its name lies.")
@click.option("--jsonl", is_flag=True, help="A line of JSON for each find; offsets are code points.")
@click.option("--values", is_flag=True, help="With --jsonl: the found values too.")
@click.option("--rules", type=click.Path(exists=True), multiple=True, help="Rules whose own kinds count too.")
def detect_command(
    *, file: io.BufferedReader, syntax: str | None, jsonl: bool, values: bool, rules: Sequence[str]
) -> None:
    """Find personal data in FILE (``-`` for what comes in): text, JSON, lines of JSON, or CSV with a header line.

    For each find: what it is, by what evidence, and what else it may be.
    """
    raw = file.read()
    syntax = syntax or _syntax_of(str(getattr(file, "name", "-")), raw)
    known = _rules(rules)
    found = list(_found(raw, syntax, known))
    if jsonl:
        for one in found:
            click.echo(json.dumps(_as_json(one, known.kinds[one.kind], values=values), ensure_ascii=False))
        return
    console = Console(highlight=False)
    if syntax == "text":
        console.print(_coloured(raw.decode("utf-8", "replace"), found, known))
    console.print(_table(found, known))


def _rules(paths: Sequence[str]) -> Ruleset:
    """The shipped kinds, and those of the files."""
    if not paths:
        return _NO_RULES
    try:
        own = read(paths).ruleset
    except BadRulesError as error:
        raise click.ClickException(error.render()) from None
    return replace(_NO_RULES, kinds=own.kinds, fields=own.fields, finders=own.finders, own_fields=own.own_fields)


def _syntax_of(name: str, raw: bytes) -> str:
    """By the name of the file, else by its first character."""
    known = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
    if Path(name).suffix in known:
        return known[Path(name).suffix]
    return "json" if name.endswith(".json") or raw.lstrip()[:1] in {b"{", b"["} else "text"


def _found(raw: bytes, syntax: str, rules: Ruleset) -> Iterator[Found]:
    if syntax == "json":
        yield from _in_document(_document(raw), "", rules)
    elif syntax == "jsonl":
        for number, line in enumerate(raw.splitlines(), 1):
            if line.strip():
                yield from _in_document(_document(line), f"line {number}: ", rules)
    elif syntax == "csv":
        text = raw.decode("utf-8-sig", "replace")
        rows = csv.DictReader(io.StringIO(text), delimiter=_delimiter(text))
        for row in rows:
            cells = {str(name): str(cell) for name, cell in row.items()}
            yield from _in_document(_document(json.dumps(cells).encode()), f"line {rows.line_num}: ", rules)
    else:
        yield from _in_text(raw.decode("utf-8", "replace"), rules)


def _delimiter(text: str) -> str:
    """Of comma, semicolon, tab and bar the one that the header has most of."""
    return max(",;\t|", key=text.partition("\n")[0].count)


def _document(body: bytes) -> Document:
    return decode_request(Request("POST", "/", (("Content-Type", "application/json"),), body), Limits())


def _in_text(text: str, rules: Ruleset) -> Iterator[Found]:
    hits = without_parts(scanner_for(rules).scan([text]))
    for hit in best(hits):
        others = [other for other in hits if _beside(hit, other)]
        kind = hit.detector.kind
        rest = _others((other.detector.kind, other.score, other.detector.name) for other in others)
        line = f"line {text.count(chr(10), 0, hit.start) + 1}"
        value = text[hit.start : hit.end]
        why = because(hit.detector, text, hit.start, hit.end)
        yield Found(line, hit.start, hit.end, value, kind, hit.score, hit.detector.name, rest, why)


def _beside(hit: Hit, other: Hit) -> bool:
    """True for another reading of the same stretch."""
    return other is not hit and other.start < hit.end and hit.start < other.end


def _in_document(document: Document, prefix: str, rules: Ruleset) -> Iterator[Found]:
    by_leaf: dict[int, list[Finding]] = {}
    for finding in classify(document, rules):
        by_leaf.setdefault(finding.leaf, []).append(finding)
    for ordinal, findings in by_leaf.items():
        leaf = document.leaves[ordinal]
        for chosen, others in _chosen(findings, len(leaf.text)):
            start, end = _stretch(chosen, len(leaf.text))
            rest = _others((other.kind, other.score, other.detector) for other in others)
            place = f"{prefix}{print_path(leaf.path[1:])}"
            detector = _DETECTORS.get(chosen.detector)
            why = because(detector, leaf.text, start, end, _names(leaf.path)) if detector else ()
            value = leaf.text[start:end]
            yield Found(place, start, end, value, chosen.kind, chosen.score, chosen.detector, rest, why)


def _names(path: tuple[str | int, ...]) -> str:
    return " ".join(str(step) for step in path[1:]).lower().replace("_", " ").replace("-", " ")


def _chosen(findings: Sequence[Finding], size: int) -> Iterator[tuple[Finding, list[Finding]]]:
    """The surest finding of each stretch of a leaf, with the others that lie over it."""
    left = sorted(findings, key=lambda finding: -finding.score)
    while left:
        first, last = _stretch(left[0], size)
        over = [one for one in left[1:] if _stretch(one, size)[0] < last and first < _stretch(one, size)[1]]
        yield left[0], over
        left = [one for one in left[1:] if one not in over]


def _stretch(finding: Finding, size: int) -> tuple[int, int]:
    return (0, size) if finding.span == WHOLE else (finding.span.start, finding.span.end)


def _others(rest: Iterable[tuple[str, float, str]]) -> tuple[tuple[str, float, str], ...]:
    return tuple(sorted(rest, key=lambda other: -other[1]))


def _as_json(found: Found, spec: KindSpec, *, values: bool) -> dict[str, object]:
    told = {
        "place": found.place,
        "start": found.start,
        "end": found.end,
        "kind": found.kind,
        "type": spec.judge,
        "score": found.score,
        "detector": found.detector,
        "evidence": found.evidence,
        "because": list(found.because),
        "runners_up": [{"kind": kind, "score": score, "detector": name} for kind, score, name in found.others],
    }
    return told | {"text": found.text} if values else told


def _coloured(text: str, found: Sequence[Found], rules: Ruleset) -> Text:
    shown = Text(text.rstrip("\n"))
    for one in found:
        shown.stylize(_COLOURS[rules.kinds[one.kind].category], one.start, one.end)
    return shown


def _table(found: Sequence[Found], rules: Ruleset) -> Table:
    table = Table("where", "value", "kind", "score", "evidence", "or else", box=None, pad_edge=False)
    for one in found:
        others = ", ".join(f"{kind} {score:.2f}" for kind, score, _ in one.others)
        colour = _COLOURS[rules.kinds[one.kind].category]
        evidence = f"{one.detector}: {', '.join(one.because) or one.evidence}"
        value = f"[{colour}]{escape(one.text)}[/]"
        table.add_row(escape(one.place), value, one.kind, f"{one.score:.2f}", escape(evidence), others)
    return table
