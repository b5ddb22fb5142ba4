"""Whether a value stands in bytes, however it is disguised: every layer in every charset, as a reader would take it.

The judge of the attacks: it must see the value in what each attack sends (``test_attack.py``), else its not seeing it
in what arrives would say nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from tests.attack.encodings import layers

_LOOKS = str.maketrans("аеорсхуікмтвнo", "ae0pcxyikmtbh0")
"""Cyrillic letters as the Latin ones that they look like; the letter O is a zero."""

_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc", "Zs", "Zl", "Zp"})
_LAYOUT = frozenset("()-./+")
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_CYRILLIC = ("cp1251", "koi8-r", "cp866", "iso-8859-5")


def seen(data: bytes, value: str) -> bool:
    """True if it does."""
    wanted = _as_read(value)
    return any(wanted in _as_read(text) for layer in layers(data) for text in _texts(layer, ascii_only=value.isascii()))


def _texts(layer: bytes, *, ascii_only: bool) -> Iterator[str]:
    yield layer.decode("utf-8", "ignore")
    if b"\0" in layer:
        for charset in _WIDE:
            for skipped in range(4 if charset.startswith("utf-32") else 2):
                yield layer[skipped:].decode(charset, "ignore")
    if not ascii_only and not layer.isascii():
        yield from (layer.decode(charset, "ignore") for charset in _CYRILLIC)


@lru_cache(maxsize=4096)
def _as_read(text: str) -> str:
    said = text.lower() if text.isascii() else "".join(map(_read, unicodedata.normalize("NFKD", text)))
    return "".join(char for char in said.translate(_LOOKS) if not (char in _LAYOUT or char.isspace()))


@lru_cache(maxsize=4096)
def _read(char: str) -> str:
    if unicodedata.category(char) in _UNSEEN or char in "\u180e\u200b":
        return ""
    digit = unicodedata.digit(char, None)
    return char.lower() if digit is None else str(digit)
