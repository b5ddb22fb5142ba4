"""Verdicts on fields of one route, from the models to the compiled form."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.model.names import Kind
from gateway.model.rules import Learned, PathPattern
from gateway.ruleset.draft import Draft
from gateway.ruleset.schema.words import parse_pattern
from gateway.ruleset.tree import Loc

NONE = "none"
"""The word for a field that somebody has looked at and left to the detectors."""


def learned_of(draft: Draft) -> Mapping[str, tuple[Learned, ...]]:
    """By route; two verdicts on one field are a problem. Which routes there are, ``check`` looks at."""
    learned: dict[str, list[Learned]] = {}
    first: dict[tuple[str, PathPattern], int] = {}
    for number, model in enumerate(draft.file.learned):
        loc: Loc = ("learned", number)
        path = parse_pattern(model.path)
        if model.kind != NONE:
            draft.refer("GW-R303", "kind", model.kind, draft.kinds, (*loc, "kind"))
        if first.setdefault((model.route, path), number) != number:
            there = draft.mark(("learned", first[model.route, path], "path"))
            what = f"{model.path} of route {model.route} is learned twice (first at {there}): one of the two is wrong."
            draft.say("GW-R110", what, "keep the one that holds.", (*loc, "path"))
        kind = None if model.kind == NONE else Kind(model.kind)
        learned.setdefault(model.route, []).append(Learned(path, kind))
    return {route: tuple(sorted(ones, key=lambda one: one.path)) for route, ones in learned.items()}
