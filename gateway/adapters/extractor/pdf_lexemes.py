"""What the bytes of a PDF's objects and drawings are made of, to hold against what a library read (ISO 32000-1, 7.2).

The library forgives what is torn or in an odd place, and leaves it out; what was left out has been seen by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from gateway.adapters.extractor.formats import UnreadableError

_STRING = rb"\((?:[^\\()]|\\.|\((?:[^\\()]|\\.|\((?:[^\\()]|\\.)*+\))*+\))*+\)|<[0-9A-Fa-f\s]*+>"
_LEXEME = re.compile(
    rb"(?P<string>" + _STRING + rb")|%(?P<remark>[^\r\n]*+)|<<|>>|[\[\]]|(?P<blank>[\s\x00]++)"
    rb"|/(?P<name>[^\s\x00()<>\[\]{}/%]*+)|(?P<word>[^\s\x00()<>\[\]{}/%]++)",
    re.DOTALL,
)
_LONG_NUMBER = re.compile(rb"[+\-]?\d{7}")
_NUMBER = re.compile(rb"[+\-]?(?:\d++\.?\d*+|\.\d++)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_TELLING = re.compile(r"@|\d{7}|[^\x21-\x7e]")
_PAIRS = {b"<<": b">>", b"[": b"]"}
_LEAST_REMARK = 3


@dataclass(frozen=True, slots=True)
class Raw:
    """How many strings there are, what remarks, odd names and long numbers say, whether anything stands behind the last
    of the known words.
    """

    strings: int
    told: tuple[str, ...]
    is_open: bool


def taken_apart(data: bytes, words: Collection[bytes]) -> Raw:
    """Raises UnreadableError for a word that is none of these and no number, and for what is no lexeme at all."""
    strings, told, is_open = 0, list[str](), False
    brackets: list[bytes] = []
    for lexeme in _lexemes(data):
        word = lexeme["word"]
        if word is not None and word not in words and not _NUMBER.fullmatch(word):
            raise UnreadableError
        if (said := _told(lexeme)) is not None:
            told.append(said)
        if lexeme["remark"] is None:
            strings += lexeme["string"] is not None
            is_open = word not in words
            _nest(brackets, lexeme[0])
    if brackets:
        raise UnreadableError
    return Raw(strings, tuple(told), is_open)


def _told(lexeme: re.Match[bytes]) -> str | None:
    """What a remark says, and a name that is no mere word, a number of many digits; else None."""
    if lexeme["remark"] is not None:
        return _decoded(lexeme["remark"]) if len(lexeme["remark"]) >= _LEAST_REMARK else None
    if lexeme["name"] is not None:
        said = _decoded(_ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode()), lexeme["name"]))
        return said if _TELLING.search(said) else None
    if lexeme["word"] is not None and _LONG_NUMBER.match(lexeme["word"]):
        return _decoded(lexeme["word"])
    return None


def _decoded(said: bytes) -> str:
    return said.decode("utf-8", "replace")


def _lexemes(data: bytes) -> Iterator[re.Match[bytes]]:
    """But blanks."""
    at = 0
    while at < len(data):
        lexeme = _LEXEME.match(data, at)
        if lexeme is None:
            raise UnreadableError
        at = lexeme.end()
        if lexeme["blank"] is None:
            yield lexeme


def _nest(brackets: list[bytes], lexeme: bytes) -> None:
    if lexeme in _PAIRS:
        brackets.append(_PAIRS[lexeme])
    elif lexeme in _PAIRS.values() and (not brackets or brackets.pop() != lexeme):
        raise UnreadableError
