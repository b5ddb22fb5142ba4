from __future__ import annotations

import pytest

from gateway.core.detect.catalog import scanner
from gateway.core.detect.conflicts import best
from gateway.core.detect.given_names import GIVEN_NAMES
from gateway.core.detect.names import looks_like_name


def people(text: str) -> list[str]:
    hits = best(scanner().scan([text]))
    return [text[hit.start : hit.end] for hit in hits if hit.detector.kind == "person.name"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Вчера Анна Петрова звонила", "Анна Петрова"),
        ("Позвоните Анне Петровой", "Анне Петровой"),
        ("звонил Иванов Пётр Сергеевич вчера", "Иванов Пётр Сергеевич"),
        ("звонил Пётр Сергеевич Иванов вчера", "Пётр Сергеевич Иванов"),
        ("звонил иванов пётр сергеевич вчера", "иванов пётр сергеевич"),
        ("ЗВОНИЛ ИВАНОВ ПЁТР СЕРГЕЕВИЧ ВЧЕРА", "ИВАНОВ ПЁТР СЕРГЕЕВИЧ"),
        ("передать Петру Сергеевичу", "Петру Сергеевичу"),
        ("видел иван петров", "иван петров"),
        ("это был Фанис Рашитович", "Фанис Рашитович"),
        ("это была Ахметова Фанисовна", "Ахметова Фанисовна"),
        ("передай Сидоровой Фанисовной", "Сидоровой Фанисовной"),
        ("пришла марья ильинична", "марья ильинична"),
        ("Ivanov Petr Sergeevich, Moscow", "Ivanov Petr Sergeevich"),
        ("ask John Smith about it", "John Smith"),
        ("Anna Maria Schmidt wrote", "Anna Maria Schmidt"),
        ("приехала Анна-Мария Кох", "Анна-Мария Кох"),
        ("меня зовут Фанис", "Фанис"),
        ("ФИО: Гарипов Азат Фанисович", "Гарипов Азат Фанисович"),
        ("Dear Roman, thank you", "Roman"),
        ("Mr. Okonkwo called", "Okonkwo"),
        ("заявление от Сидоровой", "Сидоровой"),
        ("клиент Вера просит", "Вера"),
        ("подписал А. С. Петров", "А. С. Петров"),
        ("Иванов И.И. согласен", "Иванов И.И."),
        ("петрова а.с. согласна", "петрова а.с."),
        ("встретил Роман Петров", "Роман Петров"),
        ("пришла Вера Ивановна", "Вера Ивановна"),
    ],
)
def test_a_name_is_found_whole(text: str, name: str) -> None:
    assert people(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Роман Толстого и вера в людей",
        "надежда умирает последней, любовь вечна",
        "Лев и тигр",
        "основной вопрос, дневной заказ, верховный суд, Основной закон",
        "рашитовна",
        "готова ждать до завтра, спасибо",
        "may I ask for a bill",
        "от Москвы до самых до окраин",
        "вылет из Ростова, для Саратова",
        "from Berlin with love",
        "т. е. и т. д., см. рис. 5",
        "the U.S. Army in P. S. mode",
        "как вас зовут",
        "аннотация к ивановскому ситцу",
        "имя файла, фамилия клиента",
        "Dear customer, thank you",
        "в соревновании участвовали многие",
    ],
)
def test_ordinary_words_are_nobody(text: str) -> None:
    assert people(text) == []


def test_two_names_in_a_row_are_two_people() -> None:
    assert people("Анна Петрова, Иван Сидоров") == ["Анна Петрова", "Иван Сидоров"]


@pytest.mark.parametrize(
    "text", ["Анна", "АННА", "Роман", "Иванов Пётр", "Фанис Мухаметов", "Иванов А.В.", "anna petrova", "Smith John"]
)
def test_a_value_may_look_like_a_name(text: str) -> None:
    assert looks_like_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        "iPhone 15",
        "Москва",
        "роман",
        "Красный стол",
        "Анна и ещё много кого здесь нет",
        "Acme Corp",
        "т.е. x",
    ],
)
def test_a_value_may_not_look_like_a_name(text: str) -> None:
    assert not looks_like_name(text)


@pytest.mark.parametrize(
    "form", ["анна", "анны", "анне", "петра", "игорем", "павлом", "марии", "сергею", "john", "sergey"]
)
def test_given_names_are_known_in_every_case(form: str) -> None:
    assert GIVEN_NAMES[form] is False


@pytest.mark.parametrize("form", ["роман", "веры", "льва", "mark", "roman"])
def test_some_given_names_are_ordinary_words(form: str) -> None:
    assert GIVEN_NAMES[form] is True
