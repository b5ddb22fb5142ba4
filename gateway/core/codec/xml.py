"""XML 1.0, as far as it needs no document type: texts and attributes are leaves below the names of their elements.

A strict parser (expat) says whether it is well-formed; a document type, and with it every entity but the five, is
refused. What is well-formed is then cut at its tags. Element names stand without prefix; siblings of one name are
numbered like items of an array (``body.users.user.0.email``), a single one is not (``body.user.email``). Character
data between two tags is one leaf, CDATA sections included. O(n).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.html import SAFE_URL
from gateway.core.codec.xml_text import attribute_text, character_data
from gateway.model.document import Leaf, Part, Span, Spelling
from gateway.model.errors import PayloadError
from gateway.model.names import PartName, Path

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[^\s/>]++)")
_TAG_END = re.compile(r"\s*+(/?)>")
_ATTRIBUTE = re.compile(r"""\s++(?P<name>[^\s=]++)\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)')""")
_ENCODING = re.compile(rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?\sencoding\s*+=\s*+["']([A-Za-z0-9._-]++)""")
_MARKS = (("comment", "<!--", "-->"), ("data", "<![CDATA[", "]]>"), ("instruction", "<?", "?>"))
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z_\-]{0,40}\d{0,3}")
"""Names that are looked at only as names; any other may be data, and stands in the end tag as well."""

_UNSAFE_ELEMENTS = frozenset({"script", "style"})
_URLS = frozenset("action background cite data formaction href longdesc ping poster src".split())
"""Where a browser that shows the XML would run, or follow, what is restored there."""


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A stretch between two borders: ``start``, ``end`` and ``empty`` tags, ``data``, ``comment``, ``instruction``."""

    kind: str
    start: int
    end: int
    name: Span = Span(0, 0)
    attributes: tuple[re.Match[str], ...] = ()


@dataclass(slots=True, repr=False, eq=False)
class _Element:
    """``number`` counts siblings of the same name; ``inside`` the children by name."""

    name: str
    parent: _Element | None
    depth: int
    number: int = 0
    inside: Counter[str] = field(default_factory=Counter)
    path: Path = ()


@dataclass(frozen=True, slots=True, repr=False)
class _Draft:
    """A leaf whose path is not known yet: the element may have siblings to come."""

    element: _Element
    text: str
    raw: Span
    spelling: Spelling
    attribute: str = ""
    is_key: bool = False


def encoding_of(raw: bytes) -> str:
    """The charset that an XML declaration names, "" if there is none."""
    found = _ENCODING.match(raw)
    return found[1].decode("ascii").lower() if found else ""


def xml_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """A whole document; in another text one of names alone is none. Raises MalformedError, PayloadError."""
    _check(text)
    top = _Element("", None, 0, path=base)
    leaves = list[Leaf]()
    for draft in _Reader(text, budget, top).read():
        path = _path(draft.element)
        path = (*path, draft.attribute) if draft.attribute else path
        leaf = _leaf(name, path, draft, budget)
        if leaf is not None:
            leaves.append(leaf)
    if budget.level and all(leaf.is_key for leaf in leaves):
        raise MalformedError(0)
    return Part(name, "xml", text, tuple(leaves))


def tokens(text: str) -> Iterator[Token]:
    """The text from border to border, without a byte order mark; only for what is well-formed."""
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text):
        token = _tag(text, at) if text[at] == "<" else Token("data", at, text.find("<", at))
        if token.end < 0:
            token = Token("data", at, len(text))
        yield token
        at = token.end


def _tag(text: str, at: int) -> Token:
    for kind, opening, closing in _MARKS:
        if text.startswith(opening, at):
            return Token(kind, at, text.index(closing, at + len(opening)) + len(closing))
    tag = _TAG.match(text, at)
    assert tag is not None  # noqa: S101 - expat has read it
    end, attributes = tag.end(), list[re.Match[str]]()
    while attribute := _ATTRIBUTE.match(text, end):
        attributes.append(attribute)
        end = attribute.end()
    closing_mark = _TAG_END.match(text, end)
    assert closing_mark is not None  # noqa: S101 - the same
    kind = "end" if tag["end"] else "empty" if closing_mark[1] else "start"
    return Token(kind, at, closing_mark.end(), Span(*tag.span("name")), tuple(attributes))


def _check(text: str) -> None:
    """Raises MalformedError where it is not well-formed, PayloadError where it has a document type."""
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003 - a C function: positions only
    except (expat.ExpatError, UnicodeEncodeError):
        at = len(text.encode("utf-8", "replace")[: max(0, parser.ErrorByteIndex)].decode("utf-8", "ignore"))
        raise MalformedError(at) from None


def _refuse_document_type(*_: object) -> None:
    raise PayloadError(
        "GW-P120",
        "the XML has a document type (DOCTYPE), which can define entities and name files, so it was not read.",
        "send XML without DOCTYPE.",
    )


class _Reader:
    """One walk over the tokens: where we are, and the leaves found so far."""

    __slots__ = ("broken", "budget", "element", "run", "text")

    def __init__(self, text: str, budget: Budget, top: _Element) -> None:
        self.text = text
        self.budget = budget
        self.element = top
        self.run = list[Token]()
        self.broken = False

    def read(self) -> list[_Draft]:
        drafts = list[_Draft]()
        for token in tokens(self.text):
            found = list(self._step(token))
            self.budget.spend(len(found))
            drafts += found
        return drafts

    def _step(self, token: Token) -> Iterator[_Draft]:
        if token.kind == "data":
            self.run.append(token)
            return
        yield from self._data()
        if token.kind in {"comment", "instruction"}:
            if not self.budget.markup and not self.text.startswith("<?xml ", token.start):
                yield self._aside(token)
            return
        self.broken = False
        if token.kind == "end":
            yield from self._name(token)
            assert self.element.parent is not None  # noqa: S101 - tags are balanced
            self.element = self.element.parent
            return
        self._enter(token)
        yield from self._name(token)
        yield from self._attributes(token)
        if token.kind == "empty":
            assert self.element.parent is not None  # noqa: S101 - just entered
            self.element = self.element.parent

    def _enter(self, token: Token) -> None:
        parent = self.element
        if parent.depth >= self.budget.depth:
            raise PayloadError(
                "GW-P110",
                "XML is nested deeper than `limits.max_depth` allows, so it was not inspected and not forwarded.",
                "send flatter data, or raise the limit.",
                status=413,
            )
        name = _local(self.text[token.name.start : token.name.end])
        self.element = _Element(name, parent, parent.depth + 1, parent.inside[name])
        parent.inside[name] += 1

    def _name(self, token: Token) -> Iterator[_Draft]:
        """The element's name; of an end tag only where the name may be data."""
        text = self.text[token.name.start : token.name.end]
        if token.kind != "end" or _PLAIN_NAME.fullmatch(self.element.name) is None:
            yield _Draft(self.element, text, token.name, "xml_name", is_key=True)

    def _attributes(self, token: Token) -> Iterator[_Draft]:
        for attribute in token.attributes:
            raw = attribute["name"]
            name = raw if raw.startswith("xmlns") else _local(raw)
            if _PLAIN_NAME.fullmatch(name) is None and not raw.startswith("xmlns:"):
                yield _Draft(self.element, raw, Span(*attribute.span("name")), "xml_name", name, is_key=True)
            group = "double" if attribute["double"] is not None else "single"
            text, span = attribute_text(attribute[group]), Span(*attribute.span(group))
            yield _Draft(self.element, text, span, "xml_attribute", name)

    def _data(self) -> Iterator[_Draft]:
        """The character data since the last tag, comment or instruction, without the blanks around it."""
        if not self.run:
            return
        start, end = self.run[0].start, self.run[-1].end
        self.run.clear()
        raw = self.text[start:end]
        bare = raw.strip(" \t\r\n")
        if not bare:
            return
        if self.broken:
            raise PayloadError(
                "GW-P120",
                "a text in the XML is interrupted by a comment or an instruction, so parts of it could hide the whole.",
                "send texts in one piece.",
            )
        self.broken = True
        start += raw.index(bare[0])
        yield _Draft(self.element, character_data(bare), Span(start, start + len(bare)), "xml_text")

    def _aside(self, token: Token) -> _Draft:
        is_comment = token.kind == "comment"
        start, end = token.start + (4 if is_comment else 2), token.end - (3 if is_comment else 2)
        return _Draft(
            self.element, self.text[start:end], Span(start, end), "xml_comment" if is_comment else "xml_instruction"
        )


def _path(element: _Element) -> Path:
    if not element.path:
        assert element.parent is not None  # noqa: S101 - the top has its path from the start
        above = _path(element.parent)
        several = element.parent.inside[element.name] > 1
        element.path = (*above, element.name, element.number) if several else (*above, element.name)
    return element.path


def _leaf(name: PartName, path: Path, draft: _Draft, budget: Budget) -> Leaf | None:
    """The leaf with what stands in it; None where nothing could be restored safely in a reply."""
    inner = None if draft.is_key else budget.nest(budget, name, path, draft.text)
    leads = inner is not None and inner.syntax == "url" and SAFE_URL.match(draft.text)
    if budget.markup and _runs_or_leads(draft) and not leads:
        return None
    return Leaf(path, draft.text, draft.raw, draft.spelling, draft.is_key, inner)


def _runs_or_leads(draft: _Draft) -> bool:
    if not draft.attribute:
        return draft.element.name.lower() in _UNSAFE_ELEMENTS
    attribute = draft.attribute.lower()
    return attribute in _URLS or attribute == "style" or attribute.startswith(("on", "xmlns"))


def _local(name: str) -> str:
    return name.rpartition(":")[2]
