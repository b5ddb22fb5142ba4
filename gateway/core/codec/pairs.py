"""Name=value pairs between separators: the grammar that forms, query strings, cookies and matrix parameters share.

A pair without ``=`` is a name alone; empty pairs (``&&``) hold nothing. Names are leaves too.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.core.codec.budget import Budget
from gateway.model.document import Leaf, Span, Spelling
from gateway.model.names import PartName, Path


def read_pairs(
    place: tuple[PartName, Path],
    text: str,
    stretch: Span,
    grammar: tuple[str, Spelling, Callable[[str], str]],
    budget: Budget,
) -> list[Leaf]:
    """Key and value leaves of a stretch of the text. ``grammar``: separator, spelling, and what a raw text means."""
    (name, base), (separator, spelling, meaning) = place, grammar
    at, leaves = stretch.start, list[Leaf]()
    pairs = text[stretch.start : stretch.end].split(separator)
    budget.room(len(pairs))
    for pair in pairs:
        if pair:
            key, equals, value = pair.partition("=")
            means = meaning(key)
            path = (*base, means)
            inner = None if equals else budget.nest(budget, name, path, means)
            leaves.append(Leaf(path, means, Span(at, at + len(key)), spelling, is_key=True, inner=inner))
            if equals:
                means, start = meaning(value), at + len(key) + 1
                inner = budget.nest(budget, name, path, means)
                leaves.append(Leaf(path, means, Span(start, at + len(pair)), spelling, inner=inner))
        at += len(pair) + 1
    budget.spend(len(leaves))
    return leaves
