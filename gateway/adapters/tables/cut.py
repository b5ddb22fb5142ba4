"""A file cut into parts between its rows."""

from __future__ import annotations

from collections.abc import Callable

from gateway.model.table import Part


def cut(begin: int, line: int, size: int, count: int, pass_to: Callable[[int], tuple[int, int]]) -> list[Part]:
    """``pass_to``: place and line of the first row that begins at a place or later; asked in rising order.

    A part may be empty where a row is longer than a part.
    """
    starts = [(begin, line)]
    starts += [pass_to(begin + (size - begin) * number // count) for number in range(1, count)]
    ends = [place for place, _ in starts[1:]] + [size]
    return [Part(place, end, at) for (place, at), end in zip(starts, ends, strict=True)]
