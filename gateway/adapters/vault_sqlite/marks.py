"""Orders about persons, and what is said of one: the Registry port over SQLite."""

from __future__ import annotations

import sqlite3

from gateway.adapters.vault_sql.facts import RefOf
from gateway.adapters.vault_sql.marks import of_the_whole, ordered, pointless
from gateway.adapters.vault_sql.standing import Person
from gateway.adapters.vault_sqlite.directory import included, people, write_people
from gateway.adapters.vault_sqlite.erase import erased
from gateway.adapters.vault_sqlite.settle import drop_record, is_held
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.marks import Dossier, Instruction
from gateway.model.names import RecordId, Region, Scope, SubjectId

_SQL = {**statements("30_read"), **statements("20_settle")}


def instruct(connection: sqlite3.Connection, order: Instruction, home: Region, ref_of: RefOf) -> None:
    """Everything of an order but its ledger entries. What a hold kept from being purged goes with its end."""
    if erased(connection, [one for one in (order.subject, order.into) if one is not None]):
        raise pointless("the person is being erased, or was.")
    person = people(connection, [order.subject]).get(order.subject)
    order = of_the_whole(order, person)
    others = [one for one in (order.into, person.merged if person else None) if one is not None]
    rows = people(connection, [order.subject, *others])
    write_people(connection, ordered(order, rows, included(connection, order.subject), home))
    subject = bytes.fromhex(order.subject)
    if order.mark.what == "unmerge":
        both = (subject, bytes.fromhex(others[0]))
        connection.execute(_SQL["end_shown"], both)
        connection.execute(_SQL["end_sessions"], both)
    if order.mark.what == "release":
        for record, whose in connection.execute(_SQL["forgotten"], (subject,)).fetchall():
            if not is_held(connection, whose):
                drop_record(connection, RecordId(record.hex()), ref_of)


def dossier(connection: sqlite3.Connection, subject: SubjectId) -> Dossier | None:
    person = people(connection, [subject]).get(subject)
    kept = connection.execute(_SQL["kept_of"], (bytes.fromhex(subject),)).fetchall()
    if person is None and not kept:
        return None
    known = person or Person(None, None)
    return Dossier(
        subject,
        *known,
        includes=tuple(sorted(included(connection, subject))),
        records={(Scope(scope), route): number for scope, route, number, *_ in kept},
        first=min((row[3] for row in kept), default=None),
        confirmed=max((row[4] for row in kept), default=None),
    )
