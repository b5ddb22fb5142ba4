"""A message as an address space of texts: Document, Part, Leaf, Span.

A Part is one stretch of text with a syntax (a JSON body, a query string, the header block). Its Leaves are the
addressable scalars, object keys included; each knows the exact stretch (``raw``) that spells it, so a rewrite splices
new spellings into the old text and every untouched byte stays. A leaf whose text is itself a document (JSON in a
string, a URL, a cookie header) carries it as ``inner``; the leaves of the inner part are addressed below the outer
path.

``Document.leaves`` are the *terminal* leaves in reading order; a leaf's place in that order is its ordinal, by which
Findings and Steps name it. (A path does not do: duplicate keys, and a key beside its value, share one.)

These types hold plaintext: their repr shows sizes only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from msgspec import Struct

from gateway.model.names import PartName, Path
from gateway.model.swift import swift

Syntax = Literal[
    "json",
    "script_json",
    "form",
    "query",
    "cookies",
    "headers",
    "segments",
    "text",
    "url",
    "html",
    "html_sent",
    "json_lines",
    "script_json_lines",
    "xml",
    "csv",
    "graphql",
    "protobuf",
    "grpc",
    "grpc_text",
    "multipart",
    "field",
    "file",
    "encoded",
    "opaque",
    "empty",
]
"""``encoded`` is a text in a coding of its own (Base64, escapes …), its leaves what that says. ``script_json`` is JSON
that stands inside HTML: spelled so that it can't end the script or open a tag. ``html_sent`` is the HTML of requests,
looked into everywhere; ``html`` that of replies. The text of ``protobuf``, ``grpc`` and ``multipart`` is bytes read as
ISO 8859-1; ``field`` is one text of a multipart body, ``file`` a stand-in for a file.
"""

Spelling = Literal[
    "json_string",
    "json_number",
    "json_literal",
    "script_json",
    "form",
    "query",
    "fragment",
    "segment",
    "host",
    "cookie",
    "header",
    "header_name",
    "base64",
    "plain",
    "html_text",
    "html_attribute",
    "html_bare",
    "html_comment",
    "script_string",
    "xml_text",
    "xml_attribute",
    "xml_name",
    "xml_comment",
    "xml_instruction",
    "csv_cell",
    "graphql_name",
    "graphql_comment",
    "protobuf_text",
    "protobuf_either",
    "protobuf_message",
    "protobuf_number",
    "grpc_message",
    "grpc_trailers",
    "base64_bytes",
    "content",
    "parameter",
    "extended",
    "part_header",
    "locked",
    "base64_text",
    "hex",
    "octets",
    "words",
    "percent",
    "percent_unicode",
    "entities",
    "json_escapes",
    "quoted_printable",
    "calendar",
]
"""``base64`` is what Basic authentication spells; ``base64_text`` any text that is Base64. ``content`` of a part of a
multipart body is spelled as its inner part says; ``locked``: nothing can be put there.
"""

NUMBERS = frozenset({"json_number", "protobuf_number"})
"""Spellings in which a number stands: a finding covers the whole of it, and what goes out is a number again."""


class Span(Struct, frozen=True, gc=False):
    """A half-open stretch in code points of one text."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def union(self, other: Span) -> Span:
        return Span(min(self.start, other.start), max(self.end, other.end))


WHOLE = Span(0, 2**62)
"""A text from end to end, however long it is."""


def span_in(text: str, start: int, end: int) -> Span:
    """The stretch; ``WHOLE`` if it is all of the text, so that equal stretches are equal."""
    return WHOLE if start == 0 and end == len(text) else Span(start, end)


class Leaf(Struct, frozen=True, gc=False):
    """One addressable text.

    ``text`` is what it means (unescaped, decoded), ``raw`` the stretch of its part's text that spells it (quotes
    included), ``spelling`` how a new text would have to be written there. ``is_key`` marks an object key, a header,
    cookie or pair name; its path is that of the member it names.
    """

    path: Path
    text: str
    raw: Span
    spelling: Spelling
    is_key: bool = False
    inner: Part | None = None

    def __repr__(self) -> str:
        return f"Leaf(depth={len(self.path)}, chars={len(self.text)}, {self.spelling})"


class Place(NamedTuple):
    """Where a leaf stands and how it is spelled: all of it but its text."""

    path: Path
    spelling: Spelling
    is_key: bool

    def __repr__(self) -> str:
        return f"Place(depth={len(self.path)}, {self.spelling})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Outline:
    """The terminal leaves without their texts, in reading order.

    There is one object an outline, so that what follows from it alone is worked out once. Keys stand in it: only those
    that can be names of fields (``core/keys.py``) are remembered in this way.
    """

    places: tuple[Place, ...]

    def __repr__(self) -> str:
        return f"Outline(leaves={len(self.places)})"


@swift
@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """One stretch of text in one syntax; ``text`` is ``raw`` decoded in ``charset``, with a byte order mark kept."""

    name: PartName
    syntax: Syntax
    text: str
    leaves: tuple[Leaf, ...] = ()
    raw: bytes = b""
    charset: str = "utf-8"
    codings: tuple[str, ...] = ()
    """Content codings (gzip, br, zstd, deflate) undone to reach ``raw``, outermost first; redone on rewrite."""
    wire: bytes | None = None
    """A body as it was received, codings and all; None once rewritten."""
    outline: Outline | None = field(default=None, compare=False)
    """Of the leaves, where the codec knows it."""
    boundary: str = ""
    form: bool = False
    """Of a multipart text: what stands between its parts, and whether they are fields."""

    def __repr__(self) -> str:
        return f"Part({self.name}, {self.syntax}, chars={len(self.text)}, leaves={len(self.leaves)})"


@swift
@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """One message: its parts and, derived, its terminal leaves."""

    parts: tuple[Part, ...]
    outline: Outline | None = field(default=None, compare=False)
    """Of all its leaves, where messages like it are remembered."""
    leaves: tuple[Leaf, ...] = field(init=False)

    def __post_init__(self) -> None:
        leaves: list[Leaf] = []
        for part in self.parts:
            leaves += part.leaves if part.outline else terminal_leaves(part)
        object.__setattr__(self, "leaves", tuple(leaves))

    def __repr__(self) -> str:
        return f"Document(parts={len(self.parts)}, leaves={len(self.leaves)})"

    def part(self, name: PartName) -> Part | None:
        return next((part for part in self.parts if part.name == name), None)


def terminal_leaves(part: Part) -> Iterator[Leaf]:
    """The leaves of a part in reading order, inner documents in place of the leaves that hold them."""
    for leaf in part.leaves:
        if leaf.inner is None:
            yield leaf
        else:
            yield from terminal_leaves(leaf.inner)
