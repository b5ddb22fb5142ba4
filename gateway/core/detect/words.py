"""A field name as ideas: cut into words, each looked up exactly, by Russian stem, in pieces, and with one slip allowed.

Everything here is memoised by bounded caches: field names are few, and a caller who varies them buys only the slow way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from gateway.core.detect.lexicon import EXACT, RUSSIAN, STEMS
from gateway.core.detect.spelling import skeleton, stem
from gateway.core.keys import LONGEST_NAME

_PIECE = re.compile(r"[A-ZА-ЯЁ]+(?=[A-ZА-ЯЁ][a-zа-яё])|[A-ZА-ЯЁ]?[a-zа-яё]+|[A-ZА-ЯЁ]+|[^\W\d_]+")
_ACRONYM = re.compile(r"(ФИО|ИНН|СНИЛС|ОГРНИП|ОГРН|КПП|БИК|ОМС|ИИН|УНП|ДР)(?=[а-яё]{3})")
"""``ФИОзаемщика``: the last capital is not the first letter of the next word."""

_LATIN_STEM = 5
_SLIP_CYRILLIC = 5
_SLIP_LATIN = 8
_SHORTEST_CUT = 4
_LONGEST_CUT = 8
_PARTS = 6
_VOWELS = "аеиоуыэюяйь"
_LONGEST_WORD = 28
_LONGEST_PIECE = 16
_UNINFLECTED = {word.rstrip(_VOWELS): ideas for word, ideas in RUSSIAN.items()}
_SHORT_PARTS = frozenset({"ip", "id", "no", "nm", "of", "фл", "юл"})
_NO_PARTS = frozenset(
    {
        "age",
        "pan",
        "pin",
        "sex",
        "lat",
        "key",
        "sid",
        "vid",
        "cid",
        "pass",
        "once",
        "user",
        "line",
        "plain",
        "her",
        "his",
        "the",
        "for",
        "and",
        "man",
        "telf",
        "ort",
    }
)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a field name, folded: camelCase, snake_case, kebab-case, dots and digits are borders; ``ф.и.о.`` is
    one.
    """
    shown = _ACRONYM.sub(r"\1 ", unicodedata.normalize("NFKC", name))
    pieces = [piece.lower().replace("ё", "е") for piece in _PIECE.findall(shown)]
    words: list[str] = []
    letters = ""
    for piece in pieces:
        if len(piece) == 1:
            letters += piece
            continue
        if letters:
            words.append(letters)
            letters = ""
        words.append(piece)
    if letters:
        words.append(letters)
    return _joined(words)


@lru_cache(maxsize=8192)
def ideas_of(name: str) -> tuple[frozenset[str], bool]:
    """The ideas in a field name, and whether every word of it was understood."""
    if len(name) > LONGEST_NAME:
        return frozenset(), False
    found = [_lookup(word) for word in words_of(name)]
    return frozenset(idea for ideas in found for idea in ideas), bool(found) and all(found)


def is_known(word: str) -> bool:
    """True for a folded word of names of personal data as it is written there, or made of such; not for one that
    speaks against it. Nothing is remembered: the word may be data.
    """
    ideas = _known(word) or _in_pieces(word)
    return bool(ideas) and not any(idea[0] == "-" for idea in ideas)


@lru_cache(maxsize=8192)
def _lookup(word: str) -> tuple[str, ...]:
    """The ideas of one word, none if it is not understood."""
    return _known(word) or _in_pieces(word) or _with_a_slip(word) or _cut_short(word)


def _known(word: str) -> tuple[str, ...]:
    exact = EXACT.get(word) or (EXACT.get(word[:-1]) if word.endswith("s") and len(word) > len("tels") else None)
    if exact:
        return exact
    if word.isascii() and len(word) < _LATIN_STEM:
        return ()
    return STEMS.get(stem(skeleton(word)), ())


def _in_pieces(word: str) -> tuple[str, ...]:
    """Words written as one (``dateofbirth``, ``номертелефона``): the ideas of the fewest pieces that fill it."""
    if len(word) > _LONGEST_WORD:
        return ()
    best: list[list[tuple[str, ...]] | None] = [[], *([None] * len(word))]
    for start in range(len(word) - 1):
        before = best[start]
        if before is not None and len(before) < _PARTS:
            for end in range(start + 2, min(start + _LONGEST_PIECE, len(word)) + 1):
                reached = best[end]
                ideas = _piece(word[start:end]) if reached is None or len(reached) > len(before) + 1 else ()
                if ideas:
                    best[end] = [*before, ideas]
    return tuple(idea for ideas in best[-1] or () for idea in ideas)


def _piece(piece: str) -> tuple[str, ...]:
    if piece in _SHORT_PARTS:
        return EXACT[piece]
    if len(piece) < len("tel") or piece in _NO_PARTS:
        return ()
    return EXACT.get(piece) or (() if piece.isascii() else _UNINFLECTED.get(piece.rstrip(_VOWELS), ()))


def _with_a_slip(word: str) -> tuple[str, ...]:
    """The ideas of the known word that differs by one letter more, less, other or swapped."""
    shortest = _SLIP_LATIN if word.isascii() else _SLIP_CYRILLIC
    if not shortest <= len(word) <= _LONGEST_WORD:
        return ()
    spelt = word if word.isascii() else word.rstrip(_VOWELS)
    for key in (spelt, *_without_one(spelt)):
        for known, ideas in _SLIPS.get(key, ()):
            if _is_one_slip(spelt, known):
                return ideas
    return ()


def _is_one_slip(word: str, known: str) -> bool:
    """True if one letter is more, less, other or swapped with the next: two words may share what is left without one
    letter each, and differ in two.
    """
    at = next((place for place, (one, other) in enumerate(zip(word, known, strict=False)) if one != other), len(known))
    if len(word) != len(known):
        longer, shorter = (word, known) if len(word) > len(known) else (known, word)
        at = min(at, len(shorter))
        return longer[at + 1 :] == shorter[at:]
    return word[at + 1 :] == known[at + 1 :] or (
        word[at : at + 2] == known[at : at + 2][::-1] and word[at + 2 :] == known[at + 2 :]
    )


def _cut_short(word: str) -> tuple[str, ...]:
    """The ideas of the Russian words that a word cut behind a consonant begins (дата рожд), if all mean the same."""
    if word.isascii() or not _SHORTEST_CUT <= len(word) <= _LONGEST_CUT or word[-1] in _VOWELS:
        return ()
    meant = {ideas for known, ideas in RUSSIAN.items() if known.startswith(word) and len(known) > len(word) + 1}
    return meant.pop() if len(meant) == 1 else ()


def _without_one(word: str) -> Iterable[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _slips() -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """What is left of a word that is long enough without one of its letters, and the word itself → words and ideas."""
    known = {word: ideas for word, ideas in EXACT.items() if word.isascii() and len(word) >= _SLIP_LATIN}
    known |= _UNINFLECTED
    slips: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    for word, ideas in known.items():
        if len(word) >= _LATIN_STEM - 1:
            for key in {word, *(key for key in _without_one(word) if len(key) >= _LATIN_STEM - 1)}:
                slips[key] = (*slips.get(key, ()), (word, ideas))
    return MappingProxyType(slips)


_SLIPS = _slips()


def _joined(words: Iterable[str]) -> tuple[str, ...]:
    """The words, with those that mean something else together than each by itself put into one."""
    joined = " ".join(words)
    for pattern, word in _TOGETHER:
        joined = pattern.sub(word, joined)
    return tuple(joined.split())


_HOSTS = "db|database|server|smtp|imap|ftp|app|application|site|website|host|cluster|queue|node|repo|network"
_TOGETHER = tuple(
    (re.compile(rf"\b(?:{phrase})\b"), word)
    for phrase, word in (
        ("[eе] mail|e мейл", "email"),
        ("эл (?=почт)", "electronic "),
        ("вид[а-я]? на жительство", "внж"),
        ("fin code|фин код", "fincode"),
        ("fa code|two factor(?: code)?", "otp code"),
        ("ok profile", "odnoklassniki"),
        ("fingerprint (?:template|scan|image)", "biometric"),
        ("party membership|political (?:views?|opinions?|beliefs?|affiliations?)|членство в партии", "political"),
        ("religious (?:views?|beliefs?|affiliations?)", "religion"),
        ("(?:health|medical) (?:status|condition|history)", "diagnosis"),
        ("состояни[ея] здоровья|групп[аы] инвалидности|инвалидность группа|disability group", "диагноз"),
        ("blood (?:type|group)|групп[аы] крови", "blood"),
        ("smtp addr(?:ess)?", "email"),
        ("screen name", "nickname"),
        ("(?:app |application )?instance id|installation id", "deviceid"),
        ("android id|ssaid", "adid"),
        ("(?:recovery|backup|unlock) codes?|код восстановления|резервный код", "otp code"),
        ("рег(?:истрационный)? знак", "регзнак"),
        ("piradi nomeri", "nationalid"),
        ("next of kin", "relative"),
        ("military ticket", "военник"),
        ("number of (?=[a-z]+s|children|people)", "count "),
        ("(?:parent|tenant) (?=id|uuid|uid|key|code)", "node "),
        ("face encodings?", "faceprint"),
        ("cell (?=values?|text|data|ref|reference|range|style|address|contents?)", "column "),
        (rf"(?:{_HOSTS}) (?=(?:root |admin |user )?(?:password|passwd|pwd|passphrase|secret|(?:api|access) key))", ""),
    )
)
