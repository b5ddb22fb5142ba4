"""Where the stores of a region are, opened for work beside a gateway or without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.keys_wrapped import WrappedKeys
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_postgres import PostgresStock, address_of
from gateway.adapters.vault_sqlite import SqliteStock
from gateway.catalog import Site, key_store_of, wrapped_keys_of
from gateway.cli.keys import store_exists, store_place
from gateway.cli.serve import effective_settings
from gateway.model.addresses import printable
from gateway.model.errors import WorldError
from gateway.model.rules import Ruleset
from gateway.ports import DataKeyStore
from gateway.ruleset.load import load as load_rules

_CONFIRM_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Places:
    """The rules, and where those of their regions that were asked for have their stores."""

    rules: Ruleset
    sites: tuple[Site, ...]

    def only(self) -> Site:
        """For work on one region's stores."""
        if len(self.sites) != 1:
            names = ", ".join(site.spec.name for site in self.sites)
            raise click.UsageError(f"the rules have several regions, say --region: {names}")
        return self.sites[0]


def places(files: Sequence[Path], settings_file: Path | None, region: str | None) -> Places:
    settings = effective_settings(settings_file, files)
    if not settings.rules:
        raise click.UsageError("say which rules: --rules FILE")
    rules = load_rules(settings.rules)
    if region is not None and region not in rules.regions:
        raise click.UsageError(f"the rules have no region {region!r}, but {', '.join(sorted(rules.regions))}")
    clock, sink = SystemClock(), MemorySink()
    chosen = [spec for name, spec in rules.regions.items() if region in (None, name)]
    return Places(rules, tuple(Site(one, settings.state_dir, clock, sink, settings.keys.pace()) for one in chosen))


def on_server(address: str) -> bool:
    return address.startswith("postgresql:")


@asynccontextmanager
async def stock_at(site: Site) -> AsyncIterator[SqliteStock | PostgresStock]:
    """The vault's rows. Raises WorldError; makes nothing."""
    stock: SqliteStock | PostgresStock
    if on_server(site.spec.vault):
        stock = PostgresStock(address_of(site.spec.vault), site.spec.name)
    elif site.spec.vault.startswith("sqlite:") and not site.vault_missing:
        stock = SqliteStock(site.vault_file, site.spec.name)
    else:
        raise no_vault(site)
    await stock.start()
    try:
        yield stock
    finally:
        await stock.close()


@asynccontextmanager
async def keys_at(site: Site, store: DataKeyStore | None = None) -> AsyncIterator[tuple[WrappedKeys, DataKeyStore]]:
    """Keys that exist already, confirmed by their root as long as they are used. Raises WorldError; makes nothing.

    ``store`` is another key store than the site's own, and started already.
    """
    if store is not None:
        async with _opened(site, store) as keys:
            yield keys, store
        return
    if not store_exists(site):
        raise _no_keys(site)
    own = key_store_of(site)
    await asyncio.to_thread(own.start)
    try:
        async with _opened(site, own) as keys:
            yield keys, own
    finally:
        own.close()


@asynccontextmanager
async def _opened(site: Site, store: DataKeyStore) -> AsyncIterator[WrappedKeys]:
    keys = wrapped_keys_of(site, store, lambda: True)
    confirming: asyncio.Task[None] | None = None
    try:
        if not await keys.ring.reload():
            raise _no_keys(site)
        confirming = asyncio.create_task(_confirm(keys))  # noqa: TID251 - owned: ended below
        yield keys
    finally:
        if confirming is not None:
            confirming.cancel()
            await asyncio.wait([confirming])
        await keys.close()


async def _confirm(keys: WrappedKeys) -> None:
    while True:
        await asyncio.sleep(_CONFIRM_EVERY_S)
        try:
            await keys.ring.confirm()
        except WorldError:
            pass  # keys close by themselves once the root has been away for too long


def no_vault(site: Site) -> WorldError:
    return WorldError(
        "GW-V108",
        f"there is no vault of region {site.spec.name} at {printable(site.spec.vault.partition('?')[0])!r}.",
        "check the rules and state_dir; the first start makes a vault.",
    )


def _no_keys(site: Site) -> WorldError:
    return WorldError(
        "GW-K101",
        f"there is no key set in key store {store_place(site)!r}: what the vault of region {site.spec.name} "
        "holds can't be opened.",
        "restore the key store from its backup.",
    )
