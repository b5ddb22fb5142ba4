"""Finds a person's values in what an upstream received, whatever was done to their spelling."""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from tests.load.people import FAMILIES, Person

DEPTH = 3
"""How many spellings may lie on top of each other: base64 in JSON in a form is three."""

SEPARATORS = str.maketrans("", "", " -()+.\u00a0\u2011")
ESCAPE = re.compile(rb"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")


def leaked(received: bytes, who: Person | None) -> set[str]:
    """Names of the values of a person that stand in the bytes; ``family`` for any made-up person's name or e-mail."""
    found: set[str] = set()
    needles = _needles(who) if who else ()
    for spelling in spellings(received, DEPTH):
        text = spelling.decode("utf-8", "replace").casefold()
        compact = text.translate(SEPARATORS)
        found.update(name for name, needle in needles if needle in text or needle in compact)
        found.update("family" for family in FAMILIES if family in text)
    return found


def _needles(who: Person) -> tuple[tuple[str, str], ...]:
    """Each value as it is written, numbers without separators; a birth date also the Russian way round."""
    year, month, day = who.birth_date.split("-")
    return (
        ("full_name", who.full_name.casefold()),
        ("email", who.email),
        ("phone", who.phone.translate(SEPARATORS)[1:]),
        ("birth_date", who.birth_date),
        ("birth_date", day + month + year),
        ("passport", who.passport.translate(SEPARATORS)),
        ("snils", who.snils.translate(SEPARATORS)),
        ("inn", who.inn),
        ("address", who.address.casefold()),
    )


def spellings(data: bytes, depth: int) -> Iterator[bytes]:
    """The bytes as they are, and what they say once unescaped, decoded or unpacked, up to ``depth`` times."""
    yield data
    if depth:
        for other in _peeled(data):
            yield from spellings(other, depth - 1)


def _peeled(data: bytes) -> Iterator[bytes]:
    if b"%" in data:
        yield unquote_to_bytes(data.replace(b"+", b" "))
    if b"\\" in data:
        yield ESCAPE.sub(_unescaped, data)
    if data[:2] in (b"\x1f\x8b", b"\x78\x9c"):
        yield _inflate(data)
    decoded = b"\n".join(_decode_runs(data))
    if decoded:
        yield decoded


def _unescaped(escape: re.Match[bytes]) -> bytes:
    said = escape[1]
    return chr(int(said[1:], 16)).encode("utf-8", "replace") if len(said) == 5 else said


def _inflate(data: bytes) -> bytes:
    try:
        return gzip.decompress(data) if data[0] == 0x1F else zlib.decompress(data)
    except (OSError, EOFError, zlib.error):
        return b""


def _decode_runs(data: bytes) -> Iterator[bytes]:
    """Every run that base64 could have written, decoded; binary noise is dropped."""
    for run in BASE64.findall(data):
        standard = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        try:
            decoded = base64.b64decode(standard + b"=" * (-len(standard) % 4))
        except binascii.Error:
            continue
        if _is_text(decoded):
            yield decoded


def _is_text(data: bytes) -> bool:
    if data[:2] in (b"\x1f\x8b", b"\x78\x9c"):
        return True
    try:
        return data.decode().isprintable()
    except UnicodeDecodeError:
        return False
