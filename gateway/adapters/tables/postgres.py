"""What a query of a PostgreSQL database answers, as JSON lines: the server itself says how its types are spelled.

Read by a cursor inside one read-only snapshot, so memory is bounded and rows that change meanwhile don't matter. To go
on behind a row the rows before it are read again; so the query needs an ORDER BY that never changes its mind.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Final

import asyncpg

from gateway.adapters.tables.lines import outward, row_of
from gateway.model.errors import WorldError
from gateway.model.table import Mark, Row

_FAULTS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
    ValueError,
)
_PREFETCH = 1000
_NAME = "pii-gateway import"


class PostgresTable:
    """``address`` as libpq writes it (passwords come from PGPASSWORD or a passfile, too). ``start`` it first."""

    head: Final = b""
    size: Final = 0

    def __init__(self, address: str, query: str, *, id_column: str | None, mark: Mark) -> None:
        self._address = address
        self._query = f"SELECT row_to_json(asked)::text FROM ({query.strip().rstrip(';')}\n) AS asked"  # noqa: S608 - the operator's own query, in a read-only transaction
        self._id = id_column
        self._number = mark.rows
        self._skip = mark.rows
        self._stack = AsyncExitStack()
        self._rows: AsyncIterator[asyncpg.Record] | None = None
        self._next: asyncpg.Record | None = None

    async def start(self) -> None:
        """Connect, ask, pass over what was imported before. Raises WorldError."""
        try:
            connection = await asyncpg.connect(self._address, server_settings={"application_name": _NAME})
            self._stack.push_async_callback(connection.close, timeout=5)
            await self._stack.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
            self._rows = aiter(connection.cursor(self._query, prefetch=_PREFETCH))
            for _ in range(self._skip + 1):
                self._next = await anext(self._rows, None)
                if self._next is None:
                    break
        except _FAULTS as error:
            await self.aclose()
            raise _failed(error) from None

    async def read(self, most: int) -> Sequence[Row]:
        rows: list[Row] = []
        try:
            while self._rows is not None and self._next is not None and len(rows) < most:
                self._number += 1
                raw = self._next[0].encode() + b"\n"
                rows.append(row_of(raw, self._number, self._number, self._number, self._id))
                self._next = await anext(self._rows, None)
        except _FAULTS as error:
            raise _failed(error) from None
        return rows

    def outward(self, row: Row, body: bytes) -> bytes:
        return outward(row, body, self._id)

    async def aclose(self) -> None:
        self._rows = None
        try:
            await self._stack.aclose()
        except _FAULTS:
            pass  # a snapshot that was only read leaves nothing behind


def _failed(error: BaseException) -> WorldError:
    told = getattr(error, "sqlstate", None) or type(error).__name__
    return WorldError(
        "GW-I132",
        f"the query of the import failed ({told}): nothing more is imported.",
        "try it in psql; look the SQLSTATE up in PostgreSQL's list of error codes.",
    )
