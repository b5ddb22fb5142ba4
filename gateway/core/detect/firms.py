"""Organisations as requests and chats name them: by a legal form, a number, an office, or a name all know.

For outside scorers only, beside what ``tagger`` reads; in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.core.detect.endings import bare
from gateway.core.detect.linear import PatternSet
from gateway.core.detect.roles import Read

_KNOWN = """
сбер сбербанк втб тинькофф т-банк альфа-банк альфабанк газпромбанк россельхозбанк райффайзен райффайзенбанк совкомбанк
росбанк почта-банк промсвязьбанк яндекс mail вконтакте вк одноклассники авито озон вайлдберриз вайлдберрис ozon
wildberries
мегамаркет мтс билайн мегафон теле2 ростелеком йота газпром роснефть лукойл росатом роскосмос ростех ржд аэрофлот
победа-авиа
утэйр сдэк боксберри пятерочка перекресток ашан лента-магазин дикси магнит-косметик мвидео эльдорадо днс ситилинк
леруа икеа
спортмастер госуслуги роспотребнадзор роскомнадзор росреестр росгвардия росстат фнс фсб мвд мчс пфр фсс фомс уфмс
гибдд гаи
цик минобороны минздрав минфин минобрнауки минпросвещения минюст минтруд генпрокуратура центробанк цб рбк интерфакс тасс
риа google facebook youtube whatsapp telegram instagram twitter microsoft apple amazon samsung мгу спбгу мгимо вшэ
ранхигс мфти
мифи мгту рудн ригла сбермаркет самокат делимобиль ситимобил убер юла авиасейлс мосэнергосбыт мосгаз водоканал
ингосстрах росгосстрах ресо-гарантия согаз альфастрахование
"""
_STEMS = frozenset(map(bare, _KNOWN.split())) | frozenset(_KNOWN.split())
_HEAD = 2
_HEADS = frozenset(stem[:_HEAD] for stem in _STEMS)
_FORMS = "ооо|оао|пао|зао|ао|нко|ано|фгуп|гуп|муп|тоо|фгбу|гбу|гбуз|мбу|мбоу|гбоу|фгбоу|нпо|гк|тк|ук|чоп|тсж|жск|кфх|ип"
_NAMED = re.compile(
    rf"(?<!\w)(?:{_FORMS})(?: ?(?:[«\"“][^«»\"“”\n\x00]{{2,60}}[»\"”])| [а-яa-z][\w\-]{{2,30}}(?: "
    rf"(?:банк[а-я]{{0,2}}|групп?а?|страхование|"
    r"россии))?(?:(?: [а-я]\.){1,2})?)"
)
_OFFICES = re.compile(
    r"(?<!\w)(?:(?:отдел[а-я]{0,4}|управлени[а-я]{1,2}|гу|ту|тп|отделени[а-я]{1,2}) (?:№ ?\d{1,3} )?)?(?:овд|ровд|"
    r"увд|гувд|умвд|омвд|уфмс|оуфмс|офмс|"
    r"фмс|мрэо|гибдд|мвд|загс[а-я]?|военкомат[а-я]{0,2}|ифнс)(?: (?:россии|рф|по|гор\.?|г\.|району?а?|области|"
    r"обл\.?|р-ну?а?|республике|"
    r"краю?|городу?а?|№ ?\d{1,4}|[а-я]{3,20}(?:ий|ый|ого|ому|ая|ой|ом|ва|ве|ни|ки|му|нь|ра|ре|не|да|ду|де|ю|"
    r"т)(?!\w))){0,6}"
)
_NUMBERED = re.compile(
    r"(?<!\w)(?:[а-я]{4,20}(?:ая|ой|ую|ий|ого|ом|ому) )?(?:больниц|поликлиник|школ|лице|гимнази|колледж|роддом|"
    r"аптек|детск[а-я]{2,3} сад|"
    r"детсад|садик|отделени|госпитал|интернат|библиотек|травмпункт|диспансер)[а-я]{0,3} ?(?:№ ?|номер )\d{1,4}"
)
_HONOURED = re.compile(
    r"(?<!\w)(?:[А-ЯЁ]{2,7}|[Уу]ниверситет\w*|[Ии]нститут\w*|[Тт]еатр\w*|[Бб]ольниц\w|[Шш]кол\w|[Зз]авод\w*) "
    r"(?:имени|им\.) ?"
    r"(?:[А-ЯЁ]\. ?){0,2}[А-ЯЁ][а-яё\-]{2,20}"
)
_BANKS = re.compile(
    r"(?<!\w)[А-ЯЁA-Z][\w\-]{2,20}[ \-](?:[Бб]анк|[Сс]трахование|[Аа]вто|[Бб]анка|[Бб]анке|[Бб]анком|[Бб]анку)(?!\w)"
)
_OF_PLACE = re.compile(
    r"(?<!\w)[А-ЯЁ][а-яё]{3,20}(?:ск|цк)(?:ая|ой|ую|ий|ом|ого|ое|им) (?:[а-яё]{5,20}(?:ая|ой|ую|ый|ом|ого|ий|ое) ){0,2}"
    r"(?:[Бб]ольниц|[Пп]оликлиник|[Уу]ниверситет|[Ии]нститут|[Аа]кадеми|[Сс]уд|[Зз]авод|[Тт]еатр|[Мм]узе|"
    r"[Оо]тделени|[Пп]рокуратур|"
    r"[Кк]омбинат|[Дд]ум|[Бб]анк|[Бб]ирж|[Кк]олледж|[Гг]имнази)[а-яё]{0,3}(?!\w)"
)
_PHRASES = re.compile(
    r"(?<!\w)(?:перв(?:ый|ого|ом|ому|ым) канал[а-я]{0,2}|един(?:ая|ой|ую) росси[яиюе]й?|справедлив(?:ая|ой|ую) "
    r"росси[яиюе]й?|почт(?:а|ы|е|у|ой) росси[ия]|"
    r"российск(?:ие|их) железны[ех] дорог[иа]?|м\.видео|дом\.ру|нов(?:ая|ой|ую) почт[аеуыо]й?)(?!\w)"
)


_SETTINGS = (
    (_NAMED, False, rf"(?:^|[^\pL])(?:{_FORMS})[ «\"“]"),
    (
        _OFFICES,
        False,
        r"(?:^|[^\pL])(?:овд|ровд|увд|гувд|умвд|омвд|уфмс|оуфмс|офмс|фмс|мрэо|гибдд|мвд|загс|военкомат|ифнс)",
    ),
    (_NUMBERED, False, "(?:№|номер )"),
    (_HONOURED, True, r" (?:имени|им\.)"),
    (_BANKS, True, r"[ \-](?:банк|страхование|авто)"),
    (_OF_PLACE, True, "(?:ск|цк)(?:ая|ой|ую|ий|ом|ого|ое|им) "),
    (_PHRASES, False, _PHRASES.pattern.replace(r"(?<!\w)", "").replace(r"(?!\w)", "")),
)
"""Patterns, whether they read capitals, and what stands in small letters in every text that they match."""

_NEEDED = PatternSet([needed for _, _, needed in _SETTINGS])


def firms_in(found: Read, cased: str, lower: str) -> Iterator[tuple[int, int, str]]:
    """Start, end, type of each in a folded text; they may lie over one another, longer ones first."""
    for number in _NEEDED.matching(lower.encode(errors="replace")):
        pattern, capitals, _ = _SETTINGS[number]
        for match in pattern.finditer(cased if capitals else lower):
            yield *match.span(), "ORGANIZATION"
    for place, word in enumerate(found.spelt):
        if word[:_HEAD] in _HEADS and (word in _STEMS or bare(word) in _STEMS):
            yield found.starts[place], found.end(place), "ORGANIZATION"
