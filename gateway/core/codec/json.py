"""JSON after RFC 8259, strictly: every scalar and every object key a leaf with the exact stretch that spells it.

No value is ever built: numbers stay as they are written, duplicate keys stay two leaves. One compiled pattern reads a
plain member with its key, its value and the delimiter behind it; strings with escapes go step by step. Nesting is a
list, not recursion. O(n).
"""

from __future__ import annotations

import json.decoder
import re
from collections.abc import Callable
from typing import Literal

from msgspec.structs import replace

from gateway.core.codec.base64_text import strings_are_coded
from gateway.core.codec.budget import Budget, MalformedError, Nest
from gateway.core.codec.json_outline import cut, known_outline, leaves_of, remember
from gateway.core.codec.octets import stray
from gateway.model.document import Leaf, Part, Span, Spelling
from gateway.model.errors import PayloadError
from gateway.model.names import PartName, Path

NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
LITERAL = r"true|false|null"

_BLANK = r"[ \t\n\r]*+"
_PLAIN = r'"([^"\\\x00-\x1f]*+)"'
_SCALAR = rf"(?:{_PLAIN}|({NUMBER})|({LITERAL})){_BLANK}"
_MEMBER = re.compile(rf"{_BLANK}{_PLAIN}{_BLANK}:{_BLANK}(?:{_SCALAR}([,}}])|([\[{{]))")
_ITEM = re.compile(rf"{_BLANK}()(?:{_SCALAR}([,\]])|([\[{{]))")
_VALUE = re.compile(rf'{_BLANK}()(?:(")|({NUMBER})|({LITERAL})|()([\[{{]))')
"""Groups of these three: key, string, number, literal, delimiter, opening bracket."""

_MARK = re.compile("\ufeff?")
_QUOTE = re.compile(rf'{_BLANK}(")')
_COLON = re.compile(rf"{_BLANK}(:)")
_NO_MEMBER = re.compile(rf"{_BLANK}(\}})")
_NO_ITEM = re.compile(rf"{_BLANK}(\])")
_AFTER_MEMBER = re.compile(rf"{_BLANK}([,}}])")
_AFTER_ITEM = re.compile(rf"{_BLANK}([,\]])")
_END = re.compile(rf"{_BLANK}()\Z")

_scan: Callable[[str, int, bool], tuple[str, int]] = json.decoder.scanstring  # type: ignore[attr-defined] # untyped
"""From behind an opening quote to behind the closing one; strict, in C, with lone surrogates kept."""

_OBJECT = -1
"""In place of an array index, where the container is an object."""


def json_part(
    name: PartName, base: Path, text: str, budget: Budget, *, syntax: Literal["json", "script_json"] = "json"
) -> Part:
    """One JSON text. Raises MalformedError, PayloadError (GW-P109, GW-P110).

    A text like one that was read before is not read again, only cut (``json_outline``).
    """
    spelling: Spelling = "script_json" if syntax == "script_json" else "json_string"
    nests = _may_nest(text) or (budget.level > 0 and stray(text))
    if "\\" in text:
        return Part(name, syntax, text, tuple(_Reader(name, text, budget, spelling, nests=nests).read(base)))
    pieces = cut(base, text, spelling, budget.depth)
    outline = known_outline(pieces)
    if outline is None:
        leaves = _Reader(name, text, budget, spelling, nests=nests).read(base)
        outline = remember(pieces, leaves)
    else:
        leaves = leaves_of(pieces, outline)
        budget.spend(len(leaves))
        if nests:
            leaves = [_looked_into(leaf, name, budget) for leaf in leaves]
            outline = outline if all(leaf.inner is None for leaf in leaves) else None
    return Part(name, syntax, text, tuple(leaves), outline=outline)


def _looked_into(leaf: Leaf, name: PartName, budget: Budget) -> Leaf:
    """The leaf with the document that its text is, if it is one."""
    inner = None if leaf.spelling in _NO_TEXT else budget.nest(budget, name, leaf.path, leaf.text)
    return leaf if inner is None else replace(leaf, inner=inner)


_NO_TEXT = ("json_number", "json_literal")


def _may_nest(text: str) -> bool:
    """True for every JSON text with a string that ``nest`` takes for a document, however it is escaped.

    One character is looked for ten times faster than two: most texts have no second brace at all.
    """
    return (
        "\\" in text
        or "=" in text
        or "<" in text
        or "%" in text
        or "&" in text
        or ("/" in text and "://" in text)
        or (text.find("{", 1) > 0 and '"{' in text)
        or ("[" in text and '"[' in text)
        or ("\ufeff" in text and '"\ufeff' in text)
        or '" ' in text
        or (";" in text and ";base64," in text)
        or strings_are_coded(text)
    )


def _no_document(_budget: Budget, _name: PartName, _path: Path, _text: str) -> None:
    """For texts in which there is nothing to look into: asking for every string was a tenth of the reading."""


class _Reader:
    """The state of one reading: where we are, in which containers, and what was found."""

    __slots__ = ("at", "budget", "index", "leaves", "name", "nest", "outer", "path", "spelling", "text")

    def __init__(self, name: PartName, text: str, budget: Budget, spelling: Spelling, *, nests: bool) -> None:
        self.name: PartName = name
        self.text = text
        self.budget = budget
        self.nest: Nest = budget.nest if nests else _no_document
        self.spelling = spelling
        self.leaves = list[Leaf]()
        self.outer = list[tuple[Path, int]]()
        self.path: Path = ()
        self.index = _OBJECT
        self.at = 0

    def read(self, base: Path) -> list[Leaf]:
        self._match(_MARK)
        delimiter = self._any_value(base, _END)
        room = self.budget.leaves
        while self.outer:
            if delimiter and delimiter != ",":
                self.path, self.index = self.outer.pop()
                delimiter = self._expect(self._after())
                continue
            if delimiter and self.index >= 0:
                self.index += 1
            delimiter = self._member() if self.index < 0 else self._item()
            if len(self.leaves) > room:
                self.budget.spend(len(self.leaves))
        self.budget.spend(len(self.leaves))
        return self.leaves

    def _after(self) -> re.Pattern[str]:
        """What may stand behind a value here."""
        if not self.outer:
            return _END
        return _AFTER_MEMBER if self.index < 0 else _AFTER_ITEM

    def _member(self) -> str:
        """One member, and the delimiter behind it; "" if its value is a container that was entered."""
        match = _MEMBER.match(self.text, self.at)
        if match is None:
            return self._any_member()
        path, (start, end) = (*self.path, match[1]), match.span(1)
        self._string(path, match[1], Span(start - 1, end + 1), is_key=True)
        return self._value(path, match)

    def _item(self) -> str:
        path, match = (*self.path, self.index), _ITEM.match(self.text, self.at)
        return self._any_value(path, _AFTER_ITEM) if match is None else self._value(path, match)

    def _value(self, path: Path, match: re.Match[str]) -> str:
        self.at = match.end()
        if match[6]:
            return self._enter(path, match[6])
        if match[2] is not None:
            start, end = match.span(2)
            self._string(path, match[2], Span(start - 1, end + 1))
        else:
            self._other(path, match)
        return match[5]

    def _any_member(self) -> str:
        """The same step by step: for strings with escapes, and for what is no member at all."""
        self._expect(_QUOTE)
        key, span = self._scanned()
        self._expect(_COLON)
        path = (*self.path, key)
        self._string(path, key, span, is_key=True)
        return self._any_value(path, _AFTER_MEMBER)

    def _any_value(self, path: Path, after: re.Pattern[str]) -> str:
        match = self._match(_VALUE)
        if match[6]:
            return self._enter(path, match[6])
        if match[2]:
            self._string(path, *self._scanned())
        else:
            self._other(path, match)
        return self._expect(after)

    def _scanned(self) -> tuple[str, Span]:
        """The string whose opening quote has just been passed: what it means, and where it stands."""
        start = self.at - 1
        try:
            text, self.at = _scan(self.text, self.at, True)  # noqa: FBT003 - a C function: positions only
        except ValueError:
            raise MalformedError(self.at) from None
        return text, Span(start, self.at)

    def _string(self, path: Path, text: str, span: Span, *, is_key: bool = False) -> None:
        inner = self.nest(self.budget, self.name, path, text)
        self.leaves.append(Leaf(path, text, span, self.spelling, is_key, inner))

    def _other(self, path: Path, match: re.Match[str]) -> None:
        group = 3 if match[3] else 4
        spelling: Spelling = "json_number" if match[3] else "json_literal"
        self.leaves.append(Leaf(path, match[group], Span(*match.span(group)), spelling))

    def _enter(self, path: Path, opener: str) -> str:
        """Step into a container; its closing bracket if it is empty, else ""."""
        if len(self.outer) >= self.budget.depth:
            raise PayloadError(
                "GW-P110",
                "JSON is nested deeper than `limits.max_depth` allows, so it was not inspected and not forwarded.",
                "send flatter data, or raise the limit.",
                status=413,
            )
        self.outer.append((self.path, self.index))
        self.path, self.index = path, _OBJECT if opener == "{" else 0
        empty = (_NO_MEMBER if opener == "{" else _NO_ITEM).match(self.text, self.at)
        if empty is None:
            return ""
        self.at = empty.end()
        return empty[1]

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise MalformedError(self.at)
        self.at = match.end()
        return match

    def _expect(self, pattern: re.Pattern[str]) -> str:
        """The delimiter that must come next."""
        return self._match(pattern)[1]
