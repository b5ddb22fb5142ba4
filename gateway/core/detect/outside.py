"""The two questions that outside judges ask: what is in this text, what is in a field of this name."""

from __future__ import annotations

from gateway.core.detect.catalog import scanner
from gateway.core.detect.conflicts import best
from gateway.core.detect.kinds import KINDS


def detect_text(text: str) -> list[tuple[int, int, str]]:
    """Half-open code-point offsets and type of what is found in a text, one type a stretch, in reading order."""
    hits = best(scanner().scan([text]))
    judged = ((hit.start, hit.end, KINDS[hit.detector.kind].judge) for hit in hits)
    return [(start, end, judge) for start, end, judge in judged if judge]
