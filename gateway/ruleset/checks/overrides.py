"""Loosening is explicit, dated and acyclic; equal actions that meet must be comparable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from gateway.core.transform import stricter
from gateway.model.decision import Treatment
from gateway.model.names import RuleId
from gateway.model.rules import Ruleset
from gateway.ruleset.checks.examined import Examined
from gateway.ruleset.problems import Problem


def cycles(examined: Examined) -> Iterator[Problem]:
    """Rules that override each other in a ring: neither could stand."""
    overrides = {rule.id: rule.overrides for rule in examined.ruleset.rules}
    reported: set[RuleId] = set()
    for rule in examined.ruleset.rules:
        ring = _ring(rule.id, overrides)
        if ring and not reported & set(ring):
            reported |= set(ring)
            what = f"rules override each other in a ring: {' → '.join([*ring, ring[0]])}; none of them could stand."
            mend = "decide which one gives way and remove the other overrides."
            yield examined.problem("GW-R406", what, mend, examined.place_of(rule.id, "overrides"))


def _ring(start: RuleId, overrides: dict[RuleId, frozenset[RuleId]]) -> list[RuleId]:
    """The shortest way from a rule back to itself."""
    ways = [[start]]
    seen = {start}
    for way in ways:
        for other in sorted(overrides[way[-1]]):
            if other == start:
                return way
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


def undated_loosening(examined: Examined) -> Iterator[Problem]:
    """An override that loosens without a last day."""
    for rule in examined.ruleset.rules:
        loosened = [other for other in sorted(rule.overrides) if _loosens(rule.then, examined.rule(other).then)]
        if loosened and rule.until is None:
            what = f"'{rule.id}' loosens '{loosened[0]}' for good: what is loosened is looked at again one day."
            place = examined.place_of(rule.id, "overrides")
            yield examined.problem("GW-R407", what, "add until: and the last day.", place)


def _loosens(then: Treatment, other: Treatment) -> bool:
    if then.action == other.action:
        return then != other and stricter(then, other) != then
    return then.action < other.action


def incomparable(examined: Examined) -> Iterator[Problem]:
    """Rules that can meet, ask for the same action, and neither of which is the stricter."""
    reported = set()
    for cell in (cell for cells in examined.days for cell in cells):
        for one, other in combinations(sorted({reason.rule for reason in cell.verdict.because}), 2):
            if (one, other) not in reported and _cannot_tell(examined.ruleset, one, other):
                reported.add((one, other))
                action = examined.rule(one).then.action.name.lower()
                what = f"'{one}' and '{other}' can meet, both {action}, and neither is the stricter."
                mend = "give both the same parameters, or let one override the other."
                yield examined.problem("GW-R408", what, mend, examined.place_of(other, "then"))


def _cannot_tell(ruleset: Ruleset, one: RuleId, other: RuleId) -> bool:
    then = {rule.id: rule.then for rule in ruleset.rules}
    return then[one] != then[other] and stricter(then[one], then[other]) is None


def expired(examined: Examined, today: date) -> Iterator[Problem]:
    """Rules whose last day is over: they are inert."""
    for rule in examined.ruleset.rules:
        if not rule.in_force(today):
            place = examined.place_of(rule.id, "until")
            what = f"'{rule.id}' ended on {rule.until}: it does nothing any more."
            yield examined.problem("GW-R413", what, "remove the rule, or decide anew.", place, severity="warning")
