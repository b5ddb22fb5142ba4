"""The rows that a group asks for, read from PostgreSQL, a statement a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any

from asyncpg import Connection
from asyncpg import Record as Row

from gateway.adapters.vault_postgres.index import fenced
from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_postgres.work import Noted, Record, Retry, Wanted, Work
from gateway.adapters.vault_sql.facts import RecordFact, unpacked
from gateway.adapters.vault_sql.marks import unpacked_marks
from gateway.adapters.vault_sql.naming import Named
from gateway.adapters.vault_sql.standing import Owner, Person, unspelt
from gateway.model.kept import STANDINGS, FieldRef
from gateway.model.names import Digest, RecordId, Scope, SubjectId, Token

_SQL = statements("10_keep", "20_settle")
_NAMES = fenced(_SQL["names"])
_hex = bytes.fromhex

Keys = list[Any]


async def load(connection: Connection, work: Work, wanted: Iterable[Wanted], *, locked: bool) -> None:
    """Read rows that are not read yet. ``locked``: what may be dropped is locked first, then the rest is read."""
    keys: dict[str, dict[Hashable, None]] = defaultdict(dict)
    for table, key in wanted:
        if key not in getattr(work, table).was:
            keys[table][key] = None
    for table, reader in _READERS.items():
        if table in keys:
            await reader(connection, work, list(keys[table]), locked)
    if "equals" in keys or "directory" in keys:
        await _names(connection, work, list(keys["equals"]), list(keys["directory"]))


async def _records(connection: Connection, work: Work, keys: Keys, locked: bool) -> None:  # noqa: FBT001 - one of a table
    work.records.was |= dict.fromkeys(keys)
    for row in await connection.fetch(_SQL["lock_whole" if locked else "records"], [_hex(key) for key in keys]):
        record, read = _record(row)
        work.records.was[record] = read


async def _successors(connection: Connection, work: Work, keys: Keys, _: bool) -> None:  # noqa: FBT001 - one of a table
    found: dict[Any, list[RecordId]] = {key: [] for key in keys}
    rows = await connection.fetch(_SQL["lock_successors"], *columns((_hex(who), scope, t) for who, scope, t in keys))
    for row in rows:
        record, read = _record(row)
        work.records.was.setdefault(record, read)
        found[row["wanted_subject"].hex(), row["wanted_scope"], row["token"]].append(record)
    work.successors.was |= {key: tuple(sorted(records, reverse=True)) for key, records in found.items()}


async def _aliases(connection: Connection, work: Work, keys: Keys, locked: bool) -> None:  # noqa: FBT001 - one of a table
    work.aliases.was |= dict.fromkeys(keys)
    for row in await connection.fetch(_SQL["lock_aliases" if locked else "aliases"], keys):
        work.aliases.was[Token(row["token"])] = Noted(_ref(row) if row["record"] is not None else None)


async def _holders(connection: Connection, work: Work, keys: Keys, locked: bool) -> None:  # noqa: FBT001 - one of a table
    found: dict[Token, dict[SubjectId, FieldRef]] = {key: {} for key in keys}
    for row in await connection.fetch(_SQL["lock_holders" if locked else "holders"], keys):
        found[row["token"]][SubjectId(row["subject"].hex())] = _ref(row)
    work.holders.was |= found


async def _people(connection: Connection, work: Work, keys: Keys, locked: bool) -> None:  # noqa: FBT001 - one of a table
    work.people.was |= dict.fromkeys(keys)
    for row in await connection.fetch(_SQL["lock_people" if locked else "people"], [_hex(key) for key in keys]):
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


async def _retries(connection: Connection, work: Work, keys: Keys, _: bool) -> None:  # noqa: FBT001 - one of a table
    work.retries.was |= dict.fromkeys(keys)
    for row in await connection.fetch(_SQL["retries"], [_hex(key) for key in keys]):
        work.retries.was[Digest(row["blind"].hex())] = Retry(row["records"], row["at"])


async def _names(connection: Connection, work: Work, equals: Keys, entries: Keys) -> None:
    work.equals.was |= dict.fromkeys(equals)
    work.directory.was |= dict.fromkeys(entries)
    wanted = [(_hex(blind), kind, scope) for kind, blind, scope in equals]
    rows = await connection.fetch(_NAMES, *columns((*wanted, *((_hex(blind), kind, "") for kind, blind in entries))))
    work.fenced_by(str(rows[0]["stand"]))
    for row in rows:
        if row["blind"] is None:
            continue
        blind, subject = Digest(row["blind"].hex()), SubjectId(row["subject"].hex())
        if row["scope"] == "":
            known = Owner(subject, STANDINGS[row["standing"]], row["among"], row["first_seen"], row["confirmed"])
            work.directory.was[row["kind"], blind] = known
        else:
            named = Named(Token(row["token"]), RecordId(row["record"].hex()), subject)
            work.equals.was[row["kind"], blind, row["scope"]] = named


_Reader = Callable[[Connection, Work, Keys, bool], Awaitable[None]]
_READERS: dict[str, _Reader] = {
    "records": _records,
    "successors": _successors,
    "aliases": _aliases,
    "holders": _holders,
    "people": _people,
    "retries": _retries,
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
