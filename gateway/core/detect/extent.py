"""How many bytes a find of a pattern can have, and whether a digit is always among them; read from the pattern itself.

Where a digit is and a find is short, only what stands around the digits of a text has to be read for it
(``Passes``). So both answers are on the safe side: too wide rather than too narrow, no digit rather than one too many.
"""

from __future__ import annotations

import re
from math import inf
from typing import NamedTuple

from gateway.core.detect.widths import ATOM, TIMES

_DIGITS = re.compile(r"\\d|[0-9]|\[(?:\\d|[0-9](?:-[0-9])?)+\]")
_ANY = re.compile(r"\[\^|\[.*(?:\\[pPwWDSx]|\[:).*\]|\\[pPDSWx]|\.", re.DOTALL)
_WIDEST = 4
"""Bytes of a character at most."""


class Extent(NamedTuple):
    """``most`` bytes that a find has, and if ``digit``, one of them at least is a digit (ASCII)."""

    most: float
    digit: bool


_NOTHING = Extent(0, digit=False)


def extent(pattern: str) -> Extent:
    """The extent of all finds of a pattern (RE2, read from UTF-8).

    Raises ValueError where it is not understood, nor where it does not tell capitals: k is a Kelvin sign there too.
    """
    if "(?i" in pattern:
        raise ValueError("capitals are not told")
    found, at = _alternatives(pattern, 0)
    if at < len(pattern):
        raise ValueError(f"a bracket too many at character {at + 1}")
    return found


def _alternatives(pattern: str, at: int) -> tuple[Extent, int]:
    """The extent of what stands between two brackets, and where it ends."""
    done: list[Extent] = []
    row = _NOTHING
    while at < len(pattern):
        found = ATOM.match(pattern, at)
        if found is None:
            raise ValueError(f"'{pattern[at]}' cannot stand at character {at + 1}")
        if found["close"]:
            break
        at = found.end()
        if found["or"]:
            done.append(row)
            row = _NOTHING
        elif not found["anchor"]:
            piece = _character(found["one"] or "")
            if found["open"]:
                piece, at = _alternatives(pattern, at)
                if at == len(pattern):
                    raise ValueError(f"the bracket at character {found.start() + 1} is not closed")
                at += 1
            least, most, at = _times(pattern, at)
            row = Extent(row.most + (piece.most * most if piece.most else 0), row.digit or (piece.digit and least > 0))
    done.append(row)
    return Extent(max(one.most for one in done), all(one.digit for one in done)), at


def _times(pattern: str, at: int) -> tuple[int, float, int]:
    """How often at least, how often at most, and where the pattern goes on."""
    found = TIMES.match(pattern, at)
    if found is None:
        return 1, 1, at
    mark, least, comma, most = found.groups()
    if least is None:
        return int(mark == "+"), 1 if mark == "?" else inf, found.end()
    return int(least), int(most or least) if most or not comma else inf, found.end()


def _character(piece: str) -> Extent:
    """The extent of what stands for one character; the last one that a class lists is the widest in it."""
    if _ANY.match(piece):
        return Extent(_WIDEST, digit=False)
    return Extent(len(max(piece, default="").encode()), _DIGITS.fullmatch(piece) is not None)
