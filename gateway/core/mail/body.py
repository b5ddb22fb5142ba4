"""The text of one entity: read by the codecs of HTTP bodies, and written again in its own charset and encoding.

What is no text, or none that can be read, has no leaves and is never written; it is only searched for tokens.
"""

from __future__ import annotations

import codecs
from dataclasses import replace

from gateway.core.codec.body import request_body
from gateway.core.codec.budget import Budget
from gateway.core.codec.calendar import calendar_part, folded
from gateway.core.codec.formats import binary_reader, is_message
from gateway.core.codec.media import Media, decoded
from gateway.core.mail.entity import Entity
from gateway.core.mail.fields import Field, parameters
from gateway.core.mail.spelling import Splice
from gateway.core.mail.transfer import done, undone
from gateway.model.document import Leaf, Part, Span
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits

_CALENDARS = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/x-vcalendar", "application/ics"})
_PLAIN = frozenset({"text/plain", ""})
_UNREADABLE = frozenset({"GW-P101", "GW-P102", "GW-P103", "GW-P104", "GW-P120"})
"""It is not what it says it is: nobody looks into it, as into a picture."""

_ASCII = frozenset({"", "us-ascii", "ascii"})


def content_of(entity: Entity, text: str) -> bytes | None:
    """The body with its transfer encoding undone; None where that is not possible."""
    if entity.transfer is None:
        return None
    return undone(entity.transfer, text[entity.body.start : entity.body.end].encode("latin-1"))


def body_part(entity: Entity, content: bytes, limits: Limits, budget: Budget) -> Part | None:
    """The body's text with its leaves; None if it has none. Raises PayloadError where it is too much."""
    media = entity.media
    readable = media.type.startswith("text/") or is_message(media)
    if not content or not readable or binary_reader(media) is not None:
        return None
    if len(content) > limits.max_body_bytes:
        raise PayloadError(
            "GW-P108",
            "a text of the mail is larger than `limits.max_body_bytes`, so it was not inspected and not sent.",
            "send it in parts, or raise the limit.",
            status=413,
        )
    try:
        part = _read(media, content, limits, budget)
    except PayloadError as error:
        if error.code in _UNREADABLE:
            return None
        raise
    return replace(part, raw=b"", wire=None) if part is not None and not part.codings else None


def _read(media: Media, content: bytes, limits: Limits, budget: Budget) -> Part | None:
    if media.type in _PLAIN or media.type in _CALENDARS:
        text, charset = decoded(content, media.charset)
        if media.type in _CALENDARS:
            return replace(calendar_part(text, budget), charset=charset)
        budget.spend(1)
        return Part("body", "text", text, (Leaf(("body",), text, Span(0, len(text)), "plain"),), charset=charset)
    if not is_message(media):
        return None
    label = f"; charset={media.charset}" if media.charset else ""
    return request_body((("Content-Type", media.type + label),), content, limits, budget)


def body_splices(entity: Entity, text: str, charset: str, new: str, *, top: bool) -> list[Splice]:
    """What changes in the message so that the entity says ``new``: body, and head where its labels become wrong."""
    old = text[entity.body.start : entity.body.end]
    content, relabelled = _encoded(entity, charset, new)
    transfer, body = done(entity.transfer or "", content, was_wide=not old.isascii())
    if transfer == "base64" and old.endswith("\r\n"):
        body += b"\r\n"
    return [(entity.body, body.decode("latin-1")), *_labels(entity, text, transfer, relabelled=relabelled, top=top)]


def _encoded(entity: Entity, charset: str, new: str) -> tuple[bytes, bool]:
    """In its own charset; in UTF-8, and True, where that can't hold it or nobody knows it."""
    text = folded(new) if entity.media.type in _CALENDARS else new
    try:
        codecs.lookup(entity.media.charset or "ascii")
        return text.encode("ascii" if entity.media.charset in _ASCII else charset), False
    except (LookupError, UnicodeEncodeError):
        return text.encode("utf-8", "replace"), True


def _labels(entity: Entity, text: str, transfer: str, *, relabelled: bool, top: bool) -> list[Splice]:
    changed, added = list[Splice](), ""
    kind, coding = _field(entity, "content-type"), _field(entity, "content-transfer-encoding")
    if relabelled and kind is not None:
        changed.append(_with_charset(text, kind))
    elif relabelled:
        added += f"Content-Type: {entity.media.type or 'text/plain'}; charset=utf-8\r\n"
    if transfer != entity.transfer and coding is not None:
        changed.append((coding.value, transfer))
    elif transfer != entity.transfer:
        added += f"Content-Transfer-Encoding: {transfer}\r\n"
    if (changed or added) and top and _field(entity, "mime-version") is None:
        added = f"MIME-Version: 1.0\r\n{added}"
    end = entity.fields[-1].whole.end if entity.fields else entity.body.start - 2
    return [*changed, (Span(end, end), added)] if added else changed


def _field(entity: Entity, name: str) -> Field | None:
    return next((one for one in entity.fields if one.name == name), None)


def _with_charset(text: str, field: Field) -> Splice:
    told = [one.span for one in parameters(text, field.value) if one.name == "charset"]
    if told:
        return told[0], "charset=utf-8"
    return Span(field.value.end, field.value.end), "; charset=utf-8"
