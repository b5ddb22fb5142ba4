"""The texts of zip archives, and of the office documents that are archives of XML (OOXML, OpenDocument).

Limits: entries, bytes when unpacked, ratio, depth of archives in archives. Whatever is neither text nor XML nor a PDF
nor again an archive (pictures, macros, fonts, unknown or encrypted entries) makes the archive one that can't be read
whole. Names of entries and the archive's comments are texts too.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.parsers import expat

from gateway.adapters.extractor.formats import BROKEN, UnreadableError
from gateway.adapters.extractor.pdf import pdf_texts
from gateway.adapters.extractor.zip_shell import entries_of, extra_of, texts_in, told_beside, unpacked

_MOST_ENTRIES = 2_000
_MOST_BYTES = 64 * 2**20
_MOST_RATIO = 100
_JUDGED_ABOVE = 2**20
_MOST_DEPTH = 3
_BLOCKS = frozenset(
    {"p", "si", "c", "tr", "row", "tab", "br", "h", "list-item", "table-cell", "line-break", "s", "v", "is", "f"}
)
"""Elements behind which a new text begins: cells and paragraphs would else be read as one word."""

_TEXT_NAMES = (".txt", ".csv", ".tsv", ".json", ".md", ".log", ".ini", ".yaml", ".yml", ".rels", ".html", ".htm")
_XML_NAMES = (".xml", ".rels", ".vml", ".rdf", ".svg", ".xhtml")
_FONTS = (".ttf", ".odttf", ".otf")


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_REVISION = re.compile(r"[0-9A-F]{8}")
_ODD_NAME = re.compile(r"\d{5}|[^\x00-\x7f]")
"""A name of an element or attribute that may say something of somebody."""


class _Allowance:
    """What may still be unpacked, over all depths."""

    def __init__(self) -> None:
        self.bytes = _MOST_BYTES
        self.entries = _MOST_ENTRIES


def zip_texts(body: bytes) -> list[str]:
    """Raises UnreadableError."""
    try:
        return _archive(body, _Allowance(), 0)
    except (*BROKEN, zipfile.BadZipFile, expat.ExpatError) as error:
        raise UnreadableError from error


def _archive(body: bytes, allowance: _Allowance, depth: int) -> list[str]:
    if depth >= _MOST_DEPTH:
        raise UnreadableError
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        texts = [*told_beside(archive)]
        for entry, packed in entries_of(body, archive):
            allowance.entries -= 1
            if allowance.entries < 0:
                raise UnreadableError
            texts += texts_in(extra_of(body, entry))
            most = min(allowance.bytes, max(_JUDGED_ABOVE, len(packed) * _MOST_RATIO))
            raw = unpacked(entry, packed, most)
            allowance.bytes -= len(raw)
            if entry.is_dir() and raw:
                raise UnreadableError
            texts += _entry(entry.filename.lower(), raw, allowance, depth)
    return [text for text in texts if text.strip()]


def _entry(name: str, raw: bytes, allowance: _Allowance, depth: int) -> list[str]:
    if raw.startswith(b"PK\x03\x04"):
        return _archive(raw, allowance, depth + 1)
    if raw.startswith(b"%PDF-"):
        return pdf_texts(raw)
    if name.endswith(_FONTS):
        return [*texts_in(raw)]
    if not raw:
        return []
    if name.endswith(_XML_NAMES) or raw.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        return _xml(raw)
    if name.endswith(_TEXT_NAMES) or name == "mimetype":
        return [_decoded(raw), *(texts_in(raw) if raw.startswith(_WIDE_MARKS) else ())]
    raise UnreadableError


def _decoded(raw: bytes) -> str:
    for charset in ("utf-8-sig", "utf-16") if raw.startswith(_WIDE_MARKS) else ("utf-8-sig", "cp1251"):
        try:
            text = raw.decode(charset)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text) is None:
            return text
    raise UnreadableError


def _xml(raw: bytes) -> list[str]:
    """Texts, and values of attributes. Without document types: no entities, nothing from elsewhere."""
    parser, texts = expat.ParserCreate(), _Texts()

    def refuse(*_: object) -> None:
        raise UnreadableError

    parser.StartDoctypeDeclHandler = refuse
    parser.CommentHandler = texts.all.append
    parser.ProcessingInstructionHandler = lambda *told: texts.all.extend(told)
    parser.StartElementHandler = texts.start
    parser.EndElementHandler = texts.end
    parser.CharacterDataHandler = texts.run.append
    parser.Parse(raw, True)  # noqa: FBT003 - a C function: positions only
    texts.end("p")
    return texts.all


class _Texts:
    """A paragraph is a text, wherever it is cut by a change of style; so is what stands in each element of it, where
    nothing says that the elements are cells or fields.
    """

    def __init__(self) -> None:
        self.all: list[str] = []
        self.runs: list[str] = []
        self.run: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.end(name)
        self.all += [value for key, value in attributes.items() if len(value) > 2 and not _is_revision(key, value)]
        self.all += [told for told in (name, *attributes) if _ODD_NAME.search(told)]

    def end(self, name: str) -> None:
        if self.run:
            self.runs.append("".join(self.run))
            self.run.clear()
        if self.runs and name.rpartition(":")[2] in _BLOCKS:
            self.all += ["".join(self.runs), *(self.runs if len(self.runs) > 1 else ())]
            self.runs.clear()


def _is_revision(attribute: str, value: str) -> bool:
    """True for the random numbers of revisions."""
    named = attribute.rpartition(":")[2].startswith(("rsid", "paraId", "textId"))
    return named and _REVISION.fullmatch(value) is not None
