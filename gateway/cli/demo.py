"""``pii-gateway demo``: a foreign CRM, an analytics collector and a gateway, played by several people, then looked
at.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import click
from rich.console import Console

from gateway.demo.company import free_ports, lay_out, perform
from gateway.ruleset.sources import shipped
from gateway.verify.processes import DidNotStartError

EXAMPLES = """
\b
Examples:
  pii-gateway demo               play, look at the files, end: under a minute
  pii-gateway demo --keep        the same, and leave it running to try by hand
  pii-gateway demo --dir /tmp/d  put the files somewhere else
"""


@click.command("demo", epilog=EXAMPLES)
@click.option("--keep", is_flag=True, help="Leave everything running until Ctrl-C and print curl lines to try.")
@click.option(
    "--dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Where the files go; what an earlier demo left there is removed.",
)
def demo_command(*, keep: bool, directory: Path) -> None:
    """Play Russians and foreigners through a gateway, then show from the files where each field ended up.

    Needs no network and no other service. Exits with 1 if anything leaked.
    """
    console = Console()
    ports = free_ports()
    now_s = int(time.time())  # noqa: TID251 - a badge has to expire
    layout, badge = lay_out(directory.absolute(), shipped(), ports, now_s)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops us, the processes end with us
    try:
        status = asyncio.run(perform(layout, ports, console, badge, keep=keep))
    except DidNotStartError as error:
        raise click.ClickException(f"the demo did not start: {error}") from error
    except KeyboardInterrupt:
        with suppress(OSError):
            console.print("ended")
        status = 0
    sys.exit(status)
