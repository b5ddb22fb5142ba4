"""Documents inside texts: JSON, URLs, query strings, and in replies HTML, found by how the text begins.

A guess that does not read cleanly leaves the text a text. A guess that reads but is nested too deep is refused: texts
so hidden were not looked into.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.core.codec.budget import Budget, MalformedError, too_deep
from gateway.core.codec.form import form_part
from gateway.core.codec.html import html_part
from gateway.core.codec.json import json_part
from gateway.core.codec.url import anatomy, url_part
from gateway.model.document import Part
from gateway.model.names import PartName, Path

Reader = Callable[[PartName, Path, str, Budget], Part]

_JSON = re.compile(r"[ \t\r\n\ufeff]*+[{\[]")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*+://\S++\Z")
_RELATIVE = re.compile(r"[^\s?#<]*+[?#][^\s=&#]++=\S*+\Z")
_FORM = re.compile(r"[^\s=&?#/;]++=[^\s&]*+&\S++\Z")
_MARKUP = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9:-]*+[\s/>]|/[a-zA-Z]|!)")


def look_inside(budget: Budget, name: PartName, path: Path, text: str) -> Part | None:
    """The document that a text is, one level down; None if it is none. Raises PayloadError (GW-P109, P110, P111)."""
    reader = _reader(text, budget)
    if reader is None or budget.level >= budget.MOST_LEVELS + budget.bounded:
        return None
    budget.level += 1
    try:
        part = reader(name, path, text, budget)
    except MalformedError:
        return None
    finally:
        budget.level -= 1
    if budget.level >= budget.MOST_LEVELS:
        raise too_deep()
    return part


def _reader(text: str, budget: Budget) -> Reader | None:
    if len(text) < 3:
        return None
    if text[0] in "{[ \t\r\n\ufeff" and _JSON.match(text):
        return json_part
    if "=" in text:
        if "&" in text and _FORM.match(text):
            return form_part
        if _RELATIVE.match(text):
            return url_part
    if "://" in text and _URL.match(text) and _has_more_than_a_host(text):
        return url_part
    if budget.markup and "<" in text and _MARKUP.search(text):
        return html_part
    return None


def _has_more_than_a_host(text: str) -> bool:
    parts = anatomy(text)
    return bool(parts.user or parts.query or parts.fragment or parts.path.end - parts.path.start > 1)
