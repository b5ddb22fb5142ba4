"""``pii-gateway vault backup``: vault and key store as they are in one moment, while the gateway runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.adapters.backup_folder import BackupFolder
from gateway.adapters.vault_postgres import address_of
from gateway.adapters.vault_postgres import backup as postgres
from gateway.adapters.vault_postgres.errors import Store
from gateway.adapters.vault_sqlite import backup as sqlite
from gateway.adapters.vault_sqlite.file import DATA_KEYS, VAULT
from gateway.catalog import Site
from gateway.cli.keys import JSON, REGION, RULES, SETTINGS
from gateway.cli.vault_progress import Progression, progression
from gateway.cli.vault_replay import head_of
from gateway.cli.vault_site import keys_at, no_vault, on_server, places
from gateway.model.backup import Contents, Engine, Manifest, Part, Piece, backup_key

ORDERS = "orders"
"""In a manifest: how far the journal of orders was."""
PARTS: tuple[Part, ...] = ("vault", "keys")


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@RULES
@SETTINGS
@REGION
@click.option("--keys-to", type=click.Path(file_okay=False, path_type=Path), help="Another place for the key store.")
@click.option("--part", type=click.Choice(PARTS), help="Only the vault, or only the key store.")
@JSON
def backup_command(
    *,
    folder: Path,
    files: Sequence[Path],
    settings_file: Path | None,
    region: str | None,
    keys_to: Path | None,
    part: Part | None,
    as_machine: bool,
) -> None:
    """Copy each region's vault and key store to FOLDER, each into a folder of its own, while the gateway runs.

    The vault is copied first, so that everybody in it has a data key in the copy of the key store. Whoever has both and
    the root key can read everything: keep them apart (--keys-to). A backup that was stopped is begun anew by the same
    command.
    """
    made = []
    for site in places(files, settings_file, region).sites:
        chosen = {one: (keys_to if one == "keys" and keys_to else folder) for one in PARTS if part in (None, one)}
        made += asyncio.run(_backup(site, chosen))
    if as_machine:
        click.echo(json.dumps([_facts(folder, manifest) for folder, manifest in made], indent=2))
        return
    for place, manifest in made:
        size = sum(piece.bytes for piece in manifest.pieces) / 2**20
        rows = ", ".join(f"{count:,} {table}" for table, count in manifest.contents.counts.items() if count)
        click.echo(f"{manifest.region} {manifest.part}: {size:,.1f} MiB as of {time_of(manifest.at_ms)}")
        click.echo(f"    {rows or 'nothing in it'}\n    {place.path}")


def time_of(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def folder_of(parent: Path, site: Site, part: Part) -> BackupFolder:
    return BackupFolder(parent / f"{site.spec.name}.{part}")


def address(site: Site, part: Part) -> str:
    """Where a part is, as the rules say."""
    return site.spec.vault if part == "vault" else site.key_store


def path_of(site: Site, part: Part) -> Path:
    """The file of a part that is one."""
    return site.vault_file if part == "vault" else site.data_key_file


async def _backup(site: Site, chosen: dict[Part, Path]) -> list[tuple[BackupFolder, Manifest]]:
    if site.vault_missing or site.spec.vault.startswith("memory:"):
        raise no_vault(site)
    name, made = site.clock.random(8).hex(), []
    with progression(site.clock) as shown:
        async with keys_at(site) as (keys, _):
            key = backup_key(keys.ring.region_keys)
        for part, parent in chosen.items():
            folder, at_ms = folder_of(parent, site, part), site.clock.now_ms()
            head = await asyncio.to_thread(head_of, site)
            await asyncio.to_thread(folder.begin)
            engine: Engine = "postgresql" if on_server(address(site, part)) else "sqlite"
            copied, pieces = await _copied(site, part, folder, shown)
            contents = replace(copied, meta={**copied.meta, ORDERS: head}) if head else copied
            draft = Manifest(name, part, engine, site.spec.name, at_ms, contents)
            shown.begin(f"{site.spec.name} {part}: digests", 0, "B")
            manifest = (await asyncio.to_thread(folder.finish, draft, pieces, shown.more)).signed(key)
            await asyncio.to_thread(folder.write, manifest)
            made.append((folder, manifest))
    return made


async def _copied(site: Site, part: Part, folder: BackupFolder, shown: Progression) -> tuple[Contents, list[Piece]]:
    label = f"{site.spec.name} {part}"
    if on_server(address(site, part)):
        tables: list[str] = []

        def rows(table: str, done: int, total: int) -> None:
            if table not in tables:
                tables.append(table)
                shown.begin(f"{label}: {table}", total, "rows")
            shown.at(done)

        store: Store = "vault" if part == "vault" else "data key store"
        return await postgres.copy_out(address_of(address(site, part)), store, site.spec.name, folder.new, rows)
    path = folder.new(f"{part}.db")
    begun: list[int] = []

    def pages(done: int, total: int) -> None:
        if not begun:
            begun.append(total)
            shown.begin(label, total, "pages")
        shown.at(done)

    form = VAULT if part == "vault" else DATA_KEYS
    source = path_of(site, part)
    contents = await asyncio.to_thread(sqlite.copy_out, source, form, site.spec.name, path, pages)
    return contents, [Piece(path.name, 0, "")]


def _facts(folder: BackupFolder, manifest: Manifest) -> dict[str, object]:
    return {
        "folder": str(folder.path),
        "name": manifest.name,
        "part": manifest.part,
        "region": manifest.region,
        "at": time_of(manifest.at_ms),
        "bytes": sum(piece.bytes for piece in manifest.pieces),
        "counts": dict(manifest.contents.counts),
    }
