"""Tokens found again in any text: inside a sentence, in any case an application may have given them.

A letter or digit beside a stretch means that it is no token, so nothing is ever cut out of a longer word. What is found
is only possibly a token: the store knows. Most texts hold none; one look of a DFA at them says so.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, groupby

import re2

from gateway.core.naming import digits, email, letters, opaque, phone, uuid
from gateway.model.document import Span
from gateway.model.kinds import Shape
from gateway.model.names import Token

Found = tuple[Span, Token, Shape]

_BASE32 = "[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]"
_NO_WORD_BEFORE = r"(?<![^\W_])"
_NO_WORD_AFTER = r"(?![^\W_])"
_HEX = "[0-9A-Fa-f]"
_ANY_UUID = rf"{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}"
_BARE_UUID = rf"{_HEX}{{12}}8{_HEX}{{3}}[89ABab]{_HEX}{{15}}"
_LONGER_NUMBER = re.compile(rf"\+[0-9]{{1,3}}{phone.SEPARATOR}|[0-9][().\-]{{1,3}}|[78]{phone.SEPARATOR}")
_SHORTEST = 8
_DENSE = 4
"""To try a place alone costs about four times as much as to pass it in a search."""

_BETWEEN = "\0"
"""Part of no token, so that nothing is found across two texts."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def sightings(text: str, *, domains: Collection[str], phone_block: str) -> tuple[Found, ...]:
    """Every possible token in a text, left to right, disjoint.

    ``domains``: of e-mail tokens; a mailbox of any other domain is no more than an opaque name before an @.
    """
    return tuple(found for _, found in sightings_in((text,), domains=domains, phone_block=phone_block))


def sightings_in(texts: Sequence[str], *, domains: Collection[str], phone_block: str) -> Iterator[tuple[int, Found]]:
    """Every possible token in several texts, each with the number of its text.

    All are looked at in one go (8 µs for the 22 texts of a kilobyte, 25 one by one), then only those with a hint.
    """
    hints = _hints(_BETWEEN.join(texts), phone_block)
    if not hints:
        return
    pattern, reach = _pattern(frozenset(domains), phone_block), phone.reach(phone_block)
    starts = list(accumulate([len(text) + len(_BETWEEN) for text in texts], initial=0))
    for number, group in groupby(hints, key=lambda hint: bisect_right(starts, hint[0]) - 1):
        text, start = texts[number], starts[number]
        if len(text) >= _SHORTEST:
            matches = _matches(text, [(first - start, last - start) for first, last in group], pattern, reach)
            found = tuple(found for match in matches for found in _found(match, phone_block))
            yield from ((number, one) for one in found or _whole_number(text))


def may_hold(text: str, phone_block: str) -> bool:
    """False if no token of any shape can be in the text; cheap enough to be asked of a whole message."""
    return bool(_hints(text, phone_block))


def _hints(text: str, phone_block: str) -> list[tuple[int, int]]:
    """Stretches in which, or shortly before which, a token may begin; all that the slower patterns have to look at."""
    try:
        return [match.span() for match in _hint(phone_block).finditer(text)]
    except UnicodeEncodeError:  # a lone surrogate: not to be had in UTF-8, and in no token
        return [match.span() for match in _hint(phone_block).finditer(_SURROGATE.sub("?", text))]


def _matches(text: str, hints: list[tuple[int, int]], pattern: re.Pattern[str], reach: int) -> Iterator[re.Match[str]]:
    """What ``pattern.finditer`` yields. Few hints in a long text: only the places near them are tried, one by one."""
    if len(text) < _DENSE * sum(end - start + reach for start, end in hints):
        yield from pattern.finditer(text)
        return
    done = 0
    for start, end in hints:
        at = max(done, start - reach)
        while at < end:
            match = pattern.match(text, at)
            if match is not None:
                yield match
            at = done = match.end() if match is not None else at + 1


def _found(match: re.Match[str], phone_block: str) -> Iterator[Found]:
    """What the pattern matched, if its check characters are right."""
    span, written = Span(*match.span()), match[0]
    match match.lastgroup:
        case "plus" | "phone":
            yield span, _phone(written, phone_block), "phone"
        case "national":
            if not _is_a_tail(match.string, span.start):
                yield span, _phone(written, phone_block), "phone"
        case "digits":
            yield span, Token(digits.canonical(written)), "digits"
        case "uuid":
            if uuid.ref_of(written) is not None:
                yield span, Token(uuid.canonical(written)), "uuid"
        case "letters":
            if letters.ref_of(token := written.lower()) is not None:
                yield span, Token(token), "letters"
        case _:
            yield from _opaque(span, written.lower())


def _opaque(span: Span, token: str) -> Iterator[Found]:
    """Of 28 letters and digits that begin with tk: alone, or the mailbox of a domain of ours."""
    if email.ref_of(token) is not None:
        yield span, Token(token), "email" if len(token) > opaque.LENGTH else "opaque"


def _phone(written: str, block: str) -> Token:
    return Token(phone.block_digits(block) + digits.canonical(written)[-phone.FREE_DIGITS :])


def _is_a_tail(text: str, start: int) -> bool:
    """True for ``976 …`` after ``+1 ``, ``x8 `` or ``5-``: it is the tail of a longer number."""
    return any(_LONGER_NUMBER.fullmatch(text, at, start) for at in range(max(0, start - 7), start))


def _whole_number(text: str) -> tuple[Found, ...]:
    """A text that is a number and nothing else may be grouped in ways that would be too loose inside a sentence."""
    number = text.strip()
    token = digits.canonical(number)
    if (
        digits.WHOLE.fullmatch(number)
        and digits.SHORTEST <= len(token) <= digits.LONGEST
        and token.startswith((digits.START, digits.SPARE_START))
    ):
        start = text.index(number)
        return ((Span(start, start + len(number)), Token(token), "digits"),)
    return ()


@lru_cache(maxsize=64)
def _pattern(domains: frozenset[str], phone_block: str) -> re.Pattern[str]:
    plus, *others = phone.spellings(phone_block)
    national = others.pop() if len(others) > 1 else "(?!)"
    mailbox = "|".join(re.escape(domain) for domain in sorted(domains, key=len, reverse=True)) or "(?!)"
    bodies = (
        rf"(?P<opaque>[Tt][Kk]{_BASE32}{{26}}(?:@(?i:{mailbox})(?![.-][^\W_]))?)",
        rf"(?P<letters>[A-Za-z]{{{letters.LATIN_LENGTH}}}|[А-Яа-я]{{{letters.CYRILLIC_LENGTH}}})",
        rf"(?P<uuid>{_ANY_UUID}|{_BARE_UUID})",
        rf"(?P<phone>{'|'.join(others)})",
        rf"(?P<national>{national})",
        rf"(?<![0-9][.:])(?P<digits>{digits.PATTERN})(?![.:][0-9])",
    )
    return re.compile(rf"(?:(?P<plus>{plus})|{_NO_WORD_BEFORE}(?:{'|'.join(bodies)})){_NO_WORD_AFTER}")


@lru_cache(maxsize=8)
def _hint(phone_block: str) -> re2._Regexp:
    """True of every text that ``_pattern`` or ``_whole_number`` could find something in, and of few others."""
    start = phone.block_digits(phone_block)[-3:]
    bodies = (
        f"[0-9A-Za-z]{{{opaque.LENGTH}}}",
        f"[А-Яа-я]{{{letters.CYRILLIC_LENGTH}}}",
        f"{_HEX}{{8}}-{_HEX}{{4}}-",
        phone.SEPARATOR.join((*start, "[0-9]")),
        f"{digits.BEGINNING}{digits.LOOSE}{{{_SHORTEST - len(digits.START)}}}",
    )
    return re2.compile("|".join(bodies))
