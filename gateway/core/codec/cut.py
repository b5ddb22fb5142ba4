"""What is taken out of a text when leaves are removed: the member, pair, cookie or header, and one delimiter with it.

Works on the text and its leaves alone; JSON, whose leaves do not tell where a container ends, is walked once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway.core.codec.multipart import section_of
from gateway.core.codec.url import anatomy
from gateway.core.codec.xml_cut import xml_cuts
from gateway.model.document import Part, Syntax

Splice = tuple[int, int, str]
"""Start, end, and what stands there instead."""

_MARK = re.compile(r"[\[\]{},]")


@dataclass(slots=True)
class _Item:
    """A member or pair: where it stands, and whether it goes."""

    start: int
    end: int
    gone: bool


def cuts(part: Part, removed: Collection[int]) -> Iterable[Splice]:
    """The splices that take away the leaves of these places in ``part.leaves``; some may contain others."""
    return _CUTS[part.syntax](part, removed)


def is_list(part: Part) -> bool:
    """True if something can be taken out of the part, or it goes whole; elsewhere a removed leaf is an empty one."""
    return part.syntax in _CUTS or part.syntax in ("field", "file")


def with_partners(part: Part, removed: Collection[int]) -> set[int]:
    """The places that go together: a name with its value."""
    gone = set(removed)
    if part.syntax == "multipart":
        return _with_section(part, gone)
    for place in removed:
        key = place if part.leaves[place].is_key else place - 1
        if _is_pair(part, key):
            gone |= {key, key + 1}
    return gone


def _with_section(part: Part, removed: set[int]) -> set[int]:
    """All leaves of a part whose name or content goes; a header goes alone, a parameter stays as ``_``."""
    whole = [section_of(part, place) for place in removed if _is_section(part, place)]
    starts = enumerate(leaf.raw.start for leaf in part.leaves)
    return removed | {place for place, at in starts if any(start <= at < end for start, end in whole)}


def _is_section(part: Part, place: int) -> bool:
    """True for a part's name and content, not for what stands before and behind all parts."""
    leaf = part.leaves[place]
    content = leaf.spelling == "content" and leaf.raw.start > 0 and leaf.raw.end < len(part.text)
    return content or (leaf.is_key and leaf.spelling == "parameter")


def _multipart(part: Part, removed: Collection[int]) -> Iterator[Splice]:
    for place in removed:
        leaf = part.leaves[place]
        start, end = leaf.raw.start, leaf.raw.end
        if start == 0 or end == len(part.text):
            yield start, end, ""
        elif leaf.spelling == "locked":
            continue  # it goes with its part
        elif _is_section(part, place):
            yield (*section_of(part, place), "")
        elif leaf.spelling in ("part_header", "header_name"):
            yield part.text.rindex("\r\n", 0, start) + 2, part.text.index("\r\n", end) + 2, ""
        else:
            yield start, end, "utf-8''_" if leaf.spelling == "extended" else '"_"'


def _is_pair(part: Part, key: int) -> bool:
    """True if the leaf of this place is a name and the next one is its value."""
    pair = part.leaves[key : key + 2] if key >= 0 else ()
    if len(pair) < 2 or not pair[0].is_key or pair[1].is_key or pair[0].path != pair[1].path:
        return False
    between = part.text[pair[0].raw.end : pair[1].raw.start]
    return "=" in between or between == ": "


def _runs(items: Sequence[_Item]) -> Iterator[Splice]:
    """Cuts for the items of one list: each gone item with the delimiter before it, leading ones with the one behind."""
    first = next((number for number, item in enumerate(items) if not item.gone), len(items))
    if first:
        yield items[0].start, items[first].start if first < len(items) else items[-1].end, ""
    for before, item in pairwise(items[first:]):
        if item.gone:
            yield before.end, item.end, ""


def _items(part: Part, places: Iterable[int], removed: Collection[int]) -> list[_Item]:
    items = list[_Item]()
    for place in places:
        leaf = part.leaves[place]
        if leaf.is_key or not items:
            items.append(_Item(leaf.raw.start, leaf.raw.end, gone=False))
        items[-1].gone |= place in removed
        quoted = part.syntax == "cookies" and not leaf.is_key and part.text[leaf.raw.start - 1] == '"'
        items[-1].end = leaf.raw.end + quoted
    return items


def _pairs(part: Part, removed: Collection[int]) -> Iterator[Splice]:
    yield from _runs(_items(part, range(len(part.leaves)), removed))


def _lines(part: Part, removed: Collection[int]) -> Iterator[Splice]:
    for place in removed:
        raw = part.leaves[place].raw
        yield part.text.rfind("\n", 0, raw.start) + 1, part.text.index("\n", raw.end) + 1, ""


def _segments(part: Part, removed: Collection[int]) -> Iterator[Splice]:
    """A segment leaves ``_`` behind, so that the others keep their places; user information and parameters just go."""
    for place in removed:
        leaf = part.leaves[place]
        start, end = leaf.raw.start, leaf.raw.end
        if part.text[end : end + 1] == "@":
            yield start, end + 1, ""
        elif leaf.is_key:
            yield start - 1, part.leaves[place + 1].raw.end if _is_pair(part, place) else end, ""
        elif part.text[start - 1 : start] != "=":
            yield start, end, "_"


def _url(part: Part, removed: Collection[int]) -> Iterator[Splice]:
    parts, places = anatomy(part.text), range(len(part.leaves))
    yield from _segments(part, [place for place in removed if part.leaves[place].raw.start <= parts.path.end])
    for region in (parts.query, parts.fragment):
        if region is not None:
            inside = [place for place in places if region.start <= part.leaves[place].raw.start <= region.end]
            items = _items(part, inside, removed)
            if items and all(item.gone for item in items):
                yield region.start - 1, region.end, ""
            else:
                yield from _runs(items)


def _json(part: Part, removed: Collection[int]) -> Iterator[Splice]:
    """Members go with their keys and all below; array items and a lone value become null."""
    levels, begins = list[list[_Item] | None](), False
    for mark, start, end, gone in _json_tokens(part, removed):
        if mark == ",":
            begins = True
            continue
        if mark in {"}", "]"}:
            yield from _runs(levels.pop() or ())
            begins = False
        items = levels[-1] if levels else None
        if items is None:
            if gone:
                yield start, end, "null"
        else:
            if begins:
                items.append(_Item(start, end, gone=False))
            items[-1].end, items[-1].gone = end, items[-1].gone or gone
        begins = mark in {"{", "["}
        if begins:
            levels.append([] if mark == "{" else None)


def _json_tokens(part: Part, removed: Collection[int]) -> Iterator[tuple[str, int, int, bool]]:
    """Brackets, commas and (mark "") leaves in reading order; whether a leaf goes."""
    at = 0
    for place, leaf in enumerate(part.leaves):
        for mark in _MARK.finditer(part.text, at, leaf.raw.start):
            yield mark[0], *mark.span(), False
        at = leaf.raw.end
        yield "", leaf.raw.start, at, place in removed
    for mark in _MARK.finditer(part.text, at):
        yield mark[0], *mark.span(), False


def _stretches(part: Part, removed: Collection[int]) -> Iterator[Splice]:
    for place in removed:
        yield part.leaves[place].raw.start, part.leaves[place].raw.end, ""


def _graphql(part: Part, removed: Collection[int]) -> Iterator[Splice]:
    """Arguments stay and are null: what the operation declares would no longer fit what it is sent."""
    for place in removed:
        leaf = part.leaves[place]
        new = "_" if leaf.is_key else "" if leaf.spelling == "graphql_comment" else "null"
        yield leaf.raw.start, leaf.raw.end, new


_CUTS: Mapping[Syntax, Callable[[Part, Collection[int]], Iterable[Splice]]] = {
    "json": _json,
    "script_json": _json,
    "form": _pairs,
    "query": _pairs,
    "cookies": _pairs,
    "headers": _lines,
    "segments": _segments,
    "url": _url,
    "xml": xml_cuts,
    "graphql": _graphql,
    "protobuf": _stretches,
    "encoded": _stretches,
    "multipart": _multipart,
}
