"""Streams of one JSON text a line (NDJSON, JSON Lines) or a record (JSON text sequences): each goes out when it ends.

Source: RFC 7464 for the record separator before a text.
"""

from __future__ import annotations

import re

from gateway.core.codec.budget import MalformedError
from gateway.core.stream.piece import Piece, Terms, as_it_came, is_broken, json_document

_FRAME = re.compile("([\x1e\t ]*+)(.*?)([\r\t ]*\n?)\\Z", re.DOTALL)


class LineCutter:
    """``_passing``: inside a line that is too long to be held."""

    def __init__(self, charset: str, terms: Terms) -> None:
        self._charset = charset
        self._terms = terms
        self._pending: list[str] = []
        self._size = 0
        self._passing = False

    @property
    def held(self) -> str:
        return "".join(self._pending)

    def feed(self, text: str) -> list[Piece]:
        pieces = list[Piece]()
        *lines, rest = text.split("\n")
        for line in lines:
            pieces += self._ended(line + "\n")
        if rest:
            self._pending.append(rest)
            self._size += len(rest)
            if self._passing or self._size > self._terms.limits.max_body_bytes:
                self._passing = True
                pieces += as_it_came(self._taken())
        return pieces

    def end(self) -> list[Piece]:
        """The last line needs no end."""
        return self._ended("")

    def _ended(self, line: str) -> list[Piece]:
        passing = self._passing or self._size + len(line.removesuffix("\n")) > self._terms.limits.max_body_bytes
        whole = self._taken() + line
        self._passing = False
        return as_it_came(whole) if passing or not whole else [self._piece(whole)]

    def _taken(self) -> str:
        text, self._pending, self._size = self.held, [], 0
        return text

    def _piece(self, line: str) -> Piece:
        framed = _FRAME.match(line)
        if framed is None or not framed[2] or is_broken(line) or not self._terms.may_hold(line):
            return Piece(line)
        before, text, after = framed[1], framed[2], framed[3]
        try:
            document = json_document(text, self._charset, self._terms.limits)
        except MalformedError:
            return Piece(line)
        return Piece(line, document, lambda new: before + new + after)
