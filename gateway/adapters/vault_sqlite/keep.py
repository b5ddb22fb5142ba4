"""``keep`` inside the writer's transaction: names are found or given, then the record is written.

What is handed out here counts only once the transaction has been committed; ``vault.py`` makes the receipt then.
"""

from __future__ import annotations

import sqlite3

from gateway.adapters.vault_sql.facts import RecordFact, RefOf, joined, split
from gateway.adapters.vault_sql.naming import Answer, Draft, Named, drafted, no_free_name, record_taken
from gateway.adapters.vault_sqlite.directory import Directory
from gateway.adapters.vault_sqlite.rows import Seen, first_holding, note_blind, record_fact
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.errors import OvertakenError
from gateway.model.kept import Batch, Keep, KeepField, Seek
from gateway.model.names import RecordId, Region, SubjectId, Token

_SQL = statements("10_keep")


def keep_batch(connection: sqlite3.Connection, batch: Batch, home: Region, ref_of: RefOf, now_s: int) -> Answer:
    """Everything of a batch but its ledger entries. OvertakenError or OutdatedError before anything is written."""
    answer = Answer()
    earlier = _earlier(connection, batch)
    revisions = () if earlier else batch.revisions
    directory = Directory(connection, batch.directory, home, now_s, revisions)
    answer.versions = directory.admit(batch, revisions)
    for number, keep in enumerate(batch.keeps):
        if (record := earlier.get(number)) is None:
            _keep(connection, keep, ref_of, answer)
        else:
            _keep_again(connection, keep, record, answer)
    directory.write()
    if batch.idempotency and (answer.records or batch.sealed_by):
        at = max((keep.at for keep in batch.keeps), default=now_s)
        row = (bytes.fromhex(batch.idempotency), joined(answer.records), at, batch.sealed_by or None)
        connection.execute(_SQL["remember"], row)
    for seek in batch.seeks:
        answer.sought[seek.kind, seek.blind] = sought(connection, seek)
    return answer


def sought(connection: sqlite3.Connection, seek: Seek) -> Token:
    """The token of an equal value, or a phantom that is and was nobody's name."""
    row = connection.execute(_SQL["equal_token"], (bytes.fromhex(seek.blind), seek.kind, seek.scope)).fetchone()
    if row:
        return Token(row[0])
    for phantom in (seek.phantom, *seek.spare):
        if connection.execute(_SQL["alias_exists"], (phantom,)).fetchone() is None:
            return phantom
    raise no_free_name()


# ------------------------------------------------------------------------------------------------------- new records


def reuse(connection: sqlite3.Connection, keep: Keep, draft: Draft) -> None:
    """Note whose tokens are sent again, and which of other persons' tokens this person holds from now on."""
    if draft.reused:
        connection.executemany(_SQL["sent_again"], [(keep.at, bytes.fromhex(record)) for record in draft.reused])
    if draft.holds:
        row = (bytes.fromhex(keep.subject), bytes.fromhex(keep.record))
        connection.executemany(_SQL["hold"], [(token, *row, index) for token, index in draft.holds.items()])


def _keep(connection: sqlite3.Connection, keep: Keep, ref_of: RefOf, answer: Answer) -> None:
    seen: Seen = {}
    draft = drafted(keep, lambda keep, one: _named(connection, keep, one, ref_of, seen), answer)
    try:
        connection.execute(_SQL["insert_record"], draft.row(keep, answer.version(keep)))
    except sqlite3.IntegrityError as error:
        raise record_taken() from error
    reuse(connection, keep, draft)


def _named(connection: sqlite3.Connection, keep: Keep, one: KeepField, ref_of: RefOf, seen: Seen) -> Named:
    """The value's token: the one it has in this scope, else the one this person has for it, else a new one."""
    if one.blind is None:
        return _held(connection, keep, one, ref_of, seen) or _new(connection, keep, one)
    blind = bytes.fromhex(one.blind)
    row = connection.execute(_SQL["equal_token"], (blind, one.kind, keep.scope)).fetchone()
    if row is not None:
        return Named(Token(row[0]), RecordId(row[2].hex()), SubjectId(row[1].hex()))
    named = _held(connection, keep, one, ref_of, seen)
    if named is None or not note_blind(connection, named.record, named.token, one.kind, one.blind):
        named = _new(connection, keep, one)
    seen.clear()
    subject, record = bytes.fromhex(named.subject), bytes.fromhex(named.record)
    connection.execute(_SQL["name_equal"], (blind, one.kind, keep.scope, subject, named.token, record))
    return named


def _held(connection: sqlite3.Connection, keep: Keep, one: KeepField, ref_of: RefOf, seen: Seen) -> Named | None:
    """The token that the person's same value has already, if a record of that person still has it.

    ``held`` may be a text that was proposed for a field but not handed out: it names the field all the same.
    """
    if one.held is None:
        return None
    token: Token | None = one.held
    found = first_holding(connection, one.held, ref_of, seen)
    if found is None and (ref := ref_of(one.held)) is not None:
        fact = record_fact(connection, ref[0])
        token = fact.token(ref[1]) if fact and fact.subject == keep.subject else None
        found = first_holding(connection, token, ref_of, seen) if token else None
    if token is None or found is None or found[1].scope != keep.scope:
        return None
    named = Named(token, found[0][0], found[1].subject)
    return named if named.subject == keep.subject or _holds(connection, token, keep.subject) else None


def _holds(connection: sqlite3.Connection, token: Token, subject: SubjectId) -> bool:
    return connection.execute(_SQL["holds"], (token, bytes.fromhex(subject))).fetchone() is not None


def _new(connection: sqlite3.Connection, keep: Keep, one: KeepField) -> Named:
    """The first candidate, or the first that the store can note for the field."""
    for token in one.candidates:
        if not one.alias or _noted(connection, token, keep.record, one.index):
            return Named(token, keep.record, keep.subject)
    raise no_free_name()


def _noted(connection: sqlite3.Connection, token: Token, record: RecordId, index: int) -> bool:
    return connection.execute(_SQL["take_alias"], (token, bytes.fromhex(record), index)).rowcount == 1


# ----------------------------------------------------------------------------------------------------------- retries


def _earlier(connection: sqlite3.Connection, batch: Batch) -> dict[int, RecordId]:
    """By place in the batch: the records that an earlier request under the same idempotency blind has written already.

    A retry that was told of them asks by their ids; one that ran beside the first asks by ids of its own, and is
    answered with the first one's records if they have the same fields. If those are another person's, the request has
    been overtaken.
    """
    if batch.idempotency is None:
        return {}
    row = connection.execute(_SQL["replay"], (bytes.fromhex(batch.idempotency),)).fetchone()
    written = split(row[0]) if row else []
    if row and row[1] and row[1] != batch.sealed_by:
        raise OvertakenError  # sealed anew it would not be the same request
    found = {}
    for number, keep in enumerate(batch.keeps):
        for record in (keep.record, *written[number : number + 1]):
            fact = record_fact(connection, record) if number not in found else None
            if fact is not None and _answers(fact, keep):
                if record != keep.record and fact.subject != keep.subject:
                    raise OvertakenError
                found[number] = record
    return found


def _answers(fact: RecordFact, keep: Keep) -> bool:
    """True if a record has names for just the fields of the keep."""
    return fact.scope == keep.scope and {name[0] for name in fact.names} == {one.index for one in keep.fields}


def _keep_again(connection: sqlite3.Connection, keep: Keep, record: RecordId, answer: Answer) -> None:
    """The names of a record that is there, sent once more. If the first request was refused, this one stands in."""
    key = (bytes.fromhex(record),)
    fact = record_fact(connection, record)
    refused, reused = connection.execute(_SQL["refusal"], key).fetchone()
    if refused:
        connection.executemany(_SQL["sent_again"], [(keep.at, bytes.fromhex(one)) for one in split(reused)])
    connection.execute(_SQL["sent_on_retry"], (keep.at, *key))
    for index, token, _, _ in fact.names if fact else ():
        answer.names[keep.record, index] = token
    answer.records.append(record)
