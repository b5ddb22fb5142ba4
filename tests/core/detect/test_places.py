from __future__ import annotations

import pytest

from gateway.core.detect.catalog import scanner
from gateway.core.detect.conflicts import best


def places(text: str) -> list[str]:
    return [text[h.start : h.end] for h in best(scanner().scan([text])) if h.detector.kind.startswith("address")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("адрес: г. Москва, ул. Ленина, д. 5, кв. 12).", "г. Москва, ул. Ленина, д. 5, кв. 12"),
        ("живу москва ул ленина 5 кв 12 подъезд 3", "москва ул ленина 5 кв 12 подъезд 3"),
        ("г.Реж,ул.Мира,д.5", "г.Реж,ул.Мира,д.5"),
        (
            "на 623750, Россия, Свердловская обл., Режевской р-н, г. Реж, ул. Мира, 1",
            "623750, Россия, Свердловская обл., Режевской р-н, г. Реж, ул. Мира, 1",
        ),
        ("приехать на Тверскую улицу, 12к2", "Тверскую улицу, 12к2"),
        ("офис: пр-т Мира 5-12", "пр-т Мира 5-12"),
        ("Ленина д. 5 кв. 12", "Ленина д. 5 кв. 12"),
        ("д. 5, корп. 2, кв. 12", "д. 5, корп. 2, кв. 12"),
        ("из г. Реж вчера", "г. Реж"),
        ("lives at 221B Baker Street, London", "221B Baker Street, London"),
        ("born 1990-05-12, lives at 742 Evergreen Terrace", "742 Evergreen Terrace"),
    ],
)
def test_an_address_is_found_whole(text: str, place: str) -> None:
    assert places(text) == [place]


@pytest.mark.parametrize(
    "text",
    ["из города уехали", "2020 г. был трудным", "5 people on the street", "пр. и т. д.", "дом 3", "шли по улице"],
)
def test_a_sentence_is_no_address(text: str) -> None:
    assert places(text) == []


@pytest.mark.parametrize(
    "text",
    ["Москва, Лесная 12 лет назад", "Казань, около 15", "казань привет 15", "Москва, ул 5", "в Самаре ночью 12 %"],
)
def test_a_town_and_a_number_are_no_address_by_themselves(text: str) -> None:
    assert not [hit for hit in scanner().scan([text]) if hit.detector.name == "address.town_street"]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("жду: 623700, Свердловская область, г. Берёзовский, ул. Строителей, д. 4, кв. 16", 5),
        ("пос. Ильинский, ул. 8 Марта, д. 10", 0),
        ("ул. 1905 года, 10 стр. 1", 0),
        ("3-я Парковая улица, дом 14", 0),
    ],
)
def test_an_address_is_one_find_to_its_end(text: str, start: int) -> None:
    found = [(hit.start, hit.end) for hit in best(scanner().scan([text])) if hit.detector.kind == "address"]
    assert found == [(start, len(text))]
