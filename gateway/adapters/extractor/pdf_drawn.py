"""What the streams that draw a PDF say: pages, and forms whether a page draws them or not, with what is said aside.

A form of its own may be drawn by nothing, by a note, or by a button; whoever opens the file with an editor sees it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pypdf import PageObject, PdfReader
from pypdf.generic import ArrayObject, ContentStream, StreamObject

from gateway.adapters.extractor.formats import UnreadableError
from gateway.adapters.extractor.pdf_lexemes import taken_apart
from gateway.adapters.extractor.pdf_values import all_in, is_string, strings_in, text_of

_UNKNOWN = "\ufffd"
"""Stands for a letter of a font that does not say what it is."""

_TURNS = (0, 90, 180, 270)
_INLINE_PICTURE = re.compile(rb"(?:\A|\s)BI\s.{0,4096}?\sID\s", re.DOTALL)
_SHOWS = {b"Tj": 1, b"TJ": 1, b"'": 1, b'"': 3}
"""By operator, how many operands it has; the last one is what it shows."""

_OPERATORS = frozenset(
    b"""
    b B b* B* BDC BMC BT BX c cm CS cs d d0 d1 Do DP EMC ET EX f F f* G g gs h i J j K k l M m MP n q Q re RG rg ri S s
    SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' " true false null
    """.split()
)
"""ISO 32000-1, annex A, pictures left out."""


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
    """Strings that are drawn by nothing (a reading for the blind, a property) and remarks; whether any is drawn.

    Raises UnreadableError where the library may have left something out.
    """
    data = stream.get_data()
    if _INLINE_PICTURE.search(data):
        raise UnreadableError
    raw = taken_apart(data, _OPERATORS)
    strings, found, shows = raw.strings, list(raw.told), False
    for operands, operator in ContentStream(stream, reader).operations:
        strings -= strings_in(operands)
        if operator in _SHOWS:
            shows = True
            if len(operands) != _SHOWS[operator] or not _is_shown(operands, in_row=operator == b"TJ"):
                raise UnreadableError  # what stands in an odd place is shown by some readers and not by others
        else:
            found += filter(None, map(text_of, all_in(operands)))
    if strings or raw.is_open:
        raise UnreadableError  # something that belongs to no operator
    return found, shows


def _is_shown(operands: Sequence[object], *, in_row: bool) -> bool:
    """True for a string, or a row of strings and numbers, behind numbers if anything."""
    *before, last = operands
    if in_row:
        return isinstance(last, ArrayObject | list) and all(is_string(one) or _is_number(one) for one in last)
    return is_string(last) and all(map(_is_number, before))


def _is_number(one: object) -> bool:
    return isinstance(one, int | float)
