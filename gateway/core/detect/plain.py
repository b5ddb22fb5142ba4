"""Latin letters without what is put on, under and through them: Þorlákshöfn is thorlakshofn.

A spelling for look-ups only: dictionaries are packed by it and asked by it.
"""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h",
        "ŋ": "n", "ŧ": "t", "ə": "e", "’": "'",
    }
)  # fmt: skip


def plain_latin(word: str) -> str:
    """The word in small plain letters; what is of another script stays."""
    lower = word.lower()
    if lower.isascii():
        return lower
    spelt = unicodedata.normalize("NFKD", lower.translate(_LETTERS))
    return "".join([char for char in spelt if not unicodedata.combining(char)])
