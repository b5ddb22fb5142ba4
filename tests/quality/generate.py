"""The generated Russian set: forms, chats and letters about made-up people, in many spellings; the same for one seed.

Kept apart from what the detectors were written on: names, streets, sentences and check digits are of this folder alone.
A text is a list of stretches; a spelling changes stretch by stretch, so that the marks stay where they belong.

python -m tests.quality.generate > generated_ru.jsonl
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.quality import made_values as value
from tests.quality.made_people import Person, person, street, town

SEED = 152
Stretch = tuple[str, str]
"""Text and type; no type for what stands between."""

_SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
_PUNCTUATION = re.compile(r"[,.!?;:«»\"()](?=\s|$)|(?<=\s)[«\"(]")
_TEMPLATES: dict[str, str] = {
    "form": """
ФИО: {fio}; дата рождения: {birth}; паспорт {passport}; СНИЛС {snils}
Заявитель {fio}, проживающий по адресу: {address}, тел. {phone}
Фамилия: {last}, имя: {first}, отчество: {middle}
Анкета. {fio}. Телефон {phone}. Почта {email}.
Полис ОМС {oms}, пациент {fio}, {birth} г.р.
Водительское удостоверение {licence}, автомобиль {plate}, владелец {fio}
Прошу перечислить на счёт {account} в пользу {fio.gen}, ИНН {inn}
Договор заключён с {fio.ins}, паспорт {passport}
Акт подписан {initials}. Второй экземпляр передан {sur_initials}.
Карта получателя {card}, держатель {fio}
""",
    "chat": """
Привет, это {first}, перезвони на {phone}
меня зовут {first_last}, не могу войти в личный кабинет
Скинь {first.dat} номер карты: {card}
Я вчера отправила деньги {first_last.dat}, а они не дошли
{first} {middle} обещал{a} ответить до обеда
Запиши: {words}, спросить {first.acc}
у {last.gen} сменился телефон, теперь {phone}
Мы с {first.ins} и {first2.ins} ждём курьера на {address}
Это снова {last}, где мой заказ?
мой снилс {snils} а инн {inn}
Можно оформить на {last.acc} {first.acc}? Почта {email}
переведи на {card} получатель {first} {middle} {l}.
""",
    "letter": """
Добрый день! Прошу расторгнуть договор с {fio.ins}. Мой телефон: {phone}.
Уважаем{yj} {first} {middle}, ваше обращение принято.
По вопросу {fio.gen} сообщаем: заявление рассмотрено, ответ направлен на {email}.
Специалист {last} не отвечает вторую неделю, прошу передать дело {fio.dat}.
В пятницу {first_last} приезжал{a} в офис на {address} и оставил{a} копию паспорта {passport}.
Мы говорили о {fio.loc}, а не о {last2.loc}.
С уважением, {first_last}, {phone}
Доверенность выдана {fio.dat} ({birth} года рождения).
Просим выдать справку {sur_initials.dat} до конца месяца.
Курьер {first} отдал посылку {first2.dat} {last2.dat}, хотя получатель {fio}.
""",
    "prompt": """
Составь письмо для {first_last.gen}: напомни про встречу, телефон {phone}
Перепиши вежливо: {last} опять опоздал{a}, предупредите {first2.acc} {last2.acc}
Сделай выжимку жалобы. Клиент {fio} пишет, что его карту {card} заблокировали.
Проверь реквизиты: счёт {account}, ИНН {inn}, владелец {fio}
Кто такой {first_last} и работал ли он с {first2.ins} {last2.ins}?
""",
    "nobody": """
Роман дочитал до середины, вера в хороший финал пропала.
Мороз и солнце, день чудесный, но доставка опять задержалась на два дня.
Надежда умирает последней, а любовь к порядку остаётся.
Когда приедет заказ 4512345678? Трек 80112233445566.
Основной магазин закрыт, новый откроют на площади в понедельник.
Верните деньги за товар, артикул 123456789012, чек прилагаю.
Машина готова, половина деталей старая, причина неизвестна.
Спасибо, всё пришло вовремя, упаковка целая, вопросов нет.
Лев спит, слава герою, мир дому, роза пахнет.
Сколько стоит полоса из новой стали, нужна тонна и пара болтов?
Версия 10.2.3.4 работает, версия 11.0.0.1 падает при запуске.
Картина висит криво, витрина мала, долина видна из окна.
""",
}


class Item(NamedTuple):
    """One text of the set: what kind of text, in which spelling, and what it holds."""

    id: str
    style: str
    spelling: str
    stretches: tuple[Stretch, ...]

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.stretches)

    @property
    def spans(self) -> tuple[tuple[int, int, str], ...]:
        spans, at = [], 0
        for text, kind in self.stretches:
            if kind and text:
                spans.append((at, at + len(text), kind))
            at += len(text)
        return tuple(spans)


def items(count: int = 1200, seed: int = SEED) -> Iterator[Item]:
    """``count`` texts; styles, templates and spellings by turns, people and numbers by the dice."""
    dice = random.Random(seed)
    templates = [(style, line) for style, lines in _TEMPLATES.items() for line in lines.strip().split("\n")]
    spellings = list(SPELLINGS.items())
    for place in range(count):
        style, template = templates[place % len(templates)]
        spelling, change = spellings[(place // len(templates)) % len(spellings)]
        stretches = tuple(change(dice, stretch) for stretch in _filled(dice, template))
        yield Item(f"made-{place}", style, spelling, stretches)


def _filled(dice: random.Random, template: str) -> list[Stretch]:
    one, other = person(dice), person(dice)
    stretches: list[Stretch] = []
    last = 0
    for slot in _SLOT.finditer(template):
        stretches += [(template[last : slot.start()], ""), _value(dice, slot[1], slot[2] or "nom", one, other)]
        last = slot.end()
    joined: list[Stretch] = []
    for text, kind in [*stretches, (template[last:], "")]:
        if joined and kind == "PERSON" and joined[-1] == (" ", "") and joined[-2][1] == "PERSON":
            joined[-2:] = [(f"{joined[-2][0]} {text}", "PERSON")]
        else:
            joined.append((text, kind))
    return joined


def _value(dice: random.Random, slot: str, case: str, one: Person, other: Person) -> Stretch:
    if slot in {"a", "yj"}:
        return ({"a": "а" if one.woman else "", "yj": "ая" if one.woman else "ый"}[slot], "")
    if slot in _PEOPLE:
        who = other if slot.endswith("2") else one
        return (_PEOPLE[slot](*who.case(case)), "PERSON")
    if slot == "email":
        return (value.email(dice, f"{one.first} {one.last}"), "EMAIL")
    if slot == "address":
        return (value.address(dice, town(dice), street(dice)), "ADDRESS")
    make, kind = _NUMBERS[slot]
    return (make(dice), kind)


_PEOPLE: dict[str, Callable[[str, str, str], str]] = {
    "fio": lambda first, middle, last: f"{last} {first} {middle}",
    "first": lambda first, _, __: first,
    "first2": lambda first, _, __: first,
    "middle": lambda _, middle, __: middle,
    "last": lambda _, __, last: last,
    "last2": lambda _, __, last: last,
    "l": lambda _, __, last: last[0],
    "first_last": lambda first, _, last: f"{first} {last}",
    "initials": lambda first, middle, last: f"{first[0]}.{middle[0]}. {last}",
    "sur_initials": lambda first, middle, last: f"{last} {first[0]}. {middle[0]}.",
}
_NUMBERS: dict[str, tuple[Callable[[random.Random], str], str]] = {
    "phone": (value.phone, "PHONE"),
    "words": (value.phone_in_words, "PHONE"),
    "birth": (value.birth_date, "BIRTH_DATE"),
    "passport": (value.passport, "PASSPORT"),
    "snils": (value.snils, "SNILS"),
    "inn": (value.inn, "INN"),
    "card": (value.card, "CARD"),
    "oms": (value.oms, "OMS"),
    "licence": (value.licence, "DRIVER_LICENSE"),
    "plate": (value.plate, "VEHICLE_PLATE"),
    "account": (value.account, "BANK_ACCOUNT"),
}


def _as_is(_: random.Random, stretch: Stretch) -> Stretch:
    return stretch


def _lower(_: random.Random, stretch: Stretch) -> Stretch:
    return stretch[0].lower(), stretch[1]


def _upper(_: random.Random, stretch: Stretch) -> Stretch:
    return stretch[0].upper(), stretch[1]


def _bare(_: random.Random, stretch: Stretch) -> Stretch:
    """Lower case and no punctuation, as in a chat; numbers stay as they were."""
    text, kind = stretch
    return (text if kind else _PUNCTUATION.sub("", text)).lower(), kind


def _typos(dice: random.Random, stretch: Stretch) -> Stretch:
    """One letter of every second long word swapped, left out or doubled, in what stands around the values."""
    text, kind = stretch
    return (text, kind) if kind else (re.sub(r"[а-яё]{6,}", lambda word: _mistyped(dice, word[0]), text), kind)


def _mistyped(dice: random.Random, word: str) -> str:
    place = dice.randrange(2, len(word) - 2)
    changes = (
        word,
        word,
        word[:place] + word[place + 1 :],
        word[:place] + word[place] + word[place:],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    )
    return dice.choice(changes)


def _odd(dice: random.Random, stretch: Stretch) -> Stretch:
    """Numbers in full-width digits or with characters of no width between them."""
    text, kind = stretch
    if kind in {"", "PERSON", "EMAIL", "ADDRESS"}:
        return stretch
    if dice.random() < 0.5:
        return "".join(chr(ord(char) + 0xFEE0) if char in "0123456789" else char for char in text), kind
    return "\u200b".join(text), kind


def _translit(_: random.Random, stretch: Stretch) -> Stretch:
    return value.latin(stretch[0]), stretch[1]


SPELLINGS: dict[str, Callable[[random.Random, Stretch], Stretch]] = {
    "as is": _as_is,
    "lower": _lower,
    "upper": _upper,
    "bare": _bare,
    "typos": _typos,
    "odd digits": _odd,
    "translit": _translit,
}


def rows() -> Iterator[dict[str, object]]:
    """The set in the form of the shared development data."""
    made = list(items())
    types = sorted({kind for item in made for _, _, kind in item.spans})
    for item in made:
        spans = [{"start": start, "end": end, "type": kind} for start, end, kind in item.spans]
        source = f"{item.style}/{item.spelling}"
        yield {"id": item.id, "text": item.text, "lang": "ru", "source": source, "types": types, "spans": spans}


if __name__ == "__main__":
    for row in rows():
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
