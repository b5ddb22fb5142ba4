"""A stream of JSON values of any size, read without being held: the items of its outermost arrays go out one by one,
what stands around them scalar by scalar.

An item is read as the object that it is. Where the text turns out to be no JSON, nothing further on is restored.
Source: RFC 8259; several values may follow each other (RFC 7464, and streams without any separator).
"""

from __future__ import annotations

import re

from gateway.core.codec.budget import MalformedError
from gateway.core.stream.piece import Piece, Terms, as_it_came, is_broken, json_document

_BLANK = re.compile("[ \t\n\r\x1e]++")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_SCALAR = re.compile(r'[^\s"{}\[\],:\x1e]++')
_BRACKET = re.compile(r"[{}\[\]]")
_NEITHER = re.compile(r'[^"{}\[\]]++')
_DEEPER = {"{": 1, "[": 1, "}": -1, "]": -1}

_NEXT: dict[tuple[str, str], str] = {
    ("value", "{"): "first key",
    ("value", "["): "first item",
    ("first item", "{"): "first key",
    ("first item", "["): "first item",
    ("first item", "]"): "after",
    ("first key", "}"): "after",
    ("colon", ":"): "value",
    ("after {", ","): "key",
    ("after {", "}"): "after",
    ("after [", ","): "value",
    ("after [", "]"): "after",
    ("after", "{"): "first key",
    ("after", "["): "first item",
}
"""From what may come, and a mark, to what may come next. ``after``: after a value, with the container it stands in."""

_BEFORE_SCALAR = {"value": "after", "first item": "after", "after": "after", "key": "colon", "first key": "colon"}


class ValueCutter:
    """``_outer``: the containers around, ``{`` and ``[``; only the last can be an array, whose items are read whole.

    ``_depth``: how many brackets are open of the item that begins at ``_at``, and ``_seen`` how far it was looked at.
    ``_passing``: its beginning is gone, because it is too large to be held.
    """

    def __init__(self, charset: str, terms: Terms) -> None:
        self._charset = charset
        self._terms = terms
        self._most = terms.limits.max_body_bytes
        self._outer = list[str]()
        self._next = "value"
        self._text = ""
        self._at = self._seen = self._depth = 0
        self._passing = self._lost = self._ended = False

    @property
    def held(self) -> str:
        return self._text[self._at :]

    def feed(self, text: str) -> list[Piece]:
        if self._lost:
            return as_it_came(text)
        self._seen -= self._at
        self._text, self._at = self.held + text, 0
        pieces = list[Piece]()
        while (piece := self._step()) is not None:
            pieces.append(piece)
        return [*pieces, *self._not_held()]

    def end(self) -> list[Piece]:
        self._ended = True
        return [*self.feed(""), *as_it_came(self._pass(len(self._text)).raw)]

    def _not_held(self) -> list[Piece]:
        """What is passed on unread because it is no JSON, or because there is too much of it."""
        if self._depth and (self._passing or len(self._text) - self._at > self._most):
            self._passing = True
            passed = as_it_came(self._pass(self._seen).raw)
        else:
            passed = []
        self._lost = self._lost or len(self._text) - self._at > self._most
        return [*passed, *as_it_came(self._pass(len(self._text)).raw)] if self._lost else passed

    def _step(self) -> Piece | None:
        """The next piece; None while it is not certain where that ends."""
        if self._lost or self._at == len(self._text):
            return None
        if self._depth:
            return self._item()
        if blank := _BLANK.match(self._text, self._at):
            return self._pass(blank.end())
        char = self._text[self._at]
        return self._mark(char) if char in "{}[],:" else self._scalar(string=char == '"')

    def _mark(self, mark: str) -> Piece | None:
        inside = self._outer[-1] if self._outer else ""
        expected = f"after {inside}" if inside and self._next == "after" else self._next
        following = _NEXT.get((expected, mark))
        if following is None or len(self._outer) > self._terms.limits.max_depth:
            return self._lose()
        if mark in "{[" and inside == "[":
            self._depth, self._seen = 1, self._at + 1
            return self._item()
        if mark in "{[":
            self._outer.append(mark)
        elif mark in "}]":
            self._outer.pop()
        self._next = following
        return self._pass(self._at + 1)

    def _scalar(self, *, string: bool) -> Piece | None:
        expected = "" if self._outer and self._next == "after" else self._next
        following = _BEFORE_SCALAR.get(expected)
        if following is None or (following == "colon" and not string):
            return self._lose()
        match = (_STRING if string else _SCALAR).match(self._text, self._at)
        if match is None or (not string and match.end() == len(self._text) and not self._ended):
            return None
        if match.end() - self._at > self._most:
            return self._lose()
        self._next = following
        return self._piece(match.end())

    def _item(self) -> Piece | None:
        """The item that has begun, if it ends here."""
        while self._depth:
            if plain := _NEITHER.match(self._text, self._seen):
                self._seen = plain.end()
            if bracket := _BRACKET.match(self._text, self._seen):
                self._depth += _DEEPER[bracket[0]]
                self._seen += 1
            elif string := _STRING.match(self._text, self._seen):
                if len(string[0]) > self._most:
                    return self._lose()
                self._seen = string.end()
            else:
                return None
        self._next = "after"
        passing, self._passing = self._passing, False
        return self._pass(self._seen) if passing else self._piece(self._seen)

    def _piece(self, end: int) -> Piece | None:
        text = self._text[self._at : end]
        if len(text) > self._most or is_broken(text) or not self._terms.may_hold(text):
            return self._pass(end)
        try:
            document = json_document(text, self._charset, self._terms.limits)
        except MalformedError:
            return self._lose()
        self._at = end
        return Piece(text, document)

    def _pass(self, end: int) -> Piece:
        text, self._at = self._text[self._at : end], max(end, self._at)
        return Piece(text)

    def _lose(self) -> Piece:
        """It is no JSON, or a text in it can't be held."""
        self._lost, self._depth = True, 0
        return Piece("")
