"""``recall`` and ``fetch``: one read transaction each, on a connection that cannot write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from gateway.adapters.vault_sql.facts import RefOf, split, unpacked
from gateway.adapters.vault_sql.standing import Person
from gateway.adapters.vault_sqlite.directory import person_of
from gateway.adapters.vault_sqlite.rows import Seen, first_holding
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.kept import (
    STANDINGS,
    Blinded,
    DirectoryEntry,
    Fetch,
    Fetched,
    Holding,
    PersonFact,
    Recall,
    Recalled,
    SealedRecord,
    SessionFact,
    StoredRecord,
    TokenFact,
)
from gateway.model.names import Digest, Kind, RecordId, Region, Scope, SubjectId, Token

_SQL = statements("30_read")


class _People:
    """The rows of persons that an answer needs, each read once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[SubjectId, Person | None] = {}

    def has(self, subject: SubjectId, row: Sequence[Any]) -> Person | None:
        """As it was read along with something else."""
        if subject not in self._rows:
            self._rows[subject] = person_of(row) if row[3] is not None else None
        return self._rows[subject]

    def look(self, subject: SubjectId) -> Person | None:
        if subject not in self._rows:
            row = self._connection.execute(_SQL["person"], (bytes.fromhex(subject),)).fetchone()
            self._rows[subject] = person_of(row) if row else None
        return self._rows[subject]

    def root(self, subject: SubjectId) -> SubjectId:
        """As whom the person counts."""
        person = self.look(subject)
        return person.merged if person and person.merged else subject

    def is_blocked(self, subject: SubjectId) -> bool:
        person = self.look(subject)
        if person is None:
            return False
        return person.blocked is not None or (person.merged is not None and self.is_blocked(person.merged))

    def facts(self, roots: Iterable[SubjectId]) -> dict[SubjectId, PersonFact]:
        every = {subject: self.look(subject) for subject in roots}
        return {
            subject: PersonFact(person.version, self.is_blocked(subject)) for subject, person in every.items() if person
        }


def recall(connection: sqlite3.Connection, query: Recall, now_s: int, ref_of: RefOf) -> Recalled:
    vouched: dict[SubjectId, frozenset[Kind]] = {}
    apart: dict[Blinded, SubjectId] = {}
    people = _People(connection)
    whose, sealed_by = _replay(connection, query.idempotency) if query.idempotency else ({}, "")
    facts = _facts(connection, query, now_s, ref_of, people)
    known = _known(connection, query.identifiers, vouched, apart, people)
    session = _session(connection, query.session, now_s, people) if query.session else None
    texts = [token for token in query.tokens if token not in facts] if query.session else []
    return Recalled(
        known=known,
        tokens=facts,
        session=session,
        replay=tuple(whose),
        whose=whose,
        sealed_by=sealed_by,
        vouched=vouched,
        people=people.facts([*(entry.subject for entry in known.values()), *([session.subject] if session else [])]),
        apart=apart,
        shown=frozenset(text for text in texts if query.session and _shown(connection, query.session, text, now_s)),
    )


def fetch(connection: sqlite3.Connection, query: Fetch, ref_of: RefOf) -> Fetched:
    seen: Seen = {}
    people = _People(connection)
    every = {token: tuple(_holdings(connection, token, ref_of, seen, people)) for token in query.tokens}
    holdings = {token: found for token, found in every.items() if found}
    records: dict[RecordId, SealedRecord] = {}
    by_subject: dict[SubjectId, tuple[RecordId, ...]] = {}
    for subject in query.subjects:
        own = _records_of(connection, subject, query.scope, query.most)
        records |= {record.record: record for record in own}
        by_subject[subject] = tuple(record.record for record in own)
    held = [holding.ref[0] for found in holdings.values() for holding in found]
    for record in (*query.records, *held):
        if record not in records and (row := _row(connection, record)) is not None:
            records[record] = row
    persons = {*query.subjects, *(holding.subject for found in holdings.values() for holding in found)}
    blocked = frozenset(subject for subject in persons if people.is_blocked(subject))
    return Fetched(holdings, records, by_subject, blocked)


def page(connection: sqlite3.Connection, after: RecordId | None, now_s: int, most: int) -> list[StoredRecord]:
    """The live records behind one, in the order of their ids."""
    rows = connection.execute(_SQL["page"], (bytes.fromhex(after or ""), now_s, most))
    return [
        StoredRecord(_sealed(*row[:7]), row[7], row[8], {one[0]: one[1] for one in unpacked(row[9])}, row[10])
        for row in rows
    ]


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


def _known(
    connection: sqlite3.Connection,
    identifiers: Iterable[Blinded],
    vouched: dict[SubjectId, frozenset[Kind]],
    apart: dict[Blinded, SubjectId],
    people: _People,
) -> dict[Blinded, DirectoryEntry]:
    known = {}
    for kind, blind in identifiers:
        row = connection.execute(_SQL["identifier"], (bytes.fromhex(blind), kind)).fetchone()
        if row is not None:
            subject, (standing, among) = SubjectId(row[0].hex()), row[1:3]
            person = people.has(subject, row[3:11])
            root = people.root(subject)
            lives = people.look(root)
            place = lives.place if lives else (None, None)
            known[kind, blind] = DirectoryEntry(kind, blind, root, *place, STANDINGS[standing], among, *row[11:])
            if person is not None and person.vouched is not None:
                vouched[root] = vouched.get(root, frozenset()) | person.vouched
            if root != subject:
                apart[kind, blind] = subject
    return known


def _facts(
    connection: sqlite3.Connection, query: Recall, now_s: int, ref_of: RefOf, people: _People
) -> dict[Token, TokenFact]:
    facts = {}
    seen: Seen = {}
    session = query.session
    for token in query.tokens:
        found = tuple(_holdings(connection, token, ref_of, seen, people))
        if found:
            holders = frozenset(holding.subject for holding in found)
            shown = session is not None and _shown(connection, session, token, now_s)
            facts[token] = TokenFact(token, found[0].scope, holders, shown)
    return facts


def _shown(connection: sqlite3.Connection, session: Digest, token: Token, now_s: int) -> bool:
    return connection.execute(_SQL["shown"], (bytes.fromhex(session), token, now_s)).fetchone() is not None


def _holdings(
    connection: sqlite3.Connection, token: Token, ref_of: RefOf, seen: Seen, people: _People
) -> Iterable[Holding]:
    """The first holder, then the further ones by subject; nobody if the token does not exist."""
    first = first_holding(connection, token, ref_of, seen)
    if first is None:
        return
    ref, fact = first
    yield Holding(token, fact.scope, people.root(fact.subject), ref)
    if not fact.is_equal(token):
        return
    for subject, record, field in connection.execute(_SQL["holders"], (token,)):
        whose = people.root(SubjectId(subject.hex()))
        yield Holding(token, fact.scope, whose, (RecordId(record.hex()), field))


def _session(connection: sqlite3.Connection, session: Digest, now_s: int, people: _People) -> SessionFact | None:
    row = connection.execute(_SQL["session"], (bytes.fromhex(session), now_s)).fetchone()
    if row is None:
        return None
    subject = SubjectId(row[0].hex())
    people.has(subject, row[2:])
    root = people.root(subject)
    person = people.look(root)
    return SessionFact(root, *(person.place if person else (None, None)), row[1])


def _replay(connection: sqlite3.Connection, blind: Digest) -> tuple[dict[RecordId, SubjectId], str]:
    """The records of an earlier request that still live, and whose they are; the field key it was sealed by."""
    row = connection.execute(_SQL["replay"], (bytes.fromhex(blind),)).fetchone()
    records, sealed_by = (split(row[0]), row[1] or "") if row else ([], "")
    found = {record: connection.execute(_SQL["whose"], (bytes.fromhex(record),)).fetchone() for record in records}
    return {record: SubjectId(row[0].hex()) for record, row in found.items() if row is not None}, sealed_by


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


def _sealed(
    record: bytes, region: str, scope: str, subject: bytes, sealed: bytes, at: int, version: int
) -> SealedRecord:
    named = RecordId(record.hex()), Region(region), Scope(scope), SubjectId(subject.hex())
    return SealedRecord(*named, sealed, at, version)
