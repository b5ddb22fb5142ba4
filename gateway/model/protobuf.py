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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Schema:
    """Fields by number of each message by full name; request and reply message of each method (``/pkg.Service/Do``)."""

    messages: Mapping[str, Mapping[int, FieldType]] = field(default_factory=dict)
    methods: Mapping[str, tuple[str, str]] = field(default_factory=dict)


NO_SCHEMA = Schema()


@dataclass(frozen=True, slots=True)
class ProtobufSpec:
    """What a route says of its bodies: a descriptor file, and the full names of request and reply message.

    Without a name it is that of the gRPC method which the path names.
    """

    file: str
    request: str = ""
    reply: str = ""
    schema: Schema = NO_SCHEMA

    def message(self, path: str, *, reply: bool) -> str:
        """The message of a body, "" if nothing tells."""
        methods = self.schema.methods.get(path, ("", ""))
        return (self.reply or methods[1]) if reply else (self.request or methods[0])
