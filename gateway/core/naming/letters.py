"""Names made of letters only, for columns that hold people's names: 28 Latin or 26 Cyrillic letters.

A name needs 26 letters of 26, or 24 of 32 (all but ё); 2 more are the check. No word of a dictionary is so long.
"""

from __future__ import annotations

import re
import unicodedata

from gateway.core.naming import opaque
from gateway.core.naming.names import BYTES, check_sum, name_of, ref_from
from gateway.model.kept import FieldRef
from gateway.model.names import Token

LATIN_LENGTH = 28
CYRILLIC_LENGTH = 26
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_PAIRS = tuple(first + second for first in _LATIN for second in _LATIN)
_TO_CYRILLIC = str.maketrans(opaque.LETTERS, _CYRILLIC)
_FROM_CYRILLIC = str.maketrans(_CYRILLIC, opaque.LETTERS)
_PLAIN = str.maketrans(_LATIN, "0123456789abcdefghijklmnop")
_HAS_CYRILLIC = re.compile("[А-Яа-яЁё]")
_LONGEST = 200


def token(ref: FieldRef, original: str) -> Token:
    """In the script of the original; Latin where that is neither."""
    name = name_of(ref)
    return Token(_cyrillic(name) if _HAS_CYRILLIC.search(original) else _latin(name))


def ref_of(text: str) -> FieldRef | None:
    """What a canonical text names, if its check letters are right."""
    match len(text):
        case 26 if text[0] in _FROM_CYRILLIC_LETTERS:
            return opaque.read(text.translate(_FROM_CYRILLIC))
        case 28 if text.isascii() and text.isalpha():
            return _read_latin(text)
        case _:
            return None


def show(token: str, original: str) -> str:
    """In the original's case: UPPER, lower, or Capitalised for everything else."""
    letters = [char for char in original if char.isalpha()]
    if len(letters) > 1 and original.isupper():
        return token.upper()
    return token if letters and original.islower() else token.capitalize()


def valid(text: str) -> bool:
    """True for what a back end would take as a name: letters with marks, blanks, hyphens, apostrophes, dots."""
    name = text.strip()
    if len(name) <= _LONGEST and name.replace(" ", "").isalpha():  # most names: spares the walk below
        return True
    return (
        len(name) <= _LONGEST
        and any(char.isalpha() for char in name)
        and all(char.isalpha() or char in " -'’`.,()\u00a0" or unicodedata.combining(char) for char in name)
    )


_FROM_CYRILLIC_LETTERS = frozenset(_CYRILLIC)


def _cyrillic(name: bytes) -> str:
    return opaque.spell(name).translate(_TO_CYRILLIC)


def _latin(name: bytes) -> str:
    number, pairs = int.from_bytes(name, "big"), [_PAIRS[check_sum(name) % 676]]
    for _ in range(13):
        number, pair = divmod(number, 676)
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))


def _read_latin(text: str) -> FieldRef | None:
    number = int(text[:-2].translate(_PLAIN), 26)
    if number >> 8 * BYTES:
        return None
    name = number.to_bytes(BYTES, "big")
    return ref_from(name) if _latin(name) == text else None
