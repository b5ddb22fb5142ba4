"""Kinds of the operator's own in texts: their patterns become detectors and join the one scan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from gateway.core.detect.catalog import scanner
from gateway.core.detect.checksums import CHECKSUMS
from gateway.core.detect.detector import Confirm, Detector, by_digits
from gateway.core.detect.fold import fold
from gateway.core.detect.linear import linear
from gateway.core.detect.scan import Scanner
from gateway.core.detect.widths import width
from gateway.core.detect.words import words_of
from gateway.core.once import once
from gateway.model.kinds import Finder
from gateway.model.names import Kind
from gateway.model.rules import Ruleset

WIDEST = 256
"""Characters of the longest find of a pattern of the operator's own."""

_FAMILY = 8
"""Patterns that share an automaton, whose size is up to the product of theirs."""

_SURE, _LIKELY, _NEEDS_A_WORD, _UNSURE = 0.9, 0.6, 0.3, 0.1
_WITH_LETTERS = frozenset({"iban", "by_personal", "base58check", "bech32"})
"""Check rules that read letters too."""


def refusal(pattern: str) -> str | None:
    """Why a pattern cannot be used, None if it can."""
    try:
        least, most = width(pattern)
    except ValueError as error:
        return str(error)
    if least == 0:
        return "it matches where nothing stands too, so it would be everywhere"
    if most > WIDEST:
        return f"a find could have {most} characters, more than {WIDEST}"
    try:
        groups = linear(_spelt(pattern)).groups
    except ValueError:
        return "RE2 does not take it"
    return "it has more than one group, so the find could be any of them" if groups > 1 else None


@once
def scanner_for(ruleset: Ruleset) -> Scanner:
    """The scanner of the shipped detectors and the rules' own."""
    return scanner().with_families(_families(ruleset.finders)) if ruleset.finders else scanner()


def finds(finder: Finder, text: str) -> bool:
    """True if the finder finds something in the text, by itself."""
    return bool(Scanner(_families([finder])).scan([text]))


@once
def kinds_by_words(ruleset: Ruleset) -> Mapping[tuple[str, ...], Kind]:
    """The words of field names that the rules' own kinds are under."""
    return MappingProxyType({words_of(name): kind for kind, names in ruleset.own_fields.items() for name in names})


def _families(finders: Iterable[Finder]) -> Sequence[Sequence[Detector]]:
    counted: Counter[Kind] = Counter()
    detectors = []
    for finder in finders:
        counted[finder.kind] += 1
        number = counted[finder.kind]
        detectors.append(_detector(finder, f"own.{finder.kind}" + (f".{number}" if number > 1 else "")))
    return [detectors[start : start + _FAMILY] for start in range(0, len(detectors), _FAMILY)]


def _detector(finder: Finder, name: str) -> Detector:
    """With a word that has to stand near: as sure as the word, surer where the check digits are right. Without one, the
    check digits decide alone.
    """
    confirm = _confirm(finder.checksum) if finder.checksum else None
    unsure, sure = (_UNSURE, _NEEDS_A_WORD) if finder.near else (0.0 if confirm else _LIKELY, _SURE)
    return Detector(
        name,
        finder.kind,
        _spelt(finder.pattern),
        finder.yes,
        finder.no,
        source="the rules' own kind",
        score=unsure,
        confirmed=sure,
        confirm=confirm,
        near=_words(finder.near),
        unless=_words(finder.unless),
        walled=True,
    )


def _confirm(checksum: str) -> Confirm:
    check: Callable[[str], bool] = CHECKSUMS[checksum]
    if checksum not in _WITH_LETTERS:
        return by_digits(check)
    if checksum == "iban":
        return lambda text: check("".join(filter(str.isalnum, text)).upper())
    return lambda text: check("".join(filter(str.isalnum, text)))


def _spelt(pattern: str) -> str:
    """The pattern as folded texts are spelt: no capitals, е for ё, plain dashes, blanks and digits."""
    return f"(?i:{re.sub(r'[^ -~]', _folded, pattern)})"


def _folded(found: re.Match[str]) -> str:
    char = fold(found[0]).lower
    return rf"\{char}" if char.isascii() and not char.isalnum() else char


def _words(words: Iterable[str]) -> str:
    return "|".join(re.escape(fold(word).lower) for word in words)
