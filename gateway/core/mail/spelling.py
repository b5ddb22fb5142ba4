"""New texts written into a header, each as its place demands: no text can end a line, a phrase or an address there.

Whatever is not plain ASCII becomes encoded words (RFC 2047), file names the form of RFC 2231. Addresses can't be
escaped: what is none is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from gateway.core.codec.words import spell_words
from gateway.model.document import Span
from gateway.model.errors import PayloadError

_PLAIN = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LOCAL = r"[^\s\"(),:;<>@\[\]\\\x00-\x20\x7f-\x9f]{1,128}"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
_LONGEST_LINE = 900


def unstructured(text: str, old: str) -> str:
    """The value of a field such as Subject."""
    text = _flat(text)
    if _is_plain(text) and len(text) <= _LONGEST_LINE:
        return text
    return _words(text, old)


def phrase(text: str, old: str) -> str:
    """The name before an address."""
    text = _flat(text)
    if not _is_plain(text) or len(text) > _LONGEST_LINE:
        return _words(text, old)
    if _ATOMS.fullmatch(text):
        return text
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def comment(text: str, old: str) -> str:
    """What stands in brackets, the brackets not included."""
    text = _flat(text)
    if not _is_plain(text) or len(text) > _LONGEST_LINE:
        return _words(text, old)
    return re.sub(r"([()\\])", r"\\\1", text)


def parameter(text: str, old: str) -> str:
    """``name="value"`` anew, under the name that stood there."""
    name, text = re.split(r"[*=\s]", old, maxsplit=1)[0], _flat(text)
    if not _is_plain(text) or len(text) > _LONGEST_LINE:
        return f"{name}*=utf-8''{quote(text, safe='')}"
    return f'{name}="' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def address(text: str, _old: str = "") -> str:
    """An address as bytes of UTF-8. Raises PayloadError (GW-P152)."""
    if not is_address(text):
        raise PayloadError(
            "GW-P152",
            "what a token stands for is no mail address, but the token stands where one has to: nothing was sent.",
            "send to the token of the person's e-mail.",
        )
    return as_bytes(text)


def is_address(text: str) -> bool:
    """True for ``local@domain``; quoted local parts and address literals are none that we would write."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def as_bytes(text: str) -> str:
    """A text as its bytes in UTF-8, a code point a byte."""
    return text.encode("utf-8", "replace").decode("latin-1")


Writer = Callable[[str, str], str]
WRITERS: Mapping[str, Writer] = {
    "unstructured": unstructured,
    "phrase": phrase,
    "comment": comment,
    "parameter": parameter,
    "address": address,
}
"""By place: the new text and what stood there to what stands there now."""

Splice = tuple[Span, str]


def _flat(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and "=?" not in text


def _words(text: str, old: str) -> str:
    """Folded before each word, so that no line grows long."""
    return spell_words(text, old).replace(" ", "\r\n ")
