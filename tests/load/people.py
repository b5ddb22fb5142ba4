"""Made-up people by number, and the 1 KB CRM message of twelve fields about each.

Everything about a person follows from the number, so the upstream can tell from the reference in a message which values
must not be in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SYLLABLES = ("ба", "ве", "ги", "до", "жу", "за", "ки", "ле", "мо", "ну", "па", "ре", "си", "то", "фу", "ча")
FAMILIES = ("canary", "канар")
"""What every e-mail, name and address here begins with: found even where the reference is gone."""

REFERENCE = re.compile(rb'"ref":"order-(\d+)"')
NOTE = (
    "Customer asked to move the delivery from the morning to the evening and to leave the parcel at the reception; "
    "the second item of the order is a present, please wrap it in plain paper without a price tag. Prefers to be "
    "written to rather than called. Paid in full, no discount, the invoice was sent with the parcel and no return "
    "is expected. The first parcel came with a torn corner, nothing inside was damaged, a voucher was offered and "
    "declined with thanks. Next order is planned for the spring sale; keep the wish list as it is and send a "
    "reminder when the blue colour is back. Lift works, entrance from the yard, code is known to the courier."
)


@dataclass(frozen=True, slots=True)
class Person:
    """One person's eight personal values, as they stand in the message."""

    full_name: str
    email: str
    phone: str
    birth_date: str
    passport: str
    snils: str
    inn: str
    address: str


def person(number: int) -> Person:
    """The person of a number; distinct in every value but the birth date up to a million."""
    six = f"{number * 7919 % 1_000_003 % 1_000_000:06d}"
    surname = "Канар" + "".join(SYLLABLES[number >> shift & 15] for shift in (16, 12, 8, 4, 0))
    return Person(
        full_name=f"{surname} Анна Петровна",
        email=f"canary{number}@example.org",
        phone=f"+7 900 0{number % 100:02d}-{number // 100 % 100:02d}-{number // 10_000 % 100:02d}",
        birth_date=f"{1950 + number % 53}-{number // 53 % 12 + 1:02d}-{number // 636 % 28 + 1:02d}",
        passport=f"45{number % 23:02d} {six}",
        snils=snils(f"1{number % 100:02d}{six}"),
        inn=inn(f"7701{number % 100:02d}{number // 100 % 10_000:04d}"),
        address=f"127000, г. Канарск, ул. Лесная, д. {number % 200 + 1}, кв. {number % 9973 + 1}",
    )


def body(number: int, who: Person) -> bytes:
    """The CRM message about a person: twelve fields, about 1 KB, keys in a fixed order, no blanks."""
    return (
        f'{{"ref":"order-{number}","citizenship":"RU","full_name":"{who.full_name}","email":"{who.email}",'
        f'"phone":"{who.phone}","birth_date":"{who.birth_date}","passport":"{who.passport}","snils":"{who.snils}",'
        f'"inn":"{who.inn}","address":"{who.address}","amount":1249.90,"note":"{NOTE}"}}'
    ).encode()


def number_of(message: bytes) -> int | None:
    """Whose message it is; None if the reference did not get through."""
    found = REFERENCE.search(message)
    return int(found[1]) if found else None


def snils(nine: str) -> str:
    """``NNN-NNN-NNN CC`` with its check number (the sum of digits weighted 9…1, modulo 101, 100 counting as 0)."""
    check = sum(int(digit) * weight for digit, weight in zip(nine, range(9, 0, -1), strict=True)) % 101 % 100
    return f"{nine[:3]}-{nine[3:6]}-{nine[6:]} {check:02d}"


def inn(ten: str) -> str:
    """A person's twelve-digit INN with both check digits."""
    for weights in ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)):
        ten += str(sum(int(digit) * weight for digit, weight in zip(ten, weights, strict=True)) % 11 % 10)
    return ten
