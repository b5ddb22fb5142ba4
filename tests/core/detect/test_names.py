from __future__ import annotations

import pytest

from gateway.core.detect.catalog import scanner
from gateway.core.detect.conflicts import best
from gateway.core.detect.given_names import GIVEN_NAMES
from gateway.core.detect.names import agree, looks_like_name


def people(text: str) -> list[str]:
    hits = best(scanner().scan([text]))
    return [text[hit.start : hit.end] for hit in hits if hit.detector.kind == "person.name"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Вчера Анна Петрова звонила", "Анна Петрова"),
        ("ИвановПётр звонил", "ИвановПётр"),
        ("Кузнецова Е П не отвечает", "Кузнецова Е П"),
        ("вчера А П Ивановым подписано", "А П Ивановым"),
        ("Соколов А. ждёт", "Соколов А."),
        ("слов А. нет", ""),
        ("Мамедов Эльчин Рашид оглы", "Мамедов Эльчин Рашид оглы"),
        ("Ткач Виктор Семёнович пришёл", "Ткач Виктор Семёнович"),
        ("Утро Виктор Семёнович встретил", "Виктор Семёнович"),
        ("Ткач Викторе Семёновиче сказал", "Викторе Семёновиче"),
        ("Марин Ле Пен победила", "Марин Ле Пен"),
        ("Нгуен Ван Тхань арендует", "Нгуен Ван Тхань"),
        ("реджеп тайип эрдоган", "реджеп тайип"),
        ("президент Реджеп Тайип Эрдоган", "Реджеп Тайип Эрдоган"),
        ("Сабрина Шрофф здесь", "Сабрина Шрофф"),
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
        ("это нэнси пелоси", "нэнси пелоси"),
        ("речь вели Йенс Леман и все", "Йенс Леман"),
        ("сказал хрюнкельсон вчера", ""),
        ("сказал Хрюнкельсон вчера", "Хрюнкельсон"),
        ("Хрюнкельсон сказал вчера", "Хрюнкельсон"),
        ("заявил саркози вчера", "саркози"),
        ("полковник хрюнт брынзель ушёл", "хрюнт брынзель"),
        ("Роман Хрюнкельсон ушёл", "Роман Хрюнкельсон"),
        ("видели романа петрова", "романа петрова"),
        ("видели веру петрову", "веру петрову"),
        ("говорили с романом петровым", "романом петровым"),
        ("отдай вере петровой", "вере петровой"),
        ("скажи роману волкову", "роману волкову"),
        ("петров роман ушёл", "петров роман"),
        ("видел Полонский", "Полонский"),
        ("видели Гургена", "Гургена"),
        ("видели гургена", "гургена"),
        ("вопрос ткаченко", "ткаченко"),
        ("водитель азамат ждёт", "азамат"),
        ("Рабинович Гурген Вахтангович", "Рабинович Гурген Вахтангович"),
        ("художник Винсент ван Гог", "Винсент ван Гог"),
        ("this is Keiko speaking", "Keiko"),
        ("we met John's brother", "John"),
        ("пришла анна кох", "анна кох"),
        ("рашитовна", "рашитовна"),
        ("акт подписан иваном и. и.", "иваном"),
    ],
)
def test_a_name_is_found_whole(text: str, name: str) -> None:
    assert people(text) == ([name] if name else [])


@pytest.mark.parametrize(
    "text",
    [
        "Роман Толстого и вера в людей",
        "надежда умирает последней, любовь вечна",
        "Лев и тигр",
        "основной вопрос, дневной заказ, верховный суд, Основной закон",
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
        "любовь отцов, роза ветров, сила духов",
        "роза пахннет, роман дочиитал",
        "много чатов и обращенний",
        "Полонский край красив, на Воробьёвых горах",
        "машина «Шкода Октавия» и Шкода",
        "Great Britain and Solomon Islands",
        "mir domu, roza pakhnet",
        "отправили в ФСБ и МИД",
        "хрюновной смелостью",
        "обсуждали Советский Союз",
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


def test_once_found_a_name_is_found_in_its_other_cases_too() -> None:
    assert people("Пришёл Роберт Хайнлайн. Речь Хайнлайна, книга хайнлайна") == [
        "Роберт Хайнлайн",
        "Хайнлайна",
        "хайнлайна",
    ]


def test_a_surname_that_is_a_word_goes_with_the_name_before() -> None:
    assert people("звонил роман волков, волкова нет") == ["роман волков", "волкова"]


def test_an_ordinary_word_that_begins_like_a_name_is_nobody() -> None:
    assert people("звонил Пётр Столов, на столе столы") == ["Пётр Столов"]


def test_a_name_told_in_one_leaf_is_known_in_the_next() -> None:
    hits = best(scanner().scan(["Роберт Хайнлайн", "книга Хайнлайна"]))
    assert [(hit.text, hit.start, hit.end) for hit in hits] == [(0, 0, 15), (1, 6, 15)]


@pytest.mark.parametrize(
    ("given", "surname", "fits"),
    [("роман", "волков", True), ("вера", "волков", False), ("вера", "волкова", True), ("вере", "волкова", False)],
)
def test_name_and_surname_agree_in_their_endings(given: str, surname: str, fits: bool) -> None:
    assert agree(given, surname) is fits


def test_a_short_surname_is_found_again_with_a_capital_only() -> None:
    assert people("Пришёл Иван Кан. Кан ушёл, а кан нет") == ["Иван Кан", "Кан"]
