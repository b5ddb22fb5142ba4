"""Whether rules look people up by tokens: what an empty directory must not be asked for a back end that has users.

Nobody who registered before the gateway came is in its directory. A look-up of such a person would go out with a name
that nothing is known by, and the back end would answer that there is no such user.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from gateway.model.decision import Action
from gateway.model.errors import RulesError
from gateway.model.names import DestinationName
from gateway.model.rules import Route, Ruleset
from gateway.ruleset.flow import days_that_differ, flow, intents


def refuse_to_lock_out(ruleset: Ruleset, today: date, knows_nobody: Callable[[], bool]) -> None:
    """GW-S018 if look-ups would be enforced over a directory in which there is nobody."""
    route = _missing(ruleset, today)
    if route is not None and knows_nobody():
        raise RulesError(
            "GW-S018",
            f"route {route.name!r} ({route.at}) looks people up in a directory that is empty: nobody who registered "
            f"with {route.to} before could log in.",
            "say backend: new if it had no users before the gateway; else mode: observe until the import is done",
        )


def _missing(ruleset: Ruleset, today: date) -> Route | None:
    """The first route whose look-ups would miss everybody while the directory is empty; None where that is right.

    None, too, for rules that say ``backend: new`` and for what is only observed. A route counts if it tokenizes
    anything today or on a later day, since rules end while the gateway runs.
    """
    if ruleset.backend == "new" or ruleset.mode == "observe":
        return None
    routes = [route for route in ruleset.routes if route.mode == "enforce" and "look_up" in intents(route)]
    tokenizing = _tokenizing(ruleset, today) if routes else frozenset()
    return next((route for route in routes if (route.name, route.to) in tokenizing), None)


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
