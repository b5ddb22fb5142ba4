"""The rows of a store on a server as files, all of one moment, and the way back.

A backup needs no more than the gateway's own role may do: it reads the tables (COPY) in one repeatable-read snapshot.
A restore is the owner's work, like a migration. It fills an empty store file by file; how far it is is written in the
transaction that wrote the rows, so it goes on exactly where a killed one stopped.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from asyncpg import Connection

from gateway.adapters.vault_postgres.address import Address
from gateway.adapters.vault_postgres.beside import opened
from gateway.adapters.vault_postgres.errors import Store
from gateway.adapters.vault_postgres.migrate import layout, quoted
from gateway.adapters.vault_postgres.statements import statements
from gateway.model.backup import Contents, Manifest, Piece
from gateway.model.errors import WorldError
from gateway.model.names import Region

_SQL = statements("85_backup")
_LINES = 2000
_DONE = "done"
_OF_THE_PLACE = ("region", "probe", "closed", "restoring", "orders")
"""What a store notes of itself, and not of what is in it."""

Told = Callable[[int], object]
"""Hears of rows or bytes more."""


async def copy_out(
    address: Address, store: Store, region: Region, new: Callable[[str], Path], told: Callable[[str, int, int], object]
) -> tuple[Contents, list[Piece]]:
    """Each table's rows into a file of its own. ``told`` hears of table, rows so far and rows at all."""
    async with opened(address, store, region) as connection:
        await connection.execute(_SQL["read_all"])
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            tables = {row["name"]: tuple(row["columns"]) for row in await connection.fetch(_SQL["tables"])}
            contents = await _contents(connection, store, list(tables))
            pieces = []
            for table, names in tables.items():
                piece = Piece(f"{table}.rows", 0, "", contents.counts[table], names)
                await _rows_out(connection, table, piece, new(piece.name), told)
                pieces.append(piece)
    return contents, pieces


async def _contents(connection: Connection, store: Store, tables: Sequence[str]) -> Contents:
    meta = {row["key"]: row["value"] for row in await connection.fetch(_SQL["meta"])}
    counts = {one: int(await connection.fetchval(f"SELECT count(*) FROM {quoted(one)}")) for one in tables}  # noqa: S608 - a name of ours
    newest = await connection.fetchrow(_SQL["newest_block"]) if store == "vault" else None
    head = f"{newest['chain']} {newest['seq']} {newest['mac']}" if newest else ""
    return Contents((await layout(connection, store)).found, meta, counts, head)


async def _rows_out(
    connection: Connection, table: str, piece: Piece, path: Path, told: Callable[[str, int, int], object]
) -> None:
    done = 0
    with path.open("wb") as file:

        async def take(chunk: bytes) -> None:
            nonlocal done
            file.write(chunk)
            done += chunk.count(b"\n")
            told(table, done, piece.rows)

        listed = ", ".join(map(quoted, piece.columns))
        await connection.copy_from_query(f"SELECT {listed} FROM {quoted(table)}", output=take)  # noqa: S608 - our names


# ---------------------------------------------------------------------------------------------------- the way back


async def copy_in(
    address: Address, store: Store, manifest: Manifest, folder: Path, closing: str | None, told: Told
) -> bool:
    """Fill an empty store, marked as closed first. False if this backup is in it already.

    Raises WorldError: GW-V143 where it holds anything else; GW-V114, GW-V110.
    """
    async with opened(address, store, manifest.region) as connection:
        at = await _position(connection, manifest, address)
        if at == _DONE:
            return False
        async with connection.transaction():
            if closing is not None:
                await connection.execute(_SQL["close"], closing)
            await connection.execute(_SQL["mark"], _mark(manifest, at))
        for piece in manifest.pieces:
            if piece.name >= at.partition(" ")[0]:
                await _rows_in(connection, address, manifest, piece, folder, at, told)
        async with connection.transaction():
            for key, value in manifest.contents.meta.items():
                if key not in _OF_THE_PLACE:
                    await connection.execute(_SQL["take_meta"], key, value)
            await connection.execute(_SQL["mark"], _mark(manifest, _DONE))
    return True


async def _rows_in(
    connection: Connection, address: Address, manifest: Manifest, piece: Piece, folder: Path, at: str, told: Told
) -> None:
    name, _, offset = at.partition(" ")
    begin = int(offset or 0) if name == piece.name else 0
    told(begin)
    with (folder / piece.name).open("rb") as file:
        file.seek(begin)
        while lines := [line for _ in range(_LINES) if (line := file.readline())]:
            block = b"".join(lines)
            async with connection.transaction():
                await connection.copy_to_table(
                    piece.name.removesuffix(".rows"),
                    source=io.BytesIO(block),
                    columns=piece.columns,
                    schema_name=address.schema,
                )
                await connection.execute(_SQL["mark"], _mark(manifest, f"{piece.name} {file.tell()}"))
            told(len(block))


async def _position(connection: Connection, manifest: Manifest, address: Address) -> str:
    """Where to go on: a file's name and offset; empty: at the beginning."""
    marked = await connection.fetchval(_SQL["marked"])
    facts: Mapping[str, str] = json.loads(marked) if marked else {}
    if facts.get("name") == manifest.name:
        return facts["at"]
    for row in await connection.fetch(_SQL["tables"]):
        if await connection.fetchval(f"SELECT EXISTS (SELECT 1 FROM {quoted(row['name'])})"):  # noqa: S608 - our names
            raise filled(address.place)
    return ""


def _mark(manifest: Manifest, at: str) -> str:
    return json.dumps({"name": manifest.name, "at": at})


def filled(place: str) -> WorldError:
    return WorldError(
        "GW-V143",
        f"there is a store at {place!r} already: a restore would overwrite what it holds.",
        "restore to an empty schema (pii-gateway vault migrate makes one).",
    )


async def closing(address: Address, region: Region) -> str | None:
    """What the mark of a vault that is kept closed says; None if it is open."""
    async with opened(address, "vault", region) as connection:
        found = await connection.fetchval(_SQL["closed"])
    return None if found is None else str(found)


async def open_again(address: Address, region: Region) -> None:
    """Take the mark away. Durable when it returns."""
    async with opened(address, "vault", region) as connection:
        await connection.execute(_SQL["open"])
