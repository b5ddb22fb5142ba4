"""A context word that is mistyped: пасспорт, снлис, телефно. One slip a word, never in its first letter.

Only asked where a shape was found that one context word would make a find of, and none stands there as it should.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.core.detect.dictionary import code, is_ordinary, words

_WORD = re.compile(r"[^\W\d_]{5,20}")
_PLAIN = re.compile(r"[^\W\d_]{5,}")
_LONG = 6
"""Letters from which on any one slip counts; in five only two letters that changed places or one that stands twice."""

_IN_FULL = {"пасп": "паспорт", "pasp": "passport", "тел": "телефон", "tel": "telefon"}
"""Beginnings that are too short to be mistyped, and the words that they stand for."""

_NEAREST = 3
"""Words before a find that are looked at."""


class Misspelt:
    """The plain words of an alternation of word beginnings."""

    __slots__ = ("_firsts", "_stems")

    def __init__(self, alternation: str) -> None:
        listed = [_IN_FULL.get(word, word) for word in alternation.split("|")]
        self._stems = tuple(word for word in listed if _PLAIN.fullmatch(word))
        self._firsts = frozenset(stem[0] for stem in self._stems)

    def is_among(self, words: Sequence[str]) -> bool:
        """True if one of the words is one of ours but for one slip."""
        return any(word[0] in self._firsts and any(one_slip(word, stem) for stem in self._stems) for word in words)


def strange_words(before: str) -> tuple[str, ...]:
    """Those of the last words of a folded text that no dictionary knows: who mistypes, writes no word."""
    listed: Sequence[str] = _WORD.findall(before)
    if not listed:
        return ()
    known = words().ordinary
    return tuple([word for word in listed[-_NEAREST:] if not is_ordinary(code(word), known)])


def one_slip(word: str, stem: str) -> bool:
    """True if the word begins as the stem does but for one letter too many, too few, wrong or changed with the next."""
    size = len(stem)
    at = next((place for place in range(min(len(word), size)) if word[place] != stem[place]), 0)
    if at == 0:
        return False
    if (
        word[at] == stem[at + 1 : at + 2]
        and word[at + 1 : at + 2] == stem[at]
        and word.startswith(stem[at + 2 :], at + 2)
    ):
        return True
    if word[at] == word[at - 1] and word.startswith(stem[at:], at + 1):
        return True
    if size < _LONG:
        return False
    return any(
        word.startswith(stem[behind:], there) for there, behind in ((at + 1, at), (at, at + 1), (at + 1, at + 1))
    )
