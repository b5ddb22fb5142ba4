"""Birth dates and ages: a date is personal only where something says that somebody was born on it."""

from __future__ import annotations

import re
from datetime import date

from gateway.core.detect.detector import OPEN, Detector
from gateway.model.names import Kind

_BIRTH = Kind("birth_date")
_BORN = r"родил|рожд|рожен|д\.? ?р\b|др\b|г\.? ?р\b|birth|born|dob|bday|день рожд|data_rozhd|rozhden"
_OF_A_PERSON = (
    "мне|ему|ей|возраст|исполнил|сын|дочер|дочк|клиент|пациент|мужчин|женщин|ребен|девочк|мальчик|девушк|парень|мам|"
    "пап|муж|жен|брат|сестр|внук|внучк|бабушк|дедушк|age|i am|i'm|he is|she is|is |old"
)
_MONTHS = (
    "(?:январ[ья]|феврал[ья]|марта?|апрел[ья]|ма[йя]|июн[ья]|июл[ья]|августа?|сентябр[ья]|октябр[ья]|ноябр[ья]|"
    "декабр[ья]|"
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|"
    "dec(?:ember)?)"
)
_MONTHS_OF = "(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)"
_ORDINALS = (
    "(?:двадцать |тридцать )?(?:первого|второго|третьего|четвертого|пятого|шестого|седьмого|восьмого|девятого)|"
    "десятого|"
    "(?:один|две|три|четыр|пят|шест|сем|восем|девят)надцатого|двадцатого|тридцатого"
)
_DAY = r"\d{1,2}[./\- ]\d{1,2}[./\- ](?:19|20)?\d{2}|(?:19|20)\d{2}[./\-]\d{1,2}[./\-]\d{1,2}"
_YEAR_MARK = r"г(?:\.? ?р|г|ода?)?[^\pL\pN_]"
_PARTS = re.compile(r"\d+")


def _is_date(text: str) -> bool:
    """True if day, month and year, in one of the usual orders, are a date since 1900."""
    first, second, third = (int(part) for part in _PARTS.findall(text))
    if first > 31:
        return _exists(first, second, third)
    year = third if third > 99 else third + (1900 if third > 35 else 2000)
    return _exists(year, second, first) or _exists(year, first, second)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return date(year, month, day).year >= 1900
    except ValueError:
        return False


def _human(text: str) -> bool:
    return 1 <= int(text) <= 119


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="birth_date",
        kind=_BIRTH,
        pattern=_DAY,
        score=0.0,
        confirmed=0.2,
        confirm=_is_date,
        near=_BORN,
        yes=("дата рождения 01.02.1990", "born 1990-02-01", "д.р. 1/2/90", "12.05.1985 г.р."),
        no=("01.02.1990", "дата рождения 32.13.1990", "рожден 1.2"),
        source="GOST R 7.0.64-2018, ISO 8601, and common spellings",
    ),
    Detector(
        name="birth_date.glued",
        kind=_BIRTH,
        pattern=rf"{OPEN}({_DAY}){_YEAR_MARK}",
        score=0.0,
        confirmed=0.2,
        confirm=_is_date,
        loose=True,
        near=_BORN,
        yes=("родился 05.05.1989г. в Уфе", "д.р. 05.05.89г", "12.05.1985г.р.", "05.05.1989года рождения"),
        no=("от 05.05.1989г.", "родился 35.15.1989г.", "д.р. 05.05.89гав"),
        source="common spellings: no blank before the year's mark",
    ),
    Detector(
        name="birth_date.words",
        kind=_BIRTH,
        pattern=(
            rf"\d{{1,2}}(?:st|nd|rd|th|-го|го)? (?:of )?{_MONTHS}\.?,? (?:19|20)\d{{2}}|"
            rf"{_MONTHS}\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d{{2}}"
        ),
        score=0.2,
        near=_BORN,
        yes=("родилась 1 февраля 1990 года", "born on February 1, 1990", "born 1st of May 1985"),
        no=("1 февраля 1990", "встреча 1 мая 2020"),
        source="common spellings",
    ),
    Detector(
        name="birth_date.words_glued",
        kind=_BIRTH,
        pattern=rf"{OPEN}(\d{{1,2}}(?:-го|го)? {_MONTHS_OF},? (?:19|20)\d{{2}}){_YEAR_MARK}",
        score=0.2,
        loose=True,
        near=_BORN,
        yes=("рожд. 1 января 1990г.", "15 мая 1985г.р."),
        no=("договор от 1 января 1990г.", "родился 1 января 1990гав"),
        source="common spellings: no blank before the year's mark",
    ),
    Detector(
        name="birth_date.spoken",
        kind=_BIRTH,
        pattern=(
            rf"(?:{_ORDINALS}) {_MONTHS_OF}(?: (?:(?:19|20)\d{{2}}|(?:тысяча девятьсот|две тысячи|двухтысячного|"
            rf"девяносто|восемьдесят|"
            rf"семьдесят|шестьдесят|пятьдесят)(?: [а-я]{{4,14}}){{0,2}}?)(?: года| г\.)?)?"
        ),
        gate=rf"(?:{_ORDINALS}) {_MONTHS_OF}",
        score=0.2,
        near=_BORN,
        yes=(
            "родился пятого мая 1990 года",
            "дата рождения двадцать третьего июня тысяча девятьсот восемьдесят пятого года",
            "день рождения первого апреля",
        ),
        no=("пятого мая 1990 года", "родился в мае", "первого мая салют"),
        source="own observation: dates that are said",
    ),
    Detector(
        name="birth_date.day",
        kind=_BIRTH,
        pattern=rf"\d{{1,2}}(?:-?го)? {_MONTHS_OF}",
        score=0.2,
        near="день рожд|дня рожд|дню рожд|днюх|др |д\\.р|родил|рожден|birthday",
        yes=("день рождения у меня 14 февраля", "др 3-го мая"),
        no=("14 февраля", "встреча 3 мая"),
        source="own observation: birthdays without a year",
    ),
    Detector(
        name="birth_year",
        kind=_BIRTH,
        pattern=rf"{OPEN}((?:19|20)\d{{2}}) ?(?:г\.? ?р(?:[. ,;)\x00]|ожд[а-я]*)|года рожд[а-я]*)",
        score=0.7,
        loose=True,
        yes=("Иванов, 1985 г.р.", "1990 года рождения", "Иванов 1985г.р."),
        no=("1985 г.", "в 1990 году", "1985г.", "А1985г.р."),
        source="common spellings",
    ),
    Detector(
        name="birth_date.digits",
        kind=_BIRTH,
        pattern=r"\d{8}",
        gate=r"(?:рожд|родил|рожен|birth|born|dob|bday|др )",
        score=0.0,
        confirmed=0.2,
        confirm=lambda text: (
            _is_date(f"{text[:2]}.{text[2:4]}.{text[4:]}") or _is_date(f"{text[:4]}.{text[4:6]}.{text[6:]}")
        ),
        near=_BORN,
        unless="номер|серия|id|заказ|code|код",
        yes=("дата рождения 12051985", "dob 19850512"),
        no=("12051985", "дата рождения 99999999"),
        source="common spellings: day, month and year in eight digits",
    ),
    Detector(
        name="birth_year.told",
        kind=_BIRTH,
        pattern=(
            rf"{OPEN}(?:родил[а-я]{{2,4}}|д\. ?р\.?|др(?:ож)?:|г\. ?р\.?|рожд\.|born|dob)(?: in| в)?[ :]{{1,2}}"
            r"((?:19|20)\d{2})"
        ),
        score=0.7,
        yes=("родилась в 1985 году", "д.р. 1985", "born in 1985"),
        no=("родился в 9 утра", "born 1985123", "Иванов и др. 2019"),
        source="common spellings",
    ),
    Detector(
        name="age",
        kind=Kind("age"),
        pattern=r"(\d{1,3})(?: полных)?[ \-](?:лет(?:н[а-я]{2,3})?|года?|годик[а-я]{0,2}|years? old|year-old|y/o|yo)",
        score=0.0,
        confirmed=0.15,
        confirm=_human,
        near=_OF_A_PERSON,
        yes=("мне 35 лет", "пациентка, 42 года", "I am 29 years old"),
        no=("гарантия 5 лет", "опыт 10 лет", "мне 300 лет"),
        source="common spellings",
    ),
    Detector(
        name="age.named",
        kind=Kind("age"),
        pattern=rf"{OPEN}(?:возраст|age|aged) ?[:=\-]? ?(\d{{1,3}})",
        score=0.0,
        confirmed=0.7,
        confirm=_human,
        yes=("возраст: 35", "age 42"),
        no=("возраст 500", "max-age=3600", "page 12"),
        source="common spellings",
    ),
)
