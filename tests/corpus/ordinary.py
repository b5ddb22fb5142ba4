"""Records in which nobody is mentioned: what must not be taken for personal data.

Shares no word list with the detectors.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

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
    """Orders, telemetry, books and stock, by turns."""
    dice = random.Random(seed)
    makers = (_order, _telemetry, _book, _stock)
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
