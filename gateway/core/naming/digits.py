"""Numbers in place of numbers: as many digits, a beginning that no real document has, the right check digits. An alias.

They begin with 599, as texts and as JSON numbers, which may not begin with 0: the same value has the same token in both
and is found by either, also where a back end reads ``?inn=5991…`` as a number. No region of a passport is 59, no tax
office 599x; SNILS and card issuers are far from it. (Not 990: passports of region 99 and driving licences begin so.)
A text whose block is full gets one that begins with 00, ten times as many. Short numbers get nine digits, which fit a
signed 32-bit column. Sources: OKATO; the tax service's list of its offices (SOUN).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, repeat

from gateway.core.blind import fold
from gateway.core.detect.checksums import CHECKSUMS, check_length, complete
from gateway.core.naming.layout import relaid
from gateway.model.names import Token

START = "599"
SPARE_START = "00"
SHORTEST = 8
SHORTEST_OF_SHORT = 9
LONGEST = 20
_SEPARATOR = "[ \u00a0\u2009\u202f\\-\u2010-\u2013]"
_LAYOUTS = (
    (4, 4, 4, 4, 4),
    (5, 3, 1, 4, 7),
    (4, 4, 4, 4, 3),
    (4, 4, 4, 4),
    (4, 6, 5),
    (3, 3, 3, 2),
    (2, 2, 6),
    (4, 6),
    (2, 8),
    (3, 3, 3),
    (3, 2, 4),
    (2, 7),
)
"""How people group the digits of cards, policies, accounts, SNILS, passports, licences; longest first."""

_VALUE = re.compile(rf"[0-9]+(?:(?:{_SEPARATOR}|\s?[№#]\s?)[0-9]+)*")
_NOT_DIGIT = re.compile("[^0-9]")


def tokens(
    original: str, draws: Iterator[int], checksum: str | None, *, start: str = START, shortest: int = SHORTEST
) -> Iterator[Token]:
    """A candidate for each draw; a draw that has no valid check digit makes none."""
    digits = canonical(original)
    size = min(max(len(digits), shortest), LONGEST)
    checked = checksum if checksum is not None and _checks(checksum, digits) else ""
    free = size - len(start) - check_length(checked)
    limit = 10**free
    for draw in draws:
        body = start + str(draw % limit).zfill(free)
        text = complete(checked, body) if checked else body
        if text is not None:
            yield Token(text)


def canonical(text: str) -> str:
    return _NOT_DIGIT.sub("", fold(text))


def show(token: str, original: str) -> str:
    """In the original's layout, if that is one by which the token would be found again."""
    written = relaid(original, token)
    return written if written is not None and _SHOWN.fullmatch(written) else token


def is_integer(text: str) -> bool:
    """True for a text that could be a JSON number of up to twenty digits as it stands."""
    return _INTEGER.fullmatch(text) is not None


def valid(text: str, checksum: str | None) -> bool:
    """True for digits in groups that are long enough to name something, with the check digits that the kind demands."""
    digits = canonical(text)
    return (
        SHORTEST <= len(digits) <= LONGEST
        and _VALUE.fullmatch(fold(text).strip()) is not None
        and (checksum is None or _checks(checksum, digits))
    )


def _checks(checksum: str, digits: str) -> bool:
    return checksum in CHECKSUMS and CHECKSUMS[checksum](digits)


def _layout(sizes: tuple[int, ...], start: str) -> str:
    """A number sign may stand before the last group, as in passports."""
    digits = _digits(start)
    *groups, last = ["".join([next(digits) for _ in range(size)]) for size in sizes]
    return _SEPARATOR.join(groups) + f"(?:{_SEPARATOR}|[ ]?№[ ]?)" + last


def steps() -> tuple[tuple[str, ...], ...]:
    """The layouts as patterns of one character after another, for whoever has to tell a beginning of one."""
    unbroken = tuple((*start, *("[0-9]",) * (LONGEST - len(start))) for start in _STARTS)
    return (*(_layout_steps(sizes, start) for sizes in _LAYOUTS for start in _STARTS), *unbroken)


def _layout_steps(sizes: tuple[int, ...], start: str) -> tuple[str, ...]:
    digits = _digits(start)
    chars = [char for size in sizes for char in (*[next(digits) for _ in range(size)], f"(?:{_SEPARATOR}|[ ]?№?[ ]?)")]
    return tuple(chars[:-1])


def _digits(start: str) -> Iterator[str]:
    """Patterns of the digits of a token, one by one, without end."""
    return chain(start, repeat("[0-9]"))


_STARTS = (START, SPARE_START)
_INTEGER = re.compile(f"[1-9][0-9]{{0,{LONGEST - 1}}}")

PATTERN = "|".join(
    (
        *(_layout(sizes, start) for sizes in _LAYOUTS for start in _STARTS),
        *(f"{start}[0-9]{{{SHORTEST - len(start)},{LONGEST - len(start)}}}" for start in _STARTS),
    )
)
"""A token of this shape in any layout of the table, or unbroken. It looks at no neighbours."""

LOOSE = "[0-9 \t\n()/№\u00a0\u2009\u202f\\-\u2010-\u2015]"
"""What a number may consist of that stands alone; no dot and no comma, which make other numbers."""

BEGINNING = f"(?:{SPARE_START}|{START[:2]}{_SEPARATOR}?{START[2:]})"
"""How a token begins; the first of its groups may be as short as two digits."""

WHOLE = re.compile(f"{BEGINNING}{LOOSE}*")
"""A text that is nothing but a number, however its digits are grouped."""

_SHOWN = re.compile(PATTERN)
