"""JSON and XML that are none: what stands behind a name is a leaf under that name, everything else is text.

For texts that begin so and end nowhere, hold comments or single quotes, or have been cut: no reader needs to take them
for what they seem, but nobody may hide a name in them. The levels of such a text can't be told, so the name is all its
path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.html_sent import ELEMENTS
from gateway.core.codec.script import string_text
from gateway.model.document import Leaf, Part, Span, Spelling
from gateway.model.names import PartName, Path

_NAMED = re.compile(
    r"""(?:("(?:[^"\\]|\\.){1,80}")|('(?:[^'\\]|\\.){1,80}')|[{,]\s{0,40}([^\W\d][\w$-]{0,80}))\s{0,40}:\s{0,40}(?=["'])""",
    re.DOTALL,
)
"""A name, and the colon behind it."""

_INSIDE = {
    '"': re.compile(r'[^"\\]*+(?:\\[\s\S][^"\\]*+){0,99}'),
    "'": re.compile(r"[^'\\]*+(?:\\[\s\S][^'\\]*+){0,99}"),
}
"""Some of a string at a time: a pattern that repeats without a bound costs memory for each."""

_SPELLING: dict[str, Spelling] = {'"': "json_string", "'": "script_string"}


_ELEMENT = re.compile(r"<(?:[\w.-]{1,40}:)?([^\W\d][\w.-]{0,80})(?:\s[^<>]{0,400})?>([^<>]+)")
"""A start tag, its name without prefix, and the text behind it."""

_OF_HTML = frozenset(ELEMENTS)

Strings = Iterator[tuple[str, int, int, Spelling]]
"""Name, start, end and spelling of what has a name."""


def broken_json_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """The text with the strings that have a name. Raises MalformedError where there are none, PayloadError."""
    return _part((name, base), text, _strings(text), budget)


def names_strings(text: str) -> bool:
    """True if a string stands behind a name."""
    return _NAMED.search(text) is not None


def broken_xml_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """The text with what stands behind tags that are none of HTML. Raises MalformedError where there are none,
    PayloadError.
    """
    return _part((name, base), text, _elements(text), budget)


def _part(place: tuple[PartName, Path], text: str, strings: Strings, budget: Budget) -> Part:
    leaves, at = list[Leaf](), 0
    for key, start, end, spelling in strings:
        leaves.append(_leaf(place, text, Span(at, start), "plain", budget))
        leaves.append(_leaf((place[0], (*place[1], key)), text, Span(start, end), spelling, budget))
        at = end
    if not leaves:
        raise MalformedError(0)
    if at < len(text):
        leaves.append(_leaf(place, text, Span(at, len(text)), "plain", budget))
    return Part(place[0], "encoded", text, tuple(leaves))


def _leaf(place: tuple[PartName, Path], text: str, raw: Span, spelling: Spelling, budget: Budget) -> Leaf:
    budget.spend(1)
    stretch = text[raw.start : raw.end]
    means = stretch if spelling == "plain" else string_text(stretch)
    return Leaf(place[1], means, raw, spelling, inner=budget.nest(budget, *place, means))


def _strings(text: str) -> Strings:
    """Strings with their quotes; the rest of the text without one for the last, if that does not end."""
    at = 0
    while named := _NAMED.search(text, at):
        quoted = named[1] or named[2]
        key = string_text(quoted) if quoted else named[3]
        start, at = named.end(), _end(text, named.end())
        if at - start > 1 and text[at - 1] == text[start]:
            yield key, start, at, _SPELLING[text[start]]
        elif start + 1 < at:
            yield key, start + 1, at, "plain"


def _elements(text: str) -> Strings:
    for one in _ELEMENT.finditer(text):
        if one[1].lower() not in _OF_HTML and one[2].strip():
            yield one[1], *one.span(2), "plain"


def _end(text: str, start: int) -> int:
    """Behind the quote that ends a string, or the end of the text."""
    quote, at, before = text[start], start + 1, start
    while before < at < len(text) and text[at] != quote:
        inside = _INSIDE[quote].match(text, at)
        before, at = at, inside.end() if inside else at
    return at + 1 if text[at : at + 1] == quote else len(text)
