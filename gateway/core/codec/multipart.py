"""Multipart bodies (form-data, mixed, related …) as a text with a code point a byte, cut at their boundary.

Every part's content is a leaf that holds a document of its own in its own charset and transfer coding, so it is
rewritten in place and everything else stays byte for byte. Whatever readers could cut differently is refused: bare line
feeds, a missing end, the boundary anywhere but in a delimiter. Source: RFC 2046 5.1, RFC 7578. Our own parser, because
those of libraries give values and lose the bytes (decision 0033).
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from gateway.core.codec.budget import Budget
from gateway.core.codec.media import Media, charset_of, decoded
from gateway.core.codec.multipart_head import Head, read_head
from gateway.core.codec.sniff import parts_in
from gateway.model.document import Leaf, Part, Span
from gateway.model.errors import PayloadError
from gateway.model.names import PartName, Path

ReadContent = Callable[[Media, str, Budget, Path], Part]
"""Reads the decoded text of a part by its media type. Raises PayloadError (GW-P103) for a type without a codec."""

_BOUNDARY = re.compile(
    r""";[ \t]*+boundary(\*[^=]*+)?[ \t]*+=[ \t]*+(?:"([0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?])"
    |([0-9A-Za-z+_\-./:=][0-9A-Za-z'+_\-./:=]{0,69}))[ \t]*+(?=;|\Z)""",
    re.IGNORECASE | re.VERBOSE,
)
_NAMED = re.compile(r"boundary[ \t]*(?:\*[^=;]*)?=", re.IGNORECASE)
_LENGTH = re.compile(r"(?:\A|\r\n)content-length:[ \t]*+([0-9]++)", re.IGNORECASE)
_WITH_SYNTAX = frozenset("html xml rtf csv json javascript ecmascript x-json xsl richtext enriched".split())
_BASE64 = re.compile(r"[A-Za-z0-9+/]*+={0,2}")
_NUMBER = re.compile(r"(?<!\d)\d(?:[().=/-]{0,3}\d){6,19}(?!\d)")
"""Digits enough for a phone or a document; a boundary can't be changed, so one that is such a number is refused."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part: where its header block and its content stand."""

    head: Span
    content: Span


@dataclass(frozen=True, slots=True)
class Sections:
    """A body cut: what stands before the first delimiter, the parts, what stands behind the last one."""

    preamble: Span
    parts: tuple[Section, ...]
    epilogue: Span


class Told(NamedTuple):
    """What is told of a multipart text from outside. ``form``: form-data; ``label``: charset of texts without one."""

    boundary: str
    form: bool
    label: str = ""


def boundary_of(content_type: str) -> str:
    """The boundary that a Content-Type names. Raises PayloadError (GW-P130) where readers may read another one."""
    found = _BOUNDARY.findall(content_type)
    if len(found) != 1 or len(_NAMED.findall(content_type)) != 1 or found[0][0]:
        raise cut_differently("names no boundary, several, or an odd one")
    return str(found[0][1] or found[0][2])


def sections(text: str, boundary: str) -> Sections:
    """Where everything stands. Raises PayloadError (GW-P130)."""
    marks = [match.start() for match in re.finditer(re.escape("--" + boundary), text)]
    size, ends = len(boundary) + 2, list[int]()
    for number, mark in enumerate(marks):
        if mark and text[mark - 2 : mark] != "\r\n":
            raise cut_differently("holds its boundary in the midst of a line, or behind a bare line break")
        last = number == len(marks) - 1
        after = text[mark + size : mark + size + (4 if last else 2)]
        if not (after in ("--", "--\r\n") if last else after == "\r\n"):
            raise cut_differently("has a delimiter that is none, or no end")
        ends.append(mark + size)
    if not marks:
        raise cut_differently("does not hold its boundary")
    parts = tuple(_section(text, ends[n], marks[n + 1] - 2) for n in range(len(marks) - 1))
    behind = min(ends[-1] + 4, len(text))
    return Sections(Span(0, max(0, marks[0] - 2)), parts, Span(behind, len(text)))


def _section(text: str, start: int, end: int) -> Section:
    """``start`` is where the delimiter's own line break stands, ``end`` that of the next one."""
    blank = text.find("\r\n\r\n", start, end)
    if blank < 0:
        raise cut_differently("has a part without a blank line behind its headers")
    return Section(Span(min(start + 2, blank + 2), max(start + 2, blank)), Span(blank + 4, end))


def multipart_part(name: PartName, base: Path, text: str, budget: Budget, read: ReadContent, told: Told) -> Part:
    """A whole multipart text.

    Raises PayloadError (GW-P130, GW-P131 and those of the contents).
    """
    boundary, form, label = told
    cut = sections(text, boundary)
    budget.room(len(cut.parts))
    label = _told_charset(text, cut, label) if form else label
    reader = _Reader(name, text, budget, read, form=form, label=label)
    leaves = list(reader.around(base, "preamble", cut.preamble))
    if _NUMBER.search(boundary):
        at = text.index("--" + boundary) + 2
        leaves.append(Leaf((*base, "boundary"), boundary, Span(at, at + len(boundary)), "locked"))
    for number, section in enumerate(cut.parts):
        leaves += reader.section(base if form else (*base, number), section)
    leaves += reader.around(base, "epilogue", cut.epilogue)
    budget.spend(len(leaves))
    return Part(name, "multipart", text, tuple(leaves), charset="iso-8859-1", boundary=boundary, form=form)


def told_by_look(
    name: PartName, base: Path, text: str, budget: Budget, read: ReadContent, label: str = ""
) -> Part | None:
    """A multipart text that nobody has labelled; None if it is none. Raises PayloadError as ``multipart_part``.

    What begins as a form of parts and is cut in a way that readers may take differently is refused, not read as a text.
    """
    found = parts_in(text)
    if found is None:
        return None
    level = budget.level
    budget.enter()
    try:
        return multipart_part(name, base, text, budget, read, Told(found.boundary, found.form, label))
    except PayloadError as error:
        if found.certain or error.code not in ("GW-P130", "GW-P131"):
            raise
        return None
    finally:
        budget.level = level


@dataclass(frozen=True, slots=True, repr=False)
class _Reader:
    name: PartName
    text: str
    budget: Budget
    read: ReadContent
    form: bool
    label: str

    def around(self, base: Path, what: str, span: Span) -> Iterator[Leaf]:
        """What stands outside of all parts: nobody should read it, so it is a text like any other."""
        raw = self.text[span.start : span.end]
        if raw.strip("\r\n"):
            path = (*base, what)
            means, charset = decoded(raw.encode("latin-1"), self.label)
            yield Leaf(path, means, span, "content", inner=self._field(path, means, charset))

    def section(self, base: Path, section: Section) -> Iterator[Leaf]:
        head = read_head(self.text, section.head, base, self.label, form=self.form)
        path = (*base, head.name) if head.name else base
        raw = self.text[section.content.start : section.content.end]
        if head.length is not None and head.length != len(raw):
            raise cut_differently("has a part whose Content-Length is not its length")
        yield from head.leaves
        inner = self._content(head, path, raw)
        yield Leaf(path, inner.text, section.content, "content", inner=inner)

    def _content(self, head: Head, path: Path, raw: str) -> Part:
        view = self.budget.files.get(raw)
        if view is not None:
            return file_part(self.name, path, raw, self.budget)
        if head.media.type.startswith("multipart/"):
            return self._nested(head, path, raw)
        if not head.transfer:
            told = told_by_look(self.name, path, raw, self.budget, self.read, self.label)
            if told is not None:
                return told
        plain = raw.encode("latin-1") if not head.transfer else undone(head.transfer, raw)
        if not plain:
            return self._field(path, "", "utf-8", head.transfer)
        means, charset = decoded(plain, head.media.charset or self.label)
        part = self.read(Media(as_text(head.media.type)), means, self.budget, path)
        syntax = "field" if part.syntax == "text" else part.syntax
        return replace(part, syntax=syntax, charset=charset, codings=(head.transfer,) if head.transfer else ())

    def _nested(self, head: Head, path: Path, raw: str) -> Part:
        if head.transfer:
            raise cut_differently("has a multipart part in a transfer coding")
        budget = self.budget
        budget.enter()
        boundary, form = boundary_of(head.boundary_source), head.media.type == "multipart/form-data"
        part = multipart_part(self.name, path, raw, budget, self.read, Told(boundary, form, self.label))
        budget.level -= 1
        return part

    def _field(self, path: Path, means: str, charset: str, transfer: str = "") -> Part:
        leaf = Leaf(path, means, Span(0, len(means)), "plain")
        return Part(self.name, "field", means, (leaf,), charset=charset, codings=(transfer,) if transfer else ())


def as_text(media_type: str) -> str:
    """``text/plain`` for what reads like it: texts whose syntax hides nothing."""
    kind, _, subtype = media_type.partition("/")
    return "text/plain" if not kind or (kind == "text" and subtype not in _WITH_SYNTAX) else media_type


def file_part(name: PartName, path: Path, stand_in: str, budget: Budget) -> Part:
    """What a stand-in stands for: a ticket to be tokenised, texts in which nothing can be replaced, or nothing."""
    view = budget.files[stand_in]
    if view.ticket is not None:
        leaves = [Leaf(path, view.ticket, Span(0, len(stand_in)), "plain")]
    else:
        leaves = [Leaf(path, text, Span(0, 0), "locked") for text in view.texts]
    budget.spend(len(leaves))
    return Part(name, "file", stand_in, tuple(leaves), raw=stand_in.encode())


def packed(part: Part, text: str) -> str:
    """The content that spells this text in the part's charset and transfer coding, a code point a byte."""
    raw = text.encode(part.charset, "replace")
    match part.codings:
        case ("base64",):
            raw = base64.encodebytes(raw).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
        case ("quoted-printable",):
            raw = quopri.encodestring(raw).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return raw.decode("latin-1")


def refuse_boundary(part: Part, stretch: str) -> None:
    """A new stretch that holds the boundary would end the part. Raises PayloadError (GW-P132)."""
    if "--" + part.boundary in stretch:
        raise PayloadError(
            "GW-P132",
            "a new text holds the boundary of the multipart body it stands in, so it would end its part there.",
            "send the request again with another boundary.",
        )


def length_splices(part: Part, changed: dict[int, str]) -> Iterator[tuple[int, int, str]]:
    """The Content-Length of each part whose content changed (by place, the stretch that takes its place)."""
    ends = [0, *(leaf.raw.end for leaf in part.leaves if leaf.spelling == "content")]
    for place, stretch in changed.items():
        leaf = part.leaves[place]
        if leaf.spelling == "content":
            before = max(end for end in ends if end <= leaf.raw.start)
            for found in list(_LENGTH.finditer(part.text, before, leaf.raw.start))[-1:]:
                yield found.start(1), found.end(1), str(len(stretch))


def section_of(part: Part, place: int) -> tuple[int, int]:
    """The stretch from a part's delimiter to the next one, by the place of one of its leaves."""
    at = part.leaves[place].raw.start
    marks = [match.start() for match in re.finditer(re.escape("--" + part.boundary), part.text)]
    return max((m for m in marks if m <= at), default=0), next((m for m in marks if m > at), len(part.text))


def _told_charset(text: str, cut: Sections, label: str) -> str:
    """What a field named ``_charset_`` says (RFC 7578, 4.6)."""
    told = {
        text[section.content.start : section.content.end].strip().lower()
        for section in cut.parts
        if re.search(r'[;\s]name="?_charset_(?=["\s;]|\Z)', text[section.head.start : section.head.end], re.IGNORECASE)
    }
    if len(told) > 1:
        raise cut_differently("names several charsets for its fields")
    charset = told.pop() if told else label
    charset_of(charset)
    return charset


def undone(transfer: str, raw: str) -> bytes:
    """Without its transfer coding, and only if there is one way to read it."""
    if transfer == "base64":
        bare = raw.replace("\r\n", "")
        if not _BASE64.fullmatch(bare):
            raise cut_differently("has a part that is no base64")
        try:
            return binascii.a2b_base64(bare, strict_mode=True) if bare else b""
        except binascii.Error:
            raise cut_differently("has a part that is no base64") from None
    return quopri.decodestring(raw.encode("latin-1"))


def cut_differently(what: str) -> PayloadError:
    return PayloadError(
        "GW-P130",
        f"the multipart body {what}, so readers may cut it differently: it was not forwarded.",
        "send it as RFC 2046 has it: one boundary, CRLF, a final delimiter.",
        status=400,
    )
