"""Which layout a store has, and how it is brought to the one this gateway knows.

Migrations are numbered scripts that are never edited once they were released; the checksums of those that were applied
are kept beside the tables. Each runs in a transaction of its own. One process at a time, by an advisory lock; locks on
tables are waited for three seconds only, so that a migration never holds up traffic behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from asyncpg import Connection

from gateway.adapters.vault_postgres.address import Address
from gateway.adapters.vault_postgres.connect import check_durable, connect
from gateway.adapters.vault_postgres.errors import DRIVER_ERRORS, Store, Trouble, translated, world_error
from gateway.adapters.vault_postgres.statements import script, scripts, statements
from gateway.model.errors import WorldError
from gateway.model.names import Region

_SQL = statements("60_layout")
_SCRIPTS = {"vault": "vault", "data key store": "datakeys"}
_CONNECT_S = 10.0


@dataclass(frozen=True, slots=True)
class Layout:
    """``found`` 0: there is none. ``changed``: applied migrations whose text is not what this gateway has."""

    found: int
    known: int
    changed: tuple[int, ...] = ()

    @property
    def right(self) -> bool:
        return self.found == self.known and not self.changed

    def __str__(self) -> str:
        if self.changed:
            return f"layout {self.found}, whose migration {self.changed[0]} is not the one this gateway knows"
        return f"layout {self.found or 'none'}, this gateway knows {self.known}"


async def layout(connection: Connection, store: Store) -> Layout:
    """What was applied, against what is known."""
    known = {number: _checksum(text) for number, text in scripts(_SCRIPTS[store])}
    if not await connection.fetchval(_SQL["has_layout"]):
        return Layout(0, max(known))
    applied = {row["version"]: row["checksum"] for row in await connection.fetch(_SQL["applied"], store)}
    changed = tuple(number for number, checksum in applied.items() if known.get(number, checksum) != checksum)
    return Layout(max(applied, default=0), max(known), changed)


async def check_layout(
    connection: Connection, address: Address, store: Store, region: Region, *, running: bool = False
) -> Layout:
    """Raise GW-V114 for another layout than this gateway's, GW-V110 for another region's store.

    ``running``: the gateway was here before the migration, which is made so that it may go on.
    """
    found = await layout(connection, store)
    if not (found.right or (running and found.found > found.known)):
        raise _wrong(address, store, found)
    kept = await connection.fetchval(_SQL["region"])
    if kept != region:
        raise world_error(Trouble.FOREIGN, store, address.place, f"not of region {region}")
    return found


async def check_open(connection: Connection, address: Address) -> None:
    """Raise GW-V144 for a vault that was restored, while nobody has answered yet for what is missing."""
    if await connection.fetchval(_SQL["closed"]):
        raise world_error(Trouble.RESTORED, "vault", address.place)


async def migrate(address: Address, store: Store, region: Region, now_ms: int, gateway: str | None) -> list[int]:
    """The migrations that were applied now. ``address`` is the owner's, ``gateway`` the role that gets its rights.

    Raises GW-V114 for a store that is newer, or was migrated by other scripts; WorldError.
    """
    connection = await connect(address, store, _CONNECT_S)
    try:
        await connection.execute(_SQL["one_at_a_time"])
        await connection.execute(_SQL["patience"])
        return await _migrate(connection, address, store, region, now_ms, gateway)
    except DRIVER_ERRORS as error:
        raise translated(error, store, address.place) from None
    finally:
        connection.terminate()


async def _migrate(
    connection: Connection, address: Address, store: Store, region: Region, now_ms: int, gateway: str | None
) -> list[int]:
    if not await connection.fetchval(_SQL["has_schema"], address.schema):  # or its owner would need rights to make one
        await connection.execute(f"CREATE SCHEMA {address.schema}")
    await connection.execute(_SQL["layout_table"])
    found = await layout(connection, store)
    if found.changed or found.found > found.known:
        raise _wrong(address, store, found)
    applied = []
    for number, text in scripts(_SCRIPTS[store]):
        if number > found.found:
            async with connection.transaction():
                await connection.execute(text)
                await connection.execute(_SQL["note"], store, number, _checksum(text))
            applied.append(number)
    await connection.execute(_SQL["settle"], region, str(now_ms))
    if gateway is not None:
        await _grant(connection, address, store, gateway)
    return applied


async def _grant(connection: Connection, address: Address, store: Store, gateway: str) -> None:
    """What the gateway's role may do, and no more: taken back whole, then given anew."""
    text = script("grants_vault" if store == "vault" else "grants_datakeys")
    await connection.execute(text.replace(':"schema"', quoted(address.schema)).replace(':"gateway"', quoted(gateway)))


@dataclass(frozen=True, slots=True)
class Stand:
    """How a store stands: its layout, and how much is in it."""

    layout: int
    records: int | None = None
    people: int | None = None
    bytes: int | None = None


async def stand(address: Address, store: Store, region: Region) -> Stand:
    """Raises WorldError where the gateway would not start over the store. Counting reads everything once."""
    connection = await connect(address, store, _CONNECT_S)
    try:
        await check_durable(connection, address, store)
        found = await check_layout(connection, address, store, region)
        await connection.execute("SET statement_timeout = 0")
        counts = await connection.fetchrow(_SQL["counts"]) if store == "vault" else None
        return Stand(found.found, *counts) if counts else Stand(found.found)
    except DRIVER_ERRORS as error:
        raise translated(error, store, address.place) from None
    finally:
        connection.terminate()


def roles(owner: str, gateway: str, address: Address) -> str:
    """The script by which an administrator makes both roles and the schema; names filled in."""
    text = script("roles")
    names = {"owner": owner, "gateway": gateway, "schema": address.schema, "database": address.database}
    for word, name in names.items():
        text = text.replace(f':"{word}"', quoted(name))
    return text


def quoted(name: str) -> str:
    """An SQL identifier."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _checksum(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _wrong(address: Address, store: Store, found: Layout) -> WorldError:
    error = world_error(Trouble.LAYOUT, store, address.place, str(found))
    if found.found <= found.known and not found.changed:
        return error
    return WorldError(error.code, error.what, "install the gateway that migrated it, or a later one.")
