"""The index of one PostgreSQL vault while its key turns: a fence for who writes, copies of what they changed, the job.

Whoever writes holds a shared lock from the beginning and reads the phase behind it; whoever ends a phase takes the lock
alone. So there is never a writer under a phase that is over. Reads see the phase in the snapshot of their rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from asyncpg import Connection, LockNotAvailableError

from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_postgres.work import Turned, Work
from gateway.adapters.vault_sql.facts import packed, unpacked
from gateway.adapters.vault_sql.index import (
    PAGE,
    TABLES,
    Index,
    IndexBook,
    Way,
    on_its_way,
    share_of_time,
    succeeding,
    way,
)
from gateway.model.turning import IndexStand, generation_of

_SQL = statements("90_index")
_hex = bytes.fromhex

BEGIN = _SQL["begin"]

Key = tuple[bytes | str, ...]
_PAUSE_S = 0.25
"""After a lock was not to be had, so that those who waited behind get on."""
_TYPES = {"blind": "bytea", "id": "bytea", "session": "bytea"}


class ServerIndex:
    """What this process believes the phase to be. A belief that is over is found out by whoever acts on it."""

    def __init__(self) -> None:
        self.book = IndexBook()
        self.now = Index(IndexStand())

    def believe(self, text: str) -> Index:
        self.now = self.book.index(text)
        return self.now

    def again(self) -> Index:
        """The belief, with the keys that there are by now."""
        return self.believe(str(self.now.stand))


def in_force(stand: str, index: Index) -> None:
    """Raise Turned if what was asked for was asked for under a phase that is over."""
    if stand != str(index.stand):
        raise Turned(stand)


async def alone(connection: Connection) -> None:
    """In a transaction that has locked nothing yet: whoever writes is waited for, briefly, and waits.

    Raises LockNotAvailableError where somebody who sleeps has the lock.
    """
    await connection.execute(_SQL["briefly"])
    await connection.execute(_SQL["everybody_out"])


# ------------------------------------------------------------------------------------------------------ for who writes


async def confirm(connection: Connection, work: Work) -> None:
    """Raise Turned unless a group that touches names goes by the phase in force."""
    if not work.fenced and any(keys for _, _, keys in _touched(work)):
        work.fenced_by(str(await connection.fetchval(_SQL["stand"])))


async def mirror(connection: Connection, work: Work) -> None:
    """While the next generation is filled: what has happened to rows of the older one happens to their copies."""
    if work.index.stand.phase != "fill":
        return
    for table, names, keys in _touched(work):
        rows = sorted((*key, twin) for key in keys if isinstance(key[0], bytes) and (twin := work.index.twin(key[0])))
        if rows:
            facts = await _facts(connection, table, names)
            twins = [(row[-1], *row[1:-1]) for row in rows]
            await connection.execute(_SQL["drop"].format(**facts), *_columns(twins))
            await connection.execute(_SQL["copy"].format(**facts), *_columns(rows))


def with_twins(index: Index, blinds: Iterable[str]) -> set[str]:
    """With what they are called in the generation that is filled, for statements that must not see either."""
    every = set(blinds)
    return every | {twin.hex() for one in every if (twin := index.twin(_hex(one)))}


def _touched(work: Work) -> Iterable[tuple[str, tuple[str, ...], set[Key]]]:
    """Whatever is named by a blind and changes: table, columns, keys. Shown tokens go with their session."""
    ended = work.ended
    names: set[Key] = {(_hex(blind), kind, scope) for (kind, blind, scope), _, _ in work.equals.changed()}
    names |= {(_hex(blind), kind, "") for (kind, blind), _, _ in work.directory.changed()}
    names |= {(_hex(blind), kind, scope) for ((kind, blind, scope), _) in work.moved}
    names |= {(_hex(entry.blind), entry.kind, "") for entry in ended.withdrawn}
    yield "names", TABLES[0][1], names
    yield "session", ("id",), {(_hex(one),) for one in (*ended.sessions, *ended.closed)}
    yield "shown", ("session",), {(_hex(one),) for one in (*(session for session, _ in ended.shown), *ended.closed)}
    yield "idempotency", ("blind",), {(_hex(blind),) for blind, _, _ in work.retries.changed()}


# --------------------------------------------------------------------------------------------------------- the job


async def stand_of(connection: Connection, index: ServerIndex) -> IndexStand:
    """With how far it has come."""
    found = index.believe(await connection.fetchval(_SQL["stand"]))
    gone = way(await connection.fetchval(_SQL["way"]))
    return on_its_way(found.stand, gone, await _share(connection, found, gone))


async def step(connection: Connection, index: ServerIndex, generation: int) -> IndexStand:
    """One step of the way, unless somebody else is at one, or somebody who sleeps has a lock that it needs."""
    try:
        async with connection.transaction():
            await connection.execute(_SQL["briefly"])
            return await _stepped(connection, index, generation)
    except LockNotAvailableError:
        await asyncio.sleep(_PAUSE_S)
        return await stand_of(connection, index)


async def _stepped(connection: Connection, index: ServerIndex, generation: int) -> IndexStand:
    row = await connection.fetchrow(_SQL["claim"])
    if row is None:
        return await stand_of(connection, index)
    found, gone = index.believe(await connection.fetchval(_SQL["stand"])), way(row["value"])
    if found.stand.phase == "steady" and found.stand.generation >= generation:
        return found.stand
    if found.stand.phase == "steady" or gone.table == (1 if found.stand.phase == "lift" else len(TABLES)):
        return await _next_phase(connection, found)
    gone = await (_lift if found.stand.phase == "lift" else _page)(connection, found, gone)
    await connection.execute(_SQL["note"], "index_way", gone.spelt())
    return on_its_way(found.stand, gone, await _share(connection, found, gone))


async def _next_phase(connection: Connection, index: Index) -> IndexStand:
    """In a transaction that has locked no row that anybody writes: all who write are waited for."""
    standing = succeeding(index.stand)
    replace(index, stand=standing).require()
    await connection.execute(_SQL["everybody_out"])
    await connection.execute(_SQL["note"], "index", str(standing))
    await connection.execute(_SQL["note"], "index_way", "")
    return on_its_way(standing, Way(), 0.0)


async def _page(connection: Connection, index: Index, gone: Way) -> Way:
    """``fill``: rows of the older generation get their copies. ``drop``: they go."""
    table, names = TABLES[gone.table]
    facts = await _facts(connection, table, names)
    rows = await connection.fetch(_SQL["page" if gone.after else "first_page"].format(**facts), *gone.after)
    keys = [tuple(row) for row in rows]
    older = [key for key in keys if generation_of(key[0]) == index.stand.generation]
    if older and index.stand.phase == "fill":
        await connection.execute(_SQL["copy"].format(**facts), *_columns([(*key, index.twin(key[0])) for key in older]))
    elif older:
        await connection.execute(_SQL["drop"].format(**facts), *_columns(older))
    return gone.seen(keys)


async def _lift(connection: Connection, index: Index, gone: Way) -> Way:
    rows = await connection.fetch(_SQL["records"], gone.after[0] if gone.after else b"", PAGE)
    lifted = [(row["id"], row["names"], packed(index.lifted_names(unpacked(row["names"])))) for row in rows]
    changed = [row for row in lifted if row[1] != row[2]]
    if changed:
        await connection.execute(_SQL["rename"], *_columns(changed))
    return gone.seen([(row["id"],) for row in rows])


async def _share(connection: Connection, index: Index, gone: Way) -> float:
    if index.stand.phase != "lift" or not gone.after:
        return gone.share
    ends = await connection.fetchrow(_SQL["ends"])
    return share_of_time(gone.after[0], *(ends or (None, None)))


async def _facts(connection: Connection, table: str, keys: Sequence[str]) -> dict[str, object]:
    """What the statements of a table are filled in with."""
    others = [row[0] for row in await connection.fetch(_SQL["columns"], table, keys[0])]
    numbered = [f"${number}::{_TYPES.get(key, 'text')}" for number, key in enumerate(keys, 1)]
    return {
        "table": table,
        "blind": keys[0],
        "keys": ", ".join(keys),
        "marks": ", ".join(numbered),
        "most": PAGE,
        "arrays": ", ".join(f"{one}[]" for one in numbered),
        "next": len(keys) + 1,
        "others": ", ".join(others),
        "their_others": ", ".join(f"t.{name}" for name in others),
        "their_keys": ", ".join(f"t.{key}" for key in keys),
        "is_wanted": " AND ".join(f"t.{key} = wanted.{key}" for key in keys),
    }


def _columns(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
