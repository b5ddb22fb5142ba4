"""The texts of a PDF: of its pages, its form fields, notes, bookmarks and its description.

A PDF with pictures, attachments, scripts or encryption is none that can be read whole: a scanned passport has no text.
"""

from __future__ import annotations

import io
import logging
import re

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject, StreamObject

from gateway.adapters.extractor.formats import BROKEN, UnreadableError
from gateway.adapters.extractor.pdf_rest import rest_of

_MOST_PAGES = 500
_MOST_OBJECTS = 100_000
_UNSEEN = frozenset({"/EmbeddedFile", "/EmbeddedFiles", "/JavaScript", "/JS", "/RichMedia", "/XFA", "/Movie", "/Sound"})
_PICTURES = frozenset({"/Image"})
_WORDLESS = frozenset({"/FunctionType", "/ShadingType", "/N"})
"""Functions, shadings, colour profiles."""

_OF_FONTS = frozenset({"/ToUnicode", "/CIDToGIDMap", "/Encoding", "/CharProcs"})
_UNKNOWN = "\ufffd"
"""Stands for a letter of a font that does not say what it is."""

_INLINE_PICTURE = re.compile(rb"(?:\A|\s)BI\s.{0,4096}?\sID\s", re.DOTALL)


def pdf_texts(body: bytes) -> list[str]:
    """Raises UnreadableError."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)  # it quotes what it can't read
    try:
        return _texts(PdfReader(io.BytesIO(body), strict=False), body)
    except (*BROKEN, PyPdfError) as error:
        raise UnreadableError from error


def _texts(reader: PdfReader, body: bytes) -> list[str]:
    if reader.is_encrypted or len(reader.pages) > _MOST_PAGES:
        raise UnreadableError
    seen, read = set[int](), {id(part) for page in reader.pages for part in _contents(page)}
    strings = _strings([reader.trailer], seen, read)
    strings += _strings(list(rest_of(body, reader, seen)), seen, read)
    pages = [_page(page) for page in reader.pages]
    return [text for text in (*pages, *strings) if text.strip()]


def _contents(page: PageObject) -> list[object]:
    """The streams that draw a page, as the library keeps them."""
    whole = page.get("/Contents", NullObject()).get_object()
    return [part.get_object() for part in whole] if isinstance(whole, ArrayObject) else [whole]


def _page(page: PageObject) -> str:
    """A page's text; one that draws something but has none may be a drawing of a text, and letters may be unknown."""
    text = page.extract_text()
    contents = page.get_contents()
    drawn = contents.get_data().strip() if contents is not None else b""
    if (drawn and not text.strip()) or _UNKNOWN in text or _INLINE_PICTURE.search(drawn):
        raise UnreadableError
    return text


def _strings(waiting: list[object], seen: set[int], read: set[int]) -> list[str]:
    """Every string outside of pages' contents, walked from there: notes, fields, bookmarks, metadata.

    ``read``: streams by identity that are read as what they are; any other might say something that nobody looked at.
    """
    found: list[str] = []
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if len(seen) > _MOST_OBJECTS:
            raise UnreadableError
        if isinstance(one, DictionaryObject):
            if isinstance(one, StreamObject) and id(one) not in read and not _is_known(one):
                raise UnreadableError
            read |= {id(part) for part in _without_words(one)}
            waiting += _members(one, found)
        elif isinstance(one, ArrayObject):
            waiting += list(one)
        elif isinstance(one, str) and not one.startswith("/"):
            found.append(str(one))
    return found


def _is_known(stream: StreamObject) -> bool:
    """True for what pages draw by name, metadata, and what says by its kind that it holds no words."""
    return stream.get("/Subtype") == "/Form" or stream.get("/Type") == "/Metadata" or bool(_WORDLESS & stream.keys())


def _without_words(one: DictionaryObject) -> list[object]:
    """The streams that this one has for its letters and colours."""
    parts = [value.get_object() for key, value in one.items() if key in _OF_FONTS or key.startswith("/FontFile")]
    glyphs = [glyph.get_object() for part in parts if isinstance(part, DictionaryObject) for glyph in part.values()]
    return [*parts, *glyphs] if "/Font" in str(one.get("/Type")) else []


def _members(one: DictionaryObject, found: list[str]) -> list[object]:
    if _UNSEEN & one.keys() or one.get("/Subtype") in _PICTURES or one.get("/Type") in _UNSEEN:
        raise UnreadableError
    if isinstance(one, StreamObject) and one.get("/Type") == "/Metadata":
        found.append(one.get_data().decode("utf-8", "replace"))
    # ID is a digest, and a font's own names are no text of the document.
    if one.get("/Type") == "/FontDescriptor":
        return [value for key, value in one.items() if key.startswith("/FontFile")]
    return [value for key, value in one.items() if key != "/ID"]
