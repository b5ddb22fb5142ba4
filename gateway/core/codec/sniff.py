"""What a body looks like, whatever its label says: multipart by its boundary line, a form by its pairs.

Narrower than the grammars: what looks so is so, or was made to look so, and then it is read all the more closely.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_DELIMITER = (
    r"--([0-9A-Za-z'()+_,\-./:=?]{1,70})\r?\n(?:[!-9;-~]{1,60}:[^\r\n]{0,998}\r?\n){0,8}?"
    r"content-(?:disposition[ \t]*:[ \t]*(form-data)|disposition[ \t]*:|type[ \t]*:)"
)
"""The first boundary line of a multipart body, and one of the headers that make a part of what stands behind it."""

_BEGINS = re.compile(rf"(?:\xef\xbb\xbf)?[ \t\r\n]*{_DELIMITER}", re.IGNORECASE)
_LATER = re.compile(rf"(?:\r\n|\n){_DELIMITER}", re.IGNORECASE)
_PREAMBLE = 2**14
"""How far before the first part something else may stand."""

_PAIR = re.compile(r"[A-Za-z_][\w.\[\]*~%-]*+=[\w*.~+!'()@:/,$%-]*+(?:&|[\r\n]*\Z)", re.ASCII)
_LOOSE_PAIR = re.compile(r"[^\W\d][\w.\[\]-]*+=[^&]*+(?:(?<!\s)&|\Z)")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Delimited(NamedTuple):
    """``certain``: nobody would write it so who does not mean it, so it is that or broken."""

    boundary: str
    form: bool
    certain: bool


def parts_in(text: str) -> Delimited | None:
    """What tells of a multipart body in a text with a code point a byte; O(n)."""
    if "--" not in text:
        return None
    begins = _BEGINS.match(text)
    found = begins or _LATER.search(text, 0, _PREAMBLE)
    if found is None:
        return None
    form = found[2] is not None
    return Delimited(found[1], form, form and begins is not None)


def looks_like_form(text: str) -> bool:
    """True for two pairs and more of what a form may hold, as browsers and libraries write it."""
    return _are_pairs(text, _PAIR) and _NO_ESCAPE.search(text) is None


def holds_pairs(text: str) -> bool:
    """True for two pairs and more under plain names, whatever stands in them."""
    return _are_pairs(text, _LOOSE_PAIR)


def _are_pairs(text: str, pair: re.Pattern[str]) -> bool:
    at, pairs = 1 if text.startswith("\ufeff") else 0, 0
    while found := pair.match(text, at):
        at, pairs = found.end(), pairs + 1
    return at == len(text) and pairs > 1 and not text.endswith("&")
