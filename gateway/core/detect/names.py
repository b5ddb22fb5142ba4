"""Names of people in running text: which words of a stretch are somebody's name.

One signal is not enough: a given name that is an ordinary word, a surname that is one too, a capital, an ending, a word
that announces, each opens the door, and two of them go through. What is no word of the language and ends as surnames do
counts for two. Case helps where it is used and is not needed where nobody uses it. Once a name is found, its other
forms in the same text are found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.core.detect.endings import bare
from gateway.core.detect.random_text import is_random
from gateway.core.detect.roles import Read, read

_SUR = "[STZAkqU]"
_ANY = "[GghRrSTZAkqUOPl]"
_TWO = (
    r"[GR]_[UR]_[UZ](?!_I)|Z_R_U|[GR]_(?:[GhRr]_)?(?:d_){0,2}[STZAkqUO](?!_I)|G_[LlR]|[STZAkqR]_G(?:_[Gh](?!_[STZ]))?|[STAkZ]_[Rr]|"
    r"[ghrl]_[STkAZ]|[STkA]_[ghr]|[hlW]_[ZUST]|w_[ZST]|l_G|U_[TS]|k_U|[STk]_d_[UZTS]|q_[dq]_[UZ]|g_[UZ]|u_u|[gh]_[ghq]|q_[gh]|[UZR](?:_(?:d_)?[UZR]){1,2}|"
    r"[rZ]_(?:d_)?[rZu]|u_[rZ]|[Gh]_(?:d_)?[Zu]|l_[rZu]"
)
_TITLED = (
    r"(?<=y_)[GghRSTZAkUW](?:_[GghRSTZAU]){0,2}|(?<=y_)u_[uZ]|(?<=x[_|])[GghRrSTZkq](?:_[GghRrSTZkq]){0,2}|"
    r"(?<=v_)[RSTZUAkhWr]|[RSTZUAkghr](?=_v)"
)
_SHAPES = (
    ("full", r"(?:[STZAkqUOWPlow]_)?[GghRrUSTZW](?:_[GRrU](?=_P))?_P(?:_(?:[STZAkqO]|U(?!_[GP])))?"),
    (
        "initials",
        (
            r"[STZUOAq]_I(?:_I)?|[GR]_I_(?:I_)?[STZAkq](?!_I)|[GR]_I(?:_I)?(?!_[STZAkqU])|l_I_I(?!_[STZAk](?!_I))|l_I(?!_I|_[STZAk])|[qkSZU]_i_i|I_(?:I_)?[STZAkqUOR]|"
            r"i_i_[kSZq]|[STZk]_j_j|j_j_[STZk]"
        ),
    ),
    ("announced", rf"(?<=X[_|]){_ANY}(?:_{_ANY}){{0,2}}"),
    ("two", _TWO),
    ("titled", _TITLED),
    ("one", r"[GPSTAhRrq]"),
)
_READ = re.compile(r"(?=[A-Zg-uw])(?:" + "|".join(f"(?P<{name}>{shape})" for name, shape in _SHAPES) + ")")
_NAMES = re.compile("[GghRrPSTZAXyvIq]|[qk]_i_i|k_U|q_[dq]_[UZ]")
_ADJECTIVE = re.compile(r".*(?:[ое]вн|ичн)(?:[ыеу]|ой|ою)")
_HIS_PAST = re.compile("[а-я]{2,}[аеиоуыюя](?:л|лся)|[а-я]*(?:шел|лег|смог|умер)")
_HER_PAST = re.compile("[а-я]{2,}[аеиоуыюяш](?:ла|лась)|[а-я]*(?:легла|смогла|умерла)")
_NOMINATIVE = re.compile("(?:ич|вна|чна)$")
_NOUN = re.compile("(?:[бвгджзклмнпрсфхцчшщ]ь?|[еаоу]й|их|ых|ин|ова|ева|ина)$")
_NO_INITIALS = frozenset("po us uk ps dc un eu am pm те тд тп тк др гг им ул св нэ вт чт".split())
_WEAK = {f"{one}_{other}" for one in "ghq" for other in "ghq"}
_AGREEMENT = tuple(
    (re.compile(f"(?:{last})$"), re.compile(f"(?:{first})$"))
    for last, first in (
        ("[ое]в|[иы]н|[сц]кий", "[^аяыиуюеь]|[кн]я|ка"),
        ("[ое]ва|[иы]на|[сц]кая|[сц]кого", "[аяь]"),
        ("[ое]ву|[иы]ну|[сц]кую|[сц]кому", "[уюь]"),
        ("[ое]вым|[иы]ным|[сц]ким", "[оеё]м"),
        ("[ое]ве|[иы]не|[сц]ком", "е"),
        ("[ое]вой|[иы]ной|[сц]кой", "[ыие]|[оеё][йю]|ью"),
    )
)
"""Endings of surnames, each with those of given names of the same case."""

_FOREIGNER = re.compile(
    r"[а-я]{4,}(?<!ть)(?<!н[ие][еяю])(?<![ую]ю)(?<![иыео]й)(?<![ая]я)(?<!ое)(?<!ые)(?<!го)(?<!му)(?<![еюаи]т)(?<!л[аои])"
    r"(?<!ст[иь])(?<!к[аиуо])"
)
"""A word that looks like a foreign name rather than like a mistyped Russian word."""

_CAPITALS = frozenset({"g_U", "k_U", "q_I", "U_T", "U_S", "q_d_U", "q_q_U", "q_d_Z", "q_q_Z"})
"""What counts only if the first word has a capital."""

_FOREIGN = frozenset("UZuRr_d")
_NOT_LATIN = frozenset({"R_O", "Z", "g_Z"})
_CYRILLIC = "\u0400"
_QUOTES = frozenset("«\"“„'")
_BEHIND_ADJECTIVES = tuple([word] for word in "край район округ проспект бульвар переулок вокзал мост завод".split())
_SHORTEST = 4
_QUOTE = 80
_PREFIX = 3


class Name(NamedTuple):
    """One found name: where it stands in the text, and by which shape it was read."""

    start: int
    end: int
    shape: str


def people_in(found: Read, cased: str, lower: str) -> list[Name]:
    """The names among the words of a folded text, in reading order."""
    if _NAMES.search(found.letters) is None:
        return []
    stretches = list(_stretches(found, cased))
    names = [Name(found.starts[first], _end(found, lower, last), shape) for first, last, shape in stretches]
    return sorted([*names, *_again(found, cased, stretches)]) if names else names


def _stretches(found: Read, cased: str) -> Iterator[tuple[int, int, str]]:
    """First and last word of every name, and its shape."""
    letters = found.letters
    at = 0
    while (match := _READ.search(letters, at)) is not None:
        start, end = match.span()
        shape = str(match.lastgroup)
        first, last = start // 2, (end - 1) // 2
        first += shape == "full" and letters[start] in "ow" and not _surname_before(found, first, last)
        if start % 2 == 0 and _holds(found, cased, first, last, shape):
            yield first, last, shape
            at = end
        else:
            at = end if shape == "initials" else start + 1


def _surname_before(found: Read, first: int, last: int) -> bool:
    """True if an ordinary word that begins a sentence can be the surname of the full name behind it (Ткач Виктор …)."""
    return (
        last > first + 1
        and _NOMINATIVE.search(found.spelt[last]) is not None
        and _NOUN.search(found.spelt[first]) is not None
    )


def _holds(found: Read, cased: str, first: int, last: int, shape: str) -> bool:
    """True if what the shape leaves open holds too: endings that agree, capitals, no quotes, no Latin guesses."""
    letters = found.letters[2 * first : 2 * last + 1]
    words = found.spelt[first : last + 1]
    latin = words[0][0] < _CYRILLIC
    if latin and is_random(cased, found.starts[first], found.end(last)):
        return False
    if shape == "one":
        return _stands_for_itself(found, cased, first)
    if shape == "initials":
        return "".join(word for word in words if len(word) == 1) not in _NO_INITIALS
    if letters in _WEAK:
        return agree(words[0], words[-1]) or agree(words[-1], words[0])
    if letters in _CAPITALS:
        return cased[found.starts[first]].isupper() and (letters[0] != "U" or agree(words[0], words[-1]))
    if letters == "u_u":
        return all(_FOREIGNER.fullmatch(word) for word in words)
    if shape == "two" and not set(letters) - _FOREIGN:
        return not latin and cased[found.starts[first] - 1] not in _QUOTES
    return not latin or letters not in _NOT_LATIN


def agree(given: str, surname: str) -> bool:
    """True if the endings of a Russian given name and surname can be of one case and gender."""
    return any(last.search(surname) is not None and first.search(given) is not None for last, first in _AGREEMENT)


def _stands_for_itself(found: Read, cased: str, place: int) -> bool:
    """True for one word that is a name without help."""
    word, letter = found.spelt[place], found.letters[2 * place]
    if len(word) < _SHORTEST:
        return False
    start = found.starts[place]
    if letter == "P":
        return word[-1] in "чh" or cased[start].isupper() or _ADJECTIVE.fullmatch(word) is None
    if letter == "q":
        return cased[start].isupper() and _acts(found, place)
    if letter == "A":
        return word.endswith("кий") and found.spelt[place + 1 : place + 2] not in _BEHIND_ADJECTIVES
    if letter in "hR":
        return (letter == "R" or not word.isascii()) and not _quoted(cased, start)
    return letter != "r" or not word.isascii()


def _acts(found: Read, place: int) -> bool:
    """True if a verb of the surname's gender stands behind it: Зайцев не пришёл, not Зайцев развелось."""
    ahead = found.spelt[place + 1 : place + 3]
    verb = ahead[-1] if ahead[:1] == ["не"] else "".join(ahead[:1])
    return (_HER_PAST if found.spelt[place].endswith("а") else _HIS_PAST).fullmatch(verb) is not None


def _quoted(cased: str, start: int) -> bool:
    """True inside «…»: a title, a brand."""
    first = max(0, start - _QUOTE)
    return cased.rfind("«", first, start) > cased.rfind("»", first, start)


def _again(found: Read, cased: str, stretches: Sequence[tuple[int, int, str]]) -> Iterator[Name]:
    """Other forms of the names already found: Обама, Обамы."""
    taken = {place for first, last, _ in stretches for place in range(first, last + 1)}
    whole = {bare(found.spelt[last]) for first, last, _ in stretches if last > first}
    stems = {bare(found.spelt[place]) for place in taken if len(found.spelt[place]) >= _PREFIX}
    heads = {stem[:_PREFIX] for stem in stems}
    for place, word in enumerate(found.spelt):
        if word[:_PREFIX] in heads and place not in taken and word[0] >= _CYRILLIC and bare(word) in stems:
            letter = found.letters[2 * place]
            usual = len(word) >= _SHORTEST and letter not in ".NoOd"
            if usual or (letter in "oOUZTSk" and bare(word) in whole and cased[found.starts[place]].isupper()):
                yield Name(found.starts[place], found.end(place), "again")


def _end(found: Read, lower: str, last: int) -> int:
    """Where the name ends: an English genitive is not part of it, the dot of an initial is."""
    end = found.end(last)
    if found.letters[2 * last] in "Ii":
        return end + (lower[end] == ".")
    return end - 2 if found.spelt[last].endswith(("'s", "’s")) else end


def looks_like_name(text: str) -> bool:
    """True for a value that is a person's name and nothing else: for fields whose name leaves it open."""
    if any(char.isdigit() for char in text):
        return False
    found = read(text + "\0", text.lower().replace("ё", "е") + "\0")
    count = len(found.spelt)
    letters = found.letters[::2]
    if not 0 < count <= 5:
        return False
    if count == 1:
        return letters in {"G", "g", "P", "S", "R"} and text.lstrip()[0].isupper()
    if "I" in letters or "i" in letters:
        return re.fullmatch("I{1,2}[STZskqUR]|[STZskqUR]I{1,2}|[sqkS]ii", letters) is not None
    if any(letter in "GghRrP" for letter in letters):
        return not set(letters) & set("Nj.Xxyv")
    return count <= 3 and all(letter in "STZU" for letter in letters) and any(letter in "ST" for letter in letters)
