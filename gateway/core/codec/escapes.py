"""Texts in which characters stand as escapes: percent-coded, ``%uXXXX``, HTML entities, JSON escapes,
quoted-printable.

Each coding reads a whole text (None: it is not in that coding) and writes a new one as the old was written: what stood
bare there stays bare. A new text that needs no escape gets one all the same, on its first character, so that whoever
reads it again, we too when it comes back, knows that there is a layer to be undone.
"""

from __future__ import annotations

import html
import json
import quopri
import re
from collections.abc import Callable
from typing import NamedTuple

from gateway.core.codec.percent import to_bytes, unquote

_Spell = Callable[[str], str]
"""How a character is written."""

_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_UNICODE_PERCENT = re.compile(r"%u[0-9A-Fa-f]{4}")
_PERCENT_UNICODE = re.compile(r"%u([0-9A-Fa-f]{4})|%([0-9A-Fa-f]{2})")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_JSON_ESCAPE = re.compile(r"""\\(?:u([0-9a-fA-F]{4})|(["'\\/bfnrt]))""")
_TELLING_JSON_ESCAPE = re.compile(r'\\(?:u[0-9a-fA-F]{4}|")|=\\(?:r\\)?n')
"""The last one is the soft line end of quoted-printable."""

_PRINTABLE_ESCAPE = re.compile(r"=(?:[0-9A-F]{2}|[ \t]*\r?\n)")
_TELLING_PRINTABLE = re.compile(
    r"\A=[2-7][0-9A-F]|=(?:\r?\n|3D|0[AD]|[C-F][0-9A-F]=[89AB])|\w=40[\w-]+\.[A-Za-z]|\d=20[\d(]"
)
_SOFT_END = re.compile(r"=(\r?\n)")
_PIECE = re.compile(r"=[0-9A-F]{2}|.", re.DOTALL)
_ROW = re.compile(r"=[0-9A-F]{2}[^&=]*=[0-9A-F]{2}")
"""Two escapes in one pair, were it a form's."""

_LINE = 76
_FIRST = re.compile(r"\d+|.", re.DOTALL)
_INTO_A_NUMBER = re.compile(r"[%=](?:3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa])\d{3}[\d().-]*")
"""An escape of a letter or digit right before digits: as it stands the text may say a number that decoding hides."""

_SMALL_HEX = re.compile(r"%u?[0-9]*[a-f]")
_PLAIN_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LONE = re.compile(r"[\ud800-\udfff]")
_PAIR = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")
_BARE = re.compile(r"[A-Za-z0-9_.~-]")
_UNESCAPED_BY_SCRIPTS = re.compile(r"[A-Za-z0-9@*_+./-]")


def read_percent(text: str) -> str | None:
    """Percent-coded once more than whoever handed us the text has undone."""
    return unquote(text) if _PERCENT.search(text) else None


def numbers_in(text: str) -> list[tuple[int, int]]:
    """Where percent signs stand that may as well belong to a number."""
    return [found.span() for found in _INTO_A_NUMBER.finditer(text) if found[0][0] == "%"]


def spell_percent(text: str, old: str) -> str:
    """In hex digits of the old case."""
    digits = "".join(_PERCENT.findall(old))
    bare = frozenset(_PERCENT.sub("", old)) - {"%"}
    wide = any(ord(char) > 127 for char in bare)

    def spelled(char: str) -> str:
        if _BARE.match(char) or char in bare or (wide and ord(char) > 127 and not _LONE.match(char)):
            return char
        return _hexed(char, "%")

    made = _written(text, old, _Way(spelled, lambda char: _hexed(char, "%"), _PERCENT))
    return made if digits == digits.upper() else _PERCENT.sub(lambda escape: escape[0].lower(), made)


def read_percent_unicode(text: str) -> str | None:
    """What ``escape()`` of scripts writes: ``%u0410`` beside ``%20``."""
    if not _UNICODE_PERCENT.search(text):
        return None
    means = _PERCENT_UNICODE.sub(lambda escape: chr(int(escape[1] or escape[2], 16)), text)
    return _with_pairs(means)


def spell_percent_unicode(text: str, old: str) -> str:
    """As ``escape()`` would; with a ``%u`` even where there is no need of one."""

    def spelled(char: str) -> str:
        if _UNESCAPED_BY_SCRIPTS.match(char):
            return char
        return f"%{ord(char):02X}" if ord(char) < 256 else _in_units(char, "%u")

    made = _written(text, old, _Way(spelled, lambda char: _in_units(char, "%u"), _UNICODE_PERCENT))
    return _PERCENT_UNICODE.sub(lambda escape: escape[0].lower(), made) if _SMALL_HEX.search(old) else made


def read_entities(text: str) -> str | None:
    """HTML entities in a text without tags."""
    means = html.unescape(text) if _ENTITY.search(text) else text
    return None if means == text else means


def spell_entities(text: str, old: str) -> str:
    """Numbers where numbers stood, in their base; a bare ``&`` never."""
    numbers = "&#" in old
    hexed = "&#x" in old.lower()
    bare = frozenset(_ENTITY.sub("", old)) - {"&", "<"}

    def entity(char: str) -> str:
        return f"&#x{ord(char):x};" if hexed else f"&#{ord(char)};"

    def spelled(char: str) -> str:
        if char in bare or (char.isascii() and char not in "&<>\"'") or not (char.isascii() or numbers):
            return char
        return _NAMED.get(char) or entity(char) if not numbers else entity(char)

    return _written(text, old, _Way(spelled, entity, _ENTITY))


_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def read_json_escapes(text: str) -> str | None:
    r"""``\u0410`` as six characters, or the inside of a JSON string: escaped once more than was undone."""
    if not _TELLING_JSON_ESCAPE.search(text) or "\\" in _JSON_ESCAPE.sub("", text):
        return None
    return _with_pairs(_JSON_ESCAPE.sub(_json_unescaped, text))


def _json_unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else _PLAIN_ESCAPES.get(escape[2], escape[2])


def spell_json_escapes(text: str, old: str) -> str:
    """Quotes bare only where they stood bare."""
    wide = not _JSON_ESCAPE.sub("", old).isascii()
    quoted = '"' in _JSON_ESCAPE.sub("", old)

    def spelled(char: str) -> str:
        if (char == '"' and quoted) or (wide and ord(char) > 127 and not _LONE.match(char)):
            return char
        return json.dumps(char)[1:-1]

    return _written(text, old, _Way(spelled, lambda char: _in_units(char, "\\u").lower(), _TELLING_JSON_ESCAPE))


def may_be_printable(text: str) -> bool:
    """True if some of it may be quoted-printable."""
    return "=" in text and _TELLING_PRINTABLE.search(text) is not None


def is_rather_printable(text: str) -> bool:
    """True for quoted-printable with ampersands, which looks like a form, but has values with escapes in a row."""
    return _ROW.search(text) is not None and read_quoted_printable(text) is not None


def read_quoted_printable(text: str) -> str | None:
    """Quoted-printable (RFC 2045, 6.7): every ``=`` begins an escape, and one of them is a telling one."""
    if not _TELLING_PRINTABLE.search(text) or "=" in _PRINTABLE_ESCAPE.sub("", text) or _INTO_A_NUMBER.search(text):
        return None
    return quopri.decodestring(to_bytes(text)).decode("utf-8", "surrogateescape")


def spell_quoted_printable(text: str, old: str) -> str:
    """In lines of 76 where the old one had soft line ends."""

    def spelled(char: str) -> str:
        return char if char in "\t\r\n" or (" " <= char <= "~" and char not in "=@") else _hexed(char, "=")

    made = _written(text, old, _Way(spelled, lambda char: _hexed(char, "="), _TELLING_PRINTABLE))
    soft = _SOFT_END.search(old)
    return _folded(made, soft[1]) if soft else made


def _folded(text: str, end: str) -> str:
    pieces, width = list[str](), 0
    for piece in _PIECE.findall(text):
        if width + len(piece) >= _LINE and piece != "\n":
            pieces.append(f"={end}")
            width = 0
        pieces.append(piece)
        width = 0 if piece == "\n" else width + len(piece)
    return "".join(pieces)


class _Way(NamedTuple):
    """How a character is written as a rule, how as an escape, and what tells that there are escapes."""

    spelled: _Spell
    escaped: _Spell
    telling: re.Pattern[str]


def _written(text: str, old: str, way: _Way) -> str:
    """The text, all in escapes where the old one was; else with one on its first character if it needs none.

    Of a text that begins with a number all first digits are escaped, so that no escape stands before a digit.
    """
    if way.telling.search(old) and not way.telling.sub("", old):
        return "".join([way.escaped(char) for char in text])
    made = "".join([way.spelled(char) for char in text])
    if not text or way.telling.search(made):
        return made
    number = _FIRST.match(text)
    first = number.end() if number else 0
    return "".join([*(way.escaped(char) for char in text[:first]), *(way.spelled(char) for char in text[first:])])


def _hexed(char: str, mark: str) -> str:
    return "".join(f"{mark}{byte:02X}" for byte in to_bytes(char))


def _in_units(char: str, mark: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"{mark}{units[at : at + 2].hex().upper()}" for at in range(0, len(units), 2))


def _with_pairs(text: str) -> str | None:
    """Surrogate pairs as the characters they are; None where one is alone."""
    joined = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return None if _LONE.search(joined) else joined
