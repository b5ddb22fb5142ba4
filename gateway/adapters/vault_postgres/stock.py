"""The Stock port over PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack

from asyncpg import Connection, Record

from gateway.adapters.vault_postgres.address import Address
from gateway.adapters.vault_postgres.beside import opened
from gateway.adapters.vault_postgres.errors import DRIVER_ERRORS, translated
from gateway.adapters.vault_postgres.load import columns
from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_sql.stock import ROWS, alias_of, bound, holder_of, index_of, note_of, stand_of
from gateway.model.names import RecordId, Region, SubjectId
from gateway.model.stock import STOCK, Found, Key, Look, StockRow, StockTable

_SQL = statements("70_stock")
_hex = bytes.fromhex


class PostgresStock:
    """One connection of its own, opened by ``start``. One question at a time."""

    def __init__(self, address: Address, region: Region) -> None:
        self._address = address
        self._region = region
        self._stack = AsyncExitStack()
        self._connection: Connection | None = None

    async def start(self) -> None:
        """Raises WorldError."""
        self._connection = await self._stack.enter_async_context(opened(self._address, "vault", self._region))

    async def close(self) -> None:
        self._connection = None
        await self._stack.aclose()

    # --------------------------------------------------------------------------------------------------- the port

    async def rows(self, table: StockTable, after: Key | None, most: int) -> Sequence[StockRow]:
        return [ROWS[table](row) for row in await self._asked(_SQL[f"rows_of_{table}"], *bound(table, after), most)]

    async def look(self, asked: Look) -> Found:
        equal = [(kind, _hex(blind), scope) for kind, blind, scope in asked.equal]
        records = await self._some("look_record", [(_hex(one),) for one in asked.records if len(one) % 2 == 0])
        indexed = map(index_of, await self._some("look_equal", equal))
        aliases = map(alias_of, await self._some("look_alias", [(one,) for one in asked.aliases]))
        held = map(holder_of, await self._some("look_holder", [(one, _hex(whose)) for one, whose in asked.holders]))
        people = await self._some("look_person", [(_hex(one),) for one in asked.people])
        recorded = await self._some("look_recorded", [(_hex(one),) for one in asked.recorded])
        return Found(
            {RecordId(row["id"].hex()): note_of(row) for row in records},
            {(row.kind, row.blind, row.scope): row for row in indexed},
            {row.token: row for row in aliases},
            {(row.token, row.subject): row for row in held},
            frozenset(SubjectId(row["subject"].hex()) for row in people),
            frozenset(SubjectId(row["subject"].hex()) for row in recorded),
            stand_of(await self._asked(_SQL["index"])),
        )

    async def counts(self) -> Mapping[str, int]:
        counted: dict[str, int] = {}
        for table in STOCK:
            rows = await self._asked(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of ours
            counted[table] = int(rows[0][0])
        return counted

    async def damage(self) -> int:
        """A server checks its own pages (initdb --data-checksums); its role may not ask for more."""
        return 0

    # ----------------------------------------------------------------------------------------------------- details

    async def _some(self, name: str, keys: Iterable[tuple[object, ...]]) -> list[Record]:
        arrays = columns(keys)
        return await self._asked(_SQL[name], *arrays) if arrays else []

    async def _asked(self, sql: str, *facts: object) -> list[Record]:
        assert self._connection is not None, "start it first"  # noqa: S101 - a fault of ours, told to mypy
        try:
            return await self._connection.fetch(sql, *facts)
        except DRIVER_ERRORS as error:
            raise translated(error, "vault", self._address.place) from None
