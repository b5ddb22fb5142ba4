"""Learns the weights of ``gateway/core/detect/tagger.py`` anew; the same texts and seed give the same bytes.

python -m tests.quality.make_tagger

An averaged perceptron: who labels a word wrongly takes from the weights of the wrong label and gives to those of the
right one; the mean over all steps is kept, in eight bits. Texts: factRuEval's development set as it is, in lower and in
upper case, and the own requests (``requests_ru.txt``). ``python -m tests.quality`` judges each of them by weights that
were learned without it (``folds``).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from gateway.core.detect import tagger, tagger_seen
from gateway.core.detect.fold import fold
from gateway.core.detect.linear import SENTINEL
from gateway.core.detect.roles import Read, read
from tests.quality.data import news, requests
from tests.quality.score import Labelled

DATA = Path(__file__).parents[2] / "gateway/core/detect/data/tagger.bin"
ROUNDS = 9
FOLDS = 4
SEED = 50


class Lesson(NamedTuple):
    """A text as the tagger sees it, and the labels it should give, kind by kind."""

    seen: list[tuple[tagger_seen.Codes, tagger_seen.Own, int]]
    wanted: list[list[int]]


class Weights:
    """Sums of the weights and of their products with the step they came at: ``mean`` is of all steps."""

    def __init__(self) -> None:
        size = tagger_seen.ROWS * tagger.LANES
        self.now, self.late = [0] * size, [0] * size
        self.steps = 1

    def learn(self, lesson: Lesson) -> None:
        for kind, wanted in enumerate(lesson.wanted):
            before = last = 0
            for (codes, own, joins), right in zip(lesson.seen, wanted, strict=True):
                goes_on = bool(last and joins & 1 << kind)
                told = self._label([*codes, *tagger_seen.links(own, last, before, kind)], kind, goes_on, right)
                before, last = last, told

    def _label(self, codes: Sequence[int], kind: int, goes_on: bool, right: int) -> int:
        now = self.now
        rows = [code * tagger.LANES + 3 * kind for code in codes]
        sums = [sum([now[row + label] for row in rows]) for label in range(3)]
        told = max(range(3 if goes_on else 2), key=lambda label: (sums[label], -label))
        self.steps += 1
        if told != right:
            for row in rows:
                now[row + right] += 1
                now[row + told] -= 1
                self.late[row + right] += self.steps
                self.late[row + told] -= self.steps
        return told

    def packed(self) -> bytes:
        """The means, each as the number in a byte whose cube is nearest."""
        means = [now - late / self.steps for now, late in zip(self.now, self.late, strict=True)]
        largest = max(map(abs, means)) or 1.0
        roots = [math.copysign(tagger.TOP * (abs(mean) / largest) ** (1 / 3), mean) for mean in means]
        return bytes(round(root) & 255 for root in roots)


def lessons(texts: Sequence[Labelled], change: Callable[[str], str] = str) -> Iterator[Lesson]:
    for labelled in texts:
        folded = fold(change(labelled.text) + SENTINEL)
        found = read(folded.cased, folded.lower)
        places = [folded.origin(start, found.end(place)) for place, start in enumerate(found.starts)]
        wanted = [_labels(found, places, labelled, kind) for kind in tagger.KINDS]
        sight = tagger_seen.seen(found, folded.cased, folded.lower)
        seen = [
            (codes, tagger_seen.own(sight, place), tagger_seen.may_go_on(sight, place))
            for place, codes in enumerate(tagger_seen.codes(sight))
        ]
        yield Lesson(seen, wanted)


def _labels(found: Read, places: Sequence[tuple[int, int]], labelled: Labelled, kind: str) -> list[int]:
    labels = [0] * len(found.spelt)
    for first, last, told in sorted(labelled.spans, key=lambda span: span[0] - span[1]):
        inside = [place for place, (start, end) in enumerate(places) if start < last and first < end]
        if told == kind and inside:
            labels[inside[0] : inside[-1] + 1] = [1] + [2] * (len(inside) - 1)
    return labels


def learned(news_: Sequence[Labelled], own: Sequence[Labelled]) -> bytes:
    texts = [
        *lessons(news_), *lessons(news_[::2], str.lower), *lessons(news_[1::2], str.upper),
        *lessons(own), *lessons(own, str.lower), *lessons(own[::3], str.upper),
    ]  # fmt: skip
    weights, dice = Weights(), random.Random(SEED)
    for _ in range(ROUNDS):
        dice.shuffle(texts)
        for lesson in texts:
            weights.learn(lesson)
    return weights.packed()


@lru_cache(maxsize=1)
def folds() -> tuple[tagger.Weights, ...]:
    """For each quarter of the texts the weights that were learned without it: text ``n`` is judged by ``n % FOLDS``."""
    return tuple(
        tagger.table(
            learned(
                *(
                    [text for place, text in enumerate(texts) if place % FOLDS != fold_]
                    for texts in (news(), requests())
                )
            )
        )
        for fold_ in range(FOLDS)
    )


if __name__ == "__main__":
    DATA.write_bytes(learned(news(), requests()))
