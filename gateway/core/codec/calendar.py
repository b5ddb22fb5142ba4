"""iCalendar and vCard: each value a leaf, however its line is folded; written again escaped, and folded at 75 bytes.

The part's text has folds undone, so that a token over a fold is one. Source: RFC 5545, 3.1 to 3.3.11; RFC 6350, 3.
"""

from __future__ import annotations

import re

from gateway.core.codec.budget import Budget
from gateway.model.document import Leaf, Part, Span

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"[^\r\n]+")
_PIECE = re.compile(r'"[^"\r\n]*"|(?:\\[^\r\n]|[^":;,=\\\r\n])+')
_ESCAPE = re.compile(r"\\(.)")
_MOST_BYTES = 75


def calendar_part(text: str, budget: Budget) -> Part:
    """A leaf for every stretch between the signs that structure a line."""
    plain = _FOLD.sub("", text)
    leaves = [Leaf(("body",), _meaning(piece[0]), Span(*piece.span()), "calendar") for piece in _PIECE.finditer(plain)]
    budget.spend(len(leaves))
    return Part("body", "text", plain, tuple(leaves))


def spell_calendar(text: str, old: str) -> str:
    """A value as its place wants it: a parameter's stays in quotes, all else has escapes."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text)
    if old.startswith('"'):
        return '"' + re.sub(r'["\n]', "'", text) + '"'
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")


def folded(text: str) -> str:
    """Lines of at most 75 bytes, no character cut."""
    return _LINE.sub(lambda line: "\r\n ".join(_cut(line[0])), text)


def _meaning(raw: str) -> str:
    if raw.startswith('"'):
        return raw[1:-1]
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], raw)


def _cut(line: str) -> list[str]:
    pieces, size = [""], 0
    for char in line:
        more = len(char.encode("utf-8", "replace"))
        if size + more > _MOST_BYTES:
            pieces.append("")
            size = 1
        pieces[-1] += char
        size += more
    return pieces
