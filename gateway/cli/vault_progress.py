"""How far long work is: bars on a terminal, a line now and then elsewhere. Counts only, on the error stream."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from gateway.ports import Clock

_EVERY_MS = 10_000
"""Between two lines where nobody looks at a bar."""


class Progression:
    """One bar a step. ``stopped`` is true once somebody has asked to stop (Ctrl-C, SIGTERM)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bars = sys.stderr.isatty()
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[says]}"))
        self._progress = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
        self._task = TaskID(0)
        self._name = ""
        self._unit = ""
        self._done = self.total = 0
        self._told = 0
        self.stopped = False

    def begin(self, name: str, total: int, unit: str) -> None:
        """The next step; ``total`` 0 where nobody knows."""
        self.end()
        self._name, self._unit, self.total, self._done = name, unit, total, 0
        self._told = self._clock.now_ms()
        if self._bars:
            self._task = self._progress.add_task(name, total=total or None, says="")

    def more(self, count: int) -> None:
        self.at(self._done + count)

    def at(self, done: int) -> None:
        self._done = done
        if self._bars and self._name:
            self._progress.update(self._task, completed=done, says=self._says())
        elif self._name and self._clock.now_ms() - self._told >= _EVERY_MS:
            self._told = self._clock.now_ms()
            click.echo(f"{self._name}: {self._says()}", err=True)

    def end(self) -> None:
        """The step is done; said once where there is no bar."""
        if self._name and not self._bars:
            click.echo(f"{self._name}: {self._says()}", err=True)
        self._name = ""

    def start(self) -> None:
        if self._bars:
            self._progress.start()

    def close(self) -> None:
        if self._bars:
            self._progress.stop()

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        self.stopped = True

    def _says(self) -> str:
        if self._unit == "B":
            return f"{self._done / 2**20:,.1f} MiB" + (f" of {self.total / 2**20:,.1f}" if self.total else "")
        return f"{self._done:,}" + (f" of {self.total:,}" if self.total else "") + f" {self._unit}"


@contextmanager
def progression(clock: Clock) -> Iterator[Progression]:
    """Shown until the block is left. Whoever interrupts it asks the work to stop at its next page."""
    shown = Progression(clock)
    before = {number: signal.signal(number, shown.stop) for number in (signal.SIGINT, signal.SIGTERM)}
    shown.start()
    try:
        yield shown
        shown.end()
    finally:
        shown.close()
        for number, handler in before.items():
            signal.signal(number, handler)
