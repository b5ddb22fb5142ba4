"""``pii-gateway vault compact``: the space that deleted rows left is given back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from gateway.adapters.vault_postgres import Store, address_of
from gateway.adapters.vault_postgres.survey import compact as compact_server
from gateway.adapters.vault_sqlite.compact import compact as compact_file
from gateway.adapters.vault_sqlite.compact import draft_of
from gateway.adapters.vault_sqlite.file import DATA_KEYS, VAULT, Form
from gateway.catalog import Site
from gateway.cli.keys import REGION, RULES, SETTINGS
from gateway.cli.vault_progress import Progression, progression
from gateway.cli.vault_site import on_server, places

_LOOK_EVERY_S = 0.2


@click.command("compact")
@RULES
@SETTINGS
@REGION
@click.option("--user", help="On PostgreSQL: the role that owns the tables.")
def compact_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None, user: str | None) -> None:
    """Give back the space that deleted rows left in vault and key store.

    A SQLite file is written anew, which needs the gateways over it stopped and as much room again. On PostgreSQL tables
    are vacuumed beside running gateways: the space is there for new rows, and the ends of files go back to the disk.
    """
    for site in places(files, settings_file, region).sites:
        for store, before, after in asyncio.run(_compact(site, user)):
            saved = f"{before / 2**20:,.1f} MiB, now {after / 2**20:,.1f} MiB"
            click.echo(f"{site.spec.name}  {store}: {saved}")


async def _compact(site: Site, user: str | None) -> list[tuple[Store, int, int]]:
    stores: tuple[tuple[Store, str, Path, Form], ...] = (
        ("vault", site.spec.vault, site.vault_file, VAULT),
        ("data key store", site.key_store, site.data_key_file, DATA_KEYS),
    )
    done: list[tuple[Store, int, int]] = []
    with progression(site.clock) as shown:
        for store, address, path, form in stores:
            if on_server(address):
                sizes = await _of_server(site, store, address, user, shown)
            elif address.startswith("sqlite:") and path.exists():
                sizes = await _of_file(site, path, form, shown)
            else:
                continue
            done.append((store, *sizes))
    return done


async def _of_server(site: Site, store: Store, url: str, user: str | None, shown: Progression) -> tuple[int, int]:
    address = address_of(url)
    owner = address.as_user(user) if user else address
    begun: list[str] = []

    def told(table: str, done: int, total: int) -> None:
        if not begun:
            shown.begin(f"{site.spec.name} {store}", total, "tables")
        begun.append(table)
        shown.at(done)

    return await compact_server(owner, store, site.spec.name, told)


async def _of_file(site: Site, path: Path, form: Form, shown: Progression) -> tuple[int, int]:
    """The copy grows beside the file: its size is how far it is."""
    shown.begin(f"{site.spec.name} {form.store}", _size(path), "B")
    work = asyncio.create_task(asyncio.to_thread(compact_file, path, form, site.spec.name))  # noqa: TID251 - awaited
    while not work.done():
        await asyncio.wait([work], timeout=_LOOK_EVERY_S)
        shown.at(_size(draft_of(path)))
    before, after = await work
    shown.at(before)
    return before, after


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
