"""``pii-gateway vault``: migrate and roles; status, backup, restore, compact and check have modules of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from gateway.adapters.vault_postgres import Address, Store, address_of, migrate, quoted, roles
from gateway.catalog import Site
from gateway.cli.keys import REGION, RULES, SETTINGS
from gateway.cli.vault_backup import backup_command
from gateway.cli.vault_check import check_command
from gateway.cli.vault_compact import compact_command
from gateway.cli.vault_imports import end_import_command
from gateway.cli.vault_restore import restore_command
from gateway.cli.vault_site import places
from gateway.cli.vault_status import status_command
from gateway.model.addresses import printable

EXAMPLES = """\b
Examples:
  pii-gateway vault roles --rules mine.yaml | psql  (an administrator)
  pii-gateway vault migrate --rules mine.yaml --user pii_owner
  pii-gateway vault status --rules mine.yaml  may the gateway start?
  pii-gateway vault backup /backup/today --rules mine.yaml
  pii-gateway vault restore /backup/today --rules mine.yaml
  pii-gateway vault check --rules mine.yaml   is all as it should be?
"""

USER = click.option("--user", help="The role that owns the tables; its password comes from PGPASSWORD or a passfile.")


@click.group("vault", epilog=EXAMPLES)
def vault_group() -> None:
    """The home store of each region, and its key store where that is a server too."""


for command in (status_command, backup_command, restore_command, compact_command, check_command, end_import_command):
    vault_group.add_command(command)


@vault_group.command("migrate")
@RULES
@SETTINGS
@REGION
@USER
def migrate_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None, user: str | None) -> None:
    """Bring a store on PostgreSQL to this gateway's layout, and grant the gateway's role its rights.

    Safe to repeat, and safe beside a running gateway: several that start at once wait for each other, and a lock that
    can't be had within three seconds ends it before anything has changed. A SQLite file is made by the first start.
    """
    for site in places(files, settings_file, region).sites:
        found = _servers(site)
        for store, address in found:
            owner = address.as_user(user) if user else address
            gateway = address.user if user and address.user != user else None
            applied = asyncio.run(migrate(owner, store, site.spec.name, site.clock.now_ms(), gateway))
            done = f"applied {', '.join(map(str, applied))}" if applied else "nothing to do"
            granted = f", rights granted to {gateway}" if gateway else ""
            click.echo(f"{site.spec.name}  {store}: {done}{granted}\n    {address.place}")
        if not found:
            click.echo(f"{site.spec.name}  {printable(site.spec.vault)}: nothing to do, the first start makes the file")


@vault_group.command("roles")
@RULES
@SETTINGS
@REGION
@click.option("--owner", default="pii_owner", show_default=True, help="The role that will own the tables.")
def roles_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None, owner: str) -> None:
    """Print the psql script that makes roles and schema of each store, for an administrator. Changes nothing.

    Where stores are on different servers each is given its own part.
    """
    for site in places(files, settings_file, region).sites:
        for store, address in _servers(site):
            click.echo(f"-- {store} of region {site.spec.name}, on {address.place}")
            click.echo(f"\\connect {quoted(address.database)}")
            click.echo(roles(owner, address.user or "pii_gateway", address))


def _servers(site: Site) -> list[tuple[Store, Address]]:
    """The stores of a region that are on PostgreSQL."""
    stores: tuple[tuple[Store, str], ...] = (("vault", site.spec.vault), ("data key store", site.spec.key_store))
    return [(store, address_of(url)) for store, url in stores if url.startswith("postgresql:")]
