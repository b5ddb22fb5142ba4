"""What is in a PDF file and in no document that a reader shows: earlier versions, objects nobody refers to, remarks.

It travels with the file all the same, and any editor of files shows it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject, read_object

from gateway.adapters.extractor.formats import UnreadableError
from gateway.adapters.extractor.pdf_lexemes import taken_apart
from gateway.adapters.extractor.pdf_values import strings_in

_OBJECT = re.compile(rb"(?<![0-9])([0-9]{1,10})\s+([0-9]{1,5})\s+obj\b")
_VALUE = re.compile(_OBJECT.pattern + rb"\s*")
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_BEGINS = b"stream"
_NO_TEXT = re.compile(
    rb"%PDF-[0-9.]+(?:\s+%[\x80-\xff]{4}(?=\s))?|%%EOF|\b(?:xref|trailer|startxref|endobj|[0-9]+|[nfR])\b"
    rb"|/(?:Size|Root|Info|Prev|ID|XRefStm)\b|<[0-9A-Fa-f]{32}>|<<|>>|[\[\]]"
)
"""What the format itself writes between objects: the mark in front, tables of places, trailers, digests."""

_WORD = re.compile(rb"[^\x00-\x20%]{3,}")
_HEX = re.compile(rb"<((?:[0-9A-Fa-f]{2}){3,})>")
_MARKS = (b"\xfe\xff", b"\xff\xfe")
_UNKNOWN = "\ufffd"
_IN_VALUES = frozenset({b"R", b"true", b"false", b"null", _BEGINS})
_OF_THE_FILE = frozenset({"/ObjStm", "/XRef"})


def rest_of(body: bytes, reader: PdfReader, reached: Collection[tuple[int, int]]) -> Iterator[object]:
    """Objects that nothing leads to, and remarks. Raises UnreadableError for what only a page would tell."""
    placed = {(number, of, at) for of, table in reader.xref.items() for number, at in table.items()}
    bare = _STREAM.sub(lambda stream: _BEGINS.ljust(len(stream[0])), body)
    if any(b"endobj" in stream for stream in _STREAM.findall(body)):
        raise UnreadableError  # a stream that ends in another object, and hides what stands between
    objects = list(_OBJECT.finditer(bare))
    if any(placed.isdisjoint(_places(one)) or not int(one[1]) for one in objects):
        raise UnreadableError  # an earlier version of an object, or one under another name than the table's, or none's
    if b"endstream" in bare or len(_STREAM.findall(body)) > sum(_streams(reader)):
        raise UnreadableError  # a stream whose beginning is broken, or that is read as none
    linear = any(isinstance(one, DictionaryObject) and "/Linearized" in one for one in _unreached(reader, reached))
    for one in _unreached(reader, reached):
        if not isinstance(one, StreamObject):
            yield one
        elif one.get("/Type") not in _OF_THE_FILE and not (linear and "/S" in one):
            raise UnreadableError
    yield from _remarks(bare, [one.start() for one in objects])
    yield from _in_and_behind_values(body, bare, reader)
    yield from _packed(reader)


def _places(found: re.Match[bytes]) -> Iterator[tuple[int, int, int]]:
    """Number, generation and place; the tables of some writers are a byte off."""
    return ((int(found[1]), int(found[2]), found.start() + off) for off in (-1, 0, 1))


def _unreached(reader: PdfReader, reached: Collection[tuple[int, int]]) -> Iterator[object]:
    for number, generation in sorted(_numbers(reader) | {(number, 0) for number in reader.xref_objStm}):
        if number and (number, generation) not in reached:
            yield IndirectObject(number, generation, reader).get_object()


def _numbers(reader: PdfReader) -> set[tuple[int, int]]:
    """Of the objects that have a place in the file, with their generations."""
    return {(number, generation) for generation, table in reader.xref.items() for number in table}


def _streams(reader: PdfReader) -> Iterator[bool]:
    for number, generation in _numbers(reader):
        yield isinstance(IndirectObject(number, generation, reader).get_object(), StreamObject)


def _remarks(bare: bytes, starts: list[int]) -> Iterator[str]:
    """Text between the objects: in front of them, behind each, behind the end."""
    for start, end in zip([0, *starts], [*starts, len(bare)], strict=True):
        piece = bare[start:end]
        behind = piece.partition(b"endobj")[2] if start else piece
        if _BEGINS in behind or piece.count(_BEGINS) > 1:
            raise UnreadableError  # a stream of no object
        yield from _left_in(behind)


def _in_and_behind_values(body: bytes, bare: bytes, reader: PdfReader) -> Iterator[str]:
    """Remarks in an object's value, and text behind it. Raises UnreadableError for a value that is not read whole."""
    source = io.BytesIO(body)
    for match in _VALUE.finditer(bare):
        source.seek(match.end())
        value = read_object(source, reader)
        at = source.tell()
        raw = taken_apart(bare[match.end() : at], _IN_VALUES)
        if raw.strings != strings_in(value):
            raise UnreadableError
        yield from raw.told
        end = body.find(b"endobj", at)
        yield from _left_in(body[at : end if end >= 0 else len(body)])


def _left_in(piece: bytes) -> Iterator[str]:
    """What is there besides what the format itself writes, and what its hexadecimal says."""
    left = _NO_TEXT.sub(b" ", piece)
    if _WORD.search(left):
        yield left.decode("utf-8", "replace")
    for coded in _HEX.findall(piece):
        octets = bytes.fromhex(coded.decode())
        said = octets.decode("utf-16" if octets.startswith(_MARKS) else "utf-8", "replace")
        if _UNKNOWN not in said:  # else a digest
            yield said


def _packed(reader: PdfReader) -> Iterator[str]:
    """Remarks between objects that are kept in a stream. Raises UnreadableError if it holds more than those objects."""
    held: dict[int, list[int]] = {}
    for number, (pack, _) in reader.xref_objStm.items():
        held.setdefault(pack, []).append(number)
    for number, generation in sorted(_numbers(reader)):
        pack = IndirectObject(number, generation, reader).get_object()
        if isinstance(pack, StreamObject) and pack.get("/Type") == "/ObjStm":
            raw = taken_apart(pack.get_data(), _IN_VALUES)
            inside = (IndirectObject(one, 0, reader).get_object() for one in held.get(number, ()))
            if raw.strings != sum(map(strings_in, inside)):
                raise UnreadableError
            yield from raw.told
