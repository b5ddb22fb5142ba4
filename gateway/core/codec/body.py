"""A body's bytes as a Part: codings undone, charset decoded, the syntax told by label and by sniffing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.charsets import holds_controls
from gateway.core.codec.codings import Unpacked, undo, undo_unmarked
from gateway.core.codec.formats import (
    BinaryReader,
    Reader,
    binary_reader,
    broken,
    is_told_by_look,
    looks_like,
    reader_of,
)
from gateway.core.codec.json import json_part
from gateway.core.codec.json_lines import json_lines_part, looks_like_lines
from gateway.core.codec.media import Media, codings_of, decoded, media_of
from gateway.core.codec.multipart import Told, boundary_of, file_part, multipart_part, told_by_look
from gateway.core.codec.xml import encoding_of
from gateway.model.document import Part
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Headers, first_header
from gateway.model.names import Path

_BASE: Path = ("body",)
_META_CHARSET = re.compile(rb"""<meta\s[^>]{0,200}charset\s*+=\s*+["']?+([A-Za-z0-9_-]++)""", re.IGNORECASE)
_META_WITHIN = 1024


def request_body(headers: Headers, body: bytes, limits: Limits, budget: Budget) -> Part:
    """The body of a request. Raises PayloadError where it can't be inspected."""
    return _part(headers, body, limits, budget)


def reply_body(headers: Headers, body: bytes, limits: Limits, budget: Budget) -> Part:
    """The body of a reply; opaque where it can't be inspected, or where nothing in it could be restored safely."""
    try:
        return _part(headers, body, limits, budget)
    except PayloadError:
        return opaque_body(body)


def opaque_body(body: bytes) -> Part:
    """A body that nobody looks into."""
    return Part("body", "opaque", "", raw=body, wire=body)


def _part(headers: Headers, body: bytes, limits: Limits, budget: Budget) -> Part:
    if len(body) > limits.max_body_bytes:
        raise PayloadError(
            "GW-P108",
            "the body is larger than `limits.max_body_bytes`, so it was not inspected and not forwarded.",
            "send smaller bodies, or raise the limit.",
            status=413,
        )
    if not body:
        return Part("body", "empty", "", wire=body)
    media = media_of(headers)
    if budget.files and (stand_in := body.decode("latin-1")) in budget.files:
        return replace(file_part("body", _BASE, stand_in, budget), wire=body)
    unpacked = undo(body, codings_of(headers), limits)
    if not unpacked.raw:
        return Part("body", "empty", "", codings=unpacked.codings, wire=_wire(unpacked, body, budget))
    if media.is_json:
        unpacked, text, charset = _as_text(unpacked, media.charset, limits)
        part = _labelled_json(media, unpacked, text, budget)
    else:
        part, unpacked, charset = _told(headers, media, unpacked, limits, budget)
    wire = _wire(unpacked, body, budget)
    if part.boundary:
        return replace(part, raw=unpacked.raw, codings=unpacked.codings, wire=wire)
    return Part(part.name, part.syntax, part.text, part.leaves, unpacked.raw, charset, unpacked.codings, wire)


def _wire(unpacked: Unpacked, body: bytes, budget: Budget) -> bytes | None:
    """The body as it came, to be sent so if nothing changes; None of a request in whose packing something may hide."""
    return None if unpacked.hides and not budget.markup else body


_Told = tuple[Part, Unpacked, str]
"""A part, the bytes that it was read from, and the charset of a text."""


def _told(headers: Headers, media: Media, unpacked: Unpacked, limits: Limits, budget: Budget) -> _Told:
    """By label where it names a syntax that can be told apart, else by look."""
    if media.type.startswith("multipart/"):
        boundary = boundary_of(first_header(headers, "content-type") or "")
        unpacked = undone_parts(unpacked, boundary, limits)
        told = Told(boundary, media.type == "multipart/form-data", media.charset)
        return multipart_part("body", _BASE, unpacked.raw.decode("latin-1"), budget, read_text, told), unpacked, ""
    parts = _parts(media, unpacked, budget)
    if parts is not None:
        return parts, unpacked, ""
    binary = binary_reader(media)
    return _binary(binary, media, unpacked, limits, budget) if binary else _text(media, unpacked, limits, budget)


def _labelled_json(media: Media, unpacked: Unpacked, text: str, budget: Budget) -> Part:
    """JSON; in a request also what is none and certainly something else. Raises PayloadError (GW-P101)."""
    try:
        return json_part("body", _BASE, text, budget)
    except MalformedError:
        pass
    try:
        return _json(text, budget, _BASE)
    except PayloadError as error:
        part = None if error.code != "GW-P101" else _otherwise(media, unpacked, text, budget)
        if part is None:
            raise
        return part


def _binary(reader: BinaryReader, media: Media, unpacked: Unpacked, limits: Limits, budget: Budget) -> _Told:
    """What is labelled as a binary message; a text that is none."""
    try:
        return reader(unpacked.raw.decode("iso-8859-1"), budget), unpacked, "iso-8859-1"
    except PayloadError as error:
        if error.code == "GW-P121":
            with suppress(PayloadError):
                return _text(media, unpacked, limits, budget)
        raise


def _text(media: Media, unpacked: Unpacked, limits: Limits, budget: Budget) -> _Told:
    label = media.charset or _declared_charset(media, unpacked.raw)
    packed = unpacked
    unpacked, text, charset = _as_text(packed, label, limits)
    if unpacked is not packed:
        parts = _parts(media, unpacked, budget)
        if parts is not None:
            return parts, unpacked, ""
    return read_text(media, text, budget, _BASE), unpacked, charset


def _parts(media: Media, unpacked: Unpacked, budget: Budget) -> Part | None:
    """A multipart body under a label that does not say so."""
    if not is_told_by_look(media, budget):
        return None
    return told_by_look("body", _BASE, unpacked.raw.decode("latin-1"), budget, read_text, media.charset)


def _otherwise(media: Media, unpacked: Unpacked, text: str, budget: Budget) -> Part | None:
    """What a body that is labelled JSON and is none looks like; of a reply nobody asks."""
    if budget.markup:
        return None
    return _parts(media, unpacked, budget) or _first_of(looks_like(media, text, budget, None), text, budget, _BASE)


def undone_parts(unpacked: Unpacked, boundary: str, limits: Limits) -> Unpacked:
    """A multipart body as it is, or unpacked by trying where its boundary is not to be seen."""
    mark = b"--" + boundary.encode("latin-1")
    if mark not in unpacked.raw:
        for tried in undo_unmarked(unpacked.raw, limits):
            if mark in tried.raw:
                return _within(unpacked, tried)
    return unpacked


def _within(outer: Unpacked, inner: Unpacked) -> Unpacked:
    return Unpacked(inner.raw, (*outer.codings, *inner.codings), outer.hides or inner.hides)


def _as_text(unpacked: Unpacked, label: str, limits: Limits) -> tuple[Unpacked, str, str]:
    """The text and its charset; of bytes that are no text, of what they are unpacked to by trying."""
    raw = unpacked.raw
    try:
        return unpacked, *decoded(raw, label)
    except PayloadError as error:
        if error.code == "GW-P102":
            for tried in undo_unmarked(raw, limits):
                if found := _text_of(tried.raw):
                    return _within(unpacked, tried), *found
        raise


def _text_of(raw: bytes) -> tuple[str, str] | None:
    try:
        text, charset = decoded(raw, "")
    except PayloadError:
        return None
    return None if holds_controls(text) else (text, charset)


def _declared_charset(media: Media, raw: bytes) -> str:
    """The charset that an XML declaration or an HTML page itself names."""
    if media.type != "text/html":
        return encoding_of(raw)
    found = _META_CHARSET.search(raw[:_META_WITHIN])
    return found[1].decode("ascii").lower() if found else ""


def read_text(media: Media, text: str, budget: Budget, base: Path) -> Part:
    """By look where that is certain, then by label: senders mislabel JSON to spare a preflight, and others by habit."""
    if media.is_json:
        return _json(text, budget, base)
    known = reader_of(media, budget)
    part = _first_of(looks_like(media, text, budget, known), text, budget, base)
    if part is not None:
        return part
    if known is None:
        raise PayloadError(
            "GW-P103",
            "the body is of a media type that the gateway can't look into, so it was not forwarded.",
            "send JSON, a form, XML, CSV or plain text, or allow `opaque: pass` on the route.",
            status=415,
        )
    try:
        return known("body", base, text, budget)
    except MalformedError as error:
        raise broken(media, error) from None


def _first_of(readers: Iterable[Reader], text: str, budget: Budget, base: Path) -> Part | None:
    for reader in readers:
        try:
            return reader("body", base, text, budget)
        except MalformedError:
            continue
    return None


def _json(text: str, budget: Budget, base: Path) -> Part:
    try:
        return json_part("body", base, text, budget)
    except MalformedError as error:
        if looks_like_lines(text):
            try:
                return json_lines_part("body", base, text, budget)
            except MalformedError:
                pass
        raise PayloadError(
            "GW-P101",
            f"the body is labelled JSON but is none (RFC 8259) at character {error.at}, so it can't be inspected.",
            "send valid JSON: no comments, no trailing commas, no NaN, one value or one a line.",
        ) from None
