"""``pii-gateway ledger``: verify, tail."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from gateway.adapters.anchors_file import AnchorFile
from gateway.adapters.vault_postgres import PostgresVault
from gateway.adapters.vault_sqlite import SqliteVault
from gateway.catalog import Site, vault_of
from gateway.cli.keys import JSON, REGION, RULES, SETTINGS, opened_key_set, sites
from gateway.model.chain import ledger_key
from gateway.model.errors import WorldError
from gateway.service.ledger_check import Verdict, check

T = TypeVar("T")

Audited = SqliteVault | PostgresVault
"""The vaults whose ledger outlives the process."""

EXAMPLES = """\b
Examples:
  pii-gateway ledger verify --rules mine.yaml      has anybody been at it?
  pii-gateway ledger tail --rules mine.yaml -n 50  what was done last
  pii-gateway ledger tail --rules mine.yaml --json | jq .event
"""


@click.group("ledger", epilog=EXAMPLES)
def ledger_group() -> None:
    """What was done with whose data: one entry an operation, never a value."""


@ledger_group.command("verify")
@RULES
@SETTINGS
@REGION
@JSON
def verify_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None, as_machine: bool) -> None:
    """Find what was edited, removed, reordered, cut off or written anew.

    Compares every block with its chain and every chain with the anchors kept elsewhere. May run beside the gateway.
    Exits with 1 if anything is wrong.
    """
    verdicts = {site.spec.name: verdict_of(site) for site in sites(files, settings_file, region)}
    if as_machine:
        click.echo(json.dumps({name: asdict(verdict) for name, verdict in verdicts.items()}, indent=2))
    else:
        for name, verdict in verdicts.items():
            _print(name, verdict)
    sys.exit(1 if any(verdict.problems for verdict in verdicts.values()) else 0)


@ledger_group.command("tail")
@RULES
@SETTINGS
@REGION
@click.option("-n", "most", default=20, show_default=True, type=click.IntRange(1), help="How many entries.")
@JSON
def tail_command(
    *, files: Sequence[Path], settings_file: Path | None, region: str | None, most: int, as_machine: bool
) -> None:
    """The entries written last, oldest first; with --json one a line."""
    for site in sites(files, settings_file, region):
        blocks = _with_vault(site, lambda vault: vault.last_blocks(most))
        for entry in [one for block in blocks for one in json.loads(block.entries)][-most:]:
            click.echo(json.dumps(entry, ensure_ascii=False) if as_machine else line(entry))


def line(entry: dict[str, Any]) -> str:
    """An entry as a person reads it: when, what, how often, on which route, towards whom, by whom, kinds, the end."""
    at = datetime.fromtimestamp(entry["at_ms"] / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    times = f" ×{entry['times']}" if entry["times"] != 1 else ""
    kinds = ", ".join(f"{kind} {action} {count}" for kind, action, count in entry["kinds"])
    told = f"{at} {entry['event']}{times} {entry['route']} to {entry['destination']} by {entry['actor']}"
    return f"{told}\n    {kinds or 'nothing personal'}; {entry['outcome']}"


def _print(region: str, verdict: Verdict) -> None:
    counted = f"{verdict.chains:,} chains, {verdict.blocks:,} blocks, {verdict.entries:,} entries"
    click.echo(f"{region}: {counted}, {verdict.anchors:,} anchors")
    for problem in verdict.problems:
        click.echo(f"  {problem}")
    click.echo(f"  {len(verdict.problems):,} problems" if verdict.problems else "  whole: nothing was changed")


def verdict_of(site: Site) -> Verdict:
    """The anchors are read first, so that what is written meanwhile is not missed in the blocks."""
    anchors = list(AnchorFile(site.anchor_file).read())
    generations = asyncio.run(opened_key_set(site)).generations
    keys = {key.version: key.secret for key in map(ledger_key, generations)}
    return _with_vault(site, lambda vault: vault.audit(lambda blocks: check(blocks, anchors, keys)))


def _with_vault(site: Site, ask: Callable[[Audited], T]) -> T:
    if site.vault_missing:
        raise WorldError(
            "GW-L103",
            f"there is no ledger: vault {str(site.vault_file)!r} is not there.",
            "check the rules and state_dir; the first start makes the vault.",
        )
    return asyncio.run(_opened(site, ask))


async def _opened(site: Site, ask: Callable[[Audited], T]) -> T:
    vault = vault_of(replace(site, closed_too=True)).vault
    await vault.start()
    try:
        if not isinstance(vault, Audited):
            raise WorldError("GW-L103", "there is no ledger: the vault is in memory.", "use sqlite: or postgresql:")
        return ask(vault)
    finally:
        await vault.close()
