"""Every media type has one answer on a route, files are kept where something is collected, and passing is meant."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.ruleset.checks.examined import Examined
from gateway.ruleset.problems import Problem
from gateway.ruleset.schema.words import many
from gateway.ruleset.tree import Loc


def file_answers(examined: Examined) -> Iterator[Problem]:
    """Two answers for one type, and files that could never be kept."""
    for number, route in enumerate(examined.draft.file.routes):
        seen = set[str]()
        looks_up = route.intent == "look_up" or (not route.intent and set(many(route.match.method)) & {"GET", "HEAD"})
        for at, rule in enumerate(route.files):
            place: Loc = ("routes", number, "files", at)
            for one in many(rule.type):
                if one in seen:
                    what = f"files of type {one} have two answers on this route: which one speaks would be chance."
                    yield examined.problem("GW-R423", what, "remove one of them.", (*place, "type"))
                seen.add(one)
            if looks_up and "keep" in (rule.do, rule.otherwise):
                what = "a look-up keeps nothing: a file that is to be kept would be refused on this route."
                yield examined.problem("GW-R423", what, "write intent: collect, or another answer.", (*place, "do"))


def passed_files(examined: Examined) -> Iterator[Problem]:
    """Files that nobody looks into, towards a destination abroad: warnings."""
    destinations = {to.name: to for to in examined.ruleset.destinations.values()}
    for number, route in enumerate(examined.draft.file.routes):
        to = next((one for name, one in destinations.items() if name == route.to), None)
        if to is None or not any(examined.abroad(to, home) for home in examined.ruleset.regions):
            continue
        for at, rule in enumerate(route.files):
            word = "do" if rule.do == "pass" else "otherwise" if rule.otherwise == "pass" else ""
            if word:
                place: Loc = ("routes", number, "files", at, "else" if word == "otherwise" else word)
                what = f"files of type {', '.join(many(rule.type))} go to {route.to} as they are, whatever is in them."
                mend = "write keep, or inspect with else: keep."
                yield examined.problem("GW-R424", what, mend, place, severity="warning")
