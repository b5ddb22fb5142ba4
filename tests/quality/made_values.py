"""Made-up numbers and addresses in the ways people write them; check digits are computed here, apart from ours."""

from __future__ import annotations

import random
from collections.abc import Callable

_WORDS = "ноль один два три четыре пять шесть семь восемь девять".split()
_MAIL = ("example.ru", "example.org", "mail.example.com", "pochta.example.ru")
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya".replace("-", "").split(" "),
        strict=True,
    )
)


def latin(text: str) -> str:
    """Russian letters in Latin ones, capitals kept."""
    return "".join(
        _LATIN[char.lower()].title() if char.isupper() and char.lower() in _LATIN else _LATIN.get(char, char)
        for char in text
    )


def number(dice: random.Random, count: int) -> str:
    return "".join(str(dice.randrange(10)) for _ in range(count))


def phone(dice: random.Random) -> str:
    code, rest = dice.choice(("900", "495", "926", "383", "812")), number(dice, 7)
    layouts = (
        "+7 ({c}) {a}-{b}-{d}", "8 {c} {a} {b} {d}", "8{c}{a}{b}{d}", "+7{c}{a}{b}{d}", "8-{c}-{a}-{b}-{d}",
        "8({c}){a}{b}{d}", "+7 {c} {a}{b}{d}", "7 {c} {a}-{b}{d}", "8.{c}.{a}.{b}.{d}", "8/{c}/{a}/{b}/{d}",
    )  # fmt: skip
    return dice.choice(layouts).format(c=code, a=rest[:3], b=rest[3:5], d=rest[5:])


def phone_in_words(dice: random.Random) -> str:
    return " ".join(_WORDS[int(digit)] for digit in "89" + number(dice, 9))


def passport(dice: random.Random) -> str:
    series, rest = f"{dice.choice((45, 77, 63, 92, 18))}{dice.randrange(1, 25):02d}", number(dice, 6)
    layouts = ("{s} {n}", "{a} {b} {n}", "{s}{n}", "{s} № {n}", "{a}-{b}-{n}", "{s}={n}")
    return dice.choice(layouts).format(s=series, a=series[:2], b=series[2:], n=rest)


def snils(dice: random.Random) -> str:
    body = number(dice, 9)
    check = sum(int(digit) * weight for digit, weight in zip(body, range(9, 0, -1), strict=True)) % 101 % 100
    if dice.random() < 0.3:
        check = dice.randrange(100)
    layout = dice.choice(("{a}-{b}-{c} {d:02d}", "{a} {b} {c} {d:02d}", "{a}{b}{c}{d:02d}", "{a}.{b}.{c}.{d:02d}"))
    return layout.format(a=body[:3], b=body[3:6], c=body[6:], d=check)


def inn(dice: random.Random) -> str:
    body = "77" + number(dice, 8)
    for weights in ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)):
        body += str(sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11 % 10)
    return body if dice.random() < 0.7 else body[:-2] + number(dice, 2)


def card(dice: random.Random) -> str:
    body = dice.choice(("2200", "4276", "5469", "2202")) + number(dice, 11)
    total = sum(sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(body))
    whole = body + str(-total % 10)
    mark = dice.choice((" ", "", "-", "="))
    return mark.join(whole[place : place + 4] for place in range(0, 16, 4))


def oms(dice: random.Random) -> str:
    return dice.choice(("77", "16", "66")) + number(dice, 14)


def email(dice: random.Random, name: str) -> str:
    return f"{latin(name).lower().replace(' ', '.')}{dice.choice(('', '88', '_1'))}@{dice.choice(_MAIL)}"


def birth_date(dice: random.Random) -> str:
    day, month, year = dice.randrange(1, 29), dice.randrange(1, 13), dice.randrange(1945, 2010)
    names = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
    layouts = (f"{day:02d}.{month:02d}.{year}", f"{day}.{month}.{year}", f"{day} {names[month - 1]} {year}")
    return dice.choice((*layouts, f"{year}-{month:02d}-{day:02d}"))


def licence(dice: random.Random) -> str:
    return dice.choice(("{a} {b} {c}", "{a}{b} {c}", "{a}{b}{c}")).format(
        a=number(dice, 2), b=number(dice, 2), c=number(dice, 6)
    )


def plate(dice: random.Random) -> str:
    letter: Callable[[], str] = lambda: dice.choice("АВЕКМНОРСТУХ")  # noqa: E731 - three letters in one row
    return f"{letter()}{number(dice, 3)}{letter()}{letter()}{dice.choice(('77', '199', '16', '66'))}"


def account(dice: random.Random) -> str:
    return "40817810" + number(dice, 12)


def address(dice: random.Random, town: str, street: str) -> str:
    house, flat = dice.randrange(1, 120), dice.randrange(1, 300)
    layouts = (
        f"г. {town}, ул. {street}, д. {house}, кв. {flat}", f"{town}, {street} {house}-{flat}",
        f"ул. {street} {house} кв {flat}", f"{number(dice, 6)}, г. {town}, ул. {street}, дом {house}, квартира {flat}",
        f"город {town} улица {street} дом {house}", f"{town}, улица {street}, {house}",
    )  # fmt: skip
    return dice.choice(layouts)
