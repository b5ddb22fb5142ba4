"""What form the rows of a table take as messages: whose route, which method and path, by what ids they are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from gateway.core.owners import creates
from gateway.core.route import Matched
from gateway.model.errors import RulesError
from gateway.model.message import Request
from gateway.model.names import DestinationName
from gateway.model.rules import Route, Ruleset, SubjectRef
from gateway.model.table import Row

_HEADERS = (("Content-Type", "application/json"),)
_UNNAMED = "import"
"""What stands in a step of the path that no column is named for."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_LEARNT = ("reply", "id")


@dataclass(frozen=True, slots=True)
class Form:
    """``ruleset`` and route are enforced here, whatever their mode: an import is what comes before enforcing.

    The route makes persons, and nobody is the caller: the operator vouches for what the table says. ``reference`` is
    the name that the destination's ids of persons have in the rules.
    """

    ruleset: Ruleset
    matched: Matched
    method: str
    reference: str | None

    @property
    def route(self) -> Route:
        return self.matched.route

    def request(self, row: Row) -> Request:
        """The row as the message that would have brought it."""
        steps = (_filled(step, row) for step in self.route.path)
        return Request(self.method, "/" + "/".join(steps), _HEADERS, row.body)


def form_of(ruleset: Ruleset, *, route: str | None, to: str | None, by_id: bool) -> Form:
    """The form of an import into a route, or into the one route of a destination that it can mean.

    Raises RulesError: GW-I120 for a route that collects nothing, GW-I121 where it is not clear which, GW-I122 if
    ``by_id`` and the destination's ids of persons have no name.
    """
    chosen = _route(ruleset, route, to)
    references = {one.subject_ref.name for one in ruleset.routes if one.to == chosen.to and one.subject_ref}
    own = {chosen.subject_ref.name} if chosen.subject_ref else references
    if by_id and len(own) != 1:
        raise RulesError(
            "GW-I122",
            f"the rows have ids, but {len(own)} names of ids of {chosen.to} stand in the rules: requests by id would "
            "not find these persons.",
            "say subject_ref on a route of this destination, or import without --id.",
        )
    reference = next(iter(own), None) if by_id else None
    made = replace(
        chosen,
        mode="enforce",
        whose="message",
        session=None,
        subject_ref=SubjectRef(reference or chosen.to, learn=_LEARNT),
    )
    names = {step[1:-1]: at for at, step in enumerate(made.path) if step.startswith("{")}
    return Form(replace(ruleset, mode="enforce"), Matched(made, names, "collect"), _method(chosen), reference)


def _route(ruleset: Ruleset, name: str | None, to: str | None) -> Route:
    if name is not None:
        return _named(ruleset, name, to)
    if to not in ruleset.destinations:
        raise _unclear(f"the rules have no destination {to!r}", sorted(ruleset.destinations))
    routes = [one for one in ruleset.routes if one.to == DestinationName(str(to)) and _collects(one, ruleset)]
    making = [one for one in routes if creates(one)]
    if len(making or routes) != 1:
        raise _unclear(f"destination {to!r} has {len(making or routes)} routes that could be meant", _names(routes))
    return (making or routes)[0]


def _named(ruleset: Ruleset, name: str, to: str | None) -> Route:
    """By the route's name, or by its path as the rules write it."""
    found = [one for one in ruleset.routes if name in (one.name, "/" + "/".join(one.path)) and to in (None, one.to)]
    if len(found) != 1:
        raise _unclear(f"the rules have {len(found)} routes {name!r}", _names(ruleset.routes))
    if not _collects(found[0], ruleset):
        raise RulesError(
            "GW-I120",
            f"route {found[0].name!r} ({found[0].at}) collects nothing that could be found again: it looks up, or goes "
            "to an analytics or AI destination.",
            "name a route by which the back end is given data.",
        )
    return found[0]


def _collects(route: Route, ruleset: Ruleset) -> bool:
    looks_up = route.intent == "look_up" or (route.intent is None and bool(route.methods) and route.methods <= _READING)
    return not looks_up and ruleset.destinations[route.to].role not in ("analytics", "ai")


def _method(route: Route) -> str:
    writing = sorted(route.methods - _READING) or sorted(route.methods)
    return "POST" if "POST" in writing or not writing else writing[0]


def _filled(step: str, row: Row) -> str:
    if step in ("*", "**"):
        return _UNNAMED
    if step.startswith("{"):
        return quote(row.places.get(step[1:-1], _UNNAMED), safe="")
    return step


def _names(routes: Iterable[Route]) -> Sequence[str]:
    return [one.name for one in routes]


def _unclear(what: str, known: Sequence[str]) -> RulesError:
    return RulesError(
        "GW-I121", f"{what}: it is not clear what the rows are.", f"name one with --route: {'; '.join(known)}"
    )
