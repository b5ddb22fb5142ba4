"""URLs: host, user information, path segments, query pairs, and the fragment as pairs or as one text.

The host's leaf bears the path of the value that is the URL: it stands for the whole, so dropping it drops the value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.core.codec.budget import Budget
from gateway.core.codec.form import meaning
from gateway.core.codec.pairs import read_pairs
from gateway.core.codec.percent import unquote
from gateway.core.codec.segments import read_segments
from gateway.model.document import Leaf, Part, Span
from gateway.model.names import PartName, Path

_ANATOMY = re.compile(
    r"""(?: (?:[a-z][a-z0-9+.\-]*+:)? // (?: (?P<user>[^/?\#]*) @ )? (?P<host>[^/?\#@]*+) | (?:mailto|tel|sms): )?
        (?P<path>[^?\#]*+) (?: \? (?P<query>[^\#]*+) )? (?: \# (?P<fragment>.*+) )?""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE | re.ASCII,
)
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*+://")


@dataclass(frozen=True, slots=True)
class Anatomy:
    """Where the parts of a URL stand; None for one that is not there. Marks (``@ ? #``) stand outside the spans."""

    user: Span | None
    host: Span | None
    path: Span
    query: Span | None
    fragment: Span | None


def anatomy(text: str) -> Anatomy:
    """The parts of any text read as a URL, after RFC 3986; total and linear."""
    match = _ANATOMY.match(text)
    assert match is not None  # noqa: S101 - every part of the pattern may be empty
    user, host, path, query, fragment = (
        Span(*match.span(group)) if match[group] is not None else None
        for group in ("user", "host", "path", "query", "fragment")
    )
    return Anatomy(user, host, path or Span(0, 0), query, fragment)


def url_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """A text that is a URL, absolute or relative."""
    return Part(name, "url", text, tuple(_leaves(name, base, text, budget)))


def segments_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """The path of a request target. Of an absolute-form target scheme and host are fixed text."""
    place, start, leaves = (name, base), 0, list[Leaf]()
    if _ABSOLUTE.match(text):
        parts = anatomy(text)
        start = parts.path.start
        leaves += _user_leaves(place, text, parts.user, budget)
    if text != "*":
        leaves += read_segments(place, text, Span(start, len(text)), budget)
    return Part(name, "segments", text, tuple(leaves))


def _leaves(name: PartName, base: Path, text: str, budget: Budget) -> list[Leaf]:
    parts, place = anatomy(text), (name, base)
    leaves = _user_leaves(place, text, parts.user, budget)
    if parts.host and parts.host.end > parts.host.start and not budget.markup:
        budget.spend(1)
        leaves.append(Leaf(base, unquote(text[parts.host.start : parts.host.end]), parts.host, "host"))
    leaves += read_segments(place, text, parts.path, budget)
    if parts.query:
        leaves += read_pairs(place, text, parts.query, ("&", "query", meaning), budget)
    if parts.fragment:
        leaves += _fragment_leaves(place, text, parts.fragment, budget)
    return leaves


def _user_leaves(place: tuple[PartName, Path], text: str, user: Span | None, budget: Budget) -> list[Leaf]:
    if user is None:
        return []
    budget.spend(1)
    return [Leaf((*place[1], "userinfo"), unquote(text[user.start : user.end]), user, "segment")]


def _fragment_leaves(place: tuple[PartName, Path], text: str, fragment: Span, budget: Budget) -> list[Leaf]:
    """``#a=b&c`` holds pairs; any other fragment is one text, which may be a route of its own (``#/users?id=1``)."""
    raw = text[fragment.start : fragment.end]
    if "=" in raw and not raw.startswith(("/", "!/")):
        return read_pairs(place, text, fragment, ("&", "fragment", unquote), budget)
    if not raw:
        return []
    name, base = place
    path, means = (*base, "fragment"), unquote(raw)
    budget.spend(1)
    return [Leaf(path, means, fragment, "fragment", inner=budget.nest(budget, name, path, means))]
