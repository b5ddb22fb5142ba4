"""Path patterns: ``*`` is one step, ``#`` one array index, ``**`` any number of steps, anything else that very step."""

from __future__ import annotations

from gateway.model.names import Path
from gateway.model.rules import PathPattern


def matches(pattern: PathPattern, path: Path) -> bool:
    """True if the whole path fits the pattern. O(len(path)); with ``**`` O(len(pattern)·len(path))."""
    if "**" not in pattern:
        return len(pattern) == len(path) and _all_fit(pattern, path)
    reachable = {0}
    for step in pattern:
        if step == "**":
            reachable = set(range(min(reachable), len(path) + 1))
        else:
            reachable = {at + 1 for at in reachable if at < len(path) and _fits(step, path[at])}
        if not reachable:
            return False
    return len(path) in reachable


def _all_fit(pattern: PathPattern, path: Path) -> bool:
    """Asked of every leaf for every evidence path: a loop, because most leaves part ways at the second step."""
    for step, part in zip(pattern, path, strict=False):  # noqa: SIM110 - a generator costs more than the comparisons
        if step != part and not _fits(step, part):
            return False
    return True


def _fits(step: str, part: str | int) -> bool:
    return step in ("*", part) or (isinstance(part, int) and step in ("#", str(part)))


def prefix_length(pattern: PathPattern, path: Path) -> int | None:
    """How many leading steps of the path the pattern takes up at most, or None if it fits no beginning of it."""
    if "**" not in pattern:
        size = len(pattern)
        return size if size <= len(path) and _all_fit(pattern, path) else None
    return next((size for size in range(len(path), -1, -1) if matches(pattern, path[:size])), None)
