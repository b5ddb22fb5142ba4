"""A name inside a valid UUID of version 8, whose 122 free bits are the vendor's: 120 of name, 2 of check.

Source: RFC 9562, 5.8.
"""

from __future__ import annotations

import re

from gateway.core.naming.names import BYTES, check_sum, name_of, ref_from
from gateway.model.document import Span
from gateway.model.kept import FieldRef
from gateway.model.names import Token

_UUID = re.compile(r"(?:urn:uuid:|\{)?([0-9a-f]{8}(-?)(?:[0-9a-f]{4}\2){3}[0-9a-f]{12})\}?", re.IGNORECASE)
_LOW = (1 << 62) - 1


def token(ref: FieldRef) -> Token:
    name = name_of(ref)
    number = int.from_bytes(name, "big") << 2 | check_sum(name) & 3
    return Token(canonical(f"{number >> 74:012x}8{number >> 62 & 0xFFF:03x}{2 << 62 | number & _LOW:016x}"))


def ref_of(text: str) -> FieldRef | None:
    """What a UUID in any spelling names, if it is of version 8 and its check bits are right."""
    if not valid(text):
        return None
    digits = _digits(text)
    low = int(digits[16:], 16)
    if digits[12] != "8" or low >> 62 != 2:
        return None
    number = int(digits[:12], 16) << 74 | int(digits[13:16], 16) << 62 | low & _LOW
    name = (number >> 2).to_bytes(BYTES, "big")
    return ref_from(name) if number & 3 == check_sum(name) & 3 else None


def canonical(text: str) -> str:
    """Lower case with four hyphens."""
    digits = _digits(text)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def show(token: str, original: str) -> str:
    """As the original has it: braces or ``urn:uuid:`` around it, hyphens or none, capitals or none."""
    match = _UUID.fullmatch(original)
    if match is None:
        return token
    text = token if match[2] else token.replace("-", "")
    text = text.upper() if match[1].isupper() else text
    return original[: match.start(1)] + text + original[match.end(1) :]


def stretch(text: str) -> Span:
    """Where the UUID itself stands in one that is written with braces or ``urn:uuid:``; all of any other text."""
    match = _UUID.fullmatch(text)
    return Span(*match.span(1)) if match else Span(0, len(text))


def valid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _digits(text: str) -> str:
    return text.lower().replace("urn:uuid:", "").strip("{}").replace("-", "")
