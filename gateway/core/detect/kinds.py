"""The built-in catalogue: every kind of personal data the gateway knows.

Kinds are written in ``rules/kinds/*.yaml``; what stands here is drawn from them, so that the core reads no file and
the start waits for no YAML. ``judge`` is the type outside scorers know a kind by; a kind without one (country, language
…) is nobody's personal data by itself. Operators add kinds of their own in the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import cast

from gateway.core.detect.kind_rows import ROWS
from gateway.model.kinds import KindSpec, Normal, Shape
from gateway.model.names import Category, Kind


def _specs() -> Iterator[KindSpec]:
    lines = iter(ROWS.strip().split("\n"))
    for words, texts in zip(lines, lines, strict=True):
        name, category, shape, normal, equal, checksum, judge = words.split()
        title_en, title_ru, law = texts.strip().split(" | ")
        yield KindSpec(
            Kind(name),
            cast(Category, category),  # the words were checked when the table was drawn
            cast(Shape, shape),
            cast(Normal, normal),
            equal == "=",
            None if checksum == "-" else checksum,
            "" if judge == "-" else judge,
            title_en,
            title_ru,
            law,
        )


KINDS: Mapping[Kind, KindSpec] = MappingProxyType({spec.name: spec for spec in _specs()})
