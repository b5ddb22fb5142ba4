"""The texts of zip archives, and of the office documents that are archives of XML (OOXML, OpenDocument).

Limits: entries, bytes when unpacked, ratio, depth of archives in archives. Whatever is neither text nor XML nor a PDF
nor again an archive (pictures, macros, fonts, unknown or encrypted entries) makes the archive one that can't be read
whole. Names of entries and the archive's comments are texts too.
"""

from __future__ import annotations

import io
import struct
import zipfile
from xml.parsers import expat

from gateway.adapters.extractor.formats import BROKEN, UnreadableError
from gateway.adapters.extractor.pdf import pdf_texts

_MOST_ENTRIES = 2_000
_MOST_BYTES = 64 * 2**20
_MOST_RATIO = 100
_JUDGED_ABOVE = 2**20
_MOST_DEPTH = 3
_MOST_EXTRA = 512
_DESCRIPTOR = 20
"""Bytes that may stand behind an entry: its sizes, where they were not known before."""
_BLOCKS = frozenset(
    {"p", "t", "si", "c", "tr", "row", "tab", "br", "h", "list-item", "table-cell", "line-break", "s", "v", "is", "f"}
)
"""Elements behind which a new text begins: cells and paragraphs would else be read as one word."""

_TEXT_NAMES = (".txt", ".csv", ".tsv", ".json", ".md", ".log", ".ini", ".yaml", ".yml", ".rels", ".html", ".htm")
_XML_NAMES = (".xml", ".rels", ".vml", ".rdf", ".svg", ".xhtml")
_WITHOUT_TEXT = (".ttf", ".odttf", ".otf")


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
        texts = [archive.comment.decode("utf-8", "replace")]
        _refuse_hidden(body, archive)
        for entry in archive.infolist():
            allowance.entries -= 1
            if allowance.entries < 0 or entry.flag_bits & 0x1:
                raise UnreadableError
            texts += [entry.filename, entry.comment.decode("utf-8", "replace")]
            if not entry.is_dir():
                texts += _entry(entry.filename.lower(), _unpacked(archive, entry, allowance), allowance, depth)
    return [text for text in texts if text.strip()]


def _refuse_hidden(body: bytes, archive: zipfile.ZipFile) -> None:
    """Twins of one name, and bytes that no entry covers: readers differ in what they take."""
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    if len({entry.filename for entry in entries}) != len(entries):
        raise UnreadableError
    at = 0
    for entry in entries:
        names, extra = struct.unpack_from("<HH", body, entry.header_offset + 26)
        told_later = entry.flag_bits & 0x8
        gap = entry.header_offset - at
        if not 0 <= gap <= (_DESCRIPTOR if at else 0) or extra > _MOST_EXTRA:
            raise UnreadableError
        at = entry.header_offset + 30 + names + extra + entry.compress_size
        if told_later and body[at : at + 4] == b"PK\x07\x08":
            at += 4
    if not 0 <= archive.start_dir - at <= _DESCRIPTOR:
        raise UnreadableError


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowance: _Allowance) -> bytes:
    most = min(allowance.bytes, max(_JUDGED_ABOVE, entry.compress_size * _MOST_RATIO))
    with archive.open(entry) as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise UnreadableError
    allowance.bytes -= len(raw)
    return raw


def _entry(name: str, raw: bytes, allowance: _Allowance, depth: int) -> list[str]:
    if raw.startswith(b"PK\x03\x04"):
        return _archive(raw, allowance, depth + 1)
    if raw.startswith(b"%PDF-"):
        return pdf_texts(raw)
    if not raw or name.endswith(_WITHOUT_TEXT):
        return []
    if name.endswith(_XML_NAMES) or raw.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        return _xml(raw)
    if name.endswith(_TEXT_NAMES) or name == "mimetype":
        return [_decoded(raw)]
    raise UnreadableError


def _decoded(raw: bytes) -> str:
    for charset in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1251"):
        try:
            text = raw.decode(charset)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableError


def _says_nothing(attribute: str) -> bool:
    """True for names of namespaces and for the random numbers of revisions."""
    return attribute.startswith("xmlns") or attribute.rpartition(":")[2].startswith(("rsid", "paraId", "textId"))


def _xml(raw: bytes) -> list[str]:
    """Texts, and values of attributes. Without document types: no entities, nothing from elsewhere."""
    parser = expat.ParserCreate()
    texts: list[str] = []
    pieces: list[str] = []

    def refuse(*_: object) -> None:
        raise UnreadableError

    def flush() -> None:
        if pieces:
            texts.append("".join(pieces))
            pieces.clear()

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] in _BLOCKS:
            flush()
        texts.extend(value for key, value in attributes.items() if len(value) > 2 and not _says_nothing(key))

    def end(name: str) -> None:
        if name.rpartition(":")[2] in _BLOCKS:
            flush()

    parser.StartDoctypeDeclHandler = refuse
    parser.CommentHandler = texts.append
    parser.ProcessingInstructionHandler = lambda _, data: texts.append(data)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
    parser.Parse(raw, True)  # noqa: FBT003 - a C function: positions only
    flush()
    return texts
