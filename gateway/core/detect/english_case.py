"""Capitals for a text that has none, or nothing but: on each Latin word that no dictionary of ordinary words has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.core.detect.english_lists import COUNTRIES, FORMAL
from gateway.core.detect.english_roles import is_known, letter_of
from gateway.core.detect.given_names import GIVEN_NAMES
from gateway.core.detect.plain import plain_latin

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LETTERS = re.compile(r"[A-Za-z]{2}")
_LAST_LATIN = "\u024f"
_LONGEST = 20_000
_SMALL = re.compile(r"(?<![\w@./\-])[a-z]{2,20}(?![\w@/\-]|\.\w)")
_SAMPLE = 24
_LEAST = 2
_READ = 800


def with_capitals(cased: str, lower: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with capitals where it made no use of them, and which leaves those are."""
    flat = list(_flat(cased))
    pieces: list[str] = []
    at = 0
    for start, end in flat:
        pieces += (cased[at:start], _capitalised(lower[start:end]))
        at = end
    return "".join((*pieces, cased[at:])) if flat else cased, flat


def is_english(cased: str) -> bool:
    """True unless two of three words without a capital are no English ones: another language in Latin letters."""
    words = [match[0] for _, match in zip(range(_SAMPLE), _SMALL.finditer(cased, 0, _READ), strict=False)]
    return len(words) < _LEAST or 3 * sum(map(is_known, words)) >= len(words)


def _flat(cased: str) -> Iterator[tuple[int, int]]:
    """Leaves of several words that use no capitals, or nothing else."""
    start = 0
    for leaf in cased.split("\0"):
        if " " in leaf and (leaf.islower() or leaf.isupper()) and len(leaf) < _LONGEST and _LETTERS.search(leaf):
            yield start, start + len(leaf)
        start += len(leaf) + 1


def _capitalised(lower: str) -> str:
    pieces: list[str] = []
    at = 0
    named = False
    for match in _WORD.finditer(lower):
        capital = match[0][0] <= _LAST_LATIN and _has_capital(match, named=named)
        named = False
        if capital:
            start, end = match.span()
            pieces += (lower[at:start], _upper(lower[start]))
            at = start + 1
            named = lower[end : end + 1] == " " and letter_of(plain_latin(match[0])) == "F"
    return "".join((*pieces, lower[at:]))


def _upper(char: str) -> str:
    """The capital, if it is one letter too."""
    upper = char.upper()
    return upper if len(upper) == 1 else char


def _has_capital(match: re.Match[str], *, named: bool) -> bool:
    """True if the word would be written with a capital; ``named``: it stands behind a given name."""
    lower, end = match.string, match.end()
    plain = plain_latin(match[0]).removesuffix("'s")
    if plain in FORMAL:
        return True
    if any(not rest or lower.startswith(rest[0], end + 1) for rest in COUNTRIES.get(plain, ())):
        return True
    if len(plain) == 1:
        return lower[end : end + 1] == "."
    if not is_known(plain) or (named and letter_of(plain) == "W"):
        return True
    return GIVEN_NAMES.get(match[0], False) and _leads(lower, end)


def _leads(lower: str, end: int) -> bool:
    """True if a word follows that no dictionary of ordinary words has."""
    behind = _WORD.match(lower, end + 1) if lower[end : end + 1] == " " else None
    return behind is not None and behind[0][0] <= _LAST_LATIN and not is_known(plain_latin(behind[0]))
