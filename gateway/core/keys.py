"""Which keys of a message can be names of fields. Only those are ever remembered from one message to the next."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_NAME = 64
"""Longer keys are data."""

_DATA = re.compile(r"@|\d{4}")


def field_names(parts: Iterable[str]) -> tuple[str, ...]:
    """Those of the keys that can be names: a very long one, or one with an e-mail or a number in it, is data."""
    names = tuple(parts)
    if _DATA.search("\n".join(names)) is None and max(map(len, names), default=0) <= LONGEST_NAME:
        return names
    return tuple(name for name in names if len(name) <= LONGEST_NAME and _DATA.search(name) is None)
