"""The wire format of Protocol Buffers, over bytes read as ISO 8859-1: fields found, contents written with new lengths.

Source: protobuf.dev, encoding. Groups, long deprecated, are no fields here.
"""

from __future__ import annotations

from typing import NamedTuple

from gateway.core.codec.percent import to_bytes
from gateway.model.errors import PayloadError

VARINT, DELIMITED = 0, 2
_SIZES = {1: 8, 5: 4}
_MOST_NUMBER = 2**29 - 1
_LONGEST_VARINT = 10


class Field(NamedTuple):
    """``start`` of its tag, ``inside`` where its content begins, ``end``; ``value`` of a varint."""

    number: int
    wire: int
    start: int
    inside: int
    end: int
    value: int


def fields_of(text: str, most: int) -> list[Field] | None:
    """The fields of a message, in order, the first ``most`` of them; None if the text is none as far as that."""
    at, fields = 0, list[Field]()
    while at < len(text) and len(fields) < most:
        tag, inside = _varint(text, at)
        number, wire = tag >> 3, tag & 7
        if inside < 0 or not 0 < number <= _MOST_NUMBER:
            return None
        value = 0
        if wire == VARINT:
            value, end = _varint(text, inside)
        elif wire == DELIMITED:
            size, inside = _varint(text, inside)
            end = inside + size if inside > 0 else -1
        else:
            end = inside + _SIZES[wire] if wire in _SIZES else -1
        if not 0 < end <= len(text):
            return None
        fields.append(Field(number, wire, at, inside, end, value))
        at = end
    return fields


def _varint(text: str, at: int) -> tuple[int, int]:
    """The number and where the next byte stands; that is -1 where it does not end."""
    if text[at : at + 1] < "\x80":
        return (ord(text[at]), at + 1) if at < len(text) else (0, -1)
    value = 0
    for place, char in enumerate(text[at : at + _LONGEST_VARINT]):
        value |= (ord(char) & 0x7F) << (7 * place)
        if char < "\x80":
            return value, at + place + 1
    return value, -1


def as_varint(value: int) -> str:
    chars = list[str]()
    while value > 0x7F:
        chars.append(chr(value & 0x7F | 0x80))
        value >>= 7
    return "".join([*chars, chr(value)])


def meaning(content: str) -> str:
    """What a content says as a text: UTF-8, other bytes as surrogate escapes."""
    return content if content.isascii() else content.encode("iso-8859-1").decode("utf-8", "surrogateescape")


def spell_message(text: str, old: str) -> str:
    """A field whose content are these bytes; the tag as it was."""
    _, inside = _varint(old, 0)
    return old[:inside] + as_varint(len(text)) + text


def spell_text(text: str, old: str) -> str:
    return spell_message(to_bytes(text).decode("iso-8859-1"), old)


def spell_either(text: str, old: str) -> str:
    """What may be a message as well keeps its length: another one would break it."""
    spelled = spell_text(text, old)
    if len(spelled) != len(old):
        raise PayloadError(
            "GW-P121",
            "personal data stands in a field that may be a text or a message, so it could not be replaced for certain.",
            "name the descriptor of the message in the rules (`protobuf:` of the route).",
        )
    return spelled


def spell_number(text: str, old: str) -> str:
    """A varint; nothing but a number can stand in its place."""
    _, inside = _varint(old, 0)
    value = int(text) if text.isascii() and text.isdecimal() and len(text) <= 20 else 2**64
    if value >= 2**64:
        raise PayloadError(
            "GW-P121",
            "personal data stands in a number of a Protocol Buffers message, where no token and no mask can stand.",
            "let the rule drop it, or send it as a string.",
        )
    return old[:inside] + as_varint(value)
