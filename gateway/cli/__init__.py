"""Floor 8, the command line: serve, demo, verify, rules, keys, vault, files, ledger, doctor.

Sub-commands are imported when they are needed, so that ``--version`` and completion stay quick. Errors of the
gateway's own families are told in one block on the error stream; the exit status is 1, or 2 for a wrong command line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module, metadata
from textwrap import fill

import click

from gateway.model.errors import GatewayError

COMMANDS: Mapping[str, str] = {
    "serve": "gateway.cli.serve:serve_command",
    "demo": "gateway.cli.demo:demo_command",
    "verify": "gateway.cli.verify:verify_command",
    "rules": "gateway.cli.rules:rules_group",
    "detect": "gateway.cli.detect:detect_command",
    "discover": "gateway.cli.discover:discover_command",
    "keys": "gateway.cli.keys:keys_group",
    "vault": "gateway.cli.vault:vault_group",
    "subject": "gateway.cli.subjects:subject_group",
    "import": "gateway.cli.imports:import_command",
    "export": "gateway.cli.exports:export_command",
    "files": "gateway.cli.files:files_group",
    "ledger": "gateway.cli.ledger:ledger_group",
    "doctor": "gateway.cli.doctor:doctor_command",
}
"""In the order in which a newcomer needs them."""

EPILOG = """\b
Examples:
  pii-gateway demo                           see what it does, in a minute
  pii-gateway rules check rules/ru.yaml      what is wrong, all of it
  pii-gateway verify --rules rules/demo.yaml does anything leak?
  pii-gateway doctor --rules mine.yaml       is this machine ready?
  pii-gateway serve --rules mine.yaml        run it
"""


class Commands(click.Group):
    """A group that imports a sub-command when it is asked for, and tells errors in words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - the table above says so
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except GatewayError as error:
            click.echo(block(error), err=True)
            ctx.exit(1)
        except BrokenPipeError:
            # Whoever read our output has read enough (``| head``). Nothing may be flushed into the closed pipe at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


def _tell_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's own signature
    if wanted:
        try:
            version = metadata.version("pii-gateway")
        except metadata.PackageNotFoundError:
            version = "of a source tree that is not installed"
        click.echo(f"pii-gateway {version}")
        ctx.exit()


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_tell_version, help="Show it and exit."
)
def main() -> None:
    """Keep personal data in its home country and send tokens abroad.

    A reverse proxy in front of foreign back ends: what people enter is recorded, sealed, in an in-country vault before
    anything is forwarded; the back end works on tokens; replies get the originals back.
    """


def block(error: GatewayError) -> str:
    """An error as a terminal shows it: code, what, mend; rules errors with their lines and carets."""
    render = getattr(error, "render", None)
    if callable(render):
        return str(render())
    lines = [click.style(f"error {error.code}", fg="red", bold=True), _indented(error.what)]
    if error.mend:
        lines.append(_indented(f"mend: {error.mend}"))
    lines.append(f"  docs: docs/errors/{error.code}.md")
    return "\n".join(lines)


def _indented(text: str) -> str:
    return fill(text, 78, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
