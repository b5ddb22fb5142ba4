"""Two sets of rules side by side: what became stricter, what looser, case by case of the flow matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from gateway.core.transform import stricter
from gateway.model.decision import Treatment
from gateway.model.names import Intent, Kind, Region
from gateway.model.rules import PathPattern, Ruleset
from gateway.ruleset.canonical import Said, canonical, pattern_text
from gateway.ruleset.flow import flow
from gateway.ruleset.summary import spoken

Way = Literal["stricter", "looser", "different", "new", "gone"]
"""``different``: neither is the stricter. ``new`` and ``gone``: the case is there on one side only."""

_NO_FINDING = "nothing found"

_Alike = tuple[Way, str, str, str, str]
"""Way, destination, residence, what was and what is."""

_Case = tuple[str, str, Intent | None, Region, Kind | None, frozenset[PathPattern]]


@dataclass(frozen=True, slots=True)
class Change:
    """Cases that changed alike: routes, a residence, kinds, what was and is; ``places`` where it is not everywhere."""

    way: Way
    to: str
    routes: tuple[str, ...]
    home: str
    kinds: tuple[str, ...]
    places: tuple[str, ...]
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Setting:
    """An answer outside of the matrix that changed; ``looser`` where the new one may let more out."""

    name: str
    was: str
    now: str
    looser: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """``counts`` are cases; ``unchanged`` those that fare as before."""

    counts: Mapping[Way, int]
    unchanged: int
    changes: tuple[Change, ...]
    settings: tuple[Setting, ...]

    @property
    def looser(self) -> bool:
        """True if something may get out that did not before."""
        cases = any(change.way in ("looser", "different") for change in self.changes)
        return cases or any(setting.looser for setting in self.settings)


def diff(old: Ruleset, new: Ruleset, today: date) -> Difference:
    """What changes if the new rules take the place of the old. Raises TooManySpotsError."""
    before, after = _cases(old, new, today), _cases(new, old, today)
    counts: dict[Way, int] = dict.fromkeys(("stricter", "looser", "different", "new", "gone"), 0)
    changed: dict[_Alike, dict[tuple[str, str], list[str]]] = {}
    for case in before.keys() | after.keys():
        was, now = before.get(case), after.get(case)
        way = _way(was, now)
        if way:
            counts[way] += 1
            alike = (way, case[1], case[3], spoken(was) if was else "", spoken(now) if now else "")
            changed.setdefault(alike, {}).setdefault(_where(case), []).append(case[4] or _NO_FINDING)
    changes = [change for alike in sorted(changed) for change in _changes(alike, changed[alike])]
    unchanged = len(before.keys() | after.keys()) - sum(counts.values())
    return Difference(counts, unchanged, tuple(changes), tuple(_settings(canonical(old), canonical(new))))


def _cases(ruleset: Ruleset, beside: Ruleset, today: date) -> dict[_Case, Treatment]:
    return {
        (route, cell.to, cell.intent, cell.home, kind, cell.paths): cell.verdict.treatment
        for cell in flow(ruleset, today, beside)
        for route in cell.routes
        for kind in cell.kinds or (None,)
    }


def _way(was: Treatment | None, now: Treatment | None) -> Way | None:
    if was == now:
        return None
    if was is None or now is None:
        return "new" if was is None else "gone"
    if was.action != now.action:
        return "stricter" if now.action > was.action else "looser"
    tighter = stricter(was, now)
    return "different" if tighter is None else "stricter" if tighter == now else "looser"


def _where(case: _Case) -> tuple[str, str]:
    """The route, with the intent if rules ask for it, and the place: empty for any that no pattern names."""
    route, _, intent, _, _, paths = case
    return f"{route} ({intent})" if intent else route, " and ".join(sorted(map(pattern_text, paths)))


def _changes(alike: _Alike, cases: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[Change]:
    """Routes and places at which the same kinds changed, together."""
    way, to, home, was, now = alike
    everywhere = {route: set(kinds) for (route, place), kinds in cases.items() if not place}
    by_kinds: dict[tuple[bool, tuple[str, ...]], list[tuple[str, str]]] = {}
    for (route, place), kinds in sorted(cases.items()):
        here = {*kinds} - everywhere.get(route, set()) if place else {*kinds}
        by_kinds.setdefault((not place, tuple(sorted(here))), []).append((route, place))
    for (_, changed), wheres in by_kinds.items():
        if changed:
            routes = tuple(dict.fromkeys(route for route, _ in wheres))
            places = tuple(dict.fromkeys(place for _, place in wheres if place))
            yield Change(way, to, routes, home, changed, places, was, now)


def _settings(old: Said, new: Said) -> Iterator[Setting]:
    """Answers outside of rules that changed."""
    before, after = dict(_flat("", old)), dict(_flat("", new))
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name, ""), after.get(name, "")
        if was != now and not name.startswith("rules"):
            yield Setting(name, was, now, _is_looser(name, was, now))


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    """``residence.unknown`` → ``ru``; lists of plain words as one text, routes by their names."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _flat(f"{name}.{key}".lstrip("."), below)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for item in cast(list[Said], value):
            label = str(item.get("name") if name == "routes" else " ".join(text for _, text in _flat("", item)))
            yield from _flat(f"{name}[{label}]", item)
    else:
        yield name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _is_looser(name: str, was: str, now: str) -> bool:
    """True for answers by which more people count as foreign, more bodies pass unseen or more callers see originals."""
    last = name.rpartition(".")[2]
    if last == "reveal_to":
        return bool(set(now.split(", ")) - set(was.split(", ")) - {""})
    if last in ("unknown", "region", "country", "url") and bool(was):
        return True
    loosening = {"inferred_may_relax": "True", "opaque": "pass", "mode": "observe", "search": "empty"}
    return loosening.get(last) == now or (name.startswith("residence.evidence") and not now)
