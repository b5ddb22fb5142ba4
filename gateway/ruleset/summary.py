"""The flow matrix as a person reads it: by destination and category, with the exceptions named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gateway.model.decision import Treatment
from gateway.model.names import Category, Kind, Region
from gateway.model.rules import Ruleset
from gateway.ruleset.canonical import action_word, pattern_text
from gateway.ruleset.flow import Cell

_ORDER = ("personal", "special", "biometric", "payment", "credential", "technical", "attribute", "organisation", None)
_NO_FINDING = "nothing found"


@dataclass(frozen=True, slots=True)
class Line:
    """What is looked at, and what happens to it for people of each residence, in the block's order."""

    what: str
    actions: tuple[str, ...]
    exception: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """All of one destination (and intent, where rules ask for it): the routes that lead there, and the lines."""

    routes: tuple[str, ...]
    to: str
    intent: str
    homes: tuple[Region, ...]
    lines: tuple[Line, ...]


_Actions = tuple[str, ...]
_Table = dict[tuple[Category | None, Kind | None], _Actions]


def summary(cells: Sequence[Cell]) -> Iterator[Block]:
    """One block for each group of routes that fare alike."""

    def group(cell: Cell) -> tuple[str, tuple[str, ...], str]:
        return cell.to, cell.routes, cell.intent or ""

    for (to, routes, intent), members in groupby(sorted(cells, key=group), key=group):
        listed = list(members)
        homes = tuple(dict.fromkeys(cell.home for cell in listed))
        yield Block(routes, to, intent, homes, tuple(_lines(listed, homes)))


def spoken(treatment: Treatment) -> str:
    """``tokenize``, ``generalize ip 24/48``, ``pass: issued there``."""
    word = treatment.action.name.lower()
    if not treatment.parameters:
        return word
    parts = [_parameter(name, value) for name, value in treatment.parameters]
    return f"{word} {', '.join(parts)}"


def as_json(cells: Sequence[Cell]) -> list[dict[str, object]]:
    """Every cell, for machines."""
    return [
        {
            "routes": list(cell.routes),
            "to": cell.to,
            "intent": cell.intent,
            "residence": cell.home,
            "kinds": list(cell.kinds),
            "category": cell.category,
            "paths": sorted(pattern_text(pattern) for pattern in cell.paths),
            "then": action_word(cell.verdict.treatment),
            "because": [{"rule": reason.rule, "at": reason.at} for reason in cell.verdict.because],
        }
        for cell in cells
    ]


def where_to(ruleset: Ruleset, name: str) -> str:
    """``crm (US, application)``."""
    to = next((to for to in ruleset.destinations.values() if to.name == name), None)
    return f"{to.name} ({to.country}, {to.role})" if to else name


def revealing(ruleset: Ruleset, names: Sequence[str]) -> Iterator[str]:
    """What the outbound ones of these routes do with the tokens in a request, a line each."""
    for route in ruleset.routes:
        if route.outbound is not None and route.name in names:
            callers = ", ".join(f"{who.what}:{who.name}" for who in route.outbound.callers)
            yield f"{route.name}: reveals tokens of {route.outbound.source} in the request, for {callers}"


def _parameter(name: str, value: object) -> str:
    text = "/".join(map(str, value)) if isinstance(value, tuple) else str(value)
    if value is True:
        return name.replace("_", " ")
    return text if name in ("rotate", "scope", "basis") else f"{name} {text}"


def _lines(cells: Sequence[Cell], homes: Sequence[Region]) -> Iterator[Line]:
    usual = _table([cell for cell in cells if not cell.paths], homes)
    yield from _of_categories(usual)
    alike: dict[tuple[tuple[tuple[Category | None, Kind | None], _Actions], ...], list[str]] = {}
    for paths in dict.fromkeys(cell.paths for cell in cells if cell.paths):
        here = _table([cell for cell in cells if cell.paths == paths], homes)
        changed = tuple((key, actions) for key, actions in here.items() if actions != usual[key])
        alike.setdefault(changed, []).append(" and ".join(sorted(pattern_text(pattern) for pattern in paths)))
    for changes, places in alike.items():
        if changes:
            yield Line("at " + ", ".join(places), ("",) * len(homes))
            yield from _changes(dict(changes), usual)


def _table(cells: Sequence[Cell], homes: Sequence[Region]) -> _Table:
    spoken_of: dict[tuple[Category | None, Kind | None], dict[Region, str]] = {}
    for cell in cells:
        for kind in cell.kinds or (None,):
            spoken_of.setdefault((cell.category, kind), {})[cell.home] = spoken(cell.verdict.treatment)
    return {key: tuple(actions[home] for home in homes) for key, actions in spoken_of.items()}


def _of_categories(table: _Table) -> Iterator[Line]:
    """The action of most kinds of a category, then those that fare otherwise."""
    for category in _ORDER:
        mine = {kind: actions for (of, kind), actions in table.items() if of == category}
        if not mine:
            continue
        most, _ = Counter(mine.values()).most_common(1)[0]
        yield Line(category or _NO_FINDING, most)
        others = sorted(((actions, kind or "") for kind, actions in mine.items() if actions != most))
        for actions, group in groupby(others, key=lambda pair: pair[0]):
            yield Line(", ".join(kind for _, kind in group), actions, exception=True)


def _changes(changed: _Table, table: _Table) -> Iterator[Line]:
    """What some places change: whole categories by name, else kinds."""
    by_actions: dict[_Actions, list[str]] = {}
    for category in _ORDER:
        mine = {kind for of, kind in table if of == category}
        moved = {kind: actions for (of, kind), actions in changed.items() if of == category}
        whole = len(moved) == len(mine) and len(set(moved.values())) == 1
        for kind, actions in moved.items():
            name = (category or _NO_FINDING) if whole else str(kind)
            names = by_actions.setdefault(actions, [])
            if name not in names:
                names.append(name)
    for actions, names in by_actions.items():
        yield Line(", ".join(names), actions, exception=True)
