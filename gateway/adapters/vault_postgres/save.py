"""What a group has changed, written to PostgreSQL: a statement a table and kind of change, most of them sent as one."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import cast

from asyncpg import Connection

from gateway.adapters.vault_postgres.index import mirror, with_twins
from gateway.adapters.vault_postgres.load import columns
from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_postgres.together import write
from gateway.adapters.vault_postgres.work import Moved, Noted, Record, Retry, Work
from gateway.adapters.vault_sql.facts import packed
from gateway.adapters.vault_sql.marks import packed_marks
from gateway.adapters.vault_sql.standing import Person, spelt
from gateway.model.chain import Block
from gateway.model.kept import STANDINGS

_SQL = statements("10_keep", "20_settle", "40_ledger")
_hex = bytes.fromhex

Row = tuple[object, ...]


async def save(connection: Connection, work: Work, block: Block | None) -> None:
    """Write all that has changed, always in this order. Raises Moved where a row is not as it was read."""
    writer = _Writer(connection)
    _save_names(writer, work)
    writer.all("insert_records", _by_id(_new_records(work)))
    if block is not None:
        writer.all("add_block", [(block.chain, block.seq, block.at_ms, block.key, block.entries, block.mac)])
    await writer.done()
    await _save_changes(writer, work)
    await _save_drops(writer, work)
    await _save_ends(writer, work)
    await mirror(connection, work)


class _Writer:
    """One statement for many rows; ``rows`` are sorted by their keys. What is for ``all`` waits for ``done``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[str, list[Row]]] = []

    def all(self, name: str, rows: Iterable[Row]) -> None:
        """Every row must be written, or the group is taken again."""
        rows = list(rows)
        if rows:
            self._waiting.append((name, rows))

    async def done(self) -> None:
        """Write what waits. Raises Moved."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            written = await write(self._connection, [(_SQL[name], columns(rows)) for name, rows in waiting])
            if written != [len(rows) for _, rows in waiting]:
                raise Moved

    async def any(self, name: str, rows: Iterable[Row]) -> None:
        rows = list(rows)
        if rows:
            await self._connection.execute(_SQL[name], *columns(rows))

    async def ids(self, name: str, ids: Iterable[str]) -> int:
        found = sorted(map(_hex, ids))
        return _count(await self._connection.execute(_SQL[name], found)) if found else 0


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])


def _save_names(writer: _Writer, work: Work) -> None:
    retries = [(_hex(blind), was, now) for blind, was, now in work.retries.changed() if now]
    writer.all("remember", sorted((blind, *_retry(now)) for blind, was, now in retries if was is None))
    anew = [(blind, *_retry(now), was.records, was.sealed_by or None) for blind, was, now in retries if was is not None]
    writer.all("remember_anew", sorted(anew))
    writer.all("insert_names", [*_new_equals(work), *_new_entries(work)])
    writer.all("change_entries", sorted(_changed_entries(work), key=itemgetter(0, 1)))
    aliases = [(token, *_place(now)) for token, was, now in work.aliases.changed() if was is None and now]
    writer.all("insert_aliases", sorted(aliases))
    people = [(_hex(subject), was, now) for subject, was, now in work.people.changed() if now]
    new: list[_Identified] = [(who, *_facts(now)) for who, was, now in people if was is None]
    writer.all("insert_people", _by_id(new))
    moved: list[_Identified] = [(who, *(_facts(now) + _read_as(was))) for who, was, now in people if was is not None]
    writer.all("move_people", _by_id(moved))


def _new_equals(work: Work) -> Iterable[Row]:
    for (kind, blind, scope), was, now in work.equals.changed():
        if was is None and now is not None:
            yield _hex(blind), kind, scope, _hex(now.subject), now.token, _hex(now.record), None, None, None, None


def _new_entries(work: Work) -> Iterable[Row]:
    for (kind, blind), was, now in work.directory.changed():
        if was is None and now is not None:
            standing, days = STANDINGS.index(now.standing), (now.first_seen, now.confirmed)
            yield _hex(blind), kind, "", _hex(now.subject), None, None, standing, now.among, *days


def _changed_entries(work: Work) -> Iterable[tuple[bytes, str, *tuple[object, ...]]]:
    for (kind, blind), was, now in work.directory.changed():
        if was is not None and now is not None:
            new, old = STANDINGS.index(now.standing), STANDINGS.index(was.standing)
            days = (now.first_seen, now.confirmed)
            yield _hex(blind), kind, _hex(now.subject), new, now.among, *days, _hex(was.subject), old


async def _save_changes(writer: _Writer, work: Work) -> None:
    changes = _by_id(_changed_records(work))
    if changes and await writer.ids("lock_records", (one[0].hex() for one in changes)) != len(changes):
        raise Moved
    writer.all("change_records", changes)
    rows = [(token, _hex(whose), _hex(ref[0]), ref[1]) for (token, whose), ref in work.holds.items()]
    writer.all("hold", sorted(rows))
    await writer.done()


def _new_records(work: Work) -> Iterable[tuple[bytes, *tuple[object, ...]]]:
    for record, keep in work.kept.items():
        row = cast(Record, work.records.look(record))
        yield (
            _hex(record), keep.region, keep.scope, keep.route, _hex(keep.subject), keep.sealed,
            _names(work, row), row.reused, keep.at, keep.expires, row.version, 1 + work.sends.get(record, 0),
            work.confirms.get(record),
        )  # fmt: skip


def _changed_records(work: Work) -> Iterable[tuple[bytes, *tuple[object, ...]]]:
    changed = {record: (was, now) for record, was, now in work.records.changed() if was and now}
    for record in changed.keys() | work.sends.keys():
        if record in work.kept or (record in work.records.now and work.records.now[record] is None):
            continue
        more = work.sends.get(record, 0), work.confirms.get(record)
        if record not in changed:
            yield _hex(record), *more, None, None, None, None
            continue
        was, now = changed[record]
        yield _hex(record), *more, _names(work, now), now.refused, packed(was.fact.names), was.refused


def _names(work: Work, record: Record) -> str:
    """While the index turns a record may remember older blinds: what is written knows those that decide."""
    return packed(work.index.lifted_names(record.fact.names))


async def _save_drops(writer: _Writer, work: Work) -> None:
    await writer.ids("drop_records", (record for record, was, now in work.records.changed() if was and now is None))
    gone: list[Row] = []
    moved: list[Row] = []
    for token, was, now in work.holders.changed():
        old, new = was or {}, now or {}
        gone += [(token, _hex(whose)) for whose in old if whose not in new]
        moved += [(token, _hex(whose), _hex(ref[0]), ref[1]) for whose, ref in new.items() if old.get(whose) != ref]
    await writer.any("drop_holders", gone)
    await writer.any("move_holders", moved)
    pointed = [(token, *_place(now)) for token, was, now in work.aliases.changed() if was is not None and now]
    await writer.any("point_aliases", pointed)
    lifted, every = work.index.lifted, work.moved.items()
    equals = [((_hex(lifted(blind)), kind, scope, token), to) for ((kind, blind, scope), token), to in every]
    await writer.any("move_equals", [(*key, _hex(to.subject), _hex(to.record)) for key, to in equals if to])
    await writer.any("forget_equals", [key for key, to in equals if to is None])


async def _save_ends(writer: _Writer, work: Work) -> None:
    ended = work.ended
    await writer.any("end", sorted((_hex(record), expires) for record, expires in ended.expiry.items()))
    nobodys = (session for session, start in ended.sessions.items() if start is None)
    await writer.ids("close_sessions", with_twins(work.index, {*ended.closed, *nobodys}))
    await writer.ids("forget_shown", ended.closed)
    await writer.any("withdraw", [(_hex(one.blind), one.kind, _hex(one.subject)) for one in ended.withdrawn])
    starts = [(_hex(session), _hex(start[0]), start[1]) for session, start in ended.sessions.items() if start]
    await writer.any("start_sessions", sorted(starts))
    await writer.any("show", sorted((_hex(session), token, until) for (session, token), until in ended.shown.items()))


_Identified = tuple[bytes, *tuple[object, ...]]
"""A row whose first column is its key."""


def _by_id(rows: Iterable[_Identified]) -> list[_Identified]:
    return sorted(rows, key=itemgetter(0))


def _facts(person: Person) -> Row:
    merged = _hex(person.merged) if person.merged else None
    said = (person.region, person.rank, spelt(person.vouched), person.version, person.held, person.blocked)
    return (*said, merged, packed_marks(person.marks))


def _read_as(person: Person) -> Row:
    """What tells that nobody else has changed the row."""
    marks = packed_marks(person.marks) or ""
    return person.region, person.rank, spelt(person.vouched), person.version, len(marks)


def _retry(retry: Retry) -> tuple[bytes, int, str | None]:
    return retry.records, retry.at, retry.sealed_by or None


def _place(noted: Noted) -> tuple[bytes | None, int | None]:
    return (_hex(noted.ref[0]), noted.ref[1]) if noted.ref else (None, None)
