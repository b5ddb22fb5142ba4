"""What is taken out of XML: an attribute with its name, an element of which nothing stays; the root stays, empty."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from gateway.core.codec.xml import Token, tokens
from gateway.model.document import Part

Splice = tuple[int, int, str]

_REMOVED = "urn:removed"
"""A prefix has to stay bound to some namespace."""


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet: whether something in it stays, whether its name does, and what goes."""

    start: int
    stays: bool = False
    named: bool = True
    cuts: list[Splice] = field(default_factory=list)


def xml_cuts(part: Part, removed: Collection[int]) -> list[Splice]:
    """The splices that take away the leaves of these places in ``part.leaves``; none contains another."""
    around, at = [_Open(0, stays=True)], 0
    for token in tokens(part.text):
        if token.kind in {"start", "empty"}:
            around.append(_Open(token.start))
        first = at
        while at < len(part.leaves) and part.leaves[at].raw.start < token.end:
            at += 1
        _note(part, token, range(first, at), removed, around[-1])
        if token.kind in {"end", "empty"}:
            _close(around, token.end)
    return around[0].cuts


def _close(around: list[_Open], end: int) -> None:
    """An element whose name goes, or all that was in it, goes as a whole."""
    one, outer = around.pop(), around[-1]
    if len(around) > 1 and (not one.named or (one.cuts and not one.stays)):
        outer.cuts.append((one.start, end, ""))
    else:
        outer.stays = True
        outer.cuts += one.cuts


def _note(part: Part, token: Token, places: range, removed: Collection[int], one: _Open) -> None:
    """What the leaves of a token say about the element in which it stands."""
    for place in places:
        leaf, goes = part.leaves[place], place in removed
        if leaf.raw == token.name:
            one.named &= not goes
        elif not goes:
            one.stays |= not leaf.is_key
        elif not leaf.is_key:
            one.cuts.append(_cut(token, leaf.raw.start, leaf.raw.end))


def _cut(token: Token, start: int, end: int) -> Splice:
    if token.kind in {"comment", "instruction"}:
        return token.start, token.end, ""
    if token.kind == "data":
        return start, end, ""
    attribute = next(one for one in token.attributes if one.end() == end + 1)
    return (start, end, _REMOVED) if attribute["name"].startswith("xmlns") else (*attribute.span(), "")
