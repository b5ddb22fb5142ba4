"""Names that stand in a message once more: in another form, in another leaf."""

from __future__ import annotations

from time import process_time

import pytest

from gateway.core.again import AGAIN, again
from gateway.core.classify import classify
from gateway.model.document import WHOLE
from gateway.model.finding import Finding
from gateway.model.names import Kind
from tests.core.test_classify import RULES, request


def found(body: object) -> list[str]:
    """The stretches that are found because the name stands elsewhere."""
    document = request(body)
    return [
        document.leaves[one.leaf].text[one.span.start : one.span.end]
        for one in classify(document, RULES)
        if one.detector == AGAIN
    ]


@pytest.mark.parametrize(
    ("body", "stretches"),
    [
        ({"last_name": "Хрюнда", "comment": "хрюнде не дозвонились"}, ["хрюнде"]),
        ({"last_name": "Король", "comment": "Передать: Королю отказали, и Король ушёл"}, ["Королю", "Король"]),
        ({"first_name": "Павел", "note": "вчера сказали павлу об этом"}, []),
        ({"fio": "Зыбцкер, Вад", "note": "для зыбцкера готово"}, ["зыбцкера"]),
        ({"last_name": "Smith", "note": "Smith's order is late, ask Smith"}, ["Smith", "Smith"]),
        ({"last_name": "Кравец", "note": "для кравца готово, кравцу звонили"}, ["кравца", "кравцу"]),
        ({"last_name": "Хрюнд", "first_name": "Хрюндыщ", "note": "отдать хрюндыщу хрюнда"}, ["хрюндыщу", "хрюнда"]),
        ({"last_name": "Хрюнда", "a": "хрюнде нет", "b": "0,5", "c": "нет хрюнды"}, ["хрюнде", "хрюнды"]),
        ({"last_name": "Хрю\u00adнда", "note": "это хрю\u00adнда сказала"}, ["хрю\u00adнда"]),
        ({"last_name": "Хрюнда", "note": "это хрюн\u200bда сказала"}, ["хрюн\u200bда"]),
    ],
)
def test_a_name_from_a_field_is_found_in_a_text(body: object, stretches: list[str]) -> None:
    assert found(body) == stretches


@pytest.mark.parametrize(
    "body",
    [
        {"first_name": "Роман", "comment": "прочитал роман до конца"},
        {"first_name": "Вера", "comment": "вера в людей осталась"},
        {"last_name": "Young", "comment": "too young for that"},
        {"last_name": "Ли", "comment": "не знаю, придёт ли он"},
        {"last_name": "Хрюнда", "comment": "хрюндаментально и просто"},
        {"last_name": "Хрюнда", "comment": "ухрюнда и у-хрюнда, у’хрюнда просто"},
        {"last_name": "Хрюнда", "code": "хрюнда"},
        {"last_name": "Хрюнда", "comment": "ничего не сказали"},
        {"last_name": "Хрюнда", "amount": 12},
        {"last_name": "", "comment": "ничего не сказали"},
        {"city": "Хрюнда", "comment": "город хрюнда большой"},
        {"last_name": "и " * 100 + "Хрюнда", "comment": "город хрюнда большой"},
    ],
)
def test_what_is_an_ordinary_word_or_another_word_is_nobody(body: object) -> None:
    assert found(body) == []


def test_declined_forms_in_another_leaf_are_found_whoever_finds_them() -> None:
    document = request({"a": "Пришёл Иванов Пётр.", "b": "Отдать Петру Иванову", "c": "иванова перезвонит"})
    names = {document.leaves[one.leaf].text[one.span.start : one.span.end] for one in classify(document, RULES)}
    assert {"Иванов Пётр", "Петру Иванову", "иванова"} <= names


def test_a_doubt_is_not_multiplied() -> None:
    document = request({"a": "вопрос лужкову", "b": "что сказал Лужкова"})
    body = [number for number, leaf in enumerate(document.leaves) if leaf.path[0] == "body" and not leaf.is_key]
    doubt = Finding(body[0], ("body", "a"), WHOLE, Kind("person.name"), 0.55, "person.one")
    assert again(document.leaves, [doubt], body) == []


def test_what_is_found_already_is_not_found_twice() -> None:
    document = request({"last_name": "Хрюнда", "note": "это хрюнда сказала"})
    findings = classify(document, RULES)
    assert len([one for one in findings if one.path == ("body", "note")]) == 1
    assert again(document.leaves, findings, [one.leaf for one in findings]) == []


@pytest.mark.parametrize("rows", [10, 100])
def test_of_many_names_each_is_found_again(rows: int) -> None:
    letters = "абвгдежзиклмнопр"
    names = [f"Х{letters[row // 16]}{letters[row % 16]}рюдыщ" for row in range(rows)]
    body = [{"last_name": name, "note": f"это {name}у сказано"} for name in names]
    assert found(body) == [f"{name}у" for name in names]


def test_many_names_take_time_in_proportion() -> None:
    def seconds(rows: int) -> float:
        document = request({"rows": [{"last_name": "Хрюнда", "note": "отдать хрюнде и Петру Иванову"}] * rows})
        findings = classify(document, RULES)
        bodies = [one for one, leaf in enumerate(document.leaves) if leaf.path[0] == "body" and not leaf.is_key]
        begun = process_time()
        again(document.leaves, findings, bodies)
        return process_time() - begun

    seconds(10)
    assert min(seconds(2000) for _ in range(3)) < 8 * min(seconds(500) for _ in range(3))
