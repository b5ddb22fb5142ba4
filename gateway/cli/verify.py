"""``pii-gateway verify``: fresh canaries of every kind, in every place, through a real gateway, and a look at every
byte.
"""

from __future__ import annotations

import asyncio
import secrets  # noqa: TID251 - canaries are new in every run
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console

from gateway.cli import block
from gateway.model.rules import Ruleset
from gateway.ruleset.load import load
from gateway.ruleset.problems import BadRulesError
from gateway.verify.probes import left_out
from gateway.verify.processes import DidNotStartError
from gateway.verify.report import as_json, bad, print_report
from gateway.verify.whole import Workplace, verify

EXAMPLES = """
\b
Examples:
  pii-gateway verify --rules rules/demo.yaml
  pii-gateway verify --rules mine.yaml --json > verify.json
  pii-gateway verify --rules mine.yaml --dir seen   keep what was recorded
"""


@click.command("verify", epilog=EXAMPLES)
@click.option(
    "--rules",
    "files",
    multiple=True,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="A rules file or a folder of them; may be given again.",
)
@click.option("--json", "as_machine", is_flag=True, help="Print JSON for machines.")
@click.option(
    "--dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep everything that was recorded there (made-up values only).",
)
def verify_command(*, files: Sequence[Path], as_machine: bool, directory: Path | None) -> None:
    """Plant canaries, send them through a gateway with these rules, and look where they turn up.

    Each destination is replaced by a recording stand-in, vault and keys by new ones. Exits with 0 if nothing leaked,
    1 on any leak, 2 where the rules or the command line are wrong.
    """
    ruleset = _ruleset(files)
    notices = Console(stderr=True)
    with ExitStack() as stack:
        root = directory or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pii-gateway-verify-")))
        place = Workplace(root.absolute())
        place.make()
        status = stack.enter_context(notices.status("starting"))

        def progress(done: int, planned: int) -> None:
            status.update(f"{done} of {planned} canaries through the gateway")

        signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops us, the gateway ends with us
        try:
            results = asyncio.run(verify(ruleset, files, place, secrets.SystemRandom(), progress))
        except DidNotStartError as error:
            notices.print(f"the gateway under test did not start: {error}", style="red", markup=False)
            notices.print(place.log.read_text(errors="replace")[-2000:], markup=False)
            sys.exit(1)
    unsaid = left_out(ruleset)
    if as_machine:
        click.echo(as_json(results, unsaid))
    else:
        print_report(results, unsaid, Console())
    sys.exit(1 if bad(results) else 0)


def _ruleset(files: Sequence[Path]) -> Ruleset:
    """The rules, checked and tried as the gateway would; wrong ones end the command with 2."""
    try:
        return load(files)
    except BadRulesError as error:
        click.echo(block(error), err=True)
        sys.exit(2)
