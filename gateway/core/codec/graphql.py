"""GraphQL documents: literal values, comments and odd names are leaves below the field and argument they stand for.

``mutation { createUser(input: {email: "…"}) { id } }`` has ``createUser.input.email``: only the innermost field
counts, a default value stands below its variable. A document without a literal is left to be read as a text: then its
names are looked into as well. What is cut off or unbalanced is malformed. Source: GraphQL, October 2021, 2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.json import NUMBER
from gateway.core.codec.script import string_text
from gateway.model.document import Leaf, Part, Span, Spelling
from gateway.model.errors import PayloadError
from gateway.model.names import PartName, Path

LOOKS_LIKE_GRAPHQL = re.compile(
    r"[\s,\ufeff]*+(?:\#|(?:query|mutation|subscription|fragment)\b|\{[\s,]*+(?:\.\.\.|\#|[_A-Za-z]))"
)
_TOKEN = re.compile(
    r"""[\s,\ufeff]*+(?: \#(?P<comment>[^\r\n]*+) | (?P<block>\"{3}) | (?P<string>") | (?P<number>-?[0-9][\w.+-]*+)
      | \$(?P<variable>[_A-Za-z]\w*+)(?P<typed>\s*+:)? | (?P<key>[_A-Za-z]\w*+)\s*+: | @(?P<directive>[_A-Za-z]\w*+)
      | (?P<name>[_A-Za-z]\w*+) | (?P<opening>[({\[]) | (?P<closing>[)}\]]) | (?P<mark>\.\.\.|[!&=|]) )""",
    re.VERBOSE | re.ASCII,
)
_BLANK_END = re.compile(r"[\s,\ufeff]*+\Z")
_STRING = re.compile(r'[^"\\\r\n]*+(?:\\[^\r\n][^"\\\r\n]*+){0,99}')
"""Some of a string at a time: a pattern that repeats without a bound costs memory for each."""

_NUMBER = re.compile(NUMBER)
NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*+")
_PLAIN_NAME = re.compile(r"[_A-Za-z]{1,40}\d{0,3}")
_CLOSING = {"(": ")", "{": "}", "[": "]"}
_LITERALS = frozenset({"true", "false", "null"})


@dataclass(slots=True, repr=False)
class _Level:
    """A bracket that is open: where the values in it stand. ``index`` counts in a list, ``key`` waits for its value."""

    closing: str
    path: Path
    holds_values: bool
    index: int = -1
    key: str = ""
    typed: bool = False
    """Behind a variable's colon stands a type, up to its default."""

    def place(self) -> Path:
        if self.closing != "]":
            return (*self.path, self.key)
        self.index += 1
        return (*self.path, self.index)


def graphql_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """A document of operations. Raises MalformedError also where it holds no literal, PayloadError."""
    leaves = _Reader(name, base, text, budget).read()
    budget.spend(len(leaves))
    if all(leaf.is_key or leaf.spelling == "graphql_comment" for leaf in leaves):
        raise MalformedError(0)
    return Part(name, "graphql", text, tuple(leaves))


def spell_name(text: str, quoted: str) -> str:
    """An enum value, or what had to become a string."""
    return text if NAME.fullmatch(text) else quoted


class _Reader:
    """One walk over the tokens."""

    __slots__ = ("base", "budget", "field", "leaves", "levels", "name", "text")

    def __init__(self, name: PartName, base: Path, text: str, budget: Budget) -> None:
        self.name: PartName = name
        self.base = base
        self.text = text
        self.budget = budget
        self.leaves = list[Leaf]()
        self.levels = [_Level("", base, holds_values=False)]
        self.field = ""

    def read(self) -> list[Leaf]:
        at = 0
        while (token := _TOKEN.match(self.text, at)) is not None:
            at = self._step(token)
            self.budget.room(len(self.leaves))
        if _BLANK_END.match(self.text, at) is None or len(self.levels) > 1:
            raise MalformedError(at)
        return self.leaves

    def _step(self, token: re.Match[str]) -> int:
        """Where the next token begins."""
        kind, level = str(token.lastgroup), self.levels[-1]
        if kind in {"string", "block"}:
            return self._string(token, kind)
        if kind == "comment":
            if token["comment"].strip():
                self._leaf(level.path, token["comment"], token.span("comment"), "graphql_comment")
        elif kind == "opening":
            self._open(token["opening"])
        elif kind == "closing":
            self._close(token)
        elif kind == "mark":
            level.typed = level.typed and token["mark"] != "="
        elif kind == "number":
            self._number(token)
        else:
            self._word(token, "variable" if kind == "typed" else kind)
        return token.end()

    def _word(self, token: re.Match[str], kind: str) -> None:
        level, word = self.levels[-1], token[kind]
        if kind == "key" or token["typed"]:
            level.key, level.typed = word, kind == "variable"
        elif kind == "name" and level.holds_values and not level.typed:
            spelling: Spelling = "json_literal" if word in _LITERALS else "graphql_name"
            self._leaf(level.place(), word, token.span(kind), spelling)
            return
        elif not level.holds_values:
            self.field = word
        if _PLAIN_NAME.fullmatch(word) is None:
            path = (*level.path, word)
            self.leaves.append(Leaf(path, word, Span(*token.span(kind)), "graphql_name", is_key=True))

    def _open(self, bracket: str) -> None:
        level = self.levels[-1]
        if len(self.levels) > self.budget.depth:
            raise PayloadError(
                "GW-P110",
                "GraphQL is nested deeper than `limits.max_depth` allows, so it was not inspected and not forwarded.",
                "send flatter data, or raise the limit.",
                status=413,
            )
        if bracket == "(":
            path: Path = (*self.base, self.field)
        elif level.typed or not level.holds_values:
            path = level.path
        else:
            path = level.place()
        holds_values = bracket == "(" or level.holds_values
        self.levels.append(_Level(_CLOSING[bracket], path, holds_values, key=level.key, typed=level.typed))

    def _close(self, token: re.Match[str]) -> None:
        if self.levels.pop().closing != token["closing"]:
            raise MalformedError(token.end())

    def _number(self, token: re.Match[str]) -> None:
        if _NUMBER.fullmatch(token["number"]) is None:
            raise MalformedError(token.start("number"))
        self._leaf(self.levels[-1].place(), token["number"], token.span("number"), "json_number")

    def _string(self, token: re.Match[str], kind: str) -> int:
        start = token.start(kind)
        end = _block_end(self.text, token.end()) if kind == "block" else _string_end(self.text, token.end())
        raw = self.text[start:end]
        means = _block_text(raw[3:-3]) if kind == "block" else string_text(raw)
        self._leaf(self.levels[-1].place(), means, (start, end), "json_string")
        return end

    def _leaf(self, path: Path, text: str, span: tuple[int, int], spelling: Spelling) -> None:
        inner = None
        if spelling == "json_string":
            inner = self.budget.nest(self.budget, self.name, path, text)
        self.leaves.append(Leaf(path, text, Span(*span), spelling, inner=inner))


def _string_end(text: str, at: int) -> int:
    while (inside := _STRING.match(text, at)) and inside.end() > at:
        at = inside.end()
    if not text.startswith('"', at):
        raise MalformedError(at)
    return at + 1


def _block_end(text: str, at: int) -> int:
    while (end := text.find('"""', at)) >= 0:
        if end == at or text[end - 1] != "\\":
            return end + 3
        at = end + 3
    raise MalformedError(len(text))


def _block_text(raw: str) -> str:
    """Without the indentation that all lines but the first share, and without blank lines around it."""
    first, *others = re.split(r"\r\n|\r|\n", raw.replace('\\"""', '"""'))
    indent = min((len(line) - len(line.lstrip(" \t")) for line in others if line.strip(" \t")), default=0)
    return "\n".join([first, *(line[indent:] for line in others)]).strip("\n")
