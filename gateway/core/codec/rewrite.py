"""A Document with new texts in some leaves: only the stretches that change are written anew.

Inner documents are rewritten first; what they become is the new text of the leaf that holds them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping

from gateway.core.codec.base64_text import hides
from gateway.core.codec.budget import endless
from gateway.core.codec.cut import Splice, cuts, is_list, with_partners
from gateway.core.codec.encoded import apart
from gateway.core.codec.multipart import length_splices, packed, refuse_boundary
from gateway.core.codec.nest import look_inside
from gateway.core.codec.reread import reread, respelled
from gateway.core.codec.spell import spell
from gateway.model.document import Document, Leaf, Part
from gateway.model.errors import PayloadError

Edits = Mapping[int, str | None]
"""New text by ordinal of the terminal leaf; None takes the member, pair, header or cookie away."""

_WIDE_CHARSETS = frozenset({"utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})
_VANISHING = frozenset({"url", "form", "query", "cookies", "field", "file", "encoded"})
"""Parts that nothing is left of when their last leaf goes."""

_PACKING = frozenset({"base64_text", "hex", "octets"})
"""Spellings of what may be packed."""

_DOT_SEGMENT = re.compile(r"(?:\A|/)(?:\.|%2e){1,2}(?:[/;]|\Z)", re.IGNORECASE)


def rewrite(document: Document, edits: Edits) -> Document:
    """The edited document, read again as its bytes will be; the same object if nothing changes.

    An array item becomes null, a path segment ``_``, a whole text empty. A URL goes with its host's leaf; what holds a
    URL, form or cookies goes with the last of their leaves. Raises PayloadError (GW-P114).
    """
    budget = endless(look_inside, markup=document.part("path") is None)
    return _edited(document, edits, lambda part, text: reread(part, text, budget))


def packed_anew(document: Document) -> Document:
    """The document with every packed text that may hide something packed again, without that."""
    budget = endless(look_inside, markup=False)
    return _edited(document, {}, lambda part, text: reread(part, text, budget), anew=True)


def respell(document: Document, edits: Edits) -> Document:
    """The same for a message that is only to be sent: what changed has no leaves. Half the time of ``rewrite``."""
    return _edited(document, edits, respelled)


def _edited(document: Document, edits: Edits, again: Callable[[Part, str], Part], *, anew: bool = False) -> Document:
    writer, parts = _Writer(edits, anew=anew), list[Part]()
    for part in document.parts:
        writer.narrow = part.charset not in _WIDE_CHARSETS
        text = writer.written(part)
        if text == part.text:
            parts.append(part)
        elif text is not None or part.name != "query":
            _refuse_dot_segments(part, text or "")
            parts.append(again(part, text or ""))
    return Document(tuple(parts)) if writer.wrote else document


class _Writer:
    """Walks the parts in reading order and counts the terminal leaves it has passed."""

    def __init__(self, edits: Edits, *, anew: bool) -> None:
        self.edits = edits
        self.anew = anew
        self.narrow = False
        self.ordinal = 0
        self.wrote = False

    def written(self, part: Part) -> str | None:
        """The part's new text; None if nothing is left of it."""
        changed, removed = dict[int, str](), set[int]()
        for place, text in self._edited(part):
            if text is None and is_list(part) and not _is_boundary(part, place):
                removed.add(place)
            elif text != part.leaves[place].text or (self.anew and _hides(part, part.leaves[place])):
                changed[place] = text or ""
        if not changed and not removed:
            return part.text
        self.wrote = True
        gone = with_partners(part, removed)
        if part.syntax in _VANISHING and _nothing_left(part, gone):
            return None
        kept = {place: self._splice(part, place, text) for place, text in changed.items() if place not in gone}
        edits = list(kept.values())
        if part.boundary:
            edits += length_splices(part, {place: new for place, (_, _, new) in kept.items()})
        return _spliced(part.text, edits, cuts(part, gone) if removed else ())

    def _edited(self, part: Part) -> Iterator[tuple[int, str | None]]:
        """The leaves that may have a new text, and that text; all of them if some hold documents."""
        if part.outline is not None:
            first = self.ordinal
            self.ordinal += len(part.leaves)
            yield from [(at - first, text) for at, text in self.edits.items() if first <= at < self.ordinal]
            return
        for place, leaf in enumerate(part.leaves):
            if leaf.inner is not None:
                outer = self.narrow
                if leaf.spelling == "content":
                    self.narrow = leaf.inner.charset not in _WIDE_CHARSETS
                yield place, self.written(leaf.inner)
                self.narrow = outer
            else:
                yield place, self.edits.get(self.ordinal, leaf.text)
                self.ordinal += 1

    def _splice(self, part: Part, place: int, text: str) -> Splice:
        leaf = part.leaves[place]
        old = part.text[leaf.raw.start : leaf.raw.end]
        if leaf.spelling == "content" and leaf.inner is not None:
            new = packed(leaf.inner, text)
        else:
            new = spell(leaf.spelling, text, old, narrow=self.narrow)
        if part.boundary:
            refuse_boundary(part, new)
        elif part.syntax == "encoded":
            new = apart(part, place, new)
        return leaf.raw.start, leaf.raw.end, new


def _hides(part: Part, leaf: Leaf) -> bool:
    return leaf.spelling in _PACKING and hides(part.text[leaf.raw.start : leaf.raw.end], leaf.spelling)


def _is_boundary(part: Part, place: int) -> bool:
    """True for what can't be taken out by itself: it stands between all parts."""
    return bool(part.boundary) and part.leaves[place].spelling == "locked"


def _nothing_left(part: Part, gone: set[int]) -> bool:
    return len(gone) == len(part.leaves) or any(part.leaves[place].spelling == "host" for place in gone)


def _spliced(text: str, edits: Iterable[Splice], taken: Iterable[Splice]) -> str:
    """The text with all splices; what stands inside a stretch that is taken out goes with it."""
    outer = _outermost(taken)
    starts = [cut[0] for cut in outer]
    pieces, at = list[str](), 0
    for start, end, new in sorted([*outer, *(edit for edit in edits if not _is_inside(edit, outer, starts))]):
        pieces += text[at:start], new
        at = end
    return "".join([*pieces, text[at:]])


def _outermost(taken: Iterable[Splice]) -> list[Splice]:
    outer = list[Splice]()
    for cut in sorted(taken, key=lambda cut: (cut[0], -cut[1])):
        if not outer or cut[0] >= outer[-1][1]:
            outer.append(cut)
    return outer


def _is_inside(edit: Splice, outer: list[Splice], starts: list[int]) -> bool:
    start, end, _ = edit
    around = bisect_right(starts, start) - 1
    return around >= 0 and start < end <= outer[around][1]


def _refuse_dot_segments(part: Part, text: str) -> None:
    if part.syntax == "segments" and _DOT_SEGMENT.search(text) and not _DOT_SEGMENT.search(part.text):
        raise PayloadError(
            "GW-P114",
            "a new path segment is `.` or `..`, which would make it another path.",
            "look which rule or original puts dots into a path.",
        )
