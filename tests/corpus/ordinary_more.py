"""More records in which nobody is mentioned: timetables, settings, matches, films, tenders, machines, articles."""

from __future__ import annotations

import random
from collections.abc import Callable
from uuid import UUID

_CARGO = "щебень зерно уголь доска цемент песок кирпич арматура торф опилки".split()
_FILMS = (
    "Вера, надежда, любовь", "Роман для машины", "Белый орёл", "Герой нашего двора", "Чужая карта", "Паспорт мечты",
    "Код да Винчи", "Операция «Гром»", "The Patient Gardener", "My Own Country", "Адрес неизвестен",
)  # fmt: skip
_TEAMS = "Вымпел Локомотив Заря Шахтёр Энергия Факел Ротор Волна Сокол Чайка".split()
_TOPICS = (
    "права потребителя при возврате", "история крестовых походов", "грипп у кур: памятка фермеру", "карта метро",
    "телефон для начинающих", "пароль: как его придумать", "адрес ячейки памяти", "диагноз по коду ошибки двигателя",
    "номер журнала и год выпуска", "национальный парк и его тропы", "Group policy objects explained", "blood oranges",
    "коды товаров и их срок годности", "счет матча", "паспорт изделия", "свидетельство о поверке прибора",
)  # fmt: skip
_SETTINGS = "retries workers prefetch backoff ttl depth shards replicas window threshold".split()
_PARTS = "подшипник клапан насос фильтр шкив муфта ремень прокладка вентиль датчик".split()


def _timetable(dice: random.Random) -> dict[str, object]:
    return {
        "train": f"{dice.randrange(1, 999):03d}{dice.choice('АИЭЖМ')}",
        "platform": dice.randrange(1, 20),
        "departure": f"{dice.randrange(24):02d}:{dice.randrange(60):02d}",
        "arrival": f"2026-1{dice.randrange(3)}-{dice.randrange(10, 29)}T{dice.randrange(10, 24)}:05:00+03:00",
        "wagons": [f"{dice.randrange(10**7, 10**8)}" for _ in range(3)],
        "cargo": f"{dice.choice(_CARGO)}, {dice.randrange(1, 70)} т",
        "distance_km": dice.randrange(20, 9000),
        "flight": f"{dice.choice(['SU', 'DP', 'U6', 'S7'])} {dice.randrange(10, 9999)}",
    }


def _settings(dice: random.Random) -> dict[str, object]:
    return {
        "service": f"svc-{dice.choice(_SETTINGS)}-{dice.randrange(99)}",
        "options": {name: dice.randrange(1, 10**4) for name in dice.sample(_SETTINGS, 4)},
        "image": f"registry/app:{dice.randrange(9)}.{dice.randrange(99)}.{dice.randrange(999)}",
        "schedule": f"{dice.randrange(60)} {dice.randrange(24)} * * {dice.randrange(7)}",
        "digest": f"sha512-{dice.getrandbits(200):x}",
        "enabled": dice.choice([True, False]),
        "port": dice.randrange(1024, 65535),
        "id": str(UUID(int=dice.getrandbits(128), version=4)),
    }


def _match(dice: random.Random) -> dict[str, object]:
    return {
        "home": dice.choice(_TEAMS),
        "guest": dice.choice(_TEAMS),
        "score": f"{dice.randrange(9)}:{dice.randrange(9)} ({dice.randrange(4)}:{dice.randrange(4)})",
        "attendance": dice.randrange(100, 80_000),
        "round": f"{dice.randrange(1, 30)}-й тур",
        "possession": f"{dice.randrange(30, 70)}%",
        "odds": [round(1 + dice.random() * 9, 2) for _ in range(3)],
    }


def _film(dice: random.Random) -> dict[str, object]:
    return {
        "title": dice.choice(_FILMS),
        "year": dice.randrange(1930, 2026),
        "minutes": dice.randrange(60, 200),
        "votes": dice.randrange(10**6),
        "rating": round(dice.random() * 10, 1),
        "tagline": f"{dice.choice(_FILMS)}: {dice.choice(_TOPICS)}",
        "budget": f"{dice.randrange(1, 300)} 000 000",
        "age_limit": f"{dice.choice([0, 6, 12, 16, 18])}+",
    }


def _tender(dice: random.Random) -> dict[str, object]:
    return {
        "lot": f"{dice.randrange(10**10, 10**11)}",
        "purchase_number": f"0{dice.randrange(10**17, 10**18)}",
        "subject": f"Поставка: {dice.choice(_PARTS)}, {dice.randrange(2, 500)} шт.",
        "okpd2": ".".join(f"{dice.randrange(10, 99)}" for _ in range(3)) + f".{dice.randrange(100, 999)}",
        "budget_code": f"{dice.randrange(10**19, 2 * 10**19)}",
        "max_price": round(dice.random() * 1e8, 2),
        "deadline": f"1{dice.randrange(10)}.0{dice.randrange(1, 10)}.2026 12:00",
    }


def _machine(dice: random.Random) -> dict[str, object]:
    return {
        "part": f"{dice.choice(_PARTS)} {dice.randrange(100, 999)}.{dice.randrange(1000, 9999)}-{dice.randrange(99)}",
        "drawing": f"{dice.choice('АБВГ')}{dice.choice('КЛМН')}.{dice.randrange(10**5, 10**6)}.{dice.randrange(99)}",
        "hours": dice.randrange(10**5),
        "readings": [round(dice.random() * 200 - 50, 3) for _ in range(4)],
        "fault": f"E{dice.randrange(10, 99)}.{dice.randrange(9)}",
        "counter": dice.randrange(10**11, 10**12),
        "frequency_mhz": round(dice.random() * 900, 4),
        "inventory": f"{dice.randrange(10, 99)}-{dice.randrange(10**5, 10**6)}",
    }


def _article(dice: random.Random) -> dict[str, object]:
    return {
        "headline": dice.choice(_TOPICS),
        "lead": f"{dice.choice(_TOPICS)}, {dice.choice(_TOPICS)} и {dice.choice(_CARGO)}",
        "words": dice.randrange(100, 5000),
        "doi": f"10.{dice.randrange(1000, 9999)}/{dice.choice('abcd')}.{dice.randrange(2026)}.{dice.randrange(10**5)}",
        "udc": f"{dice.randrange(100, 999)}.{dice.randrange(10, 99)}",
        "page_range": f"{dice.randrange(1, 300)}-{dice.randrange(300, 600)}",
        "views_today": dice.randrange(10**4),
    }


MORE: tuple[Callable[[random.Random], dict[str, object]], ...] = (
    _timetable, _settings, _match, _film, _tender, _machine, _article,
)  # fmt: skip
