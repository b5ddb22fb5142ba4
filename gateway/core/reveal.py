"""Tokens in a reply turned back into originals, for those who may see them.

What may be restored is decided elsewhere and comes in as ``Originals``; here only the places are found and rewritten,
each through its leaf, so that a value is always spelled for its context. A stand-in names nothing: it is restored near
a restored token of its person (``core/stand_ins.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from gateway.core.codec import respell
from gateway.core.naming import written_like
from gateway.core.reading import Sighting
from gateway.core.stand_ins import StandIn, may_be, objects_around, recognised
from gateway.model.document import Document, Spelling
from gateway.model.names import Kind, Path, RecordId, SubjectId, Token
from gateway.model.rules import Ruleset

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
    edits = _token_edits(document, sightings, originals)
    edits |= {leaf: stand_in.text for leaf, stand_in in stand_ins.items()}
    return Revealed(respell(document, edits), tuple(restored), tuple(left))


def standing(document: Document, sightings: Iterable[Sighting], originals: Originals) -> dict[int, StandIn]:
    """The leaves that are stand-ins of those whose tokens are restored near them.

    A page has no objects: its controls are those of one person, or nobody knows whose they are.
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
        return found
    return {leaf: one for leaf, one in found.items() if document.leaves[leaf].spelling not in _OF_PAGES}


_OF_PAGES = ("html_text", "html_attribute")


def _around(path: Path, spelling: Spelling) -> tuple[Path, ...]:
    """The object in which a leaf stands; a text of a page stands in the page, whose path it has."""
    return (path, path[:-1]) if spelling == "html_text" else (path[:-1],)


def unexplained(
    document: Document, sightings: Sequence[Sighting], originals: Originals, ruleset: Ruleset
) -> tuple[SubjectId, ...]:
    """The persons near whose tokens something stands that may be a stand-in, but none that is known so far."""
    near: dict[Path, list[SubjectId]] = {}
    for sighting in sightings:
        if sighting.token in originals.persons:
            for around in _around(sighting.path, document.leaves[sighting.leaf].spelling):
                near.setdefault(around, []).append(originals.persons[sighting.token])
    if not near:
        return ()
    known = {one.leaf for one in sightings} | standing(document, sightings, originals).keys()
    names = {stand_in.steps[-1] for stand_ins in originals.stand_ins.values() for stand_in in stand_ins}
    open_to = [
        subject
        for ordinal, leaf in enumerate(document.leaves)
        if ordinal not in known and may_be(leaf, ruleset, names)
        for around in objects_around(leaf.path)
        for subject in near.get(around, ())
    ]
    return tuple(dict.fromkeys(open_to))


def _token_edits(document: Document, sightings: Sequence[Sighting], originals: Originals) -> dict[int, str | None]:
    by_leaf: dict[int, list[Sighting]] = {}
    for sighting in sightings:
        if sighting.token in originals.texts:
            by_leaf.setdefault(sighting.leaf, []).append(sighting)
    return {leaf: _restored(document.leaves[leaf].text, seen, originals) for leaf, seen in by_leaf.items()}


def _restored(text: str, sightings: Iterable[Sighting], originals: Originals) -> str:
    pieces, at = list[str](), 0
    for sighting in sorted(sightings, key=lambda one: one.span.start):
        span = sighting.span
        written = text[span.start : span.end]
        original = written_like(originals.texts[sighting.token], sighting.token, sighting.shape, written)
        pieces += text[at : span.start], original
        at = span.end
    return "".join([*pieces, text[at:]])
