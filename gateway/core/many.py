"""Very many byte strings looked for in one pass over a text: how often each stands there, in bounded time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

SHORTEST = 8
"""In bytes; no shorter ones can be looked for."""

_PIECE = 2**16
_MOST_WORK = 64
"""Bytes compared for each byte of the text; only strings made to begin alike, and to stand there again and again, need
more.
"""


class TooAlikeError(Exception):
    """The strings begin alike and the text is full of those beginnings: to say which are in it would take too long."""


def counted(wanted: Iterable[bytes], text: bytes) -> Counter[bytes]:
    """Those of the strings that stand in the text, with how often they do. Raises TooAlikeError."""
    forms = frozenset(wanted)
    sizes: dict[bytes, set[int]] = defaultdict(set)
    for form in forms:
        sizes[form[:SHORTEST]].add(len(form))
    found: Counter[bytes] = Counter()
    work = _MOST_WORK * (len(text) + _PIECE)
    for start in range(0, len(text), _PIECE):
        piece = text[start : start + _PIECE + SHORTEST - 1]
        windows = [piece[at : at + SHORTEST] for at in range(len(piece) - SHORTEST + 1)]
        if sizes.keys().isdisjoint(windows):
            continue
        for at, window in enumerate(windows, start):
            for size in sizes.get(window, ()):
                work -= size
                if (form := text[at : at + size]) in forms:
                    found[form] += 1
            if work < 0:
                raise TooAlikeError
    return found
