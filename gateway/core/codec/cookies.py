"""The Cookie header: ``name=value`` between semicolons, values percent-decoded, surrounding quotes fixed text."""

from __future__ import annotations

import re

from gateway.core.codec.budget import Budget
from gateway.core.codec.percent import unquote
from gateway.model.document import Leaf, Part, Span
from gateway.model.names import PartName, Path

_COOKIE = re.compile(
    r"""[ \t]*+ (?P<name>[^=;]*+)
        (?:= [ \t]*+ (?: "(?P<quoted>[^";]*+)" (?=[ \t]*+(?:;|\Z)) | (?P<bare>[^;]*+) ) )? ;?""",
    re.VERBOSE,
)


def cookies_part(_name: PartName, _base: Path, text: str, budget: Budget) -> Part:
    """A header value as cookies; their paths begin at ``cookies``, wherever the header stands."""
    leaves = list[Leaf]()
    budget.room(text.count(";"))
    for match in _COOKIE.finditer(text):
        if match["name"].strip(" \t") or match["bare"] or match["quoted"]:
            leaves += _cookie(match, budget)
    budget.spend(len(leaves))
    return Part("cookies", "cookies", text, tuple(leaves))


def _cookie(match: re.Match[str], budget: Budget) -> list[Leaf]:
    name = match["name"].rstrip(" \t")
    means = unquote(name)
    path = ("cookies", means)
    start = match.start("name")
    key = Leaf(path, means, Span(start, start + len(name)), "cookie", is_key=True)
    group = "quoted" if match["quoted"] is not None else "bare"
    if match[group] is None:
        return [key]
    value = match[group].rstrip(" \t") if group == "bare" else match[group]
    text, start = unquote(value), match.start(group)
    inner = budget.nest(budget, "cookies", path, text)
    return [key, Leaf(path, text, Span(start, start + len(value)), "cookie", inner=inner)]
