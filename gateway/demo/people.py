"""The people of the demo: made up, every one, and the one input that the report knows from elsewhere than the files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Home = Literal["ru", "abroad"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with the fields that they give. ``home``: where their data must live, and so where it may be plain.

    ``address`` is the network address that they come from, as the TLS front tells it.
    """

    key: str
    title: str
    home: Home
    fields: dict[str, str]
    address: str
    password: str = ""
    later: dict[str, str] = field(default_factory=dict)
    """Fields that this person changes during the play."""

    def values(self) -> list[tuple[str, str]]:
        """Every field with every value it ever has, less what names nobody and goes abroad by design."""
        everything = [*self.fields.items(), *self.later.items()]
        return [(name, value) for name, value in everything if name not in ATTRIBUTES]


ATTRIBUTES = frozenset({"citizenship"})
"""Fields that go abroad by design: tax and wording depend on them, and they name nobody."""

_MOSCOW = "77.88.55.70"
_PETERSBURG = "95.161.76.100"
_BERLIN = "46.4.105.116"

ANNA = Person(
    "anna",
    "Анна, Russian",
    "ru",
    {
        "first_name": "Анна",
        "middle_name": "Олеговна",
        "last_name": "Смирнова",
        "email": "anna.smirnova@example.ru",
        "phone": "+7 900 000-01-17",
        "birth_date": "1990-05-17",
        "citizenship": "RU",
        "passport": "45 09 123456",
        "snils": "112-233-445 95",
        "address": "г. Москва, ул. Тестовая, д. 5, кв. 12",
    },
    _MOSCOW,
    "rowan-Tree-1990",
    later={"phone": "+7 900 000-01-99"},
)

PYOTR = Person(
    "pyotr",
    "Пётр, says nothing",
    "ru",
    {
        "first_name": "Пётр",
        "last_name": "Иволгин",
        "email": "p.ivolgin@example.org",
        "phone": "+7 900 000-02-34",
        "birth_date": "1984-11-02",
    },
    _BERLIN,
    "kingfisher-Blue-84",
)

MSTISLAV = Person(
    "mstislav",
    "Мстислав, attacker",
    "ru",
    {
        "first_name": "Мстислав",
        "last_name": "Хитров",
        "email": "hitrov@example.ru",
        "phone": "+7 900 000-06-66",
        "birth_date": "1979-02-28",
        "citizenship": "RU",
    },
    _PETERSBURG,
    "magpie-Thief-79",
)

DIETER = Person(
    "dieter",
    "Dieter, German",
    "abroad",
    {
        "first_name": "Dieter",
        "last_name": "Vogelsang",
        "email": "dieter.vogelsang@example.com",
        "phone": "+49 151 00000042",
        "birth_date": "1975-08-30",
        "citizenship": "DE",
        "address": "Beispielallee 7, 10115 Berlin",
    },
    _MOSCOW,
    "oak-Leaf-1975",
)

OLGA = Person(
    "olga",
    "Ольга, in a batch",
    "ru",
    {
        "first_name": "Ольга",
        "last_name": "Зимородок",
        "email": "olga.zimorodok@example.ru",
        "phone": "+7 900 000-03-51",
        "birth_date": "1968-01-09",
        "citizenship": "RU",
    },
    _BERLIN,
)

INGRID = Person(
    "ingrid",
    "Ingrid, in a batch",
    "abroad",
    {
        "first_name": "Ingrid",
        "last_name": "Amselgaard",
        "email": "ingrid.amselgaard@example.net",
        "phone": "+47 400 00 042",
        "birth_date": "1992-12-24",
        "citizenship": "NO",
    },
    _BERLIN,
)

PEOPLE = (ANNA, PYOTR, MSTISLAV, DIETER, OLGA, INGRID)
