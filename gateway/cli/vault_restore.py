"""``pii-gateway vault restore``: from a backup into an empty place, closed until somebody answers for the gap."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from gateway.adapters.backup_folder import BackupFolder
from gateway.adapters.keys_wrapped import IndexTurning, WrappedKeys
from gateway.adapters.vault_postgres import Address, PostgresStock, PostgresVault, address_of
from gateway.adapters.vault_postgres import backup as postgres
from gateway.adapters.vault_postgres.errors import Store
from gateway.adapters.vault_postgres.prune import PostgresPruning
from gateway.adapters.vault_sqlite import SqliteDataKeys, SqliteStock, SqliteVault
from gateway.adapters.vault_sqlite import backup as sqlite
from gateway.adapters.vault_sqlite.file import DATA_KEYS, VAULT
from gateway.adapters.vault_sqlite.prune import SqlitePruning
from gateway.catalog import Site, key_store_of, vault_of
from gateway.cli.keys import REGION, RULES, SETTINGS, store_exists
from gateway.cli.vault_backup import ORDERS, address, folder_of, path_of, time_of
from gateway.cli.vault_progress import Progression, progression
from gateway.cli.vault_replay import journals_of, read_journals, replay_over, told
from gateway.cli.vault_site import keys_at, no_vault, on_server, places
from gateway.core.naming import ref_of
from gateway.model.backup import Manifest, Part, backup_key
from gateway.model.errors import WorldError
from gateway.model.ledger import Entry
from gateway.model.names import Digest, SubjectId
from gateway.model.secret import RegionKeys, Secret
from gateway.model.stock import StockTable
from gateway.ports import DataKeyStore, Pruning, Stock
from gateway.service.keyless import drop_keyless

_DAY_MS = 86_400_000
_PATIENCE_S = 60.0
_FORGED = "no key of this region made its manifest"


@click.command("restore")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@RULES
@SETTINGS
@REGION
@click.option("--keys-from", type=click.Path(exists=True, file_okay=False, path_type=Path), help="As --keys-to.")
@click.option("--user", help="On PostgreSQL: the role that owns the tables.")
@click.option(
    "--erased",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="People erased since the backup, an id a line: their keys are destroyed again.",
)
@click.option(
    "--replay",
    "journals",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Journals of orders (REGION.orders.jsonl beside the keys), one a host; without it the one in its place.",
)
@click.option("--accept-gap", is_flag=True, help="Open the vault: somebody answers for what was recorded since.")
def restore_command(  # noqa: PLR0913 - one parameter an option
    *,
    folder: Path | None,
    files: Sequence[Path],
    settings_file: Path | None,
    region: str | None,
    keys_from: Path | None,
    user: str | None,
    erased: Path | None,
    journals: Sequence[Path],
    accept_gap: bool,
) -> None:
    """Restore a region's vault, and its key store if that is gone too, from FOLDER into the places the rules name.

    Only into an empty place, and only from what backup wrote. Rows of people who have no data key any more are
    dropped. What was ordered since (erasures, holds, blocks, merges) is carried out again by the journal of orders, if
    it is in its place or named by --replay. Without one the vault stays closed: no gateway starts over it before
    --replay or --accept-gap (also later, without FOLDER). Either way the lost interval is written into the ledger. One
    that was stopped or killed goes on where it was.
    """
    site = places(files, settings_file, region).only()
    if folder is None and not accept_gap and not journals:
        raise click.UsageError("name the folder of a backup, or say --replay or --accept-gap")
    there = journals_of(site, journals)
    if folder is not None:
        work = _Restore(site, folder, keys_from or folder, user, _ids(erased), there)
        dropped = asyncio.run(work.run())
        click.echo(f"{site.spec.name}: restored as of {time_of(work.at_ms)}")
        for table, count in dropped.items():
            if count:
                click.echo(f"  {count:,} rows of {table} dropped: their people have no data key any more")
    if accept_gap or there:
        click.echo(f"{site.spec.name}: {asyncio.run(_answered(site, there))}")
    else:
        click.echo("  kept closed: pii-gateway vault restore --accept-gap opens it, vault check looks at it before")


def _ids(file: Path | None) -> tuple[SubjectId, ...]:
    lines = file.read_text("ascii", "replace").split() if file else []
    if wrong := next((number for number, line in enumerate(lines, 1) if not _is_id(line)), None):
        raise click.UsageError(f"--erased: entry {wrong} is no person's id (28 hex digits)")
    return tuple(map(SubjectId, lines))


def _is_id(text: str) -> bool:
    return len(text) == 28 and not text.strip("0123456789abcdef")


_Keys = tuple[WrappedKeys, DataKeyStore]


@dataclass(slots=True)
class _Restore:
    """One restore of one region."""

    site: Site
    vault_from: Path
    keys_from: Path
    user: str | None
    erased: tuple[SubjectId, ...]
    journals: tuple[Path, ...] = ()
    at_ms: int = 0

    async def run(self) -> Counter[str]:
        with progression(self.site.clock) as shown:
            folder = folder_of(self.vault_from, self.site, "vault")
            manifest = await self._read(folder, "vault", shown)
            self.at_ms = manifest.at_ms
            keys_manifest = await self._restore_keys(shown)
            async with keys_at(self.site) as (keys, store):
                secrets = _secrets(keys.ring.keys.generations)
                for one in (manifest, keys_manifest):
                    if one is not None and not one.is_signed(secrets):
                        raise folder_of(self._parent(one.part), self.site, one.part).altered(_FORGED)
                erased = [*self.erased, *await self._erased_since(keys, manifest)]
                if erased:
                    await keys.erase(self.site.spec.name, erased)
                return await self._restore_vault(folder, manifest, (keys, store), shown)

    async def _erased_since(self, keys: WrappedKeys, manifest: Manifest) -> list[SubjectId]:
        """Who is not to come back, though the key store does."""
        head = manifest.contents.meta.get(ORDERS, "")
        lines = await asyncio.to_thread(read_journals, self.journals, self.site, keys, head)
        return [line.subject for line in lines if line.what == "erase"]

    # ------------------------------------------------------------------------------------------------------- parts

    async def _read(self, folder: BackupFolder, part: Part, shown: Progression) -> Manifest:
        """A manifest that fits, and whose files are what it says."""
        manifest = await asyncio.to_thread(folder.manifest)
        engine = "postgresql" if on_server(address(self.site, part)) else "sqlite"
        wanted = (part, self.site.spec.name, engine)
        if (manifest.part, manifest.region, manifest.engine) != wanted:
            raise _unfit(folder, f"the {manifest.part} of {manifest.region} on {manifest.engine}, not {wanted}")
        known = (VAULT if part == "vault" else DATA_KEYS).version
        if engine == "sqlite" and manifest.contents.layout != known:
            raise _unfit(folder, f"of layout {manifest.contents.layout}, this gateway knows {known}")
        size = sum(piece.bytes for piece in manifest.pieces)
        shown.begin(f"{self.site.spec.name} {part}: digests", size, "B")
        await asyncio.to_thread(folder.verify, manifest, shown.more)
        return manifest

    async def _restore_keys(self, shown: Progression) -> Manifest | None:
        """The key store from its backup, unless it is there: then who was erased since stays erased."""
        if await asyncio.to_thread(_has_keys, self.site):
            return None
        folder = folder_of(self.keys_from, self.site, "keys")
        manifest = await self._read(folder, "keys", shown)
        grace_days = self.site.keys.erase_grace_days
        if self.site.clock.now_ms() - manifest.at_ms > grace_days * _DAY_MS:
            raise _unfit(folder, f"older than {grace_days:g} days: it would bring back whom nothing may bring back")
        await self._fill(folder, manifest, None, shown)
        if on_server(self.site.key_store):
            return manifest
        draft = SqliteDataKeys(sqlite.draft_of(self.site.data_key_file), self.site.spec.name, clock=self.site.clock)
        await asyncio.to_thread(draft.start)
        try:
            async with keys_at(self.site, draft) as (keys, _):  # it opens, or nothing gets its name
                if not manifest.is_signed(_secrets(keys.ring.keys.generations)):
                    raise folder.altered(_FORGED)
        finally:
            draft.close()
        await asyncio.to_thread(sqlite.put, self.site.data_key_file, DATA_KEYS)
        return manifest

    async def _fill(self, folder: BackupFolder, manifest: Manifest, closing: str | None, shown: Progression) -> None:
        part, site = manifest.part, self.site
        size = sum(piece.bytes for piece in manifest.pieces)
        shown.begin(f"{site.spec.name} {part}", size, "B")
        if on_server(address(site, part)):
            store: Store = "vault" if part == "vault" else "data key store"
            place = self._address(address(site, part))
            await postgres.copy_in(place, store, manifest, folder.path, closing, shown.more)
            return
        path, form = path_of(site, part), VAULT if part == "vault" else DATA_KEYS
        [piece] = manifest.pieces
        source = folder.path / piece.name

        def told(done: int, _: int) -> None:
            shown.at(done)

        await asyncio.to_thread(sqlite.copy_in, source, piece, path, form, manifest.name, told)
        if closing is not None:
            await asyncio.to_thread(sqlite.close_down, sqlite.draft_of(path), site.spec.name, closing)

    async def _restore_vault(
        self, folder: BackupFolder, manifest: Manifest, keys: _Keys, shown: Progression
    ) -> Counter[str]:
        gap = {
            "backup": manifest.name,
            "from_ms": manifest.at_ms,
            "to_ms": self.site.clock.now_ms(),
            "orders": manifest.contents.meta.get(ORDERS, ""),
        }
        if await self._is_in_place(manifest):
            return Counter()
        await self._fill(folder, manifest, json.dumps(gap), shown)
        dropped = await self._drop(manifest, keys, shown)
        if not on_server(self.site.spec.vault):
            await asyncio.to_thread(sqlite.put, self.site.vault_file, VAULT)
        return dropped

    async def _is_in_place(self, manifest: Manifest) -> bool:
        """True where a file was put in place by an attempt that was killed before it could say so."""
        site = self.site
        if on_server(site.spec.vault) or not site.vault_file.exists():
            return False
        says = await asyncio.to_thread(sqlite.closing, site.vault_file, site.spec.name)
        return says is not None and json.loads(says)["backup"] == manifest.name

    async def _drop(self, manifest: Manifest, keys: _Keys, shown: Progression) -> Counter[str]:
        state: list[StockTable] = []

        def told(table: StockTable, rows: int) -> None:
            if table not in state:
                state.append(table)
                shown.begin(f"{self.site.spec.name} keys of {table}", manifest.contents.counts.get(table, 0), "rows")
            shown.more(rows)

        async with AsyncExitStack() as stack:
            pruning, stock = await self._opened(stack, keys[0])
            return await drop_keyless(self.site.spec.name, stock, keys[1], pruning, told)

    async def _opened(self, stack: AsyncExitStack, keys: WrappedKeys) -> tuple[Pruning, Stock]:
        """The vault that is being restored: a draft, or a schema on a server."""
        name, clock = self.site.spec.name, self.site.clock
        if on_server(self.site.spec.vault):
            place = self._address(self.site.spec.vault)
            server = PostgresVault(place, name, clock=clock, ref_of=ref_of, timeout_s=_PATIENCE_S)
            await _start(stack, server, keys)
            rows = PostgresStock(place, name)
            await rows.start()
            stack.push_async_callback(rows.close)
            return PostgresPruning(place, name, server), rows
        path = sqlite.draft_of(self.site.vault_file)
        file = SqliteVault(path, name, clock=clock, ref_of=ref_of, timeout_s=_PATIENCE_S)
        await _start(stack, file, keys)
        stock = SqliteStock(path, name)
        await stock.start()
        stack.push_async_callback(stock.close)
        return SqlitePruning(path, name, file), stock

    def _parent(self, part: Part) -> Path:
        return self.vault_from if part == "vault" else self.keys_from

    def _address(self, url: str) -> Address:
        found = address_of(url)
        return found.as_user(self.user) if self.user else found


async def _start(stack: AsyncExitStack, vault: SqliteVault | PostgresVault, keys: WrappedKeys) -> None:
    vault.even_closed()
    IndexTurning(keys.ring, vault)  # its rows may be named by a later generation of the index key
    await vault.start()
    stack.push_async_callback(vault.close)


# ---------------------------------------------------------------------------------------------------------- the gap


async def _answered(site: Site, journals: Sequence[Path]) -> str:
    """Carry out the journals, write that and the lost interval into the ledger, open the vault. What was said of it."""
    says = await _closing(site)
    if says is None and not journals:
        return "it is open: there is no gap to accept"
    replayed = told(await replay_over(site, journals, says)) if journals else "no orders replayed"
    facts: dict[str, Any] = json.loads(says) if says else {"backup": ""}
    gap = f"gap {time_of(facts['from_ms'])} to {time_of(facts['to_ms'])}, {replayed}" if says else replayed
    async with keys_at(site) as (keys, _):
        kit = vault_of(replace(site, closed_too=True))
        IndexTurning(keys.ring, kit.vault)
        await kit.vault.start()
        try:
            ledger = kit.ledger(keys.ring.region_keys)
            ledger.start()
            try:
                await ledger.append([_entry(site, gap, str(facts["backup"]))])
            finally:
                await ledger.close()
        finally:
            await kit.vault.close()
    if says is None:
        return f"it was open; the ledger has: {gap}"
    if on_server(site.spec.vault):
        await postgres.open_again(address_of(site.spec.vault), site.spec.name)
    else:
        await asyncio.to_thread(sqlite.open_again, site.vault_file, site.spec.name)
    return f"open again; the ledger has the {gap}"


async def _closing(site: Site) -> str | None:
    if on_server(site.spec.vault):
        return await postgres.closing(address_of(site.spec.vault), site.spec.name)
    if site.vault_missing or not site.spec.vault.startswith("sqlite:"):
        raise no_vault(site)
    return await asyncio.to_thread(sqlite.closing, site.vault_file, site.spec.name)


def _entry(site: Site, gap: str, backup: str) -> Entry:
    return Entry(
        at_ms=site.clock.now_ms(),
        request=backup,
        event="restore",
        route="vault restore",
        actor="role:operator",
        purpose="restore",
        destination=site.spec.name,
        kinds=(),
        subjects=(),
        records=(),
        rules=Digest(""),
        outcome=gap,
    )


def _has_keys(site: Site) -> bool:
    """Whether the key store has a key set, so that nothing of it is to be restored."""
    if not store_exists(site):
        return False
    store = key_store_of(site)
    store.start()
    try:
        return store.serial() > 0
    finally:
        store.close()


def _secrets(generations: Sequence[RegionKeys]) -> dict[str, Secret]:
    return {key.version: key.secret for key in map(backup_key, generations)}


def _unfit(folder: BackupFolder, why: str) -> WorldError:
    return WorldError(
        "GW-V142",
        f"backup {str(folder.path)!r} does not fit: it is {why}. Nothing is restored from it.",
        "name the right folder; restore with the version and the kind of store that made it.",
    )
