"""A body's bytes as a Part: codings undone, charset decoded, the syntax told by label and by sniffing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.codings import undo
from gateway.core.codec.form import form_part
from gateway.core.codec.html import html_part
from gateway.core.codec.json import json_part
from gateway.core.codec.media import Media, codings_of, decoded, media_of
from gateway.core.codec.multipart import Told, boundary_of, file_part, multipart_part
from gateway.core.codec.text import text_part
from gateway.model.document import Part
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Headers, first_header
from gateway.model.names import Path

_BASE: Path = ("body",)
_LOOKS_LIKE_JSON = re.compile(r"\ufeff?[ \t\r\n]*+[{\[]")
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
    raw, codings = unpacked.raw, unpacked.codings
    wire = None if unpacked.hides and not budget.markup else body
    if not raw:
        return Part("body", "empty", "", codings=codings, wire=wire)
    if media.type.startswith("multipart/"):
        part = _multipart(headers, media, raw, budget)
        return replace(part, raw=raw, codings=codings, wire=wire)
    label = media.charset or (_meta_charset(raw) if media.type == "text/html" else "")
    text, charset = decoded(raw, label)
    part = read_text(media, text, budget, _BASE)
    return Part(part.name, part.syntax, part.text, part.leaves, raw, charset, codings, wire)


def _multipart(headers: Headers, media: Media, raw: bytes, budget: Budget) -> Part:
    text, source = raw.decode("latin-1"), first_header(headers, "content-type") or ""
    boundary, form = boundary_of(source), media.type == "multipart/form-data"
    return multipart_part("body", _BASE, text, budget, read_text, Told(boundary, form, media.charset))


def _meta_charset(raw: bytes) -> str:
    found = _META_CHARSET.search(raw[:_META_WITHIN])
    return found[1].decode("ascii").lower() if found else ""


def read_text(media: Media, text: str, budget: Budget, base: Path) -> Part:
    """By label; a text, form or unlabelled body that is JSON is JSON: senders mislabel it to spare a preflight."""
    if media.is_json:
        return _json(text, budget, base)
    known = {**_KNOWN, "text/html": html_part} if budget.markup else _KNOWN
    if _LOOKS_LIKE_JSON.match(text) and (not budget.markup or not media.type or media.type in known):
        try:
            return json_part("body", base, text, budget, syntax=_json_syntax(media, budget))
        except MalformedError:
            pass
    if media.type not in known:
        raise PayloadError(
            "GW-P103",
            "the body is of a media type that the gateway can't look into, so it was not forwarded.",
            "send JSON, a form or plain text, or allow `opaque: pass` on the route.",
            status=415,
        )
    return known[media.type]("body", base, text, budget)


def _json_syntax(media: Media, budget: Budget) -> Literal["json", "script_json"]:
    """What a browser may render as HTML is spelled so that it stays JSON there."""
    return "script_json" if budget.markup and media.type in {"", "text/html"} else "json"


def _json(text: str, budget: Budget, base: Path) -> Part:
    try:
        return json_part("body", base, text, budget)
    except MalformedError as error:
        raise PayloadError(
            "GW-P101",
            f"the body is labelled JSON but is none (RFC 8259) at character {error.at}, so it can't be inspected.",
            "send valid JSON: no comments, no trailing commas, no NaN, one value.",
        ) from None


_KNOWN = {"application/x-www-form-urlencoded": form_part, "text/plain": text_part}
MESSAGES = frozenset(_KNOWN)
"""Media types beside JSON and multipart that a body is read in."""
