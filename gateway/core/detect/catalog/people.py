"""Names of people in text: known given names, patronymics, initials, and words that announce a name.

The seam for more: a dictionary of surnames, morphology or a model is one more detector of kind ``person.name``.
"""

from __future__ import annotations

from gateway.core.detect.detector import CLOSE, OPEN, Detector
from gateway.core.detect.given_names import GIVEN_NAMES
from gateway.core.detect.names import (
    announced,
    hinted,
    initialled,
    people_around,
    several_words,
)
from gateway.model.names import Kind

_NAME = Kind("person.name")
_GIVEN = "|".join(sorted(GIVEN_NAMES))
_ORDINARY = "|".join(sorted(name for name, ordinary in GIVEN_NAMES.items() if ordinary))
_PATRONYMIC = r"(?:[ое]вич|[лмнк]ич|ыч|[ое]вн|иничн|[тик]ичн|[oe]vich|[oe]vn|ichn)(?:а|у|ем|е|ом|ы|ой|ою|a|y)?"
_RUSSIAN_SURNAME = (
    r"\pL+(?:ов|ев|ин|ын|ск|цк|енко|юк|ян|дзе|швили|их|ых|ович|евич|овн|евн)(?:а|у|ой|ым|ом|е|ий|ого|ому|им|ая|ую)?"
)

_ANNOUNCING = (
    r"(?:зовут|ф\.?и\.?о\.?|фамилия|имя|отчество|г-н[ау]?|г-ж[аеу]|гр\.|господин[ау]?|госпож[аеу]|уважаем(?:ый|ая)|"
    r"граждан(?:ин[ау]?|к[аеу])|с уважением|my name is|name is|mr|mrs|ms|miss|dear|sincerely|regards|signed)"
)
_HINTING = (
    r"(?:от|для|клиент[ау]?|заказчик[ау]?|покупател[ья]|пациент(?:к?[ау])?|сотрудник[ау]?|получател[ья]|отправител[ья]|"
    r"менеджер[ау]?|директор[ау]?|контакт(?:ное лицо)?|владел[её]?ец|from|for|by|client|customer|patient|recipient|"
    r"contact|attn|i am|i'm|this is)"
)
_THEN = r"[.:, «\"(\-]{1,3}"


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="person.given",
        kind=_NAME,
        pattern=rf"{OPEN}(?:{_GIVEN})",
        gate=rf"{OPEN}(?:{_GIVEN})(?:-|{CLOSE})",
        score=0.55,
        confirmed=0.8,
        confirm=several_words,
        cut=people_around,
        yes=(
            "позвоните Анне Петровой",
            "Иванов Пётр",
            "меня зовут анна",
            "ask John Smith",
            "ИВАНОВ ИВАН",
            "Anna Petrova",
        ),
        no=("аннотация", "вера в людей", "Роман Толстого", "may I ask", "ивановский ситец"),
        source="own list of given names; two signals asked for where a name is an ordinary word",
    ),
    Detector(
        name="person.patronymic",
        kind=_NAME,
        pattern=rf"\pL\pL{_PATRONYMIC}",
        gate=rf"\pL\pL{_PATRONYMIC}{CLOSE}",
        score=0.55,
        confirmed=0.85,
        confirm=several_words,
        cut=people_around,
        yes=("Ахметов Фанис Рашитович", "фанис рашитович", "Ivanov Pyotr Ivanovich", "к Марье Ильиничне"),
        no=("основной вопрос", "кирпич", "дневной", "верховный"),
        source="endings of Russian patronymics (Rosenthal, Handbook of spelling)",
    ),
    Detector(
        name="person.initials",
        kind=_NAME,
        pattern=rf"{OPEN}\pL\.(?: ?\pL\.)?",
        gate=rf"{OPEN}\pL\.",
        score=0.7,
        cut=initialled,
        yes=("Иванов И.И.", "подписал А. С. Петров", "петрова а.с.", "J. R. Tolkien"),
        no=("т. е. также", "the U.S. Army", "см. рис. 5"),
        source="GOST R 7.0.97-2016: surname and initials",
    ),
    Detector(
        name="person.announced",
        kind=_NAME,
        pattern=rf"{OPEN}{_ANNOUNCING}{_THEN}",
        score=0.75,
        cut=announced,
        yes=("меня зовут Фанис", "ФИО: Ахметова Гульназ Фанисовна", "г-н Петров", "Dear Roman,", "Mr. Okonkwo"),
        no=("как вас зовут", "dear customer", "имя файла", "mr and mrs"),
        source="own observation of letters and chats",
    ),
    Detector(
        name="person.hinted",
        kind=_NAME,
        pattern=rf"{OPEN}{_HINTING}{_THEN}",
        gate=rf"{OPEN}{_HINTING}{_THEN}(?:\pL+ )?(?:{_ORDINARY}|{_RUSSIAN_SURNAME}){CLOSE}",
        score=0.6,
        cut=hinted,
        yes=("заявление от Сидоровой", "клиент Ахметов", "this is Roman", "Получатель: Гарипов Азат"),
        no=("от Москвы до самых до окраин", "клиент Сбербанк", "from Berlin", "для всех"),
        source="own observation of letters and chats",
    ),
)
