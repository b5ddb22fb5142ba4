"""JSON texts of an outline seen before: the same leaves, without reading the structure again.

One compiled split takes the scalars out of a text; what is left between them is its structure. Where structure, keys
and types are those of a text that the strict reader has accepted, so is this one, and its leaves differ by their texts
only. A text with an escape in it, or with a key that may be data, is always read by the strict reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from gateway.core.keys import field_names
from gateway.core.outlines import places_of
from gateway.model.document import Leaf, Outline, Span, Spelling
from gateway.model.names import Path
from gateway.model.swift import swift

_SCALAR = re.compile(
    r'("[^"\\\x00-\x1f]*+"|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null)',
)
_TYPES = str.maketrans("-123456789tfn", "0000000000lll")
"""The first character of a scalar says its type: a quote, ``0`` of a number, ``l`` of a literal."""

_MOST = 1024
_LONGEST = 256
"""Outlines that are remembered, and leaves of one."""


@swift
@dataclass(frozen=True, slots=True, repr=False)
class Cut:
    """A text cut at its scalars: structure at even places, scalars at odd ones.

    ``sort`` is where the text stands, how its strings are spelled, how deep it may be, its structure, keys and types.
    """

    pieces: list[str]
    sort: tuple[Path, Spelling, int, tuple[str, ...], tuple[str, ...], str]


_known: dict[object, Outline] = {}


def cut(base: Path, text: str, spelling: Spelling, depth: int) -> Cut:
    """The text in pieces; cheap for any text, JSON or not. ``depth``: how deep it may be nested."""
    pieces = _SCALAR.split(text)
    structure, scalars = tuple(pieces[::2]), pieces[1::2]
    keys = tuple([scalar for scalar, behind in zip(scalars, structure[1:], strict=True) if ":" in behind])
    types = "".join([scalar[0] for scalar in scalars]).translate(_TYPES)
    return Cut(pieces, (base, spelling, depth, structure, keys, types))


def known_outline(one: Cut) -> Outline | None:
    """The outline, if a text like this has been accepted before."""
    return _known.get(one.sort)


def leaves_of(one: Cut, outline: Outline) -> list[Leaf]:
    """The leaves of a text of that outline."""
    ends = list(accumulate(map(len, one.pieces)))
    return [
        Leaf(path, piece[1:-1] if piece[0] == '"' else piece, Span(start, end), spelling, is_key)
        for (path, spelling, is_key), piece, start, end in zip(
            outline.places, one.pieces[1::2], ends[::2], ends[1::2], strict=False
        )
    ]


def remember(one: Cut, leaves: Sequence[Leaf]) -> Outline | None:
    """The outline of a text that the strict reader has accepted, if it may be remembered."""
    outline = Outline(places_of(leaves))
    if len(leaves) > _LONGEST or not _are_names(leaves) or leaves_of(one, outline) != leaves:
        return None
    if len(_known) >= _MOST:
        _known.clear()
    return _known.setdefault(one.sort, outline)


def _are_names(leaves: Iterable[Leaf]) -> bool:
    keys = [leaf.text for leaf in leaves if leaf.is_key]
    return len(field_names(keys)) == len(keys)
