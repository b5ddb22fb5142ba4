"""Path segments, and the matrix parameters (``;a=b``) inside them.

A segment's address is its place (``path.0`` is the first), so a removed segment leaves ``_`` behind.
"""

from __future__ import annotations

from gateway.core.codec.budget import Budget
from gateway.core.codec.pairs import read_pairs
from gateway.core.codec.percent import unquote
from gateway.model.document import Leaf, Span
from gateway.model.names import PartName, Path


def read_segments(place: tuple[PartName, Path], text: str, stretch: Span, budget: Budget) -> list[Leaf]:
    """Leaves of a stretch of the text that is a path, absolute or relative; empty segments hold nothing."""
    name, base = place
    at, leaves = stretch.start, list[Leaf]()
    if text.startswith("/", at, stretch.end):
        at += 1
    segments = text[at : stretch.end].split("/")
    budget.room(len(segments))
    for index, segment in enumerate(segments):
        if segment:
            path = (*base, index)
            own, semicolon, _ = segment.partition(";")
            if own:
                means = unquote(own)
                inner = budget.nest(budget, name, path, means)
                leaves.append(Leaf(path, means, Span(at, at + len(own)), "segment", inner=inner))
            if semicolon:
                parameters = Span(at + len(own) + 1, at + len(segment))
                leaves += read_pairs((name, path), text, parameters, (";", "segment", unquote), budget)
        at += len(segment) + 1
    budget.spend(len(leaves))
    return leaves
