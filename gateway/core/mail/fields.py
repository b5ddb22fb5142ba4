"""A header block as its fields: where each stands, byte for byte, and what it says unfolded.

Texts have a code point a byte (ISO 8859-1), so that a stretch of text is a stretch of bytes. Source: RFC 5322, 2.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.codec.words import has_words, read_words
from gateway.core.mail.faults import odd
from gateway.model.document import Span

_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:([^\r]*+(?:\r\n[ \t][^\r]*+)*+)(?:\r\n|\Z)")
_FOLD = re.compile(r"\r\n(?=[ \t])")
_PARAMETER = re.compile(
    r""";\s*(?P<name>[A-Za-z0-9_-]+(?:\*[0-9]*\*?)?)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s;"]*))""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, repr=False)
class Field:
    """``name`` in small letters; ``whole`` with its line end; ``value`` without the blanks around it, folds and all."""

    name: str
    whole: Span
    value: Span


def fields_of(text: str, start: int, end: int) -> tuple[tuple[Field, ...], int]:
    """The fields, and where the body begins. Raises PayloadError (GW-P150)."""
    found, at = list[Field](), start
    while at < end and not text.startswith("\r\n", at):
        match = _FIELD.match(text, at, end)
        if match is None:
            raise odd("has a header line that is none")
        found.append(Field(match[1].lower(), Span(*match.span()), _trimmed(text, *match.span(2))))
        at = match.end()
    return tuple(found), min(end, at + 2)


def unfolded(text: str, span: Span) -> str:
    """The value on one line, blanks of folds kept."""
    return _FOLD.sub("", text[span.start : span.end])


def said(raw: str) -> str:
    """What a stretch of a header says: bytes as UTF-8 where they are, encoded words read."""
    return decoded_words(from_bytes(_FOLD.sub("", raw)))


def decoded_words(text: str) -> str:
    """Encoded words read, where all can be."""
    read = read_words(text) if has_words(text) else None
    return text if read is None else read


def from_bytes(raw: str) -> str:
    """Bytes as UTF-8 (RFC 6532), else as they are."""
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return raw


@dataclass(frozen=True, slots=True, repr=False)
class Parameter:
    """One parameter of Content-Type or Content-Disposition; ``span`` from its name to its value's end."""

    name: str
    value: str
    span: Span


def parameters(text: str, value: Span) -> Iterator[Parameter]:
    """Names in small letters; values with quotes and escapes undone, nothing else decoded."""
    for match in _PARAMETER.finditer(text, value.start, value.end):
        quoted = match["quoted"]
        plain = match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", _FOLD.sub("", quoted), flags=re.DOTALL)
        yield Parameter(match["name"].lower(), plain, Span(match.start("name"), match.end()))


def _trimmed(text: str, start: int, end: int) -> Span:
    value = text[start:end]
    lead = len(value) - len(value.lstrip(" \t\r\n"))
    return Span(start + lead, max(start + lead, start + len(value.rstrip(" \t\r\n"))))
