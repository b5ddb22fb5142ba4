"""What each word of a text may be in somebody's name, as one letter; ``names`` reads the letters.

======  ============================================================================================================
``G``   a given name; ``g`` one that is an ordinary word too, ``h`` such a one with a capital inside a sentence
``R``   a rare given name with a capital, ``r`` without
``P``   a patronymic
``S``   a surname by dictionary and ending; ``Z`` by dictionary alone; ``T`` by ending, with a capital in a sentence
``k``   a surname by its ending that no dictionary knows; ``q`` one that is a form of an ordinary word too (волков)
``A``   a surname that looks like an adjective (Полонский, Османской), with a capital
``W``   an ordinary word and a rare given name, with a capital; ``w`` where a sentence begins
``U``   a word with a capital that no dictionary knows, ``u`` without; ``O`` an ordinary one, ``o`` where a sentence
        begins; ``L`` a place, ``l`` one that is a given name too, ``m`` without a capital
``I``   an initial, ``i`` written small; ``j`` a single capital without a dot
``X``   announces a name (зовут), ``y`` is a title (президент), ``v`` says (заявил), ``x`` only hints (клиент)
``d``   a particle inside names (ван, де)
``N``   never part of a name; ``.`` anything else
======  ============================================================================================================
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple

from gateway.core.detect.dictionary import Words, by_ending, code, is_among, is_ordinary, words
from gateway.core.detect.endings import bare, told
from gateway.core.detect.given_names import GIVEN_NAMES, forms_of
from gateway.core.detect.name_words import (
    ANNOUNCING,
    FATHERS,
    HINTING,
    NEVER,
    PARTICLES,
    SAYING,
    SHORT_SURNAMES,
    TITLES,
)

WORD = r"[^\W\d_]+(?:['’\-][^\W\d_]+)*"
_SPLIT = re.compile(f"({WORD})")
"""Cuts a text into what is between words and, every second, a word."""

_SURE = re.compile(r".{3,}(?:енко|чук|швили|[еня]ян|янц)(?:[ауе]|ом)?")
_CYRILLIC = "\u0400"
_PLURAL = ("ых", "ы")
_SLAVIC = re.compile(r".+(?:[oe]v|yn)(?:[aeu]|oy|ym)?|.+(?:enko|chuk|dze|shvili)")
_TAILS = frozenset(
    """
    ов ев ин ын ва ву ве вы ым ой на ну не ны ых ий го му им ом ая ую ко ук ли зе ян нц ич ча чу ем ны не ну нн
    ov ev in yn va na vu nu oy ky iy ii ya ko uk ze li ch
    """.split()
)
_CAMEL = re.compile("[А-ЯЁ][а-яё]{2,}")
_STARTS = re.compile(r"[.!?…:;\n\r\x00«»\"(]")
_SHORT = 3
_ACRONYM = 5
_LONGEST = 32


class Read(NamedTuple):
    """A text's words: where they stand, how they are spelt (lower case), and their letters.

    ``letters`` has two characters a word: its letter, then ``_`` if one blank leads to the next word, ``0`` if it
    stands in another leaf, else ``|``.
    """

    starts: list[int]
    spelt: list[str]
    letters: str

    def end(self, place: int) -> int:
        """Where a word ends."""
        return self.starts[place] + len(self.spelt[place])


def read(cased: str, lower: str) -> Read:
    """The words of a folded text, which is given with and without its capitals."""
    parts = _SPLIT.split(lower)
    gaps, spelt = parts[::2], parts[1::2]
    starts = list(accumulate(map(len, parts)))[:-1:2]
    letters = list(map(_KNOWN.get, spelt))
    shouting = cased.isupper()
    known = words()
    for place, letter in enumerate(letters):
        if letter is None or letter == "g":
            start, word = starts[place], spelt[place]
            upper = cased[start].isupper()
            if len(word) > _LONGEST:
                letters[place] = "."
            elif not upper and word[-2:] not in _TAILS and (letter or _says_nothing(word, place, letters, known)):
                letters[place] = letter or "."
            else:
                capital = upper and not cased[start + 1].isupper()
                begins = capital and _begins(gaps[place], spelt[place - 1] if place else "")
                acronym = upper and not (capital or shouting) and len(word) <= _ACRONYM
                judged = _letter(letter, _Word(word, capital, begins, known), acronym=acronym)
                if judged == "U" and not shouting:
                    judged = _apart(cased[start : start + len(word)], known) or judged
                letters[place] = judged
        elif letter == "1":
            letters[place] = _initial(cased[starts[place]], gaps[place + 1])
    joined = [
        f"{letter}_" if gap == " " else f"{letter}{_border(gap, letter)}"
        for gap, letter in zip(gaps[1:], letters, strict=True)
    ]
    return Read(starts, spelt, "".join(joined))


class _Word(NamedTuple):
    """A word to be judged. ``capital``: one, and not all of them; ``begins``: a sentence, with that capital."""

    spelt: str
    capital: bool
    begins: bool
    known: Words

    @property
    def stem(self) -> int:
        """What dictionaries of surnames know it by."""
        return code(self.spelt if self.spelt.isascii() else bare(self.spelt))


def _letter(letter: str | None, word: _Word, *, acronym: bool) -> str:
    if letter is not None:
        return "h" if word.capital and not word.begins else letter
    return "." if acronym else _judged(word)


def _says_nothing(word: str, place: int, letters: list[str | None], known: Words) -> bool:
    """True for a word without a capital or the ending of a name: if it is ordinary, or Latin and beside no name."""
    if not word.isascii():
        return is_ordinary(code(word), known.ordinary)
    return letters[place - 1] != "G" and (place + 1 == len(letters) or letters[place + 1] != "G")


def _initial(char: str, gap: str) -> str:
    if gap[:1] != ".":
        return "j" if char.isupper() else "N"
    return "I" if char.isupper() else "i"


def _apart(cased: str, known: Words) -> str:
    """``P`` for a name whose words are not parted (ИвановПётр), which is as sure as a patronymic."""
    parts = _CAMEL.findall(cased)
    if len(parts) < 2 or "".join(parts) != cased:
        return ""
    words_ = [part.lower().replace("ё", "е") for part in parts]
    found = {_KNOWN.get(word) or _judged(_Word(word, capital=True, begins=False, known=known)) for word in words_}
    return "P" if found & set("Gh") and not found & set(".NXxyvO") else ""


def _border(gap: str, letter: str | None) -> str:
    if "\0" in gap:
        return "0"
    return "_" if letter in {"I", "i"} and gap in {".", ". "} else "|"


def _begins(gap: str, before: str) -> bool:
    """True if a sentence begins behind the gap; not behind an initial, nor a short word with a dot (г., ул.)."""
    if not before or _STARTS.search(gap) is None:
        return not before
    return not (gap[0] == "." and len(gap) < _SHORT and len(before) <= _SHORT and "\n" not in gap)


def _judged(word: _Word) -> str:
    spelt, _, _, known = word
    if "-" in spelt or "'" in spelt or "’" in spelt:
        return _compound(word)
    if spelt[0] < _CYRILLIC and not spelt.isascii():
        return _judged(word._replace(spelt=_plain(spelt)))
    number = code(spelt)
    ordinary = is_ordinary(number, known.ordinary) or by_ending(spelt)
    ending = told(spelt)
    if not ordinary and ending == "patronymic":
        return "P"
    if is_among(number, known.places):
        return _place(word, number, ordinary=ordinary)
    if ending in _LOOKS:
        return _LOOKS[ending](word, ordinary)
    return _ordinary(word, number) if ordinary else _unknown(word, number)


def _place(word: _Word, number: int, *, ordinary: bool) -> str:
    if word.capital:
        named = is_among(number, word.known.given) or (
            told(word.spelt) == "surname" and is_among(word.stem, word.known.surnames)
        )
        return "l" if named else "L"
    return "." if ordinary else "m"


def _ordinary(word: _Word, number: int) -> str:
    """The letter of an ordinary word."""
    if not word.capital:
        return "."
    return ("w" if word.begins else "W") if is_among(number, word.known.given) else "o" if word.begins else "O"


def _unknown(word: _Word, number: int) -> str:
    """The letter of what is no word of the language."""
    if is_among(number, word.known.common):
        return "G"
    if is_among(number, word.known.given):
        return "R" if word.capital else "r"
    if is_among(word.stem, word.known.surnames):
        return "Z"
    return "U" if word.capital else "u"


def _like_adjective(word: _Word, ordinary: bool) -> str:  # noqa: FBT001 - one row of a table of functions
    """The letter of a surname such as Полонский."""
    if ordinary:
        return "." if not word.capital else "o" if word.begins else "O"
    listed = is_among(word.stem, word.known.surnames)
    return "A" if word.capital and (listed or not word.begins) else "S" if listed else "."


def _like_possessive(word: _Word, ordinary: bool) -> str:  # noqa: FBT001 - as above
    """The letter of a surname such as Волков."""
    if word.capital and not word.begins and (not word.spelt.isascii() or _SLAVIC.fullmatch(word.spelt)):
        return "k" if word.spelt.endswith(_PLURAL) else "T"
    listed = is_among(word.stem, word.known.surnames)
    if ordinary:
        return "q" if listed else "."
    return "S" if listed or _SURE.fullmatch(word.spelt) else "k"


_LOOKS = {"surname": _like_possessive, "adjective": _like_adjective}


def _plain(word: str) -> str:
    """A Latin word without its accents, in plain letters or at least in none that are taken apart again."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
    return plain.encode("ascii", "replace").decode().replace("?", "x")


def _compound(word: _Word) -> str:
    """The letter of a double name: what both halves are, else what a capital makes of it."""
    parts = re.split(r"['’\-]", word.spelt)
    if parts[-1] == "s":
        return _KNOWN.get(parts[0]) or _judged(word._replace(spelt=parts[0]))
    found = {_KNOWN.get(part) or _judged(word._replace(spelt=part)) for part in parts if len(part) > 1}
    for letter in "GTSRk":
        if letter in found and not found & set(".NXxyv"):
            return letter
    places, last = word.known.places, parts[-1]
    if is_among(code(word.spelt), places):
        return "L" if word.capital else "m"
    if word.capital and told(last) == "surname" and is_among(code(bare(last)), word.known.surnames):
        return "T"
    if len(last) > _SHORT and is_among(code(last), places):
        return "L" if word.capital else "m"
    return "U" if word.capital and not found & set("NLO.") else "."


def _known() -> Iterable[tuple[str, str]]:
    for name, ordinary in GIVEN_NAMES.items():
        yield name, "g" if ordinary else "G"
    for letter, listed in (("x", HINTING), ("y", TITLES)):
        for word in listed.split():
            for form in forms_of(word):
                yield form, letter
    for letter in map(chr, (*range(ord("a"), ord("z") + 1), *range(ord("а"), ord("я") + 1))):
        yield letter, "1"
    for letter, listed in (
        ("X", ANNOUNCING),
        ("N", NEVER),
        ("v", SAYING),
        ("d", PARTICLES),
        ("P", FATHERS),
        ("q", SHORT_SURNAMES),
    ):
        yield from ((word, letter) for word in listed.split() if len(word) > 1)


_KNOWN: Mapping[str, str] = MappingProxyType(dict(_known()))
