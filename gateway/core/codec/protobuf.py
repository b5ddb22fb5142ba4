"""Protocol Buffers: what is length-delimited is a text or a message, told by its bytes or by a descriptor.

The part's text is its bytes read as ISO 8859-1. A field's leaf covers tag, length and content, so that a new content
takes its new length along, on every level above as well. Without a descriptor fields stand below their numbers
(``body.1.3``), those of one number in one message numbered like items of an array (``body.1.0.3``). A content is a
message where it is one from end to end and no text; where it may be both, it is a text that can't grow or shrink. What
is neither (packed numbers, ids) is a text of bytes. Numbers are leaves where they are as long as those of phones and
documents. O(n) a level.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.protobuf_wire import DELIMITED, VARINT, Field, fields_of, meaning
from gateway.model.document import Leaf, Part, Span, Spelling
from gateway.model.errors import PayloadError
from gateway.model.names import PartName, Path
from gateway.model.protobuf import NO_SCHEMA, FieldType, Schema

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\udc80-\udcff]")
_TELLING = range(10**9, 10**16)
"""Numbers of ten to sixteen digits: phones, documents, accounts, cards."""

_MOST_FIELDS = 4
"""How many fields may be read for each leaf that is allowed; those of packed numbers are only tried."""

_MOST_COPIES = 16
"""How often a message may be copied, level by level, before it is nested too deep."""


def protobuf_part(
    name: PartName, base: Path, text: str, budget: Budget, schema: Schema = NO_SCHEMA, message: str = ""
) -> Part:
    """One message, of that full name in the schema. Raises MalformedError, PayloadError (GW-P109, GW-P110)."""
    return message_reader(name, len(text), budget, schema)(base, text, message)


def message_reader(
    name: PartName, size: int, budget: Budget, schema: Schema = NO_SCHEMA
) -> Callable[[Path, str, str], Part]:
    """Reads messages that are ``size`` bytes together: what one of them costs, the others lack."""
    return _Reader(name, budget, size * _MOST_COPIES, schema).message


class _Reader:
    __slots__ = ("budget", "fields", "name", "room", "schema")

    def __init__(self, name: PartName, budget: Budget, room: int, schema: Schema) -> None:
        self.name: PartName = name
        self.budget = budget
        self.room = room
        self.schema = schema
        self.fields = min(budget.leaves * _MOST_FIELDS, sys.maxsize)

    def message(self, base: Path, text: str, message: str, depth: int = 0) -> Part:
        fields = self._fields(text)
        if fields is None:
            raise MalformedError(0)
        self.room -= len(text)
        if depth > self.budget.depth or self.room < 0:
            raise PayloadError(
                "GW-P110",
                "a message is nested deeper than `limits.max_depth` allows, so it was not inspected and not forwarded.",
                "send flatter data, or raise the limit.",
                status=413,
            )
        leaves = tuple(self._leaves(base, text, fields, self.schema.messages.get(message, {}), depth))
        self.budget.spend(len(leaves))
        return Part(self.name, "protobuf", text, leaves)

    def _leaves(
        self, base: Path, text: str, fields: list[Field], told: Mapping[int, FieldType], depth: int
    ) -> Iterator[Leaf]:
        several, number = Counter(field.number for field in fields), Counter[int]()
        for field in fields:
            known = told.get(field.number) or FieldType(str(field.number), "untold", several[field.number] > 1)
            path: Path = (*base, known.name)
            if known.repeated:
                path = (*path, number[field.number])
                number[field.number] += 1
            leaf = self._leaf(path, text[field.inside : field.end], field, known, depth)
            if leaf is not None:
                yield leaf

    def _leaf(self, path: Path, content: str, field: Field, known: FieldType, depth: int) -> Leaf | None:
        raw = Span(field.start, field.end)
        if field.wire != DELIMITED:
            is_telling = field.wire == VARINT and field.value in _TELLING
            return Leaf(path, str(field.value), raw, "protobuf_number") if is_telling else None
        means = meaning(content)
        spelling = _TOLD[known.sort] if known.sort in _TOLD else self._looks(content, means)
        if spelling == "protobuf_message":
            inner = self.message(path, content, known.message, depth + 1)
            return Leaf(path, content, raw, spelling, inner=inner)
        return Leaf(path, means, raw, spelling, inner=self.budget.nest(self.budget, self.name, path, means))

    def _looks(self, content: str, means: str) -> Spelling:
        """What the bytes of a field look like that no descriptor tells of.

        A message without a text in it has nothing that could be replaced: it may as well be a text. A message may be
        all printable, but text seldom begins with a line break, or has a blank other than a space behind its first
        character.
        """
        fields = self._fields(content) or ()
        if not any(field.wire == DELIMITED for field in fields):
            return "protobuf_text"
        if _CONTROL.search(means) or content[0] == "\n" or content[1] in "\t\n\r":
            return "protobuf_message"
        return "protobuf_either"

    def _fields(self, text: str) -> list[Field] | None:
        fields = fields_of(text, self.fields)
        self.fields -= len(fields or ())
        if self.fields <= 0:
            self.budget.spend(self.budget.leaves + 1)
        return fields


_TOLD: Mapping[str, Spelling] = {
    "text": "protobuf_text",
    "bytes": "protobuf_text",
    "number": "protobuf_text",
    "message": "protobuf_message",
}
