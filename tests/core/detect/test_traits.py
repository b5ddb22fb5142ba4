from __future__ import annotations

import pytest

from gateway.core.detect.outside import detect_text


def told(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], judge) for start, end, judge in detect_text(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("приехали таджики и немцы", [("таджики", "NATIONALITY"), ("немцы", "NATIONALITY")]),
        ("а я русская, и что", [("русская", "NATIONALITY")]),
        ("принял католичество", [("католичество", "RELIGION")]),
        ("спор о православной вере", [("православной", "RELIGION")]),
        ("придерживаюсь социалистических взглядов", [("социалистических", "IDEOLOGY")]),
        ("лечение сахарного диабета второго типа", [("сахарного диабета второго типа", "DISEASE")]),
        ("статья про воспаление лёгких", [("воспаление лёгких", "DISEASE")]),
        ("сыну полтора года", [("полтора года", "AGE")]),
        ("пришла девочка, 7 лет", [("7 лет", "AGE")]),
        ("двадцатипятилетняя студентка", [("двадцатипятилетняя", "AGE")]),
        ("человек в возрасте 45 лет", [("45 лет", "AGE")]),
        ("указан возраст от 45 и выше", [("45", "AGE")]),
        ("маме семьдесят два, живёт одна", [("семьдесят два", "AGE")]),
    ],
)
def test_what_people_are_is_told(text: str, found: list[tuple[str, str]]) -> None:
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "учу русский язык",
        "немецкий сыр",
        "гарантия 5 лет",
        "прошло 10 лет",
        "раки на ужин",
        "10 летучих",
        "мне два стула",
    ],
)
def test_what_is_said_of_things_is_not(text: str) -> None:
    assert told(text) == []


def test_a_disease_is_told_with_the_words_that_go_with_it() -> None:
    assert told("у меня хронический бронхит и мигрень") == [
        ("хронический бронхит", "DISEASE"),
        ("мигрень", "DISEASE"),
    ]


def test_the_years_belong_to_an_age() -> None:
    assert told("мне 34 года") == [("34 года", "AGE")]
    assert told("возраст: 34") == [("34", "AGE")]
    assert told("мне 34 года-то") == [("34 года", "AGE")]
