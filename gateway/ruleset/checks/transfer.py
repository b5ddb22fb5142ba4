"""Nobody's personal data goes abroad in clear without a stated basis (152-FZ art. 12 and 18(5))."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.core.detect.kinds import KINDS
from gateway.model.decision import Action
from gateway.model.names import Kind
from gateway.ruleset.checks.examined import Examined, named
from gateway.ruleset.conditions import PERSONAL
from gateway.ruleset.flow import Cell
from gateway.ruleset.problems import Problem
from gateway.ruleset.tree import Loc

_STATED = ("basis", "exception")
_ISSUED = frozenset({"user_id", "device_id"})
"""Kinds whose values a back end issues itself; an operator's own kinds may be such too."""


def plain_transfers(examined: Examined) -> Iterator[Problem]:
    """A kind of a person of ours that reaches a destination abroad as it is."""
    causes: dict[Loc, list[Cell]] = {}
    for cells in examined.days:
        for cell in cells:
            if _is_plain_transfer(examined, cell):
                causes.setdefault(_cause(examined, cell), []).append(cell)
    for loc, alike in causes.items():
        first = alike[0]
        to = examined.destination(first.to)
        kinds = named(kind for cell in alike for kind in cell.kinds)
        what = f"{kinds} of people of {first.home} would reach {to.name} ({to.country}) in clear, with no basis stated."
        if "issued_there" in dict(first.verdict.treatment.parameters):
            issued = named(kind for cell in alike for kind in cell.kinds if not _may_be_issued(kind))
            what = f"{issued} is nothing that a back end issues: it comes from the person."
        mend = "tokenize, or state {pass: {basis: …, notice: …, date: …}} (art. 12) once it is notified."
        if loc[0] == "destinations":
            mend = "add a rule for category: personal, or unmatched: drop."
        yield examined.problem("GW-R401", what, mend, loc)


def _is_plain_transfer(examined: Examined, cell: Cell) -> bool:
    if cell.category not in PERSONAL or cell.verdict.treatment.action is not Action.PASS:
        return False
    if cell.home not in examined.ruleset.regions:
        return False
    parameters = dict(cell.verdict.treatment.parameters)
    stated = any(word in parameters for word in _STATED)
    issued = "issued_there" in parameters and all(_may_be_issued(kind) for kind in cell.kinds)
    return not stated and not issued and examined.abroad(examined.destination(cell.to), cell.home)


def _may_be_issued(kind: Kind) -> bool:
    return kind in _ISSUED or kind not in KINDS


def _cause(examined: Examined, cell: Cell) -> Loc:
    """The rule that says so, or the destination's answer for the unmatched."""
    if cell.verdict.because:
        return examined.place_of(cell.verdict.because[0].rule, "then")
    return ("destinations", cell.to, "unmatched")
