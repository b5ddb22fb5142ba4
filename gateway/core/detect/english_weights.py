"""How strongly the words of a run of capitals speak for a person, a place, a firm, before its neighbours are asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.core.detect.english_roles import Token

ENOUGH = 1.8
"""What a reading has to reach, words and neighbours together."""

LARGE = 2
"""A large city, as ``english_roles.place_of`` answers."""

_SINGLE = {"F": 2.1, "G": 0.6, "S": 1.9, "E": 1.8, "U": 1.5, "W": 0.2, "A": -2.0}
_INSIDE = {"G": 1.8, "W": 1.0, "U": 1.8}
"""The same inside a sentence, where an ordinary word has no capital."""

_DOUBLE = {
    "SS": 1.5, "US": 1.2, "ES": 1.2, "UE": 1.2, "EE": 1.2, "SE": 1.4, "SU": 1.0, "WS": 0.8, "UU": 0.6, "GW": 1.4,
    "FO": 0.6, "FW": 2.2,
}  # fmt: skip
_PLACE_PARTS = frozenset(
    """
    san santa sankt saint st los las port fort north south east west mount mt villa bad den puerto rio castel castello
    monte ville nova novo novi nowy stary velky vila cape el la le les sao santo sant ban kota nizhny bolshoy cite
    """.split()
)
_PLAIN_PARTS = frozenset("great grand little new upper lower lake".split())
PLACE_PARTS = _PLACE_PARTS | _PLAIN_PARTS
"""What names of places begin with."""

_PLACE_END = re.compile(
    r".{2,}(?:ville|burgh?|borg|dorf|stad|stadt|holm|holmen|koping|shire|grad|pur|abad|heim|hausen|kirchen|furt|furth|"
    r"lahti|jarvi|koski|vik|fors|havn|hamn|ovice|any|ec|ow|owo|owa|ica|ovo|hely|haza|falva|ford|ton|ham|bury|chester|"
    r"mouth|minster|by|thorpe|wick|stan|polis|dam|drecht|broek|veen|hoven|horst|ingen|wil|au|see|eux|ac|iere|iers)"
)


def core_of(letters: str) -> str:
    """The letters without those of particles."""
    return letters.replace("d", "")


def weights(letters: str, segment: Sequence[Token], *, whole: int, begins: bool) -> tuple[float, float, float]:
    """What speaks for a person, a place, a firm; ``whole``: how large a place of all the words is."""
    core = core_of(letters)
    person, place = _person(core, begins=begins), 0.3
    if whole == LARGE:
        place = 2.1 if core[-1] in "UEAOSFN" or len(core) > 1 else 1.4
        person -= 0.9
    elif whole:
        place = 1.9 if core[-1] in "UA" or len(core) > 1 else 1.3 if core in "FSE" else 0.8
        person -= 0.2
    elif set(core) == {"O"}:
        place -= 0.8
    if len(segment) > 1 and segment[0].plain in PLACE_PARTS:
        place += 0.5 if segment[0].plain in _PLAIN_PARTS else 1.0
        person -= 0.6
    if core[-1] in "UE" and _PLACE_END.fullmatch(segment[-1].plain):
        place += 0.5
    if "A" in core:
        place -= 0.5
    return person, place, _firm(core, whole=whole, begins=begins)


def _person(core: str, *, begins: bool) -> float:
    if len(core) != 1:
        return _DOUBLE.get(core, 0.3 if set(core) <= set("FGSEUWI") else -0.8)
    return _SINGLE.get(core, -0.5) if begins else _INSIDE.get(core, _SINGLE.get(core, -0.5))


def _firm(core: str, *, whole: int, begins: bool) -> float:
    firm = 0.3 if core not in {"F", "O"} and not whole else 0.0
    if "A" in core:
        firm += 0.6
    if len(core) > 1 and "O" in core:
        firm += 1.5 if set(core) & set("UES") and "F" not in core and not begins else 0.6
    return firm
