"""A store on a server, used beside its gateway or without one: also a vault that is kept closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg import Connection

from gateway.adapters.vault_postgres.address import Address
from gateway.adapters.vault_postgres.connect import connect
from gateway.adapters.vault_postgres.errors import DRIVER_ERRORS, Store, Trouble, translated, world_error
from gateway.adapters.vault_postgres.migrate import layout
from gateway.adapters.vault_postgres.statements import statements
from gateway.model.names import Region

_SQL = statements("60_layout")
_CONNECT_S = 10.0


@asynccontextmanager
async def opened(address: Address, store: Store, region: Region) -> AsyncIterator[Connection]:
    """A connection that may take its time, closed with the block. The driver's errors leave it as WorldError.

    Raises GW-V114 for another layout than this gateway's, GW-V110 for another region's store.
    """
    connection = await connect(address, store, _CONNECT_S)
    try:
        await connection.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        found = await layout(connection, store)
        if not found.right:
            raise world_error(Trouble.LAYOUT, store, address.place, str(found))
        if await connection.fetchval(_SQL["region"]) != region:
            raise world_error(Trouble.FOREIGN, store, address.place, f"not of region {region}")
        yield connection
    except DRIVER_ERRORS as error:
        raise translated(error, store, address.place) from None
    finally:
        connection.terminate()
