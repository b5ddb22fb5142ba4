"""What a descriptor tells of Protocol Buffers messages: names and sorts of their fields, messages of methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Sort = Literal["untold", "text", "bytes", "message", "number"]


@dataclass(frozen=True, slots=True)
class FieldType:
    """``message`` is the full name of the message that a field of sort ``message`` holds. A number may be packed."""

    name: str
    sort: Sort
    repeated: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """Fields by number of each message by full name; request and reply message of each method (``/pkg.Service/Do``)."""

    messages: Mapping[str, Mapping[int, FieldType]] = field(default_factory=dict)
    methods: Mapping[str, tuple[str, str]] = field(default_factory=dict)


NO_SCHEMA = Schema()
