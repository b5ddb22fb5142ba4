"""Zip archives built from choices: real ones, and ones whose headers, sizes and gaps tell readers different things."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from tests.fuzz.choices import Choices

CANARIES = (b"marina.kedrova@example.ru", b"+79000003157")
"""The second one fits where only a few bytes do."""

_NAMES = (
    b"a.txt",
    b"b.csv",
    b"word/document.xml",
    b"xl/sharedStrings.xml",
    b"mimetype",
    b"c.json",
    b"fonts/d.ttf",
    b"e.odttf",
    b"inner.zip",
    b"dir/",
    b"F.TXT",
    b"no-suffix",
    b"g.png",
    b"h.pdf",
    b"\x8f\xa8\xe1\xec\xac\xae.txt",
    b"i\0.txt",
    b"",
    b"../j.txt",
    b"docProps/core.xml",
    b"word/_rels/k.rels",
)
_XML = (
    b"<a>%b</a>",
    b"<w:p xmlns:w='w'><w:r><w:t>%b</w:t></w:r></w:p>",
    b"<a b='%b'/>",
    b"<a><!--%b--></a>",
    b"<a><?x %b?></a>",
    b"<a><![CDATA[%b]]></a>",
    b"<a xmlns:b='%b'/>",
    b"<a rsidR='%b'/>",
    b"<?xml version='1.0'?><si><t>x</t><t>%b</t></si>",
    b"<a><b>x</b><c>%b</c></a>",
    b"<!DOCTYPE a [<!ENTITY b '%b'>]><a>&b;</a>",
)
_TEXTS = (b"%b", b"write to %b\n", b"a,%b\r\n", b'{"a":"%b"}', b"\xff\xfe%b", b"PK\x05\x06%b", b"")
_GAPS = (b"", b"\0\0", b"PK\x07\x08", b"%b", b"PK\x03\x04%b")
_EXTRAS = (
    b"",
    b"\x55\x54\x05\0\1\0\0\0\0",
    b"\x75\x70%b",
    b"%b",
    b"\x01\0\x10\0" + bytes(16),
    b"\x01\0\x14\0" + b"%b",
    bytes(600),
)
_FLAGS = (0, 0, 0x8, 0x8, 0x800, 0x808, 0x1, 0x2000, 0x6, 0x40)
_METHODS = (0, 0, 8, 8, 8, 9, 12, 14, 99)
_MOST_DEPTH = 2


class _Entry(NamedTuple):
    raw: bytes
    """Its header, data and what stands behind them, in the file."""

    listed: bytes
    """Its record of the directory, without the place."""

    extra: bytes


def an_archive(choices: Choices, depth: int = 0) -> bytes:
    """Bytes that begin as a zip archive."""
    body, directory, number = b"", b"", 0
    for _ in range(1 + choices.below(3)):
        entry = _entry(choices, depth)
        if not _rarely(choices):
            directory += entry.listed + struct.pack("<L", len(body)) + entry.extra
            number += 1
        body += entry.raw
    body += _said(choices, _GAPS) if _rarely(choices) else b""
    start, size = len(body), len(directory)
    wide = b""
    if _rarely(choices):
        wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44 + _off(choices), 45, 45, 0, 0, number, number, size, start)
        wide += _said(choices, _GAPS) if _rarely(choices) else b""
        wide += struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
    comment = _said(choices, _TEXTS) if _rarely(choices) else b""
    told = (number + _off(choices), size + _off(choices), start + _off(choices))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, told[0], told[0], told[1], told[2], len(comment) + _off(choices))
    return body + directory + wide + end + comment + (_said(choices, _TEXTS) if _rarely(choices) else b"")


def _entry(choices: Choices, depth: int) -> _Entry:
    name, flags, method = choices.one_of(_NAMES), choices.one_of(_FLAGS), choices.one_of(_METHODS)
    if _rarely(choices):
        name = _said(choices, _TEXTS)
    raw = _content(choices, name, depth)
    packed = _packed(raw, method, choices)
    crc, sizes = zlib.crc32(raw), (len(packed), len(raw))
    later = flags & 8 and not _rarely(choices)
    told = struct.pack("<3L", 0, 0, 0) if later else struct.pack("<3L", crc, *_lied(sizes, choices))
    extra, listed_extra = (_said(choices, _EXTRAS) if _rarely(choices) else b"" for _ in range(2))
    own = (flags, method) if not _rarely(choices) else (choices.one_of(_FLAGS), choices.one_of(_METHODS))
    own_name = name if not _rarely(choices) else choices.one_of(_NAMES)
    head = struct.pack("<4s5H", b"PK\x03\x04", 20, *own, 0, 0) + told + struct.pack("<2H", len(own_name), len(extra))
    behind = _descriptor(crc, sizes, choices) if flags & 8 else b""
    behind += _said(choices, _GAPS) if _rarely(choices) else b""
    comment = _said(choices, _TEXTS) if _rarely(choices) else b""
    listed = struct.pack("<4s6H3L", b"PK\x01\x02", 20, 20, flags, method, 0, 0, crc, *_lied(sizes, choices))
    listed += struct.pack("<5HL", len(name), len(listed_extra), len(comment), 0, 0, 0)
    return _Entry(head + own_name + extra + packed + behind, listed, name + listed_extra + comment)


def _content(choices: Choices, name: bytes, depth: int) -> bytes:
    if name.endswith(b".zip") and depth < _MOST_DEPTH:
        return an_archive(choices, depth + 1)
    if name.endswith((b".xml", b".rels")):
        return _said(choices, _XML)
    return choices.take(choices.below(16)) if _rarely(choices) else _said(choices, _TEXTS)


def _packed(raw: bytes, method: int, choices: Choices) -> bytes:
    if method != 8:
        return raw
    packer = zlib.compressobj(choices.one_of((9, 6, 0)), wbits=-15)
    packed = packer.compress(raw) + packer.flush()
    return packed + (_said(choices, _GAPS) if _rarely(choices) else b"")


def _descriptor(crc: int, sizes: tuple[int, int], choices: Choices) -> bytes:
    mark = choices.one_of((b"PK\x07\x08", b""))
    return mark + struct.pack(choices.one_of(("<L2L", "<L2Q")), crc, *_lied(sizes, choices))


def _lied(sizes: tuple[int, int], choices: Choices) -> tuple[int, int]:
    return (max(0, sizes[0] + _off(choices)), max(0, sizes[1] + _off(choices)))


def _off(choices: Choices) -> int:
    return choices.below(64) if _rarely(choices) else 0


def _said(choices: Choices, ways: tuple[bytes, ...]) -> bytes:
    way = choices.one_of(ways)
    return way.replace(b"%b", choices.one_of(CANARIES))


def _rarely(choices: Choices) -> bool:
    return choices.below(16) == 15
