"""Tests speak of things that are there."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.ruleset.draft import Draft
from gateway.ruleset.places import route_name
from gateway.ruleset.problems import Problem, did_you_mean
from gateway.ruleset.schema.trials import ExpectedModel, KnownModel, StageModel, TrialModel
from gateway.ruleset.schema.words import PARTS, many, parse_pattern, starts_path
from gateway.ruleset.tree import Loc


def strangers_in_tests(draft: Draft) -> Iterator[Problem]:
    """Destinations, routes, kinds, regions, rules and paths of tests that are not there."""
    heard = Draft(draft.root, draft.file, draft.kinds)
    for number, model in enumerate(draft.file.tests):
        _given(heard, ("tests", number, "given"), model)
        _expect(heard, ("tests", number, "expect"), model)
    return iter(heard.problems)


def _given(draft: Draft, loc: Loc, model: TrialModel) -> None:
    given = model.given
    if given.to is None and given.route is None and given.path is None:
        mend = "add to: (a destination, or {role, region}), route: or path:."
        draft.say("GW-R202", "nothing says where the request goes.", mend, loc)
    if isinstance(given.to, str):
        draft.refer("GW-R302", "destination", given.to, draft.file.destinations, (*loc, "to"))
    if isinstance(given.to, StageModel):
        draft.region(given.to.region, (*loc, "to", "region"), countries=True)
    if given.route is not None:
        names = {route_name(route) for route in draft.file.routes}
        draft.refer("GW-R305", "route", given.route, names, (*loc, "route"))
    if given.caller.residence is not None:
        draft.region(given.caller.residence, (*loc, "caller", "residence"))
    for place, person in enumerate(given.known):
        _known(draft, (*loc, "known", place), person)


def _known(draft: Draft, loc: Loc, person: KnownModel) -> None:
    draft.region(person.residence, (*loc, "residence"))
    for name in person.__pydantic_extra__:
        if draft.refer("GW-R303", "kind", name, draft.kinds, (*loc, name)):
            spec = next(spec for kind, spec in draft.kinds.items() if kind == name)
            if not spec.equal:
                what = f"nobody is known by '{name}': the directory holds only kinds that name one person."
                equal = sorted(kind for kind, one in draft.kinds.items() if one.equal)
                draft.say("GW-R303", what, f"use {', '.join(equal[:4])} …", (*loc, name), key=True)


def _expect(draft: Draft, loc: Loc, model: TrialModel) -> None:
    rules = {rule.id for rule in draft.file.rules}
    for number, name in enumerate(many(model.expect.because)):
        draft.refer("GW-R304", "rule", name, rules, (*loc, "because", number))
    for path, wanted in model.expect.__pydantic_extra__.items():
        _path(draft, (*loc, path), path)
        for number, name in enumerate(many(wanted.because) if isinstance(wanted, ExpectedModel) else []):
            draft.refer("GW-R304", "rule", name, rules, (*loc, path, "because", number))
    for number, path in enumerate(many(model.expect.drops)):
        _path(draft, (*loc, "drops", number), path)


def _path(draft: Draft, loc: Loc, path: str) -> None:
    if not starts_path(path):
        mend = did_you_mean(path.partition(".")[0], PARTS, f"start with {', '.join(PARTS)}, * or **.")
        draft.say("GW-R205", f"'{path}' starts with no part of a message.", mend, loc, key=True)
    try:
        parse_pattern(path)
    except ValueError as error:
        mend = 'write it like body.users.*.email or body."e.mail".'
        draft.say("GW-R205", f"'{path}' is no path: {error}.", mend, loc, key=True)
