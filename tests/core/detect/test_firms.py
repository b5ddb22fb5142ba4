from __future__ import annotations

import pytest

from gateway.core.detect.outside import detect_text


def firms(text: str) -> list[str]:
    return [text[start:end] for start, end, judge in detect_text(text) if judge == "ORGANIZATION"]


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("заказ у ооо вектор вчера", "ооо вектор"),
        ("выдан Овд Басманный", "Овд Басманный"),
        ("лежу в городской больнице №5", "городской больнице №5"),
        ("учусь в МГТУ им. Баумана", "МГТУ им. Баумана"),
        ("карта от Хрюнкель Банка не та", "Хрюнкель Банка"),
        ("лечусь в Хрюнкинской больнице", "Хрюнкинской больнице"),
        ("письмо от почты россии", "почты россии"),
        ("кредит в сбербанке", "сбербанке"),
    ],
)
def test_organisations_of_requests_are_found(text: str, firm: str) -> None:
    assert firms(text) == [firm]


def test_an_organisation_may_hold_a_person_and_a_place() -> None:
    text = "договор с ИП Сидоров А.А., банк отказал"
    found = [(text[start:end], judge) for start, end, judge in detect_text(text)]
    assert ("Сидоров А.А.", "PERSON") in found
    assert [judge for _, judge in found].count("ORGANIZATION") == 1


@pytest.mark.parametrize("text", ["украина далеко", "тканью накрыли", "школа новая"])
def test_words_alike_are_no_organisations(text: str) -> None:
    assert firms(text) == []


def test_half_a_surrogate_pair_stops_nobody() -> None:
    assert firms("\ud800 привет, ООО «Ромашка»") == ["ООО «Ромашка»"]
