"""Text that a generator made: keys, nonces, session ids. Names that chance spells in it are nobody's.

Of random tokens of 32 to 64 letters and digits one in two hundred holds a word that reads as a name; a form whose
CSRF token is rewritten is refused by the application.
"""

from __future__ import annotations

import re

_INSIDE = re.compile(r"[0-9A-Za-z_+/\-]+")
_CHANGE = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])")
_ODD_CASE = re.compile(r"[A-Z]{2}[a-z]|[a-z][A-Z]{2}|[a-z][A-Z]$")
_SHORTEST = 20
_LONGEST = 128
_MANY = 4
_SOME = 2


def is_random(cased: str, start: int, end: int) -> bool:
    """True for a stretch of a text that is part of a generated one: long, and letters and digits keep changing.

    >>> is_random("t=8bX0nina366L83Ax3Z2YsIzy", 6, 10), is_random("/users/nina1990", 7, 11)
    (True, False)
    """
    if not cased[start - 1 : start].isdigit() and not cased[end : end + 1].isdigit():
        return False
    first = max(0, start - _LONGEST)
    run = next((one[0] for one in _INSIDE.finditer(cased, first, end + _LONGEST) if one.end() > start), "")
    if len(run) < _SHORTEST:
        return False
    changes = len(_CHANGE.findall(run))
    return changes >= _MANY or (changes >= _SOME and _ODD_CASE.search(cased[start:end]) is not None)
