"""Tokens in a reply turned back into originals, for those who may see them.

What may be restored is decided elsewhere and comes in as ``Originals``; here only the places are found and rewritten,
each through its leaf, so that a value is always spelled for its context. A stand-in names nothing: it is restored near
a restored token of its person (``core/stand_ins.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeVar

from gateway.core.codec import respell
from gateway.core.naming import written_like
from gateway.core.page_texts import in_texts, may_stand_in, places_of
from gateway.core.reach import overlaps_any
from gateway.core.reading import Sighting
from gateway.core.stand_ins import StandIn, kinds_sent, may_be, objects_around, recognised
from gateway.model.document import Document, Leaf, Span, Spelling
from gateway.model.names import Kind, Path, RecordId, SubjectId, Token
from gateway.model.rules import Ruleset
from gateway.model.swift import swift

_Value = TypeVar("_Value")


@dataclass(slots=True, repr=False)
class Originals:
    """What this caller may see: originals by token, the record and the person behind each, that person's stand-ins.

    ``persons`` has only those whose every value the caller may see; not who merely was named in this very request.
    """

    texts: dict[Token, str] = field(default_factory=dict)
    kinds: dict[Token, Kind] = field(default_factory=dict)
    records: dict[Token, RecordId] = field(default_factory=dict)
    persons: dict[Token, SubjectId] = field(default_factory=dict)
    stand_ins: dict[Token, list[StandIn]] = field(default_factory=dict)

    def only(self, tokens: Collection[Token]) -> Originals:
        """Those of these tokens."""
        return Originals(
            _only(tokens, self.texts),
            _only(tokens, self.kinds),
            _only(tokens, self.records),
            _only(tokens, self.persons),
            _only(tokens, self.stand_ins),
        )

    def __repr__(self) -> str:
        return f"Originals({len(self.texts)})"


def _only(tokens: Collection[Token], known: Mapping[Token, _Value]) -> dict[Token, _Value]:
    return {token: value for token, value in known.items() if token in tokens}


@swift
@dataclass(frozen=True, slots=True)
class Revealed:
    """The restored reply, to be sent; ``restored`` and ``left`` are the tokens that were and were not, each once."""

    document: Document
    restored: tuple[Token, ...]
    left: tuple[Token, ...]


def reveal(
    document: Document, sightings: Sequence[Sighting], originals: Originals, stand_ins: Mapping[int, StandIn]
) -> Revealed:
    """The document with every token restored that ``originals`` holds, and these stand-ins."""
    restored = dict.fromkeys(s.token for s in sightings if s.token in originals.texts)
    left = dict.fromkeys(s.token for s in sightings if s.token not in originals.texts)
    if not restored:
        return Revealed(document, (), tuple(left))
    return Revealed(respell(document, _edits(document, sightings, originals, stand_ins)), tuple(restored), tuple(left))


def standing(document: Document, sightings: Iterable[Sighting], originals: Originals) -> dict[int, StandIn]:
    """The leaves that are stand-ins of those whose tokens are restored near them.

    A page has no objects: its controls are those of one person, or nobody knows whose they are. Of its texts the same
    holds, and every token of it has to be restored.
    """
    beside: dict[Path, list[StandIn]] = {}
    in_pages: set[str] = set()
    places = dict.fromkeys((one.path, document.leaves[one.leaf].spelling, one.token) for one in sightings)
    for path, spelling, token in places:
        if token in originals.texts and spelling in _OF_PAGES:
            in_pages.add(originals.persons.get(token) or originals.records.get(token) or token)
        for around in _around(path, spelling) if token in originals.stand_ins else ():
            beside.setdefault(around, []).extend(originals.stand_ins[token])
    found = recognised(document, beside)
    if len(in_pages) < 2:
        return in_texts(document, _pages(places, originals, beside)) | found
    return {leaf: one for leaf, one in found.items() if document.leaves[leaf].spelling not in _OF_PAGES}


_OF_PAGES = ("html_text", "html_attribute")


def _pages(
    places: Iterable[tuple[Path, Spelling, Token]], originals: Originals, beside: Mapping[Path, Sequence[StandIn]]
) -> Mapping[Path, Sequence[StandIn]]:
    """The pages of the one person whom they are about, by their paths; none where a token in one stays."""
    tokens = {(path, spelling, token) for path, spelling, token in places if spelling in _OF_PAGES}
    if any(token not in originals.persons for _, _, token in tokens):
        return {}
    around = {path if spelling == "html_text" else path[:-1] for path, spelling, _ in tokens}
    return {page: beside[page] for page in around if page in beside}


def _around(path: Path, spelling: Spelling) -> tuple[Path, ...]:
    """The object in which a leaf stands; a text of a page stands in the page, whose path it has."""
    return (path, path[:-1]) if spelling == "html_text" else (path[:-1],)


def unexplained(
    document: Document, sightings: Sequence[Sighting], originals: Originals, ruleset: Ruleset
) -> tuple[SubjectId, ...]:
    """The persons near whose tokens something stands that may be a stand-in, but none that is known so far."""
    near: dict[Path, dict[SubjectId, None]] = {}
    for sighting in sightings:
        if sighting.token in originals.persons:
            for around in _around(sighting.path, document.leaves[sighting.leaf].spelling):
                near.setdefault(around, {})[originals.persons[sighting.token]] = None
    if not near:
        return ()
    known = {one.leaf for one in sightings} | standing(document, sightings, originals).keys()
    names = {stand_in.steps[-1] for stand_ins in originals.stand_ins.values() for stand_in in stand_ins}
    asked = dict.fromkeys(
        around
        for ordinal, leaf in enumerate(document.leaves)
        if ordinal not in known
        for around in _asked_around(leaf, ruleset, names)
    )
    return tuple(dict.fromkeys(subject for around in asked for subject in near.get(around, ())))


def _asked_around(leaf: Leaf, ruleset: Ruleset, names: Collection[str]) -> Iterable[Path]:
    """The objects whose persons may have sent a stand-in that stands here."""
    if may_stand_in(leaf) and kinds_sent(ruleset):
        return (leaf.path,)
    return objects_around(leaf.path) if may_be(leaf, ruleset, names) else ()


def _edits(
    document: Document, sightings: Sequence[Sighting], originals: Originals, stand_ins: Mapping[int, StandIn]
) -> dict[int, str | None]:
    cuts: dict[int, list[tuple[Span, str]]] = {}
    for one in sightings:
        if one.token in originals.texts:
            written = document.leaves[one.leaf].text[one.span.start : one.span.end]
            original = written_like(originals.texts[one.token], one.token, one.shape, written)
            cuts.setdefault(one.leaf, []).append((one.span, original))
    for leaf, stand_in in stand_ins.items():
        taken = sorted([span for span, _ in cuts.get(leaf, ())], key=attrgetter("start"))
        for place in places_of(document.leaves[leaf].text, stand_in.shown):
            if not overlaps_any(place, taken):
                cuts.setdefault(leaf, []).append((place, stand_in.text))
    return {leaf: _restored(document.leaves[leaf].text, spans) for leaf, spans in cuts.items()}


def _restored(text: str, cuts: Iterable[tuple[Span, str]]) -> str:
    pieces, at = list[str](), 0
    for span, original in sorted(cuts, key=lambda cut: cut[0].start):
        pieces += text[at : span.start], original
        at = span.end
    return "".join([*pieces, text[at:]])
