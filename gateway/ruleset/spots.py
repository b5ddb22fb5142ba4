"""Every place in a message that path patterns tell apart, one example each.

The patterns are walked all at once as one automaton: a state says how far each pattern has come. Each set of patterns
that some path fits at the same time turns up with a shortest such path: the flow matrix misses no combination.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from gateway.model.names import Path
from gateway.model.rules import PathPattern
from gateway.ruleset.schema.words import PARTS

MOST_STEPS = 400_000
"""How many single steps of single patterns are tried; a few seconds."""

_State = tuple[frozenset[int], ...]
_ANYTHING = "…"


class TooManySpotsError(Exception):
    """The patterns overlap in more ways than can be listed."""


def spots(patterns: Iterable[PathPattern]) -> dict[frozenset[PathPattern], Path]:
    """Sets of patterns that meet → a path that fits just those. Raises TooManySpotsError."""
    known = sorted(set(patterns))
    start: _State = tuple(_closed(pattern, {0}) for pattern in known)
    found: dict[frozenset[PathPattern], Path] = {}
    seen, waiting = set[_State](), deque([(start, Path())])
    steps = 0
    while waiting:
        state, path = waiting.popleft()
        fitting = frozenset(pattern for pattern, at in zip(known, state, strict=True) if len(pattern) in at)
        if fitting:
            found.setdefault(fitting, path)
        for symbol in _symbols(known, state) if path else PARTS:
            steps += len(known)
            after = tuple(_step(pattern, at, symbol) for pattern, at in zip(known, state, strict=True))
            if after not in seen and any(after):
                seen.add(after)
                waiting.append((after, (*path, symbol)))
        if steps > MOST_STEPS:
            raise TooManySpotsError
    return found


def _symbols(patterns: Sequence[PathPattern], state: _State) -> list[str | int]:
    """The next steps that some pattern tells from others."""
    wanted = {p[at] for p, places in zip(patterns, state, strict=True) for at in places if at < len(p)}
    literal = sorted(wanted - {"*", "**", "#"})
    return [_ANYTHING, *([0] if "#" in wanted else []), *literal]


def _step(pattern: PathPattern, places: frozenset[int], symbol: str | int) -> frozenset[int]:
    after: set[int] = set()
    for at in places:
        if at < len(pattern):
            step = pattern[at]
            if step == "**":
                after.add(at)
            elif step in ("*", str(symbol)) or (step == "#" and isinstance(symbol, int)):
                after.add(at + 1)
    return _closed(pattern, after)


def _closed(pattern: PathPattern, places: set[int]) -> frozenset[int]:
    """The places with those that are reached by letting ``**`` take nothing."""
    closed = set(places)
    for at in range(len(pattern)):
        if at in closed and pattern[at] == "**":
            closed.add(at + 1)
    return frozenset(closed)
