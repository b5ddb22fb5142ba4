"""Russian addresses that name no street by its mark: town, name and house; village and house; house and flat.

«Москва, Тверская 12-45», «СНТ Ромашка, участок 15», «на пушкина 10 кв 3». Only a town of the list, or the mark of a
house that few other things have, makes an address of a name and a number.
"""

from __future__ import annotations

import re

from gateway.core.detect.catalog import places
from gateway.core.detect.detector import OPEN, Detector
from gateway.core.detect.dictionary import code, is_ordinary, words
from gateway.model.names import Kind

_TOWNS = (
    "москв|санкт-петербург|петербург|спб|питер|екатеринбург|новосибирск|казан|нижн[а-я]{2,3} новгород|великий новгород|"
    "челябинск|самар|омск|ростов|ростов[а-я]?-на-дону|уф|красноярск|воронеж|перм|волгоград|краснодар|саратов|тюмен|"
    "владивосток|калининград|твер|сочи|тольятти|ижевск|барнаул|ульяновск|иркутск|хабаровск|ярославл|махачкал|томск|"
    "оренбург|кемерово|новокузнецк|рязан|астрахан|пенз|липецк|киров|тул|чебоксар|курск|улан-удэ|ставропол|магнитогорск|"
    "сургут|белгород|владимир|нижний тагил|архангельск|симферопол|калуг|чит|смоленск|саранск|вологд|курган|орел|"
    "череповец|грозн|мурманск|тамбов|петрозаводск|кострома|нижневартовск|йошкар-ола|новороссийск|якутск|сыктывкар|"
    "комсомольск-на-амуре|таганрог|нальчик|братск|благовещенск|псков|абакан|химк|мытищ|люберц|балаших|подольск|королев|"
    "севастопол|минск|алматы|астан|киев|ташкент|бишкек|ереван"
)
_END = r"(?:ой|ах?|ы|е|и|ь|у|ю|ою|ью|ом|ем|ий|ого|ому|м)?"
_NAME = r"(?:\d{1,2}(?:-?[а-я]{1,2})? (?:лет )?)?[а-я][а-я\-]{3,24}(?: [а-я][а-я\-]{4,24})?"
_HOUSE = (
    r"(?:(?:д|дом)\.? ?)?\d{1,3}(?:[а-я]|/\d{1,3})?(?:-\d{1,4}|(?: ?(?:к|корп|стр|с)\.? ?\d{1,2})?(?:,? ?(?:кв|"
    r"оф)\.? ?\d{1,4})?)"
)
_VILLAGE = (
    "снт|днт|днп|тсн|гск|кп|дп|жк|мкр|мкрн|микрорайон|дачный поселок|пос|поселок|дер|деревня|село|хутор|станица|аул|"
    "городок"
)
_NO_STREET = re.compile(
    r"(?:около|примерно|более|менее|почти|ровно|через|осталось|всего|тел|телефон|год|года|дом|рейс|поезд|заказ|"
    r"номер|школа|"
    r"район|область|россия|январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр|лет|плюс|минус|"
    r"температура|цена|стоимость|спартак|динамо|локомотив|счет|итого|от|до|ул)[а-я]{0,2}"
)
_STREETLIKE = re.compile(r".+(?:ая|яя|ий|ый|ой|ого|ов|ев|ин|ова|ева|ина|ну|ской)")
_UNIT = re.compile(
    r"[ ]?(?:%|руб|тыс|млн|млрд|лет|год|час|мин|дн|день|дней|шт|кг|км|м2|м²|градус|раз|чел|мест|:|[а-яё]{4,})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[а-яё][а-яё\-]+", re.IGNORECASE)


def _of_town(text: str, start: int, end: int) -> places.Stretches:
    """The match if what stands between town and number can be a street: with a capital, or no usual word."""
    ((start, end),) = places.trimmed(text, start, end)
    listed = list(_WORD.finditer(text, start, end))
    between = [word for word in listed if word[0].lower() not in _MARKS][1:]
    street = next((word for word in reversed(between) if len(word[0]) > 3), None)
    if street is None or (_UNIT.match(text, end) is not None and not text[end - 1].isalpha()):
        return ()
    name = places.plain(street[0])
    if _NO_STREET.fullmatch(name) and " лет " not in text[start:end]:
        return ()
    known = is_ordinary(code(name), words().ordinary)
    if known and not (street[0][0].isupper() and text[start].isupper()) and not _STREETLIKE.fullmatch(name):
        return ()
    return places.grown(text, start, end)


_MARKS = frozenset("д дом к корп стр кв оф с лет".split())


def _of_village(text: str, start: int, end: int) -> places.Stretches:
    return places.grown(text, start, end)


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="address.town_street",
        kind=Kind("address"),
        pattern=rf"{OPEN}(?:{_TOWNS}){_END}[, ]{{1,2}}{_NAME}[, ]{{1,2}}{_HOUSE}",
        gate=rf"{OPEN}(?:{_TOWNS}){_END}[, ]{{1,2}}{_NAME}[, ]{{1,2}}(?:д|дом)?\.? ?\d",
        score=0.65,
        cut=_of_town,
        yes=(
            "Москва, Тверская 12-45",
            "екатеринбург малышева 51",
            "Казань, Баумана 1",
            "Омск, 70 лет Октября 25 к 2 кв 101",
        ),
        no=("Москва, около 12 человек", "в Казани было 15 градусов", "Москва, май 2020", "Спартак Москва 3 гола"),
        source="own observation of orders and chats; towns: capitals of regions and the largest others",
    ),
    Detector(
        name="address.village_house",
        kind=Kind("address"),
        pattern=(
            rf"{OPEN}(?:{_VILLAGE})\.? ?[«\"]?[а-я][а-я\-]{{2,30}}(?:[ \-][а-я\d][а-я\d\-]{{0,30}})?[»\"]?[, ]{{1,3}}"
            r"(?:(?:д|дом|уч|участок|уч-к|стр|строение|корп|корпус)\.? ?№? ?\d{1,4}[а-я]?|ул)"
        ),
        gate=rf"{OPEN}(?:{_VILLAGE})\.? ?[«\"]?[а-я]{{3}}",
        score=0.7,
        cut=_of_village,
        yes=("СНТ Ромашка, участок 15", "снт «Березка», уч. 112", "хутор Веселый, д. 7", "мкр Южный, дом 5, кв 77"),
        no=("снт", "село солнце", "деревня большая"),
        source="Order of the Ministry of Finance 171n of 05.11.2015: settlements, garden partnerships, plots",
    ),
    Detector(
        name="address.house_part",
        kind=Kind("address"),
        pattern=(
            rf"{OPEN}\d{{1,3}}[а-я]?(?:/\d{{1,3}}[а-я]?)?[, ]{{1,2}}(?:(?:к|корп|корпус|стр|строение)\.? "
            rf"?\d{{1,2}}[, ]{{1,2}})?"
            r"(?:кв|квартира|стр|строение|подъезд|корпус)\.? ?№? ?\d{1,4}"
        ),
        gate=r"[\d][а-я]?[, ]{1,2}(?:кв|квартира|стр|строение|подъезд|корпус)\.? ?№? ?\d",
        score=0.7,
        cut=places.grown_with_street,
        yes=("курьер на пушкина 10 кв 3", "Большая Никитская 24/1 стр 5", "ленина 5 корпус 1"),
        no=("1000 кв 2", "10 кв. м", "дом 5"),
        source="Order of the Ministry of Finance 171n of 05.11.2015; own observation",
    ),
)
