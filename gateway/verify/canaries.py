"""What a canary is: a valid value, fresh in every run and nobody else's, of a sort, for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gateway.model.names import Category
from gateway.verify.dice import Dice

PersonName = Literal["ru", "unknown", "de"]
"""A declared Russian, a person of whom nothing is declared, a declared German."""

Make = Callable[[Dice], str]


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of canary, and what people call such a value in each place where they write it.

    ``make`` and ``german`` give a value of a Russian and of a German; without ``german`` a German has none. ``field``
    is the name in JSON, forms, queries and cookies, ``header`` the header and how the value is written in it (``{}``,
    or ``{url}`` for percent-encoded), ``text`` a sentence around it, ``segment`` the URL segment before it. ``key``:
    people write it as an object key. ``number``: also as a JSON number, digits only. ``sought``: back ends are asked
    for it by GET. ``weak``: too short to be nobody else's, so it counts only in its own request and beside its field
    there. ``bare``: it tells by itself what it is, so it may stand in a URL without that segment. ``telling`` cuts
    out the part that is nobody else's.
    """

    kind: str
    title: str
    category: Category
    make: Make
    field: str
    german: Make | None = None
    header: tuple[str, str] | None = None
    text: str = ""
    segment: str = ""
    bare: bool = False
    cookie: bool = False
    key: bool = False
    number: bool = False
    sought: bool = False
    weak: bool = False
    telling: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Canary:
    """One planted value. ``telling`` is the part of it that is searched for."""

    sort: Sort
    person: PersonName
    value: str

    @property
    def telling(self) -> str:
        return self.sort.telling(self.value)


def fresh(sort: Sort, person: PersonName, dice: Dice) -> Canary | None:
    """A canary of that sort for that person, or None where such a person has no such thing."""
    make = sort.german if person == "de" else sort.make
    return Canary(sort, person, make(dice)) if make else None
