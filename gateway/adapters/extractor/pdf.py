"""The texts of a PDF: of its pages, its forms and their fields, notes, bookmarks and its description.

A PDF with pictures, attachments, scripts or encryption is none that can be read whole: a scanned passport has no text.
"""

from __future__ import annotations

import io
import logging

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject, StreamObject

from gateway.adapters.extractor.formats import BROKEN, UnreadableError
from gateway.adapters.extractor.pdf_drawn import form_texts, page_texts
from gateway.adapters.extractor.pdf_rest import rest_of
from gateway.adapters.extractor.pdf_values import text_of

_MOST_PAGES = 500
_MOST_OBJECTS = 100_000
_UNSEEN = frozenset({"/EmbeddedFile", "/EmbeddedFiles", "/JavaScript", "/JS", "/RichMedia", "/XFA", "/Movie", "/Sound"})
_PICTURES = frozenset({"/Image"})
_WORDLESS = frozenset({"/FunctionType", "/ShadingType", "/N"})
"""Functions, shadings, colour profiles."""

_OF_FONTS = frozenset({"/ToUnicode", "/CIDToGIDMap", "/Encoding", "/CharProcs"})


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
    pages = [text for page in reader.pages for text in page_texts(page, reader)]
    walk = _Walk(reader, {id(part) for page in reader.pages for part in _contents(page)})
    strings = walk.strings([reader.trailer])
    strings += walk.strings(list(rest_of(body, reader, walk.seen)))
    return [text for text in (*pages, *strings) if text.strip()]


def _contents(page: PageObject) -> list[object]:
    """The streams that draw a page, as the library keeps them."""
    whole = page.get("/Contents", NullObject()).get_object()
    return [part.get_object() for part in whole] if isinstance(whole, ArrayObject) else [whole]


class _Walk:
    """Every string outside of pages' contents: notes, fields, bookmarks, metadata, forms.

    ``read``: streams by identity that are read as what they are; any other might say something that nobody looked at.
    """

    def __init__(self, reader: PdfReader, read: set[int]) -> None:
        self.seen = set[tuple[int, int]]()
        """Numbers and generations."""

        self._reader = reader
        self._read = read

    def strings(self, waiting: list[object]) -> list[str]:
        found: list[str] = []
        while waiting:
            one = waiting.pop()
            if isinstance(one, IndirectObject):
                name = one.idnum, one.generation
                if name in self.seen:
                    continue
                self.seen.add(name)
                one = one.get_object()
            if len(self.seen) > _MOST_OBJECTS:
                raise UnreadableError
            if isinstance(one, DictionaryObject):
                self._looked_at(one, found)
                waiting += _members(one, found)
            elif isinstance(one, ArrayObject):
                waiting += list(one)
            elif said := text_of(one):
                found.append(said)
        return found

    def _looked_at(self, one: DictionaryObject, found: list[str]) -> None:
        if isinstance(one, StreamObject) and id(one) not in self._read:
            if one.get("/Subtype") == "/Form":
                found += form_texts(one, self._reader)
            elif not _is_known(one):
                raise UnreadableError
        self._read |= {id(part) for part in _without_words(one)}


def _is_known(stream: StreamObject) -> bool:
    """True for metadata, and what says by its kind that it holds no words."""
    return stream.get("/Type") == "/Metadata" or bool(_WORDLESS & stream.keys())


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
