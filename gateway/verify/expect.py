"""What must happen to a canary: a function of its kind, its person's residence and the destination, of nothing else.

The gateway is never asked. Its rules file says only where destinations stand and what a person of unknown residence is
treated as; that it fails to see a value, or lets it pass under ``unmatched: pass``, excuses nothing.
"""

from __future__ import annotations

from gateway.model.names import Region
from gateway.model.rules import Destination, Ruleset
from gateway.verify.canaries import PersonName, Sort
from gateway.verify.plant import Declared, Door, Place

_ABOUT_THE_CALLER: frozenset[Place] = frozenset({"header", "cookie"})
"""Headers and cookies speak of the caller, of whom a message says something only where the route says so."""

_ANONYMOUS = frozenset({"analytics", "ai"})
"""Roles that are to learn of nobody who anybody is."""


_ISSUED_THERE = frozenset({"user_id"})
"""Kinds that an application gave out itself: sent back to it, they tell it nothing."""


def must_stay(sort: Sort, home: Region | None, to: Destination) -> bool:
    """True if the value must not arrive there in any form."""
    if to.role in _ANONYMOUS:
        return True
    if to.role == "application" and (sort.category == "credential" or sort.kind in _ISSUED_THERE):
        return False
    return home is not None and home != to.region


def home_of(person: PersonName, place: Place, door: Door, ruleset: Ruleset) -> Region | None:
    """Where the law says that this person's data lives; None: it may live anywhere."""
    if person == "ru":
        return russia(ruleset)
    if person == "de" and (door.of_the_caller or place not in _ABOUT_THE_CALLER):
        return None
    return ruleset.residence.unknown


def russia(ruleset: Ruleset) -> Region | None:
    return next((region.name for region in ruleset.regions.values() if "RU" in region.countries), None)


def declaration(person: PersonName, ruleset: Ruleset) -> Declared:
    """The field that these rules read a declared residence from, with what the person writes there.

    A file without such evidence leaves every person undeclared.
    """
    home = russia(ruleset)
    evidence = [e for e in ruleset.residence.evidence if e.source == "field" and e.region == home and e.path]
    names = [e.path[-1] for e in evidence if e.path[-1] not in ("*", "**")]
    if not names or person == "unknown":
        return Declared()
    return Declared(names[0], "RU" if person == "ru" else "DE")
