"""What the compiled patterns of the codecs must not hold."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import gateway.core.codec


def patterns() -> Iterator[tuple[str, str]]:
    for module in pkgutil.iter_modules(gateway.core.codec.__path__, "gateway.core.codec."):
        for name, value in vars(importlib.import_module(module.name)).items():
            found = value.values() if isinstance(value, dict) else [value]
            yield from ((f"{module.name}.{name}", str(one.pattern)) for one in found if isinstance(one, re.Pattern))


def test_no_group_repeats_possessively() -> None:
    """Python before 3.11.5 goes on in the wrong place where such a group fails half-way (CPython issue 106052)."""
    found = [name for name, pattern in patterns() if re.search(r"\)[*+?}]\+", pattern)]
    assert found == []
