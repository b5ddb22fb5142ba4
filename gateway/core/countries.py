"""The country a text of a citizenship or country field names: certain, or none.

A mistake may only ever lean to Russia: a misspelling, or one name of several, makes a person Russian and never foreign.
Source: ISO 3166-1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from gateway.core.country_names import COUNTRIES, ISO, NAMES
from gateway.core.country_people import PEOPLE

_RUSSIA = "RU"
_LONGEST = 200
"""Characters. No name is as long, and a memo of essays would have no bound."""


def country_of(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of the country the text names, or None if it names none for certain.

    Reads codes, names and words for the people, in English and Russian, with or without "citizen of" and the like.
    Several countries are None, or ``RU`` if Russia is one of them.
    """
    return _country(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _country(text: str) -> str | None:
    folded = _folded(text)
    named = _named(folded)
    if named is not None:
        return named
    pieces = [piece for piece in _BETWEEN.split(folded) if _key(piece)]
    if any(map(_is_russian, pieces)):
        return _RUSSIA
    return _region(text) or _only({_named(piece) for piece in pieces})


def _only(countries: set[str | None]) -> str | None:
    return next(iter(countries)) if len(countries) == 1 else None


# ---------------------------------------------------------------------------------------------------- one spelling

_BREVE = "\u0306"
"""Makes й of и: a letter, not an accent."""

_KEYLESS = re.compile(r"[\W_]+")
_BETWEEN = re.compile(r"[,;/|+()\n–—]|\s-\s|\b(?:и|или|and|or)\b")


def _folded(text: str) -> str:
    """NFKC and casefold, without accents: ё is е, ç is c."""
    marked = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(sign for sign in marked if sign == _BREVE or not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", bare).replace("&", " and ")


def _key(folded: str) -> str:
    """The words alone, one blank apart."""
    return _KEYLESS.sub(" ", folded).strip()


# ------------------------------------------------------------------------------------------------------ the names

_ADJECTIVE_ENDINGS = ("ий", "ая", "ое", "ие", "ого", "ой")

_ADJECTIVES_OF = (
    ("ая", "ой"),
    ("ое", "ого"),
    ("ый", "ого"),
    ("ий", "ого"),
    ("ые", "ых"),
    ("ие", "их"),
    ("овы", "овых"),
)
_ADJECTIVAL = tuple(old for old, _ in _ADJECTIVES_OF)
_NOUNS_OF = (
    *(("ия", "ии"), ("ея", "еи"), ("ка", "ки"), ("га", "ги"), ("ша", "ши"), ("жа", "жи")),
    *(("рова", "ровов"), ("таты", "татов"), ("раты", "ратов"), ("ланды", "ландов")),
    *(("ство", "ства"), ("русь", "руси"), ("а", "ы"), ("ы", ""), ("й", "я"), ("ь", "я")),
    *((hard, f"{hard}а") for hard in "бвгджзклмнпрстфхцчшщ"),
)
"""Nominative and genitive endings, the longer first. Borrowed names in other vowels are not declined."""


def _with_ending(word: str, endings: tuple[tuple[str, str], ...]) -> str:
    return next((word.removesuffix(old) + new for old, new in endings if word.endswith(old)), word)


def _genitive(name: str) -> str:
    """The name after "гражданин": its leading adjectives and first noun declined, the rest as it stands."""
    words = name.split()
    noun = next(at for at, word in enumerate(words) if at == len(words) - 1 or not word.endswith(_ADJECTIVAL))
    adjectives = [_with_ending(word, _ADJECTIVES_OF) for word in words[:noun]]
    return " ".join([*adjectives, _with_ending(words[noun], _NOUNS_OF), *words[noun + 1 :]])


def _lines(table: str) -> Iterator[tuple[str, str]]:
    for line in table.strip().splitlines():
        code, _, names = line.partition(" ")
        for name in names.split("; "):
            yield code, name


def _spellings() -> Iterator[tuple[str, str]]:
    codes = ISO.split()
    for two, three, digits in zip(codes[::3], codes[1::3], codes[2::3], strict=True):
        yield from ((two, two), (two, three), (two, digits))
    for code, name in _lines(NAMES):
        yield code, name
        yield code, re.sub("^Saint ", "St ", name)
        if not name.isupper():
            yield code, _genitive(name)
    for code, word in _lines(PEOPLE):
        stem = word.removesuffix("-")
        yield from ((code, stem + ending) for ending in (_ADJECTIVE_ENDINGS if stem != word else ("",)))


def _one_owner_each() -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for code, spelling in _spellings():
        owners.setdefault(_key(_folded(spelling)), set()).add(code)
    return {spelling: min(codes) for spelling, codes in owners.items() if len(codes) == 1}


_NAMED = _one_owner_each()

_BEFORE = re.compile(
    r"""^(?:(?:
        гр(?:ажд)?(?:[ ](?:н|ин|нин|ка))? | граждан(?:ин|ка|е|ство) | подданн(?:ый|ая|ые) | подданство | страна
        | (?:a[ ])?(?:citizens?|nationals?|citizenship|nationality)(?:[ ]of)? | country | the
    )[ ])+""",
    re.VERBOSE,
)
_AFTER = re.compile(r" (?:гражданство|подданство|гражданин|гражданка|citizens?|nationals?|citizenship|nationality)$")

_ORDINARY = {
    "am",
    "and",
    "are",
    "as",
    "at",
    "be",
    "by",
    "can",
    "do",
    "in",
    "is",
    "it",
    "me",
    "my",
    "na",
    "no",
    "so",
    "to",
}
"""Codes that are words beside others: "no citizenship" is not Norwegian, nor "my citizenship" Malaysian."""


def _named(folded: str) -> str | None:
    key = _key(folded)
    if key in _NAMED:
        return _NAMED[key]
    bare = _AFTER.sub("", _BEFORE.sub("", key))
    return None if bare in _ORDINARY else _NAMED.get(bare)


# ------------------------------------------------------------------------------------------------------ the locales

_LOCALE = re.compile(r"([a-z]{2})(?:[-_][a-z]{4})?[-_]([a-z]{2})(?:[.@].*)?", re.IGNORECASE)
_LANGUAGES = frozenset(
    """
    af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn
    ko ky lo lt lv mk ml mn mr ms mt my nb ne nl nn pa pl ps pt ro ru si sk sl sq sr sv sw ta te tg th tk tr uk ur uz vi
    zh zu
    """.split()
)
"""Not ``no``, which also denies. Source: ISO 639-1, those that locales are named after."""


def _region(text: str) -> str | None:
    """The country of a locale such as ``en-US`` or ``zh_Hans_CN``.

    A language spelt as another country leaves two countries, ``PT-BR``, unless its case tells: ``pt-BR``.
    """
    locale = _LOCALE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if locale is None:
        return None
    language, region = locale.groups()
    tongue, code = language.casefold(), region.upper()
    told = language.islower() and region.isupper()
    certain = tongue in _LANGUAGES and (told or tongue not in _NAMED)
    return code if code in COUNTRIES and (certain or _NAMED.get(tongue) == code) else None


# ----------------------------------------------------------------------------------------------------------- Russia

_WORDS = re.compile(r"[^\W_]+(?:[.@][^\W_]+)*")
"""``mail.ru`` is one word: an address, not a country."""

_RUSSIAN = frozenset(name for name, code in _NAMED.items() if code == _RUSSIA and " " not in name)
_MISSPELT = tuple(word for word in _RUSSIAN if len(word) > 5)
"""Shorter words are one letter away from anything."""

_DENIALS = {"не", "вне", "кроме", "нерезидент", "бывший", "бывшая", "not", "non", "except", "outside", "former"}
_CYRILLIC = re.compile("[а-я]")
_LOOKALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")


def _is_russian(piece: str) -> bool:
    """True if a word of the piece is Russian, well or badly spelt, and the piece does not begin by denying it."""
    if _named(piece) == _RUSSIA:
        return True
    words = _WORDS.findall(piece)
    return words[0] not in _DENIALS and any(map(_is_russian_word, words))


def _is_russian_word(word: str) -> bool:
    spelt = word.translate(_LOOKALIKES) if _CYRILLIC.search(word) else word
    return spelt in _RUSSIAN or any(_one_edit_apart(spelt, right) for right in _MISSPELT)


def _one_edit_apart(one: str, other: str) -> bool:
    """True if a letter put in, left out or replaced makes one of the other. Source: Levenshtein distance. O(n)."""
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    at = next((at for at, letter in enumerate(shorter) if letter != longer[at]), len(shorter))
    return shorter[at:] == longer[at + 1 :] or shorter[at + 1 :] == longer[at + 1 :]
