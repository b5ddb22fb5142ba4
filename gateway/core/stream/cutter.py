"""Which stream it is, by its label or by how it begins, and its bytes cut into pieces."""

from __future__ import annotations

import codecs
import re
from typing import Protocol

from gateway.core.codec.media import Media, charset_of, media_of
from gateway.core.stream.lines import LineCutter
from gateway.core.stream.piece import Piece, Terms, as_it_came
from gateway.core.stream.plain import TextCutter
from gateway.core.stream.sse import EventCutter
from gateway.core.stream.values import ValueCutter
from gateway.model.errors import PayloadError
from gateway.model.message import Headers

_EVENTS = "text/event-stream"
_LINES = frozenset(
    """application/x-ndjson application/ndjson application/jsonl application/jsonlines application/x-jsonlines
    application/json-lines application/x-json-stream application/stream+json application/json-seq text/x-ndjson
    application/vnd.github.v3.stream+json""".split()
)
_SNIFFED = frozenset({"", "text/plain"})
_BYTES = "application/octet-stream"
_BLANK = " \t\r\n"
_EVENT_FIELD = re.compile(r"(?:data|event|id|retry|):")
_EVENT_FIELDS = ("data:", "event:", "id:", "retry:")
_EVENT_BEGINS = (b"d", b"e", b"i", b"r", b":", b"\r", b"\n", b"\xef")
_EVENT_LINE = re.compile(r"(?:(?:data|event|id|retry)?:[^\r\n]*+|data|event|id|retry|)(?:\r\n?|\n)")
_ARRAY = re.compile(r'\[\s*+(?:["{\[\]]|(?:-?[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null)\s*+[,\]])')
_UNSURE_FOR = 64
_MARK = "\ufeff"


class _Cutter(Protocol):
    @property
    def held(self) -> str: ...

    def feed(self, text: str) -> list[Piece]: ...

    def end(self) -> list[Piece]: ...


class Cutter:
    """From bytes to pieces. ``spell`` writes what goes out in the stream's charset."""

    def __init__(self, kind: str, charset: str, terms: Terms) -> None:
        self._charset = charset
        self._terms = terms
        # A closed set of charsets: bytes that are none of their text come through as lone surrogates, and go out as
        # the bytes they were.
        self._decoder = codecs.getincrementaldecoder(charset)("surrogateescape")
        self._begun = False
        self._first = ""
        self._else = "none" if kind == "bytes" else "text"
        self._inner: _Cutter | None = None if kind in ("sniffed", "bytes") else self._made(kind)

    @property
    def held(self) -> bytes:
        """What came and has not gone out."""
        text = self._first + (self._inner.held if self._inner else "")
        return self.spell(text) + self._decoder.getstate()[0]

    def feed(self, data: bytes) -> list[Piece]:
        return self._cut(self._decoder.decode(data))

    def end(self) -> list[Piece]:
        """The rest of a stream that has ended well."""
        pieces = self._cut(self._decoder.decode(b"", final=True))
        if self._inner is None:
            first, self._first = self._first, ""
            self._inner = self._made(_sniffed(first, final=True) or self._else)
            pieces += self._inner.feed(first)
        return [*pieces, *self._inner.end()]

    def spell(self, text: str) -> bytes:
        return text.encode(self._charset, "surrogateescape")

    def _cut(self, text: str) -> list[Piece]:
        if not text:
            return []
        mark = ""
        if not self._begun and text.startswith(_MARK):
            mark, text = _MARK, text[1:]
        self._begun = True
        return [*as_it_came(mark), *(self._inner.feed(text) if self._inner else self._begin(text))]

    def _begin(self, text: str) -> list[Piece]:
        """Blanks go out at once: some servers send them to say that there is more to come."""
        text = self._first + text
        self._first = text.lstrip(_BLANK)
        pieces = as_it_came(text[: len(text) - len(self._first)])
        kind = _sniffed(self._first, final=False)
        if kind is not None:
            self._inner, first, self._first = self._made(kind), self._first, ""
            pieces += self._inner.feed(first)
        return pieces

    def _made(self, kind: str) -> _Cutter:
        match kind:
            case "events":
                return EventCutter(self._terms)
            case "lines":
                return LineCutter(self._charset, self._terms)
            case "values":
                return ValueCutter(self._charset, self._terms)
            case _:
                return TextCutter(self._charset, self._terms, closed=self._else == "none")


def is_endless(headers: Headers) -> bool:
    """True for a media type that says itself that it is sent bit by bit, without an end to wait for."""
    media = _media(headers)
    return media is not None and (media.type == _EVENTS or media.type in _LINES)


def cutter_of(headers: Headers, terms: Terms) -> Cutter | None:
    """How a stream with these headers is cut; None where nothing in it could be restored."""
    media = _media(headers)
    if media is None:
        return None
    try:
        charset = charset_of(media.charset)
    except PayloadError:
        return None
    if media.type == _EVENTS:
        return Cutter("events", "utf-8", terms)
    if charset.startswith("utf-16"):
        return None
    if media.type in _LINES:
        return Cutter("lines", charset, terms)
    if media.is_json:
        return Cutter("values", charset, terms)
    if media.type == _BYTES:
        return Cutter("bytes", charset, terms)
    return Cutter("sniffed", charset, terms) if media.type in _SNIFFED else None


def says_nothing(headers: Headers) -> bool:
    """True for a media type under which anything may come, an endless stream too."""
    media = _media(headers)
    return media is not None and (media.type in _SNIFFED or media.type == _BYTES)


def is_events(headers: Headers, body: bytes) -> bool:
    """True for a whole reply that is an event stream from end to end and does not say so."""
    if body[:1] not in _EVENT_BEGINS or not says_nothing(headers) or b"data:" not in body:
        return False
    text = body.decode("latin-1").removeprefix("\xef\xbb\xbf")
    at = 0
    while line := _EVENT_LINE.match(text, at):
        at = line.end()
    return at == len(text) and text.endswith(("\n\n", "\r\r", "\r\n\r\n"))


def _media(headers: Headers) -> Media | None:
    try:
        return media_of(headers)
    except PayloadError:
        return None


def _sniffed(text: str, *, final: bool) -> str | None:
    """What a stream that begins so is; None while that can't be told."""
    if _EVENT_FIELD.match(text):
        return "events"
    if text.startswith("{") or _ARRAY.match(text):
        return "values"
    unsure = text.startswith("[") or any(field.startswith(text) for field in _EVENT_FIELDS)
    return None if unsure and len(text) < _UNSURE_FOR and not final else "text"
