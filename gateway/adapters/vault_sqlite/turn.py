"""Whose turn it is to write, among the processes that share one file.

SQLite lets whoever asks at the right moment have the lock, and the others ask again after ever longer pauses; a process
that writes without a break nearly always wins. Measured with 16 callers each: two processes, p99 9 → 330 ms, and some
refused after a second; of four, one kept 17,800 people in three seconds and another 350. So writers take turns, by two
locks of the kernel on files beside, which it takes back from a process that is killed: who waits for the turn holds the
queue, so the one who has just written can't be first again. The same measure: 7,300 to 7,900 each, none refused, and no
less written than by one alone, since nobody sleeps while the file is free.

Only fairness hangs on it: where the files can't be had, SQLite's own lock still keeps writers apart.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turn:
    """For one thread; its files are made when they are first needed."""

    def __init__(self, path: Path) -> None:
        self._paths = (f"{path}-queue", f"{path}-turn")
        self._files: tuple[int, ...] = ()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Waits, however long, until those who came before have written."""
        if not self._opened():
            yield
            return
        queue, turn = self._files
        fcntl.flock(queue, fcntl.LOCK_EX)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
        finally:
            fcntl.flock(queue, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(turn, fcntl.LOCK_UN)

    def close(self) -> None:
        for file in self._files:
            os.close(file)
        self._files = ()

    def _opened(self) -> bool:
        if not self._files:
            try:
                for path in self._paths:
                    self._files = (*self._files, os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            except OSError:
                self.close()
        return bool(self._files)
