"""Numbers of one block that nobody is called by. An alias: a number of the block is a token only if the store has it.

Seven digits follow the block (+7976 → 7976 0000123). The canonical token is E.164 without the plus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gateway.core.blind import phone_digits
from gateway.core.naming.layout import DIGIT, relaid
from gateway.model.names import Token

FREE_DIGITS = 7
SEPARATOR = "[ ()\t.\\-/\u00a0\u2009\u202f\u2010-\u2015]{0,3}"
_RUSSIA = "7"


def block_digits(block: str) -> str:
    """``+7976`` → ``7976``."""
    return block.lstrip("+")


def tokens(block: str, draws: Iterator[int]) -> Iterator[Token]:
    """A candidate for each draw."""
    digits = block_digits(block)
    return (Token(f"{digits}{draw % 10_000_000:07d}") for draw in draws)


def canonical(text: str) -> str:
    return phone_digits(text)


def show(token: str, original: str) -> str:
    """In the original's layout where both are Russian numbers, else in E.164; digits only where the original is."""
    if token[0] == _RUSSIA:
        written = _in_layout(token[1:], original)
        if written is not None and _spelt(token[:-FREE_DIGITS]).fullmatch(written):
            return written
    return token if original.isdecimal() else "+" + token


def valid(text: str) -> bool:
    return bool(phone_digits(text))


def spellings(block: str) -> tuple[str, ...]:
    """Patterns of a number of the block: with a plus; with an exit code or bare; as dialled in Russia; without prefix.

    They look at no neighbours: whoever uses them does.
    """
    digits = block_digits(block)
    free = f"(?:{SEPARATOR}[0-9]){{{FREE_DIGITS}}}"
    whole = SEPARATOR.join(digits) + free
    if digits[0] != _RUSSIA:
        return rf"\+{whole}", f"(?:00)?{whole}"
    national = SEPARATOR.join(digits[1:])
    opened = rf"(?:\((?={national}\)))?{national}{free}"
    return rf"\+{whole}", f"(?:00)?{whole}", f"8{SEPARATOR}{national}{free}", opened


def steps(block: str) -> tuple[tuple[str, ...], ...]:
    """The same spellings as patterns of one character after another, for whoever has to tell a beginning of one."""
    digits = block_digits(block)
    starts = [("[+]", *digits), ("0", "0", *digits), tuple(digits)]
    if digits[0] == _RUSSIA:
        starts += [("8", *digits[1:]), (r"\(", *digits[1:]), tuple(digits[1:])]
    return tuple(_with_separators((*start, *("[0-9]",) * FREE_DIGITS)) for start in starts)


def reach(block: str) -> int:
    """How far before the last three digits of a block a number may begin."""
    return 4 * len(block_digits(block))


@lru_cache(maxsize=8)
def _spelt(block: str) -> re.Pattern[str]:
    return re.compile("|".join(spellings(block)))


def _in_layout(national: str, original: str) -> str | None:
    """The original's own prefix (7, 8, none) stays."""
    old = DIGIT.findall(original)
    if len(old) == len(national):
        return relaid(original, national)
    return relaid(original, old[0] + national) if len(old) == len(national) + 1 and old[0] in "78" else None


def _with_separators(chars: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(step for char in chars for step in (char, SEPARATOR))
