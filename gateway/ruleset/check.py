"""What rules may not say although each word of them is right: read from the flow matrix, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from gateway.model.names import ELSEWHERE
from gateway.ruleset.checks.examined import Examined
from gateway.ruleset.checks.files import file_answers, passed_files
from gateway.ruleset.checks.identity import named_pseudonyms
from gateway.ruleset.checks.outbound import outbound_routes
from gateway.ruleset.checks.overrides import cycles, expired, incomparable, undated_loosening
from gateway.ruleset.checks.routes import strangers_in_rules, twin_names, unreachable
from gateway.ruleset.checks.stores import shared_stores
from gateway.ruleset.checks.transfer import plain_transfers
from gateway.ruleset.checks.trials import strangers_in_tests
from gateway.ruleset.flow import days_that_differ, flow
from gateway.ruleset.problems import Problem, in_order
from gateway.ruleset.read import Loaded
from gateway.ruleset.schema.places import StartsOnModel
from gateway.ruleset.schema.words import many
from gateway.ruleset.spots import TooManySpotsError
from gateway.ruleset.tree import Loc

_WORDS: tuple[Callable[[Examined], Iterator[Problem]], ...] = (
    cycles, undated_loosening, shared_stores, unreachable, twin_names, strangers_in_rules, file_answers, passed_files,
    outbound_routes,
)  # fmt: skip
"""Checks of what is written."""

_FLOWS: tuple[Callable[[Examined], Iterator[Problem]], ...] = (plain_transfers, named_pseudonyms, incomparable)
"""Checks of what follows from it."""


def check(loaded: Loaded, today: date | None = None) -> tuple[Problem, ...]:
    """Everything that is wrong or doubtful; ``today`` lets it warn of rules that have ended."""
    plain = Examined(loaded.ruleset, loaded.draft, ())
    found = [problem for test in (*_WORDS, doubtful) for problem in test(plain)]
    found += strangers_in_tests(loaded.draft)
    if today:
        found += expired(plain, today)
    if not any(problem.code == "GW-R406" for problem in found):
        found += _of_flows(loaded)
    return in_order(found)


def _of_flows(loaded: Loaded) -> Iterator[Problem]:
    try:
        days = tuple(flow(loaded.ruleset, day) for day in days_that_differ(loaded.ruleset))
    except TooManySpotsError:
        what = "the path patterns overlap in too many ways to look at every one: a leak could hide there."
        mend = "use fewer ** in the middle of paths."
        yield Problem("GW-R416", what, mend, loaded.draft.mark(("rules",), key=True))
        return
    examined = Examined(loaded.ruleset, loaded.draft, days)
    for test in _FLOWS:
        yield from test(examined)


def doubtful(examined: Examined) -> Iterator[Problem]:
    """What may be meant, but lets personal data through: warnings."""
    file = examined.draft.file
    if file.residence.inferred_may_relax:
        what = "inferred evidence (phone, address, language) may make an unknown person foreign (LOC-10)."
        place: Loc = ("residence", "inferred_may_relax")
        yield examined.problem("GW-R419", what, "leave it out unless counsel agrees.", place, severity="warning")
    if file.residence.unknown == ELSEWHERE and file.regions:
        what = "a person of unknown residence counts as foreign (LOC-01): whoever says nothing is not protected."
        place = ("residence", "unknown")
        yield examined.problem("GW-R419", what, f"write unknown: {min(file.regions)}.", place, severity="warning")
    for number, route in enumerate(file.routes):
        if route.opaque == "pass" and _leaves_home(examined, route.to):
            what = f"bodies that cannot be inspected go to {route.to} as they are, whatever is in them."
            place = ("routes", number, "opaque")
            yield examined.problem("GW-R421", what, "leave opaque out, or narrow the route.", place, severity="warning")
        if route.session and not route.match.method and _any_success(route.session.starts_on):
            what = "any request that is answered with 200 begins a session: also one that was no login that worked."
            mend = "add method: POST to match, or the location: that a login which worked redirects to."
            place = ("routes", number, "session", "starts_on")
            yield examined.problem("GW-R422", what, mend, place, severity="warning")
    for to in examined.ruleset.destinations.values():
        if to.unmatched == "pass" and to.role in ("analytics", "ai"):
            what = f"{to.name} gets every leaf that no rule matches, although its role is {to.role}."
            place = ("destinations", to.name, "unmatched")
            yield examined.problem("GW-R418", what, "write unmatched: drop.", place, severity="warning")
    for loc in _observing(examined):
        what = "mode: observe decides and records, but acts on nothing: personal data passes in clear."
        yield examined.problem("GW-R420", what, "enforce once the counts look right.", loc, severity="warning")


def _any_success(starts_on: StartsOnModel) -> bool:
    """True if nothing but an ordinary status tells a login that worked."""
    return starts_on.location is None and list(many(starts_on.status)) == [200]


def _leaves_home(examined: Examined, name: str) -> bool:
    """True if the destination is abroad for people of some region."""
    to = next(to for to in examined.ruleset.destinations.values() if to.name == name)
    return any(examined.abroad(to, home) for home in examined.ruleset.regions)


def _observing(examined: Examined) -> Iterator[Loc]:
    if examined.draft.file.mode == "observe":
        yield ("mode",)
    file = examined.draft.file
    yield from (("routes", number, "mode") for number, route in enumerate(file.routes) if route.mode == "observe")
    yield from (("rules", number, "mode") for number, rule in enumerate(file.rules) if rule.mode == "observe")
