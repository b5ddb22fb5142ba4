"""``recall`` and ``fetch``: one read transaction each, on a connection that cannot write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from gateway.adapters.vault_sqlite.rows import RefOf, Seen, first_holding, split
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.kept import (
    Blinded,
    DirectoryEntry,
    Fetch,
    Fetched,
    Holding,
    Recall,
    Recalled,
    SealedRecord,
    SessionFact,
    TokenFact,
)
from gateway.model.names import Digest, RecordId, Region, Scope, SubjectId, Token

_SQL = statements("30_read")


def recall(connection: sqlite3.Connection, query: Recall, now_s: int, ref_of: RefOf) -> Recalled:
    return Recalled(
        known=_known(connection, query.identifiers),
        tokens=_facts(connection, query.tokens, query.session, now_s, ref_of),
        session=_session(connection, query.session, now_s) if query.session else None,
        replay=_replay(connection, query.idempotency) if query.idempotency else (),
    )


def fetch(connection: sqlite3.Connection, query: Fetch, ref_of: RefOf) -> Fetched:
    seen: Seen = {}
    every = {token: tuple(_holdings(connection, token, ref_of, seen)) for token in query.tokens}
    holdings = {token: found for token, found in every.items() if found}
    records: dict[RecordId, SealedRecord] = {}
    by_subject: dict[SubjectId, tuple[RecordId, ...]] = {}
    for subject in query.subjects:
        own = _records_of(connection, subject, query.scope, query.most)
        records |= {record.record: record for record in own}
        by_subject[subject] = tuple(record.record for record in own)
    held = (holding.ref[0] for found in holdings.values() for holding in found)
    for record in (*query.records, *held):
        if record not in records and (row := _row(connection, record)) is not None:
            records[record] = row
    return Fetched(holdings, records, by_subject)


def lookups(query: Recall | Fetch) -> int:
    """About how many rows an answer reads."""
    if isinstance(query, Recall):
        return len(query.identifiers) + 2 * len(query.tokens)
    return 3 * len(query.tokens) + len(query.records) + query.most * len(query.subjects)


def filled(connection: sqlite3.Connection) -> bool:
    """True if anything at all is kept."""
    return bool(connection.execute(_SQL["filled"]).fetchone()[0])


def peopled(connection: sqlite3.Connection) -> bool:
    """True if the directory knows anybody."""
    return bool(connection.execute(_SQL["peopled"]).fetchone()[0])


def _known(connection: sqlite3.Connection, identifiers: Iterable[Blinded]) -> dict[Blinded, DirectoryEntry]:
    known = {}
    for kind, blind in identifiers:
        row = connection.execute(_SQL["identifier"], (bytes.fromhex(blind), kind)).fetchone()
        if row is not None:
            known[kind, blind] = DirectoryEntry(kind, blind, SubjectId(row[0].hex()), row[1], row[2])
    return known


def _facts(
    connection: sqlite3.Connection, tokens: Iterable[Token], session: Digest | None, now_s: int, ref_of: RefOf
) -> dict[Token, TokenFact]:
    facts = {}
    seen: Seen = {}
    for token in tokens:
        found = tuple(_holdings(connection, token, ref_of, seen))
        if found:
            holders = frozenset(holding.subject for holding in found)
            shown = session is not None and _shown(connection, session, token, now_s)
            facts[token] = TokenFact(token, found[0].scope, holders, shown)
    return facts


def _shown(connection: sqlite3.Connection, session: Digest, token: Token, now_s: int) -> bool:
    return connection.execute(_SQL["shown"], (bytes.fromhex(session), token, now_s)).fetchone() is not None


def _holdings(connection: sqlite3.Connection, token: Token, ref_of: RefOf, seen: Seen) -> Iterable[Holding]:
    """The first holder, then the further ones by subject; nobody if the token does not exist."""
    first = first_holding(connection, token, ref_of, seen)
    if first is None:
        return
    ref, fact = first
    yield Holding(token, fact.scope, fact.subject, ref)
    if not fact.is_equal(token):
        return
    for subject, record, field in connection.execute(_SQL["holders"], (token,)):
        yield Holding(token, fact.scope, SubjectId(subject.hex()), (RecordId(record.hex()), field))


def _session(connection: sqlite3.Connection, session: Digest, now_s: int) -> SessionFact | None:
    row = connection.execute(_SQL["session"], (bytes.fromhex(session), now_s)).fetchone()
    return SessionFact(SubjectId(row[0].hex()), row[1], row[2], row[3]) if row else None


def _replay(connection: sqlite3.Connection, blind: Digest) -> tuple[RecordId, ...]:
    row = connection.execute(_SQL["replay"], (bytes.fromhex(blind),)).fetchone()
    records = split(row[0]) if row else []
    return tuple(r for r in records if connection.execute(_SQL["lives"], (bytes.fromhex(r),)).fetchone())


def _records_of(
    connection: sqlite3.Connection, subject: SubjectId, scope: Scope | None, most: int
) -> list[SealedRecord]:
    if scope is None:
        rows = connection.execute(_SQL["records_of_anywhere"], (bytes.fromhex(subject), most))
    else:
        rows = connection.execute(_SQL["records_of"], (bytes.fromhex(subject), scope, most))
    return [_sealed(*row) for row in rows]


def _row(connection: sqlite3.Connection, record: RecordId) -> SealedRecord | None:
    row = connection.execute(_SQL["record"], (bytes.fromhex(record),)).fetchone()
    return _sealed(*row) if row else None


def _sealed(record: bytes, region: str, scope: str, subject: bytes, sealed: bytes, at: int) -> SealedRecord:
    return SealedRecord(RecordId(record.hex()), Region(region), Scope(scope), SubjectId(subject.hex()), sealed, at)
