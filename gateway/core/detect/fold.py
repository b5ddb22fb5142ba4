"""One spelling for many: the folded shadow of a text that patterns read, and the way back to the original.

Folding is one to one wherever it can be (capitals, ё, dashes, blanks, full-width and foreign digits, look-alikes), so
offsets stay. Only what has no width at all (soft hyphens, zero-width and combining marks, marks of direction, tags) is
taken out; then ``origin`` leads back. Plain ASCII and plain Russian take a short way: one look, no table. Plus signs
between groups of digits are blanks that a form was written with, and no reader has undone.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from gateway.core.detect.linear import linear
from gateway.core.detect.lookalikes import MIXED, plain
from gateway.model.swift import swift

SEPARATOR = "\0"
"""Stands between the leaves of a joined text; no pattern matches it."""

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_RANGES = (
    (0x00A0, 0x00FF), (0x1680, 0x1680), (0x2000, 0x200A), (0x2010, 0x2015), (0x202F, 0x202F), (0x205F, 0x205F),
    (0x2070, 0x209C), (0x2100, 0x2115), (0x2117, 0x214F), (0x2212, 0x2212), (0x2460, 0x2468), (0x3000, 0x3000),
    (0xFE58, 0xFE63), (0xFF01, 0xFFEE), (0x1D400, 0x1D7FF),
    *((point, point) for point in range(0x660, 0x1FBFA) if chr(point).isdecimal()),
)  # fmt: skip
_WIDTHLESS = (
    (0xAD, 0xAD), (0x300, 0x36F), (0x483, 0x489), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
    (0x20D0, 0x20FF), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip


def _single(char: str) -> str:
    """The one character that the given one stands for, itself if there is no single one."""
    if char in _DASHES:
        return "-"
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if char.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


_TABLE = {
    point: single
    for first, last in _RANGES
    for point in range(first, last + 1)
    if not any(low <= point <= high for low, high in _WIDTHLESS) and (single := _single(chr(point))) != chr(point)
} | {0x130: "I"}

_ODD = linear(
    "["
    + "".join(f"\\x{{{point:x}}}" for point in _TABLE)
    + "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in _WIDTHLESS)
    + "]|"
    + MIXED
)
_MIXED = linear(MIXED)
_MARKS = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _WIDTHLESS) + "]+")


_GROUPS = re.compile(
    r"(?<![\w.:])\+?[0-9]{1,4}(?:[+-][0-9]{2,4}){2,5}(?![\w.:])|(?<![\w.:])[0-9]{4}\+[0-9]{6}(?![\w.:])"
)
"""Numbers in groups; no times of day, no sums of decimals."""

_PLUS = re.compile(r"\+(?<=[0-9]\+)[0-9]")
"""What such a number must have for a plus to be a blank in it; begun by the sign, which is quickly looked for."""


def _with_blanks(number: re.Match[str]) -> str:
    first = 1 if number[0][0] == "+" else 0
    return number[0][:first] + number[0][first:].replace("+", " ")


@swift
@dataclass(frozen=True, slots=True, repr=False)
class Folded:
    """A text in one spelling: ``cased`` keeps capitals, ``lower`` does not; both are equally long, ``raw`` is ``lower``
    in UTF-8.

    ``cuts`` and ``shifts``: from which offset on how many characters had been taken out before.
    """

    cased: str
    lower: str
    raw: bytes
    cuts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def __repr__(self) -> str:
        return f"Folded(chars={len(self.cased)})"

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text that a stretch of the folded one comes from."""
        if not self.cuts:
            return start, end
        return start + self._shift(start), end - 1 + self._shift(end - 1) + 1

    def _shift(self, offset: int) -> int:
        place = bisect_right(self.cuts, offset)
        return self.shifts[place - 1] if place else 0


def fold(text: str) -> Folded:
    """The folded shadow of a text; O(n)."""
    if _PLUS.search(text):
        text = _GROUPS.sub(_with_blanks, text)
    lower = text.lower()
    if text.isascii():
        raw = lower.encode()
        if _MIXED.search(raw) is None:
            return Folded(text, lower, raw)
        return _in_lower(plain(text))
    lower = lower.replace("ё", "е")
    raw = lower.encode("utf-8", "replace")
    if len(lower) == len(text) and _ODD.search(raw) is None:
        return Folded(text, lower, raw)
    return _fold_odd(text)


def _fold_odd(text: str) -> Folded:
    pieces, cuts, shifts = [], [], []
    kept = taken = last = 0
    text = text.replace("и\u0306", "й\u0306").replace("И\u0306", "Й\u0306")
    for mark in _MARKS.finditer(text):
        start, end = mark.span()
        pieces.append(text[last:start])
        kept += start - last
        taken += end - start
        cuts.append(kept)
        shifts.append(taken)
        last = end
    return _in_lower(plain(("".join(pieces) + text[last:]).translate(_TABLE)), tuple(cuts), tuple(shifts))


def _in_lower(cased: str, cuts: tuple[int, ...] = (), shifts: tuple[int, ...] = ()) -> Folded:
    lower = cased.lower().replace("ё", "е")
    return Folded(cased, lower, lower.encode("utf-8", "replace"), cuts, shifts)
