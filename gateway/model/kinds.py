"""What a kind of personal data is: its category and how a value of it is named, compared and shaped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gateway.model.names import Category, Kind

Shape = Literal["opaque", "email", "phone", "digits", "letters", "uuid", "stand_in"]
"""How a token looks.

``opaque``, ``email``, ``letters`` and ``uuid`` carry the name of record and field in their text. ``phone`` and
``digits`` are too short for that: the store keeps an alias for them. ``stand_in`` is a valid value of the same kind
that names nothing and is restored by its neighbour in the same object.
"""

Normal = Literal["exact", "email", "phone", "name", "digits", "alnum"]
"""Which spellings of a value are the same value: the normal form that a blind is computed over."""


@dataclass(frozen=True, slots=True)
class KindSpec:
    """One kind. ``equal``: back ends search and join by it, so the same value always gets the same token.

    ``checksum`` names the check-digit rule (``core/detect/checksums.py``) that a digits token has to satisfy.
    ``judge`` is the type name outside scorers know the kind by (PERSON, EMAIL …). ``law``: where the law speaks of it.
    """

    name: Kind
    category: Category
    shape: Shape
    normal: Normal = "exact"
    equal: bool = False
    checksum: str | None = None
    judge: str = ""
    title_en: str = ""
    title_ru: str = ""
    law: str = ""


@dataclass(frozen=True, slots=True)
class Finder:
    """How a kind of the operator's own is found in texts.

    ``pattern`` (RE2, no anchors, no repetition without a bound) is read without regard to capitals; its group, if it
    has one, is the find. ``near`` and ``unless`` are beginnings of words, as written. ``yes`` and ``no`` are examples.
    """

    kind: Kind
    pattern: str
    checksum: str | None = None
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
