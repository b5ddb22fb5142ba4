"""Whose data a leaf is: the persons of a message, named by the subtree that describes them."""

from __future__ import annotations

from gateway.core.paths import prefix_length
from gateway.model.names import Path
from gateway.model.residency import CALLER, MESSAGE
from gateway.model.rules import ResidenceSpec, Route

_OF_THE_CALLER = ("headers", "cookies")
_SHALLOWEST = 2
"""A part and one step below it: too short for a person's subtree with a leaf in it."""


def person(path: Path, residence: ResidenceSpec, route: Route) -> Path:
    """The person a leaf is about.

    Headers and cookies speak of the caller. Elsewhere the deepest subject subtree around the leaf is a person of its
    own; what stands in none is about the message's person, who is the caller where the route says ``whose: caller``.
    """
    if path[0] in _OF_THE_CALLER:
        return CALLER
    if len(path) > _SHALLOWEST:
        around = max((prefix_length(pattern, path[:-1]) or 0 for pattern in residence.subjects), default=0)
        if around > 1:
            return path[:around]
    return CALLER if route.whose == "caller" else MESSAGE
