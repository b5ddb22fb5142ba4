"""What each word of a run of capitals may be in an English name, as one letter; ``english`` reads the letters.

======  ============================================================================================================
``F``   a given name of any country; ``G`` one that is an ordinary word too
``S``   a surname; ``W`` one that is an ordinary word too; ``E`` what no list has and ends as surnames do
``U``   a word that no dictionary knows; ``O`` an ordinary one
``T``   a title (Mr, Captain); ``J`` a generation or degree (Jr, PhD); ``I`` an initial; ``d`` a particle (van, de)
``Q``   a legal form (Ltd); ``q`` what a body is (Bank, University); ``j`` what a person is at work (Manager)
``y``   what a street ends in, ``Y`` begins with; ``z`` what a place ends in; ``N`` a people; ``A`` an abbreviation
``o``   of; ``&`` and between capitals; ``x`` never part of a name
======  ============================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from gateway.core.detect.dictionary import code, is_among, is_ordinary, words
from gateway.core.detect.dictionary_latin import latin_words
from gateway.core.detect.english_lists import (
    BODIES,
    GENERATIONS,
    HONORIFICS,
    LEGAL,
    NEVER,
    OFFICES,
    PARTICLES,
    PEOPLES,
    ROADS,
    SPOTS,
    STREETS_BEFORE,
)
from gateway.core.detect.given_names import GIVEN_NAMES
from gateway.core.detect.linear import linear
from gateway.core.detect.plain import plain_latin

_UPPER = "A-Z" + "".join(chr(at) for at in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)) if chr(at).isupper())
_WORD = rf"[{_UPPER}][^\W\d_]*(?:['’\-][^\W\d_]+)*"
_SHORTENED = "Mr Mrs Ms Mx Dr Prof Sr Jr St Lt Col Gen Rev Hon Capt Sgt Mt Ft Sra Mme MR MRS MS DR ST".split()
_JOINT = (
    rf"(?:(?<=[{_UPPER}])(?<![^\W\d_]{{2}})\. ?|(?:" + "|".join(f"(?<={word})" for word in _SHORTENED) + r")\. |"
    r" (?:(?:of(?: the)?|&|(?:" + "|".join(sorted(PARTICLES)) + r")(?: (?:la|las|los|der|den|het|le))?) )?)"
)
_RUN = re.compile(rf"(?<![\w@#/\\=~.\-]){_WORD}(?:{_JOINT}{_WORD}){{0,7}}")
_CAPITAL = linear(f"[{_UPPER}]")

_TOKEN = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*|&")
_SURNAME = re.compile(
    r".{2,}(?:son|sen|sson|dottir|ski|sky|ska|skij|skyy|czyk|wicz|vich|vic|vitz|witz|cek|sek|nik|ak|ik|ek|ov|ova|"
    r"ev|eva|enko|chuk|"
    r"yan|ian|idis|akis|opoulos|poulou|ou|elli|etti|otti|ucci|ini|ino|oni|one|aldi|ardi|berg|stein|mann|baum|bach|"
    r"feld|meier|meyer|maier|bauer|huber|quist|qvist|lund|gren|strom|stedt|nen|la|aho|maki|niemi|ez|az|es|eira|eiro|"
    r"ault|eau|eaux|ard|ert|ier|oux|ois|ic|shvili|dze|zadeh|oglu|ley|well|worth|ard|man)|"
    r"(?:mc|mac|fitz|o')[a-z]{3,}|van(?:den|der|de)?[a-z]{4,}"
)
_LONGEST = 40
_ACRONYM = 6
_SHORTEST = 3


class Token(NamedTuple):
    """A word of a run: where it stands, how it is spelt in plain small letters without 's, its letter."""

    start: int
    end: int
    plain: str
    letter: str


def runs(cased: str) -> Iterable[re.Match[str]]:
    """Words with capitals in a row, with what may join them in a name; a text without Latin capitals has none."""
    return _RUN.finditer(cased) if _CAPITAL.search(cased.encode("utf-8", "replace")) else ()


def tokens(cased: str, start: int, end: int, *, shouting: bool) -> list[Token]:
    """The words of a run."""
    return [_token(cased, *match.span(), shouting=shouting) for match in _TOKEN.finditer(cased, start, end)]


def place_of(plain: str) -> int:
    """1 if a place is called so, 2 if a large city is: plain small letters, blanks between the words."""
    number = code(plain)
    known = latin_words()
    return is_among(number, known.places) + is_among(number, known.cities)


def is_known(plain: str) -> bool:
    """True for an ordinary word, one of a list or of one letter: what no name is written small."""
    if GIVEN_NAMES.get(plain) is False:
        return False
    return plain in _KNOWN or len(plain) < _SHORTEST or is_ordinary(code(plain), words().ordinary)


def letter_of(plain: str) -> str:
    """The letter of a word with a capital, inside a sentence."""
    return _KNOWN.get(plain) or _by_lists(plain, foreign=False)


def _token(cased: str, start: int, end: int, *, shouting: bool) -> Token:
    word = cased[start:end]
    plain = plain_latin(word[:_LONGEST])
    if plain.endswith("'s"):
        plain, end = plain[:-2], end - 2
        word = word[:-2]
    letter = _KNOWN.get(plain)
    if letter is not None:
        return Token(start, end, plain, letter if letter != "T" or word[:1].isupper() else ".")
    if len(plain) == 1:
        return Token(start, end, plain, "I" if word.isupper() else ".")
    if word.isupper() and not shouting and len(word) < _ACRONYM and word.isascii():
        return Token(start, end, plain, "A")
    return Token(start, end, plain, _by_lists(plain, foreign=not word.isascii()))


def _by_lists(plain: str, *, foreign: bool) -> str:
    """The letter of a word that no list of its own has; ``foreign``: it has letters that English has not."""
    if "-" in plain or "'" in plain:
        found = [_by_lists(part, foreign=foreign) for part in re.split("['-]", plain) if len(part) > 1]
        if _SURNAME.fullmatch(plain.replace("-", "x")) and plain.startswith("o'"):
            return "S"
        return next((letter for letter in "FSEUGW" if letter in found), "O")
    number = code(plain)
    known = latin_words()
    ordinary = not foreign and is_ordinary(number, words().ordinary)
    if plain in GIVEN_NAMES or is_among(number, known.given):
        return "G" if GIVEN_NAMES.get(plain, ordinary) else "F"
    if is_among(number, known.surnames):
        return "W" if ordinary else "S"
    if ordinary:
        return "O"
    return "E" if _SURNAME.fullmatch(plain) else "U"


def _known() -> Iterable[tuple[str, str]]:
    for letter, listed in (
        ("N", PEOPLES), ("j", OFFICES.split()), ("z", SPOTS), ("y", ROADS), ("Y", STREETS_BEFORE), ("q", BODIES),
        ("Q", LEGAL),
        ("d", PARTICLES), ("J", GENERATIONS), ("T", HONORIFICS), ("x", NEVER),
    ):  # fmt: skip
        yield from ((word, letter) for word in listed)
    yield from (("of", "o"), ("&", "&"), ("dr", "T"), ("st", "p"), ("united", "O"), ("street", "y"), ("avenue", "y"))
    yield from (("road", "y"), ("co", "Q"), ("company", "Q"), ("se", "Q"))


_KNOWN: Mapping[str, str] = MappingProxyType(dict(_known()))
