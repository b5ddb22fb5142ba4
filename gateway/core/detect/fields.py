"""What a field's name, its parents and its neighbours say about its value; memoised per place and per shape of object.

A name that is strong alone is strong everywhere. One that is not (``name``, ``number``, ``date``) is read together with
its parent (``passport.number``), then beside its neighbours: a ``name`` next to an e-mail is a person's, next to a KPP
an organisation's, next to a price nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from gateway.core.detect.grammar import Verdict, read
from gateway.core.detect.kinds import KINDS
from gateway.core.detect.words import ideas_of, words_of
from gateway.model.names import Kind

Verdicts = Mapping[str, Verdict]
"""Field name → what it says; names that say nothing are missing."""

_NESTED = re.compile(r"[.\[\]/>:]+")
_UNSPECIFIC = frozenset({"plain", "work", "home", "mobile", "box", "line"})
_MOST_NAMES = 64
_PERSON = frozenset(Kind(f"person.{part}") for part in ("first", "last", "middle")) | frozenset(
    map(Kind, "birth_date age sex citizenship ru.passport ru.snils email phone login".split())
)
_ORGANISATION = frozenset(map(Kind, "ru.ogrn ru.kpp bank.bik organisation.name organisation.address".split()))
_ADDRESS = frozenset(map(Kind, "address address.city address.street address.house postcode".split()))
_CARD = frozenset(map(Kind, "card.pan card.cvv".split()))
_INN, _NAME, _FIRM = Kind("ru.inn_person"), Kind("person.name"), Kind("organisation.name")
_SERIES, _PASSPORT, _PAN, _EXPIRY = (
    Kind("ru.passport_series"),
    Kind("ru.passport"),
    Kind("card.pan"),
    Kind("card.expiry"),
)
_BIOMETRIC = Kind("biometric")


def field_verdicts(parents: tuple[str, ...], names: tuple[str, ...]) -> Verdicts:
    """The verdicts on the fields of one object. ``parents``: the keys above it, outermost first; the last two count."""
    if len(names) > _MOST_NAMES:
        return {name: verdict for name in names if (verdict := field_verdict(parents, name))}
    return _of_object(parents, names)


@lru_cache(maxsize=8192)
def field_verdict(parents: tuple[str, ...], name: str) -> Verdict | None:
    """The verdict on one field by its own name and its parents."""
    *above, own = _nested(name)
    parents = (*parents, *above)
    ideas, understood = ideas_of(own)
    verdict = read(ideas)
    if verdict is not None and verdict.strong:
        return _within(verdict, _parent_ideas(parents))
    parent = _parent_ideas(parents)
    if any(idea.startswith("-") for idea in (*ideas, *parent)):
        return None
    return (_with_parent(ideas, parent) if understood else None) or verdict


def classify_field(name: str) -> str | None:
    """The type that outside scorers know a field of this name by, None if the name is nobody's personal data."""
    verdict = field_verdict((), name)
    if verdict is None or not (verdict.strong or verdict.kind in _TOLD):
        return None
    judge = KINDS[verdict.kind].judge
    return {"LOCATION": "ADDRESS", "ORGANIZATION": None}.get(judge, judge) or None


_TOLD = frozenset(map(Kind, "phone geo.point person.first person.last person.middle birth_date".split()))


@lru_cache(maxsize=2048)
def _of_object(parents: tuple[str, ...], names: tuple[str, ...]) -> Verdicts:
    found = {name: verdict for name in names if (verdict := field_verdict(parents, name))}
    marks = frozenset(verdict.kind for verdict in found.values() if verdict.strong)
    beside = _Neighbours(marks, found, _parent_ideas(parents))
    settled = {name: beside.settle(name, found.get(name)) for name in names}
    return MappingProxyType({name: verdict for name, verdict in settled.items() if verdict})


class _Neighbours:
    """What the other fields of an object make of a weak one."""

    def __init__(self, marks: frozenset[Kind], found: Verdicts, parent: frozenset[str]) -> None:
        self.card = bool(marks & _CARD) or "card" in parent
        self.address = bool(marks & _ADDRESS) or "address" in parent
        self.person = bool(marks & _PERSON) or "role" in parent
        self.firm = bool(marks & _ORGANISATION) or "org" in parent or (_INN in marks and not self.person)
        self.passport = _PASSPORT in marks or any(verdict.kind == _SERIES for verdict in found.values())
        self.pairs = frozenset(idea for name in found for idea in ideas_of(name)[0] & {"lat", "lon", "first", "last"})

    def settle(self, name: str, verdict: Verdict | None) -> Verdict | None:
        """The verdict on a field after a look around."""
        if verdict is None:
            return self._number(name)
        if verdict.strong:
            return verdict
        kind = verdict.kind
        if kind == _NAME and ideas_of(name)[0] == {"name"} and self.firm:
            return Verdict(_FIRM, strong=True)
        return replace(verdict, strong=True) if self._confirms(kind, ideas_of(name)[0]) else self._undecided(verdict)

    def _confirms(self, kind: Kind, ideas: frozenset[str]) -> bool:
        group = kind.partition(".")[0]
        if kind == _NAME:
            return ("holder" in ideas and self.card) or (self.person and "name" in ideas)
        if group == "person":
            return self.person or {"first", "last"} <= self.pairs
        if kind == "geo.point":
            return {"lat", "lon"} <= self.pairs
        if group == "address" or kind == "postcode":
            return self.address
        if kind == _EXPIRY:
            return self.card
        if kind == _BIOMETRIC:
            return self.person
        return self.passport and (group == "document" or kind.startswith("ru.passport"))

    def _undecided(self, verdict: Verdict) -> Verdict | None:
        """A weak verdict whose value may still decide; parts of addresses and documents mean nothing alone."""
        return verdict if verdict.kind in _BY_VALUE else None

    def _number(self, name: str) -> Verdict | None:
        if ideas_of(name)[0] != {"number"}:
            return None
        if self.card:
            return Verdict(_PAN, strong=True)
        return Verdict(_PASSPORT, strong=True) if self.passport else None


_BY_VALUE = frozenset(
    map(
        Kind,
        "person.name person.first person.last person.middle phone login email ru.passport birth_date credential.bearer "
        "credential.password user_agent user_id card.pan card.expiry bank.account address vehicle.plate ru.snils "
        "hashed_contact".split(),
    )
)
"""Kinds whose look is enough to believe a weak name; see ``values.plausible``."""


def own_part(name: str) -> str:
    """The field's own name in one that stands for a path: ``room_no`` of ``guest[room_no]``."""
    return _nested(name)[-1]


def _nested(name: str) -> list[str]:
    """``user[address][city]`` and ``user.email`` are keys below keys; ``ф.и.о.`` is not."""
    parts = [part for part in _NESTED.split(name) if part] if " " not in name else []
    return parts if len(parts) > 1 and all(len(part) > 1 for part in parts) else [name]


def _parent_ideas(parents: tuple[str, ...]) -> frozenset[str]:
    """The ideas of the nearest parent that is not a mere box (``data``, ``attributes``)."""
    for parent in reversed(parents[-3:]):
        ideas = ideas_of(parent)[0]
        if not ideas or ideas <= {"box", "plain"}:
            continue
        return ideas - {"user"}
    return frozenset()


def _with_parent(ideas: frozenset[str], parent: frozenset[str]) -> Verdict | None:
    """The verdict of parent and field together, if all that the field says has a part in it."""
    if not parent:
        return None
    verdict = read((ideas | parent) - {"plain", "box"})
    return verdict if verdict is not None and verdict.strong and ideas - _UNSPECIFIC <= verdict.used else None


def _within(verdict: Verdict, parent: frozenset[str]) -> Verdict:
    if "org" in parent and verdict.kind == "address":
        return replace(verdict, kind=Kind("organisation.address"))
    return verdict


@lru_cache(maxsize=2048)
def context_words(parents: tuple[str, ...], name: str) -> str:
    """The words of a place, as context for detectors: ``("passport",), "docNumber"`` → ``passport doc number``."""
    return " ".join(word for part in (*parents[-1:], name) for word in words_of(part))
