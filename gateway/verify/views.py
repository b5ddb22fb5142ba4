"""What bytes show when they are unwrapped: unescaped, URL-decoded, decompressed, base64- or hex-decoded, again and
again.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import zlib
from collections.abc import Callable, Mapping
from urllib.parse import unquote_to_bytes

import brotli
import zstandard

from gateway.verify.forms import SHORTEST

LAYERS = 4
"""How many wrappings inside one another are undone."""

_MOST_UNPACKED = 64 * 2**20


def views(data: bytes) -> dict[str, bytes]:
    """The bytes and all that unwrapping them shows, by name of what was undone; views that add nothing are left out.

    Only the written stretches are unwrapped (a sealed record is noise, and noise has escapes in it); packed data is
    looked for everywhere.
    """
    found = {"": data}
    layer = {"": data}
    seen = {data}
    for _ in range(LAYERS):
        below: dict[str, bytes] = {}
        for name, old in layer.items():
            written = _written(old)
            found[f"{name}>digits" if name else "digits"] = _without_separators(written)
            found[f"{name}>form" if name else "form"] = _plus_decoded(written)
            for undo, unwrap in _UNWRAP.items():
                undone = unwrap(old if undo in _PACKED else written)
                if len(undone) >= SHORTEST and undone not in seen:
                    seen.add(undone)
                    below[f"{name}>{undo}" if name else undo] = undone
        found.update(below)
        layer = below
    return {name: view for name, view in found.items() if len(view) >= SHORTEST}


_WRITTEN = re.compile(
    rb"(?:[\t\r\n\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}){8,}"
)


def _written(data: bytes) -> bytes:
    """The stretches of at least eight characters of ASCII or UTF-8 text, one after another."""
    return b"\n".join(_WRITTEN.findall(data))


def _without_separators(data: bytes) -> bytes:
    """``+7 (900) 000-01-23`` → ``+79000000123``: what a search by digits has to see."""
    return re.sub(rb"(?<=\d)[ \t().\-/\xa0]{1,4}(?=\d)", b"", data)


def _url_decoded(data: bytes) -> bytes:
    return unquote_to_bytes(data) if b"%" in data else data


def _plus_decoded(data: bytes) -> bytes:
    """A form's blanks are plus signs."""
    return unquote_to_bytes(data.replace(b"+", b" ")) if b"+" in data else b""


_JSON_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|([\"\\/bfnrt]))")
_PLAIN_ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def _json_unescaped(data: bytes) -> bytes:
    def undo(match: re.Match[bytes]) -> bytes:
        if match[1]:
            return chr(int(match[1], 16)).encode("utf-8", "surrogatepass")
        return _PLAIN_ESCAPES.get(match[2], match[2])

    return _JSON_ESCAPE.sub(undo, data) if b"\\" in data else data


def _html_unescaped(data: bytes) -> bytes:
    if b"&" not in data:
        return data
    return html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogatepass")


def _unescaped(data: bytes) -> bytes:
    """One wrapping of URL, JSON and HTML escapes undone, in whichever of them it was written."""
    return _html_unescaped(_json_unescaped(_url_decoded(data)))


_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]{12,}")


def _base64_decoded(data: bytes) -> bytes:
    """What is written in the runs that could be base64; each is read at four alignments, for what may stand before
    it.
    """
    runs = (run.translate(bytes.maketrans(b"-_", b"+/")) for run in _BASE64_RUN.findall(data))
    aligned = (run[skipped : skipped + (len(run) - skipped) // 4 * 4] for run in runs for skipped in range(4))
    return b"\n".join(filter(None, (_legible(base64.b64decode(run)) for run in aligned)))


def _legible(data: bytes) -> bytes:
    """Text stretches, or the whole where a compressor wrote it; noise would only make noise of the next layer."""
    return data if any(mark in data for mark in (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd")) else _written(data)


_HEX_RUN = re.compile(rb"(?:[0-9a-fA-F]{2}){8,}")


def _hex_decoded(data: bytes) -> bytes:
    return b"\n".join(filter(None, (_legible(binascii.unhexlify(run)) for run in _HEX_RUN.findall(data))))


def _inflated(data: bytes) -> bytes:
    """Every gzip member in the data, wherever it starts."""
    starts = [match.start() for match in re.finditer(rb"\x1f\x8b\x08", data)]
    return b"\n".join(filter(None, (_gunzip(data[start:]) for start in starts)))


def _gunzip(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(data, _MOST_UNPACKED)
    except zlib.error:
        return b""


def _unzstandardized(data: bytes) -> bytes:
    starts = [match.start() for match in re.finditer(rb"\x28\xb5\x2f\xfd", data)]
    return b"\n".join(filter(None, (_unzstd(data[start:]) for start in starts)))


def _unzstd(data: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    except zstandard.ZstdError:
        return b""


def unbrotli(data: bytes) -> bytes:
    """Brotli has no mark to be found by: who knows from a header that it is there has to ask. Empty if it is not."""
    try:
        return bytes(brotli.decompress(data))
    except brotli.error:
        return b""


_UNWRAP: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": _inflated,
    "zstd": _unzstandardized,
    "unescaped": _unescaped,
    "base64": _base64_decoded,
    "hex": _hex_decoded,
}
_PACKED = frozenset({"gzip", "zstd"})
