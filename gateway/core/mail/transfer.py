"""Transfer encodings of a body: undone, and done again so that no line is too long or ends in an odd way (RFC 2045, 6).

A body that stays as it was is never written again; one that changes keeps its encoding where that can carry it.
"""

from __future__ import annotations

import binascii
from base64 import b64encode

_LINE_BYTES = 998
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"


def undone(transfer: str, raw: bytes) -> bytes | None:
    """The bytes that the body says; None where it is not what its encoding says."""
    if transfer == "base64":
        try:
            return None if raw.translate(None, _BASE64) else binascii.a2b_base64(raw)
        except binascii.Error:
            return None
    return binascii.a2b_qp(raw) if transfer == "quoted-printable" else raw


def done(transfer: str, content: bytes, *, was_wide: bool) -> tuple[str, bytes]:
    """The encoding that carries it, and the body. ``was_wide``: bytes over 127 stood there as they are."""
    if transfer == "" and _goes_as_it_is(content, was_wide=was_wide):
        return "", content
    if transfer == "base64" or (transfer == "" and _is_mostly_wide(content)):
        coded = b64encode(content)
        return "base64", b"\r\n".join(coded[at : at + 76] for at in range(0, len(coded), 76))
    return "quoted-printable", b"\r\n".join(map(_quoted, content.split(b"\r\n")))


def is_odd(raw: bytes) -> bool:
    """True if a line of it ends in anything but CR LF, or a NUL stands in it."""
    lines = raw.count(b"\r\n")
    return raw.count(b"\n") != lines or raw.count(b"\r") != lines or b"\0" in raw


def _goes_as_it_is(content: bytes, *, was_wide: bool) -> bool:
    short = all(len(line) <= _LINE_BYTES for line in content.split(b"\r\n"))
    return short and not is_odd(content) and (was_wide or content.isascii())


def _is_mostly_wide(content: bytes) -> bool:
    return sum(byte > 127 for byte in content) * 3 > len(content)


def _quoted(line: bytes) -> bytes:
    return binascii.b2a_qp(line, istext=False).replace(b"=\n", b"=\r\n")
