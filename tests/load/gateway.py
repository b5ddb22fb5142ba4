"""The gateway as the bench runs it: the real command, a rules file of its own, a fresh SQLite vault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.load.paths import RULES
from tests.load.programs import Program, module, running

UPSTREAM = "http://127.0.0.1:9001"
"""What the rules file says, and the bench replaces."""


def rules_file(folder: Path, upstream: str, rules: Path = RULES) -> Path:
    """The bench's rules with the address of an upstream."""
    path = folder / "rules.yaml"
    path.write_text(rules.read_text().replace(UPSTREAM, upstream))
    return path


@contextmanager
def gateway(folder: Path, upstream: str, *more: str, rules: Path = RULES) -> Iterator[Program]:
    """``pii-gateway serve`` with its state in a folder, and ``more`` arguments."""
    listen = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
    command = module("gateway", "serve", "--rules", str(rules_file(folder, upstream, rules)), *listen, *more)
    with running(command, {"PII_GATEWAY_STATE_DIR": str(folder)}) as program:
        yield program
