"""Counts the durable writes of a running server, as the kernel sees them."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.load.programs import Program

CALLS = ("fsync", "fdatasync", "sync_file_range")


@contextmanager
def counting(program: Program, notes: Path) -> Iterator[dict[str, int]]:
    """Calls by name, filled in when the block ends; empty where strace is missing or may not attach."""
    counts: dict[str, int] = {}
    strace = shutil.which("strace")
    if strace is None:
        yield counts
        return
    notes.unlink(missing_ok=True)
    command = [strace, "-f", "-qq", "-e", f"trace={','.join(CALLS)}", "-o", str(notes), "-p", str(program.process.pid)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as tracer:
        try:
            _attached(program, tracer)
            yield counts
        finally:
            tracer.send_signal(signal.SIGINT)
    if notes.exists():
        for call in re.findall(r"(?m)^\d+ +(\w+)\(", notes.read_text()):
            counts[call] = counts.get(call, 0) + 1


def _attached(program: Program, tracer: subprocess.Popen[bytes]) -> None:
    """Return once every thread of the program is traced, or the tracer has given up."""
    status = [Path(f"/proc/{program.process.pid}/task/{thread.id}/status") for thread in program.process.threads()]
    while tracer.poll() is None and any("TracerPid:\t0\n" in path.read_text() for path in status):
        pass
