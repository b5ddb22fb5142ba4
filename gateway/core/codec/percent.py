"""Percent-coding: UTF-8 where it is UTF-8, else bytes kept as surrogate escapes, so that nothing is lost either way."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_ESCAPED_BYTES = re.compile(r"[\udc80-\udcff]++")
_ESCAPED_BYTE = re.compile(rb"\xed([\xb2\xb3])([\x80-\xbf])")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.~-]")


def unquote(raw: str, *, plus: bool = False) -> str:
    """What a percent-coded text means; ``plus`` reads ``+`` as a blank. A ``%`` without two hex digits is itself."""
    if plus and "+" in raw:
        raw = raw.replace("+", " ")
    if "%" in raw:
        return unquote_to_bytes(to_bytes(raw)).decode("utf-8", "surrogateescape")
    return raw if raw.isascii() else join_bytes(raw)


def quote(text: str, keep: str) -> str:
    """The text percent-coded, except letters, digits, ``_.~-`` and the characters in ``keep``."""
    return _UNSAFE.sub(lambda match: match[0] if match[0] in keep else _encode(match[0]), text)


def join_bytes(text: str) -> str:
    """Bytes that stand as surrogate escapes, read as UTF-8 where they are UTF-8."""
    return _ESCAPED_BYTES.sub(_decode_bytes, text)


def split_bytes(text: str) -> str:
    """The other way round: everything over 127 as surrogate escapes, the form header values have on the wire."""
    return text if text.isascii() else to_bytes(text).decode("ascii", "surrogateescape")


def to_bytes(text: str) -> bytes:
    """UTF-8; surrogate escapes become the bytes they stand for, other lone surrogates three bytes each."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _ESCAPED_BYTE.sub(_unescape_byte, text.encode("utf-8", "surrogatepass"))


def _decode_bytes(match: re.Match[str]) -> str:
    return match[0].encode("ascii", "surrogateescape").decode("utf-8", "surrogateescape")


def _encode(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in to_bytes(char))


def _unescape_byte(match: re.Match[bytes]) -> bytes:
    return bytes([0x80 + ((match[1][0] - 0xB2) << 6) + (match[2][0] - 0x80)])
