"""Tokens in a reply turned back into originals, for those who may see them.

What may be restored is decided elsewhere and comes in as ``Originals``; here only the places are found and rewritten,
each through its leaf, so that a value is always spelled for its context. A stand-in names nothing: it is restored where
the same object of the reply holds a restored token of its record and the unchanged stand-in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gateway.core.codec import respell
from gateway.core.reading import Sighting
from gateway.model.document import Document
from gateway.model.names import Kind, Path, RecordId, Token


@dataclass(frozen=True, slots=True, repr=False)
class StandIn:
    """A value that went out as another valid value: the last step of its path, what was shown, what it was."""

    key: str
    shown: str
    text: str
    kind: Kind

    def __repr__(self) -> str:
        return f"StandIn({self.kind})"


@dataclass(slots=True, repr=False)
class Originals:
    """What this caller may see: originals by token, the record behind each, the stand-ins of those records."""

    texts: dict[Token, str] = field(default_factory=dict)
    kinds: dict[Token, Kind] = field(default_factory=dict)
    records: dict[Token, RecordId] = field(default_factory=dict)
    stand_ins: dict[RecordId, list[StandIn]] = field(default_factory=lambda: defaultdict(list))

    def __repr__(self) -> str:
        return f"Originals({len(self.texts)})"


@dataclass(frozen=True, slots=True)
class Revealed:
    """The restored reply, to be sent; ``restored`` and ``left`` are the tokens that were and were not, each once."""

    document: Document
    restored: tuple[Token, ...]
    left: tuple[Token, ...]


def reveal(document: Document, sightings: Sequence[Sighting], originals: Originals) -> Revealed:
    """The document with every token restored that ``originals`` holds."""
    restored = dict.fromkeys(s.token for s in sightings if s.token in originals.texts)
    left = dict.fromkeys(s.token for s in sightings if s.token not in originals.texts)
    if not restored:
        return Revealed(document, (), tuple(left))
    edits = _token_edits(document, sightings, originals)
    edits |= _stand_in_edits(document, sightings, originals)
    return Revealed(respell(document, edits), tuple(restored), tuple(left))


def in_reach(document: Document, sightings: Iterable[Sighting], location_hosts: Collection[str]) -> list[Sighting]:
    """The sightings that may be restored at all: in headers only Location, and only towards a listed host.

    In a page's URLs none is: a browser sends what it loads, also to others, and a link that is followed brings the
    token back as one that was shown.
    """
    page = (part := document.part("body")) is not None and part.syntax == "html"
    reachable = []
    for sighting in sightings:
        if sighting.path[0] == "headers":
            within = _is_listed_location(document, sighting, location_hosts)
        else:
            within = not (page and document.leaves[sighting.leaf].spelling in _OF_URLS)
        if within:
            reachable.append(sighting)
    return reachable


_OF_URLS = ("host", "segment", "query", "fragment")


def _is_listed_location(document: Document, sighting: Sighting, hosts: Collection[str]) -> bool:
    """True for the one Location header whose host is listed as every browser reads it."""
    part = document.part("headers")
    lines = part.text.splitlines() if part else []
    targets = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("location:")]
    if sighting.path[:2] != ("headers", "location") or len(targets) != 1 or not _PLAIN_URL.fullmatch(targets[0]):
        return False
    try:
        return urlsplit(targets[0]).hostname in hosts
    except ValueError:
        return False


_PLAIN_URL = re.compile(r"[^\\\x00-\x20\x7f]+")
"""No backslash, blank or control character: browsers and urlsplit disagree on where they end a host."""


def _token_edits(document: Document, sightings: Sequence[Sighting], originals: Originals) -> dict[int, str | None]:
    texts = {s.leaf: document.leaves[s.leaf].text for s in sightings if s.token in originals.texts}
    for sighting in sorted(sightings, key=lambda s: s.span.start, reverse=True):
        if sighting.token in originals.texts:
            text, span = texts[sighting.leaf], sighting.span
            texts[sighting.leaf] = text[: span.start] + originals.texts[sighting.token] + text[span.end :]
    return dict(texts)


def _stand_in_edits(document: Document, sightings: Sequence[Sighting], originals: Originals) -> dict[int, str | None]:
    beside: Mapping[Path, set[RecordId]] = defaultdict(set)
    for sighting in sightings:
        record = originals.records.get(sighting.token)
        if record in originals.stand_ins and record is not None:
            beside[sighting.path[:-1]].add(record)
    if not beside:
        return {}
    return {
        ordinal: stand_in.text
        for ordinal, leaf in enumerate(document.leaves)
        if not leaf.is_key
        for record in sorted(beside.get(leaf.path[:-1], ()))
        for stand_in in originals.stand_ins[record]
        if stand_in.shown == leaf.text and stand_in.key == str(leaf.path[-1])
    }
