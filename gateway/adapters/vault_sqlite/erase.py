"""How persons leave a SQLite vault for good: the Erasing port inside the writer's transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

from gateway.adapters.vault_sql.facts import RefOf
from gateway.adapters.vault_sqlite.directory import included, people
from gateway.adapters.vault_sqlite.settle import drop_record
from gateway.adapters.vault_sqlite.statements import each, statements
from gateway.model.erasure import Condemnation
from gateway.model.errors import HeldError
from gateway.model.names import RecordId, SubjectId

_SQL = statements("25_erase")
_PAGE = 5000

Identifier = tuple[bytes, str, bytes]
"""Of the directory: blind, kind, whose it is."""
Key = tuple[bytes, str, str]


def anybody_erased(connection: sqlite3.Connection) -> bool:
    """A look of a microsecond, so that whoever writes need not know of whom while nobody was erased lately."""
    return bool(connection.execute(_SQL["any_erased"]).fetchone()[0])


def erased(connection: sqlite3.Connection, subjects: Collection[SubjectId]) -> frozenset[SubjectId]:
    """Those of them who are to go or went."""
    if not subjects or not anybody_erased(connection):
        return frozenset()
    rows = each(connection, _SQL["erased"], [(one,) for one in _ids(subjects)])
    return frozenset(SubjectId(row[0].hex()) for row in rows)


def condemn(connection: sqlite3.Connection, order: Condemnation) -> tuple[SubjectId, ...]:
    known = people(connection, order.subjects)
    roots = {person.merged or one for one, person in known.items()}
    whole = sorted({*order.subjects, *roots, *(one for root in roots for one in included(connection, root))})
    if any(person.held is not None for person in people(connection, whole).values()):
        raise HeldError
    connection.executemany(_SQL["condemn"], [(one, order.at, order.by, order.why) for one in _ids(whole)])
    _end_sessions(connection, whole)
    return tuple(whole)


def condemned(connection: sqlite3.Connection) -> list[Condemnation]:
    rows = connection.execute(_SQL["condemned"]).fetchall()
    return [Condemnation((SubjectId(row[0].hex()),), row[1], row[2], row[3]) for row in rows]


def records_of(connection: sqlite3.Connection, subjects: Sequence[SubjectId], most: int) -> list[RecordId]:
    found: list[RecordId] = []
    for one in _ids(subjects):
        rows = connection.execute(_SQL["records_of"], (one, most - len(found)))
        found += [RecordId(row[0].hex()) for row in rows]
    return found


def drop_records(connection: sqlite3.Connection, records: Sequence[RecordId], ref_of: RefOf) -> int:
    for record in records:
        drop_record(connection, record, ref_of)
    return len(records)


def entries_of(
    connection: sqlite3.Connection, subjects: Collection[SubjectId], after: Key | None
) -> tuple[list[Identifier], Key | None]:
    """Those among the next page of names, and where it ends; None: that was all."""
    whose = set(_ids(subjects))
    name, facts = ("names_after", (*after, _PAGE)) if after else ("first_names", (_PAGE,))
    rows = connection.execute(_SQL[name], facts).fetchall()
    entries = [(blind, kind, subject) for blind, kind, scope, subject in rows if scope == "" and subject in whose]
    return entries, (rows[-1][0], rows[-1][1], rows[-1][2]) if len(rows) == _PAGE else None


def drop_rest(connection: sqlite3.Connection, subjects: Sequence[SubjectId], entries: Sequence[Identifier]) -> None:
    """What is left when there is no record any more."""
    connection.executemany(_SQL["drop_entry"], entries)
    connection.executemany(_SQL["drop_person"], [(one,) for one in _ids(subjects)])
    _end_sessions(connection, subjects)


def gone(connection: sqlite3.Connection, subjects: Sequence[SubjectId], at: int) -> None:
    connection.executemany(_SQL["gone"], [(at, one) for one in _ids(subjects)])


def _end_sessions(connection: sqlite3.Connection, subjects: Sequence[SubjectId]) -> None:
    for name in ("drop_shown", "drop_sessions"):
        connection.executemany(_SQL[name], [(one,) for one in _ids(subjects)])


def _ids(subjects: Collection[SubjectId]) -> list[bytes]:
    return [bytes.fromhex(one) for one in subjects]
