"""Decoders under any bytes: they refuse or read, what they read writes back alike, and an edit stays where it is."""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import hexlify
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote_to_bytes

from gateway.core.codec import decode_reply, decode_request, encode_reply, encode_request, rewrite
from gateway.core.codec.base64_text import read_base64, read_hex
from gateway.core.codec.budget import Budget
from gateway.core.codec.octets import Octets
from gateway.core.codec.percent import to_bytes
from gateway.model.document import Document, Part
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.names import Path
from tests.fuzz.choices import Choices
from tests.fuzz.messages import reply_of, request_of

LIMITS = Limits(max_leaves=2_000, max_body_bytes=2**18)
NEW = "t0ken-4711"
_CODED = (
    NEW[1:].encode(),
    *(
        coder(NEW.encode(f"utf-{charset}")).rstrip(b"=")
        for coder in (b64encode, hexlify)
        for charset in ("8", "16-le", "16-be")
    ),
)
"""As it is, its first letter perhaps an escape, in Base64 and hexadecimal."""

_CONTROLS = bytes.maketrans(b"\r\n\t ", b"rnt+")
"""As JSON's escapes name them."""


def request(data: bytes) -> None:
    choices = Choices(data)
    number = choices.below(2**16)
    message = request_of(choices.rest())
    if message is None:
        return
    try:
        document = decode_request(message, LIMITS)
    except PayloadError:
        return
    sent = encode_request(document, message)
    assert sent == message or _is_packed(document), "a request that nobody changed is not the same"
    if not document.leaves:
        return
    at = number % len(document.leaves)
    try:
        after = rewrite(document, {at: NEW})
    except PayloadError:
        return
    _only(document, after, at)
    try:
        again = decode_request(encode_request(after, message), LIMITS)
    except PayloadError:
        return
    if [_guess(part) for part in again.parts] != [_guess(part) for part in after.parts]:
        return
    cut = _cut_up(document, at)
    assert _apart(again, cut) == _apart(after, cut), "the rewritten request reads as another one"


def _guess(part: Part) -> tuple[str, str]:
    """What is told from all of a text, so that an edit may change it: syntax and, if nobody says it, charset."""
    return part.syntax, part.charset


def reply(data: bytes) -> None:
    choices = Choices(data)
    number = choices.below(2**16)
    message = reply_of(choices.rest())
    if message is None:
        return
    document = decode_reply(message, LIMITS)
    assert encode_reply(document, message) == message, "a reply that nobody changed is not the same"
    if document.leaves:
        at = number % len(document.leaves)
        try:
            after = rewrite(document, {at: NEW})
        except PayloadError:
            return
        _only(document, after, at)


def _is_packed(document: Document) -> bool:
    """True if something packed is in it: what that may hide does not go on, so it may have been packed anew."""
    codings = (part.codings for part in document.parts)
    return any(codings) or any(_holds_packed(part) for part in document.parts)


def _holds_packed(part: Part) -> bool:
    for leaf in part.leaves:
        old = part.text[leaf.raw.start : leaf.raw.end]
        said = _PACKING[leaf.spelling](old, _ENDLESS) if leaf.spelling in _PACKING else None
        if (said and said.codings) or (leaf.inner and _holds_packed(leaf.inner)):
            return True
    return False


_PACKING: Mapping[str, Callable[[str, Budget], Octets | None]] = {"base64_text": read_base64, "hex": read_hex}
_ENDLESS = Budget(0, 0, lambda *_: None)


def _only(before: Document, after: Document, at: int) -> None:
    """Every leaf but the edited one has its text. Pieces of one text that is coded in parts may have become one piece,
    and a header that says what all say is no leaf.
    """
    if before.leaves[at].spelling in ("plain", "fragment"):
        return  # a text glued to a coded stretch may hide it from the next reader: docs/decisions/0040
    if _is_in_place(before, after, at) or not all(map(_is_in_utf_8, before.parts)):
        return  # bytes that say no charset are in the one in which the whole is plausible: an edit makes another one so
    if cut := _cut_up(before, at):
        assert _apart(before, cut) == _apart(after, cut), "a leaf of another text changed"
        return
    old, new = texts(before), texts(after)
    if len(old) != len(new) and (
        before.leaves[at].path[0] == "headers" or "".join((*old[:at], NEW, *old[at + 1 :])) == "".join(new)
    ):
        return
    if len(old) != len(new) and _is_mended(before, new, at):
        return
    assert old[:at] == new[:at], "a leaf before the edited one changed"
    assert old[at + 1 :] == new[at + 1 :], "a leaf behind the edited one changed"


def _is_in_place(before: Document, after: Document, at: int) -> bool:
    """True if all around the edited stretch says what it said, percent-coded or not, byte for byte.

    What is new may stand there in a coding. What a reader makes of the whole is his affair.
    """
    both = [(one.text, other.text) for one, other in zip(before.parts, after.parts, strict=True)]
    changed = [(_bare(old), _bare(new)) for old, new in both if old != new]
    if len(changed) != 1:
        return False
    ((old, new),) = changed
    front = _alike(old, new)
    back = _alike(old[front:][::-1], new[front:][::-1])
    return any(one in new for one in _CODED) and len(old) - front - back <= len(_bare(_spelt(before)[at]))


def _is_in_utf_8(part: Part) -> bool:
    raw = part.text.encode("latin-1") if part.boundary else to_bytes(part.text)
    try:
        unquote_to_bytes(unquote_to_bytes(raw)).decode()
    except UnicodeDecodeError:
        return False
    return True


def _bare(text: str) -> bytes:
    """The bytes that a text stands for, percent-coded once, twice or not at all, quoted-printable, in JSON's escapes or
    not. A blank is a plus. Backslashes are left out: escapes within escapes have more of them, and a text that is no
    JSON as a whole may lose some.
    """
    said = _PRINTABLE.sub(lambda escape: bytes.fromhex((escape[1] or b"").decode()), to_bytes(text)).replace(b" ", b"+")
    return _ESCAPE.sub(_unescaped, unquote_to_bytes(unquote_to_bytes(said))).translate(_CONTROLS, b"\\")


_PRINTABLE = re.compile(rb"=(?:\r?\n|([0-9A-F]{2}))")
_ESCAPE = re.compile(rb"\\u([0-9A-Fa-f]{4})")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return chr(int(escape[1], 16)).encode(errors="surrogatepass")


def _spelt(document: Document) -> list[str]:
    """The stretch of its part's text that spells a leaf, a leaf each."""
    stretches = (_stretches(part) for part in document.parts)
    return [one for part in stretches for one in part]


def _stretches(part: Part) -> Iterator[str]:
    for leaf in part.leaves:
        if leaf.inner is None:
            yield part.text[leaf.raw.start : leaf.raw.end]
        else:
            yield from _stretches(leaf.inner)


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes are the same from the beginning."""
    most = min(len(one), len(other))
    return next((place for place in range(most) if one[place] != other[place]), most)


def _cut_up(document: Document, at: int) -> Path | None:
    """Where the text around a leaf stands, if that text is read in pieces because it is of no syntax as a whole.

    What is written into it may make it fall into other pieces. A new name is no new text.
    """
    around, in_key = [told for part in document.parts for told in _cuts(part, None)][at]
    if in_key:
        return around
    path, places = document.leaves[at].path, [leaf.path for leaf in document.leaves if not leaf.is_key]
    again = (path[:size] for size in range(1, len(path) + 1) if places.count(path[:size]) > 1)
    return next((cut for cut in (around, *again) if cut), None)


def _cuts(part: Part, cut: Path | None, *, in_key: bool = False) -> Iterator[tuple[Path | None, bool]]:
    """For every text the place of the outermost one in pieces that it is a piece of, and whether it is (in) a name."""
    if cut is None and not in_key and part.syntax == "encoded" and len(part.leaves) > 1:
        cut = part.leaves[0].path
    for leaf in part.leaves:
        if leaf.inner is None:
            yield cut, in_key or leaf.is_key
        else:
            yield from _cuts(leaf.inner, cut, in_key=in_key or leaf.is_key)


def _apart(document: Document, cut: Path | None) -> list[str]:
    """The texts that stand elsewhere."""
    told = [(leaf.path, leaf.text) for leaf in document.leaves]
    return [text for path, text in told if cut is None or (path[: len(cut)] != cut and text != NEW)]


def _is_mended(before: Document, new: list[str], at: int) -> bool:
    """True if a text that was no JSON has become some: all that had a name in it is there."""
    named = [leaf.text for place, leaf in enumerate(before.leaves) if leaf.spelling != "plain" and place != at]
    return NEW in new and [text for text in named if text not in new] == []


def texts(document: Document) -> list[str]:
    return [leaf.text for leaf in document.leaves]
