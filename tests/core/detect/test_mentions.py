from __future__ import annotations

import pytest

from gateway.core.detect.outside import TIERS, detect_text


def mentioned(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], judge) for start, end, judge in detect_text(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("мы были в Москве и в казани", [("Москве", "LOCATION"), ("казани", "LOCATION")]),
        ("посол Южной Кореи уехал", [("Южной Кореи", "LOCATION")]),
        ("дожди в Костромской области", [("Костромской области", "LOCATION")]),
        ("по реке Хрюнга плыли", [("Хрюнга", "LOCATION")]),
        ("живёт в Хрюнге давно", [("Хрюнге", "LOCATION")]),
        ("товар ООО «Ромашка» пришёл", [("ООО «Ромашка»", "ORGANIZATION")]),
        ("так решили в МИД. А в США нет", [("МИД", "ORGANIZATION"), ("США", "LOCATION")]),
        ("он работает в Microsoft Research давно", [("Microsoft Research", "ORGANIZATION")]),
        ("she left Acme Technologies in May", [("Acme Technologies", "ORGANIZATION")]),
        ("встреча 12.05.2020 прошла", [("12.05.2020", "DATE")]),
        ("встреча 12 мая 2020 прошла", [("12 мая 2020", "DATE")]),
        ("see https://example.org/a?b=1 now", [("https://example.org/a?b=1", "URL")]),
        ("сайт example.ru открыт", [("example.ru", "URL")]),
    ],
)
def test_what_is_mentioned_is_found(text: str, found: list[tuple[str, str]]) -> None:
    assert mentioned(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "а.б",
        "версия 1.2.3 вышла",
        "ИНН и КПП",
        "сказал «да, конечно» и ушёл",
        "в саду. река широка",
        "за 5 минут",
        "ВСЕ ТУТ",
    ],
)
def test_ordinary_words_mention_nothing(text: str) -> None:
    assert mentioned(text) == []


def test_a_find_goes_before_a_mention() -> None:
    assert mentioned("пишите на anna@example.ru") == [("anna@example.ru", "EMAIL")]


def test_a_find_over_a_mention_takes_its_place() -> None:
    assert mentioned("родилась 12.05.1990 в Москве") == [("12.05.1990", "BIRTH_DATE"), ("Москве", "LOCATION")]


def test_mentions_stand_between_finds_in_reading_order() -> None:
    text = "Анна Петрова из Москвы, anna@example.ru"
    assert mentioned(text) == [("Анна Петрова", "PERSON"), ("Москвы", "LOCATION"), ("anna@example.ru", "EMAIL")]


def test_offsets_are_those_of_the_original() -> None:
    assert mentioned("в Мо\u00adскве") == [("Мо\u00adскве", "LOCATION")]


def test_without_their_tier_there_are_none() -> None:
    assert detect_text("мы были в Москве", TIERS[:2]) == []


def test_the_first_tier_reads_no_words() -> None:
    assert detect_text("Анна Петрова, anna@example.ru", TIERS[:1]) == [(14, 29, "EMAIL")]
