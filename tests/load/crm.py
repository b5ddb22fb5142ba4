"""A CRM's table of made-up customers, as many as are asked for: twelve columns, the same for the same number.

    python -m tests.load.crm --rows 1000000 > customers.csv

Four in five are Russians, the rest of five other countries; one in thirty-three has the phone of a customer before
(spouses, an office), some leave out what is not compulsory, some notes name a phone or a person.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from tests.load.people import inn, snils
from tests.quality import made_people
from tests.quality.made_values import latin

SEED = 152
HEAD = (
    "id",
    "citizenship",
    "full_name",
    "email",
    "phone",
    "birth_date",
    "passport",
    "snils",
    "inn",
    "address",
    "amount",
    "note",
)
_SHARES_PHONE = 33
_ABROAD = (
    ("DE", "+49 151 {:08d}", ("Hans Becker", "Anna Vogel", "Jürgen Weiß", "Petra Klein"), "Lindenweg {}, 10115 Berlin"),
    ("KZ", "+7 701 {:07d}", ("Айдар Сериков", "Алия Нурланова", "Ерлан Ахметов"), "Алматы, ул. Абая, {}"),
    ("FR", "+33 6 {:08d}", ("Luc Moreau", "Élise Petit", "Marie Dubois"), "{} rue des Lilas, 69003 Lyon"),
    ("US", "+1 212 {:07d}", ("John Miller", "Mary O'Neil", "Dana Smith"), "{} Main St, Springfield"),
    ("AM", "+374 91 {:06d}", ("Արամ Սարգսյան", "Anahit Petrosyan"), "Yerevan, Abovyan {}"),
)
_MAIL = ("mail.example", "post.example.org", "box.example.net", "office.example.com")
_NOTES = (
    "",
    "",
    "",
    "Постоянный клиент, доставка до двери",
    "Просил перенести доставку на вечер, лифт работает",
    'Оптовый заказ, счёт выставлен; "срочно"',
    "Prefers to be written to rather than called",
    "Перезвонить по номеру {phone}",
    "Забирает {name}, пропуск заказан",
)


class Customer(NamedTuple):
    """One row of the table, its cells in the order of ``HEAD``."""

    id: str
    citizenship: str
    full_name: str
    email: str
    phone: str
    birth_date: str
    passport: str
    snils: str
    inn: str
    address: str
    amount: str
    note: str

    @property
    def russian(self) -> bool:
        return self.citizenship == "RU"


def customer(number: int) -> Customer:
    """The customer with a number from 1 to ten million; e-mails and document numbers are nobody else's."""
    dice = random.Random(SEED * 10_000_000 + number)
    amount = f"{dice.randrange(100, 900_000) / 100:.2f}"
    born = f"{dice.randrange(1945, 2006)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
    shares = number > 100 and number % _SHARES_PHONE == 0
    if dice.random() < 0.2:
        return _foreigner(number, dice, amount, born)
    one = made_people.person(dice)
    phone = _phone(number - dice.randrange(1, 99) if shares else number)
    name = f"{one.last} {one.first} {one.middle}"
    town, street = made_people.town(dice), made_people.street(dice)
    note = dice.choice(_NOTES).format(phone=phone, name=f"{one.first} {one.last}")
    return Customer(
        id=str(number),
        citizenship="RU",
        full_name=name,
        email=f"{latin(one.last).lower()}.{number}@{dice.choice(_MAIL)}",
        phone=phone,
        birth_date=born,
        passport=f"{45 + number // 1_000_000:02d}{dice.randrange(24):02d} {number % 1_000_000:06d}",
        snils=snils(f"1{number:08d}"),
        inn=inn(f"77{number:08d}") if dice.random() < 0.6 else "",
        address=f"г. {town}, ул. {street}, д. {dice.randrange(1, 200)}, кв. {dice.randrange(1, 400)}",
        amount=amount,
        note=note,
    )


def _foreigner(number: int, dice: random.Random, amount: str, born: str) -> Customer:
    country, phone, names, address = dice.choice(_ABROAD)
    width = 10 ** int(phone[phone.index(":0") + 2])
    note = "" if dice.random() < 0.7 else "Express delivery, invoice by e-mail"
    return Customer(
        id=str(number),
        citizenship=country,
        full_name=dice.choice(names),
        email=f"customer.{number}@{dice.choice(_MAIL)}",
        phone=phone.format(number * 7919 % width),
        birth_date=born,
        passport="",
        snils="",
        inn="",
        address=address.format(dice.randrange(1, 200)),
        amount=amount,
        note=note,
    )


def _phone(number: int) -> str:
    """A mobile number, nobody else's up to ten million, that does not count up with the table."""
    digits = f"9{number * 7_368_787 % 99_999_989:08d}"
    return f"+7 {digits[:3]} {digits[3:6]}-{digits[6:8]}-{digits[8:]}0"


def rows(count: int) -> Iterator[Customer]:
    return (customer(number) for number in range(1, count + 1))


def write(file: IO[str], count: int) -> None:
    """The table as CSV, written as it is made: memory stays where it is."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(rows(count))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.crm")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the table (default: 1,000,000)")
    write(sys.stdout, parser.parse_args(arguments).rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
