"""Every route can be reached, and no two claim the same request."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.model.rules import Route
from gateway.ruleset.checks.examined import Examined
from gateway.ruleset.places import route_name
from gateway.ruleset.problems import Problem, did_you_mean
from gateway.ruleset.schema.words import many
from gateway.ruleset.tree import Loc


def unreachable(examined: Examined) -> Iterator[Problem]:
    """Routes whose every request another one takes, or that tie with another one."""
    places = {str(examined.draft.mark(("routes", n))): n for n in range(len(examined.draft.file.routes))}
    for route in examined.ruleset.routes:
        loc: Loc = ("routes", places[route.at], "match")
        alike = [other for other in examined.ruleset.routes if (other.mail is None) == (route.mail is None)]
        before = [other for other in alike if _order(other) < _order(route)]
        equals = [other for other in alike if _order(other) == _order(route)]
        if taken := [other for other in before if _covers(other, route)]:
            what = f"route '{route.name}' is never reached: '{taken[0].name}' ({taken[0].at}) takes all of it."
            yield examined.problem("GW-R410", what, "remove it, or make its path more specific.", loc)
        if rivals := [other for other in equals if places[other.at] < places[route.at] and _meet(other, route)]:
            what = f"'{route.name}' and '{rivals[0].name}' ({rivals[0].at}) claim the same requests."
            yield examined.problem("GW-R410", what, "remove one of them.", loc)


def twin_names(examined: Examined) -> Iterator[Problem]:
    """Two routes of one name: rules and receipts could not tell them apart."""
    seen: dict[str, int] = {}
    for number, model in enumerate(examined.draft.file.routes):
        first = seen.setdefault(route_name(model), number)
        if first != number and model.name:
            there = examined.draft.mark(("routes", first))
            what = f"route '{model.name}' is there twice (first at {there})."
            yield examined.problem("GW-R110", what, "rename one of them.", ("routes", number, "name"))


def strangers_in_rules(examined: Examined) -> Iterator[Problem]:
    """Routes and purposes of rules that no route has; a pack by itself cannot know them."""
    if not examined.draft.whole:
        return
    names = {route.name for route in examined.ruleset.routes}
    purposes = {route.purpose for route in examined.ruleset.routes if route.purpose}
    for number, one in enumerate(examined.draft.file.learned):
        if one.route not in names:
            what = f"there is no route '{one.route}': what was learned of it would never count."
            yield examined.problem("GW-R305", what, did_you_mean(one.route, names), ("learned", number, "route"))
    for number, model in enumerate(examined.draft.file.rules):
        when: Loc = ("rules", number, "when")
        for at, name in enumerate(many(model.when.route)):
            if name not in names:
                what = f"there is no route '{name}': the rule would never speak."
                yield examined.problem("GW-R305", what, did_you_mean(name, names), (*when, "route", at))
        for at, purpose in enumerate(many(model.when.purpose)):
            if purpose not in purposes:
                what = f"no route has the purpose '{purpose}': the rule would never speak."
                mend = did_you_mean(purpose, purposes, "add purpose: to a route.")
                yield examined.problem("GW-R306", what, mend, (*when, "purpose", at))


def _order(route: Route) -> tuple[bool, tuple[int, ...], bool]:
    """How unspecific a route is, as ``core/route.py`` sorts them: smaller wins."""
    return (not route.hosts, tuple(_rank(step) for step in route.path), not route.methods)


def _rank(step: str) -> int:
    return {"**": 3, "*": 2}.get(step, 1 if step.startswith("{") else 0)


def _covers(wide: Route, narrow: Route) -> bool:
    """True if every request of the narrow route fits the wide one."""
    same_kind = _all(wide.methods, narrow.methods) and _all(wide.hosts, narrow.hosts)
    return same_kind and _path_covers(wide.path, narrow.path)


def _all(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    return not wide or (bool(narrow) and narrow <= wide)


def _path_covers(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """A path with ``**`` is never more specific than one that it covers."""
    if len(wide) != len(narrow) or "**" in (*wide, *narrow):
        return False
    return all(_rank(step) or step == other for step, other in zip(wide, narrow, strict=True))


def _meet(one: Route, other: Route) -> bool:
    """True if some request fits both routes, given that they are equally specific."""
    if one.mail is not None and other.mail is not None:
        return bool(one.mail.senders & other.mail.senders)
    same = all(a == b for a, b in zip(one.path, other.path, strict=True) if _rank(a) == 0)
    return same and _common(one.methods, other.methods) and _common(one.hosts, other.hosts)


def _common(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or not other or bool(one & other)
