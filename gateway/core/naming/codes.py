"""Codes, ages and coordinates in place of such: character for character, in the same layout."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from gateway.core.blind import fold
from gateway.core.naming.dice import Dice

_LONGEST = 16
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_EXPONENT = re.compile(r"[eE][+-]?[0-9]+")
_AGE = re.compile(r"[0-9]{1,3}")
_OLDEST = 120
_OLDEST_SHOWN = 90
_COORDINATE = re.compile(r"([+-]?)([0-9]{1,3})([.,][0-9]+)?(°?)")
_POINT = re.compile(rf"\s*{_COORDINATE.pattern}(?:[\s,;]+{_COORDINATE.pattern})?\s*")
_DIGITS = "0123456789"
_FIRST_OF_POSTCODE = "123456"
_RUSSIAN_POSTCODE = re.compile(f"[{_FIRST_OF_POSTCODE}][0-9]{{5}}")
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = "абвгдежзиклмнопрстуфхцчшэюя"


def is_code(text: str) -> bool:
    """True for a short text with something in it to replace."""
    return len(fold(text).strip()) <= _LONGEST and any(char.isalnum() for char in text)


def code(text: str, dice: Dice, keeps: Collection[str], _today: date) -> str:
    """Digits for digits, letters for letters of the same script and case; the first one replaced is another one.

    A number keeps its sign, dot and exponent and gets no leading zero that it did not have.
    """
    kept = _kept(keeps)
    body, tail = _without_exponent(fold(text))
    changed, made = False, []
    for at, char in enumerate(body):
        if at < kept or not char.isalnum():
            made.append(char)
            continue
        leading = char in _DIGITS[1:] and not body[:at].strip("+-")
        choice = _alphabet(char)[1 if leading else 0 :]
        if not changed:
            choice = choice.replace(char, "")
        made.append(choice[dice.below(len(choice))])
        changed = True
    return "".join(made) + tail


def code_fits(text: str, shown: str, keeps: Collection[str], _today: date) -> bool:
    kept = _kept(keeps)
    return shown[:kept] == fold(text)[:kept]


def _kept(keeps: Collection[str]) -> int:
    """How many characters at the beginning have to stay."""
    return max((int(fact.rpartition("_")[2]) for fact in keeps if fact.startswith("first_")), default=0)


def postcode(text: str, dice: Dice, keeps: Collection[str], today: date) -> str:
    """A code that begins with 1 to 6 if it is Russian. Source: Russian Post, list of postal facilities."""
    made = code(text, dice, keeps, today)
    if not _RUSSIAN_POSTCODE.fullmatch(text) or made[0] in _FIRST_OF_POSTCODE:
        return made
    choice = _FIRST_OF_POSTCODE.replace(text[0], "")
    return choice[dice.below(len(choice))] + made[1:]


def is_age(text: str) -> bool:
    return _AGE.fullmatch(text.strip()) is not None and int(text) <= _OLDEST


def age(text: str, dice: Dice, keeps: Collection[str], _today: date) -> str:
    """Another age on the same side of every kept border."""
    old = int(text)
    first, last = _ages(old, keeps)
    others = [str(age) for age in range(first, last + 1) if age != old]
    return text.replace(text.strip(), others[dice.below(len(others))]) if others else text


def age_fits(text: str, shown: str, keeps: Collection[str], _today: date) -> bool:
    first, last = _ages(int(text), keeps)
    return first <= int(shown) <= last


def _ages(old: int, keeps: Collection[str]) -> tuple[int, int]:
    """The ages on the same side of every kept border."""
    borders = sorted(int(fact.rpartition("_")[2]) for fact in keeps if fact.startswith("over_"))
    first = max((border for border in borders if border <= old), default=0)
    return first, min((border - 1 for border in borders if border > old), default=max(old, _OLDEST_SHOWN))


def is_point(text: str) -> bool:
    """True for one coordinate or two, in degrees with a decimal fraction."""
    return _POINT.fullmatch(text) is not None


def point(text: str, dice: Dice, _keeps: Collection[str], _today: date) -> str:
    """Other coordinates with as many decimals; as many digits before the dot, so that a longitude stays one."""
    return _COORDINATE.sub(lambda match: _coordinate(match, dice), text)


def _coordinate(match: re.Match[str], dice: Dice) -> str:
    """Whole degrees below 90, which both axes have, or 100 to 179."""
    low, high = ((0, 9), (10, 89), (100, 179))[len(match[2]) - 1]
    fraction = match[3] or ""
    drawn = "".join(_DIGITS[dice.below(10)] for _ in fraction[1:])
    return f"{match[1]}{low + dice.below(high - low + 1)}{fraction[:1]}{drawn}{match[4]}"


def _without_exponent(text: str) -> tuple[str, str]:
    match = _EXPONENT.search(text) if _JSON_NUMBER.fullmatch(text) else None
    return (text, "") if match is None else (text[: match.start()], match[0])


def _alphabet(char: str) -> str:
    if char.isdecimal():
        return _DIGITS
    letters = _CYRILLIC if "а" <= char.lower() <= "я" or char in "ёЁ" else _LATIN
    return letters.upper() if char.isupper() else letters
