"""People of the tests: no word of theirs occurs in an application by itself."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD, NEW_PASSWORD = "oak-leaf-1975", "elm-leaf-1976"


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who shops. ``new_email`` is what he changes his address to."""

    first: str
    last: str
    email: str
    new_email: str
    phone: str
    street: str
    town: str
    citizenship: str

    @property
    def values(self) -> list[str]:
        """What tells of this person. (Of first names only the whole name: a word as short is in any shop.)"""
        return [f"{self.first} {self.last}", self.last, self.email, self.new_email, self.phone, self.street, self.town]


def russian(number: int, first: str, last: str, login: str) -> Customer:
    return Customer(
        first,
        last,
        f"{login}@example.org",
        f"{login}.novaja@example.org",
        f"+7 900 000-{number:02}-17",
        f"ул. Ивнячковая, д. {number}, кв. 3",
        "Верхнеозёрск",
        "RU",
    )


HANS = Customer(
    "Hans",
    "Vogelsang",
    "hans.vogelsang@example.com",
    "h.vogelsang@example.com",
    "+49 30 901820",
    "Lindenweg 4",
    "Musterstadt",
    "DE",
)
