"""What a text says of people in general words: peoples, faiths, convictions, diseases, ages. For outside scorers only.

The gateway acts on these words where something says that they are about somebody (``catalog/special.py``); who
prepares a
text for other eyes wants them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from gateway.core.detect.endings import bare
from gateway.core.detect.numerals import NUMERAL
from gateway.core.detect.roles import Read
from gateway.core.detect.trait_words import CONVICTIONS, DISEASES, FAITHS, KINDS_OF_DISEASE, ORGANS, PEOPLES

_NOUNS = frozenset(("", *"о а у ом ем е ы и ов ев ам ям ами ями ах ях ой ою ей я ю ь ью ия ии ию ией ие й".split()))
_ADJECTIVES = frozenset("ий ый ая ое ые ие ого ому им ым ом ой ую их ых ими ыми".split())
_NUMBER = re.compile("[0-9]")
_AGES = re.compile(
    rf"(?<!\w)(?:(?:{NUMERAL})(?: (?:{NUMERAL}))?|полтора|\d{{1,3}}) (?:с половиной )?(?:лет|год(?:а|ика|иков)?)(?! "
    rf"назад|\w)|"
    r"(?<!\w)\d{1,3}[- ]?лет(?:н(?:ий|яя|его|ей|ему|им|юю|ие|их)|ия|ию)(?!\w)|"
    r"(?<!\w)(?:одн[оа]|дву[хм]|тр[её]х|четыр[её]х|пяти|шести|семи|восьми|девяти|десяти|[а-я]{4,9}надцати|двадцати|"
    r"тридцати|"
    r"сорока|пятидесяти|шестидесяти|семидесяти|восьмидесяти|девяносто){1,2}летн(?:ий|яя|его|ей|ему|им|юю|ие|их)(?!\w)|"
    r"(?<!\w)возраст\w{0,2}:? (?:от )?\d{1,3}(?!\w)"
)
_ABOUT = re.compile(
    r"(?<!\w)(?:мне|ему|ей|им|нам|тебе|вам|возраст|исполн|сын|доч|клиент|пациент|мужчин|женщин|девоч|мальчик|девушк|"
    r"парень|парн|"
    r"ребен|ребят|дет[яеи]|мам|пап|отц|мать|матер|муж|жен|брат|сестр|внук|внуч|бабушк|дедушк|пенсионер|житель|"
    r"жительниц|студент|"
    r"школьник|подрост|дядя|дяд|тет[яеи]|друг|подруг|сосед|я )"
)
_BARE_AGE = re.compile(
    rf"(?<!\w)(?:исполнилось|исполнится|стукнуло|мне|ему|ей|сыну|дочке|дочери|маме|папе|мужу|жене|брату|сестре)(?: "
    rf"(?:уже|сейчас|всего|только|скоро|"
    rf"было|будет))?"
    rf" (\d{{1,2}}|(?:{NUMERAL})(?: (?:{NUMERAL}))?)(?=[,.!?;\n\x00]|$| (?:и|а|но|я|он|она|лет|год))"
)
_YEARS = re.compile(r"[ \-]?(?:лет(?:н[а-я]{2,3}|и[ею])?|года?|год)(?!\w)")
_RUSSIANS = frozenset("русский русская русские русских русским русскими русскую русской русского русскому".split())
_ALONE = re.compile(r"[,.!?;:)»\x00\n]|$| (?:и|а|но|по|в|на|из|с|или|не|же|ли|,|—|-)(?!\w)")
_PHRASES = re.compile(
    r"(?<!\w)(?:болезн[а-я]{1,3} (?:паркинсона|альцгеймера|бехтерева|крона|меньера|боткина|лайма|гоше|пертеса|"
    r"виллебранда)|синдром[а-я]{0,2} "
    r"(?:дауна|аспергера|туретта|жильбера|марфана)|воспалени[а-я]{1,2} (?:легких|почек|легкого|среднего уха)|"
    r"(?:почечн|сердечн|печеночн|дыхательн)"
    r"[а-я]{2,3} недостаточност[а-я]{1,2}|(?:мочекаменн|желчнокаменн|ишемическ|язвенн|гипертоническ|"
    r"лучев)[а-я]{2,3} болезн[а-я]{1,3}|"
    r"рак(?:а|ом|у|е)?(?: [а-я]{4,10}(?:ой|ей))?(?: (?:железы|легких|легкого|груди|желудка|кишечника|почки|печени|"
    r"крови|кожи|мозга|матки|горла))?|"
    r"порок[а-я]{0,2} сердца|рассеянн[а-я]{2,3} склероз[а-я]{0,2}|детск[а-я]{2,3} церебральн[а-я]{2,3} "
    r"паралич[а-я]{0,2})(?!\w)"
)
_REACH = 30
_HEAD = 3


def _stems() -> Mapping[str, Sequence[tuple[str, str, frozenset[str]]]]:
    """By their first letters: stem, kind, the endings it takes; the longest stems first."""
    found: dict[str, list[tuple[str, str, frozenset[str]]]] = {}
    for kind, listed in (
        ("NATIONALITY", PEOPLES),
        ("RELIGION", FAITHS),
        ("IDEOLOGY", CONVICTIONS),
        ("DISEASE", DISEASES),
    ):
        for stem in sorted(listed.split(), key=len, reverse=True):
            row = (stem.rstrip("("), kind, _ADJECTIVES if stem.endswith("(") else _NOUNS)
            found.setdefault(stem[:_HEAD], []).append(row)
    return MappingProxyType(found)


_STEMS = _stems()


def traits_in(found: Read, lower: str) -> Iterator[tuple[int, int, str]]:
    """Start, end, type of each such word or group of words in a folded text."""
    for place, word in enumerate(found.spelt):
        kind = _kind(word) or ("NATIONALITY" if word in _RUSSIANS and _ALONE.match(lower, found.end(place)) else "")
        if kind == "DISEASE":
            first = place - (place > 0 and _describes(found, place - 1))
            last = place
            while last + 1 < len(found.spelt) and last - place < 2 and _goes_on(found, lower, last):
                last += 1
            yield found.starts[first], found.end(last), kind
        elif kind:
            yield found.starts[place], found.end(place), kind
    for match in _PHRASES.finditer(lower):
        yield *match.span(), "DISEASE"
    yield from _ages(lower)


def with_years(text: str, end: int) -> int:
    """Where an age ends whose number ends there: «34 года», «34-летний»."""
    behind = _YEARS.match(text.lower(), end) if text[end : end + 1] in {" ", "-"} else None
    return behind.end() if behind else end


def _kind(word: str) -> str:
    for stem, kind, endings in _STEMS.get(word[:_HEAD], ()):
        if word.startswith(stem) and word[len(stem) :] in endings:
            return kind
    return ""


def _describes(found: Read, place: int) -> bool:
    return found.letters[2 * place + 1] == "_" and bare(found.spelt[place]) in KINDS_OF_DISEASE


def _goes_on(found: Read, lower: str, place: int) -> bool:
    return lower[found.end(place)] == " " and found.spelt[place + 1] in ORGANS


def _ages(lower: str) -> Iterator[tuple[int, int, str]]:
    if "лет" in lower or "год" in lower or "возраст" in lower:
        for match in _AGES.finditer(lower):
            start, end = match.span()
            number = _NUMBER.search(match[0])
            if number is not None and match[0][0] == "в":
                start += number.start()
            sure = "летн" in match[0] or match[0][0] == "в"
            if sure or _ABOUT.search(lower[max(0, start - _REACH) : start].rpartition("\0")[2]):
                yield start, end, "AGE"
    for match in _BARE_AGE.finditer(lower):
        yield *match.span(1), "AGE"
