"""How one text may be spelt in bytes: charset, case, escapes, base64 at each offset, hex, digits alone."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote, quote_plus

SHORTEST = 5
"""Forms of fewer bytes say nothing: three digits stand in every timestamp."""


@lru_cache(maxsize=4096)
def forms(text: str) -> Mapping[bytes, str]:
    """Every spelling of the text that is long enough to tell something, with the name of its form."""
    found: dict[bytes, str] = {}
    for spelling in dict.fromkeys((text, text.lower(), text.upper(), text.title())):
        for encoded, form in _encodings(spelling):
            if len(encoded) >= SHORTEST:
                found.setdefault(encoded, form)
    if (digits := re.sub(r"\D", "", text)) and _is_a_number(text, digits):
        found.setdefault(digits.encode(), "digits only")
        if len(digits) == 11 and digits[0] in "78":
            found.setdefault(digits[1:].encode(), "digits only, without the country")
    return found


def _is_a_number(text: str, digits: str) -> bool:
    """True if taking the separators away leaves a number long enough to be nobody else's."""
    return len(digits) >= 9 and not re.search(r"[^\W\d_]", text)


def _encodings(text: str) -> Iterator[tuple[bytes, str]]:
    plain = text.encode()
    yield plain, "as it is"
    yield from _charsets(text)
    escaped = "".join(char if ord(char) < 128 else f"\\u{ord(char):04x}" for char in text)
    yield escaped.encode(), "JSON escapes"
    yield escaped.replace("\\", "\\\\").encode(), "JSON escapes, twice"
    once = quote(text, safe="")
    yield once.encode(), "URL-encoded"
    yield quote_plus(text).encode(), "URL-encoded"
    yield quote(once, safe="").encode(), "URL-encoded twice"
    yield plain.hex().encode(), "hex"
    yield plain.hex().upper().encode(), "hex"
    yield from _base64(plain)


def _charsets(text: str) -> Iterator[tuple[bytes, str]]:
    yield text.encode("utf-16-le"), "UTF-16"
    yield text.encode("utf-16-be"), "UTF-16"
    if not text.isascii():
        for charset in ("cp1251", "koi8-r", "cp866"):
            try:
                yield text.encode(charset), charset
            except UnicodeEncodeError:
                continue


def _base64(plain: bytes) -> Iterator[tuple[bytes, str]]:
    """The characters that the text alone decides, at each of the three offsets it may start at."""
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + plain)
        first = -(-offset * 8 // 6)
        last = (offset + len(plain)) * 8 // 6
        own = whole[first:last]
        if len(own) >= 8:
            yield own, f"base64, offset {offset}"
            yield own.translate(bytes.maketrans(b"+/", b"-_")), f"base64url, offset {offset}"
