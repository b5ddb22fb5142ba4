"""Which of two treatments of one action leaves less, along that action's own order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gateway.core.transform.generalize import TECHNIQUES
from gateway.core.transform.pseudonymize import ROTATE, SCOPES
from gateway.model.decision import Action, Treatment

_FOR_EVER = 10**6
"""More days than a term may have."""

Leaves = tuple[int, ...]
"""How much is left, place by place; treatments can be compared only if one leaves no more in any place."""


def stricter(one: Treatment, other: Treatment) -> Treatment | None:
    """The stricter of two treatments of an equal action; None where they have no order."""
    if one == other:
        return one
    left = _LEAVES.get(one.action)
    if left is None or one.action is not other.action:
        return None
    first, second = left(one, other), left(other, one)
    if first is None or second is None:
        return None
    if all(a <= b for a, b in zip(first, second, strict=True)):
        return one
    return other if all(a >= b for a, b in zip(first, second, strict=True)) else None


def _generalize(one: Treatment, other: Treatment) -> Leaves | None:
    """Only the same techniques compare: what another one would make of a text depends on the kind."""
    if {name for name, _ in one.parameters} != {name for name, _ in other.parameters}:
        return None
    left: Leaves = ()
    for name, value in one.parameters:
        fineness = TECHNIQUES[name].fineness(value) if name in TECHNIQUES else None
        if fineness is None:
            return None
        left += fineness
    return left


def _mask(one: Treatment, other: Treatment) -> Leaves | None:
    """The default depends on the kind, so it compares with nothing but itself."""
    if not one.parameters or not other.parameters:
        return None
    first, last = one.parameter("first", 0), one.parameter("last", 0)
    return (first, last) if isinstance(first, int) and isinstance(last, int) else None


def _pseudonymize(one: Treatment, _other: Treatment) -> Leaves | None:
    scope, rotate = one.parameter("scope", SCOPES[0]), one.parameter("rotate", "daily")
    periods = tuple(ROTATE)
    if scope not in SCOPES or rotate not in periods:
        return None
    return SCOPES.index(str(scope)), periods.index(str(rotate))


def _tokenize(one: Treatment, other: Treatment) -> Leaves | None:
    """Fewer kept facts are stricter, and a shorter term; different facts have no order."""
    mine, theirs = _facts(one), _facts(other)
    return (*(int(fact in mine) for fact in sorted(mine | theirs)), _days(one))


def _encrypt(one: Treatment, _other: Treatment) -> Leaves | None:
    """A shorter term is stricter."""
    return (_days(one),) if {name for name, _ in one.parameters} <= {"ttl_days"} else None


def _days(treatment: Treatment) -> int:
    """Without a term of its own the region's counts."""
    days = treatment.parameter("ttl_days")
    return days if isinstance(days, int) else _FOR_EVER


def _facts(treatment: Treatment) -> frozenset[str]:
    keeps = treatment.parameter("keeps", ())
    return frozenset(map(str, keeps)) if isinstance(keeps, tuple | list) else frozenset()


_LEAVES: Mapping[Action, Callable[[Treatment, Treatment], Leaves | None]] = MappingProxyType(
    {
        Action.GENERALIZE: _generalize,
        Action.MASK: _mask,
        Action.PSEUDONYMIZE: _pseudonymize,
        Action.TOKENIZE: _tokenize,
        Action.ENCRYPT: _encrypt,
    }
)
"""``this action's parameters, the other's`` → what is left."""
