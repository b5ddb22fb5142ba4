"""Whether rules look people up by tokens: what an empty directory must not be asked for a back end that has users.

Nobody who registered before the gateway came is in its directory. A look-up of such a person would go out with a name
that nothing is known by, and the back end would answer that there is no such user.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from gateway.model.decision import Action
from gateway.model.errors import RulesError
from gateway.model.names import DestinationName
from gateway.model.rules import Route, Ruleset
from gateway.model.table import Unfinished
from gateway.ruleset.flow import days_that_differ, flow, intents


def refuse_to_lock_out(
    ruleset: Ruleset, today: date, knows_nobody: Callable[[], bool], imports: Callable[[], Sequence[Unfinished]]
) -> None:
    """Raise where look-ups would be enforced over a directory that can't answer them.

    GW-S018: there is nobody in it. GW-S020: ``imports`` of a destination's users are on their way and not done.
    """
    routes = _missing(ruleset, today)
    if not routes:
        return
    if knows_nobody():
        raise RulesError(
            "GW-S018",
            f"route {routes[0].name!r} ({routes[0].at}) looks people up in a directory that is empty: nobody who "
            f"registered with {routes[0].to} before could log in.",
            "say backend: new if it had no users before the gateway; else mode: observe until the import is done",
        )
    for one in imports():
        for route in routes:
            if route.to == one.to:
                raise _half_done(one, route)


def _half_done(one: Unfinished, route: Route) -> RulesError:
    begun = datetime.fromtimestamp(one.begun_ms / 1000, UTC)
    return RulesError(
        "GW-S020",
        f"route {route.name!r} ({route.at}) looks people up in a directory that has a part of {one.to}'s users: import "
        f"{one.name}, begun {begun:%Y-%m-%d %H:%M} UTC, is not done, and whoever is in the rest could not log in.",
        "finish it (pii-gateway import, as before, with --resume), with mode: observe until then; or, if nobody is "
        f"missing, pii-gateway vault end-import {one.name}",
    )


def _missing(ruleset: Ruleset, today: date) -> list[Route]:
    """The routes whose look-ups would miss everybody while the directory is empty; none where that is right.

    None, too, for rules that say ``backend: new`` and for what is only observed. A route counts if it tokenizes
    anything today or on a later day, since rules end while the gateway runs.
    """
    if ruleset.backend == "new" or ruleset.mode == "observe":
        return []
    routes = [route for route in ruleset.routes if route.mode == "enforce" and "look_up" in intents(route)]
    tokenizing = _tokenizing(ruleset, today) if routes else frozenset()
    return [route for route in routes if (route.name, route.to) in tokenizing]


def _tokenizing(ruleset: Ruleset, today: date) -> frozenset[tuple[str, DestinationName]]:
    """Names and destinations of the routes on which a look-up may carry tokens."""
    days = {today, *(day for day in days_that_differ(ruleset) if day > today)}
    return frozenset(
        (name, cell.to)
        for day in days
        for cell in flow(ruleset, day)
        if cell.verdict.treatment.action is Action.TOKENIZE and cell.intent in (None, "look_up")
        for name in cell.routes
    )
