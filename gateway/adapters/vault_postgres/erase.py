"""How persons leave a vault on PostgreSQL for good: what the Erasing port asks and writes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from asyncpg import Connection, LockNotAvailableError

from gateway.adapters.vault_postgres.group import Direct
from gateway.adapters.vault_postgres.index import alone
from gateway.adapters.vault_postgres.statements import statements
from gateway.model.erasure import Condemnation
from gateway.model.errors import HeldError
from gateway.model.names import RecordId, SubjectId

_SQL = statements("20_settle", "25_erase")
_PAGE = 20_000
_TRIES = 3
_PAUSE_S = 0.25
"""So that those who waited behind get on."""
_hex = bytes.fromhex

Identifier = tuple[bytes, str]
"""Of the directory: blind and kind."""
Key = tuple[bytes, str, str]
FIRST: Key = (b"", "", "")


async def condemn(connection: Connection, order: Condemnation) -> tuple[SubjectId, ...]:
    """Waits for everybody who is writing: who begins later sees it. Tries again where somebody asleep holds it up."""
    for _ in range(_TRIES - 1):
        try:
            return await _condemn(connection, order)
        except LockNotAvailableError:
            await asyncio.sleep(_PAUSE_S)
    return await _condemn(connection, order)


async def _condemn(connection: Connection, order: Condemnation) -> tuple[SubjectId, ...]:
    async with connection.transaction():
        await alone(connection)
        rows = await connection.fetch(_SQL["whole"], _ids(order.subjects))
        whole = [row["subject"] for row in rows]
        if await connection.fetchval(_SQL["any_held"], whole):
            raise HeldError
        await connection.execute(_SQL["condemn"], whole, order.at, order.by, order.why)
        for name in ("end_shown", "end_sessions"):
            await connection.execute(_SQL[name], whole)
    return tuple(SubjectId(one.hex()) for one in whole)


async def condemned(connection: Connection) -> list[Condemnation]:
    rows = await connection.fetch(_SQL["condemned"])
    return [Condemnation((SubjectId(row["subject"].hex()),), row["at"], row["ordered_by"], row["why"]) for row in rows]


async def records_of(
    connection: Connection, subjects: Sequence[SubjectId], most: int
) -> list[tuple[RecordId, SubjectId]]:
    rows = await connection.fetch(_SQL["records_of"], _ids(subjects), most)
    return [(RecordId(row["id"].hex()), SubjectId(row["subject"].hex())) for row in rows]


async def entries_of(
    connection: Connection, subjects: Sequence[SubjectId], after: Key
) -> tuple[list[Identifier], Key | None]:
    """Those among the next page of names, and where it ends; None: that was all."""
    rows = await connection.fetch(_SQL["names_after"], _ids(subjects), *after, _PAGE)
    entries = [(row["blind"], row["kind"]) for row in rows if row["theirs"]]
    last = rows[-1] if len(rows) == _PAGE else None
    return entries, (last["blind"], last["kind"], last["scope"]) if last else None


def rest(subjects: Sequence[SubjectId], entries: Sequence[Identifier]) -> tuple[Direct, ...]:
    """What drops all that is left when there is no record any more."""
    whose = _ids(subjects)
    return (
        (_SQL["drop_entries"], ([blind for blind, _ in entries], [kind for _, kind in entries], whose)),
        (_SQL["drop_people"], (whose,)),
        (_SQL["end_shown"], (whose,)),
        (_SQL["end_sessions"], (whose,)),
    )


def gone(subjects: Sequence[SubjectId], at: int) -> Direct:
    return _SQL["gone"], (_ids(subjects), at)


def _ids(subjects: Sequence[SubjectId]) -> list[bytes]:
    return [_hex(one) for one in subjects]
