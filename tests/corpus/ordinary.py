"""Records in which nobody is mentioned: what must not be taken for personal data.

Shares no word list with the detectors.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.corpus.ordinary_more import MORE

_THINGS = (
    "стол стул лампа молоток дрель кабель роутер ноутбук мышь клавиатура тетрадь сумка рюкзак чайник плита".split()
)
_HOW = "красный синий большой новый деревянный стальной беспроводной складной детский зимний".split()
_TITLES = (
    "Роман о розе", "Роман с кокаином", "Вера и знание", "Надежда мира", "Мороз и солнце", "Тема дня", "Лев и мышь",
    "Слава героям труда", "Любовь и голуби", "Майский день", "Лука и картошка", "Мир хижинам", "Клим и море",
)  # fmt: skip
_REMARKS = ("", "упаковать аккуратно", "оставить на складе до пятницы", "срочно", "не звонить заранее", "подарок")


def records(count: int, seed: int = 152) -> Iterator[dict[str, object]]:
    """Orders, telemetry, books, stock, reviews, logs, recipes, tickets, catalogues, releases and more, by turns."""
    dice = random.Random(seed)
    makers = (_order, _telemetry, _book, _stock, _review, _log, _recipe, _ticket, _catalogue, _release, *MORE)
    return (makers[number % len(makers)](dice) for number in range(count))


def _digits(dice: random.Random, count: int) -> str:
    return str(dice.randrange(10 ** (count - 1), 10**count))


def _ean(dice: random.Random) -> str:
    body = f"{dice.randrange(10**12):012d}"
    return body + str(-sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(body)) % 10)


def _order(dice: random.Random) -> dict[str, object]:
    items = [
        {
            "sku": f"SKU-{dice.randrange(10**6)}",
            "ean": _ean(dice),
            "name": f"{dice.choice(_HOW)} {dice.choice(_THINGS)}",
            "qty": dice.randrange(1, 9),
            "price": dice.randrange(100, 99999),
        }
        for _ in range(2)
    ]
    return {
        "order_id": _digits(dice, 10),
        "number": int(_digits(dice, 12)),
        "invoice_no": _digits(dice, 16),
        "status": dice.choice(["new", "paid", "shipped"]),
        "created_at": dice.randrange(1_600_000_000_000, 1_800_000_000_000),
        "updated_at": f"202{dice.randrange(6)}-0{dice.randrange(1, 10)}-1{dice.randrange(10)}T12:30:45Z",
        "total": round(dice.random() * 1e5, 2),
        "items": items,
        "comment": dice.choice(_REMARKS),
    }


def _telemetry(dice: random.Random) -> dict[str, object]:
    return {
        "ts": dice.randrange(1_600_000_000, 1_800_000_000),
        "version": ".".join(str(dice.randrange(99)) for _ in range(4)),
        "cpu": dice.random(),
        "trace": f"{dice.getrandbits(128):032x}",
        "span": f"{dice.getrandbits(64):016x}",
        "latency_ms": dice.random() * 1000,
        "host_name": f"node-{dice.randrange(99)}",
        "event": "page_view",
        "path": f"/catalog/{dice.randrange(10**6)}/item-{dice.randrange(10**9)}",
        "seq": int(_digits(dice, 13)),
    }


def _book(dice: random.Random) -> dict[str, object]:
    return {
        "title": dice.choice(_TITLES),
        "isbn": "978" + _ean(dice)[3:],
        "year": dice.randrange(1900, 2025),
        "pages": dice.randrange(1000),
        "genre": dice.choice(["роман", "повесть", "стихи"]),
        "description": f"{dice.choice(_TITLES)}: {dice.choice(_HOW)} {dice.choice(_THINGS)} и другие истории",
        "rating": dice.random() * 5,
    }


def _stock(dice: random.Random) -> dict[str, object]:
    return {
        "warehouse": f"WH-{dice.randrange(99)}",
        "article": _digits(dice, dice.randrange(8, 13)),
        "batch": _digits(dice, 11),
        "barcode": _ean(dice),
        "serial": f"{dice.getrandbits(40):010X}",
        "count": dice.randrange(10**4),
        "shelf": f"{dice.choice('ABCDE')}{dice.randrange(99)}-{dice.randrange(9)}",
        "dimensions": "x".join(str(dice.randrange(99)) for _ in range(3)),
    }


_SENTENCES = (
    "Отличный товар, доставили быстро, упаковка целая",
    "качество среднее за свои деньги, брал на распродаже",
    "Цвет не совпал с картинкой, но в целом доволен покупкой",
    "Не работает после обновления, поддержка молчит третий день",
    "Столов и стульев хватило, новых коробов не нужно",
    "МАГАЗИН СУПЕР, ВСЕМ СОВЕТУЮ",
    "Роман понравился, вера в издательство восстановлена",
    "Верните деньги за бракованный чайник",
    "слава богу пришло вовремя, надежда была слабая",
    "Мороз минус двадцать, батарея садится за час",
    "лучшая цена в городе, сравнил пять магазинов",
    "Размер маломерит, берите на один больше",
    "Инструкция на китайском, собирал по картинкам",
    "Светлая тема режет глаза, сделайте тёмную",
    "Шумит, греется и пахнет пластиком, вернул обратно",
    "Основной плюс: тихая работа и низкий расход воды",
    "Great value, arrived two days early, will buy again",
    "May was too hot for this fan, works fine in June",
    "The manual says mark the spot and drill, so I did",
    "Роза пахнет, лилия нет, букет так себе",
)
_EVENTS = (
    "connection reset by peer", "кэш прогрет за 340 мс", "retry 3 of 5 after timeout", "индекс перестроен",
    "GET /api/v2/items?limit=100 200 12ms", "очередь пуста, жду", "disk usage 81% on /dev/sda1", "job finished",
)  # fmt: skip
_FOOD = "мука сахар соль масло яйцо молоко сыр лук морковь картофель перец рис гречка чеснок укроп сметана".split()


def _review(dice: random.Random) -> dict[str, object]:
    return {
        "product_id": _digits(dice, 9),
        "stars": dice.randrange(1, 6),
        "text": ". ".join(dice.sample(_SENTENCES, 3)),
        "helpful": dice.randrange(100),
        "tags": dice.sample(["цена", "качество", "доставка", "вид"], 2),
    }


def _log(dice: random.Random) -> dict[str, object]:
    return {
        "timestamp": f"2025-11-0{dice.randrange(1, 10)} 0{dice.randrange(10)}:15:27,{dice.randrange(999)}",
        "level": dice.choice(["INFO", "WARN", "ERROR"]),
        "logger": f"app.core.worker{dice.randrange(9)}",
        "message": dice.choice(_EVENTS),
        "request": f"{dice.getrandbits(64):016x}-{dice.randrange(10**6):06d}",
        "build": f"{dice.randrange(20)}.{dice.randrange(20)}.{dice.randrange(300)}-rc{dice.randrange(9)}",
        "commit": f"{dice.getrandbits(160):040x}",
    }


def _recipe(dice: random.Random) -> dict[str, object]:
    return {
        "title": f"{dice.choice(_FOOD).title()} с добавкой {dice.choice(_FOOD)}",
        "ingredients": [f"{food} {dice.randrange(1, 500)} г" for food in dice.sample(_FOOD, 4)],
        "steps": f"Смешать {dice.choice(_FOOD)} и {dice.choice(_FOOD)}, варить {dice.randrange(5, 90)} минут",
        "calories": dice.randrange(90, 900),
        "portions": dice.randrange(1, 8),
    }


def _ticket(dice: random.Random) -> dict[str, object]:
    return {
        "key": f"OPS-{dice.randrange(10**4)}",
        "summary": dice.choice(_SENTENCES),
        "priority": dice.choice(["low", "high"]),
        "estimate": f"{dice.randrange(1, 9)}h",
        "labels": ["backend", f"q{dice.randrange(1, 5)}-2026"],
        "parent": _digits(dice, 12),
        "resolution": dice.choice(["", "готово", "won't fix", "дубль"]),
    }


def _catalogue(dice: random.Random) -> dict[str, object]:
    return {
        "gtin": "46" + _ean(dice)[2:],
        "model": f"{dice.choice('ABCDEFGH')}{dice.randrange(100, 999)}-{dice.choice('XYZ')}{dice.randrange(99)}",
        "title": f"{dice.choice(_HOW).title()} {dice.choice(_THINGS)}, {dice.randrange(10, 200)} см",
        "weight_g": dice.randrange(10, 9000),
        "material": dice.choice(["дуб", "сталь", "хлопок", "стекло"]),
        "certificate": f"RU C-CN.{dice.choice('AB')}Б{dice.randrange(10, 99)}.B.{dice.randrange(10**5):05d}",
        "warranty": f"{dice.randrange(1, 6)} года",
        "price": f"{dice.randrange(1, 99)} {dice.randrange(100, 999)},00",
    }


def _release(dice: random.Random) -> dict[str, object]:
    return {
        "version": f"v{dice.randrange(9)}.{dice.randrange(30)}.{dice.randrange(30)}",
        "sha256": f"{dice.getrandbits(256):064x}",
        "size": dice.randrange(10**6, 10**9),
        "notes": f"Исправлено {dice.randrange(2, 30)} ошибок. {dice.choice(_SENTENCES)}",
        "downloads": dice.randrange(10**6),
        "epoch_ms": dice.randrange(1_600_000_000_000, 1_800_000_000_000),
        "checksum": f"{dice.getrandbits(32):08x}",
    }
