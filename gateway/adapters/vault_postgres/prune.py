"""The Pruning port over a vault on PostgreSQL that is being restored, as its owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.adapters.vault_postgres.address import Address
from gateway.adapters.vault_postgres.beside import opened
from gateway.adapters.vault_postgres.load import columns
from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_postgres.vault import PostgresVault
from gateway.adapters.vault_sql.stock import bound
from gateway.model.names import RecordId, Region
from gateway.model.stock import Key, StockTable

_SQL = statements("85_backup")
_DROPS: Mapping[StockTable, str] = {"names": "drop_name", "person": "drop_person", "session": "drop_session"}
_ENDED_S = 1
"""After what ``end_now`` says, before the end of anything else."""


class PostgresPruning:
    """Beside ``vault``, which is open there."""

    def __init__(self, address: Address, region: Region, vault: PostgresVault) -> None:
        self._address = address
        self._region = region
        self._vault = vault

    async def end_now(self, records: Sequence[RecordId]) -> None:
        await self._execute("end_now", [bytes.fromhex(record) for record in records])

    async def purge(self) -> int:
        return await self._vault.purge_expired(_ENDED_S)

    async def drop(self, table: StockTable, keys: Sequence[Key]) -> None:
        await self._execute(_DROPS[table], *columns(bound(table, key) for key in keys))

    async def _execute(self, name: str, *facts: object) -> None:
        async with opened(self._address, "vault", self._region) as connection:
            await connection.execute(_SQL[name], *facts)
