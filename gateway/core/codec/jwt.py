"""JSON Web Tokens inside texts: their claims as a document, to be looked into and never rewritten (RFC 7519)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator

from gateway.core.codec.budget import MalformedError, budget_of
from gateway.core.codec.json import json_part
from gateway.core.codec.nest import look_inside
from gateway.model.document import Document
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits

_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++(?=\.(e[yw][A-Za-z0-9_-]{6,}+))")
"""Two parts that a dot joins, the second one spelling ``{`` in Base64. Each part is read twice at most."""


def claims_in(text: str) -> Iterator[tuple[int, int, Document | None]]:
    """Where tokens stand, less their signatures, and what they claim; None for JSON that is too deep or too long to
    be looked into.
    """
    if ".e" not in text:
        return
    for token in _TOKEN.finditer(text):
        payload, stretch = token[1], (token.start(), token.end(1))
        try:
            claims = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
            part = json_part("body", ("body",), claims, budget_of(Limits(), look_inside))
        except PayloadError:
            yield *stretch, None
        except (MalformedError, ValueError):
            continue
        else:
            yield *stretch, Document((part,))
