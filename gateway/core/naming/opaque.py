"""The plain shape: ``tk``, 24 characters of name, 2 of check; lower-case letters and digits, none that look alike."""

from __future__ import annotations

from gateway.core.naming.names import BYTES, check_sum, name_of, ref_from
from gateway.model.kept import FieldRef
from gateway.model.names import Token

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Base 32 without i, l, o, u. Source: D. Crockford, Base 32."""

LENGTH = 28
_PAIRS = tuple(first + second for first in LETTERS for second in LETTERS)
_SHIFTS = tuple(range(110, -1, -10))
_PLAIN = str.maketrans(LETTERS, "0123456789abcdefghijklmnopqrstuv")


def token(ref: FieldRef) -> Token:
    return Token("tk" + spell(name_of(ref)))


def ref_of(text: str) -> FieldRef | None:
    """What a canonical text names, if its check characters are right."""
    return read(text[2:]) if len(text) == LENGTH and text.startswith("tk") else None


def spell(name: bytes) -> str:
    """24 characters and 2 of check."""
    number = int.from_bytes(name, "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS]) + _PAIRS[check_sum(name) & 1023]


def read(text: str) -> FieldRef | None:
    """The name that ``spell`` spelt; None for any other text of letters and digits."""
    try:
        name = int(text[:-2].translate(_PLAIN), 32).to_bytes(BYTES, "big")
    except (ValueError, OverflowError):
        return None
    return ref_from(name) if spell(name) == text else None
