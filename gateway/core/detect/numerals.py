"""Digits that are written as words: «восемь девятьсот три» is 8903, ``nine zero`` is 90."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_UNITS = (
    "ноль один два три четыре пять шесть семь восемь девять|нуль одна две|зеро|"
    "zero one two three four five six seven eight nine|oh|nol odin dva tri chetyre pyat shest sem vosem devyat"
)
_TEENS = (
    "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать|"
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen|"
    "desyat odinnadtsat dvenadtsat trinadtsat chetyrnadtsat pyatnadtsat shestnadtsat semnadtsat vosemnadtsat "
    "devyatnadtsat"
)
_TENS = (
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто|"
    "twenty thirty forty fifty sixty seventy eighty ninety|"
    "dvadtsat tridtsat sorok pyatdesyat shestdesyat semdesyat vosemdesyat devyanosto"
)
_HUNDREDS = (
    "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот|"
    "sto dvesti trista chetyresta pyatsot shestsot semsot vosemsot devyatsot"
)


def _values() -> Mapping[str, tuple[int, int]]:
    """Each numeral with its value and its size: 1 for units, 2 for tens and teens, 3 for hundreds."""
    found: dict[str, tuple[int, int]] = {}
    tables = ((_UNITS, 0, 1, 1), (_TEENS, 10, 1, 2), (_TENS, 20, 10, 2), (_HUNDREDS, 100, 100, 3))
    for rows, first, step, size in tables:
        for row in rows.split("|"):
            found |= {word: (first + step * place, size) for place, word in enumerate(row.split())}
    return MappingProxyType(found | {"нуль": (0, 1), "одна": (1, 1), "две": (2, 1)})


_VALUES = _values()
NUMERAL = "|".join(sorted(_VALUES, key=lambda word: (-len(word), word)))
"""All numerals, as an alternation."""

_WORD = re.compile(r"[^\W\d_]+|\d+")


def in_digits(text: str) -> str:
    """The digits that the words of a text say, one behind the other; words that are no numerals say nothing.

    A smaller number behind a larger one goes into it (сто двадцать три is 123), anything else begins anew.
    """
    said: list[str] = []
    sum_, room = 0, 0
    for word in _WORD.findall(text.lower().replace("ё", "е")):
        value, size = _VALUES.get(word, (0, 0))
        if size and value and size < room and sum_ % 10**size == 0:
            sum_, room = sum_ + value, size
            said[-1] = str(sum_)
        elif size or word.isdigit():
            said.append(word if word.isdigit() else str(value))
            sum_, room = value, 0 if word.isdigit() or 10 <= value < 20 or not value else size
    return "".join(said)
