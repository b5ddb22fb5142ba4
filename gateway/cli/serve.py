"""``pii-gateway serve``: run the gateway until it is told to stop."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from gateway.cli.cores import usable_cores
from gateway.settings import Settings
from gateway.settings import load as load_settings

EXAMPLES = """\b
Examples:
  pii-gateway serve --rules rules/ru.yaml --rules mine.yaml
  pii-gateway serve --settings gateway.toml
  pii-gateway serve --rules mine.yaml --listen 0.0.0.0:80 --admin 127.0.0.1:0
  pii-gateway serve --rules mine.yaml --workers auto

\b
Signals:
  TERM, INT   finish what is under way, then end (a second one kills workers)
  HUP         read the rules again; bad ones leave the old ones in force
"""


class Address(click.ParamType[tuple[str, int]]):
    """``host:port`` or ``[v6]:port`` as a pair."""

    name = "host:port"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdigit() or int(port) > 65_535:
            self.fail(f"{value!r} is not host:port", param, ctx)
        return host.strip("[]"), int(port)


def _work(ctx: click.Context, _: click.Parameter, number: int | None) -> None:
    """Be a worker, whatever else the command line says: the parent has read it already."""
    if number is not None:
        from gateway.cli.serving import serve_beside  # noqa: PLC0415 - a parent needs no rules engine

        serve_beside()
        ctx.exit()


@click.command("serve", epilog=EXAMPLES)
@click.option(
    "--rules",
    "files",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A rules file or folder; may be given again, all are read as one.",
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file of settings (docs/reference/settings.md).",
)
@click.option("--listen", type=Address(), help="Where clients come in (port 0: any free one).")
@click.option("--admin", type=Address(), help="Where /live, /ready, /metrics are.")
@click.option("--workers", metavar="N|auto", help="How many processes share the port; auto: one a core.")
@click.option("--worker", type=int, is_eager=True, expose_value=False, hidden=True, callback=_work)
def serve_command(
    *,
    files: Sequence[Path],
    settings_file: Path | None,
    listen: tuple[str, int] | None,
    admin: tuple[str, int] | None,
    workers: str | None,
) -> None:
    """Run the gateway until SIGTERM or SIGINT.

    Nothing starts unless the rules pass their checks and their own tests, the vault and the keys can be opened. Log
    lines go to the error stream, and hold no personal data.
    """
    settings = effective_settings(settings_file, files, listen, admin, workers)
    if not settings.rules:
        raise click.UsageError("say which rules to serve: --rules FILE")
    workers_wanted = usable_cores() if settings.workers == "auto" else settings.workers
    if workers_wanted == 1:
        from gateway.cli.serving import serve_alone  # noqa: PLC0415 - as above

        serve_alone(settings)
    else:
        from gateway.cli.workers import serve_by_workers  # noqa: PLC0415 - as above

        sys.exit(serve_by_workers(settings, workers_wanted))


def effective_settings(
    settings_file: Path | None,
    files: Sequence[Path] = (),
    listen: tuple[str, int] | None = None,
    admin: tuple[str, int] | None = None,
    workers: str | None = None,
) -> Settings:
    """The settings of file, environment and command line."""
    overrides: dict[str, object] = {"rules": tuple(files)} if files else {}
    if workers is not None:
        overrides["workers"] = workers
    for section, address in (("listen", listen), ("admin", admin)):
        if address:
            overrides |= {f"{section}.host": address[0], f"{section}.port": address[1]}
    return load_settings(settings_file, os.environ, overrides)  # noqa: TID251 - settings are read here
