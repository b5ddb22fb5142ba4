"""The header block of one part of a multipart body: what it says, and the stretches that may have to change.

Whatever two readers could take for different names, types or ends is refused. Source: RFC 7578, RFC 2046 5.1, RFC 2183,
RFC 5987 (``filename*``), and what browsers write (WHATWG HTML, 4.10.21.8: ``%22``, ``%0D``, ``%0A``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from gateway.core.codec.headers import speaks
from gateway.core.codec.media import CHARSETS, Media, decoded, media_of
from gateway.core.codec.percent import unquote
from gateway.model.document import Leaf, Span, Spelling
from gateway.model.errors import PayloadError
from gateway.model.names import Path

_MOST_BYTES = 16 * 2**10
_LINE = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]++):[ \t]*+([^\r\n\0]*)")
_DISPOSITION = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]++)[ \t]*+")
_PARAMETER = re.compile(
    r"""[ \t]*+;[ \t]*+([A-Za-z*-]++)[ \t]*+=[ \t]*+("(?:[^"\\\r\n]|\\[^"])*"|[^\s;"\\]++)[ \t]*+""",
)
_EXTENDED = re.compile(r"([A-Za-z0-9_.:-]*)'[A-Za-z-]{0,8}'([A-Za-z0-9!#$&+.^_`|~%-]*)")
_PARAMETERS = frozenset({"name", "filename", "filename*", "size", "creation-date", "modification-date", "read-date"})
_TRANSFERS = {"": "", "7bit": "", "8bit": "", "binary": "", "base64": "base64", "quoted-printable": "quoted-printable"}
_ONCE = frozenset({"content-disposition", "content-type", "content-transfer-encoding", "content-length"})
_FIXED = frozenset({"content-transfer-encoding", "content-length", "mime-version"})
_USUAL = frozenset({"content-type", "content-id", "content-location", "content-description"})
"""Names in common use: the value is a leaf, the name is not."""


@dataclass(frozen=True, slots=True, repr=False)
class Head:
    """What the block says. ``transfer`` is a transfer coding to be undone, "" for none; ``media`` as labelled."""

    name: str
    is_file: bool
    media: Media
    transfer: str
    length: int | None
    boundary_source: str
    """The whole Content-Type value, for a part that is multipart itself."""
    leaves: tuple[Leaf, ...]


def read_head(text: str, block: Span, base: Path, label: str, *, form: bool) -> Head:
    """The block of a part; ``text`` has a code point a byte. ``form``: the part must bear a name (form-data).

    Raises PayloadError (GW-P131; GW-P102 and GW-P104 for names in no charset).
    """
    if block.end - block.start > _MOST_BYTES:
        raise _odd("are longer than 16 KiB")
    lines = tuple(_lines(text, block))
    values = {name: text[span.start : span.end].rstrip(" \t") for name, _, span in lines}
    for name in _ONCE & values.keys():
        if sum(one == name for one, _, _ in lines) > 1:
            raise _odd(f"have {name} twice")
    transfer = values.get("content-transfer-encoding", "").strip().lower()
    if transfer not in _TRANSFERS:
        raise _odd("name a transfer coding that nobody knows")
    length = values.get("content-length", "")
    if length and not (length.isascii() and length.isdigit() and len(length) < 16):
        raise _odd("have a Content-Length that is no number")
    said = [(param, span) for name, _, span in lines if name == "content-disposition" for param, span in
            _parameters(text, span, form=form)]  # fmt: skip
    names = [_meaning(text, span, label) for param, span in said if param == "name"]
    if form and not names:
        raise _odd("name no field")
    path = (*base, names[0]) if names else base
    leaves = [*_named(text, said, path, label), *_others(text, lines, path, label)]
    content_type = values.get("content-type", "")
    return Head(
        name=names[0] if names else "",
        is_file=any(param in ("filename", "filename*") for param, _ in said),
        media=media_of((("content-type", content_type),)) if content_type else Media(),
        transfer=_TRANSFERS[transfer],
        length=int(length) if length else None,
        boundary_source=content_type,
        leaves=tuple(sorted(leaves, key=lambda leaf: leaf.raw.start)),
    )


def _lines(text: str, block: Span) -> Iterator[tuple[str, Span, Span]]:
    """Lower-case name, the stretch of the name, the stretch of the value."""
    at = block.start
    while at < block.end:
        line = _LINE.match(text, at, block.end)
        if line is None:
            raise _odd("hold a line that is no header, or is folded")
        yield line[1].lower(), Span(*line.span(1)), Span(*line.span(2))
        at = line.end()
        if at < block.end:
            if text[at : at + 2] != "\r\n":
                raise _odd("hold a bare line break or a NUL")
            at += 2


def _parameters(text: str, value: Span, *, form: bool) -> Iterator[tuple[str, Span]]:
    """Lower-case name and stretch (quotes included) of each parameter of Content-Disposition."""
    kind = _DISPOSITION.match(text, value.start, value.end)
    if kind is None or (form and kind[1].lower() != "form-data"):
        raise _odd("have a Content-Disposition other than form-data")
    at, seen = kind.end(), set[str]()
    while at < value.end:
        parameter = _PARAMETER.match(text, at, value.end)
        name = parameter[1].lower() if parameter else ""
        if parameter is None or name not in _PARAMETERS or name in seen:
            raise _odd("have a Content-Disposition that readers read differently")
        seen.add(name)
        yield name, Span(*parameter.span(2))
        at = parameter.end()


def _named(text: str, said: list[tuple[str, Span]], path: Path, label: str) -> Iterator[Leaf]:
    for name, span in said:
        raw = text[span.start : span.end]
        if name == "name":
            yield Leaf(path, _meaning(text, span, label), span, "parameter", is_key=True)
        elif name == "filename*":
            yield Leaf((*path, "filename"), _extended(raw), span, "extended")
        elif raw not in ('""', '"blob"'):
            yield Leaf((*path, name), _meaning(text, span, label), span, "parameter")


def _others(text: str, lines: tuple[tuple[str, Span, Span], ...], path: Path, label: str) -> Iterator[Leaf]:
    for name, at, value in lines:
        raw = text[value.start : value.end]
        fixed = name in _FIXED and (name != "mime-version" or raw == "1.0")
        if fixed or name == "content-disposition" or (name == "content-type" and not speaks(name, raw)):
            continue
        if name not in _USUAL:
            yield Leaf((*path, name), text[at.start : at.end], at, "header_name", is_key=True)
        spelling: Spelling = "part_header"
        yield Leaf((*path, name), decoded(raw.encode("latin-1"), label)[0], value, spelling)


def _meaning(text: str, span: Span, label: str) -> str:
    raw = text[span.start : span.end]
    if raw.startswith('"'):
        raw = raw[1:-1]
    means = decoded(raw.encode("latin-1"), label)[0]
    return unquote(means) if "%" in means else means


def _extended(raw: str) -> str:
    value = _EXTENDED.fullmatch(raw)
    if value is None or value[1].lower() not in CHARSETS:
        raise _odd("have a filename* that nobody can read")
    return decoded(unquote_to_bytes(value[2]), value[1].lower())[0]


def _odd(what: str) -> PayloadError:
    return PayloadError(
        "GW-P131",
        f"the headers of a part {what}, so readers may disagree what it is: it was not forwarded.",
        "send parts as browsers do: one Content-Disposition with name and filename in quotes, nothing escaped by \\.",
    )
