"""The Pruning port over a SQLite vault that is being restored."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from gateway.adapters.vault_sql.stock import bound
from gateway.adapters.vault_sqlite.beside import opened
from gateway.adapters.vault_sqlite.file import VAULT
from gateway.adapters.vault_sqlite.statements import statements
from gateway.adapters.vault_sqlite.vault import SqliteVault
from gateway.model.names import RecordId, Region
from gateway.model.stock import Key, StockTable

_SQL = statements("85_backup")
_DROPS: Mapping[StockTable, str] = {"names": "drop_name", "person": "drop_person", "session": "drop_session"}
_ENDED_S = 1
"""After what ``end_now`` says, before the end of anything else."""


class SqlitePruning:
    """Beside ``vault``, which is open at that path."""

    def __init__(self, path: Path, region: Region, vault: SqliteVault) -> None:
        self._path = path
        self._region = region
        self._vault = vault

    async def end_now(self, records: Sequence[RecordId]) -> None:
        await asyncio.to_thread(self._write, "end_now", [(bytes.fromhex(record),) for record in records])

    async def purge(self) -> int:
        return await self._vault.purge_expired(_ENDED_S)

    async def drop(self, table: StockTable, keys: Sequence[Key]) -> None:
        await asyncio.to_thread(self._write, _DROPS[table], [bound(table, key) for key in keys])

    def _write(self, name: str, rows: Sequence[tuple[bytes | str, ...]]) -> None:
        with opened(self._path, VAULT, self._region, writing=True) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_SQL[name], rows)
            connection.execute("COMMIT")
