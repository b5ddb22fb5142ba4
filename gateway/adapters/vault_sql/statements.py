"""SQL lives in numbered, annotated files; here it is loaded by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType


def named(script: str) -> Mapping[str, str]:
    """The statements of a script by the names above them (``-- name: insert_record``), comments left out."""
    parts = re.split(r"(?m)^-- name: (\w+)\n", script)
    return MappingProxyType(
        {name: re.sub(r"(?m)^--.*\n", "", text).strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    )
