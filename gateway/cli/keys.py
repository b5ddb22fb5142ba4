"""``pii-gateway keys``: new, list, status; for key files (``key: "file:…"`` in the rules)."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.keys_file import KeyFile
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_sqlite import SqliteDataKeys
from gateway.catalog import Site, vault_of
from gateway.cli.serve import effective_settings
from gateway.model.errors import GatewayError, WorldError
from gateway.ruleset.load import load as load_rules

EXAMPLES = """\b
Examples:
  pii-gateway keys new --rules mine.yaml      make them before the first start
  pii-gateway keys list --rules mine.yaml     which there are, and since when
  pii-gateway keys status --rules mine.yaml   can they be used?
"""

NOTE = """\
A key beside its data is for trials. Copy the key files to a place apart from
every copy of the vault: without them nothing that is kept can be read, with
them and a copy of the vault everything can. Then move them to a KMS or HSM."""

RULES = click.option(
    "--rules", "files", multiple=True, type=click.Path(exists=True, path_type=Path), help="As for serve."
)
SETTINGS = click.option(
    "--settings", "settings_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="As for serve."
)
REGION = click.option("--region", help="Only this region of the rules.")
JSON = click.option("--json", "as_machine", is_flag=True, help="Print JSON for machines.")


@dataclass(frozen=True, slots=True)
class Generation:
    """One version of a region's keys; ``made`` is the day in UTC."""

    region: str
    version: str
    made: str
    in_force: bool
    file: str


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a region's keys can be used; ``data_keys`` None where there is no store yet."""

    region: str
    ok: bool
    says: str
    file: str
    data_keys: int | None


@click.group("keys", epilog=EXAMPLES)
def keys_group() -> None:
    """The keys of each region's key file.

    A file holds the region's keys; the people's own data keys lie beside it, wrapped, in a store of their own.
    """


@keys_group.command("new")
@RULES
@SETTINGS
@REGION
def new_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None) -> None:
    """Make the keys of a region, while its vault is still empty.

    serve makes them itself at its first start; this makes them where somebody looks on. Never replaces a key file.
    """
    for site in sites(files, settings_file, region):
        refuse_if_filled(site)
        file = KeyFile(site.key_directory, site.spec.name)
        file.make(site.clock)
        click.echo(f"made {file.path}")
    click.echo(NOTE)


@keys_group.command("list")
@RULES
@SETTINGS
@REGION
@JSON
def list_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None, as_machine: bool) -> None:
    """Every version of every region's keys. Shows no key."""
    found = [one for site in sites(files, settings_file, region) for one in generations(site)]
    if as_machine:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    for one in found:
        click.echo(f"{one.region}  version {one.version}  made {one.made}{'  in force' if one.in_force else ''}")
        click.echo(f"    {one.file}")


@keys_group.command("status")
@RULES
@SETTINGS
@REGION
@JSON
def status_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None, as_machine: bool) -> None:
    """Whether each region's keys can be used. Exits with 1 if any can't."""
    found = [status(site) for site in sites(files, settings_file, region)]
    if as_machine:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            counted = "no data keys yet" if one.data_keys is None else f"{one.data_keys:,} data keys"
            click.echo(f"{'ok  ' if one.ok else 'fail'} {one.region}  {one.says}; {counted}")
            click.echo(f"     {one.file}")
    sys.exit(0 if all(one.ok for one in found) else 1)


def sites(files: Sequence[Path], settings_file: Path | None, region: str | None) -> list[Site]:
    """Where the regions of the rules have their stores; those with a key file only."""
    settings = effective_settings(settings_file, files)
    if not settings.rules:
        raise click.UsageError("say which rules: --rules FILE")
    regions = load_rules(settings.rules).regions
    if region is not None and region not in regions:
        raise click.UsageError(f"the rules have no region {region!r}, but {', '.join(sorted(regions))}")
    clock, sink = SystemClock(), MemorySink()
    chosen = [spec for name, spec in regions.items() if region in (None, name) and spec.key.startswith("file:")]
    if not chosen:
        raise click.UsageError("no region of the rules has its keys in a file")
    return [Site(spec, settings.state_dir, clock, sink) for spec in chosen]


def generations(site: Site) -> list[Generation]:
    file = KeyFile(site.key_directory, site.spec.name)
    keys = file.read()
    return [
        Generation(
            region=site.spec.name,
            version=version,
            made=datetime.fromtimestamp(made_ms / 1000, UTC).date().isoformat(),
            in_force=version == keys.version,
            file=str(file.path),
        )
        for version, made_ms in keys.made_ms.items()
    ]


def status(site: Site) -> Status:
    file = KeyFile(site.key_directory, site.spec.name)
    data_keys = None
    try:
        data_keys = with_data_keys(site, lambda store: store.count())
        if file.exists():
            says, ok = f"version {file.read().version} in force", True
        else:
            refuse_if_filled(site)
            says, ok = "no keys yet, serve will make them", True
    except GatewayError as error:
        says, ok = str(error), False
    return Status(site.spec.name, ok, says, str(file.path), data_keys)


def refuse_if_filled(site: Site) -> None:
    """Raise GW-K101 if anything is kept that new keys would not open."""
    vault_filled = site.vault_file.exists() and asyncio.run(_is_filled(site))
    if vault_filled or with_data_keys(site, lambda store: store.count()):
        raise WorldError(
            "GW-K101",
            f"the vault of region {site.spec.name} holds data: new keys would not open it.",
            "restore the key file from its backup; for a vault that may be lost, move the vault away too.",
        )


async def _is_filled(site: Site) -> bool:
    vault = vault_of(site).vault
    await vault.start()
    try:
        return not vault.empty()
    finally:
        await vault.close()


def with_data_keys(site: Site, ask: Callable[[SqliteDataKeys], int]) -> int | None:
    """What a region's data key store says; None where there is none."""
    if not site.data_key_file.exists():
        return None
    store = SqliteDataKeys(site.data_key_file, site.spec.name, clock=site.clock)
    store.start()
    try:
        return ask(store)
    finally:
        store.close()
