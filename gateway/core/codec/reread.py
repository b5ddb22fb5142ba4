"""Parts read again from a text of our own, by their syntax."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from gateway.core.codec.body import read_text
from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.csv import csv_part
from gateway.core.codec.form import form_part
from gateway.core.codec.graphql import graphql_part
from gateway.core.codec.grpc import grpc_part, grpc_text_part
from gateway.core.codec.headers import reread_headers
from gateway.core.codec.html import html_part
from gateway.core.codec.html_sent import html_sent_part
from gateway.core.codec.json import json_part
from gateway.core.codec.json_lines import json_lines_part
from gateway.core.codec.media import Media
from gateway.core.codec.multipart import Told, multipart_part
from gateway.core.codec.protobuf import protobuf_part
from gateway.core.codec.text import text_part
from gateway.core.codec.url import segments_part
from gateway.core.codec.xml import xml_part
from gateway.model.document import Part, Syntax
from gateway.model.errors import PayloadError
from gateway.model.names import PartName, Path

Reader = Callable[[PartName, Path, str, Budget], Part]

READERS: Mapping[Syntax, Reader] = {
    "json": json_part,
    "script_json": partial(json_part, syntax="script_json"),
    "form": form_part,
    "query": partial(form_part, syntax="query"),
    "text": text_part,
    "html": html_part,
    "html_sent": html_sent_part,
    "json_lines": json_lines_part,
    "script_json_lines": partial(json_lines_part, script=True),
    "xml": xml_part,
    "csv": csv_part,
    "graphql": graphql_part,
    "protobuf": protobuf_part,
    "grpc": grpc_part,
    "grpc_text": grpc_text_part,
    "segments": segments_part,
    "headers": reread_headers,
}
"""Every syntax that a top-level part with leaves may have."""


_REFERENCES = frozenset({"html", "html_sent", "xml"})


def respelled(part: Part, text: str) -> Part:
    """The part with another text and no leaves: enough to be sent.

    What its charset can't hold becomes a character reference in HTML and XML, else ``?``.
    """
    if part.name != "body":
        return Part(part.name, part.syntax, text)
    if not text:
        return Part("body", "empty", "", codings=part.codings)
    raw = text.encode(part.charset, "xmlcharrefreplace" if part.syntax in _REFERENCES else "replace")
    return Part("body", part.syntax, raw.decode(part.charset), (), raw, part.charset, part.codings)


def reread(part: Part, text: str, budget: Budget) -> Part:
    """The part with another text, and the leaves that whoever gets it finds there. Raises PayloadError (GW-P114)."""
    sent = respelled(part, text)
    if sent.syntax == "empty":
        return sent
    if part.syntax == "file":
        return replace(sent, syntax="text")
    reader = _multipart(part) if part.syntax == "multipart" else READERS[part.syntax]
    try:
        again = reader(part.name, (part.name,), sent.text, budget)
    except MalformedError:
        raise PayloadError(
            "GW-P114",
            f"with the new texts the message is no {part.syntax} any more.",
            "look which rule or original changes a name that stands twice.",
        ) from None
    return replace(sent, text=again.text, leaves=again.leaves, boundary=part.boundary, form=part.form)


def _multipart(part: Part) -> Reader:
    return partial(multipart_part, read=_content, told=Told(part.boundary, part.form))


def _content(media: Media, text: str, budget: Budget, base: Path) -> Part:
    """What stands where a file stood is a text, whatever the label says."""
    try:
        return read_text(media, text, budget, base)
    except PayloadError:
        return text_part("body", base, text, budget)
