"""What is in a PDF file and in no document that a reader shows: earlier versions, objects nobody refers to, remarks.

It travels with the file all the same, and any editor of files shows it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
    TextStringObject,
    read_object,
)

from gateway.adapters.extractor.formats import UnreadableError

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
_OF_THE_FILE = frozenset({"/ObjStm", "/XRef"})


def rest_of(body: bytes, reader: PdfReader, reached: Collection[tuple[int, int]]) -> Iterator[object]:
    """Objects that nothing leads to, and remarks. Raises UnreadableError for what only a page would tell."""
    placed = {(number, of, at) for of, table in reader.xref.items() for number, at in table.items()}
    bare = _STREAM.sub(lambda stream: _BEGINS.ljust(len(stream[0])), body)
    if any(b"endobj" in stream for stream in _STREAM.findall(body)):
        raise UnreadableError  # a stream that ends in another object, and hides what stands between
    objects = list(_OBJECT.finditer(bare))
    if any(placed.isdisjoint(_places(one)) for one in objects):
        raise UnreadableError  # an earlier version of an object, or one under another name than the table's
    if b"endstream" in bare or len(_STREAM.findall(body)) > sum(_streams(reader)):
        raise UnreadableError  # a stream whose beginning is broken, or that is read as none
    linear = any(isinstance(one, DictionaryObject) and "/Linearized" in one for one in _unreached(reader, reached))
    for one in _unreached(reader, reached):
        if not isinstance(one, StreamObject):
            yield one
        elif one.get("/Type") not in _OF_THE_FILE and not (linear and "/S" in one):
            raise UnreadableError
    yield from _remarks(bare, [one.start() for one in objects])
    yield from _behind_values(body, bare, reader)


def _places(found: re.Match[bytes]) -> Iterator[tuple[int, int, int]]:
    """Number, generation and place; the tables of some writers are a byte off."""
    return ((int(found[1]), int(found[2]), found.start() + off) for off in (-1, 0, 1))


def _unreached(reader: PdfReader, reached: Collection[tuple[int, int]]) -> Iterator[object]:
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    for number, generation in sorted(numbers | {(number, 0) for number in reader.xref_objStm}):
        if number and (number, generation) not in reached:
            yield IndirectObject(number, generation, reader).get_object()


def _streams(reader: PdfReader) -> Iterator[bool]:
    for number, generation in {(number, generation) for generation, table in reader.xref.items() for number in table}:
        yield isinstance(IndirectObject(number, generation, reader).get_object(), StreamObject)


def _remarks(bare: bytes, starts: list[int]) -> Iterator[str]:
    """Text between the objects: in front of them, behind each, behind the end."""
    for start, end in zip([0, *starts], [*starts, len(bare)], strict=True):
        piece = bare[start:end]
        behind = piece.partition(b"endobj")[2] if start else piece
        if _BEGINS in behind or piece.count(_BEGINS) > 1:
            raise UnreadableError  # a stream of no object
        left = _NO_TEXT.sub(b" ", behind)
        if _WORD.search(left):
            yield left.decode("utf-8", "replace")


def _behind_values(body: bytes, bare: bytes, reader: PdfReader) -> Iterator[str]:
    """Text inside an object, behind its value, or in a value so broken that its strings are not read."""
    source = io.BytesIO(body)
    for match in _VALUE.finditer(bare):
        source.seek(match.end())
        value = read_object(source, reader)
        at = source.tell()
        written = bare[match.end() : at]
        if written.count(b"(") > _brackets_in(value):
            yield written.decode("utf-8", "replace")
        end = body.find(b"endobj", at)
        left = _NO_TEXT.sub(b" ", body[at : end if end >= 0 else len(body)])
        if _WORD.search(left):
            yield left.decode("utf-8", "replace")


def _brackets_in(value: object) -> int:
    """How many brackets the strings in it begin with or hold, what it refers to left out."""
    if isinstance(value, DictionaryObject):
        return sum(map(_brackets_in, value.values()))
    if isinstance(value, ArrayObject):
        return sum(map(_brackets_in, value))
    if isinstance(value, TextStringObject):
        return 1 + value.count("(")
    return 1 + value.count(b"(") if isinstance(value, ByteStringObject) else 0
