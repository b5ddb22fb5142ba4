"""How long a find of a pattern can be: the guard against patterns that are slow, read from the pattern itself.

RE2 reads a text in linear time once. But finds are looked for one behind the other, and what may go on forever
(``x.*y|x``) reads to the end of the text for each of them. Where every repetition has a bound, so has a find, and with
it the time that a character costs.
"""

from __future__ import annotations

import re

ATOM = re.compile(
    r"""
    (?P<open>\((?:\?:|\?i:|\?P<[a-z_]\w*>)?(?!\?))
  | (?P<close>\))
  | (?P<or>\|)
  | (?P<anchor>\^|\$|\\[AbBzZ])
  | (?P<one>\\p(?:[A-Z]|\{\^?\w+\})|\\P(?:[A-Z]|\{\w+\})|\\x(?:[0-9a-fA-F]{2}|\{[0-9a-fA-F]{1,6}\})|\\[dDsSwWtnrfv]
      |\\[^\w\s]|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|[^\\\[\]*+?{}()|^$])
    """,
    re.VERBOSE | re.DOTALL,
)
"""The smallest piece of a pattern: a bracket, a border, or what stands for one character."""

TIMES = re.compile(r"(\*|\+|\?|\{(\d{1,4})(?:(,)(\d{0,4}))?\})\??")
"""How often a piece may stand."""

_DEEPEST = 20


def width(pattern: str) -> tuple[int, int]:
    """The least and the most characters that a find can have.

    Raises ValueError, with the place, where a repetition has no bound, an anchor stands, or it is no such pattern.
    """
    widths, at = _alternatives(pattern, 0, 0)
    if at < len(pattern):
        raise ValueError(f"a bracket too many at character {at + 1}")
    return widths


def _alternatives(pattern: str, at: int, depth: int) -> tuple[tuple[int, int], int]:
    """The widths of what stands between two brackets, and where it ends."""
    if depth > _DEEPEST:
        raise ValueError(f"brackets in more than {_DEEPEST} brackets")
    done: list[tuple[int, int]] = []
    low = high = 0
    while at < len(pattern):
        found = ATOM.match(pattern, at)
        if found is None:
            raise ValueError(f"'{pattern[at]}' cannot stand at character {at + 1}")
        if found["close"]:
            break
        at = found.end()
        if found["or"]:
            done.append((low, high))
            low = high = 0
            continue
        if found["anchor"]:
            raise ValueError(f"the anchor {found['anchor']} at character {found.start() + 1}")
        (least, most), at = _atom(pattern, found, depth)
        few, many, at = _times(pattern, at)
        low, high = low + least * few, high + most * many
    done.append((low, high))
    return (min(least for least, _ in done), max(most for _, most in done)), at


def _atom(pattern: str, found: re.Match[str], depth: int) -> tuple[tuple[int, int], int]:
    if not found["open"]:
        return (1, 1), found.end()
    inner, at = _alternatives(pattern, found.end(), depth + 1)
    if at == len(pattern):
        raise ValueError(f"the bracket at character {found.start() + 1} is not closed")
    return inner, at + 1


def _times(pattern: str, at: int) -> tuple[int, int, int]:
    """How often at least, how often at most, and where the pattern goes on."""
    found = TIMES.match(pattern, at)
    if found is None:
        return 1, 1, at
    mark, least, comma, most = found.groups()
    if mark in ("*", "+") or (comma and not most):
        raise ValueError(f"the repetition {found[0]} at character {at + 1} has no bound")
    if mark == "?":
        return 0, 1, found.end()
    return int(least), int(most if comma else least), found.end()
