"""``settle`` and the purge inside the writer's transaction.

A record goes when every request that sent its tokens was refused, or when its time is over. Its tokens live on as long
as somebody still has the value: a later record of the same person, else a further holder, takes the place of the first,
and the store notes where the token points now. A short name that nobody has any more is spent for good, because a back
end may still hold it.
"""

from __future__ import annotations

import sqlite3

from gateway.adapters.vault_sql.facts import Name, RefOf, split, unpacked
from gateway.adapters.vault_sqlite.directory import Directory
from gateway.adapters.vault_sqlite.rows import alias_ref, note_blind
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.erasure import REMEMBER_S
from gateway.model.kept import FieldRef, SessionStart, Settlement
from gateway.model.names import RecordId, Region, Scope, SubjectId, Token

_SQL = {**statements("20_settle"), **statements("25_erase")}
_REMEMBER_RETRIES_S = 7 * 86400
"""How long an Idempotency-Key is remembered."""


def settle(connection: sqlite3.Connection, outcome: Settlement, home: Region, ref_of: RefOf, now_s: int) -> None:
    """Everything of a settlement but its ledger entries."""
    for record in outcome.refused:
        _refuse(connection, record, ref_of)
    for record in outcome.ended:
        connection.execute(_SQL["end"], (outcome.ends_at, bytes.fromhex(record)))
    for session in outcome.closed_sessions:
        connection.execute(_SQL["close_session"], (bytes.fromhex(session),))
        connection.execute(_SQL["forget_shown"], (bytes.fromhex(session),))
    for entry in outcome.withdrawn:
        connection.execute(_SQL["withdraw"], (bytes.fromhex(entry.blind), entry.kind, bytes.fromhex(entry.subject)))
    directory = Directory(connection, outcome.directory, home, now_s)
    for entry in outcome.directory:
        directory.play(entry)
    directory.write()
    for start in outcome.sessions:
        _start(connection, start)
    for session, token in outcome.shown:
        connection.execute(_SQL["show"], (bytes.fromhex(session), token, outcome.shown_until))


def _start(connection: sqlite3.Connection, start: SessionStart) -> None:
    """The session begins, or is nobody's from now on if its proof is not that person's."""
    session, subject = bytes.fromhex(start.session), bytes.fromhex(start.subject)
    if start.proof is not None:
        kind, blind = start.proof
        owner = connection.execute(_SQL["proven"], (bytes.fromhex(blind), kind)).fetchone()
        if owner is None or subject not in owner:
            connection.execute(_SQL["close_session"], (session,))
            return
        subject = owner[0]
    connection.execute(_SQL["start_session"], (session, subject, start.expires))


def purge_expired(connection: sqlite3.Connection, now: int, most: int, ref_of: RefOf) -> int:
    """The number of records whose time was over and that are gone; beside them sessions, shown tokens and retries."""
    rows = connection.execute(_SQL["expired_records"], (now, most)).fetchall()
    for (record,) in rows:
        drop_record(connection, RecordId(record.hex()), ref_of)
    connection.execute(_SQL["purge_sessions"], (now,))
    connection.execute(_SQL["purge_shown"], (now,))
    connection.execute(_SQL["purge_idempotency"], (now - _REMEMBER_RETRIES_S,))
    connection.execute(_SQL["purge_erased"], (now - REMEMBER_S,))
    return len(rows)


def drop_record(connection: sqlite3.Connection, record: RecordId, ref_of: RefOf) -> None:
    """The record is gone; each of its tokens passes to whoever still has the value, or is gone too."""
    row = connection.execute(_SQL["drop_record"], (bytes.fromhex(record),)).fetchone()
    if row is None:
        return  # somebody else was first
    subject, scope, text = row
    names = sorted(unpacked(text), key=lambda name: name[3] is not None)
    for name in {name[1]: name for name in names}.values():
        _pass_on(connection, record, SubjectId(subject.hex()), Scope(scope), name, ref_of)


def _refuse(connection: sqlite3.Connection, record: RecordId, ref_of: RefOf) -> None:
    row = connection.execute(_SQL["refuse"], (bytes.fromhex(record),)).fetchone()
    if row is None:
        return
    sent, reused, subject = row
    if sent <= 0 and not is_held(connection, subject):
        drop_record(connection, record, ref_of)
    for other in split(reused):
        left = connection.execute(_SQL["unsend"], (bytes.fromhex(other),)).fetchone()
        if left is not None and left[0] <= 0 and not is_held(connection, left[1]):
            drop_record(connection, other, ref_of)


def is_held(connection: sqlite3.Connection, subject: bytes) -> bool:
    """True while nothing of the person may go."""
    return bool(connection.execute(_SQL["held"], (subject,)).fetchone()[0])


def _pass_on(
    connection: sqlite3.Connection, record: RecordId, subject: SubjectId, scope: Scope, name: Name, ref_of: RefOf
) -> None:
    token = name[1]
    own = _successor(connection, subject, scope, token)
    points_to = alias_ref(connection, token) or ref_of(token)
    if points_to is None or points_to[0] != record:
        _hold_by(connection, record, subject, token, own)
    elif own is not None:
        _point(connection, scope, name, subject, own)
    elif (holder := connection.execute(_SQL["next_holder"], (token,)).fetchone()) is not None:
        connection.execute(_SQL["leave"], (token, holder[0]))
        _point(connection, scope, name, SubjectId(holder[0].hex()), (RecordId(holder[1].hex()), holder[2]))
    else:
        connection.execute(_SQL["spend_alias"], (token,))
        if name[3] is not None:
            connection.execute(_SQL["forget_equal"], (bytes.fromhex(name[3]), name[2], scope, token))


def _successor(connection: sqlite3.Connection, subject: SubjectId, scope: Scope, token: Token) -> FieldRef | None:
    """The field of the newest other record of the same person that has the token."""
    row = connection.execute(_SQL["successor"], (bytes.fromhex(subject), scope, f'"{token}"')).fetchone()
    if row is None:
        return None
    return RecordId(row[0].hex()), next(index for index, given, _, _ in unpacked(row[1]) if given == token)


def _hold_by(
    connection: sqlite3.Connection, record: RecordId, subject: SubjectId, token: Token, own: FieldRef | None
) -> None:
    """A further holder's record goes: another of that person takes its place, or the person holds it no more."""
    row = (token, bytes.fromhex(subject), bytes.fromhex(record))
    if own is None:
        connection.execute(_SQL["leave_by"], row)
    else:
        connection.execute(_SQL["hold_by"], (bytes.fromhex(own[0]), own[1], *row))


def _point(connection: sqlite3.Connection, scope: Scope, name: Name, subject: SubjectId, ref: FieldRef) -> None:
    """From now on the token is the name of another field."""
    _, token, kind, blind = name
    record = bytes.fromhex(ref[0])
    connection.execute(_SQL["point_alias"], (token, record, ref[1]))
    if blind is not None:
        note_blind(connection, ref[0], token, kind, blind)
        row = (bytes.fromhex(subject), record, bytes.fromhex(blind), kind, scope, token)
        connection.execute(_SQL["move_equal"], row)
