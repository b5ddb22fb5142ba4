"""Rows of a vault as a checker takes them, out of any SQL store's rows by the names of their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import orjson

from gateway.model.kept import FieldRef, SealedRecord
from gateway.model.names import Digest, Kind, RecordId, Region, Scope, SubjectId, Token
from gateway.model.stock import (
    AliasRow,
    GivenName,
    HolderRow,
    IndexRow,
    Key,
    PersonRow,
    RecordNote,
    RecordRow,
    SessionRow,
    StockRow,
    StockTable,
)
from gateway.model.turning import IndexStand, stand


class Row(Protocol):
    """What drivers have in common; columns are asked by name, so that a layout may add some."""

    def __getitem__(self, column: str, /) -> object: ...


def note_of(row: Row) -> RecordNote:
    return RecordNote(SubjectId(_hex(row["subject"])), Scope(str(row["scope"])), _names(row["names"]))


def _names(text: object) -> tuple[GivenName, ...] | None:
    try:
        return tuple(
            GivenName(int(index), Token(token), Kind(kind), Digest(bytes.fromhex(blind).hex()) if blind else None)
            for index, token, kind, blind in orjson.loads(str(text))
        )
    except (orjson.JSONDecodeError, TypeError, ValueError):
        return None


def _record(row: Row) -> RecordRow:
    note, at = note_of(row), row["at"]
    return RecordRow(
        SealedRecord(
            RecordId(_hex(row["id"])),
            Region(str(row["region"])),
            note.scope,
            note.subject,
            _bytes(row["sealed"]),
            at if isinstance(at, int) else 0,
        ),
        note,
    )


def index_of(row: Row) -> IndexRow:
    token, record = row["token"], row["record"]
    return IndexRow(
        Kind(str(row["kind"])),
        Digest(_hex(row["blind"])),
        Scope(str(row["scope"])),
        SubjectId(_hex(row["subject"])),
        None if token is None else Token(str(token)),
        None if record is None else RecordId(_hex(record)),
    )


def holder_of(row: Row) -> HolderRow:
    ref = _ref(row)
    return HolderRow(Token(str(row["token"])), SubjectId(_hex(row["subject"])), ref or (RecordId(""), -1))


def alias_of(row: Row) -> AliasRow:
    return AliasRow(Token(str(row["token"])), _ref(row))


def _ref(row: Row) -> FieldRef | None:
    record, index = row["record"], row["field"]
    return None if record is None else (RecordId(_hex(record)), index if isinstance(index, int) else -1)


ROWS: Mapping[StockTable, Callable[[Row], StockRow]] = {
    "record": _record,
    "names": index_of,
    "person": lambda row: PersonRow(SubjectId(_hex(row["subject"]))),
    "holder": holder_of,
    "alias": alias_of,
    "session": lambda row: SessionRow(Digest(_hex(row["id"])), SubjectId(_hex(row["subject"]))),
}

_BYTES: Mapping[StockTable, tuple[bool, ...]] = {
    "record": (True,),
    "names": (True, False, False),
    "person": (True,),
    "holder": (False, True),
    "alias": (False,),
    "session": (True,),
}
"""Which columns of each key are bytes."""


def stand_of(rows: Sequence[Row]) -> IndexStand:
    """How the index key stands, by what the vault notes of it; as at the beginning where it notes nothing."""
    try:
        return stand(str(rows[0]["value"])) if rows else IndexStand()
    except ValueError:
        return IndexStand()


def bound(table: StockTable, after: Key | None) -> tuple[bytes | str, ...]:
    """A key as the store compares it; before all others where there is none. ValueError for what is no key of it."""
    kinds = _BYTES[table]
    if after is None:
        return tuple(b"" if one else "" for one in kinds)
    return tuple(bytes.fromhex(part) if one else part for one, part in zip(kinds, after, strict=True))


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _hex(value: object) -> str:
    return _bytes(value).hex()
