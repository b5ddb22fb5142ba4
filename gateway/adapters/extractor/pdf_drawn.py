"""What the streams that draw a PDF say: pages, and forms whether a page draws them or not, with what is said aside.

A form of its own may be drawn by nothing, by a note, or by a button; whoever opens the file with an editor sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, StreamObject

from gateway.adapters.extractor.formats import UnreadableError

_UNKNOWN = "\ufffd"
"""Stands for a letter of a font that does not say what it is."""

_TURNS = (0, 90, 180, 270)
_INLINE_PICTURE = re.compile(rb"(?:\A|\s)BI\s.{0,4096}?\sID\s", re.DOTALL)
_SHOWS = frozenset({b"Tj", b"TJ", b"'", b'"'})
_STRING = re.compile(rb"\((?:[^\\()]|\\.|\((?:[^\\()]|\\.)*+\))*+\)", re.DOTALL)
_REMARK = re.compile(rb"%[^\r\n]{3,}+")


def page_texts(page: PageObject, reader: PdfReader) -> list[str]:
    """A page's text; one that draws something but has none may be a drawing of a text. Raises UnreadableError."""
    text = page.extract_text(orientations=_TURNS)
    contents = page.get_contents()
    if contents is None:
        return [_certain(text)]
    if contents.get_data().strip() and not text.strip():
        raise UnreadableError
    return [_certain(text), *_aside(contents, reader)[0]]


def form_texts(form: StreamObject, reader: PdfReader) -> list[str]:
    """The same of a form, which may well be a drawing, but not of letters that nobody can read."""
    text = reader.pages[0].extract_xform_text(form, orientations=_TURNS) if reader.pages else ""  # type: ignore[arg-type] # any stream
    aside, shows = _aside(form, reader)
    if shows and not text.strip():
        raise UnreadableError
    return [_certain(text), *aside]


def _certain(text: str) -> str:
    if _UNKNOWN in text:
        raise UnreadableError
    return text


def _aside(stream: StreamObject, reader: PdfReader) -> tuple[list[str], bool]:
    """Strings that are drawn by nothing (a reading for the blind, a property) and remarks; whether any is drawn."""
    data = stream.get_data()
    if _INLINE_PICTURE.search(data):
        raise UnreadableError
    found, shows = list[str](), False
    for operands, operator in ContentStream(stream, reader).operations:
        if operator in _SHOWS:
            shows = True
        else:
            found += _strings(operands)
    found += [remark.decode("utf-8", "replace") for remark in _REMARK.findall(_STRING.sub(b"()", data))]
    return found, shows


def _strings(value: object) -> Iterator[str]:
    match value:
        case DictionaryObject():
            for inner in value.values():
                yield from _strings(inner)
        case ArrayObject() | list():
            for inner in value:
                yield from _strings(inner)
        case str() if not value.startswith("/"):
            yield str(value)
        case bytes():
            yield value.decode("utf-8", "replace")
