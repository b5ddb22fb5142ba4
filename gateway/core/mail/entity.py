"""A message as a tree of MIME entities, each a head and a body, nothing decoded. Source: RFC 2045, RFC 2046."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from gateway.core.codec.media import Media, media_of
from gateway.core.mail.faults import odd, too_much
from gateway.core.mail.fields import Field, fields_of, parameters, unfolded
from gateway.model.document import Span

_MOST_DEEP = 16
_MOST_ENTITIES = 1000
_TRANSFERS = frozenset({"7bit", "8bit", "binary", "base64", "quoted-printable"})
_ONCE = frozenset({"content-type", "content-transfer-encoding", "content-disposition"})
_SEALED = frozenset({"multipart/signed", "multipart/encrypted"})
"""What is signed or encrypted as a whole: not a byte of it may change (RFC 1847)."""

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")


@dataclass(frozen=True, slots=True, repr=False)
class Entity:
    """``body`` with everything below it; ``between`` are the stretches of a multipart that are in none of its
    ``children``: before the first and behind the last. ``transfer``: "" for bytes as they are, None for an unknown one.
    """

    fields: tuple[Field, ...]
    body: Span
    media: Media
    transfer: str | None
    children: tuple[Entity, ...] = ()
    between: tuple[Span, ...] = ()

    @property
    def sealed(self) -> bool:
        return self.media.type in _SEALED


def entity_of(text: str) -> Entity:
    """The whole message. Raises PayloadError (GW-P150, GW-P151; GW-P103 and GW-P104 for its Content-Type)."""
    return _Reader(text).entity(0, len(text), "text/plain", 0)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._left = _MOST_ENTITIES

    def entity(self, start: int, end: int, usual: str, depth: int) -> Entity:
        self._left -= 1
        if depth > _MOST_DEEP or self._left < 0:
            raise too_much(f"over {_MOST_DEEP} levels or {_MOST_ENTITIES} parts")
        fields, at = fields_of(self._text, start, end)
        named = [one.name for one in fields if one.name in _ONCE]
        if len(set(named)) < len(named):
            raise odd("says twice what a part is")
        kind = next((one for one in fields if one.name == "content-type"), None)
        media = media_of((("Content-Type", unfolded(self._text, kind.value)),)) if kind else Media(usual)
        transfer, body = self._transfer(fields), Span(at, end)
        if media.type.startswith("multipart/"):
            if transfer:
                raise odd("has a multipart in a transfer encoding")
            children, between = self._parts(kind, media, body, depth)
            return Entity(fields, body, media, "", children, between)
        if media.type == "message/rfc822" and transfer == "":
            return Entity(fields, body, media, "", (self.entity(at, end, "text/plain", depth + 1),))
        return Entity(fields, body, media, transfer)

    def _transfer(self, fields: tuple[Field, ...]) -> str | None:
        said = [unfolded(self._text, one.value) for one in fields if one.name == "content-transfer-encoding"]
        coding = said[0].strip().lower() if said else ""
        if coding in ("", "7bit", "8bit", "binary"):
            return ""
        return coding if coding in _TRANSFERS else None

    def _parts(
        self, kind: Field | None, media: Media, body: Span, depth: int
    ) -> tuple[tuple[Entity, ...], tuple[Span, ...]]:
        said = [one.value for one in parameters(self._text, kind.value) if one.name == "boundary"] if kind else []
        if len(said) != 1 or not _BOUNDARY.fullmatch(said[0]):
            raise odd("has a multipart without a boundary, or with an odd one")
        line = re.compile(rf"--{re.escape(said[0])}(--)?[ \t]*(?:\r\n|\Z)")
        marks = list[re.Match[str]]()
        for mark in line.finditer(self._text, body.start, body.end):
            if self._text[max(0, mark.start() - 2) : mark.start()] not in ("\r\n", ""):
                continue
            marks.append(mark)
            if mark[1]:
                break
        if not marks or not marks[-1][1] or len(marks) < 2:
            raise odd("has a multipart that does not hold its boundary, or does not end")
        usual = "message/rfc822" if media.type == "multipart/digest" else "text/plain"
        children = tuple(
            self.entity(one.end(), max(one.end(), other.start() - 2), usual, depth + 1)
            for one, other in pairwise(marks)
        )
        return children, (Span(body.start, marks[0].start()), Span(marks[-1].end(), body.end))
