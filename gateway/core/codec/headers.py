"""Header blocks: one line a header, the value of every end-to-end header a leaf, structural ones fixed text.

The text of the part is ``Name: value`` lines, values in wire form (bytes over 127 as surrogate escapes). Names are
leaves too unless they are in common use. Of a reply only Location is a leaf: nothing is ever restored anywhere else.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from gateway.core.codec.base64_text import strings_are_coded
from gateway.core.codec.budget import Budget
from gateway.core.codec.cookies import cookies_part
from gateway.core.codec.header_forms import FORMS
from gateway.core.codec.percent import join_bytes, unquote
from gateway.core.codec.url import url_part
from gateway.model.document import Leaf, Part, Span
from gateway.model.errors import PayloadError
from gateway.model.message import Headers
from gateway.model.names import PartName, Path

STRUCTURAL = frozenset(
    """accept accept-charset accept-datetime accept-encoding accept-language accept-ranges age cache-control connection
    content-encoding content-language content-length content-range content-type date early-data expect expires host
    http2-settings if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive last-modified
    max-forwards pragma priority proxy-connection range te trailer transfer-encoding upgrade
    upgrade-insecure-requests""".split()
)
"""Names of headers that say how the message is framed, negotiated or cached; no leaves unless the value says more."""

_VALIDATORS = frozenset(("if-modified-since", "if-none-match", "if-range"))
"""What a server has handed out and gets back: as good as a cookie, and harmless to leave out. ``*`` is a condition."""

_ALIKE = frozenset(("accept", "accept-language", "cache-control", "content-type", "pragma"))
_MOST_QUIET = 512
_quiet: set[tuple[str, str]] = set()
"""Those of them that have been found to say nothing, the same in most requests; what says something is never kept."""

_NUMBERED = frozenset(("content-length", "host"))
"""Structural headers in which many digits are no oddity."""

COMMON = frozenset(
    """authorization cookie dnt etag forwarded from origin prefer proxy-authorization referer sec-ch-device-memory
    sec-ch-dpr sec-ch-prefers-color-scheme sec-ch-prefers-reduced-motion sec-ch-ua sec-ch-ua-arch sec-ch-ua-bitness
    sec-ch-ua-form-factors sec-ch-ua-full-version sec-ch-ua-full-version-list sec-ch-ua-mobile sec-ch-ua-model
    sec-ch-ua-platform sec-ch-ua-platform-version sec-ch-ua-wow64 sec-ch-viewport-width sec-ch-width sec-fetch-dest
    sec-fetch-mode sec-fetch-site sec-fetch-storage-access sec-fetch-user sec-gpc sec-purpose user-agent via
    x-api-key x-auth-token x-client-ip x-correlation-id x-csrf-token x-forwarded-for x-forwarded-host x-forwarded-port
    x-forwarded-proto x-original-url x-real-ip x-request-id x-requested-with x-rewrite-url x-trace-id""".split()
)
"""Names in common use: the value is a leaf, the name is not."""

_ODD = re.compile(r"[^\t\x20-\x7e]|@|%40")
_MANY_DIGITS = re.compile(r"\d(?:[ \t\-().=/]{0,3}\d){6}")
_UNWRITABLE = re.compile(r"[\r\n\0]")
_CREDENTIAL = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]++[ \t]++(?=[^ \t])")
_NO_BASE64 = re.compile(r"[\s=]+")
_URL_SAFE = str.maketrans("-_", "+/")
_WHOLE: dict[str, Callable[[Budget, Path, str], Part]] = {
    "cookie": lambda budget, path, value: cookies_part("cookies", path, value, budget),
    "location": lambda budget, path, value: url_part("headers", path, value, budget),
    "referer": lambda budget, path, value: url_part("headers", path, value, budget),
}
"""Headers whose value is a document of its own whatever it looks like."""


def request_headers(headers: Headers, budget: Budget) -> Part:
    """The header block of a request. Raises PayloadError (GW-P112)."""
    return _part(headers, budget, _request_leaves)


def reply_headers(headers: Headers, budget: Budget) -> Part:
    """The header block of a reply, with Location as its only leaf."""
    return _part(headers, budget, _reply_leaves)


def fixed_headers(headers: Headers) -> Part:
    """A header block in which nothing is ever going to change."""
    return Part("headers", "headers", header_text(headers))


def reread_headers(_name: PartName, _base: Path, text: str, budget: Budget) -> Part:
    """The block again after its text was rewritten."""
    return (reply_headers if budget.markup else request_headers)(split_headers(text), budget)


def header_text(headers: Headers) -> str:
    """The block as one text."""
    return "".join(f"{name}: {value}\n" for name, value in headers)


def split_headers(text: str) -> Headers:
    """What ``header_text`` joined."""
    pairs = (line.partition(": ") for line in text.split("\n")[:-1])
    return tuple((name, value) for name, _, value in pairs)


def _part(headers: Headers, budget: Budget, read: Callable[[str, str, int, Budget], list[Leaf]]) -> Part:
    at, leaves = 0, list[Leaf]()
    for name, value in headers:
        if _UNWRITABLE.search(name) or ":" in name or _UNWRITABLE.search(value):
            raise PayloadError(
                "GW-P112",
                "a header holds a line break or NUL, or its name a colon, so readers may disagree where it ends.",
                "send well-formed headers.",
                status=400,
            )
        leaves += read(name, value, at, budget)
        at += len(name) + len(value) + 3
    budget.spend(len(leaves))
    return Part("headers", "headers", header_text(headers), tuple(leaves))


def _request_leaves(name: str, value: str, at: int, budget: Budget) -> list[Leaf]:
    known = name.lower()
    if known in STRUCTURAL and ((known, value) in _quiet or not speaks(known, value)):
        return []
    path, start = ("headers", known), at + len(name) + 2
    leaves = []
    if known not in COMMON and known not in STRUCTURAL:
        leaves.append(Leaf(path, unquote(name), Span(at, at + len(name)), "header_name", is_key=True))
    leaves.append(_credential(path, value, start) if known == "authorization" else _value(path, value, start, budget))
    return leaves


def speaks(known: str, value: str) -> bool:
    """True for the value of a structural header that may say more than such a header has to."""
    if _ODD.search(value) or (known in _VALIDATORS and value.strip() != "*"):
        return True
    if known in FORMS and not FORMS[known].fullmatch(value):
        return True
    if known not in _NUMBERED and _MANY_DIGITS.search(value) is not None:
        return True
    if known == "if-match" and strings_are_coded(value):
        return True
    if known in _ALIKE and len(_quiet) < _MOST_QUIET:
        _quiet.add((known, value))
    return False


def _reply_leaves(name: str, value: str, at: int, budget: Budget) -> list[Leaf]:
    known = name.lower()
    return [_value(("headers", known), value, at + len(name) + 2, budget)] if known == "location" else []


def _value(path: Path, value: str, start: int, budget: Budget) -> Leaf:
    text = value if value.isascii() else join_bytes(value)
    whole = _WHOLE.get(str(path[-1]))
    inner = whole(budget, path, text) if whole else budget.nest(budget, "headers", path, text)
    if inner is not None and not inner.leaves:
        inner = None
    return Leaf(path, text, Span(start, start + len(value)), "header", inner=inner)


def _credential(path: Path, value: str, start: int) -> Leaf:
    """The credential without its scheme; of Basic, ``user:password`` itself."""
    scheme = _CREDENTIAL.match(value)
    skip = scheme.end() if scheme else 0
    raw = value[skip:]
    span = Span(start + skip, start + len(value))
    text = raw if raw.isascii() else join_bytes(raw)
    if scheme and scheme[0].split()[0].lower() == "basic":
        return Leaf(path, _user_and_password(text), span, "base64")
    return Leaf(path, text, span, "header")


def _user_and_password(text: str) -> str:
    """What Basic spells, read as leniently as any server may; the text itself if it is no base64 at all."""
    bare = _NO_BASE64.sub("", text).translate(_URL_SAFE)
    try:
        spelled = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError:
        return text
    try:
        return spelled.decode()
    except UnicodeDecodeError:
        return spelled.decode("cp1251", "replace")
