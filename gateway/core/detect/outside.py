"""The two questions that outside judges ask: what is in this text, what is in a field of this name."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection

from gateway.core.detect.catalog import scanner
from gateway.core.detect.conflicts import best
from gateway.core.detect.detector import Hit
from gateway.core.detect.kinds import KINDS
from gateway.core.detect.mentions import mentions_in
from gateway.core.detect.scan import Page

TIERS = ("patterns", "words", "mentions")
"""Where a find comes from: a pattern of the catalogue, the reading of words, what is mentioned only."""


def detect_text(text: str, tiers: Collection[str] = TIERS) -> list[tuple[int, int, str]]:
    """Half-open code-point offsets and type of what is found in a text, one type a stretch, in reading order."""
    page = Page([text], None)
    hits = best(hit for hit in scanner().hits(page) if _tier(hit) in tiers)
    judged = ((hit.start, hit.end, KINDS[hit.detector.kind].judge) for hit in hits)
    found = [(start, end, judge) for start, end, judge in judged if judge]
    return _with_mentions(page, found) if "mentions" in tiers else found


def _tier(hit: Hit) -> str:
    return "patterns" if hit.detector.reader is None else "words"


def _with_mentions(page: Page, found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The finds, and what is mentioned between them."""
    folded = page.folded
    for start, end, judge in mentions_in(page.words, folded.cased, folded.lower):
        first, last = folded.origin(start, end)
        place = bisect_left(found, (first, last, ""))
        clear = place == len(found) or found[place][0] >= last
        if clear and (not place or found[place - 1][1] <= first):
            found.insert(place, (first, last, judge))
    return found
