"""Made-up people and places for the generated texts: lists of their own, written apart from those that detectors read.

Declension is by the school rules; names that need more are not on the lists.
"""

from __future__ import annotations

import random
from typing import NamedTuple

CASES = ("nom", "gen", "dat", "acc", "ins", "loc")

_MEN = """
Алексей Андрей Антон Аркадий Артём Богдан Валерий Василий Виктор Виталий Всеволод Вячеслав Геннадий Григорий Даниил
Денис Дмитрий Евгений Захар Ибрагим Иван Константин Леонид Максим Мурад Никита Николай Олег Пётр Рафаэль Ринат Роман
Сергей Степан Тимур Фёдор Шамиль Эдуард Юрий Ярослав Азамат Нурлан Гурген Вахтанг Ансар Тагир Лаврентий
""".split()
_WOMEN = """
Алина Алла Анастасия Анжелика Антонина Валентина Вера Виктория Галина Гузель Дарья Евгения Екатерина Жанна Зинаида
Инна Ирина Карина Ксения Лариса Лидия Майя Маргарита Мария Надежда Наталья Оксана Ольга Полина Раиса Светлана София
Тамара Татьяна Фатима Юлия Яна Айгуль Динара Нурия Гаянэ Лейла Асият Камилла Регина
""".split()
_ROOTS = """
Абрам Агап Барсук Бел Болот Василь Вершин Волк Гаврил Голик Гречк Давыд Дорош Еремин Ермак Жданк Заболотн Зубк Игнат
Казак Калашник Каморск Капуст Кирилл Корот Лаптев Левчук Луж Макар Меркул Мороз Назар Никифор Овсян Панкрат Пестр
Поляк Рогоз Рыбак Савель Самойл Сиз Тарас Тимофе Ушак Федос Хабар Чернык Шапошник Шишк Щегол Юдин Якуш
""".split()
_WHOLE = (
    "Ткаченко Шевчук Мкртчян Гогоберидзе Абдуллаев Хасанов Гайнутдинов Шварцман Рабинович Кравец Черных Долгих "
    "Вишневский Залесский Полонский Петросян Мельник Коваль Бондаренко Лисицын Птицын Курицын Ахметзянов Дзагоев"
).split()
_STREETS = """
Ленина Мира Гагарина Чехова Пушкина Садовая Лесная Заречная Набережная Молодёжная Советская Победы Кирова Горького
Космонавтов Вокзальная Школьная Полевая Тверская Лермонтова
""".split()
_TOWNS = """
Москва Казань Самара Тула Рязань Калуга Пермь Уфа Тюмень Омск Томск Псков Вологда Кострома Иваново Брянск Орёл Курск
Липецк Пенза Ижевск Чебоксары Сызрань Тольятти Мурманск Архангельск Краснодар Майкоп Абакан Чита
""".split()


class Person(NamedTuple):
    """First name, patronymic and surname of one person, in the nominative."""

    first: str
    middle: str
    last: str
    woman: bool

    def case(self, case: str) -> tuple[str, str, str]:
        """First name, patronymic, surname in a case."""
        place = CASES.index(case)
        return (
            _first(self.first, place),
            _patronymic(self.middle, place, self.woman),
            _surname(self.last, place, self.woman),
        )


def person(dice: random.Random) -> Person:
    woman = dice.random() < 0.5
    father = dice.choice(_MEN)
    return Person(dice.choice(_WOMEN if woman else _MEN), _of_father(father, woman), _family(dice, woman), woman)


def street(dice: random.Random) -> str:
    return dice.choice(_STREETS)


def town(dice: random.Random) -> str:
    return dice.choice(_TOWNS)


def _family(dice: random.Random, woman: bool) -> str:
    if dice.random() < 0.25:
        name = dice.choice(_WHOLE)
    else:
        root = dice.choice(_ROOTS)
        name = root + dice.choice(("ов", "ин") if root[-1] not in "еь" else ("ев",))
    if not woman:
        return name
    if name.endswith(("ов", "ев", "ин", "ын")):
        return name + "а"
    return name[:-2] + "ая" if name.endswith("ий") else name


def _of_father(name: str, woman: bool) -> str:
    if name in {"Никита", "Лука"}:
        return name[:-1] + ("ична" if woman else "ич")
    if name == "Пётр":
        name = "Петр"
    if name.endswith("ий"):
        return name[:-2] + ("ьевна" if woman else "ьевич")
    if name.endswith(("й", "ь")):
        return name[:-1] + ("евна" if woman else "евич")
    return name + ("овна" if woman else "ович")


def _first(name: str, place: int) -> str:
    if not place:
        return name
    if name == "Пётр":
        name = "Петр"
    for ending, cases in (
        ("ия", ("ии", "ии", "ию", "ией", "ии")),
        ("я", ("и", "е", "ю", "ей", "е")),
        ("а", ("ы", "е", "у", "ой", "е")),
        ("й", ("я", "ю", "я", "ем", "и" if name.endswith("ий") else "е")),
        ("ь", ("и", "и", "ь", "ью", "и") if name in _WOMEN else ("я", "ю", "я", "ем", "е")),
    ):
        if name.endswith(ending):
            end = cases[place - 1]
            if ending == "а" and end == "ы" and name[-2] in "гкхжчшщ":
                end = "и"
            return name[: -len(ending)] + end
    if name[-1] in "эоеуи" or name in _WOMEN:
        return name
    return name + ("а", "у", "а", "ом", "е")[place - 1]


def _patronymic(name: str, place: int, woman: bool) -> str:
    if not place:
        return name
    if woman:
        return name[:-1] + ("ы", "е", "у", "ой", "е")[place - 1]
    return name + ("а", "у", "а", "ем", "е")[place - 1]


def _surname(name: str, place: int, woman: bool) -> str:
    if not place or name.endswith(("ко", "их", "ых", "дзе")):
        return name
    hers = name.endswith(("ова", "ева", "ина", "ына", "ая"))
    if woman and not hers:
        return name
    for endings, cut, cases in _SURNAMES:
        if name.endswith(endings):
            return name[: len(name) - cut] + cases[place - 1]
    return name + ("а", "у", "а", "ем" if name.endswith("ч") else "ом", "е")[place - 1]


_SURNAMES: tuple[tuple[tuple[str, ...], int, tuple[str, ...]], ...] = (
    (("ова", "ева", "ина", "ына"), 1, ("ой", "ой", "у", "ой", "ой")),
    (("ая",), 2, ("ой", "ой", "ую", "ой", "ой")),
    (("ий",), 2, ("ого", "ому", "ого", "им", "ом")),
    (("ов", "ев", "ин", "ын"), 0, ("а", "у", "а", "ым", "е")),
    (("ец",), 2, ("ца", "цу", "ца", "цом", "це")),
    (("ь",), 1, ("я", "ю", "я", "ем", "е")),
)
