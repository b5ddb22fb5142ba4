"""``pii-gateway doctor``: is this machine ready to run these rules?"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.adapters.clock_system import SystemClock
from gateway.cli.doctor_checks import Check, examine
from gateway.cli.serve import Address, effective_settings

EXAMPLES = """\b
Examples:
  pii-gateway doctor --rules mine.yaml
  pii-gateway doctor --settings gateway.toml --json
"""

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


@click.command("doctor", epilog=EXAMPLES)
@click.option("--rules", "files", multiple=True, type=click.Path(path_type=Path), help="As for serve.")
@click.option("--settings", "settings_file", type=click.Path(dir_okay=False, path_type=Path), help="As for serve.")
@click.option("--listen", type=Address(), help="As for serve.")
@click.option("--admin", type=Address(), help="As for serve.")
@click.option("--json", "as_machine", is_flag=True, help="Print JSON for machines.")
def doctor_command(
    *,
    files: Sequence[Path],
    settings_file: Path | None,
    listen: tuple[str, int] | None,
    admin: tuple[str, int] | None,
    as_machine: bool,
) -> None:
    """Look at everything a start depends on, and say what to mend.

    Rules and their tests, vault and keys, ports, certificate, GeoIP files, clock, limits, disk. Makes no vault and no
    key. Exits with 1 if anything would keep the gateway from running.
    """
    settings = effective_settings(settings_file, files, listen, admin)
    checks = asyncio.run(examine(settings, SystemClock()))
    failed = any(check.verdict == "fail" for check in checks)
    if as_machine:
        click.echo(json.dumps({"ok": not failed, "checks": [asdict(check) for check in checks]}, indent=2))
    else:
        _print(checks)
    sys.exit(1 if failed else 0)


def _print(checks: Sequence[Check]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        says = escape(check.says) + (f"\n[bold]mend:[/] {escape(check.mend)}" if check.mend else "")
        table.add_row(f"[{_STYLES[check.verdict]}]{check.verdict}[/]", check.name, says)
    Console(highlight=False).print(table)
