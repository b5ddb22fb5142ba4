"""What follows from the rules alone is worked out once, not for every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_MOST = 2048
"""Routes of one ruleset times rulesets in use, or outlines; when there are more, all is worked out again."""


def once(make: Callable[P, T]) -> Callable[P, T]:
    """``make``, remembered for the very objects it was asked about: for rules, which are too large to be hashed.

    Arguments are positional and told apart by identity; they are held as long as the answer is, so that an id never
    comes to mean another object.
    """
    held: dict[tuple[int, ...], tuple[tuple[object, ...], T]] = {}

    def remembered(*args: P.args, **kwargs: P.kwargs) -> T:
        key = tuple(map(id, args))
        known = held.get(key)
        if known is None:
            if len(held) >= _MOST:
                held.clear()
            known = held[key] = (args, make(*args, **kwargs))
        return known[1]

    return remembered
