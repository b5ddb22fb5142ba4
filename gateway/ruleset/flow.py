"""The flow matrix: for every route, kind of data, residence and place, what the rules do with it.

It asks the very function that decides requests, once for each case that the rules can tell apart: routes, kinds and
places that no rule tells from each other share a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gateway.core.decide import Facts, Verdict, decide_one
from gateway.model.kinds import KindSpec
from gateway.model.names import ELSEWHERE, Category, DestinationName, Intent, Kind, Path, Region, Role, Scope
from gateway.model.rules import Destination, PathPattern, Route, Rule, Ruleset
from gateway.ruleset.spots import spots

_ROLES: tuple[Role, ...] = ("application", "analytics", "ai", "partner", "store")
_LOOK_UPS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One case: routes, kinds (none: a leaf in which nothing was found) and paths that fare alike, and the verdict."""

    routes: tuple[str, ...]
    to: DestinationName
    intent: Intent | None
    home: Region
    kinds: tuple[Kind, ...]
    category: Category | None
    paths: frozenset[PathPattern]
    verdict: Verdict


def flow(ruleset: Ruleset, today: date, beside: Ruleset | None = None) -> tuple[Cell, ...]:
    """All cells of the matrix on a day. Raises TooManySpotsError.

    ``beside``: rules to compare with; what they tell apart is told apart here too.
    """
    stage = staged(ruleset)
    rules = (*ruleset.rules, *(beside.rules if beside else ()))
    places: Mapping[frozenset[PathPattern], Path | None] = {
        frozenset(): None,
        **spots(pattern for rule in rules for pattern in rule.when.paths),
    }
    kinds = [((), None), *_kinds_alike(ruleset.kinds, rules)]
    return tuple(
        Cell(routes, facts.destination.name, facts.intent if named else None, home, members, category, paths, verdict)
        for routes, facts, named in _messages(stage, rules, apart=beside is not None)
        for home in homes(ruleset)
        for members, category in kinds
        for paths, path in places.items()
        for verdict in [_verdict(stage, facts, home, members, category, path, today)]
    )


def homes(ruleset: Ruleset) -> tuple[Region, ...]:
    """The residences that people can have; the unknown are treated as one of these."""
    return (*sorted(ruleset.regions), ELSEWHERE)


def days_that_differ(ruleset: Ruleset) -> tuple[date, ...]:
    """The first day, and each day after a rule has ended: between them the matrix stays the same."""
    ends = {rule.until + timedelta(days=1) for rule in ruleset.rules if rule.until}
    first = ruleset.as_of or date(1970, 1, 1)
    return (first, *sorted(end for end in ends if end > first))


def staged(ruleset: Ruleset) -> Ruleset:
    """The rules with a made-up deployment if they have none: a destination of every role, at home and abroad."""
    if ruleset.destinations:
        return ruleset
    regions = [*sorted(ruleset.regions), Region("abroad")]
    made_up = [made_up_destination(role, region, "drop", ruleset) for role in _ROLES for region in regions]
    routes = tuple(Route(name=f"to {to.name}", path=("**",), methods=frozenset(), to=to.name, at="") for to in made_up)
    return replace(ruleset, destinations={to.name: to for to in made_up}, routes=routes)


def made_up_destination(role: Role, region: Region, unmatched: str, ruleset: Ruleset) -> Destination:
    """A destination that stands nowhere, for tests and for packs shown by themselves."""
    home = ruleset.regions.get(region)
    country = min(home.countries, default="") if home else region.upper()[:2]
    name = f"{role}-{region}"
    return Destination(
        name=DestinationName(name),
        url="http://127.0.0.1",
        region=region,
        country=country,
        role=role,
        unmatched="pass" if unmatched == "pass" else "drop",
        scope=Scope(name),
        token_domain="tokens.example",  # noqa: S106 - a domain, no password
    )


def _verdict(
    ruleset: Ruleset,
    facts: Facts,
    home: Region,
    members: tuple[Kind, ...],
    category: Category | None,
    path: Path | None,
    today: date,
) -> Verdict:
    kind = members[0] if members else None
    return decide_one(ruleset, replace(facts, home=home, kind=kind, category=category, path=path), today)


def _messages(ruleset: Ruleset, rules: Iterable[Rule], *, apart: bool) -> Iterator[tuple[tuple[str, ...], Facts, bool]]:
    """Facts of messages that rules tell apart, with the routes they stand for, and whether the intent matters.

    ``apart``: every route stands for itself.
    """
    rules = tuple(rules)
    by_intent = any(rule.when.intents for rule in rules)
    groups: dict[tuple[object, ...], tuple[list[str], Facts]] = {}
    for route in ruleset.routes:
        for intent in intents(route) if by_intent else intents(route)[:1]:
            name, purpose = (route.name, route.purpose) if apart else _told(rules, route)
            facts = Facts(None, None, None, None, ruleset.destinations[route.to], route.name, route.purpose, intent)
            key = (route.to, name, purpose, intent if by_intent else None)
            groups.setdefault(key, ([], facts))[0].append(route.name)
    for names, facts in groups.values():
        yield tuple(dict.fromkeys(names)), facts, by_intent


def _told(rules: Iterable[Rule], route: Route) -> tuple[str, str]:
    """The route's name and purpose, as far as some rule asks for them."""
    names = {name for rule in rules for name in rule.when.routes}
    purposes = {purpose for rule in rules for purpose in rule.when.purposes}
    return route.name if route.name in names else "", route.purpose if route.purpose in purposes else ""


def intents(route: Route) -> tuple[Intent, ...]:
    """What a request of the route can want, collecting first."""
    if route.intent:
        return (route.intent,)
    if not route.methods:
        return ("collect", "look_up")
    found: set[Intent] = {"look_up" if method in _LOOK_UPS else "collect" for method in route.methods}
    return tuple(sorted(found))


def _kinds_alike(known: Mapping[Kind, KindSpec], rules: Iterable[Rule]) -> list[tuple[tuple[Kind, ...], Category]]:
    """Kinds that no rule tells apart, category by category."""
    asked = sorted({rule.when.kinds for rule in rules if rule.when.kinds}, key=sorted)
    alike: dict[tuple[Category, tuple[bool, ...]], list[Kind]] = {}
    for kind, spec in known.items():
        alike.setdefault((spec.category, tuple(kind in kinds for kinds in asked)), []).append(kind)
    return [(tuple(kinds), category) for (category, _), kinds in alike.items()]
