"""Zip archives read so that no byte is left over: what one reader skips, another one takes for content.

The directory at the end, the header before each entry, and what stands behind it have to say the same, entry has to
follow on entry, and packed data have to end where their entry does. Source: PKWARE APPNOTE 6.3.10, 4.3 and 4.4.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from gateway.adapters.extractor.formats import UnreadableError

_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_WIDE_END = struct.Struct("<4sQ2H2L4Q")
_WIDE_PLACE = struct.Struct("<4sLQL")
_TOLD_LATER, _UTF8 = 0x8, 0x800
_HOW_HARD = 0x6
"""How much the packer has tried."""

_STORED, _DEFLATED = 0, 8
_IN_ZIP64, _COUNT_IN_ZIP64 = 0xFFFFFFFF, 0xFFFF
_MOST_EXTRA = 2**10
"""Office programs leave room of half a kilobyte there."""

_RUNS = (
    (re.compile(rb"(?:[\t\x20-\x7e]|[\xc2-\xf4][\x80-\xbf]+){6,}"), "utf-8"),
    (re.compile(rb"(?:[\t\x20-\x7e]\0|[\x00-\x5f]\x04){6,}"), "utf-16-le"),
    (re.compile(rb"(?:\0[\t\x20-\x7e]|\x04[\x00-\x5f]){6,}"), "utf-16-be"),
)


def entries_of(body: bytes, archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Every entry with its packed data, in the order of the file. Raises UnreadableError, struct.error."""
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    if len({entry.filename for entry in entries}) != len(entries):
        raise UnreadableError
    _check_end(body, archive)
    at = 0
    for entry in entries:
        if entry.header_offset != at:
            raise UnreadableError
        start = _behind_header(body, entry)
        at = start + entry.compress_size
        yield entry, body[start:at]
        at = _behind_descriptor(body, entry, at)
    if at != archive.start_dir:
        raise UnreadableError


def unpacked(entry: zipfile.ZipInfo, packed: bytes, most: int) -> bytes:
    """Raises UnreadableError for more than ``most`` bytes, and where the entry is not what its header says."""
    raw = packed
    if entry.compress_type == _DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        raw = inflater.decompress(packed, most + 1)
        if not inflater.eof or inflater.unused_data:
            raise UnreadableError
    if len(raw) > most or len(raw) != entry.file_size or zlib.crc32(raw) != entry.CRC:
        raise UnreadableError
    return raw


def told_beside(archive: zipfile.ZipFile) -> Iterator[str]:
    """Names and remarks, and what stands as text in fields that only some readers know."""
    yield archive.comment.decode("utf-8", "replace")
    for entry in archive.infolist():
        yield entry.orig_filename
        if not entry.flag_bits & _UTF8 and not entry.orig_filename.isascii():
            raw = entry.orig_filename.encode("cp437")
            yield from (raw.decode("utf-8", "replace"), raw.decode("cp866"))
        yield entry.comment.decode("utf-8", "replace")
        yield from texts_in(entry.extra)


def texts_in(raw: bytes) -> Iterator[str]:
    """What in bytes of another kind can be read as a text."""
    for run, charset in _RUNS:
        yield from (found.decode(charset, "replace") for found in run.findall(raw))


def extra_of(body: bytes, entry: zipfile.ZipInfo) -> bytes:
    """The extra field before the entry itself, which may be another one than that of the directory."""
    *_, names, extra = _LOCAL.unpack_from(body, entry.header_offset)
    start = entry.header_offset + _LOCAL.size + int(names)
    return body[start : start + int(extra)]


def _check_end(body: bytes, archive: zipfile.ZipFile) -> None:
    """The directory ends the file, and there is one way to find it."""
    at, number = len(body) - _END.size - len(archive.comment), len(archive.infolist())
    behind = _directory_end(body, archive, at)
    mark, _, _, _, count, size, offset, comment = _END.unpack_from(body, at)
    wide = behind < at
    if (
        (mark, comment) != (b"PK\x05\x06", len(archive.comment))
        or b"PK" in archive.comment
        or not (count == number or (wide and count == _COUNT_IN_ZIP64))
        or not (size == behind - archive.start_dir or (wide and size == _IN_ZIP64))
        or not (offset == archive.start_dir or (wide and offset == _IN_ZIP64))
    ):
        raise UnreadableError


def _directory_end(body: bytes, archive: zipfile.ZipFile, at: int) -> int:
    """Before the end at that place, and before another one that counts in 64 bits if it says just the same."""
    start, number = at - _WIDE_END.size - _WIDE_PLACE.size, len(archive.infolist())
    if start < archive.start_dir:
        return at
    mark, long, *_, here, all_told, size, offset = _WIDE_END.unpack_from(body, start)
    place = _WIDE_PLACE.unpack_from(body, start + _WIDE_END.size)
    told = (b"PK\x06\x06", 44, number, number, start - archive.start_dir, archive.start_dir)
    is_one = (mark, long, here, all_told, size, offset) == told and place == (b"PK\x06\x07", 0, start, 1)
    return start if is_one else at


def _behind_header(body: bytes, entry: zipfile.ZipInfo) -> int:
    """Where the entry's data begin; its own header says what the directory says."""
    mark, _, flags, method, _, _, crc, packed, size, names, extra = _LOCAL.unpack_from(body, entry.header_offset)
    name = body[entry.header_offset + _LOCAL.size :][:names]
    same = (
        mark == b"PK\x03\x04"
        and (flags ^ entry.flag_bits) & ~_HOW_HARD == 0
        and flags & ~(_HOW_HARD | _TOLD_LATER | _UTF8) == 0
        and method == entry.compress_type
        and method in (_STORED, _DEFLATED)
        and (method == _DEFLATED or entry.compress_size == entry.file_size)
        and name == entry.orig_filename.encode("utf-8" if flags & _UTF8 else "cp437")
        and "\0" not in entry.orig_filename
        and max(extra, len(entry.extra)) <= _MOST_EXTRA
    )
    later = (0,) if flags & _TOLD_LATER else ()
    wide = (_IN_ZIP64,) if extra >= 20 else ()
    if (
        not same
        or crc not in (entry.CRC, *later)
        or packed not in (entry.compress_size, *later, *wide)
        or size not in (entry.file_size, *later, *wide)
    ):
        raise UnreadableError
    return entry.header_offset + _LOCAL.size + int(names) + int(extra)


def _behind_descriptor(body: bytes, entry: zipfile.ZipInfo, at: int) -> int:
    """Behind the check sum and the sizes that stand behind data that were not known before."""
    if not entry.flag_bits & _TOLD_LATER:
        return at
    for layout in ("<4sLLL", "<4sLQQ"):
        told = struct.pack(layout, b"PK\x07\x08", entry.CRC, entry.compress_size, entry.file_size)
        for one in (told, told[4:]):
            if body.startswith(one, at):
                return at + len(one)
    raise UnreadableError
