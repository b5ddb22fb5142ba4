"""Names of people in text, read word by word: by dictionaries, endings, neighbours and words that announce a name.

The seam for more: a model is one more detector of kind ``person.name``.
"""

from __future__ import annotations

from gateway.core.detect.detector import Detector
from gateway.core.detect.given_names import GIVEN_NAMES
from gateway.core.detect.names import people_in
from gateway.model.names import Kind

_NAME = Kind("person.name")


_LATIN = "|".join(sorted(name for name in GIVEN_NAMES if name.isascii()))
GATE = (
    rf"(?:^|[^A-Za-z])(?i:{_LATIN})(?:[^A-Za-z]|$)|(?:^|[^A-Za-z])(?i:mrs?|ms|miss|dear|sincerely|regards|"
    rf"zovut)[^A-Za-z]|"
    r"[a-z,;:] [A-Z][a-z]{2}|(?:^|\x00)[A-Z][a-z]+,|[A-Z][a-z]+ [A-Z][a-z]|[A-Z]\. ?[A-Z]|(?i:[a-z]{3}in(?:a|"
    r"u|oy|ym))[^A-Za-z]|(?i:[a-z]{3}(?:ov|ev|vich|vn|enko|sk[iy]|shvili|dze)(?:aya|[aieuy]|iy|oy|ym|em|ogo|"
    r"omu)?)[^A-Za-z]"
)
"""What an ASCII text has in it if it holds a name; other texts are read in any case."""


def _row(shape: str, score: float, yes: tuple[str, ...], no: tuple[str, ...], source: str) -> Detector:
    return Detector(
        f"person.{shape}", _NAME, "", yes=yes, no=no, source=source, score=score, gate=GATE, reader=people_in
    )


_LISTS = "own list of given names; natasha, mimesis and hunspell-ru for the rest (gateway/core/detect/data/README.md)"

DETECTORS: tuple[Detector, ...] = (
    _row(
        "full",
        0.9,
        ("Ахметов Фанис Рашитович", "фанис рашитович", "Ivanov Pyotr Ivanovich", "к Марье Ильиничне"),
        ("основной вопрос", "кирпич", "дневной", "верховный"),
        "GOST R 7.0.97-2016; endings of Russian patronymics (Rosenthal, Handbook of spelling)",
    ),
    _row(
        "initials",
        0.75,
        ("Иванов И.И.", "подписал А. С. Петров", "петрова а.с.", "J. R. Tolkien"),
        ("т. е. также", "the U.S. Army", "см. рис. 5"),
        "GOST R 7.0.97-2016: surname and initials",
    ),
    _row(
        "announced",
        0.75,
        ("меня зовут Фанис", "ФИО: Ахметова Гульназ", "г-н Петров", "Dear Roman,", "Mr. Okonkwo"),
        ("как вас зовут", "dear customer", "имя файла", "mr and mrs"),
        "own observation of letters and chats",
    ),
    _row(
        "two",
        0.8,
        (
            "позвоните Анне Петровой",
            "Иванов Пётр",
            "ask John Smith",
            "ИВАНОВ ИВАН",
            "видели петрова романа",
            "Anna Petrova",
        ),
        ("вера в людей", "Роман Толстого", "may I ask", "любовь отцов"),
        _LISTS,
    ),
    _row(
        "titled",
        0.65,
        ("президент Обама выступил", "клиент вера просит", "передайте менеджеру роману"),
        ("клиент Сбербанк", "директор завода", "министр и депутат"),
        "own observation of news, letters and chats",
    ),
    _row(
        "one",
        0.55,
        ("меня встретила Анна", "звонила анна", "вчера Лужков ушёл", "вопрос лужкову"),
        ("аннотация", "вера в людей", "ивановский ситец", "слова готов"),
        _LISTS,
    ),
    _row(
        "again",
        0.6,
        ("Пришёл Барак Обама. Речь Обамы понравилась", "роман петров, петрову нужен"),
        ("Барак и обама",),
        "own observation: a surname alone goes with the full name before",
    ),
)
