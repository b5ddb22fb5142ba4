"""HTML of requests: everything in it is looked into, comments, scripts and odd attributes included.

Where ``html`` (replies) asks what may be written safely, this asks what may be hidden. Texts, attribute values and
comments are leaves with character references resolved; the contents of scripts and styles, and tags that are none of
HTML's own (``Anna <anna@example.org>``), are texts as they stand. A control's value has the name under which it will be
sent. O(n).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from gateway.core.codec.budget import Budget
from gateway.core.codec.html import attribute_text
from gateway.model.document import Leaf, Part, Span, Spelling
from gateway.model.names import PartName, Path

ELEMENTS = """a abbr address article aside b big blockquote body br button caption center cite code col dd del details
div dl dt em fieldset figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label
legend li link main mark meta nav ol option p pre q s samp script section select small span strike strong style sub sup
table tbody td textarea tfoot th thead time title tr tt u ul video""".split()

LOOKS_LIKE_HTML = re.compile(rf"</?(?:{'|'.join(ELEMENTS)})(?=[\s/>])|<!--|<!doctype\s", re.IGNORECASE)
_TAG = re.compile(rf"</?({'|'.join(ELEMENTS)})(?=[\s/>])", re.IGNORECASE)
_ODD_TAG = re.compile(r"</?[^\W\d_][^<>]*+>")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+ (?: (?P<end>>)
      | (?P<name>[a-zA-Z@:_*\[(#][\w:.*\[\]()#-]{0,60})
        (?: \s*+ = \s*+ (?: "(?P<double>[^"]*+)" | '(?P<single>[^']*+)' | (?P<bare>[^\s<>"'][^\s<>]*+) ) )?
        (?=[\s/>"']) )""",
    re.VERBOSE,
)
_PLAIN_ATTRIBUTE = re.compile(r"[A-Za-z@:_*\[(#][A-Za-z:._*\[\]()#-]*+\d{0,3}")
_RAW = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")}
_UNSAFE_IN_BARE = re.compile(r"[\s&\"'=<>`\x00-\x1f\ud800-\udfff]")


def html_sent_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """A page, a fragment of one, or any text. Where nothing in it is a leaf, all of it is one."""
    leaves = list[Leaf]()
    for span, spelling, attribute in _stretches(text):
        raw = text[span.start : span.end]
        path = (*base, attribute) if attribute else base
        means = _meaning(raw, spelling)
        budget.spend(1)
        inner = None if means == text else budget.nest(budget, name, path, means)
        leaves.append(Leaf(path, means, span, spelling, inner=inner))
    if not leaves:
        budget.spend(1)
        leaves.append(Leaf(base, text, Span(0, len(text)), "plain"))
    return Part(name, "html_sent", text, tuple(leaves))


def _meaning(raw: str, spelling: Spelling) -> str:
    if spelling == "html_text":
        return html.unescape(raw)
    return raw if spelling in {"plain", "html_comment"} else attribute_text(raw)


_Stretch = tuple[Span, Spelling, str]
"""Where, how it is spelled, and the attribute whose value it is."""


def _stretches(text: str) -> Iterator[_Stretch]:
    at = data = 0
    while (at := text.find("<", at)) >= 0:
        found = _comment(text, at) or _tag(text, at) or _odd_tag(text, at)
        if found is None:
            at += 1
            continue
        yield from _text(text, data, at)
        inside, at = found
        yield from inside
        data = at
    yield from _text(text, data, len(text))


def _text(text: str, start: int, end: int) -> Iterator[_Stretch]:
    raw = text[start:end]
    bare = raw.strip()
    if bare:
        start += raw.index(bare[0])
        yield Span(start, start + len(bare)), "html_text", ""


def _comment(text: str, at: int) -> tuple[list[_Stretch], int] | None:
    """A comment up to its end or that of the text; a document type or the like is one too."""
    for opening, closing in (("<!--", "-->"), ("<!", ">"), ("<?", ">")):
        if text.startswith(opening, at):
            start = at + len(opening)
            end = text.find(closing, start)
            end = len(text) if end < 0 else end
            stretch: list[_Stretch] = [(Span(start, end), "html_comment", "")] if text[start:end].strip() else []
            return stretch, min(len(text), end + len(closing))
    return None


def _tag(text: str, at: int) -> tuple[list[_Stretch], int] | None:
    """The attribute values of a tag and what stands in it, if it is raw text; None for what is no plain tag."""
    opening = _TAG.match(text, at)
    if opening is None:
        return None
    end, values, control = opening.end(), list[_Stretch](), ""
    while attribute := _ATTRIBUTE.match(text, end):
        end = attribute.end()
        if attribute["end"]:
            break
        name = attribute["name"].lower()
        if _PLAIN_ATTRIBUTE.fullmatch(name) is None:
            return None
        group = attribute.lastgroup or "name"
        if group != "name":
            spelling: Spelling = "html_bare" if group == "bare" else "html_attribute"
            values.append((Span(*attribute.span(group)), spelling, name))
            control = html.unescape(attribute[group]) if name == "name" else control
    else:
        return None
    values = [(span, spelling, _field(name, control)) for span, spelling, name in values]
    behind = _behind_raw(text, opening, end)
    if text[end:behind].strip():
        values.append((Span(end, behind), "plain", ""))
    return values, behind


def _field(attribute: str, control: str) -> str:
    """What an attribute's value is called: a control's value by the control; the control's name is nobody's name."""
    if attribute == "name":
        return ""
    return control if attribute == "value" and control else attribute


def _odd_tag(text: str, at: int) -> tuple[list[_Stretch], int] | None:
    odd = _ODD_TAG.match(text, at)
    return ([(Span(*odd.span()), "plain", "")], odd.end()) if odd else None


def _behind_raw(text: str, opening: re.Match[str], end: int) -> int:
    """Where the raw text that begins at ``end`` is over; ``end`` itself behind any other tag."""
    closing = _RAW.get(opening[1].lower()) if text[opening.start() + 1] != "/" else None
    if closing is None:
        return end
    found = closing.search(text, end)
    return found.start() if found else len(text)


def spell_bare(text: str, _old: str) -> str:
    """An attribute value without quotes: nothing in it may end it."""
    return _UNSAFE_IN_BARE.sub(lambda match: f"&#{ord(match[0])};", text) or '""'


def spell_comment(text: str, _old: str) -> str:
    return text.replace(">", "&gt;").replace("<", "&lt;")
