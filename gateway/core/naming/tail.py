"""How much of the end of a stream's text to hold back, because a token may have begun there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from gateway.core.naming import digits, letters, phone

_REACH = 320
"""No token is longer: 28 characters, @, a domain name of 253."""


def partial_tail(text: str, *, domains: Collection[str], phone_block: str) -> int:
    """How many characters at the end may be the beginning of a token, or a whole one whose next neighbour decides.

    ``text`` must reach back to a place from which nothing was held back.
    """
    match = _pattern(frozenset(domains), phone_block).search(text, max(0, len(text) - _REACH))
    return 0 if match is None else len(text) - match.start()


@lru_cache(maxsize=64)
def _pattern(domains: frozenset[str], phone_block: str) -> re.Pattern[str]:
    plus, *others = phone.steps(phone_block)
    mailbox = "|".join(re.escape(part) for part in sorted(_beginnings(domains), key=len, reverse=True))
    bodies = (
        f"tk[0-9a-z]{{0,26}}|tk[0-9a-z]{{26}}@(?:{mailbox})",
        f"[a-z]{{1,{letters.LATIN_LENGTH}}}|[А-Яа-я]{{1,{letters.CYRILLIC_LENGTH}}}",
        "[0-9a-f]{1,32}",
        _begun(_UUID),
        rf"(?:{''.join(_UUID)}|[0-9a-f]{{32}}){_NEIGHBOUR}",
        *(f"{_begun(steps)}{_NEIGHBOUR}?" for steps in (*others, *digits.steps())),
    )
    return re.compile(rf"(?:{_begun(plus)}{_NEIGHBOUR}?|(?<![^\W_])(?:{'|'.join(bodies)}))\Z", re.IGNORECASE)


_NEIGHBOUR = "[.:]"
"""What decides, behind digits, by what follows it; whole tokens that end in digits are held back with it."""

_UUID = tuple("-" if at in (8, 13, 18, 23) else "[0-9a-f]" for at in range(36))


def _beginnings(domains: Iterable[str]) -> set[str]:
    """Of every domain, with a dot or hyphen that may follow it and after which a letter makes it another one."""
    return {domain[:size] + end for domain in domains for size in range(len(domain) + 1) for end in ("", ".", "-")}


def _begun(steps: Sequence[str]) -> str:
    """A pattern of every beginning of a sequence of patterns but the empty one."""
    pattern = ""
    for step in reversed(steps):
        pattern = f"{step}(?:{pattern})?"
    return pattern
