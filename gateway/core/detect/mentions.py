"""What a text mentions that is nobody's personal data by itself: places, organisations, dates, addresses of pages.

Not part of what the gateway acts on: a town or a bank in a message names no one. Outside scorers ask for it, and who
prepares a text for other eyes may want it hidden too. Rough by design: dictionaries, capitals and the words around.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.core.detect.roles import Read

Mention = tuple[int, int, str]
"""Start, end, type."""

_GEOGRAPHY = (
    "област|кра[йяею]|район|округ|республик|штат|провинци|губерни|остров|полуостров|мор[еяю]|озер|рек[аиуе]|океан|"
    "улиц|проспект|площад|бульвар|переул|шоссе|набережн|город|сел[оае]|деревн|посел|станиц|станци|аэропорт"
)
_ADJECTIVAL = re.compile(r"[А-ЯЁ][а-яё-]+(?:ая|ой|ую|ий|ый|ого|ому|им|ым|ом|ое|ее|их|ых)$")
_AFTER = re.compile(rf"(?:{_GEOGRAPHY})[а-яё]{{0,5}}")
_PLACES = re.compile(r"[Llm](?:_[Llm])*")
_INSIDE = frozenset({"в", "во", "из"})
_BESIDE = re.compile("[OATUZRLW]")
_MONTHS = (
    "январ[ьяе]|феврал[ьяе]|март[ае]?|апрел[ьяе]|ма[йяе]|июн[ьяе]|июл[ьяе]|август[ае]?|сентябр[ьяе]|"
    "октябр[ьяе]|ноябр[ьяе]|"
    "декабр[ьяе]|january|february|march|april|may|june|july|august|september|october|november|december"
)
_FIGURE = re.compile("[0-9]")
_PARTED = re.compile(r"\d[./\-]\d")
_FIGURES = re.compile(r"(?<!\d)(?:\d{1,2}[./\-]\d{1,2}[./\-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?!\d)")
_IN_WORDS = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTHS})(?:,? \d{{4}}(?: (?:года|г\.)|г\.?)?)?(?!\w)|"
    rf"(?<!\w)(?:{_MONTHS}) (?:\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|\d{{4}}(?: (?:года|г\.))?)(?!\w)|"
    r"(?<![\d.,])(?:1[89]|20)\d{2} (?:год(?:а|у|ом|ов)?(?!\w)|г\.)"
)
_MONTH = re.compile(_MONTHS)
_PAGES = re.compile(
    r"https?://[^\s<>\"'\x00]{1,300}|(?<![\w@.])(?:[a-z0-9\-]{1,40}\.){1,4}(?:com|ru|org|net|io|su|info|gov|edu|"
    r"co|biz|рф)(?:/[^\s<>\"'\x00]{0,200})?(?![\w@])"
)
_PAGE_MARKS = ("://", ".ru", ".com", ".org", ".net", ".io", ".su", ".info", ".gov", ".edu", ".co", ".biz", ".рф")
_MONTHS_BEGIN = frozenset(
    "янв фев мар апр май мая мае июн июл авг сен окт ноя дек jan feb mar apr may jun jul aug sep oct nov dec".split()
)
_FIRMS = re.compile(
    r"(?:(?:ООО|ОАО|ПАО|ЗАО|АО|НКО|АНО|ФГУП|ГУП|МУП|ТОО|ИП) ?)?«[^«»\n\x00]{2,60}»|(?:ООО|ОАО|ПАО|ЗАО|АО) "
    r"?\"[^\"\n\x00]{2,60}\"|"
    r"(?<!\w)(?:Министерств|Госдум|Дум[аыуе]|Совет|Комитет|Академи|Университет|Институт|Правительств|"
    r"Парламент|Конгресс|Сенат|"
    r"Мин(?!ист)[а-яё]{3}|Гос[а-яё]{3}|Рос[а-яё]{3})[а-яё]*(?: [а-яё]{4,20})?|(?<![\w.])[А-ЯЁ]{2,6}(?!\w|\.\w)"
)
_LATIN = re.compile(r"(?<!\w)[A-Z][A-Za-z&\-]{2,30}(?: [A-Z][A-Za-z&\-]{1,30}){0,3}(?!\w)")
_SUFFIXED = re.compile(
    r"(?<!\w)(?:[A-Z][\w&'\-]{1,30} ){1,4}(?:Inc|LLC|Ltd|Corp|Corporation|Group|Bank|University|Technologies|"
    r"Systems|Solutions|"
    r"Partners|Associates|Labs|Software|Media|Networks|Company|Co|Holdings|International|Services|Institute|"
    r"Foundation)(?!\w)"
)
_SMALL = re.compile("[а-я]+")
_LONG_NAME = 5
_STATES = frozenset("США РФ СССР ФРГ КНР КНДР ОАЭ ЮАР ГДР СНГ ЕС УССР РСФСР БССР".split())
_NO_FIRMS = frozenset(
    "ИНН КПП БИК ОГРН ОГРНИП ИИН БИН ПТС СТС СНИЛС ОМС ФИО ДТП НДС ИП ТВ ПК СМС СМИ VIP ООО ОАО АО ПАО ЗАО ЧП ГОСТ "
    "МКАД ТЗ".split()
)


def mentions_in(found: Read, cased: str, lower: str) -> list[Mention]:
    """The mentions in a folded text in reading order; they may lie over one another."""
    firms = () if cased == lower else _firms(cased)
    return sorted([*_places(found, cased), *firms, *_dates(found, lower), *_pages(lower)])


def _places(found: Read, cased: str) -> Iterator[Mention]:
    letters = found.letters
    for match in _PLACES.finditer(letters):
        first, last = match.start() // 2, (match.end() - 1) // 2
        first -= first > 0 and letters[2 * first - 1] == "_" and _adjectival(found, cased, first - 1)
        yield found.starts[first], found.end(last), "LOCATION"
    for match in _BESIDE.finditer(letters):
        place = match.start() // 2
        before, after = letters[max(0, 2 * place - 1)], letters[2 * place + 1]
        if after == "_" and _AFTER.fullmatch(found.spelt[place + 1]):
            yield found.starts[place], found.end(place + 1), "LOCATION"
        elif place and before == "_" and _leads_to_place(found.spelt[place - 1], match[0], found.spelt[place]):
            yield found.starts[place], found.end(place), "LOCATION"


def _leads_to_place(before: str, letter: str, word: str) -> bool:
    return (before in _INSIDE and letter in "UZR" and not word.isascii()) or _AFTER.fullmatch(before) is not None


def _adjectival(found: Read, cased: str, place: int) -> bool:
    return _ADJECTIVAL.match(cased[found.starts[place] : found.end(place)]) is not None


def _firms(cased: str) -> Iterator[Mention]:
    russian = not cased.isascii()
    if not cased.isupper():
        for match in _FIRMS.finditer(cased):
            word = match[0]
            if word in _STATES:
                yield *match.span(), "LOCATION"
            elif word not in _NO_FIRMS and (word[0] != "«" or _a_name(word)):
                yield *match.span(), "ORGANIZATION"
    for match in (_LATIN if russian and _mostly_russian(cased) else _SUFFIXED).finditer(cased):
        yield *match.span(), "ORGANIZATION"


def _a_name(quoted: str) -> bool:
    """True for a quotation that can be a name: it begins with a capital, is short, and is no sentence."""
    return quoted[1].isupper() and quoted.count(" ") < _LONG_NAME and not set(quoted) & set("!?,;:")


def _mostly_russian(text: str) -> bool:
    return sum(map(len, _SMALL.findall(text[:400]))) > min(len(text), 400) / 3


def _dates(found: Read, lower: str) -> Iterator[Mention]:
    if _FIGURE.search(lower):
        for match in _FIGURES.finditer(lower) if _PARTED.search(lower) else ():
            yield *match.span(), "DATE"
        if (
            " год" in lower
            or " г." in lower
            or any(word[:3] in _MONTHS_BEGIN and _MONTH.fullmatch(word) for word in found.spelt)
        ):
            for match in _IN_WORDS.finditer(lower):
                yield *match.span(), "DATE"


def _pages(lower: str) -> Iterator[Mention]:
    if "." in lower and any(mark in lower for mark in _PAGE_MARKS):
        for match in _PAGES.finditer(lower):
            yield *match.span(), "URL"
