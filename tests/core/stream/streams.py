"""Streams with tokens in them, and what a client sees of them, whatever the bytes come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gateway.core.naming import canonical, email, letters, opaque, uuid
from gateway.core.reach import in_reach
from gateway.core.reading import sealed_in, tokens_in
from gateway.core.reveal import Originals
from gateway.core.stream import Cutter, Piece, cutter_of, restored
from gateway.core.stream.piece import Terms, where_restored
from gateway.model.kept import FieldRef
from gateway.model.limits import Limits
from gateway.model.names import Kind, RecordId, Token

DOMAIN, BLOCK = "id.example", "+7976"
REF: FieldRef = (RecordId("ed01a0c4506c004e1aefb609bde1"), 3)
SEALED = "x1.abcDEF." + "Aa0_-" * 12
TERMS = Terms((DOMAIN,), BLOCK, Limits())

ORIGINALS: Mapping[str, str] = {
    opaque.token(REF): 'Иванова "Анна" <b>\n& Ко',
    email.token(REF, DOMAIN): "anna@example.ru",
    letters.token(REF, "Anna"): "Anna",
    letters.token(REF, "Анна"): "Анна",
    uuid.token(REF): "0b2a6d3e-1f53-4b0a-9a55-6f2f4f1a7c11",
    "79760000123": "+79031234567",
    "599123456": "612345678",
    SEALED: "секрет",
}
"""By canonical token, one of every shape."""

SHOWN: tuple[str, ...] = (
    opaque.token(REF),
    opaque.token(REF).upper(),
    email.token(REF, DOMAIN),
    letters.token(REF, "Anna").capitalize(),
    letters.token(REF, "Анна").upper(),
    uuid.token(REF),
    uuid.token(REF).replace("-", ""),
    "+7 (976) 000-01-23",
    "8 976 000-01-23",
    "+79760000123",
    "599123456",
    "599 123 456",
    SEALED,
)
"""The same as they may stand in a text."""


def cutter(media: str, terms: Terms = TERMS) -> Cutter:
    made = cutter_of((("Content-Type", media),), terms)
    assert made is not None
    return made


def view(media: str, chunks: Iterable[bytes], terms: Terms = TERMS, known: Mapping[str, str] = ORIGINALS) -> bytes:
    """All that the client gets."""
    one = cutter(media, terms)
    sent = b"".join(spelt(one, one.feed(chunk), known) for chunk in chunks)
    return sent + spelt(one, one.end(), known)


def spelt(one: Cutter, pieces: Iterable[Piece], known: Mapping[str, str]) -> bytes:
    return b"".join(one.spell(shown(piece, known)) for piece in pieces)


def shown(piece: Piece, known: Mapping[str, str]) -> str:
    if piece.document is None:
        return restored(piece, (), Originals(), {})
    found = [*tokens_in(piece.document, (DOMAIN,), BLOCK), *sealed_in(piece.document)]
    reached = where_restored(piece, in_reach(piece.document, found, (), "app.example"))
    texts = {one.token: known[one.token] for one in reached if one.token in known}
    kinds = dict.fromkeys(texts, Kind("email"))
    return restored(piece, reached, Originals(texts, kinds), {})


def splits(wire: bytes) -> Iterable[tuple[bytes, bytes]]:
    """Cut in two at every byte."""
    return ((wire[:at], wire[at:]) for at in range(len(wire) + 1))


def bites(wire: bytes, size: int) -> list[bytes]:
    return [wire[at : at + size] for at in range(0, len(wire), size)]


__all__ = ["BLOCK", "DOMAIN", "ORIGINALS", "SEALED", "SHOWN", "Token", "bites", "canonical", "splits", "view"]
