"""Numbers in place of numbers: as many digits, a beginning that no real document has, the right check digits. An alias.

Texts begin with 00 (no region, no card issuer, no tax office has it). JSON numbers can't, so they begin with 990; the
short ones have nine digits, which fit a signed 32-bit column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.core.blind import fold
from gateway.core.detect.checksums import CHECKSUMS, check_length, complete
from gateway.core.naming.layout import relaid
from gateway.model.names import Token

TEXT_START = "00"
NUMBER_START = "990"
SHORTEST = 8
LONGEST = 20
_SHORTEST_NUMBER = 9
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


def tokens(original: str, draws: Iterator[int], checksum: str | None, *, as_number: bool) -> Iterator[Token]:
    """A candidate for each draw; a draw that has no valid check digit makes none."""
    start, shortest = (NUMBER_START, _SHORTEST_NUMBER) if as_number else (TEXT_START, SHORTEST)
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
    if token.startswith(NUMBER_START):
        return token
    written = relaid(original, token)
    return written if written is not None and _SHOWN.fullmatch(written) else token


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


def _layout(sizes: tuple[int, ...]) -> str:
    """The first group begins with 00. A number sign may stand before the last group, as in passports."""
    head, *middle, tail = sizes
    groups = [f"{TEXT_START}[0-9]{{{head - 2}}}", *(f"{_SEPARATOR}[0-9]{{{size}}}" for size in middle)]
    return "".join(groups) + f"(?:{_SEPARATOR}|[ ]?№[ ]?)[0-9]{{{tail}}}"


def steps() -> tuple[tuple[str, ...], ...]:
    """The layouts as patterns of one character after another, for whoever has to tell a beginning of one."""
    unbroken = tuple((*start, *("[0-9]",) * (LONGEST - len(start))) for start in (TEXT_START, NUMBER_START))
    return (*(_layout_steps(sizes) for sizes in _LAYOUTS), *unbroken)


def _layout_steps(sizes: tuple[int, ...]) -> tuple[str, ...]:
    chars = [char for size in sizes for char in (*("[0-9]",) * size, f"(?:{_SEPARATOR}|[ ]?№?[ ]?)")]
    return (*TEXT_START, *chars[len(TEXT_START) : -1])


PATTERN = "|".join(
    (
        *map(_layout, _LAYOUTS),
        f"{TEXT_START}[0-9]{{{SHORTEST - 2},{LONGEST - 2}}}",
        f"{NUMBER_START}[0-9]{{{_SHORTEST_NUMBER - 3},{LONGEST - 3}}}",
    )
)
"""A token of this shape in any layout of the table, or unbroken. It looks at no neighbours."""

LOOSE = "[0-9 \t\n()/№\u00a0\u2009\u202f\\-\u2010-\u2015]"
"""What a number may consist of that stands alone; no dot and no comma, which make other numbers."""

WHOLE = re.compile(f"(?:{TEXT_START}|{NUMBER_START}){LOOSE}*")
"""A text that is nothing but a number, however its digits are grouped."""

_SHOWN = re.compile(PATTERN)
