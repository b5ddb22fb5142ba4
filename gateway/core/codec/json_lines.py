"""Several JSON texts one after another: NDJSON and JSON Lines (one a line), text sequences (RFC 7464, one a record).

Each text stands below its number, like an item of an array: ``body.0.email``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.json import json_part
from gateway.model.document import Leaf, Part, Span
from gateway.model.names import PartName, Path

_LINE = re.compile(r"[^\r\n]++")
_RECORD = re.compile(r"[^\x1e]++")
_LOOKS_LIKE_LINES = re.compile(r"\ufeff?[ \t\r\n]*+(?:\x1e|[{\[][^\r\n]*+[\r\n]++[ \t]*+[{\[])")


def looks_like_lines(text: str) -> bool:
    """True for records, and for two lines that begin as objects or arrays do."""
    return _LOOKS_LIKE_LINES.match(text) is not None


def json_lines_part(name: PartName, base: Path, text: str, budget: Budget, *, script: bool = False) -> Part:
    """All texts of a sequence, blank lines between them. Raises MalformedError where one of them is not JSON.

    ``script``: spelled so that a browser that takes the body for HTML finds no markup in what is written anew.
    """
    read = partial(json_part, syntax="script_json" if script else "json")
    leaves = list[Leaf]()
    for start, end in _stretches(text):
        path, line = (*base, len(leaves)), text[start:end]
        budget.spend(1)
        try:
            inner = read(name, path, line, budget)
        except MalformedError as error:
            raise MalformedError(start + error.at) from None
        leaves.append(Leaf(path, line, Span(start, end), "plain", inner=inner))
    if not leaves:
        raise MalformedError(0)
    return Part(name, "script_json_lines" if script else "json_lines", text, tuple(leaves))


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where the texts stand, without the blanks around them; a byte order mark is no part of the first."""
    start = 1 if text.startswith("\ufeff") else 0
    for match in (_RECORD if "\x1e" in text else _LINE).finditer(text, start):
        stretch = match[0].strip(" \t\r\n")
        if stretch:
            at = match.start() + match[0].index(stretch[0])
            yield at, at + len(stretch)
