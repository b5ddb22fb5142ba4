"""Processes that tests start, listen to and end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class Worker:
    """``tests.faults.worker`` in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._out = process.stdout or sys.stdin
        self._in = process.stdin or sys.stdout

    def line(self) -> str:
        """The next line it says; nothing if it is gone."""
        return self._out.readline().rstrip("\n")

    def until(self, word: str) -> list[str]:
        """What it says up to and with a line that begins so."""
        said = []
        for line in self._out:
            said.append(line.rstrip("\n"))
            if line.startswith(word):
                return said
        raise AssertionError(f"it ended without saying {word!r}: {said[-3:]}")

    def go_on(self) -> None:
        self._in.write("\n")
        self._in.flush()

    def kill(self) -> list[str]:
        """kill -9; the whole lines it had said until then that nobody has read."""
        kill_all(self._process)
        rest = self._out.read()
        self._process.wait()
        return rest.splitlines()[: rest.count("\n")]

    def end(self) -> list[str]:
        """What it says until it is done by itself."""
        rest = self._out.read().splitlines()
        assert self._process.wait() == 0, rest[-20:]
        return rest


@contextmanager
def worker(what: str, folder: Path, *more: str, under: Sequence[str] = ()) -> Iterator[Worker]:
    """One worker, gone when the block ends."""
    command = [*under, sys.executable, "-m", "tests.faults.worker", what, str(folder), *more]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True) as process:
        try:
            yield Worker(process)
        finally:
            kill_all(process)


def kill_all(process: subprocess.Popen[str]) -> None:
    """Kill a process that leads a group of its own, and with it what it traces."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
