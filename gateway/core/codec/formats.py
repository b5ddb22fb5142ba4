"""Which syntax a body is read in: what it looks like where that is certain, else what its media type says.

One line a media type; a label that stands here nowhere is one that nobody can look into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from gateway.core.codec.broken import names_strings
from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.csv import csv_part, looks_like_table
from gateway.core.codec.form import form_part
from gateway.core.codec.graphql import graphql_part
from gateway.core.codec.grpc import grpc_part, grpc_text_part
from gateway.core.codec.html import html_part
from gateway.core.codec.html_sent import html_sent_part
from gateway.core.codec.json import json_part
from gateway.core.codec.json_lines import json_lines_part, looks_like_lines
from gateway.core.codec.media import Media
from gateway.core.codec.protobuf import protobuf_part
from gateway.core.codec.sniff import looks_like_form
from gateway.core.codec.text import text_part
from gateway.core.codec.xml import xml_part
from gateway.model.document import Part
from gateway.model.errors import PayloadError
from gateway.model.names import PartName, Path
from gateway.model.protobuf import Schema

Reader = Callable[[PartName, Path, str, Budget], Part]
SchemaReader = Callable[[PartName, Path, str, Budget, Schema, str], Part]
BinaryReader = Callable[[str, Budget], Part]
"""Of bytes read as ISO 8859-1."""

_JSON = re.compile(r"\ufeff?[ \t\r\n]*+[{\[]")
_XML = re.compile(r"\ufeff?(?:<\?xml\s|<[^\W\d][\w:.-]*+(?=[\s/>])[^>]*+\sxmlns[:=])")
_ELEMENT = re.compile(r"\ufeff?[ \t\r\n]*+<(?:\?xml\s|[^\W\d])")
_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_HEAD = 1024
_RENDERED = re.compile(r"application/.*(?:script|html|xml|xsl|css|svg|pdf|flash|java)|image/svg")
_NEVER_RENDERED = re.compile(r"(?:application|image|audio|video|font)/.")


def reader_of(media: Media, budget: Budget) -> Reader | None:
    """By media type; None for one that nobody can look into."""
    if media.type == "text/html":
        return html_part if budget.markup else html_sent_part
    if media.is_xml:
        return xml_part
    return _READERS.get(media.type)


def looks_like(media: Media, text: str, budget: Budget, known: Reader | None) -> Iterator[Reader]:
    """What a body may be whatever its label says, the likeliest first.

    Of a reply only where no browser goes by the label, and then spelled so that none finds markup in it.
    """
    if known is None and not is_told_by_look(media, budget):
        return
    if _JSON.match(text):
        yield from _like_json(media, text, budget, known)
    elif looks_like_lines(text):
        yield partial(json_lines_part, script=_for_scripts(media, budget, known))
    if budget.markup and known in _RENDERERS:
        return
    if (_ELEMENT if known is None and not budget.markup else _XML).match(text) and not _PAGE.search(text, 0, _HEAD):
        yield xml_part
    if looks_like_table(text):
        yield csv_part
    if looks_like_form(text):
        yield form_part


def _like_json(media: Media, text: str, budget: Budget, known: Reader | None) -> Iterator[Reader]:
    """JSON, several of it, or what was meant to be some: that is a text with names in it."""
    script = _for_scripts(media, budget, known)
    yield partial(json_part, syntax="script_json") if script else json_part
    if looks_like_lines(text):
        yield partial(json_lines_part, script=script)
    if known is not None and not budget.markup and names_strings(text):
        yield text_part


def _for_scripts(media: Media, budget: Budget, known: Reader | None) -> bool:
    return budget.markup and (known is None or media.type == "text/html")


def is_told_by_look(media: Media, budget: Budget) -> bool:
    """True for a request, and for a reply whose label makes no browser render or run it."""
    if not budget.markup or media.type in _VAGUE or media.type in _READERS:
        return True
    return bool(_NEVER_RENDERED.match(media.type) and not _RENDERED.match(media.type))


def is_message(media: Media) -> bool:
    """True for media types that are messages by themselves: no file rule is asked unless it names the very type."""
    text = media.is_json or media.is_xml or media.type in {"", "text/html"} or media.type in _READERS
    return text or binary_reader(media) is not None


def broken(media: Media, error: MalformedError) -> PayloadError:
    """What to say of a body that is not what its label says."""
    if media.is_xml:
        return PayloadError(
            "GW-P120",
            f"the body is labelled XML but is not well-formed at character {error.at}, so it can't be inspected.",
            "send well-formed XML 1.0.",
        )
    return PayloadError(
        "GW-P101",
        f"the body is labelled {media.type} but is none at character {error.at}, so it can't be inspected.",
        "send what the label says.",
    )


def binary_reader(media: Media) -> BinaryReader | None:
    """For media types whose bytes are no text."""
    reader = _BINARY.get(media.type.partition("+")[0] if media.type.endswith("+proto") else media.type)
    return None if reader is None else partial(_binary, reader)


def _binary(reader: SchemaReader, text: str, budget: Budget) -> Part:
    try:
        return reader("body", ("body",), text, budget, budget.schema, budget.message)
    except MalformedError as error:
        raise PayloadError(
            "GW-P121",
            f"the body is labelled Protocol Buffers or gRPC but is none at byte {error.at}, so it can't be inspected.",
            "send a whole message; groups and compressed messages can't be read.",
        ) from None


def _table_or_text(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """Quotes that never end make no table."""
    try:
        return csv_part(name, base, text, budget)
    except MalformedError:
        return text_part(name, base, text, budget)


def _graphql_or_text(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    try:
        return graphql_part(name, base, text, budget)
    except MalformedError:
        return text_part(name, base, text, budget)


_VAGUE = frozenset({"", "text/plain", "application/octet-stream"})
"""Labels that say next to nothing."""

_RENDERERS = frozenset({html_part, xml_part})
"""Of replies that browsers render: tables and pairs in them are what the label says."""

_TABLES = "text/csv application/csv text/x-csv text/comma-separated-values text/tab-separated-values".split()
_LINES = """application/x-ndjson application/ndjson application/jsonl application/x-jsonlines application/json-lines
application/jsonlines application/json-seq application/geo+json-seq text/x-ndjson text/jsonl""".split()
_READERS: dict[str, Reader] = {
    "application/x-www-form-urlencoded": form_part,
    "application/graphql": _graphql_or_text,
    **dict.fromkeys(("text/plain", "text/markdown", "text/x-markdown"), text_part),
    **dict.fromkeys(_TABLES, _table_or_text),
    **dict.fromkeys(_LINES, json_lines_part),
}
_BINARY: dict[str, SchemaReader] = {
    **dict.fromkeys(
        (
            "application/x-protobuf",
            "application/protobuf",
            "application/vnd.google.protobuf",
            "application/x-google-protobuf",
        ),
        protobuf_part,
    ),
    "application/grpc": grpc_part,
    "application/grpc-web": grpc_part,
    "application/grpc-web-text": grpc_text_part,
}
