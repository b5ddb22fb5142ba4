"""Every canary in every place, for every destination that a rules file names, and a list of what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.model.names import DestinationName, Kind
from gateway.model.rules import Destination, Route, Ruleset
from gateway.verify.canaries import Canary, PersonName, Sort, fresh
from gateway.verify.dice import Dice
from gateway.verify.expect import declaration, home_of, must_stay
from gateway.verify.plant import PLACES, Door, Place, Sent, leads_to, places_of, plant
from gateway.verify.sorts import SORTS

PEOPLE: tuple[PersonName, ...] = ("ru", "unknown", "de")


@dataclass(frozen=True, slots=True)
class Probe:
    """One request with one canary. ``must_stay``: the value must not arrive at any destination in any form."""

    to: DestinationName
    place: Place
    canary: Canary
    sent: Sent
    must_stay: bool
    read_at: str | None = None
    """A path by which a stranger asks for the same; None where the rules let verify's own address see originals."""


def probes(ruleset: Ruleset, dice: Dice) -> Iterator[Probe]:
    """The whole plan, in a fixed order with fresh values."""
    for destination in ruleset.destinations.values():
        ways = doors(ruleset, destination.name)
        for sort in SORTS:
            for place in places_of(sort):
                way = next((way for way in ways if leads_to(place, sort, way[1])), None)
                if way is not None:
                    yield from _probes_at(sort, place, destination, way[1], _read_at(ways), ruleset, dice)


def _read_at(ways: Sequence[tuple[Route, Door]]) -> str | None:
    by_person = (way for way in ways if not any(allowed.what == "address" for allowed in way[0].reveal_to))
    return next((door.path for _, door in by_person if door.fetches), None)


def _probes_at(
    sort: Sort, place: Place, to: Destination, door: Door, read_at: str | None, ruleset: Ruleset, dice: Dice
) -> Iterator[Probe]:
    for person in PEOPLE:
        if canary := fresh(sort, person, dice):
            sent = plant(canary, place, declaration(person, ruleset), door)
            stays = must_stay(sort, home_of(person, place, door, ruleset), to)
            yield Probe(to.name, place, canary, sent, stays, read_at)


def doors(ruleset: Ruleset, to: DestinationName) -> list[tuple[Route, Door]]:
    """The routes to a destination, those first through which most can be sent; none that wants a login."""
    fitting = [route for route in ruleset.routes if route.to == to and route.session is None]
    return [(route, door_of(route)) for route in sorted(fitting, key=_narrowness)]


def _narrowness(route: Route) -> tuple[bool, bool, bool, bool, str]:
    posts = not route.methods or "POST" in route.methods
    return (route.intent == "look_up", not posts, "**" not in route.path, route.whose == "caller", route.name)


def door_of(route: Route) -> Door:
    """A path that the route matches: its own steps, and a number for each that is open."""
    last = route.path[-1] if route.path else ""
    steps = [step if step[:1] not in ("*", "{") else "17" for step in route.path]
    return Door(
        "/" + "/".join(steps),
        posts=not route.methods or "POST" in route.methods,
        fetches=not route.methods or "GET" in route.methods,
        slot="after" if last == "**" else "last" if last[:1] in ("*", "{") else "",
        host=min(route.hosts) if route.hosts else None,
        of_the_caller=route.whose == "caller",
    )


def left_out(ruleset: Ruleset) -> list[str]:
    """What this run says nothing about, in words for the report."""
    planted = {sort.kind for sort in SORTS}
    bare = [str(spec.name) for spec in ruleset.kinds.values() if spec.name not in planted]
    nobodys = [name for name in bare if ruleset.kinds[Kind(name)].category in _NAME_NOBODY]
    kinds = [name for name in bare if name not in nobodys]
    return [
        *(f"destination {name}: no route without a login leads to it" for name in _unreachable(ruleset)),
        *(f"destination {name}: no route takes {', '.join(shut)}" for name, shut in _shut(ruleset).items()),
        *([f"kinds without a canary: {', '.join(kinds)}"] if kinds else []),
        *([f"kinds that name nobody: {', '.join(nobodys)}"] if nobodys else []),
    ]


_NAME_NOBODY = ("attribute", "organisation")


def _unreachable(ruleset: Ruleset) -> list[DestinationName]:
    return [name for name in ruleset.destinations if not doors(ruleset, name)]


def _shut(ruleset: Ruleset) -> dict[DestinationName, list[Place]]:
    """The places that no route of a destination leads to."""
    found = {}
    for name in ruleset.destinations:
        ways = [door for _, door in doors(ruleset, name)]
        if ways and (
            shut := [
                place for place in PLACES if not any(leads_to(place, sort, door) for sort in SORTS for door in ways)
            ]
        ):
            found[name] = shut
    return found
