"""The seam for a model that reads free text: which texts are worth it, what it is given, what its answers become.

A model is slow (fifty times the rules) and reads in a process of its own; this floor only says what may be asked and
what counts. It can add to what the rules found, never take away. Not wired into the exchange yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from gateway.core.detect.detector import Detector, Hit
from gateway.core.detect.fold import fold
from gateway.core.detect.linear import SENTINEL
from gateway.core.detect.names import people_in
from gateway.core.detect.roles import read
from gateway.model.names import Kind

_FEWEST_WORDS = 4
_LETTERS = 0.5


class Answer(NamedTuple):
    """A stretch that a model takes for somebody's name: which text, from where to where, how sure (0 to 1)."""

    text: int
    start: int
    end: int
    score: float


class NameModel(Protocol):
    """Finds names of people in a batch of texts; may take long, never changes a text."""

    def names_in(self, texts: Sequence[str]) -> Sequence[Answer]: ...


PERSON = Detector(
    name="person.model",
    kind=Kind("person.name"),
    pattern="",
    yes=(),
    no=(),
    source="an NER model that the operator plugged in",
    score=0.6,
)
"""What answers are filed under."""


def worth_reading(text: str) -> bool:
    """True for free text: several words, mostly letters. Codes, numbers and single words are left to the rules."""
    words = text.split(maxsplit=_FEWEST_WORDS)
    return len(words) >= _FEWEST_WORDS and sum(map(str.isalpha, text)) >= _LETTERS * len(text)


def with_capitals(text: str) -> str:
    """The text with capitals where the rules found names, if it has none or nothing else: models read by capitals."""
    if not (text.islower() or text.isupper()):
        return text
    folded = fold(text + SENTINEL)
    shown = list(text.lower())
    if folded.cuts or len(shown) != len(text):
        return text
    found = read(folded.cased, folded.lower)
    for name in people_in(found, folded.cased, folded.lower):
        for start in found.starts:
            if name.start <= start < name.end:
                shown[start] = shown[start].upper()
    shown[:1] = [char.upper() for char in shown[:1]]
    return "".join(shown)


def joined(hits: Sequence[Hit], answers: Sequence[Answer], texts: Sequence[str]) -> list[Hit]:
    """The hits of the rules and, between them, what the model found besides; answers out of any text count nothing."""
    more = [
        Hit(answer.text, answer.start, answer.end, PERSON, round(answer.score, 3))
        for answer in answers
        if 0 <= answer.text < len(texts) and 0 <= answer.start < answer.end <= len(texts[answer.text])
    ]
    return [*hits, *(one for one in more if not any(_covered(one, hit) for hit in hits))]


def _covered(one: Hit, hit: Hit) -> bool:
    return one.text == hit.text and hit.start <= one.start and one.end <= hit.end
