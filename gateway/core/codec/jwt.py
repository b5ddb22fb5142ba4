"""JSON in Base64 inside texts, which JSON Web Tokens are made of: to be looked into and never rewritten (RFC 7519).

Each part of a token is looked into by itself, its header too; so are claims that some other means signs or nobody does.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator

from gateway.core.codec.budget import MalformedError, budget_of
from gateway.core.codec.json import json_part
from gateway.core.codec.nest import look_inside
from gateway.core.detect.linear import linear
from gateway.model.document import Document
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits

_SPELLED = re.compile(
    r"""(?: (?<![A-Za-z0-9_-]) | (?<=%[0-9A-Fa-f]{2}) )
        (?: e[w-z0-9] | W[w-z0-9] | I[A-P] | C[Q-Za-v] | D[Q-Za-f] | 77u[/_] )  # { [ blank tab line-feed return mark
        [A-Za-z0-9+/_-]{16,}+""",
    re.VERBOSE,
)
"""Base64 in either alphabet, without its padding, of a text that may begin as an object or array does."""

_LONG = linear(r"[A-Za-z0-9+/_\-]{18}")
"""What of it is in few texts, and soon found not to be there."""

_SHORTEST = 18
"""What the shortest e-mail address in an object takes."""

_URL_SAFE = str.maketrans("+/", "-_")


def holds_any(texts: Iterable[str]) -> bool:
    """False if ``claims_in`` finds nothing in any of the texts, which is so in nearly every message."""
    joined = "\n".join(texts)
    return _LONG.search(joined.encode("utf-8", "replace")) is not None and _SPELLED.search(joined) is not None


def claims_in(text: str) -> Iterator[tuple[int, int, Document | None]]:
    """Where JSON stands in Base64, and what it says; None where it is too deep or too long to be looked into."""
    if len(text) < _SHORTEST:
        return
    for spelled in _SPELLED.finditer(text):
        try:
            claims = _json(spelled[0])
        except PayloadError:
            yield *spelled.span(), None
        except (MalformedError, ValueError):
            continue
        else:
            yield *spelled.span(), claims


def _json(spelled: str) -> Document:
    """The document that is spelled; PayloadError, or MalformedError or ValueError where it is none."""
    padded = spelled.translate(_URL_SAFE) + "=" * (-len(spelled) % 4)
    claims = urlsafe_b64decode(padded).decode().removeprefix("\ufeff")
    return Document((json_part("body", ("body",), claims, budget_of(Limits(), look_inside)),))
