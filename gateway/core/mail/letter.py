"""One mail as a Document: a part for every text in it that somebody reads, and the bytes with other texts in place.

What does not change keeps its bytes: only what changed is written anew, whole header values and whole bodies.
Identifiers (Message-ID, References …) are no texts: a token in one stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.core.codec.budget import Budget, budget_of
from gateway.core.codec.media import CHARSETS
from gateway.core.codec.nest import look_inside
from gateway.core.codec.percent import unquote
from gateway.core.mail.addresses import pieces
from gateway.core.mail.body import body_part, body_splices, content_of
from gateway.core.mail.entity import Entity, entity_of
from gateway.core.mail.fields import Field, decoded_words, parameters, said, unfolded
from gateway.core.mail.spelling import WRITERS, Splice
from gateway.core.mail.transfer import is_odd
from gateway.model.document import Document, Leaf, Part, Span
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits

_ADDRESSES = frozenset(
    "from sender reply-to to cc bcc resent-from resent-sender resent-to resent-cc resent-bcc return-path "
    "disposition-notification-to return-receipt-to errors-to mail-followup-to mail-reply-to x-original-to "
    "delivered-to".split()
)
_IDENTIFIERS = frozenset(
    "message-id in-reply-to references received content-id list-id mime-version content-transfer-encoding date "
    "resent-message-id resent-date dkim-signature domainkey-signature x-google-dkim-signature arc-seal "
    "arc-message-signature arc-authentication-results authentication-results".split()
)
SIGNATURES = frozenset(
    "dkim-signature domainkey-signature x-google-dkim-signature arc-seal arc-message-signature "
    "arc-authentication-results".split()
)
"""Fields that hold for the bytes as they were signed (RFC 6376, RFC 8617)."""

_NAMES = frozenset({"name", "name*", "filename", "filename*"})
_BODY = "body"


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """Where a part of the document stands in the message. ``sealed``: within what was signed or encrypted whole."""

    kind: str
    span: Span
    sealed: bool
    entity: Entity
    charset: str = ""
    """Of a body, as it came."""


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """``text`` has a code point a byte. The parts of ``document`` stand at ``places``, one by one, all in UTF-8, so
    that none is too narrow for an original; ``unread`` are the texts of the message that are none of its parts.
    """

    text: str
    entity: Entity
    document: Document
    places: tuple[Place, ...]
    unread: tuple[str, ...]

    @property
    def signed(self) -> bool:
        """True if its bytes are signed by fields of its head."""
        return any(one.name in SIGNATURES for one in self.entity.fields)

    @property
    def hops(self) -> int:
        """How many servers say that they have had it."""
        return sum(one.name == "received" for one in self.entity.fields)

    def __repr__(self) -> str:
        return f"Letter({len(self.text)}, places={len(self.places)})"


def read_letter(raw: bytes, limits: Limits) -> Letter:
    """Raises PayloadError where readers may disagree (GW-P150, GW-P153), or where it is too much to be looked into."""
    if is_odd(raw):
        raise PayloadError(
            "GW-P153",
            "a line of the mail ends in CR or LF alone, or a NUL stands in it: another server may see a second mail "
            "in it, so it was not sent.",
            "end every line with CR LF.",
        )
    text = raw.decode("latin-1")
    entity = entity_of(text)
    reader = _Reader(text, limits, budget_of(limits, look_inside, markup=True))
    found = list(reader.entity(entity, sealed=False))
    return Letter(
        text,
        entity,
        Document(tuple(part for _, part in found)),
        tuple(place for place, _ in found),
        tuple(reader.unread),
    )


def changes_sealed(letter: Letter, document: Document) -> bool:
    """True if the document has another text where nothing may change."""
    return any(place.sealed for place, _ in _changed(letter, document))


def letter_with(letter: Letter, document: Document, *, unsigned: bool = False) -> bytes:
    """The bytes of the message with the document's texts; ``unsigned``: without the signatures in its head.

    Raises PayloadError (GW-P152) where an address would become none.
    """
    splices = [splice for place, new in _changed(letter, document) for splice in _written(letter, place, new)]
    if unsigned:
        splices += [(one.whole, "") for one in letter.entity.fields if one.name in SIGNATURES]
    pieces_, at = list[str](), 0
    for span, new in sorted(splices, key=lambda one: (one[0].start, one[0].end)):
        pieces_ += letter.text[at : span.start], new
        at = span.end
    return "".join([*pieces_, letter.text[at:]]).encode("latin-1")


def _changed(letter: Letter, document: Document) -> Iterator[tuple[Place, str]]:
    for place, old, new in zip(letter.places, letter.document.parts, document.parts, strict=True):
        if new.text != old.text:
            yield place, new.text


def _written(letter: Letter, place: Place, new: str) -> list[Splice]:
    if place.kind == _BODY:
        return body_splices(place.entity, letter.text, place.charset, new, top=place.entity is letter.entity)
    was = letter.text[place.span.start : place.span.end]
    return [(place.span, WRITERS[place.kind](new, was))]


class _Reader:
    def __init__(self, text: str, limits: Limits, budget: Budget) -> None:
        self._text = text
        self._limits = limits
        self._budget = budget
        self.unread = list[str]()

    def entity(self, entity: Entity, *, sealed: bool) -> Iterator[tuple[Place, Part]]:
        for field in entity.fields:
            for kind, span, meaning in self._field(field):
                self._budget.spend(1)
                leaf = Leaf(("headers", field.name), meaning, Span(0, len(meaning)), "plain")
                yield Place(kind, span, sealed, entity), Part("headers", "text", meaning, (leaf,))
        self.unread += [self._text[one.start : one.end] for one in entity.between]
        for child in entity.children:
            yield from self.entity(child, sealed=sealed or entity.sealed)
        if not entity.children:
            yield from self._body(entity, sealed=sealed)

    def _body(self, entity: Entity, *, sealed: bool) -> Iterator[tuple[Place, Part]]:
        content = content_of(entity, self._text)
        part = None if content is None else body_part(entity, content, self._limits, self._budget)
        if part is not None:
            yield Place(_BODY, entity.body, sealed, entity, part.charset), replace(part, charset="utf-8")
        elif content is None:
            self.unread.append(self._text[entity.body.start : entity.body.end])
        else:
            self.unread.append(content.decode("latin-1"))

    def _field(self, field: Field) -> Iterator[tuple[str, Span, str]]:
        """Kind of place, stretch and meaning of what somebody reads in a field."""
        if field.name in _IDENTIFIERS:
            return
        if field.name in _ADDRESSES:
            yield from pieces(self._text, field.value)
            return
        if field.name not in ("content-type", "content-disposition"):
            yield "unstructured", field.value, said(self._text[field.value.start : field.value.end])
            return
        self.unread.append(unfolded(self._text, field.value))
        for one in parameters(self._text, field.value):
            if one.name in _NAMES:
                yield "parameter", one.span, _file_name(one.name, one.value)


def _file_name(name: str, value: str) -> str:
    """RFC 2231 says percent-coding in a charset; mail programs write encoded words too."""
    if not name.endswith("*"):
        return decoded_words(said(value))
    label, _, rest = value.partition("'")
    raw = unquote(rest.partition("'")[2])
    known = CHARSETS.get(label.lower(), "utf-8")
    return raw if known == "utf-8" else value
