"""The Stock port over a SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from gateway.adapters.vault_sql.stock import ROWS, alias_of, bound, holder_of, index_of, note_of, stand_of
from gateway.adapters.vault_sqlite.beside import opened
from gateway.adapters.vault_sqlite.errors import translated
from gateway.adapters.vault_sqlite.file import VAULT
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.names import RecordId, Region, SubjectId
from gateway.model.stock import STOCK, Found, Key, Look, StockRow, StockTable

_SQL = statements("70_stock")
_MOST_TOLD = 1000
_hex = bytes.fromhex


class SqliteStock:
    """One connection of its own, opened by ``start``. One question at a time."""

    def __init__(self, path: Path, region: Region) -> None:
        self._path = path
        self._region = region
        self._stack = ExitStack()
        self._connection: sqlite3.Connection | None = None

    async def start(self) -> None:
        """Raises WorldError."""
        self._connection = self._stack.enter_context(opened(self._path, VAULT, self._region))

    async def close(self) -> None:
        self._connection = None
        self._stack.close()

    # --------------------------------------------------------------------------------------------------- the port

    async def rows(self, table: StockTable, after: Key | None, most: int) -> Sequence[StockRow]:
        facts = (*bound(table, after), most)
        return await asyncio.to_thread(lambda: [ROWS[table](row) for row in self._all(f"rows_of_{table}", [facts])])

    async def look(self, asked: Look) -> Found:
        return await asyncio.to_thread(self._look, asked)

    async def counts(self) -> Mapping[str, int]:
        return await asyncio.to_thread(lambda: {table: self._count(table) for table in STOCK})

    async def damage(self) -> int:
        """What `integrity_check` tells, at most a thousand things: pages, rows and indexes that contradict others."""
        told = await asyncio.to_thread(lambda: self._asked(f"PRAGMA integrity_check({_MOST_TOLD})"))
        return 0 if [row[0] for row in told] == ["ok"] else len(told)

    # ----------------------------------------------------------------------------------------------------- details

    def _look(self, asked: Look) -> Found:
        ids = [(_hex(record),) for record in asked.records if len(record) % 2 == 0]
        equal = [(kind, _hex(blind), scope) for kind, blind, scope in asked.equal]
        holders = [(token, _hex(subject)) for token, subject in asked.holders]
        people = [(_hex(subject),) for subject in asked.people]
        recorded = [(_hex(subject),) for subject in asked.recorded]
        indexed = map(index_of, self._all("look_equal", equal))
        held = map(holder_of, self._all("look_holder", holders))
        return Found(
            {RecordId(row["id"].hex()): note_of(row) for row in self._all("look_record", ids)},
            {(row.kind, row.blind, row.scope): row for row in indexed},
            {row.token: row for row in map(alias_of, self._all("look_alias", [(one,) for one in asked.aliases]))},
            {(row.token, row.subject): row for row in held},
            frozenset(SubjectId(row["subject"].hex()) for row in self._all("look_person", people)),
            frozenset(SubjectId(row["subject"].hex()) for row in self._all("look_recorded", recorded)),
            stand_of(self._asked(_SQL["index"])),
        )

    def _all(self, name: str, keys: Iterable[tuple[object, ...]]) -> list[sqlite3.Row]:
        return [row for key in keys for row in self._asked(_SQL[name], key)]

    def _count(self, table: StockTable) -> int:
        return int(self._asked(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - a name of ours

    def _asked(self, sql: str, facts: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        assert self._connection is not None, "start it first"  # noqa: S101 - a fault of ours, told to mypy
        try:
            return self._connection.execute(sql, facts).fetchall()
        except sqlite3.Error as error:
            raise translated(error, "vault", self._path) from error
