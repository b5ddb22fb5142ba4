"""Documents inside texts: JSON, URLs, query strings, XML, HTML, GraphQL, found by how the text begins; coded texts.

A guess that does not read cleanly leaves the text a text. A guess that reads but is nested too deep is refused: texts
so hidden were not looked into.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.core.codec.broken import broken_json_part, broken_xml_part
from gateway.core.codec.budget import Budget, MalformedError, too_deep
from gateway.core.codec.csv import csv_part, looks_like_table
from gateway.core.codec.encoded import encoded_part, is_coded, packed_part
from gateway.core.codec.escapes import is_rather_printable
from gateway.core.codec.form import form_part
from gateway.core.codec.graphql import LOOKS_LIKE_GRAPHQL, graphql_part
from gateway.core.codec.html import html_part
from gateway.core.codec.html_sent import LOOKS_LIKE_HTML, html_sent_part
from gateway.core.codec.json import json_part
from gateway.core.codec.json_lines import json_lines_part
from gateway.core.codec.octets import may_be_packed
from gateway.core.codec.sniff import holds_pairs
from gateway.core.codec.url import anatomy, url_part
from gateway.core.codec.words import has_words
from gateway.core.codec.xml import xml_part
from gateway.model.document import Part
from gateway.model.names import PartName, Path

Reader = Callable[[PartName, Path, str, Budget], Part]

_JSON = re.compile(r"[ \t\r\n\ufeff]*+[{\[]")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*+://\S++\Z")
_RELATIVE = re.compile(r"(?!=)[^\s?#<]*+[?#][^\s=&#]++=\S*+\Z")
_FORM = re.compile(r"[^\s=&?#/;]++=[^\s&]*+&\S++\Z")
_MARKUP = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9:-]*+[\s/>]|/[a-zA-Z]|!)")

_XML = re.compile(r"[ \t\r\n\ufeff]*+<[^\W\d?]|\ufeff?<\?xml\s")
_DECLARED_XML = re.compile(r"\ufeff?<\?xml\s")
_HIDES = re.compile(r"&(?:#|[a-zA-Z])|%[0-9a-fA-F]{2}")
"""Character references, percent-coding."""

_OPERATIONS = frozenset("qmsf#")
_BRACE = re.compile(r"^[^#\n]*\{", re.MULTILINE)
"""Outside of a remark: without one there is no operation."""

_JSON_FIRST = (json_part, graphql_part, json_lines_part, broken_json_part)
_BY_BEGINNING = frozenset((json_part, json_lines_part, broken_json_part, xml_part))
"""What encoded words may stand in; to other readers their own question marks and equals signs are syntax."""


def look_inside(budget: Budget, name: PartName, path: Path, text: str) -> Part | None:
    """The document that a text is, one level down; None if it is none. Raises PayloadError (GW-P109, P110, P111)."""
    readers = _readers(text, budget)
    if not readers or budget.level >= budget.MOST_LEVELS + budget.bounded:
        return None
    budget.level += 1
    try:
        part = _first(readers, name, path, text, budget)
    finally:
        budget.level -= 1
    if part is not None and budget.level >= budget.MOST_LEVELS:
        raise too_deep()
    return part


def _first(readers: tuple[Reader, ...], name: PartName, path: Path, text: str, budget: Budget) -> Part | None:
    """What the first reader makes of it that finds it well-formed."""
    for reader in readers:
        try:
            return reader(name, path, text, budget)
        except MalformedError:
            continue
    return None


def _readers(text: str, budget: Budget) -> tuple[Reader, ...]:
    """What the text may be, the likeliest first; in the end a text in a coding of its own."""
    plain = _plain(text, budget)
    if may_be_packed(text):
        plain = (packed_part, *plain)
    if "=?" in text and has_words(text):
        return (*(one for one in plain if one in _BY_BEGINNING), encoded_part)
    return (*plain, encoded_part) if is_coded(text) else plain


def _plain(text: str, budget: Budget) -> tuple[Reader, ...]:
    if len(text) < 3:
        return ()
    if text[0] in "{[ \t\r\n\ufeff" and _JSON.match(text):
        return _JSON_FIRST
    if "=" in text:
        if "&" in text and (_FORM.match(text) or holds_pairs(text)):
            return () if is_rather_printable(text) else (form_part,)
        if _RELATIVE.match(text):
            return (url_part,)
    if "://" in text and _URL.match(text) and _has_more_than_a_host(text):
        return (url_part,)
    if "<" in text:
        return _markup(text, budget)
    if text[0] in _OPERATIONS and LOOKS_LIKE_GRAPHQL.match(text) and _BRACE.search(text):
        return (graphql_part,)
    return (csv_part,) if "\n" in text and looks_like_table(text) else ()


def _markup(text: str, budget: Budget) -> tuple[Reader, ...]:
    """XML where it begins as such. Of a reply only what declares itself: HTML is the safer guess there.

    The HTML of a request is looked into where it is not all to be read as it stands: whole it is protected as a whole.
    """
    if budget.markup:
        html: tuple[Reader, ...] = (html_part,) if _MARKUP.search(text) else ()
        return (xml_part, *html) if _DECLARED_XML.match(text) else html
    html = (html_sent_part,) if _HIDES.search(text) and LOOKS_LIKE_HTML.search(text) else ()
    if "</" in text:
        html = (*html, broken_xml_part)
    if _XML.match(text) and not LOOKS_LIKE_HTML.match(text):
        return (xml_part, *html)
    if text[0] in _OPERATIONS and LOOKS_LIKE_GRAPHQL.match(text):
        return (graphql_part, *html)
    return html


def _has_more_than_a_host(text: str) -> bool:
    parts = anatomy(text)
    return bool(parts.user or parts.query or parts.fragment or parts.path.end - parts.path.start > 1)
