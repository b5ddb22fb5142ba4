"""One Outline object for all messages of a kind, so that what follows from it alone is worked out once.

Whatever is remembered by outline is a pure function of it: the same would come out if nothing were remembered. A
message with a key that may be data, or with very many leaves, has no outline: there everything is worked out anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.core.keys import field_names
from gateway.model.document import Leaf, Outline, Part, Place, terminal_leaves

_MOST = 2048
_LONGEST = 320
"""Outlines that are remembered, and leaves of one."""

_Key = tuple[Outline | tuple[Place, ...], ...]

_known: dict[_Key, Outline] = {}


def outline_of(parts: Sequence[Part]) -> Outline | None:
    """The outline of a message, the same object for the same places; None if it is not to be remembered."""
    if sum([len(part.leaves) for part in parts]) > _LONGEST:
        return None
    key = tuple([part.outline or places_of(terminal_leaves(part)) for part in parts])
    known = _known.get(key)
    return known if known is not None else _remembered(key)


def places_of(leaves: Iterable[Leaf]) -> tuple[Place, ...]:
    """Where each leaf stands."""
    return tuple([Place(leaf.path, leaf.spelling, leaf.is_key) for leaf in leaves])


def _remembered(key: _Key) -> Outline | None:
    places = tuple([place for part in key for place in (part.places if isinstance(part, Outline) else part)])
    names = {step for place in places for step in place.path if isinstance(step, str)}
    if len(places) > _LONGEST or len(field_names(names)) < len(names):
        return None
    if len(_known) >= _MOST:
        _known.clear()
    return _known.setdefault(key, Outline(places))
