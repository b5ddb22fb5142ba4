"""The rules under examination: compiled, with their flow matrix on every day on which it changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gateway.core.detect.kinds import KINDS
from gateway.model.names import DestinationName, Kind, Region, RuleId
from gateway.model.rules import Destination, Rule, Ruleset
from gateway.ruleset.draft import Draft
from gateway.ruleset.flow import Cell, staged
from gateway.ruleset.problems import Problem
from gateway.ruleset.tree import Loc

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Examined:
    """``days``: the cells of each matrix, first day first."""

    ruleset: Ruleset
    draft: Draft
    days: tuple[tuple[Cell, ...], ...]

    def problem(
        self, code: str, what: str, mend: str, loc: Loc, *, severity: Literal["error", "warning"] = "error"
    ) -> Problem:
        return Problem(code, what, mend, self.draft.mark(loc), severity)

    def rule(self, name: str) -> Rule:
        return next(rule for rule in self.ruleset.rules if rule.id == name)

    def place_of(self, rule: RuleId, *below: str | int) -> Loc:
        """Where a rule, or something in it, stands."""
        number = next(n for n, model in enumerate(self.draft.file.rules) if model.id == rule)
        return ("rules", number, *below)

    def destination(self, name: DestinationName) -> Destination:
        return staged(self.ruleset).destinations[name]

    def abroad(self, to: Destination, home: Region) -> bool:
        """True if the destination stands outside the region and its countries."""
        region = self.ruleset.regions[home]
        return to.region != home and to.country not in region.countries


def named(kinds: Iterable[Kind]) -> str:
    """A few kinds by name, in the catalogue's order, the rest by number."""
    order = {kind: number for number, kind in enumerate(KINDS)}
    listed = sorted(set(kinds), key=lambda kind: (order.get(kind, -1), kind))
    if len(listed) <= _MOST_NAMED + 1:
        return ", ".join(listed)
    return f"{', '.join(listed[:_MOST_NAMED])} and {len(listed) - _MOST_NAMED} more kinds"
