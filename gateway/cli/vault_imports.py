"""``pii-gateway vault end-import``: nobody waits for the rest of a table any more."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from gateway.catalog import Site, vault_of
from gateway.cli.keys import REGION, RULES, SETTINGS
from gateway.cli.vault_site import places


@click.command("end-import")
@click.argument("name")
@RULES
@SETTINGS
@REGION
def end_import_command(*, name: str, files: Sequence[Path], settings_file: Path | None, region: str | None) -> None:
    """Say that an import which will not be finished keeps nobody out, so that a gateway may enforce.

    NAME is what `vault status` and the refusal of `serve` call it. What it has imported stays. Whoever is in the rest
    of the table and not in the directory can't log in from then on: better finish it, or import the table anew.
    """
    ended = [asyncio.run(_ended(site, name)) for site in places(files, settings_file, region).sites]
    if not any(ended):
        click.echo(f"there is no unfinished import {name!r}: see pii-gateway vault status", err=True)
        sys.exit(1)
    click.echo(f"import {name} keeps nobody out any more; what it imported stays")


async def _ended(site: Site, name: str) -> bool:
    if site.spec.vault.startswith("memory:") or site.vault_missing:
        return False
    vault = vault_of(site).vault
    await vault.start()
    try:
        if all(one.name != name for one in vault.imports()):
            return False
        await vault.import_ended(name)
        return True
    finally:
        await vault.close()
