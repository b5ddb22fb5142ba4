"""Whose data a leaf is: the persons of a message, named by the subtree that describes them."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.once import once
from gateway.core.paths import prefix_length
from gateway.model.document import Document, Outline
from gateway.model.names import Path
from gateway.model.residency import CALLER, MESSAGE
from gateway.model.rules import ResidenceSpec, Route

_OF_THE_CALLER = ("headers", "cookies")
_SHALLOWEST = 2
"""A part and one step below it: too short for a person's subtree with a leaf in it."""


def people_of(document: Document, residence: ResidenceSpec, route: Route) -> Sequence[Path]:
    """The person that each leaf is about, by its ordinal."""
    if document.outline is not None:
        return _people_of_outline(document.outline, residence, route)
    return [person(leaf.path, residence, route) for leaf in document.leaves]


@once
def _people_of_outline(outline: Outline, residence: ResidenceSpec, route: Route) -> Sequence[Path]:
    return tuple([person(place.path, residence, route) for place in outline.places])


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
