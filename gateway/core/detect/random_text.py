"""Text that a generator made: keys, nonces, session ids. Names that chance spells in it are nobody's.

Of random tokens of 32 to 64 letters and digits one in two hundred holds a word that reads as a name; a form whose
CSRF token is rewritten is refused by the application.
"""

from __future__ import annotations

import re

_INSIDE = re.compile(r"[0-9A-Za-z_+/\-]+")
_CHANGE = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])")
_CLASS_CHANGE = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[a-z])")
_NEIGHBOURS = re.compile(r"(?<=[0-9A-Za-z])(?=[0-9A-Za-z])")
_ODD_CASE = re.compile(r"[A-Z]{2}[a-z]|[a-z][A-Z]{2}|[a-z][A-Z]$")
_SHORTEST = 20
_LONGEST = 128
_MANY = 4
_SOME = 2
_DENSE = 0.45
"""Of neighbours in random Base64 0.62 are of different classes (small, capital, digit), in words with capitals 0.33."""


def is_random(cased: str, start: int, end: int) -> bool:
    """True for a stretch of a text that is part of a generated one: long, and letters and digits keep changing.

    >>> is_random("t=8bX0nina366L83Ax3Z2YsIzy", 6, 10), is_random("/users/nina1990", 7, 11)
    (True, False)
    >>> is_random("udiWsHdcvkrVdEXA/HugoVO", 17, 21), is_random("/Users/NinaSmith/MyDocs/Ivan", 24, 28)
    (True, False)
    """
    before, after = cased[start - 1 : start], cased[end : end + 1]
    if _INSIDE.match(before) is None and _INSIDE.match(after) is None:
        return False
    first = max(0, start - _LONGEST)
    run = next((one[0] for one in _INSIDE.finditer(cased, first, end + _LONGEST) if one.end() > start), "")
    if len(run) < _SHORTEST:
        return False
    if len(_CLASS_CHANGE.findall(run)) >= _DENSE * len(_NEIGHBOURS.findall(run)):
        return True
    if not before.isdigit() and not after.isdigit():
        return False
    changes = len(_CHANGE.findall(run))
    return changes >= _MANY or (changes >= _SOME and _ODD_CASE.search(cased[start:end]) is not None)
