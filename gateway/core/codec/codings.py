"""Content codings undone and redone: gzip, deflate, br, zstd, in any stack, by label, by their marks, or by trying.

Every decompressor is bounded, so that a bomb is refused before it is unpacked: the output never grows over what
the limits allow. Source: RFC 9110 8.4, RFC 1950-1952, RFC 7932, RFC 8878.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import brotli
import zstandard

from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.swift import swift

SKIPPABLE = b"\x2a\x4d\x18"
"""RFC 8878, 3.1.2: how a frame that decoders skip begins, behind any byte from 0x50 to 0x5f."""

_MAGIC = {b"\x1f\x8b\x08": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_MAGIC |= {bytes([first]) + SKIPPABLE: "zstd" for first in range(0x50, 0x60)}
_FIRST_OF_MAGIC = frozenset(magic[:1] for magic in _MAGIC)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MOST_LAYERS = 4
_MOST_MEMBERS = 64
"""Concatenated gzip members or zstd frames: few in practice, and each costs a copy of what follows it."""

_JUDGED_ABOVE = 2**20
_ZSTD_WINDOW = 8 * 2**20
"""RFC 9659: the largest window that HTTP allows."""

UNMARKED_RATIO = 64
"""How many bytes a byte may unpack to in a text where nothing tells that it is packed."""

_PIECE = 2**16
"""Bytes that are unpacked at a time where a library makes room for all it may be asked for."""

_GZIP_TOLD = 0b11100
"""RFC 1952, 2.3.1: an extra field, a file name, a comment."""

_GZIP = 16 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS


class _OverflowError(Exception):
    """More output than allowed."""


@swift
@dataclass(frozen=True, slots=True, repr=False)
class Unpacked:
    """``codings`` outermost first. ``hides``: some bytes of the packed body come out nowhere (a file name in gzip, a
    skippable frame of zstd), or may do so (metadata of Brotli, which no decoder tells of): nobody has looked into them.
    """

    raw: bytes
    codings: tuple[str, ...] = ()
    hides: bool = False

    def __repr__(self) -> str:
        return f"Unpacked({len(self.raw)} bytes, {self.codings})"


def undo(body: bytes, labelled: Sequence[str], limits: Limits) -> Unpacked:
    """The body without its codings: the labelled ones, then any told by magic.

    Raises PayloadError (GW-P106 broken, GW-P107 too large when unpacked).
    """
    unpacked, labels = Unpacked(body), list(labelled)
    if not labels and _marked(body) is None:
        return unpacked
    while coding := _next(unpacked.raw, labels):
        if len(unpacked.codings) == _MOST_LAYERS:
            raise _bomb()
        try:
            coding, raw, hides = _undone(coding, unpacked.raw, limits)
        except PayloadError as error:
            if error.code != "GW-P106" or not labels or not _is_mislabelled(unpacked.raw, labels):
                raise
            continue
        labels = labels[1:]
        unpacked = Unpacked(raw, (*unpacked.codings, coding), unpacked.hides or hides)
    return unpacked


def undo_unmarked(body: bytes, limits: Limits) -> Iterator[Unpacked]:
    """What the body may be unpacked to though neither label nor mark tells how. Raises PayloadError (GW-P107)."""
    for coding in ("deflate", "br"):
        try:
            told, raw, hides = _undone(coding, body, limits)
        except PayloadError as error:
            if error.code == "GW-P107":
                raise
            continue
        inner = undo(raw, (), limits)
        yield Unpacked(inner.raw, (told, *inner.codings), hides or inner.hides)


def may_be_unmarked(body: bytes) -> bool:
    """True for all that ``undo_unmarked`` can unpack to no more than 64 times its size; 2 µs for noise."""
    most = UNMARKED_RATIO * len(body)
    return _inflates(body, most) or _is_brotli(body, most)


def _inflates(body: bytes, most: int) -> bool:
    inflater = zlib.decompressobj(zlib.MAX_WBITS if is_zlib(body) else _RAW_DEFLATE)
    try:
        inflater.decompress(body, most)
    except zlib.error:
        return False
    return inflater.eof


def _is_brotli(body: bytes, most: int) -> bool:
    decompressor = brotli.Decompressor()
    try:
        decompressor.process(body, output_buffer_limit=most)
    except brotli.error:
        return False
    return decompressor.is_finished()


def _is_mislabelled(body: bytes, labels: list[str]) -> bool:
    """Strike the label that is wrong off the list; False if the body is what the label says, and broken.

    A body that bears another coding's mark is in that one; a body that is a text is in none.
    """
    marked = _marked(body)
    if marked == labels[0] or (marked is None and not _is_text(body)):
        return False
    labels[:] = labels[1:] if marked is None else [marked, *labels[1:]]
    return True


def _is_text(body: bytes) -> bool:
    try:
        return _CONTROL.search(body.decode()) is None
    except UnicodeDecodeError:
        return False


def _marked(body: bytes) -> str | None:
    if body[:1] not in _FIRST_OF_MAGIC:
        return None
    return next((coding for magic, coding in _MAGIC.items() if body.startswith(magic)), None)


def redo(raw: bytes, codings: Sequence[str]) -> bytes:
    """The bytes in these codings, named outermost first."""
    for coding in reversed(codings):
        raw = _PACK[coding](raw)
    return raw


def _next(body: bytes, labelled: Sequence[str]) -> str | None:
    if labelled:
        return labelled[0] if body else None
    return _marked(body)


def _undone(coding: str, body: bytes, limits: Limits) -> tuple[str, bytes, bool]:
    most = min(limits.max_body_bytes, max(_JUDGED_ABOVE, limits.max_ratio * len(body)))
    if coding == "deflate" and not is_zlib(body):
        coding = "raw-deflate"
    try:
        raw, hides = _UNPACK[coding](body, most)
    except _OverflowError:
        raise _bomb() from None
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
        raise PayloadError(
            "GW-P106",
            f"the body is not complete, valid {coding} ({type(error).__name__}), so it can't be inspected.",
            "check Content-Encoding and how the body is packed.",
        ) from None
    return coding, raw, hides


def _bomb() -> PayloadError:
    return PayloadError(
        "GW-P107",
        "the body unpacks to more than `limits.max_body_bytes` or `limits.max_ratio` allow, so it was not unpacked.",
        "send smaller bodies, or raise the limits.",
        status=413,
    )


def is_zlib(body: bytes) -> bool:
    """True if the first two bytes are a zlib header (RFC 1950); some senders label raw deflate as deflate."""
    return len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0


def _inflate(body: bytes, most: int, *, bits: int) -> tuple[bytes, bool]:
    pieces, size, hides = list[bytes](), 0, False
    for _ in range(_MOST_MEMBERS if bits == _GZIP else 1):
        member = zlib.decompressobj(bits)
        hides = hides or (bits == _GZIP and bool(body[3:4]) and bool(body[3] & _GZIP_TOLD))
        pieces.append(member.decompress(body, most - size + 1))
        size += len(pieces[-1])
        if size > most:
            raise _OverflowError
        if not member.eof:
            raise EOFError
        body = member.unused_data
        if not body:
            return b"".join(pieces), hides
    raise EOFError


def _unbrotli(body: bytes, most: int) -> tuple[bytes, bool]:
    """No decoder tells of metadata blocks, and only one could find them, so any stream may have some."""
    decompressor = brotli.Decompressor()
    raw = decompressor.process(body, output_buffer_limit=most + 1)
    if len(raw) > most:
        raise _OverflowError
    if not decompressor.is_finished():
        raise EOFError
    return raw, True


def _unzstd(body: bytes, most: int) -> tuple[bytes, bool]:
    """Measured first: of the library's interfaces one is bounded, and another one sees where a frame is cut off."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    reader, size = decompressor.stream_reader(body, read_across_frames=True), 0
    while piece := reader.read(_PIECE):
        size += len(piece)
        if size > most:
            raise _OverflowError
    pieces, hides = list[bytes](), False
    for _ in range(_MOST_MEMBERS):
        frame = decompressor.decompressobj()
        hides = hides or body[1:4] == SKIPPABLE
        pieces.append(frame.decompress(body))
        if not frame.eof:
            raise EOFError
        body = frame.unused_data
        if not body:
            return b"".join(pieces), hides
    raise EOFError


def _raw_deflate(raw: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=_RAW_DEFLATE)
    return compressor.compress(raw) + compressor.flush()


_UNPACK: Mapping[str, Callable[[bytes, int], tuple[bytes, bool]]] = {
    "gzip": partial(_inflate, bits=_GZIP),
    "deflate": partial(_inflate, bits=zlib.MAX_WBITS),
    "raw-deflate": partial(_inflate, bits=_RAW_DEFLATE),
    "br": _unbrotli,
    "zstd": _unzstd,
}
_PACK: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
    "deflate": zlib.compress,
    "raw-deflate": _raw_deflate,
    "br": partial(brotli.compress, quality=4),
    "zstd": zstandard.ZstdCompressor(level=3).compress,
}
