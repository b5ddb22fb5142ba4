"""What rules would follow from what was seen: verdicts on fields whose names say nothing, rules where nothing speaks.

A proposal is a rules file of its own, to be loaded beside the others: order and splitting mean nothing there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from gateway.core.paths import matches
from gateway.core.tally import Field, Place, Seen, Tally
from gateway.model.names import Kind
from gateway.model.rules import Route, Ruleset
from gateway.ruleset.canonical import pattern_text
from gateway.ruleset.conditions import PERSONAL

_LEARNED = frozenset({"body", "query", "headers", "cookies"})
_SILENT = frozenset({"analytics", "ai"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """A field that holds one kind: so many of its values, and what they look like."""

    route: str
    path: str
    kind: Kind
    of: int
    values: int
    example: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Kinds that would leave in clear from a field, and no rule says so."""

    route: str
    path: str
    kinds: tuple[Kind, ...]
    count: int
    then: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to add to the rules. Both may be empty: then the rules say it all."""

    learned: tuple[Verdict, ...]
    gaps: tuple[Gap, ...]


def propose(tally: Tally, ruleset: Ruleset, *, least: int, share: float) -> Proposal:
    """``least`` values a field must have had, ``share`` of them must have been of one kind."""
    routes = {route.name: route for route in ruleset.routes}
    known = [(place, one) for place, one in sorted(tally.fields.items()) if place[0] in routes]
    learned = [
        verdict
        for place, one in known
        if not _settled(place, routes[place[0]])
        and (verdict := _verdict(place, one, ruleset, least, share)) is not None
    ]
    gaps = [gap for place, one in known if (gap := _gap(place, one, routes[place[0]], ruleset)) is not None]
    return Proposal(tuple(learned), tuple(gaps))


def _settled(place: Place, route: Route) -> bool:
    return any(matches(one.path, place[1]) or one.path == place[1] for one in route.learned)


def _verdict(place: Place, one: Field, ruleset: Ruleset, least: int, share: float) -> Verdict | None:
    """What the field holds, if its values say so and its name does not."""
    route, path = place
    if one.values < least or path[0] not in _LEARNED or path[-1] == "*":
        return None
    kind, seen = max(one.kinds.items(), key=lambda item: item[1].whole, default=(Kind(""), Seen()))
    if seen.whole < share * one.values or 2 * seen.named > seen.whole or not _is_personal(kind, ruleset):
        return None
    return Verdict(route, pattern_text(path), kind, seen.whole, one.values, seen.example)


def _gap(place: Place, one: Field, route: Route, ruleset: Ruleset) -> Gap | None:
    to = ruleset.destinations[route.to]
    kinds = sorted(kind for kind, seen in one.kinds.items() if seen.bare and _is_personal(kind, ruleset))
    if not kinds or to.region in ruleset.regions or place[1][0] == "path":
        return None
    count = sum(one.kinds[kind].bare for kind in kinds)
    then = "drop" if to.role in _SILENT else "tokenize"
    return Gap(place[0], pattern_text(place[1]), tuple(kinds), count, then)


def _is_personal(kind: Kind, ruleset: Ruleset) -> bool:
    spec = ruleset.kinds.get(kind)
    return spec is not None and spec.category in PERSONAL


def as_yaml(proposal: Proposal) -> str:
    """A rules file; empty if there is nothing to say."""
    lines = [*_learned_lines(proposal.learned), *_rule_lines(proposal.gaps)]
    head = [
        "# Proposed by pii-gateway discover: read it, change it, then load it beside the other files.",
        "version: 1",
    ]
    return "\n".join([*head, *lines, ""]) if lines else ""


def _learned_lines(learned: Sequence[Verdict]) -> Iterator[str]:
    if learned:
        yield "learned: # kind: none settles a field that is not what it looks like"
    for one in learned:
        said = f"{{route: {quoted(one.route)}, path: {quoted(one.path)}, kind: {one.kind}}}"
        yield f"  - {said} # {one.of} of {one.values}, like {one.example}"


def _rule_lines(gaps: Sequence[Gap]) -> Iterator[str]:
    if gaps:
        yield "rules:"
    names = Counter[str]()
    for gap in gaps:
        name = re.sub(r"[^a-z0-9]+", "-", f"discovered {gap.route} {gap.path}".lower()).strip("-")
        names[name] += 1
        yield f"  - id: {name}{f'-{names[name]}' if names[name] > 1 else ''}"
        yield f"    why: Seen {gap.count} times in clear; no rule spoke of it. Say here what the data is for."
        yield "    when:"
        yield f"      kind: [{', '.join(gap.kinds)}]"
        yield f"      path: [{quoted(gap.path)}]"
        yield f"      route: [{quoted(gap.route)}]"
        yield f"    then: {gap.then}"


def quoted(text: str) -> str:
    """A scalar that YAML can't misread."""
    return json.dumps(text, ensure_ascii=False)


def as_diff(proposal: Proposal, name: str, before: str = "") -> str:
    """The same as a patch of the file of that name."""
    after = as_yaml(proposal).splitlines(keepends=True)
    old = "/dev/null" if not before else f"a/{name}"
    return "".join(unified_diff(before.splitlines(keepends=True), after, old, f"b/{name}"))


def as_machine(tally: Tally, proposal: Proposal, unrouted: Mapping[str, int]) -> dict[str, object]:
    """Everything, for ``--json``."""
    return {
        "messages": dict(sorted(tally.messages.items())),
        "unrouted": dict(sorted(unrouted.items())),
        "overflow": tally.overflow,
        "fields": [
            {
                "route": route,
                "path": pattern_text(path),
                "values": one.values,
                "kinds": [
                    {
                        "kind": kind,
                        "count": seen.count,
                        "whole": seen.whole,
                        "by_name": seen.named,
                        "in_clear": seen.bare,
                        "example": seen.example,
                    }
                    for kind, seen in sorted(one.kinds.items())
                ],
            }
            for (route, path), one in sorted(tally.fields.items())
            if one.kinds
        ],
        "learned": [{"route": one.route, "path": one.path, "kind": one.kind} for one in proposal.learned],
        "rules": as_yaml(Proposal((), proposal.gaps)),
    }
