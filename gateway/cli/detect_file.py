"""What is personal in a file, find by find: in text, JSON, lines of JSON and separated values.

A file is read as a body of a request would be, but for limits of size. O(n) in its length and its finds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import NamedTuple

from gateway.core.classify import classify
from gateway.core.codec.charsets import cyrillic, holds_controls, wide
from gateway.core.codec.request import decode_request
from gateway.core.detect.because import because
from gateway.core.detect.catalog import DETECTORS
from gateway.core.detect.conflicts import best, without_parts
from gateway.core.detect.detector import Hit
from gateway.core.detect.own import scanner_for
from gateway.core.tally import may_be_shown
from gateway.model.document import WHOLE, Document
from gateway.model.errors import PayloadError
from gateway.model.finding import Finding
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import Kind, Path, print_path
from gateway.model.rules import Ruleset

SYNTAXES = ("text", "json", "jsonl", "csv")

Complaint = Callable[[int, PayloadError], None]
"""Is told of a line that is no JSON; the others are read all the same."""

_Line = Callable[[Path], tuple[str, int]]
"""In which line of the file a leaf stands, in words, and how many steps of its path that says already."""

_DETECTORS = {detector.name: detector for detector in DETECTORS}
_BY_SUFFIX = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json"}
_NO_LIMIT = 2**62
_LIMITS = Limits(max_body_bytes=_NO_LIMIT, max_leaves=_NO_LIMIT)


class Found(NamedTuple):
    """One find: where, which stretch, what it is by which evidence, and what else it may be."""

    place: str
    shown: str
    """The place with ``*`` for keys that may be somebody's data themselves."""

    start: int
    end: int
    text: str
    kind: Kind
    score: float
    detector: str
    others: tuple[tuple[str, float, str], ...]
    because: tuple[str, ...] = ()
    """What speaks for it in this very text, and what against."""


def text_of(raw: bytes, charset: str | None) -> str:
    """The file as text, in the charset that is told, else in that which makes sense of it. Raises PayloadError."""
    told = charset or _charset(raw)
    try:
        text = raw.decode(told or "utf-8").removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        text = None
    if text is None or (told is None and "\0" in text):
        raise PayloadError(
            "GW-P102",
            f"the file is no text in {told}." if told else "the file is no text, or its charset can't be told.",
            "name the charset (--charset windows-1251); turn files of other formats into text first.",
        )
    return text


def syntax_of(name: str, text: str) -> str:
    """By the name of the file and the first character; JSON that goes on behind its first line is lines of JSON."""
    syntax = _BY_SUFFIX.get(FilePath(name).suffix.lower())
    if syntax in {"csv", "jsonl"}:
        return syntax
    if syntax is None and text.lstrip()[:1] not in {"{", "["}:
        return "text"
    first, _, rest = text.strip().partition("\n")
    return "jsonl" if rest and _is_json(first) else "json"


def finds(text: str, syntax: str, rules: Ruleset, complain: Complaint) -> Iterator[Found]:
    """Every find, in reading order. Raises PayloadError where the whole is not of that syntax."""
    if not text.strip():
        return
    if syntax == "json":
        yield from _in_document(_document(text, "application/json"), lambda _: ("", 1), rules)
    elif syntax == "csv":
        document = _document(text, "text/csv")
        yield from _in_document(document, _lines(document, text), rules)
    elif syntax == "jsonl":
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    document = _document(line, "application/json")
                except PayloadError as error:
                    complain(number, error)
                else:
                    yield from _in_document(document, _line(number), rules)
    else:
        yield from _in_text(text, rules)


def _charset(raw: bytes) -> str | None:
    """None for UTF-8, and for what is no text."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return wide(raw) or (None if holds_controls(raw.decode("latin-1").translate(_UPPER)) else cyrillic(raw))
    return wide(raw) if b"\0" in raw else None


_UPPER = dict.fromkeys(range(0x80, 0x100), "x")
"""Bytes that are letters or marks in one-byte charsets, and controls in Latin-1."""


def _is_json(line: str) -> bool:
    try:
        _document(line, "application/json")
    except PayloadError:
        return False
    return True


def _document(text: str, content_type: str) -> Document:
    return decode_request(Request("POST", "/", (("Content-Type", content_type),), text.encode()), _LIMITS)


def _line(number: int) -> _Line:
    return lambda _: (f"line {number}: ", 1)


def _lines(document: Document, text: str) -> _Line:
    """Lines by the rows of a table: a cell may hold line ends, and empty lines are no rows."""
    first: dict[str | int, int] = {}
    line, counted = 1, 0
    for leaf in document.leaves:
        row = leaf.path[1] if len(leaf.path) > 1 else 0
        if leaf.spelling == "csv_cell" and row not in first:
            line += text.count("\n", counted, leaf.raw.start)
            counted = leaf.raw.start
            first[row] = line
    return lambda path: (f"line {first.get(path[1], 1)}: ", 2) if len(path) > 1 else ("line 1: ", 1)


def _in_text(text: str, rules: Ruleset) -> Iterator[Found]:
    line, counted = 1, 0
    for hit, others in _with_others(without_parts(scanner_for(rules).scan([text]))):
        line += text.count("\n", counted, hit.start)
        counted = hit.start
        detector, place, value = hit.detector, f"line {line}", text[hit.start : hit.end]
        why = because(detector, text, hit.start, hit.end)
        rest = _ranked((other.detector.kind, other.score, other.detector.name) for other in others)
        yield Found(place, place, hit.start, hit.end, value, detector.kind, hit.score, detector.name, rest, why)


def _with_others(hits: Sequence[Hit]) -> Iterator[tuple[Hit, list[Hit]]]:
    """The best of the hits, each with the other readings of its stretch. ``hits`` are in reading order."""
    starts = [hit.start for hit in hits]
    longest = max((hit.end - hit.start for hit in hits), default=0)
    for hit in best(hits):
        near = hits[bisect_left(starts, hit.start - longest) : bisect_left(starts, hit.end)]
        yield hit, [other for other in near if other is not hit and other.end > hit.start]


def _in_document(document: Document, line_of: _Line, rules: Ruleset) -> Iterator[Found]:
    by_leaf: dict[int, list[Finding]] = {}
    for finding in classify(document, rules):
        by_leaf.setdefault(finding.leaf, []).append(finding)
    personal = {document.leaves[ordinal].path for ordinal in by_leaf if document.leaves[ordinal].is_key}
    for ordinal, findings in by_leaf.items():
        leaf = document.leaves[ordinal]
        line, said = line_of(leaf.path)
        place = line + print_path(leaf.path[said:])
        shown = line + ".".join(_shown(leaf.path, personal)[said:])
        for chosen, others in _chosen(findings, len(leaf.text)):
            start, end = _stretch(chosen, len(leaf.text))
            rest = _ranked((other.kind, other.score, other.detector) for other in others)
            detector = _DETECTORS.get(chosen.detector)
            why = because(detector, leaf.text, start, end, _names(leaf.path)) if detector else ()
            value = leaf.text[start:end]
            yield Found(place, shown, start, end, value, chosen.kind, chosen.score, chosen.detector, rest, why)


def _shown(path: Path, personal: set[Path]) -> list[str]:
    return [
        print_path((step,)) if isinstance(step, int) or may_be_shown(step, path[:size], personal) else "*"
        for size, step in enumerate(path, 1)
    ]


def _names(path: Path) -> str:
    return " ".join(str(step) for step in path[1:]).lower().replace("_", " ").replace("-", " ")


def _chosen(findings: Sequence[Finding], size: int) -> Iterator[tuple[Finding, list[Finding]]]:
    """The surest finding of each stretch of a leaf, with the others that lie over it."""
    for cluster in _clusters(findings, size):
        left = sorted(cluster, key=lambda finding: -finding.score)
        while left:
            first, last = _stretch(left[0], size)
            over = [one for one in left[1:] if _stretch(one, size)[0] < last and first < _stretch(one, size)[1]]
            yield left[0], over
            left = [one for one in left[1:] if one not in over]


def _clusters(findings: Sequence[Finding], size: int) -> Iterator[list[Finding]]:
    """The findings of a leaf in groups that don't touch one another."""
    cluster: list[Finding] = []
    reach = 0
    for finding in sorted(findings, key=lambda finding: _stretch(finding, size)[0]):
        start, end = _stretch(finding, size)
        if cluster and start >= reach:
            yield cluster
            cluster = []
        cluster.append(finding)
        reach = max(reach, end)
    yield cluster


def _stretch(finding: Finding, size: int) -> tuple[int, int]:
    return (0, size) if finding.span == WHOLE else (finding.span.start, finding.span.end)


def _ranked(rest: Iterable[tuple[str, float, str]]) -> tuple[tuple[str, float, str], ...]:
    return tuple(sorted(rest, key=lambda other: -other[1]))
