"""Servers under measurement: a process each, where it listens, and what it has cost so far."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from tests.load.paths import ROOT


@dataclass(frozen=True, slots=True)
class Program:
    """A running server; ``process`` may have children."""

    port: int
    process: psutil.Process

    def cpu_s(self) -> float:
        """CPU seconds in user and system, children included."""
        times = [process.cpu_times() for process in (self.process, *self.process.children(recursive=True))]
        return sum(each.user + each.system for each in times)

    def pin(self, cores: Sequence[int]) -> None:
        """Keep every thread of it on these cores."""
        for process in (self.process, *self.process.children(recursive=True)):
            for thread in process.threads():
                os.sched_setaffinity(thread.id, cores)


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[Program]:
    """A server, from the line that says where it listens until SIGTERM. Its log goes nowhere."""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening "), f"{command} ended before it listened"
            yield Program(int(line.rstrip().rpartition(":")[2]), psutil.Process(process.pid))
        finally:
            process.terminate()


def module(name: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules under this very Python."""
    return [sys.executable, "-m", name, *arguments]
