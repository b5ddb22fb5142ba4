"""Stand-ins in the texts of a page, which have no keys: known by being one person's page, and by their length.

A text of a page says nothing of where a value came from, so a stand-in there is known by itself: six characters at
least, a whole word, in a page whose every token is restored and is one person's. What is shorter (an age, a house, a
flat) reads like any number, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from gateway.core.stand_ins import StandIn
from gateway.model.document import Document, Leaf, Span
from gateway.model.names import Path

_SHORTEST = 6
_BEFORE, _AFTER = r"(?<![\w@:/+\-])(?<!\w[.,])", r"(?![\w@:/+\-]|[.,]\w)"
_MAY_BE = re.compile(r"\s*(?:\d{6}|\d{1,4}([-./])\d{1,2}\1\d{1,4})\s*", re.ASCII)


def in_texts(document: Document, pages: Mapping[Path, Sequence[StandIn]]) -> dict[int, StandIn]:
    """Which texts hold a stand-in; one of each. ``pages``: by page, those of the person whose page it is."""
    found: dict[int, StandIn] = {}
    for page, stand_ins in pages.items():
        known = _certain(stand_ins)
        for ordinal, leaf in enumerate(document.leaves) if known else ():
            if leaf.spelling == "html_text" and leaf.path == page:
                one = next((one for one in known if next(places_of(leaf.text, one.shown), None) is not None), None)
                if one is not None:
                    found[ordinal] = one
    return found


def places_of(text: str, shown: str) -> Iterator[Span]:
    """Where a text holds a stand-in as a word of its own; all of it, if it is nothing else."""
    if text == shown:
        yield Span(0, len(text))
    elif shown in text:
        for match in re.finditer(f"{_BEFORE}{re.escape(shown)}{_AFTER}", text):
            yield Span(*match.span())


def may_stand_in(leaf: Leaf) -> bool:
    """True for a text of a page that is all a date or six digits."""
    return leaf.spelling == "html_text" and _MAY_BE.fullmatch(leaf.text) is not None


def _certain(stand_ins: Sequence[StandIn]) -> list[StandIn]:
    """Those long enough; none that stands for several values, or is itself one that another stands for."""
    means: dict[str, set[str]] = {}
    for one in stand_ins:
        means.setdefault(one.shown, set()).add(one.text)
    originals = {one.text for one in stand_ins}
    long = {one.shown: one for one in reversed(stand_ins) if len(one.shown) >= _SHORTEST}
    return [one for one in long.values() if len(means[one.shown]) == 1 and one.shown not in originals]
