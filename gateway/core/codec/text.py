"""Plain text: one leaf, unless the text is a URL or a form without a label."""

from __future__ import annotations

from gateway.core.codec.budget import Budget
from gateway.model.document import Leaf, Part, Span
from gateway.model.names import PartName, Path


def text_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """The whole text as one leaf; a byte order mark is no part of it."""
    start = 1 if text.startswith("\ufeff") else 0
    budget.spend(1)
    means = text[start:]
    leaf = Leaf(base, means, Span(start, len(text)), "plain", inner=budget.nest(budget, name, base, means))
    return Part(name, "text", text, (leaf,))
