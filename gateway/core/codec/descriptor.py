"""A FileDescriptorSet, what ``protoc --descriptor_set_out`` writes, as a Schema; itself read by the wire format.

Source: google/protobuf/descriptor.proto, whose field numbers stand here.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.core.codec.budget import MalformedError
from gateway.core.codec.protobuf_wire import Field, fields_of, meaning
from gateway.model.protobuf import FieldType, Schema, Sort

_MOST = 1_000_000
_SORTS: dict[int, Sort] = {9: "text", 10: "untold", 11: "message", 12: "bytes"}
"""Field types by number; 10 is a group, whose wire format is refused. All others are numbers."""

_REPEATED = 3


def schema_of(raw: bytes) -> Schema:
    """All messages and methods of the set. Raises MalformedError where it is none."""
    messages: dict[str, dict[int, FieldType]] = {}
    methods: dict[str, tuple[str, str]] = {}
    for file in _Record(raw.decode("iso-8859-1")).each(1):
        package = file.text(2)
        for message in file.each(4):
            messages.update(_messages(package, message))
        for service in file.each(6):
            place = _below(package, service.text(1))
            for method in service.each(2):
                methods[f"/{place}/{method.text(1)}"] = (_bare(method.text(2)), _bare(method.text(3)))
    if not messages:
        raise MalformedError(0)
    return Schema(messages, methods)


class _Record:
    """One message of the descriptor."""

    def __init__(self, content: str) -> None:
        fields = fields_of(content, _MOST)
        if fields is None:
            raise MalformedError(0)
        self.content = content
        self.fields: list[Field] = fields

    def each(self, number: int) -> Iterator[_Record]:
        return (_Record(self.content[one.inside : one.end]) for one in self.fields if one.number == number)

    def text(self, number: int) -> str:
        return next((meaning(self.content[one.inside : one.end]) for one in self.fields if one.number == number), "")

    def number(self, number: int) -> int:
        return next((one.value for one in self.fields if one.number == number), 0)


def _messages(outer: str, message: _Record) -> Iterator[tuple[str, dict[int, FieldType]]]:
    name = _below(outer, message.text(1))
    yield name, {field.number(3): _field(field) for field in message.each(2)}
    for inner in message.each(3):
        yield from _messages(name, inner)


def _field(field: _Record) -> FieldType:
    sort = _SORTS.get(field.number(5), "number")
    return FieldType(field.text(1), sort, field.number(4) == _REPEATED, _bare(field.text(6)))


def _below(outer: str, name: str) -> str:
    return f"{outer}.{name}" if outer else name


def _bare(name: str) -> str:
    """``.shop.User`` is the full name with a dot before it."""
    return name.removeprefix(".")
