"""The rows that a group asks for, read from PostgreSQL: a statement a table, all of them sent as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from asyncpg import Connection

from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_postgres.together import Facts, Row, read
from gateway.adapters.vault_postgres.work import Noted, Record, Retry, Wanted, Work
from gateway.adapters.vault_sql.facts import RecordFact, unpacked
from gateway.adapters.vault_sql.marks import unpacked_marks
from gateway.adapters.vault_sql.naming import Named
from gateway.adapters.vault_sql.standing import Owner, Person, unspelt
from gateway.model.kept import STANDINGS, FieldRef
from gateway.model.names import Digest, RecordId, Scope, SubjectId, Token

_SQL = statements("10_keep", "20_settle", "25_erase")
_hex = bytes.fromhex

Keys = list[Any]


@dataclass(frozen=True, slots=True)
class _Reader:
    """How rows of one kind are asked for, and by which statement if they are to be locked; where they belong."""

    name: str
    locking: str
    facts: Callable[[Keys], Facts]
    note: Callable[[Work, Keys, Sequence[Row]], None]

    def asked(self, keys: Keys, *, locked: bool) -> tuple[str, Facts]:
        return _SQL[self.locking if locked else self.name], self.facts(keys)


async def load(connection: Connection, work: Work, wanted: Iterable[Wanted], *, locked: bool) -> None:
    """Read rows that are not read yet. ``locked``: what may be dropped is locked first, then the rest is read."""
    keys: dict[str, dict[Hashable, None]] = defaultdict(dict)
    for table, key in wanted:
        if key not in getattr(work, table).was:
            keys[_READ_BY.get(table, table)][(table, key) if table in _READ_BY else key] = None
    readers = [(reader, list(keys[table])) for table, reader in _READERS.items() if table in keys]
    for group in [[one] for one in readers] if locked else [readers]:
        if group:
            found = await read(connection, [reader.asked(its, locked=locked) for reader, its in group])
            work.fenced_by(found.stand)
            for (reader, its), rows in zip(group, found.rows, strict=True):
                reader.note(work, its, rows)


def _records(work: Work, keys: Keys, rows: Sequence[Row]) -> None:
    work.records.was |= dict.fromkeys(keys)
    for row in rows:
        record, its = _record(row)
        work.records.was[record] = its


def _successors(work: Work, keys: Keys, rows: Sequence[Row]) -> None:
    found: dict[Any, list[RecordId]] = {key: [] for key in keys}
    for row in rows:
        record, its = _record(row)
        work.records.was.setdefault(record, its)
        found[row["wanted_subject"].hex(), row["wanted_scope"], row["token"]].append(record)
    work.successors.was |= {key: tuple(sorted(records, reverse=True)) for key, records in found.items()}


def _aliases(work: Work, keys: Keys, rows: Sequence[Row]) -> None:
    work.aliases.was |= dict.fromkeys(keys)
    for row in rows:
        work.aliases.was[Token(row["token"])] = Noted(_ref(row) if row["record"] is not None else None)


def _holders(work: Work, keys: Keys, rows: Sequence[Row]) -> None:
    found: dict[Token, dict[SubjectId, FieldRef]] = {key: {} for key in keys}
    for row in rows:
        found[row["token"]][SubjectId(row["subject"].hex())] = _ref(row)
    work.holders.was |= found


def _people(work: Work, keys: Keys, rows: Sequence[Row]) -> None:
    work.people.was |= dict.fromkeys(keys)
    for row in rows:
        work.people.was[SubjectId(row["subject"].hex())] = person_of(row)


def person_of(row: Row) -> Person:
    merged = SubjectId(row["merged"].hex()) if row["merged"] is not None else None
    return Person(
        row["region"],
        row["rank"],
        unspelt(row["vouched"]),
        row["version"],
        row["held"],
        row["blocked"],
        merged,
        unpacked_marks(row["marks"]),
    )


def _erased(work: Work, keys: Keys, rows: Sequence[Row]) -> None:
    found = {SubjectId(row["subject"].hex()) for row in rows}
    work.erased.was |= {key: key in found for key in keys}


def _retries(work: Work, keys: Keys, rows: Sequence[Row]) -> None:
    work.retries.was |= dict.fromkeys(keys)
    for row in rows:
        work.retries.was[Digest(row["blind"].hex())] = Retry(row["records"], row["at"], row["field"] or "")


def _names(work: Work, keys: Keys, rows: Sequence[Row]) -> None:
    for table, key in keys:
        getattr(work, table).was[key] = None
    for row in rows:
        blind, subject = Digest(row["blind"].hex()), SubjectId(row["subject"].hex())
        if row["scope"] == "":
            known = Owner(subject, STANDINGS[row["standing"]], row["among"], row["first_seen"], row["confirmed"])
            work.directory.was[row["kind"], blind] = known
        else:
            named = Named(Token(row["token"]), RecordId(row["record"].hex()), subject)
            work.equals.was[row["kind"], blind, row["scope"]] = named


def _ids(keys: Keys) -> Facts:
    return ([_hex(key) for key in keys],)


def _name_keys(keys: Keys) -> Facts:
    """Of equal values, and of directory entries, which have no scope."""
    return columns((_hex(key[1]), key[0], *(key[2:] or ("",))) for _, key in keys)


_READ_BY = {"equals": "names", "directory": "names"}
"""Tables in memory that are one on the server; what is asked of them says which is meant."""
_READERS = {
    "records": _Reader("records", "lock_whole", _ids, _records),
    "successors": _Reader(
        "lock_successors",
        "lock_successors",
        lambda keys: columns((_hex(who), scope, token) for who, scope, token in keys),
        _successors,
    ),
    "aliases": _Reader("aliases", "lock_aliases", lambda keys: (keys,), _aliases),
    "holders": _Reader("holders", "lock_holders", lambda keys: (keys,), _holders),
    "people": _Reader("people", "lock_people", _ids, _people),
    "retries": _Reader("retries", "retries", _ids, _retries),
    "erased": _Reader("erased", "erased", _ids, _erased),
    "names": _Reader("names", "names", _name_keys, _names),
}
"""In this order: what is locked before what depends on it."""


def _record(row: Row) -> tuple[RecordId, Record]:
    fact = RecordFact(SubjectId(row["subject"].hex()), Scope(row["scope"]), unpacked(row["names"]))
    return RecordId(row["id"].hex()), Record(
        fact, row["reused"], row["sent"], refused=row["refused"], expires=row["expires"]
    )


def _ref(row: Row) -> FieldRef:
    return RecordId(row["record"].hex()), row["field"]


def columns(rows: Iterable[Sequence[object]]) -> list[list[object]]:
    """Rows as the arrays that ``unnest`` takes."""
    return [list(column) for column in zip(*rows, strict=True)]
