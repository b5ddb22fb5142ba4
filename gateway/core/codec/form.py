"""Bodies of application/x-www-form-urlencoded, and the query strings that share their grammar."""

from __future__ import annotations

from functools import partial
from typing import Literal

from gateway.core.codec.budget import Budget
from gateway.core.codec.pairs import read_pairs
from gateway.core.codec.percent import unquote
from gateway.model.document import Part, Span
from gateway.model.names import PartName, Path

meaning = partial(unquote, plus=True)
"""What a raw name or value of a form or query string means."""


def form_part(
    name: PartName, base: Path, text: str, budget: Budget, *, syntax: Literal["form", "query"] = "form"
) -> Part:
    """A whole text as pairs; a byte order mark is no part of the first name."""
    start = 1 if text.startswith("\ufeff") else 0
    leaves = read_pairs((name, base), text, Span(start, len(text)), ("&", syntax, meaning), budget)
    return Part(name, syntax, text, tuple(leaves))
