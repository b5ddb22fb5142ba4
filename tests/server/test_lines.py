"""The log of a process, from its beginning to its end."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CRASH = """
from gateway.cli.lines import log_lines
from gateway.model.errors import WorldError

def crash():
    with log_lines(tuple, columns=False) as sink:
        sink.emit("started")
        raise {error}

try:
    crash()
except BaseException:
    pass
"""


@pytest.mark.parametrize(
    ("error", "events"),
    [
        ("RuntimeError('anna@example.org')", ["started", "uncaught"]),
        ("WorldError('GW-S001', 'told by whoever catches it')", ["started"]),
        ("SystemExit(1)", ["started"]),
    ],
)
def test_what_nobody_catches_is_told_before_the_log_is_closed(error: str, events: list[str]) -> None:
    """A gateway that fell over left no line: the hook for it ran when nothing could be written any more."""
    said = subprocess.run(
        [sys.executable, "-c", CRASH.format(error=error)], capture_output=True, text=True, check=True, timeout=60
    )
    assert [json.loads(line)["event"] for line in said.stderr.splitlines()] == events
    assert "anna" not in said.stderr
