"""Plaintext in files, whatever they are: as it is, URL- or JSON-escaped, in base64 or hexadecimal, in UTF-16.

Every made-up name, e-mail and address begins with a canary; numbers are those of the people who were sent. Digits
between letters of hexadecimal are no number: of 36 million characters of ciphertext in a run's log and dump, 528 times
ten in a row begin as these people's passports do, so that one run in twenty found one by chance.
"""

from __future__ import annotations

import base64
import binascii
import gzip
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import re2

from tests.load.people import person

WORDS = ("canary", "Canary", "CANARY", "Канар", "канар", "КАНАР")
ISLANDS = b"Atlantic/"
"""A time zone that every PostgreSQL knows."""
SEPARATORS = b" -()+."
CHUNK = 1 << 22
OVERLAP = 1 << 12

_PLAIN = re2.Options()
_PLAIN.encoding = re2.Options.Encoding.LATIN1
_PLAIN.max_mem = 1 << 27
NUMBER = re2.compile(rb"[+(]?[0-9][0-9 \-()+.]{8,24}[0-9]", _PLAIN)
WIDE = re2.compile(rb"(?:[0-9 \-+]\x00){10,}|(?:\x00[0-9 \-+]){10,}", _PLAIN)
HEX = re2.compile(rb"(?:[0-9a-f]{2}){10,}|(?:[0-9A-F]{2}){10,}", _PLAIN)
BASE64 = re2.compile(rb"[A-Za-z0-9+/_-]{14,}", _PLAIN)


def spelt(word: str) -> Iterator[bytes]:
    """A word as programs write it down."""
    raw = word.encode()
    yield raw
    for coding in ("utf-16-le", "utf-16-be", "cp1251", "utf-8"):
        coded = word.encode(coding)
        yield from (coded, coded.hex().encode(), coded.hex().upper().encode())
        yield from (_inside(coded, before) for before in range(3))
    if not word.isascii():
        yield from (quote(word).encode(), quote(word).lower().encode())
        escaped = "".join(f"\\u{ord(letter):04x}" for letter in word)
        yield from (escaped.encode(), escaped.upper().replace("\\U", "\\u").encode())
        yield "".join(f"\\{byte:03o}" for byte in raw).encode()
        yield "".join(f"\\x{byte:02x}" for byte in raw).encode()


def _inside(data: bytes, before: int) -> bytes:
    """What of a base64 text does not depend on the neighbours, when so many bytes stand before."""
    text = base64.b64encode(b"\0" * before + data + b"\0" * ((-before - len(data)) % 3))
    return text[(0, 2, 3)[before] : len(text) - (0, 2, 3)[(-before - len(data)) % 3]]


_FORMS = sorted({form for word in WORDS for form in spelt(word)})
FOUND = re2.compile(b"|".join(b"".join(b"\\x%02x" % byte for byte in one) for one in _FORMS), _PLAIN)


class Plaintext:
    """Looks for the canaries, and for the numbers of so many people."""

    def __init__(self, people: Iterable[int]) -> None:
        self.numbers: dict[bytes, str] = {}
        for who in map(person, people):
            for name in ("phone", "passport", "snils", "inn"):
                digits = getattr(who, name).encode().translate(None, SEPARATORS)
                self.numbers[digits] = name
        self.sizes = sorted({len(one) for one in self.numbers})
        self.bytes = 0
        self.files = 0

    def in_folder(self, folder: Path, *, but: Iterable[Path] = ()) -> Counter[str]:
        """What was found where: ``path: what``. A file that vanishes meanwhile is nobody's."""
        found: Counter[str] = Counter()
        spared = set(but)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and path not in spared:
                try:
                    found += self.in_file(path, folder)
                except FileNotFoundError:
                    continue
        return found

    def in_file(self, path: Path, folder: Path) -> Counter[str]:
        found: Counter[str] = Counter()
        self.files += 1
        with path.open("rb") as file:
            rest = b""
            while chunk := file.read(CHUNK):
                self.bytes += len(chunk)
                for what in self.in_bytes(rest + chunk):
                    found[f"{path.relative_to(folder)}: {what}"] += 1
                rest = chunk[-OVERLAP:]
        return found

    def in_bytes(self, data: bytes) -> Iterator[str]:
        """What stands there, spelt whichever way."""
        for match in FOUND.finditer(data):
            if data[max(0, match.start() - len(ISLANDS)) : match.start()] != ISLANDS:
                yield f"canary {data[max(0, match.start() - 12) : match.start() + 12]!r}"
        if self.numbers:
            for text in _texts(data):
                spans = [match.span() for match in HEX.finditer(text) if _is_mixed(match.group(0))]
                for match in NUMBER.finditer(text):
                    if not _is_within(match.span(), spans):
                        yield from self._known(match.group(0).translate(None, SEPARATORS))

    def _known(self, digits: bytes) -> Iterator[str]:
        for size in self.sizes:
            for at in range(len(digits) - size + 1):
                if (name := self.numbers.get(digits[at : at + size])) is not None:
                    yield name


def _is_mixed(coded: bytes) -> bool:
    """True for what is neither one number nor a number's digits spelt 3x, 3x …: it is decoded and looked at as well."""
    return any(letter > 0x39 for letter in coded)


def _is_within(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    """True if one of the sorted spans goes beyond it at both ends."""
    at = bisect_left(spans, span) - 1
    return at >= 0 and spans[at][0] < span[0] and span[1] < spans[at][1]


def _texts(data: bytes) -> Iterator[bytes]:
    yield data
    for match in WIDE.finditer(data):
        yield match.group(0).replace(b"\0", b"")
    for match in HEX.finditer(data):
        yield bytes.fromhex(match.group(0).decode())
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    for match in BASE64.finditer(data):
        text = match.group(0).translate(bytes.maketrans(b"-_", b"+/"))
        try:
            yield base64.b64decode(text[: len(text) // 4 * 4])
        except binascii.Error:
            continue
