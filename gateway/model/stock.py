"""A vault's rows as whoever checks it reads them: table by table, in the order of their keys; nothing is plaintext."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

from gateway.model.kept import FieldRef, SealedRecord
from gateway.model.names import Digest, Kind, RecordId, Scope, SubjectId, Token
from gateway.model.turning import IndexStand

StockTable = Literal["record", "names", "person", "holder", "alias", "session"]
STOCK: tuple[StockTable, ...] = ("record", "names", "person", "holder", "alias", "session")

Key = tuple[str, ...]
"""A row's primary key, column by column; ids and blinds in hex."""

Equal = tuple[Kind, Digest, Scope]
"""An index row's key: an equal value in a scope; scope '' is the directory."""


class GivenName(Struct, frozen=True):
    """A name that a record's field was given; ``blind`` where it is equal."""

    index: int
    token: Token
    kind: Kind
    blind: Digest | None


@dataclass(frozen=True, slots=True)
class RecordNote:
    """Whose record it is and what its fields are named; ``names`` None where they can't be read."""

    subject: SubjectId
    scope: Scope
    names: tuple[GivenName, ...] | None

    def token(self, index: int) -> Token | None:
        return next((one.token for one in self.names or () if one.index == index), None)


@dataclass(frozen=True, slots=True, repr=False)
class RecordRow:
    """A record, sealed, and what is told of it in the clear."""

    sealed: SealedRecord
    note: RecordNote

    @property
    def key(self) -> Key:
        return (self.sealed.record,)

    def __repr__(self) -> str:
        return f"RecordRow({self.sealed.record})"


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What a blind stands for; ``token`` and ``record`` are the directory's None."""

    kind: Kind
    blind: Digest
    scope: Scope
    subject: SubjectId
    token: Token | None
    record: RecordId | None

    @property
    def key(self) -> Key:
        return self.blind, self.kind, self.scope


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody whom the directory knows."""

    subject: SubjectId

    @property
    def key(self) -> Key:
        return (self.subject,)


@dataclass(frozen=True, slots=True)
class HolderRow:
    """A further person with an equal value; ``ref`` is the field that has it."""

    token: Token
    subject: SubjectId
    ref: FieldRef

    @property
    def key(self) -> Key:
        return self.token, self.subject


@dataclass(frozen=True, slots=True)
class AliasRow:
    """``ref`` None: the name is spent."""

    token: Token
    ref: FieldRef | None

    @property
    def key(self) -> Key:
        return (self.token,)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Whose session it is."""

    session: Digest
    subject: SubjectId

    @property
    def key(self) -> Key:
        return (self.session,)


StockRow = RecordRow | IndexRow | PersonRow | HolderRow | AliasRow | SessionRow


@dataclass(frozen=True, slots=True)
class Look:
    """Rows that others point to, asked for by their keys."""

    records: frozenset[RecordId] = frozenset()
    equal: frozenset[Equal] = frozenset()
    aliases: frozenset[Token] = frozenset()
    holders: frozenset[tuple[Token, SubjectId]] = frozenset()
    people: frozenset[SubjectId] = frozenset()
    recorded: frozenset[SubjectId] = frozenset()
    """Who has a record."""


@dataclass(frozen=True, slots=True)
class Found:
    """Those of them that exist. ``index``: by which generations of the index key rows are named meanwhile."""

    records: Mapping[RecordId, RecordNote] = field(default_factory=dict)
    equal: Mapping[Equal, IndexRow] = field(default_factory=dict)
    aliases: Mapping[Token, AliasRow] = field(default_factory=dict)
    holders: Mapping[tuple[Token, SubjectId], HolderRow] = field(default_factory=dict)
    people: frozenset[SubjectId] = frozenset()
    recorded: frozenset[SubjectId] = frozenset()
    index: IndexStand = IndexStand()
