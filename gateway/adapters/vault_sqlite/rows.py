"""How rows spell the model's values, and how a token is found: by its text, or by a row where the text can't say."""

from __future__ import annotations

import sqlite3

from gateway.adapters.vault_sql.facts import RecordFact, RefOf, packed, unpacked, with_blind
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.kept import FieldRef
from gateway.model.names import Digest, Kind, RecordId, Scope, SubjectId, Token

_SQL = statements("30_read")
Seen = dict[RecordId, RecordFact | None]
"""Records that were read already, so that each is read once for all of its tokens."""


def record_fact(connection: sqlite3.Connection, record: RecordId) -> RecordFact | None:
    row = connection.execute(_SQL["record_fact"], (bytes.fromhex(record),)).fetchone()
    return RecordFact(SubjectId(row[0].hex()), Scope(row[1]), unpacked(row[2])) if row else None


def alias_ref(connection: sqlite3.Connection, token: Token) -> FieldRef | None:
    """The field that the store has noted for a token; None where it has not, and where the token is spent."""
    row = connection.execute(_SQL["alias_ref"], (token,)).fetchone()
    return (RecordId(row[0].hex()), row[1]) if row and row[0] is not None else None


def first_holding(
    connection: sqlite3.Connection, token: Token, ref_of: RefOf, seen: Seen
) -> tuple[FieldRef, RecordFact] | None:
    """The field that a token is the name of, with its record; None where the token does not exist.

    A text that names a field is a token only if that very text was handed out for it.
    """
    if (ref := ref_of(token)) is not None:
        if ref[0] not in seen:
            seen[ref[0]] = record_fact(connection, ref[0])
        fact = seen[ref[0]]
        if fact is not None and fact.token(ref[1]) == token:
            return ref, fact
    noted = alias_ref(connection, token)
    fact = record_fact(connection, noted[0]) if noted else None
    return (noted, fact) if noted and fact and fact.token(noted[1]) == token else None


def note_blind(connection: sqlite3.Connection, record: RecordId, token: Token, kind: Kind, blind: Digest) -> bool:
    """Make a record answer for an index row: its field with the token knows the blind. False if it knows another.

    Only needed where a kind became equal, or ceased to be, after the record was written.
    """
    fact = record_fact(connection, record)
    names = with_blind(fact.names, token, kind, blind) if fact else None
    if fact is not None and names is not None and tuple(names) != fact.names:
        connection.execute(_SQL["rename"], (packed(names), bytes.fromhex(record)))
    return names is not None
