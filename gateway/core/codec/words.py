"""Encoded words of header values: ``=?utf-8?B?…?=`` (RFC 2047), read whole and written in one or more words again.

Words beside each other are one text, wherever a client has cut it; so is what touches a word without a blank between.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from itertools import groupby

from gateway.core.codec.media import CHARSETS
from gateway.core.codec.octets import octets_of
from gateway.core.codec.percent import to_bytes

_ONE = r"=\?[A-Za-z0-9_.:-]{1,40}(?:\*[A-Za-z0-9-]{0,20})?\?[bBqQ]\?[^?\s]*\?="
_WORD = re.compile(r"=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?([bBqQ])\?([^?\s]*)\?=")
_BETWEEN = re.compile(r"(?<=\?=)[ \t\r\n]+(?==\?)")
_STRETCH = re.compile(rf"""[^\s<>()",;=]*{_ONE}(?:[ \t\r\n]*{_ONE}|[^\s<>()",;=])*""")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_BARE = re.compile(r"[A-Za-z0-9!*+/-]")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")
"""What readers of Base64 overlook (RFC 2045, 6.8)."""

_LONGEST = 45
"""Bytes of text a word: with everything at most 75 characters in Base64 (RFC 2047, 2)."""


def has_words(text: str) -> bool:
    """True if a word stands in the text."""
    return _WORD.search(text) is not None


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where words stand that can be read, with what touches them."""
    return (found.span() for found in _STRETCH.finditer(text) if read_words(found[0]) is not None)


def read_words(text: str) -> str | None:
    """What a stretch with words in it says; None if one of them says nothing."""
    pieces, at = list[tuple[str, bytes]](), 0
    joined = _BETWEEN.sub("", text)
    for word in _WORD.finditer(joined):
        raw = _payload(word[2], word[3])
        if raw is None:
            return None
        pieces += [("", to_bytes(joined[at : word.start()])), (CHARSETS.get(word[1].lower(), "?"), raw)]
        at = word.end()
    pieces = [piece for piece in (*pieces, ("", to_bytes(joined[at:]))) if piece[1]]
    said = [_said(label, b"".join(raw for _, raw in run)) for label, run in groupby(pieces, lambda piece: piece[0])]
    return None if None in said else "".join(one or "" for one in said)


def spell_words(text: str, old: str) -> str:
    """Words in the coding and, if it holds the text, the charset of the first one that stood there."""
    first = _WORD.search(old)
    label, coding = (first[1], first[2]) if first else ("utf-8", "B")
    charset = CHARSETS.get(label.lower(), "utf-8")
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        label = charset = "utf-8"
    return " ".join(f"=?{label}?{coding}?{_spelled(raw, coding)}?=" for raw in _cut(text, charset))


def _payload(coding: str, text: str) -> bytes | None:
    if coding in "qQ":
        return _HEX.sub(lambda escape: bytes([int(escape[1], 16)]), to_bytes(text.replace("_", " ")))
    try:
        bare = _NO_BASE64.sub("", text.rstrip("="))
        return b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return None


def _said(label: str, raw: bytes) -> str | None:
    """By its label; by itself where that is wrong or unknown. What is packed is no word, though it may be Base64."""
    try:
        return raw.decode(label or "utf-8", "strict" if label else "surrogateescape")
    except (LookupError, UnicodeDecodeError):
        said = octets_of(raw)
        return said.text if said and not said.codings else None


def _cut(text: str, charset: str) -> Iterator[bytes]:
    """The bytes of the text in stretches short enough for a word, no character cut."""
    raw = b""
    for char in text:
        more = char.encode(charset, "replace")
        if len(raw) + len(more) > _LONGEST:
            yield raw
            raw = b""
        raw += more
    yield raw


def _spelled(raw: bytes, coding: str) -> str:
    if coding in "bB":
        return b64encode(raw).decode("ascii")
    return "".join(char if _BARE.match(char) else f"={ord(char):02X}" for char in raw.decode("latin-1"))
