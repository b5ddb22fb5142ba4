"""What a body claims to be: its media type, charset and content codings, however oddly they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.codec.charsets import ENOUGH, ONE_BYTE, cyrillic, plausibility, wide
from gateway.model.errors import PayloadError
from gateway.model.message import Headers

_TYPE = re.compile(r"\s*+([^\s;,\"]*+)\s*+(?:;|\Z)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_CHARSET = re.compile(r""";\s*+charset\s*+=\s*+["']?+\s*+([A-Za-z0-9_.:-]*+)""", re.IGNORECASE)

CHARSETS = {
    **dict.fromkeys(("", "utf-8", "utf8", "unicode-1-1-utf-8", "us-ascii", "ascii"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16-le"), "utf-16-le"),
    **dict.fromkeys(("utf-16be", "utf-16-be"), "utf-16-be"),
    **dict.fromkeys(("utf-32", "utf-32le", "utf-32-le"), "utf-32-le"),
    **dict.fromkeys(("utf-32be", "utf-32-be"), "utf-32-be"),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1"), "iso-8859-1"),
    **dict.fromkeys(("iso-8859-5", "iso8859-5", "cyrillic"), "iso-8859-5"),
    **dict.fromkeys(("windows-1251", "cp1251", "cp-1251", "win-1251", "x-cp1251"), "cp1251"),
    **dict.fromkeys(("koi8-r", "koi8r", "koi8", "koi"), "koi8-r"),
    **{f"{prefix}{page}": f"cp{page}" for prefix in ("windows-", "cp") for page in (1250, 1252, 1253, 1254, 1257)},
    **{f"iso-8859-{number}": f"iso-8859-{number}" for number in (2, 3, 4, 7, 9, 10, 13, 14, 15, 16)},
    **dict.fromkeys(("ibm866", "cp866", "866"), "cp866"),
    **dict.fromkeys(("koi8-u", "koi8-ru"), "koi8-u"),
    **dict.fromkeys(("macintosh-cyrillic", "x-mac-cyrillic", "mac-cyrillic"), "mac-cyrillic"),
}
"""Labels in use to Python's codecs. A closed table: codecs that hide ASCII (UTF-7) must never be chosen by a caller."""

_OTHERS = re.compile(
    r"7|ebcdic|2022|^hz|ibm|^cp?\d|^\d|scsu|bocu|cesu|puny|idna|rot|utf-?(?:16|32)|ucs|^unicode|^gb|big-?5|ji-?s"
    r"|kanji|euc|^ks|johab|uhc|base64|hex|uu"
)
"""Labels of charsets out of the table in which bytes of ASCII may mean something else. Any other one, which nobody has
ever heard of, says nothing.
"""

_WIDE = ("utf-16", "utf-32")

CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "br": "br", "zstd": "zstd"}


@dataclass(frozen=True, slots=True)
class Media:
    """``type`` is lower-case without parameters, "" if none is given; ``charset`` the label as given, lower-case."""

    type: str = ""
    charset: str = ""

    @property
    def is_json(self) -> bool:
        subtype = self.type.partition("/")[2]
        return subtype == "json" or subtype.endswith("+json") or self.type in {"application/x-json", "text/x-json"}

    @property
    def is_xml(self) -> bool:
        return self.type.endswith("+xml") or self.type in {"text/xml", "application/xml"}


_USUAL = {name: Media(name) for name in ("application/json", "application/x-www-form-urlencoded")}


def media_of(headers: Headers) -> Media:
    """What Content-Type says. Raises PayloadError (GW-P103) where several say different things."""
    values = dict.fromkeys(value.strip() for name, value in headers if name.lower() == "content-type")
    if len(values) > 1:
        raise PayloadError(
            "GW-P103",
            "Content-Type is given twice with different values, so readers may disagree what the body is.",
            "send one Content-Type.",
            status=415,
        )
    value = next(iter(values), "")
    if value in _USUAL:
        return _USUAL[value]
    found, charsets = _TYPE.match(value), dict.fromkeys(label.lower() for label in _CHARSET.findall(value))
    if len({CHARSETS.get(label, label) for label in charsets}) > 1:
        raise PayloadError(
            "GW-P104",
            "Content-Type names several charsets, so readers may disagree what the body says.",
            "name one charset.",
            status=415,
        )
    return Media(found[1].lower() if found else "?", next(iter(charsets), ""))


def codings_of(headers: Headers) -> tuple[str, ...]:
    """Content codings, outermost first. Raises PayloadError (GW-P105) for one that can't be undone."""
    listed = ",".join(value for name, value in headers if name.lower() == "content-encoding").lower().split(",")
    named = [coding for text in listed if (coding := text.strip()) not in {"", "identity"}]
    if any(coding not in CODINGS for coding in named):
        raise PayloadError(
            "GW-P105",
            "the body has a content coding that the gateway can't undo, so it can't be inspected.",
            f"use one of {', '.join(sorted(CODINGS))}, or none.",
            status=415,
        )
    return tuple(CODINGS[coding] for coding in reversed(named))


def charset_of(label: str) -> str:
    """The codec that a label names; UTF-8 for one that nobody knows. Raises PayloadError (GW-P104)."""
    charset = CHARSETS.get(label)
    if charset is None and _OTHERS.search(label):
        raise _unreadable()
    return charset or "utf-8"


def _unreadable() -> PayloadError:
    return PayloadError(
        "GW-P104",
        "the body is in a charset that the gateway can't read, so it can't be inspected.",
        "send UTF-8.",
        status=415,
    )


def decoded(raw: bytes, label: str) -> tuple[str, str]:
    """The text and the charset that spells it back to the same bytes. Raises PayloadError (GW-P102, GW-P104).

    UTF-8 wins where the bytes are UTF-8, whatever the label says: that is what JSON and today's readers take it for.
    Elsewhere what the bytes tell by themselves comes before the label, and a label before nothing at all.
    """
    for one in _charsets(raw, charset_of(label)):
        try:
            text = raw.decode(one)
        except UnicodeDecodeError:
            continue
        if _is_text(text, one, raw):
            return text, one
    if label not in CHARSETS:
        raise _unreadable()
    raise PayloadError(
        "GW-P102",
        "the body's bytes are no text in its charset, so they can't be inspected.",
        "send UTF-8 without NULs, or name the charset in Content-Type.",
    )


def _charsets(raw: bytes, labelled: str) -> Iterator[str]:
    """Those to be tried, the likeliest first. Cyrillic letters in UTF-16 are U+04xx: their bytes may pass for UTF-8."""
    wide_first = labelled.startswith(_WIDE) and wide(raw)
    if wide_first:
        yield wide_first
    yield "utf-8"
    if told := wide(raw):
        yield told
    if labelled != "utf-8" and not (labelled in ONE_BYTE and _is_plausible(raw, labelled)):
        yield cyrillic(raw) or labelled
    elif labelled != "utf-8":
        yield labelled
    elif told := cyrillic(raw):
        yield told


def _is_text(text: str, charset: str, raw: bytes) -> bool:
    if charset == "utf-8":
        return "\0" not in text and ("\4" not in text or wide(raw) is None)
    return "\0" not in text if charset.startswith(_WIDE) else _CONTROL.search(text) is None


def _is_plausible(raw: bytes, charset: str) -> bool:
    return plausibility(raw.decode(charset, "replace")) >= ENOUGH
