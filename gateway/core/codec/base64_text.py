"""Base64 and base64url, padded or not, in one line or many, and hex: when it holds a text, and how it is written again.

Only what decodes to clean text counts, and the shorter and barer it is, the more that text has to say: a word that
happens to be valid Base64 stays a word.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping

from gateway.core.codec.budget import Budget
from gateway.core.codec.charsets import holds_controls
from gateway.core.codec.codings import SKIPPABLE, may_be_unmarked
from gateway.core.codec.octets import WORTH_TRYING, Octets, octets_of, packed_in
from gateway.core.detect.linear import linear
from gateway.model.document import Spelling

_SECOND = "ACDEFGHMNOPQSTUVWXcdefgijklmnstuvwyz012389+/_-"
_LONG = "[BRhx](?=[A-Za-z0-9+/_-]{12})"
_UNMARKED = "(?=[A-Za-z0-9+/_ -]{22})"
_BEGINS = (
    rf"(?:{_UNMARKED}|[CDI-Za-f](?:[{_SECOND}]|{_LONG})|[w-z0-9+/_-][A-Za-z0-9+/_-]|H4|KL|e[JNAF]|[A-H][A-Za-z0-9+/_-])"
)
"""Base64 of ASCII, UTF-8, one-byte Cyrillic, UTF-16 or a control character, or the mark of gzip, zstd or zlib.

A second byte that is a control character is in no word that is longer than words are; what has no mark may begin with
any byte, and is no shorter.
"""

_CAPITAL = r"(?=[a-z0-9+/_ -]*+[A-Z])"
"""Base64 of a text has one; words, names of fields, numbers and dates have none."""

_LINE = r"[A-Za-z0-9+/_ -]"
_LINES = re.compile(rf"{_CAPITAL}{_BEGINS}{_LINE}*+(?:\r?\n{_LINE}++)*={{0,2}}\s*")
_SHORTEST = 8
"""With padding."""

_HEX_DIGITS = r"(?:[0-7][0-9A-Fa-f]|[C-Fc-f][0-9A-Fa-f](?:[89ABab][0-9A-Fa-f])+){8,}"
"""Of ASCII or UTF-8."""

_HEX_OF_PACKED = r"(?i:1f8b08|28b52ffd|5[0-9a-f]2a4d18|78(?:01|5e|9c|da))(?:[0-9A-Fa-f]{2}){8,}"
_HEX = re.compile(f"{_HEX_DIGITS}|{_HEX_OF_PACKED}")
_STRING = re.compile(r'"([a-z0-9+/_-]*+(?:[A-Z][A-Za-z0-9+/_-]{3,}+={0,2}|(?<=[0-9a-f]{16})))"')
"""A string of JSON that may be Base64 or hex."""

_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"x\x01", b"x^", b"x\x9c", b"x\xda", b"\xff\xfe", b"\xfe\xff")
_CYRILLIC = re.compile(rb"[\xc0-\xff]")
_LONG_ENOUGH = 12
_HEX_AT_LEAST = 16
_NUMBER_AT_MOST = 20
_SAYS = re.compile(r"@|\d{5}|[^\x00-\x7f]{2}|[{=&]")
_STANDARD = str.maketrans("-_ ", "+/+")
_URL_SAFE = str.maketrans("+/", "-_")
_BLANKS = re.compile(r"[\r\n]+")
_NO_DIGITS = re.compile(r"[^A-Za-z0-9+/=]+")
"""Blanks, and in a data URL whatever stands there: lenient readers pass over it."""


_ANY = "[A-Za-z0-9+/_-]"
_TRIPLE = f"[I-Za-f][C-HS-Xi-ny-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589]{_ANY}"
"""Three printable ASCII characters in Base64: the first 26 values are letters 2 to 7, and so on."""

_IN_WORDS = linear(
    rf"(?:^|[^A-Za-z0-9+/_.-])(?:(?:{_TRIPLE}){{3}}|0[JKLY]{_ANY}{{10}}|(?:H4sI|KLUv|eJ[w-z]|eAE|eNo|eF4){_ANY}{{8}}"
    rf"|[I-Za-f][AQgw][AB]{_ANY}A[A-H]{_ANY}A{_ANY}{{4}}"
    r"|(?:0?x)?(?:(?:[2-7][0-9A-Fa-f]){8}|(?:[Dd][01][89ABab][0-9A-Fa-f]){4}))"
)
"""How Base64 (ASCII, Cyrillic in UTF-8, UTF-16, what is packed) or hex begins, and next to no other word."""


def may_be_base64(text: str) -> bool:
    """Cheap, and true for all that ``read_base64`` reads."""
    return len(text) >= _SHORTEST and _LINES.fullmatch(text) is not None


def strings_are_coded(text: str) -> bool:
    """True if a string of a JSON text without escapes may be Base64 or hex, or hold some; mostly false for others."""
    if _IN_WORDS.search(text.encode("utf-8", "replace")) is not None:
        return True
    return _STRING.search(text) is not None and any(_may_be_coded(found[1]) for found in _STRING.finditer(text))


def _may_be_coded(text: str) -> bool:
    return (may_be_base64(text) and _may_say(_bytes_of(text))) or may_be_hex(text)


def _may_say(raw: bytes) -> bool:
    """Mostly false for a word that only looks like Base64."""
    if 8 * (raw.count(b"\0") + raw.count(b"\4")) > len(raw):
        return True  # UTF-16, whatever noise stands in it
    try:
        return octets_of(raw) is not None if holds_controls(text := raw.decode()) else bool(text)
    except UnicodeDecodeError:
        told = raw.startswith(_PACKED) or raw[1:4] == SKIPPABLE or 2 * len(_CYRILLIC.findall(raw)) > len(raw)
        return told or (len(raw) >= WORTH_TRYING and may_be_unmarked(raw))


def read_base64(text: str, budget: Budget) -> Octets | None:
    """What the text spells, if it is Base64 of a text. Raises PayloadError (GW-P107)."""
    raw = _bytes_of(text)
    said = octets_of(raw, budget) if raw else None
    if said is None:
        return None
    bare = len(text) < _LONG_ENOUGH and not text.endswith("=")
    return None if bare and not said.codings and not _SAYS.search(said.text) else _noted(said, budget)


def spell_base64(text: str, old: str) -> str:
    """The same text spelled with the alphabet, padding, charset, codings and line breaks of the old stretch."""
    habits = octets_of(_bytes_of(old))
    raw = habits.spell(text) if habits else text.encode("utf-8", "replace")
    spelled = b64encode(raw).decode("ascii")
    if "-" in old or "_" in old:
        spelled = spelled.translate(_URL_SAFE)
    if not old.rstrip().endswith("=") and (len(_joined(old)) % 4 or "-" in old or "_" in old):
        spelled = spelled.rstrip("=")
    lines = _BLANKS.split(old)
    if len(lines) == 1:
        return spelled
    width, end = len(lines[0]), old[len(lines[0]) :][: 2 if old[len(lines[0])] == "\r" else 1]
    broken = end.join(spelled[at : at + width] for at in range(0, len(spelled), width))
    return broken + (end if not lines[-1] else "")


def read_hex(text: str, budget: Budget) -> Octets | None:
    """What the text spells in hex digits. Raises PayloadError (GW-P107). A number that people have stays a number."""
    if not _HEX.fullmatch(text) or (text.isdigit() and len(text) <= _NUMBER_AT_MOST):
        return None
    said = octets_of(binascii.unhexlify(text), budget)
    return _noted(said, budget) if said else None


def _noted(said: Octets, budget: Budget) -> Octets:
    budget.hides = budget.hides or said.hides
    return said


def hides(text: str, spelling: Spelling) -> bool:
    """True if what spells a text in Base64, in hex or as packed bytes may hold something beside it."""
    budget = Budget(0, 0, lambda *_: None)
    said = _READ[spelling](text, budget)
    return said is not None and said.hides


def spell_hex(text: str, old: str) -> str:
    """The same text in hex digits of the same case."""
    habits = octets_of(binascii.unhexlify(old))
    spelled = (habits.spell(text) if habits else text.encode("utf-8", "replace")).hex()
    return spelled.upper() if any(char in "ABCDEF" for char in old) else spelled


_READ: Mapping[Spelling, Callable[[str, Budget], Octets | None]] = {
    "base64_text": read_base64,
    "hex": read_hex,
    "octets": packed_in,
}


def may_be_hex(text: str) -> bool:
    """Cheap, and true for all that ``read_hex`` reads."""
    return len(text) >= _HEX_AT_LEAST and _HEX.fullmatch(text) is not None


def _bytes_of(text: str) -> bytes:
    bare = _NO_DIGITS.sub("", _joined(text)).partition("=")[0]
    if len(bare) % 4 == 1:
        return b""
    return b64decode(bare + "=" * (-len(bare) % 4))


def _joined(text: str) -> str:
    """One line in the standard alphabet; a blank is the plus sign that a form made a blank of."""
    return _BLANKS.sub("", text.strip("\r\n")).translate(_STANDARD)
