"""Bytes that stand inside a text (Base64, percent-coded, raw in a header) as the text that they are, and back.

They may be packed, and in any charset that tells itself apart. What is no text in the end stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.codec.budget import Budget
from gateway.core.codec.charsets import cyrillic, holds_controls, wide
from gateway.core.codec.codings import UNMARKED_RATIO, Unpacked, may_be_unmarked, redo, undo, undo_unmarked
from gateway.core.codec.percent import to_bytes
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits

WORTH_TRYING = 16
"""Fewer bytes are not packed by anybody."""

_BROKEN = 2**20
"""What a broken stream may have unpacked to before it broke."""

_MARKS = (b"\xff", b"\xfe")
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_UNICODE = frozenset({"utf-8", *_WIDE})
"""Among control characters none of them can be told; in noise none has a contact."""

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_CONTACT = re.compile(r"[\w-]@[\w-]+\.\w|(?<!\d)(?:\d[ ().-]{0,3}){9}")
"""What is read among control characters too: an address, or digits enough for a phone or a document."""

_FIRST = frozenset("\x1f(x" + "".join(map(chr, range(0x50, 0x60))))
_MARK = re.compile("\x1f[\x8b\udc8b]\x08|\\([\xb5\udcb5]/[\xfd\udcfd]|[P-_]\\*M\x18|x[\x01\x5e\x9c\xda\udc9c\udcda]")
"""Of gzip, zstd and zlib."""

_OVERLONG = re.compile(rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}")
_BYTES = re.compile(r"[\udc80-\udcff]")


@dataclass(frozen=True, slots=True, repr=False)
class Octets:
    """What bytes say, and what spells it so."""

    text: str
    charset: str
    codings: tuple[str, ...] = ()
    hides: bool = False
    """Their packing may hold something else, which nobody has looked into."""

    def __repr__(self) -> str:
        return f"Octets(chars={len(self.text)}, {self.charset}, {self.codings})"

    def spell(self, text: str) -> bytes:
        """Another text in the same charset and codings; in UTF-8 where that charset can't hold it."""
        try:
            raw = text.encode(self.charset)
        except UnicodeEncodeError:
            raw = to_bytes(text)
        return redo(raw, self.codings)


def octets_of(raw: bytes, budget: Budget | None = None) -> Octets | None:
    """The text that bytes are; None if they are none. Raises PayloadError (GW-P107) for what unpacks to too much.

    Without a budget only for bytes that have been read within one before.
    """
    spent = budget or Budget(0, 0, lambda *_: None)
    limits = Limits(max_body_bytes=spent.unpacked, max_ratio=spent.max_ratio)
    try:
        unpacked = undo(raw, (), limits)
    except PayloadError as error:
        if error.code == "GW-P107":
            raise
        spent.unpacked -= min(spent.unpacked, max(_BROKEN, len(raw) * spent.max_ratio))
        return None
    if unpacked.codings:
        spent.unpacked -= len(unpacked.raw)
    said = _said(unpacked)
    if unpacked.codings or len(raw) < WORTH_TRYING or (said is not None and not holds_controls(said.text)):
        return said
    return _tried(raw) or said


def _tried(raw: bytes) -> Octets | None:
    """Unpacked without a mark, as long as that takes no more than a little time for each byte."""
    if not may_be_unmarked(raw):
        return None
    try:
        tried = [_said(one) for one in undo_unmarked(raw, Limits(max_body_bytes=UNMARKED_RATIO * len(raw))) if one.raw]
    except PayloadError:
        return None
    return next((one for one in tried if one is not None), None)


def _said(unpacked: Unpacked) -> Octets | None:
    for charset, surely in _charsets(unpacked.raw):
        try:
            text = unpacked.raw.decode(charset)
        except UnicodeDecodeError:
            continue
        if (surely and not holds_controls(text)) or (charset in _UNICODE and _CONTACT.search(text)):
            return Octets(text, charset, unpacked.codings, unpacked.hides)
    return None


def _charsets(raw: bytes) -> Iterator[tuple[str, bool]]:
    """Those worth trying, and whether a text in them is one; most bytes that are no UTF-8 are no text, and one look
    says so.
    """
    yield "utf-8", True
    if b"\0" in raw or b"\4" in raw or raw[:1] in _MARKS:
        told = wide(raw)
        yield from ((charset, charset == told) for charset in _WIDE)
    elif _CONTROL.search(raw) is None and (told := cyrillic(raw)) is not None:
        yield told, True


def stray(text: str) -> bool:
    """True if bytes that are no UTF-8 stand in the text, as surrogate escapes."""
    return not text.isascii() and _BYTES.search(text) is not None


def may_be_packed(text: str) -> bool:
    """True for what begins with the mark of a packing: bytes as surrogate escapes, or as the characters so numbered."""
    return text[:1] in _FIRST and _MARK.match(text) is not None


def packed_in(text: str, budget: Budget) -> Octets | None:
    """What a text says whose bytes are packed. Raises PayloadError (GW-P107)."""
    raw = _raw(text)
    said = octets_of(raw, budget) if raw else None
    return said if said is not None and said.codings else None


def _raw(text: str) -> bytes:
    if stray(text):
        return to_bytes(text)
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return b""


def as_text(text: str) -> str | None:
    """What a text with such bytes says in the charset that makes sense of them; None if none does."""
    charset = cyrillic(to_bytes(text))
    return to_bytes(text).decode(charset) if charset else None


def as_bytes(text: str, old: str) -> str:
    """The other way round; packed as it was."""
    packed = packed_in(old, Budget(0, 0, lambda *_: None))
    if packed is not None:
        return packed.spell(text).decode(*(("utf-8", "surrogateescape") if stray(old) else ("latin-1",)))
    try:
        return text.encode(cyrillic(to_bytes(old)) or "utf-8").decode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return to_bytes(text).decode("utf-8", "surrogateescape")


def is_overlong(text: str) -> bool:
    """True if what is no UTF-8 is forms of ASCII that are longer than they may be: some readers take them for it."""
    raw = to_bytes(text)
    return _OVERLONG.search(raw) is not None and _OVERLONG.sub(b"", raw).isascii()
