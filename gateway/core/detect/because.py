"""Why a stretch was found, in words: from the detector's own data; it quotes context words, never the find."""

from __future__ import annotations

import re

from gateway.core.detect.detector import Detector
from gateway.core.detect.fold import fold
from gateway.core.detect.linear import SENTINEL
from gateway.core.detect.typos import Misspelt, strange_words

_BEFORE = 60
_AFTER = 25
_BEHIND = 30


def because(detector: Detector, text: str, start: int, end: int, names: str = "") -> tuple[str, ...]:
    """What speaks for a find of this detector and against it; ``names``: words of its field, as the scan had them."""
    before = f"{names} {_folded(text[max(0, start - _BEFORE) : start])}".strip(" ")
    after = _folded(text[end : end + _AFTER])
    said = ["its shape" if detector.reader is None else "how its words look and stand together"]
    if detector.confirm is not None and detector.confirm(fold(text[start:end] + SENTINEL).cased.removesuffix(SENTINEL)):
        said.append("its check digits or form hold")
    near = _nearest(detector.near, before) or _nearest(detector.near, after)
    if near:
        said.append(f"near '{near}'")
    elif detector.near and Misspelt(detector.near).is_among(strange_words(before)):
        said.append("near a mistyped word")
    against = _nearest(detector.unless, before[-_BEHIND:])
    if against:
        said.append(f"against it: '{against}'")
    return tuple(said)


def _folded(text: str) -> str:
    return fold(text + SENTINEL).lower.removesuffix(SENTINEL)


def _nearest(alternation: str, text: str) -> str:
    """The last of the words that stand there, as the detector spells its beginning."""
    found = re.findall(rf"(?<![^\W_])({alternation})", text) if alternation else []
    return str(found[-1]) if found else ""
