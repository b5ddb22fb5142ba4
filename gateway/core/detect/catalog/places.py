"""Postal addresses by their grammar: what marks a street, a house, a flat, a town, and what may stand around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.core.detect.detector import CLOSE, OPEN, Detector, around
from gateway.model.names import Kind

Stretches = Sequence[tuple[int, int]]

_ADDRESS, _CITY = Kind("address"), Kind("address.city")
_NAME = (
    r"(?:\d{1,4}(?:-?[а-яa-z]{1,2})? (?:лет )?)?(?:[а-яa-z]\. ?){0,2}[а-яa-z][а-яa-z\-]{2,30}(?:-\d{1,3})?"
    r"(?: [а-яa-z][а-яa-z\-]{3,30})?"
)
_ONE = r"[а-яa-z][а-яa-z\-]{2,30}"
_ADJECTIVE = r"[а-яa-z][а-я\-]{1,30}(?:ая|яя|ий|ый|ой|ом|ого|ому|ей|ую|ое|ие|ые|skiy|sky|skaya)"
_STREET_MARK = (
    "ул|улица|улице|улицы|улицу|улц[аеуы]|уилц[аеуы]|улици|улиц|уллиц[аеуы]|улец[аеуы]|улциа|проспкт|просект|пр-т|"
    "пр-кт|просп|проспект|проспекте|пр|пер|переулок|переулке|площади|наб|набережная|ш|шоссе|б-р|бул|бульвар|"
    "пл|площадь|проезд|пр-д|аллея|тупик|мкр|мкрн|микрорайон|квартал|линия|ul|ulitsa|prospekt|pereulok"
)
_STREET = rf"(?:(?:{_STREET_MARK})(?:\. ?| ){_NAME}|(?:\d{{1,3}}-?[а-я]{{1,2}} )?{_ADJECTIVE} (?:{_STREET_MARK})\.?)"
_TOWN_MARK = (
    "г|гор|город|городе|города|пос|поселок|пгт|дер|деревня|деревне|село|селе|с|ст-ца|станица|хутор|х|аул|снт|днт|кп|"
    "г о|d|gorod"
)
_REGION = (
    rf"(?:{_ONE} (?:обл|область|области|край|края|р-н|район|района|респ|республика|ао)\.?|"
    rf"(?:респ|республика|обл|область|край)\.? {_ONE})"
)
_TOWN = rf"(?:{_TOWN_MARK})(?:\. ?| )[«\"]?{_ONE}(?:[ \-]{_ONE})?[»\"]?"
_HOUSE = (
    r"(?:д|дом|доме|дома|д-м|вл|владение|уч|участок|house)\.? ?№? ?\d{1,4}(?:[ \-]?[а-яa-z])?(?:[/\-]\d{1,4}[а-я]?)?"
)
_BUILDING = (
    r"(?:(?:к|корп|корпус|стр|строение|лит|литера|под|подъезд|эт|этаж|bldg)\.? ?\d{1,4}[а-я]?|"
    r"(?:лит|литера|корпус|строение)\.? [а-я])"
)
_FLAT = r"(?:кв|квартира|квартиру|квартире|оф|офис|комн|ком|комната|пом|помещение|apt|flat)\.? ?№? ?\d{1,5}[а-я]?"
_BARE_HOUSE = r"\d{1,4}[а-я]?(?:[/\-]\d{1,4}[а-я]?){0,2}(?: ?[кс]\d{1,2})?"
_CITIES = (
    "москва|санкт-петербург|спб|екатеринбург|новосибирск|казань|нижний новгород|челябинск|самара|омск|ростов-на-дону|"
    "уфа|красноярск|воронеж|пермь|волгоград|краснодар|саратов|тюмень|владивосток|калининград|тверь|сочи"
)
_GAP = r"[, ]{1,3}"
_LEFT = rf"(?:\d{{6}}|россия|рф|российская федерация|{_REGION}|{_TOWN}|{_CITIES})"
_RIGHT = rf"(?:{_HOUSE}|{_BUILDING}|{_FLAT}|{_BARE_HOUSE}|{_TOWN}|{_REGION})"
EN_STREET = (
    "street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|parkway|pkwy|"
    "highway|hwy|"
    "way|close|crescent"
)
_SENTENCE_WORDS = frozenset(
    "on in the and to at from is are was for with that this my your it we you they people more per than days "
    "hours".split()
)
_REACH = 120
_PART = 45
_MOST_PARTS = 5
_EDGE = " ,.;:!?()[]{}\"'«»<>/|\\=*#№-+\n\t\r\0"
_BEFORE = re.compile(rf"(?<![^\W_]){_LEFT}{_GAP}$")
_BEHIND = re.compile(rf"(?:{_GAP}(?:в )?{_RIGHT}(?![^\W_])){{1,5}}")
_BIG = "больш|мал|нов|стар|верхн|нижн|средн|красн|перв|втор"
_STREET_OF_HOUSE = re.compile(
    rf"(?<![^\W_])(?:\d{{1,3}}(?:-?[а-я]{{1,2}})? (?:лет )?|(?:{_BIG})[а-я]{{2,4}} |"
    rf"(?:академика|маршала|генерала|героев|имени|им\.|адмирала) ?)?{_ONE}{_GAP}$"
)
_ARRIVING = (
    "address|lives|live at|living|arrived|sent to|send to|ship|return to|taxi|meet|office|deliver|moved|located|adres|"
    "visit|corner of|enter on|refers to"
)
_ONWARD = re.compile(
    r"(?:[ ,\n>]{1,4}(?:Apt|Suite|Unit|Flat)\.? ?#?\d{1,5})?(?:[ ,\n>]{1,4}[A-ZÀ-ÞŐŠŽĆČ][\w'’\-]{1,24}){0,5}"
    r"(?:[ ,\n>]{1,4}[A-Z]{2,3}(?!\w))?(?:[ ,\n>]{1,4}\d{4,6}(?!\d))?"
)
_NUMBER = re.compile(r"(?<!\w)\d{1,5}[A-Za-z]?,? ")
_SENTENCE = re.compile(
    r" (?:on|in|the|of|and|to|at|from|is|are|was|for|with|that|this|my|your|a|an|it|we|you|they|people|more|per) "
)


def _house_or_more(text: str) -> bool:
    """True if the address names a house: a number stands in it."""
    return any(char.isdigit() for char in text)


def trimmed(text: str, start: int, end: int) -> Stretches:
    """The match without the character before it and the blanks and commas that end it."""
    found = text[start:end]
    return ((end - len(found.lstrip(_EDGE)), start + len(found.rstrip(" ,"))),)


def grown(text: str, start: int, end: int) -> Stretches:
    """The match with what belongs to the same address before it (town, region, postcode) and behind it (house, flat,
    town).
    """
    ((start, end),) = trimmed(text, start, end)
    behind = _BEHIND.match(plain(text[end : around(text, start, end, _REACH)[1]]))
    end += behind.end() if behind else 0
    for _ in range(_MOST_PARTS):
        first = around(text, start, end, _PART)[0]
        before = _BEFORE.search(plain(text[first:start]))
        if before is None:
            break
        start = first + before.start()
    return ((start, end),)


def plain(text: str) -> str:
    """In lower case, ё as е; equally long but for letters that no address has."""
    return text.lower().replace("ё", "е")


def grown_with_street(text: str, start: int, end: int) -> Stretches:
    """As ``grown``; the word right before the house is its street."""
    ((start, end),) = trimmed(text, start, end)
    first = around(text, start, end, _PART)[0]
    street = _STREET_OF_HOUSE.search(plain(text[first:start]))
    return grown(text, first + street.start() if street else start, end)


def from_a_number(text: str, start: int, end: int) -> Stretches:
    """The match from the first number on that no words between it and the street make a sentence."""
    for number in _NUMBER.finditer(text, start, end):
        if not _SENTENCE.search(text[number.start() : end].lower()):
            return trimmed(text, number.start(), end)
    return ()


def _numbered(text: str) -> bool:
    """True if a name with a capital stands between two numbers: 16 Blæsenborgvej 5."""
    words = text.split()[1:-1]
    return any(word[0].isupper() for word in words) and not any(word.lower() in _SENTENCE_WORDS for word in words)


def _onward(text: str, start: int, end: int) -> Stretches:
    """The match with flat, town, state and postcode behind it."""
    ((start, end),) = trimmed(text, start, end)
    if not _numbered(text[start:end]):
        return ()
    behind = _ONWARD.match(text, end, around(text, start, end, _REACH)[1])
    return ((start, behind.end() if behind else end),)


def _town_name(text: str, start: int, end: int) -> Stretches:
    """The match if the town's name is written as one, with a capital."""
    name = text[start:end].split(".", 1)[-1].rsplit(maxsplit=1)[-1]
    return trimmed(text, start, end) if name[:1].isupper() else ()


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="address.ru",
        kind=_ADDRESS,
        pattern=rf"{OPEN}{_STREET}",
        gate=rf"{OPEN}(?:{_STREET_MARK})(?:\.|{CLOSE})",
        score=0.55,
        confirmed=0.8,
        confirm=_house_or_more,
        cut=grown,
        yes=(
            "101000, г. Москва, ул. Ленина, д. 5, кв. 12",
            "живу на улице мира 15",
            "Невский проспект, 28",
            "Свердловская обл., г. Реж, пер. Речной, дом 3 корп 2",
        ),
        no=("улица", "ул. 5", "пр. и т.д."),
        source="Order of the Ministry of Finance 171n of 05.11.2015: short names of address objects",
    ),
    Detector(
        name="address.house_flat",
        kind=_ADDRESS,
        pattern=rf"{OPEN}{_HOUSE}(?:{_GAP}{_BUILDING}){{0,2}}{_GAP}{_FLAT}",
        gate=rf"{OPEN}{_FLAT}",
        score=0.75,
        cut=grown_with_street,
        yes=("Ленина д. 5 кв. 12", "г. Реж, дом 3, корп. 2, квартира 7"),
        no=("дом 3", "кв. 12"),
        source="Order of the Ministry of Finance 171n of 05.11.2015",
    ),
    Detector(
        name="address.town",
        kind=_CITY,
        pattern=(
            rf"{OPEN}(?:(?:г|гор|пос|дер|пгт)\. ?{_ONE}(?:-{_ONE})?|"
            rf"(?:город|городе|города|поселок|деревня|станица|село) {_ONE})"
        ),
        gate=rf"{OPEN}(?:(?:г|гор|пос|дер|пгт)\. ?|(?:город|городе|города|поселок|деревня|станица|село) )[а-яa-z]{{3}}",
        score=0.6,
        cut=_town_name,
        yes=("г. Москва", "в городе Реж", "пгт. Яблоновский"),
        no=("город большой", "2020 г.", "г. п"),
        source="Order of the Ministry of Finance 171n of 05.11.2015",
    ),
    Detector(
        name="address.postcode_town",
        kind=_ADDRESS,
        pattern=rf"{OPEN}\d{{6}},? ?(?:россия,? )?(?:{_REGION},? )?(?:{_TOWN}|{_CITIES})",
        gate=rf"{OPEN}\d{{6}},? ?[а-я]",
        score=0.6,
        cut=trimmed,
        yes=("101000 Москва", "620000, Свердловская обл., г. Реж"),
        no=("101000 рублей", "1010001 Москва"),
        source="Russian Post, rules of addressing",
    ),
    Detector(
        name="address.english",
        kind=_ADDRESS,
        pattern=(
            rf"{OPEN}\d{{1,5}}[a-z]?,? (?:[a-z0-9][a-z0-9'\-]{{0,20}}\.? ){{1,4}}(?:{EN_STREET})\.?"
            rf"(?:,? (?:apt|apartment|suite|unit|floor|fl|#)\.? ?[a-z0-9\-]{{1,6}})?(?:,? [a-z][a-z\-]{{2,20}}){{0,3}}"
            rf"(?:,? [a-z]{{2}} ?\d{{5}}(?:-\d{{4}})?|,? \d{{5}}(?:-\d{{4}})?|,? [a-z]{{1,2}}\d[a-z\d]? ?\d[a-z]{{2}})?"
        ),
        gate=rf"{OPEN}\d{{1,5}}[a-z]?,? (?:[a-z0-9][a-z0-9'\-]{{0,20}}\.? ){{1,4}}(?:{EN_STREET})(?:\.|{CLOSE})",
        score=0.6,
        cut=from_a_number,
        yes=("221B Baker Street", "742 Evergreen Terrace, Springfield, OR 97403", "10 Downing St, London SW1A 2AA"),
        no=("5 people on the street", "Baker Street", "24 hours"),
        source="USPS publication 28, appendix C1: street suffixes",
    ),
    Detector(
        name="address.world",
        kind=_ADDRESS,
        pattern=rf"{OPEN}\d{{1,5}},? (?:\d{{1,5}} )?(?:[\p{{Latin}}'’.\-]{{2,25}} ){{1,5}}\d{{1,5}}",
        gate=rf"{OPEN}(?:{_ARRIVING})",
        score=0.15,
        near=_ARRIVING,
        cut=_onward,
        yes=("his address: 16 Blæsenborgvej 5", "please return to 51 Rostsestraat 222 Makareao 57132"),
        no=("16 Blæsenborgvej 5", "address 5 days and 12", "ship 3 large boxes 2"),
        source="own observation: house, street, flat, as much of Europe writes; Universal Postal Union, S42",
    ),
    Detector(
        name="postcode.named",
        kind=Kind("postcode"),
        pattern=r"(?:zip|zip code|postcode|postal code|почтовый индекс|индекс)(?: is)? ?[:\-]? ?(\d{5,6}(?:-\d{4})?)",
        score=0.75,
        yes=("My zip code is 29687", "индекс 620000", "postcode: 101000"),
        no=("zip 123", "индекс цен", "индекс 12"),
        source="Universal Postal Union, postal addressing systems",
    ),
    Detector(
        name="address.po_box",
        kind=_ADDRESS,
        pattern=r"(?:p\.? ?o\.? box|а/я|абонентский ящик) ?№? ?\d{1,6}",
        score=0.7,
        yes=("P.O. Box 1234", "а/я 15"),
        no=("box 12", "ящик 15"),
        source="USPS publication 28; Russian Post, rules of addressing",
    ),
)
