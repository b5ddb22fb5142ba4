"""HTML of replies: leaves where a text can be restored safely in its context, nothing where the context is uncertain.

A linear walk after the WHATWG tokenizer (13.2.5). Leaves: text, title and textarea; quoted values of attributes that
hold text or a URL; quoted strings and JSON of scripts. No leaves: comments, styles, unquoted attributes, event
handlers, raw text elements, SVG and MathML, and all that follows what other browsers would read differently.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.entities import html5

from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.json import json_part
from gateway.core.codec.script import script_leaves
from gateway.core.codec.url import url_part
from gateway.model.document import Leaf, Part, Span
from gateway.model.names import PartName, Path

_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_IGNORED = re.compile(
    r"<!--(?:-?>|[\s\S]*?--!?>)|<!(?!--|\[CDATA\[)[^>]*+>|<\?[^>]*+>|</(?![a-zA-Z])[^>]*+>", re.IGNORECASE
)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\t\n\f\r />]*+)")
_ATTRIBUTE = re.compile(
    r"""[\t\n\f\r\ /]*+ (?: (?P<end>>)
      | (?P<name>[^\t\n\f\r\ />][^\t\n\f\r\ />=]*+)
        (?: [\t\n\f\r\ ]*+ = [\t\n\f\r\ ]*+
            (?: "(?P<double>[^"]*+)" | '(?P<single>[^']*+)' | (?P<open>["']) | (?P<bare>[^\t\n\f\r\ >]*+) ) )? )""",
    re.VERBOSE,
)
_REFERENCE = re.compile(r"&(?:#[0-9]++;?|#[xX][0-9a-fA-F]++;?|([a-zA-Z][a-zA-Z0-9]*+)(;?)(=?))")
SAFE_URL = re.compile(
    r"(?:(?:https?|mailto|tel|sms):|(?![a-z][a-z0-9+.\-]*+:)[^\x00-\x20])[^\x00-\x1f]*+\Z", re.IGNORECASE
)
_SCRIPT_AGAIN = re.compile(r"<script[\t\n\f\r />]", re.IGNORECASE)

_URL_ATTRIBUTES = frozenset("action background cite data formaction href longdesc ping poster src xlink:href".split())
_TEXT_ATTRIBUTES = frozenset("abbr alt content datetime label lang name placeholder summary title value".split())
_SCRIPT_TYPES = frozenset(
    {"", "module", "text/javascript", "application/javascript", "text/ecmascript", "application/ecmascript"}
)
_RAW_ELEMENTS = frozenset("script style xmp iframe noembed noframes noscript title textarea plaintext".split())
"""Elements whose content is no markup (some only while scripts run)."""

_CLOSING = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in _RAW_ELEMENTS - {"plaintext"}}
_FOREIGN = frozenset({"svg", "math"})


def html_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """A page or a fragment of one."""
    return Part(name, "html", text, _Page(name, base, text, budget).read())


def attribute_text(raw: str) -> str:
    """What an attribute value means: ``&copy=1`` is no copyright sign there."""
    return _REFERENCE.sub(_dereference, raw) if "&" in raw else raw


def _dereference(match: re.Match[str]) -> str:
    name, semicolon, equals = match[1], match[2], match[3]
    if name is None:
        return html.unescape(match[0])
    known = name + semicolon in html5 and not (equals and not semicolon)
    return html5[name + semicolon] + equals if known else match[0]


@dataclass(frozen=True, slots=True, repr=False)
class _Tag:
    """One tag: its attributes by lower-case name, the first of each."""

    name: str
    closing: bool
    empty: bool
    attributes: Mapping[str, re.Match[str]]
    end: int

    def value(self, name: str) -> str | None:
        """An attribute's meaning; "" if it has no value, None if it isn't there."""
        attribute = self.attributes.get(name)
        if attribute is None:
            return None
        return attribute_text(attribute["double"] or attribute["single"] or attribute["bare"] or "")


class _Page:
    """The state of one walk. A step returns where the next one begins: the end of the text once nothing is certain."""

    __slots__ = ("base", "budget", "foreign", "leaves", "name", "text")

    def __init__(self, name: PartName, base: Path, text: str, budget: Budget) -> None:
        self.name: PartName = name
        self.base = base
        self.text = text
        self.budget = budget
        self.leaves = list[Leaf]()
        self.foreign = 0

    def read(self) -> tuple[Leaf, ...]:
        at = 0
        while at < len(self.text):
            at = self._step(at)
        return tuple(self.leaves)

    def _step(self, at: int) -> int:
        markup = _MARKUP.search(self.text, at)
        start = markup.start() if markup else len(self.text)
        if start > at:
            self._text_leaf(Span(at, start))
            return start
        ignored = _IGNORED.match(self.text, at)
        if ignored is not None:
            return ignored.end()
        tag = _tag(self.text, at)
        return len(self.text) if tag is None else self._element(tag)

    def _element(self, tag: _Tag) -> int:
        if tag.name in _FOREIGN and not (tag.empty and not tag.closing):
            self.foreign = max(0, self.foreign + (-1 if tag.closing else 1))
        if tag.closing:
            return tag.end
        if not self.foreign:
            for name, attribute in tag.attributes.items():
                self._attribute_leaf(tag, name, attribute)
        return self._content(tag) if tag.name in _RAW_ELEMENTS else tag.end

    def _content(self, tag: _Tag) -> int:
        """What stands in an element whose content is no markup."""
        closing = _CLOSING[tag.name].search(self.text, tag.end) if tag.name in _CLOSING else None
        if closing is None:
            return len(self.text)
        span = Span(tag.end, closing.start())
        content = self.text[span.start : span.end]
        if "<" in content and (self.foreign or _may_go_on(content)):
            return len(self.text)
        if not self.foreign:
            if tag.name in {"title", "textarea"}:
                self._text_leaf(span, self._control(tag))
            elif tag.name == "script":
                self._script_leaves(tag, span)
        return span.end

    def _text_leaf(self, span: Span, path: Path | None = None) -> None:
        raw = self.text[span.start : span.end]
        if raw and not self.foreign and not raw.isspace():
            self._add(Leaf(path or self.base, html.unescape(raw), span, "html_text"))

    def _control(self, tag: _Tag) -> Path | None:
        """The value of a form's control has the name under which it will be sent; None where there is no name."""
        own = tag.value("name")
        return (*self.base, own) if own else None

    def _attribute_leaf(self, tag: _Tag, name: str, attribute: re.Match[str]) -> None:
        group = "double" if attribute["double"] is not None else "single"
        if attribute[group] is None:
            return
        text, span = attribute_text(attribute[group]), Span(*attribute.span(group))
        path = (name == "value" and self._control(tag)) or (*self.base, name)
        inner = None
        if name in _URL_ATTRIBUTES:
            inner = url_part(self.name, path, text, self.budget) if SAFE_URL.match(text) else None
            if inner is None or not inner.leaves:
                return
        elif not _holds_text(tag, name):
            return
        self._add(Leaf(path, text, span, "html_attribute", inner=inner or self._inner(path, text)))

    def _script_leaves(self, tag: _Tag, span: Span) -> None:
        kind = (tag.value("type") or "").strip().lower()
        if kind in _SCRIPT_TYPES and (kind or tag.value("language") in {None, "", "javascript", "JavaScript"}):
            for leaf in script_leaves(self.name, self.base, self.text, span, self.budget):
                self._add(leaf)
        elif kind.endswith(("/json", "+json")) or kind in {"importmap", "speculationrules"}:
            text = self.text[span.start : span.end]
            try:
                inner = json_part(self.name, self.base, text, self.budget, syntax="script_json")
            except MalformedError:
                return
            self._add(Leaf(self.base, text, span, "plain", inner=inner))

    def _inner(self, path: Path, text: str) -> Part | None:
        return self.budget.nest(self.budget, self.name, path, text)

    def _add(self, leaf: Leaf) -> None:
        self.budget.spend(1)
        self.leaves.append(leaf)


def _tag(text: str, at: int) -> _Tag | None:
    """The tag that begins here; None if it is cut off, or a quote in it is never closed."""
    opening = _TAG.match(text, at)
    if opening is None:
        return None
    at, attributes = opening.end(), dict[str, re.Match[str]]()
    while attribute := _ATTRIBUTE.match(text, at):
        at = attribute.end()
        if attribute["open"]:
            break
        if attribute["end"]:
            return _Tag(opening[2].lower(), bool(opening[1]), attribute[0].endswith("/>"), attributes, at)
        attributes.setdefault(attribute["name"].lower(), attribute)
    return None


def _may_go_on(content: str) -> bool:
    """True if a script's end may be none: after ``<!-- <script`` an end tag closes only the inner script."""
    comment = content.find("<!--")
    return comment >= 0 and _SCRIPT_AGAIN.search(content, comment) is not None


def _holds_text(tag: _Tag, name: str) -> bool:
    if name == "content":
        return "http-equiv" not in tag.attributes
    return name in _TEXT_ATTRIBUTES or name.startswith(("data-", "aria-"))
