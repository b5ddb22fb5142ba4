"""Address fields (To, From, Cc …) cut into the names, addresses and comments in them. Source: RFC 5322, 3.4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from gateway.core.mail.faults import odd
from gateway.core.mail.fields import decoded_words, from_bytes, said
from gateway.model.document import Span

_TOKEN = re.compile(
    r"""(?P<blank>\s+) | (?P<quoted>"(?:[^"\\]|\\.)*") | (?P<angle><[^<>]*>) | (?P<open>\() | (?P<mark>[,;:])
      | (?P<word>(?:[^\s"(),;:<>\[\]]|\[[^\[\]]*\])+)""",
    re.VERBOSE | re.DOTALL,
)
_BRACKET = re.compile(r"[()]|\\.", re.DOTALL)


class Piece(NamedTuple):
    """A stretch of the field that has a meaning of its own; ``text`` is that meaning."""

    kind: Literal["phrase", "address", "comment"]
    span: Span
    text: str


def pieces(text: str, value: Span) -> Iterator[Piece]:
    """Of an address field, left to right but for comments. Raises PayloadError (GW-P150)."""
    run, at = list[re.Match[str]](), value.start
    while at < value.end:
        match = _TOKEN.match(text, at, value.end)
        if match is None:
            raise odd("has an address field that does not end what it begins")
        at = match.end()
        match match.lastgroup:
            case "open":
                at = _closing(text, match.end(), value.end)
                yield Piece("comment", Span(match.end(), at - 1), _unescaped(said(text[match.end() : at - 1])))
            case "angle":
                yield from _run(text, run, address=False)
                run = []
                yield Piece("address", Span(match.start() + 1, match.end() - 1), said(match[0][1:-1]))
            case "mark":
                yield from _run(text, run, address=match[0] != ":")
                run = []
            case "quoted" | "word":
                run.append(match)
    yield from _run(text, run, address=True)


def _run(text: str, run: list[re.Match[str]], *, address: bool) -> Iterator[Piece]:
    """Words beside each other: an address where one may stand and an @ says so, else a name."""
    if not run:
        return
    span = Span(run[0].start(), run[-1].end())
    if address and "@" in text[span.start : span.end]:
        yield Piece("address", span, said(text[span.start : span.end]))
        return
    words = [_unescaped(one[0][1:-1]) if one.lastgroup == "quoted" else one[0] for one in run]
    yield Piece("phrase", span, decoded_words(from_bytes(" ".join(words))))


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text.replace("\r\n", ""), flags=re.DOTALL)


def _closing(text: str, at: int, end: int) -> int:
    """Behind the bracket that ends a comment; comments nest."""
    depth = 1
    for match in _BRACKET.finditer(text, at, end):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if not depth:
            return match.end()
    raise odd("has a comment without an end")
