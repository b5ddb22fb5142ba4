"""Letters that stand for others that look the same: Latin ones in Cyrillic words and the other way round, letters for
digits in numbers («8 9OO 123-45-67»), and digits for letters in names («Ив4нов»).

Every replacement is one character for one, so that offsets stay.
"""

from __future__ import annotations

import re

from gateway.core.detect.dictionary import is_name

_LATIN = "ABCEHIKMOPTXYaceiopxy"
_CYRILLIC = "АВСЕНІКМОРТХУасеіорху"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TWINS = frozenset(_LATIN + _CYRILLIC)
_DIGITS = str.maketrans("OoОоIlЗз", "00001133")

MIXED = "[a-z][а-яі]|[а-яі][a-z]|[0-9][ ()-]?[oоilз]|[oоilз][ ()-]?[0-9]|[а-я][0346][а-я][а-я]"
"""What a text in lower case must hold for ``plain`` to change anything."""

_WORD = re.compile(r"[A-Za-zА-Яа-яЁёІі]+")
_NUMBER = re.compile(r"(?<![^\W_])\+?[0-9][0-9OoОоIlЗз]*(?:[ \-().]{1,3}[0-9OoОоIlЗз]+)*(?![^\W_])")
_SCRIPTS = re.compile(r"[A-Za-z][А-Яа-яЁёІі]|[А-Яа-яЁёІі][A-Za-z]")
_DIGIT_BEFORE = re.compile("[0346][а-яё]{2}")
_DIGIT_INSIDE = re.compile(r"(?<![^\W_])[А-Яа-яЁё]{1,12}[0346][а-яё]{2,14}(?![^\W_])")
_MEANT = (("4", "ач"), ("3", "ез"), ("0", "о"), ("6", "б"))
_FEWEST_DIGITS = 6
_SHORTEST = 9


def plain(text: str) -> str:
    """The text with such letters replaced; O(n), and equally long."""
    if text.isascii():
        return _NUMBER.sub(_number, text)
    if _SCRIPTS.search(text) is not None:
        text = _WORD.sub(_word, text)
    if _DIGIT_BEFORE.search(text) is not None:
        text = _DIGIT_INSIDE.sub(_name, text)
    return _NUMBER.sub(_number, text)


def _name(match: re.Match[str]) -> str:
    """The word with a letter for its digit if that makes it a name, else as it was."""
    word = match[0]
    for digit, letters in _MEANT:
        for letter in letters if digit in word else "":
            meant = word.replace(digit, letter)
            if is_name(meant.lower().replace("ё", "е")):
                return meant
    return word


def _word(match: re.Match[str]) -> str:
    """A word in one script: the one that some of its letters belong to alone."""
    word = match[0]
    own = {char < "\x80" for char in word if char not in _TWINS}
    if len({char < "\x80" for char in word}) < 2 or len(own) > 1:
        return word
    latin = own.pop() if own else 2 * sum(char < "\x80" for char in word) > len(word)
    return word.translate(_TO_LATIN if latin else _TO_CYRILLIC)


def _number(match: re.Match[str]) -> str:
    number = match[0]
    digits = sum(char.isdigit() for char in number)
    letters = sum(char.isalpha() for char in number)
    if letters and digits >= max(_FEWEST_DIGITS, letters) and digits + letters >= _SHORTEST:
        return number.translate(_DIGITS)
    return number
