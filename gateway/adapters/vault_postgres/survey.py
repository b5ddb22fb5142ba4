"""How a store on a server stands, and how dead rows' space is given back. Counting reads every table once."""

from __future__ import annotations

from collections.abc import Callable

from asyncpg import Connection

from gateway.adapters.vault_postgres.address import Address
from gateway.adapters.vault_postgres.beside import opened
from gateway.adapters.vault_postgres.errors import Store, Trouble, world_error
from gateway.adapters.vault_postgres.migrate import layout, quoted
from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_sql.survey import BLOCKS, DAY_MS, commits, from_then_on, made_ms
from gateway.model.errors import WorldError
from gateway.model.names import Region
from gateway.model.survey import Survey

_SQL = statements("85_backup", "86_survey")


async def survey(address: Address, store: Store, region: Region, now_ms: int) -> Survey:
    """Raises WorldError."""
    async with opened(address, store, region) as connection:
        found = (await layout(connection, store)).found
        size, counts = int(await connection.fetchval(_SQL["size"])), await _counts(connection)
        if store != "vault":
            return Survey(found, size, counts, lease_until_ms=await connection.fetchval(_SQL["lease"], now_ms))
        first, last = [await connection.fetchval(_SQL[name]) for name in ("first_record", "last_record")]
        since = {days: from_then_on(first or b"\0", now_ms - days * DAY_MS) for days in (1, 7)}
        blocks = await connection.fetch(_SQL["newest_blocks"], BLOCKS)
        return Survey(
            layout=found,
            bytes=size,
            counts=counts,
            oldest_ms=made_ms(first) if first else None,
            newest_ms=made_ms(last) if last else None,
            records_day=await connection.fetchval(_SQL["records_since"], since[1]),
            records_week=await connection.fetchval(_SQL["records_since"], since[7]),
            due=await connection.fetchval(_SQL["due"], now_ms // 1000),
            commits=commits([(row["at_ms"], row["entries"]) for row in blocks]),
        )


async def compact(
    address: Address, store: Store, region: Region, told: Callable[[str, int, int], object]
) -> tuple[int, int]:
    """Vacuum every table, beside the gateway; bytes before and after. ``told``: table, how many are done, of how many.

    Raises GW-V118 for a role that does not own the tables.
    """
    async with opened(address, store, region) as connection:
        if await connection.fetchval(_SQL["owned"]):
            raise _no_owner(store, address)
        before = int(await connection.fetchval(_SQL["size"]))
        tables = [row["name"] for row in await connection.fetch(_SQL["tables"])]
        for done, table in enumerate(tables, 1):
            await connection.execute(f"VACUUM (ANALYZE) {quoted(table)}")
            told(table, done, len(tables))
        return before, int(await connection.fetchval(_SQL["size"]))


async def _counts(connection: Connection) -> dict[str, int]:
    names = [row["name"] for row in await connection.fetch(_SQL["tables"])]
    return {one: int(await connection.fetchval(f"SELECT count(*) FROM {quoted(one)}")) for one in names}  # noqa: S608 - a name of ours


def _no_owner(store: Store, address: Address) -> WorldError:
    error = world_error(Trouble.REFUSED, store, address.place, "its role does not own the tables")
    return WorldError(error.code, error.what, "name the owner: pii-gateway vault compact --user OWNER.")
