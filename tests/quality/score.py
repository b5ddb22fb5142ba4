"""How well finds agree with labels: precision, recall, F1, F2, and what stayed in sight. Written apart from ``shared``.

A find is right if its type is the label's and they touch (``overlap``) or are the same stretch (``exact``), one find a
label. *Missed* are labels that no find of any type touches, *hidden* those that finds of any type cover but for blanks.
A find of a type that a source does not label is neither right nor wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Span = tuple[int, int, str]


class Labelled(NamedTuple):
    """A text with its labels, and the types that its source labels at all."""

    text: str
    spans: tuple[Span, ...]
    types: frozenset[str]


class Ratio(NamedTuple):
    """Counts of one type, or of all."""

    right: int
    told: int
    asked: int

    @property
    def precision(self) -> float:
        return self.right / self.told if self.told else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.asked if self.asked else 0.0

    def f(self, beta: int) -> float:
        """F1 or F2."""
        weighed = beta * beta * self.asked + self.told
        return (1 + beta * beta) * self.right / weighed if weighed else 0.0


@dataclass(slots=True)
class Score:
    """The counts over many texts."""

    overlap: Counter[str] = field(default_factory=Counter)
    exact: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    untyped: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)

    def of(self, kind: str, *, exact: bool = False) -> Ratio:
        """The counts of one type."""
        return Ratio((self.exact if exact else self.overlap)[kind], self.told[kind], self.asked[kind])

    def whole(self, *, exact: bool = False) -> Ratio:
        """The counts of all types together."""
        return Ratio((self.exact if exact else self.overlap).total(), self.told.total(), self.asked.total())

    def share(self, counts: Counter[str], kind: str = "") -> float:
        """What part of the labels, of one type or of all, is missed or hidden."""
        asked = self.asked[kind] if kind else self.asked.total()
        return (counts[kind] if kind else counts.total()) / asked if asked else 0.0

    @property
    def touched(self) -> float:
        """Recall that asks for no type."""
        return 1 - self.share(self.missed)


def scored(pairs: Iterable[tuple[Labelled, Sequence[Span]]]) -> Score:
    """The score of finds against labels."""
    score = Score()
    for labelled, found in pairs:
        _count_sight(score, labelled, found)
        told = _outermost({span for span in found if span[2] in labelled.types})
        for kind in labelled.types:
            gold = [span for span in labelled.spans if span[2] == kind]
            mine = [span for span in told if span[2] == kind]
            score.asked[kind] += len(gold)
            score.told[kind] += len(mine)
            score.exact[kind] += len(set(gold) & set(mine))
            score.overlap[kind] += _matched(gold, mine)
    return score


def _outermost(spans: set[Span]) -> list[Span]:
    """Without finds inside others of their type."""
    return [
        one
        for one in spans
        if not any(one != two and one[2] == two[2] and two[0] <= one[0] and one[1] <= two[1] for two in spans)
    ]


def _matched(gold: Sequence[Span], mine: Sequence[Span]) -> int:
    """How many labels have a find of their own, the largest overlaps first."""
    sizes = ((min(g[1], m[1]) - max(g[0], m[0]), i, j) for i, g in enumerate(gold) for j, m in enumerate(mine))
    pairs = sorted(sizes, reverse=True)
    golds: set[int] = set()
    mines: set[int] = set()
    for size, i, j in pairs:
        if size > 0 and i not in golds and j not in mines:
            golds.add(i)
            mines.add(j)
    return len(golds)


def _count_sight(score: Score, labelled: Labelled, found: Sequence[Span]) -> None:
    covered = bytearray(len(labelled.text))
    for start, end, _ in found:
        covered[start:end] = b"\1" * (min(end, len(covered)) - start)
    for start, end, kind in labelled.spans:
        seen = [covered[place] for place in range(start, end) if not labelled.text[place].isspace()]
        score.missed[kind] += not any(seen)
        score.hidden[kind] += all(seen)
