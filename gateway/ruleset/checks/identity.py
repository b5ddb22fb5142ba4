"""No vendor learns who a stable pseudonym is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from gateway.model.decision import Action, Treatment
from gateway.model.names import Kind
from gateway.ruleset.checks.examined import Examined, named
from gateway.ruleset.flow import Cell
from gateway.ruleset.problems import Problem
from gateway.ruleset.tree import Loc

_COARSE = (24, 48)
"""The longest IPv4 and IPv6 prefixes that do not count as a full address."""

_NAMING = ("personal", "biometric", "payment")

_VAGUE = frozenset(
    {"age", "birth_date", "birth_place", "address.city", "address.region", "postcode", "geo.point", "document.date"}
)
"""Personal kinds that name nobody by themselves."""


def named_pseudonyms(examined: Examined) -> Iterator[Problem]:
    """A stable pseudonym beside a direct identifier or a full IP address in one analytics destination."""
    for cells in examined.days:
        towards = [cell for cell in cells if examined.destination(cell.to).role == "analytics"]
        for _, together in groupby(sorted(towards, key=_whose), key=_whose):
            listed = list(together)
            stable = next((cell for cell in listed if cell.kinds and is_stable(cell.verdict.treatment)), None)
            direct = [kind for cell in listed for kind in cell.kinds if _identifies(kind, cell)]
            if stable and direct:
                beside = f"{named(stable.kinds)} beside {named(direct)} in clear"
                what = f"{stable.to} would get a stable pseudonym for {beside}: it names whom it follows."
                mend = "rotate: daily, or drop or coarsen the other (ip: [24, 48])."
                yield examined.problem("GW-R402", what, mend, _cause(examined, stable))


def is_stable(treatment: Treatment) -> bool:
    """True if the same person keeps the same name for more than a day."""
    if treatment.action is Action.PSEUDONYMIZE:
        return treatment.parameter("rotate", "daily") != "daily"
    return treatment.action is Action.TOKENIZE


def _whose(cell: Cell) -> tuple[str, str]:
    return cell.to, cell.home


def _identifies(kind: Kind, cell: Cell) -> bool:
    treatment = cell.verdict.treatment
    if kind == "ip":
        return treatment.action is Action.PASS or not _is_coarse(treatment)
    return treatment.action is Action.PASS and cell.category in _NAMING and kind not in _VAGUE


def _is_coarse(treatment: Treatment) -> bool:
    kept = treatment.parameter("ip", _COARSE)
    if treatment.action is not Action.GENERALIZE or not isinstance(kept, tuple):
        return True
    return all(bits <= most for bits, most in zip(kept, _COARSE, strict=True))


def _cause(examined: Examined, cell: Cell) -> Loc:
    return examined.place_of(cell.verdict.because[0].rule, "then")
