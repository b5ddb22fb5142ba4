"""One scan over all texts of a message, then exact looks only where it says that there is something.

The texts are joined, folded once, and read by a few pattern sets, which say *which* detectors hit; each of those runs
its own pattern for positions and scores what it sees. All of it is linear in the size of the texts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from gateway.core.detect.detector import CLOSE, NEAR, OPEN, THRESHOLD, Detector, Hit, Reader
from gateway.core.detect.fold import SEPARATOR, Folded, fold
from gateway.core.detect.linear import SENTINEL, Pattern, PatternSet, linear
from gateway.core.detect.passes import DIGIT, Passes, around_digits, marked_digits
from gateway.core.detect.roles import Read, read
from gateway.core.detect.typos import Misspelt, strange_words

ContextOf = Callable[[int], str]
"""Words that stand for the place of a text (field names), by its number; they count as standing right before it."""

_BORDER = SEPARATOR.encode()
_RUN = re.compile(r"[0-9]+")
_DIGITS = re.compile(r"\\d\{(\d+)\}")
_MISSPELT = NEAR - 0.1
"""What a context word adds that is mistyped."""

_BEFORE = 60
_AFTER = 25
_BEHIND = 30
"""A context word behind a find counts as this many characters further away; one that speaks against must be this near.
"""

_MOST_REMEMBERED = 2048
"""Finds of one page of which it is remembered what stands around them."""


class Scanner:
    """Compiled detectors. Building takes tenths of a second, a scan microseconds.

    An automaton has up to the product of its patterns' states and is built as texts come by. One over everything took
    4 to 9 microseconds a byte on numbers not seen before, again and again; ``most`` patterns share one.
    """

    def __init__(self, families: Sequence[Sequence[Detector]], most: int = 1) -> None:
        self._families: tuple[tuple[list[_Probe], Passes], ...] = (_compiled(families, most),)
        self._readings: tuple[_Readings, ...] = (_Readings.of(families),)

    def with_families(self, families: Sequence[Sequence[Detector]]) -> Scanner:
        """This scanner with more patterns; what is compiled already is shared."""
        more = Scanner(families)
        more._families = (*self._families, *more._families)
        more._readings = (*self._readings, *more._readings)
        return more

    def scan(self, texts: Sequence[str], context_of: ContextOf | None = None) -> list[Hit]:
        """All hits at or above the threshold, alternatives included, in no particular order."""
        return self.hits(Page(texts, context_of))

    def hits(self, page: Page) -> list[Hit]:
        """All hits of a page at or above the threshold."""
        hits: list[Hit] = []
        for probe in self.gates(page.folded.raw, page.marks):
            hits += probe.look(page)
        for readings in self._readings:
            hits += readings.look(page)
        return hits

    def gates(self, raw: bytes, marks: bytes) -> Iterator[_Probe]:
        """The detectors that may find something in a folded text, in UTF-8; ``marks``: its ``marked_digits``."""
        around = around_digits(raw, marks)
        for probes, passes in self._families:
            for number in passes.matching(raw, around):
                yield probes[number]


class Page:
    """The joined texts of one scan, folded, and where each begins (in characters of the original)."""

    __slots__ = ("_around", "_context_of", "_read", "_runs", "_strange", "_texts", "folded", "marks", "starts")

    def __init__(self, texts: Sequence[str], context_of: ContextOf | None = None) -> None:
        joined = SEPARATOR.join(texts)
        if joined.count(SEPARATOR) != len(texts) - 1:
            joined = SEPARATOR.join(text.replace(SEPARATOR, " ") for text in texts)
        self.folded: Folded = fold(joined + SENTINEL)
        self.marks = marked_digits(self.folded.raw)
        self.starts: list[int] | None = None
        self._around: dict[tuple[int, int], tuple[str, str]] = {}
        self._texts = texts
        self._context_of = context_of
        self._read: Read | None = None
        self._runs: dict[int, list[tuple[int, int]]] | None = None
        self._strange: dict[int, tuple[str, ...]] = {}

    @property
    def words(self) -> Read:
        """The words of the page, read once."""
        if self._read is None:
            self._read = read(self.folded.cased, self.folded.lower)
        return self._read

    def runs(self, size: int) -> Sequence[tuple[int, int]]:
        """Where digits stand in a row, as many as that."""
        if self._runs is None:
            if DIGIT * size not in self.marks:
                return ()
            self._runs = {}
            for match in _RUN.finditer(self.folded.lower):
                self._runs.setdefault(match.end() - match.start(), []).append(match.span())
        return self._runs.get(size, ())

    def place(self, start: int, end: int) -> tuple[int, int, int]:
        """Number of the text, start and end in it, for a stretch of the folded joined text."""
        if self.starts is None:
            self.starts = [0, *accumulate(len(text) + 1 for text in self._texts)]
        first, last = self.folded.origin(start, end)
        number = bisect_right(self.starts, first) - 1
        return number, first - self.starts[number], last - self.starts[number]

    def strange(self, start: int, before: str) -> tuple[str, ...]:
        """The words before a find that no dictionary knows; looked up once for all detectors that find it."""
        found = self._strange.get(start)
        if found is None:
            found = self._strange[start] = strange_words(before)
        return found

    def around(self, number: int, start: int, end: int) -> tuple[str, str]:
        """What stands before a find in its text, the field's words first, and what after it; folded."""
        found = self._around.get((start, end))
        if found is None:
            found = self._looked_around(number, start, end)
            if len(self._around) < _MOST_REMEMBERED:
                self._around[start, end] = found
        return found

    def _looked_around(self, number: int, start: int, end: int) -> tuple[str, str]:
        lower = self.folded.lower
        before = lower[max(0, start - _BEFORE) : start].rpartition(SEPARATOR)[2]
        after = lower[end : end + _AFTER].partition(SEPARATOR)[0]
        opening = start - len(before)
        if self._context_of is not None and (opening == 0 or lower[opening - 1] == SEPARATOR):
            before = f"{self._context_of(number)} {before}"
        return before, after


@dataclass(frozen=True, slots=True)
class _Probe:
    """One detector, compiled."""

    detector: Detector
    pattern: Pattern
    group: int
    near: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    misspelt: Misspelt
    run: int
    """How many digits in a row the pattern is, 0 if it is anything else."""

    @classmethod
    def of(cls, detector: Detector) -> _Probe:
        pattern = linear(detector.pattern)
        run = _DIGITS.fullmatch(detector.pattern)
        near, unless = _words(detector.near), _words(detector.unless)
        misspelt = Misspelt(detector.near)
        return cls(detector, pattern, min(pattern.groups, 1), near, unless, misspelt, int(run[1]) if run else 0)

    def look(self, page: Page) -> Iterator[Hit]:
        """The hits of this detector alone."""
        detector, lower = self.detector, page.folded.lower
        for start, end in page.runs(self.run) if self.run else self._finds(page.folded):
            shape = self._shape(page.folded.cased[start:end])
            if shape and (detector.loose or _stands_alone(lower, start, end)):
                number, first, last = page.place(start, end)
                score = self._score(shape, page, number, start, end)
                if score >= THRESHOLD:
                    yield Hit(number, first, last, detector, round(score, 3))

    def _shape(self, text: str) -> float:
        """What the find itself scores; the cheap answer is first, most numbers are nobody's."""
        detector = self.detector
        confirmed = detector.confirm is not None and detector.confirm(text)
        return detector.confirmed if confirmed else detector.score

    def _finds(self, folded: Folded) -> Sequence[tuple[int, int]]:
        """Stretches that count, in characters of the folded text."""
        raw = folded.raw
        spans = self._in_leaves(raw) if self.detector.walled else self._in_bytes(raw)
        if len(raw) != len(folded.lower):
            spans = _in_characters(raw, spans)
        cut = self.detector.cut
        if cut is None:
            return spans
        stretches: list[tuple[int, int]] = []
        reach = 0
        for start, end in spans:
            if end > reach:
                stretches += cut(folded.cased, start, end)
                reach = stretches[-1][1] if stretches else 0
        return stretches

    def _in_bytes(self, raw: bytes) -> list[tuple[int, int]]:
        group = self.group
        return [match.span(group) for match in self.pattern.finditer(raw)]

    def _in_leaves(self, raw: bytes) -> list[tuple[int, int]]:
        """Spans found in one leaf after the other; of a group that has no part in a match, the match."""
        spans: list[tuple[int, int]] = []
        begun = 0
        for leaf in raw.split(_BORDER):
            for match in self.pattern.finditer(leaf):
                first, last = match.span(self.group)
                if first >= last:
                    first, last = match.span()
                spans.append((begun + first, begun + last))
            begun += len(leaf) + 1
        return spans

    def _score(self, score: float, page: Page, number: int, start: int, end: int) -> float:
        """What a find scores with the words around it."""
        if self.near is None and self.unless is None:
            return score
        before, after = page.around(number, start, end)
        if self.near is not None:
            near = _nearness(self.near, before, after)
            score += near
            if (
                not near
                and score < THRESHOLD <= score + _MISSPELT
                and self.misspelt.is_among(page.strange(start, before))
            ):
                score += _MISSPELT
        if self.unless is not None and self.unless.search(before[-_BEHIND:]):
            score -= NEAR
        return min(score, 0.99)


@dataclass(frozen=True, slots=True)
class _Readings:
    """Detectors that read words, by what reads for them; an ASCII text is read only if the gate is somewhere in it."""

    readers: tuple[tuple[Reader, Mapping[str, Detector]], ...]
    gates: PatternSet

    @classmethod
    def of(cls, families: Iterable[Sequence[Detector]]) -> _Readings:
        rows: dict[Reader, dict[str, Detector]] = {}
        for detector in chain.from_iterable(families):
            if detector.reader is not None:
                rows.setdefault(detector.reader, {})[detector.name.rpartition(".")[2]] = detector
        gates = [next(row.gate for row in found.values() if row.gate) for found in rows.values()]
        return cls(tuple(rows.items()), PatternSet(gates))

    def look(self, page: Page) -> Iterator[Hit]:
        """The hits of these detectors."""
        cased, lower, raw = page.folded.cased, page.folded.lower, page.folded.raw
        readers = self.readers
        if readers and len(raw) == len(lower):
            readers = tuple(readers[number] for number in self.gates.matching(cased.encode("utf-8", "replace")))
        for reader, rows in readers:
            for start, end, row in reader(page.words, cased, lower):
                yield Hit(*page.place(start, end), rows[row], rows[row].score)


def _compiled(families: Iterable[Sequence[Detector]], most: int) -> tuple[list[_Probe], Passes]:
    found = [[_Probe.of(detector) for detector in family if detector.reader is None] for family in families]
    return [probe for family in found for probe in family], Passes([list(map(_gate, family)) for family in found], most)


def _gate(probe: _Probe) -> str:
    """The pattern as the set reads it: with the borders that ``_stands_alone`` asks for, so that fewer need a second
    look.
    """
    detector = probe.detector
    if detector.gate:
        return detector.gate
    if detector.loose or detector.walled or detector.cut is not None:
        return detector.pattern
    return ("" if probe.group else OPEN) + f"(?:{detector.pattern})" + CLOSE


def _in_characters(raw: bytes, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in bytes as spans in characters; counted on from span to span, so that it stays linear."""
    at_byte = at_char = 0
    counted: list[tuple[int, int]] = []
    for first, last in spans:
        start = at_char + len(raw[at_byte:first].decode())
        at_byte, at_char = last, start + len(raw[first:last].decode())
        counted.append((start, at_char))
    return counted


def _words(alternation: str) -> re.Pattern[str] | None:
    return re.compile(rf"(?<![^\W_])(?:{alternation})") if alternation else None


def _nearness(words: re.Pattern[str], before: str, after: str) -> float:
    """What the nearest context word adds."""
    distances = [len(before) - match.end() for match in words.finditer(before)]
    if distances:
        return NEAR - distances[-1] / 1000
    behind = words.search(after)
    return NEAR - (_BEHIND + behind.start()) / 1000 if behind else 0.0


def _stands_alone(text: str, start: int, end: int) -> bool:
    """True if no letter, digit or underscore touches the find, and its digits don't go on behind a dot or a dash.

    What is laid out by dashes itself is no amount and no version: a dot ends it.
    """
    before = text[start - 1] if start else SEPARATOR
    after = text[end]
    if text[start].isalnum() and (before.isalnum() or before == "_"):
        return False
    if text[end - 1].isalnum() and (after.isalnum() or after == "_"):
        return False
    found = text[start:end]
    marks = ".-" if found.isdigit() else "" if "-" in found or found[0] == "+" else "."
    goes_on = after in marks and text[end - 1].isdigit() and text[end + 1].isdigit()
    return not goes_on and not (before in marks and text[start].isdigit() and text[start - 2 : start - 1].isdigit())
