"""A stretch of a stream that may go out: bytes as they came, or with them the document in which tokens are restored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.core.codec.base64_text import strings_are_coded
from gateway.core.codec.budget import MalformedError, budget_of
from gateway.core.codec.json import json_part
from gateway.core.codec.nest import look_inside
from gateway.core.codec.text import text_part
from gateway.core.naming.recognise import may_hold
from gateway.core.reach import overlaps_any
from gateway.core.reading import Sighting
from gateway.core.reveal import Originals, reveal
from gateway.core.seal import ENCRYPTED_MARK
from gateway.core.stand_ins import StandIn
from gateway.model.document import WHOLE, Document, Part, Span
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits

Finish = Callable[[str], str]
"""From the rewritten text of a piece's document to what goes out in place of the piece."""


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """``raw`` is what came. ``document`` is None where nothing is to be restored.

    Of its text only the stretch from ``start`` goes out, without the last ``ahead`` characters: what stands before and
    behind is there to judge it by.
    """

    raw: str
    document: Document | None = None
    finish: Finish = str
    start: int = 0
    ahead: int = 0
    barred: tuple[Span, ...] = ()
    """Where nothing is restored, whatever it looks like."""

    def __repr__(self) -> str:
        return f"Piece({len(self.raw)} chars)"


@dataclass(frozen=True, slots=True)
class Terms:
    """What tokens of a destination look like, beside what all do, and how much of a stream may be held."""

    domains: tuple[str, ...]
    phone_block: str
    limits: Limits

    def may_hold(self, raw: str) -> bool:
        """False if no token can stand in the text, however it is spelled there."""
        return any(mark in raw for mark in _ESCAPING) or may_hold(raw, self.phone_block) or strings_are_coded(raw)


_ESCAPING = ("\\", "&#", "%", "=?", ";base64,", ENCRYPTED_MARK)


def as_it_came(raw: str) -> list[Piece]:
    return [Piece(raw)] if raw else []


def restored(
    piece: Piece, sightings: Sequence[Sighting], originals: Originals, stand_ins: Mapping[int, StandIn]
) -> str:
    """What goes out: the piece with the originals of these tokens, the very same text where it has none of them."""
    if piece.document is None:
        return piece.raw
    revealed = reveal(piece.document, sightings, originals, stand_ins)
    if not revealed.restored:
        return piece.raw
    text = revealed.document.parts[0].text
    return piece.finish(text[piece.start : len(text) - piece.ahead])


def where_restored(piece: Piece, sightings: Sequence[Sighting]) -> list[Sighting]:
    """Those in the stretch that goes out, and in none that is barred."""
    end = piece.start + len(piece.raw) if piece.start else WHOLE.end
    return [
        one
        for one in sightings
        if piece.start <= one.span.start and one.span.end <= end and not overlaps_any(one.span, piece.barred)
    ]


def json_document(text: str, charset: str, limits: Limits) -> Document | None:
    """One JSON text; None where a limit forbids to look into it. Raises MalformedError."""
    budget = budget_of(limits, look_inside, markup=True)
    try:
        return _document(json_part("body", ("body",), text, budget), charset)
    except PayloadError:
        return None


def message_piece(text: str, terms: Terms, finish: Finish = str, raw: str | None = None) -> Piece:
    """A whole message of a stream: JSON, or a text of whatever kind. ``raw``: how it stands in the stream."""
    raw = text if raw is None else raw
    if is_broken(text) or not terms.may_hold(text):
        return Piece(raw)
    budget = budget_of(terms.limits, look_inside, markup=True)
    try:
        try:
            part = json_part("body", ("body",), text, budget)
        except MalformedError:
            part = text_part("body", ("body",), text, budget)
    except PayloadError:
        return Piece(raw)
    return Piece(raw, _document(part, "utf-8"), finish)


def is_broken(text: str) -> bool:
    """True for a text with bytes in it that are none in its charset: it could not be written again as it was."""
    return any("\ud800" <= char <= "\udfff" for char in text) if not text.isascii() else False


def _document(part: Part, charset: str) -> Document:
    return Document((Part(part.name, part.syntax, part.text, part.leaves, b"", charset, outline=part.outline),))
