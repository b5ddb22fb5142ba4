"""Which shape a name takes, the names a store may choose from, and how a name is shown.

A value that is invalid for its kind gets an opaque name, so that a back end still rejects what it would have rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import shake_128
from itertools import chain
from struct import unpack
from types import MappingProxyType

from gateway.core.naming import digits, email, letters, opaque, phone, stand_in, uuid
from gateway.core.naming.layout import relaid
from gateway.core.naming.proposed import Proposed
from gateway.model.kept import FieldRef
from gateway.model.kinds import KindSpec, Shape
from gateway.model.names import Token

_CANDIDATES = 8
_SPARE = 2
"""How many of them begin with 00 where that may be: they are for a block that is nearly full."""
_DRAW = 8


def shape_for(spec: KindSpec, original: str, *, as_number: bool = False) -> Shape:
    """The shape of the name for this very value. ``as_number``: it stands as a JSON number and has to stay one.

    A whole number in a text gets a number as well where the kind is searched by and asks for no other shape: ids stand
    as numbers in bodies and as texts in queries and paths.
    """
    if as_number:
        return spec.shape if spec.shape in _OF_NUMBERS and _VALID[spec.shape](spec, original) else "digits"
    if uuid.valid(original):
        return "uuid"
    if spec.equal and spec.shape == "opaque" and digits.is_integer(original):
        return "digits"
    return spec.shape if _VALID[spec.shape](spec, original) else "opaque"


def named_apart(spec: KindSpec, original: str) -> bool:
    """True if what stands as a JSON number can't share a name with the same text: that one gets a name with letters.

    It does where the text is invalid for its kind, so that the back end still rejects it.
    """
    return shape_for(spec, original) not in ("phone", "digits")


def candidates(  # noqa: PLR0913 - what a name depends on: the value, its place, its destination
    spec: KindSpec,
    original: str,
    ref: FieldRef,
    entropy: bytes,
    *,
    domain: str,
    phone_block: str,
    shape: Shape | None = None,
    as_number: bool = False,
) -> Sequence[Token]:
    """The texts a store may hand out, best first: one that spells ``ref``, or eight aliases and then an opaque one.

    The opaque one is for a block that is full; a number has none, because it must stay a number. A value with a
    stand-in is named only where a name is asked for after all (a look-up): opaque, or a number. ``entropy``: 16 bytes
    or more, as unpredictable as the aliases have to be; not looked at for a name that spells ``ref``.
    """
    match shape or shape_for(spec, original, as_number=as_number):
        case "email":
            return (email.token(ref, domain),)
        case "letters":
            return (letters.token(ref, original),)
        case "uuid":
            return (uuid.token(ref),)
        case "phone":
            aliases = _distinct(phone.tokens(phone_block, _draws(entropy)), phone.canonical(original), _CANDIDATES)
        case other if other == "digits" or as_number:
            aliases = _numbers(spec, original, entropy, as_number=as_number)
        case _:
            return (opaque.token(ref),)
    spare = () if as_number else (ref,)
    return Proposed(chain(aliases, map(opaque.token, spare)), _CANDIDATES + len(spare))


def is_alias(shape: Shape) -> bool:
    """True where the text does not spell what it names, so that the store keeps a row for it."""
    return shape in ("phone", "digits")


def show(token: Token, shape: Shape, original: str) -> str:
    """The outward text, in the original's layout or case.

    ``shape`` is the one meant for this place; a token of another (the opaque last candidate, an equal value first seen
    elsewhere) goes out as it is.
    """
    spell = _SHOW.get(shape)
    return spell(token, original) if spell is not None and shape_of(token) == shape else token


def written_like(original: str, token: Token, shape: Shape, written: str) -> str:
    """The original for a place where its token is ``written`` so.

    The same number may have come in several layouts, as a text and as a JSON number, and its token in each of them.
    """
    if shape not in ("phone", "digits") or show(token, shape, original) == written:
        return original
    if shape == "phone":
        number = phone.canonical(original)
        return phone.show(number, written) if number else original
    return relaid(written, digits.canonical(original)) or original


def canonical(text: str, shape: Shape) -> Token:
    """The token that a text of that shape shows."""
    match shape:
        case "phone":
            return Token(phone.canonical(text) or digits.canonical(text))
        case "digits":
            return Token(digits.canonical(text))
        case "uuid":
            return Token(uuid.canonical(text))
        case _:
            return Token(text.lower())


def shape_of(token: str) -> Shape | None:
    """The shape that a canonical text has by its form alone; check characters are not looked at."""
    if token.isdecimal():
        return "digits" if token.startswith((digits.START, digits.SPARE_START)) else "phone"
    if token.startswith("tk") and len(token) == opaque.LENGTH:
        return "opaque"
    if token.startswith("tk") and token[opaque.LENGTH : opaque.LENGTH + 1] == "@":
        return "email"
    if uuid.valid(token):
        return "uuid"
    return "letters" if token.isalpha() and len(token) in (letters.LATIN_LENGTH, letters.CYRILLIC_LENGTH) else None


def ref_of(token: Token) -> FieldRef | None:
    """The record and field that a token spells; None for an alias and for what is no token."""
    read = _READ.get(shape_of(token) or "stand_in")
    return None if read is None else read(token)


_OF_NUMBERS: tuple[Shape, ...] = ("phone", "stand_in")
"""Shapes whose texts can be JSON numbers without being ``digits``."""

_SHOW: Mapping[Shape, Callable[[str, str], str]] = MappingProxyType(
    {"letters": letters.show, "uuid": uuid.show, "phone": phone.show, "digits": digits.show}
)

_READ: Mapping[Shape, Callable[[str], FieldRef | None]] = MappingProxyType(
    {"opaque": opaque.ref_of, "email": email.ref_of, "letters": letters.ref_of, "uuid": uuid.ref_of}
)


_VALID: Mapping[Shape, Callable[[KindSpec, str], bool]] = MappingProxyType(
    {
        "opaque": lambda _spec, _text: True,
        "email": lambda _spec, text: email.valid(text),
        "letters": lambda _spec, text: letters.valid(text),
        "uuid": lambda _spec, text: uuid.valid(text),
        "phone": lambda _spec, text: phone.valid(text),
        "digits": lambda spec, text: digits.valid(text, spec.checksum),
        "stand_in": stand_in.valid,
    }
)
"""Whether a back end that knows the kind would take the value."""


def _numbers(spec: KindSpec, original: str, entropy: bytes, *, as_number: bool) -> Iterator[Token]:
    """Those that can be JSON numbers first, whatever the value stands as here: it has one name everywhere."""
    draws, own = _draws(entropy), digits.canonical(original)
    free = as_number or spec.shape == "opaque"
    shortest = digits.SHORTEST_OF_SHORT if free else digits.SHORTEST
    made = digits.tokens(original, draws, spec.checksum, shortest=shortest)
    if as_number:
        return _distinct(made, own, _CANDIDATES)
    spare = digits.tokens(original, draws, spec.checksum, start=digits.SPARE_START, shortest=shortest)
    return chain(_distinct(made, own, _CANDIDATES - _SPARE), _distinct(spare, own, _SPARE))


def _distinct(made: Iterator[Token], own: str, size: int) -> Iterator[Token]:
    """The first different ones of an endless many, none of them the value itself."""
    seen = {own}
    while len(seen) <= size:
        token = next(made)
        if token not in seen:
            seen.add(token)
            yield token


def _draws(entropy: bytes) -> Iterator[int]:
    """Endless numbers of 64 bits."""
    block = 0
    while True:
        yield from unpack(f">{_CANDIDATES}Q", shake_128(entropy + block.to_bytes(4, "big")).digest(_CANDIDATES * _DRAW))
        block += 1
