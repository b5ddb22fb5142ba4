"""The seam for a model that reads free text: which texts are worth it, what it is given, what its answers are called.

A model is slow (fifty times the rules) and reads in a process of its own (``NameReader``); this floor only says
what may be asked and what counts. It can add to what the rules found, never take away (``core/free_text.py``).
"""

from __future__ import annotations

from gateway.core.detect.detector import THRESHOLD
from gateway.core.detect.fold import fold
from gateway.core.detect.linear import SENTINEL
from gateway.core.detect.names import people_in
from gateway.core.detect.roles import read
from gateway.model.names import Kind

MODEL = "person.model"
"""The detector that a model's answers are filed under."""

UNREAD = "person.unread"
"""The detector of texts that nobody has read: they count as names from end to end."""

NAME = Kind("person.name")
DOUBT = THRESHOLD
"""What an unread text scores as somebody's name."""

_FEWEST_WORDS = 4
_LETTERS = 0.5


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
