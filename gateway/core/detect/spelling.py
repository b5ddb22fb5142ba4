"""Russian in Latin letters, whichever way it was spelt, brought to one skeleton.

``familiya``, ``familija`` and ``фамилия`` share a skeleton; so do ``pochtovyy`` and ``pochtovyj``. A stem drops the
ending of a case. Both are for comparing words of field names, not for display.
"""

from __future__ import annotations

import re

_ROMAN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya e".replace("-", "").split(" "),
        strict=True,
    )
)
_VARIANTS = (
    (re.compile(r"shch|sch"), "sch"),
    (re.compile(r"kh"), "h"),
    (re.compile(r"zh"), "j"),
    (re.compile(r"ts|tz|cz|c(?!h)"), "c"),
    (re.compile(r"[yij](?=[aou])"), "i"),
    (re.compile(r"(?<=[aeiouy])j|y"), "i"),
    (re.compile(r"io"), "e"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"w"), "v"),
    (re.compile(r"['`]"), ""),
)
_DOUBLE = re.compile(r"(.)\1+")
_SUFFIX = re.compile(
    r"(?:iami|ami|imi|ogo|ego|omu|emu|aia|uiu|iuiu|iah|ah|ih|ov|ev|oi|ei|ie|ia|iu|om|em|am|im|oe|ee|a|e|i|o|u)$"
)
_SHORT = 4


def romanise(word: str) -> str:
    """A lower-case Cyrillic word in Latin letters, close to the passport spelling (ICAO 9303); other letters stay."""
    return "".join(_ROMAN.get(char, char) for char in word)


def skeleton(word: str) -> str:
    """What all usual Latin spellings of a Russian word have in common; takes Cyrillic and Latin, lower case."""
    word = romanise(word)
    for pattern, common in _VARIANTS:
        word = pattern.sub(common, word)
    return _DOUBLE.sub(r"\1", word) if len(word) > _SHORT else word


def stem(bone: str) -> str:
    """A skeleton without the ending of case and number; short ones are left whole."""
    if len(bone) <= _SHORT:
        return bone
    cut = _SUFFIX.sub("", bone)
    return cut if len(cut) >= _SHORT - 1 else bone
