"""The write-ahead log carried into the file beside the commits, so that none of them pays for it.

A thread of its own does the slow part while commits go on; what they added meanwhile is little, and the writer carries
that itself before its next transaction, which lets SQLite begin the log anew. It has its turn then (turn.py), so that
no other process adds to the log in between, which would keep SQLite from it for ever.
"""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

from gateway.adapters.vault_sqlite.file import HomeFile, Identity
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.errors import WorldError

_SQL = statements("60_file")
_ROWS = 1500
"""Rows between two rounds, some six MiB of log: larger ones do less work, but make commits wait for the disk."""


class LogCarrier:
    """``grown`` and ``finish`` are called by the writer's thread. An error leaves the log longer, nothing worse."""

    def __init__(self, home: HomeFile) -> None:
        self._home = home
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="home-log")
        self._connection: sqlite3.Connection | None = None
        self._file: Identity | None = None
        self._rows = 0
        self._working = False
        self._carried = False

    def grown(self, rows: int) -> None:
        """So many rows more are in the log."""
        self._rows += rows
        if self._rows >= _ROWS and not self._working:
            self._rows, self._working = 0, True
            self._thread.submit(self._carry)

    def finish(self, connection: sqlite3.Connection) -> None:
        """Carry what was added while the thread worked."""
        if self._carried:
            self._carried = False
            try:
                connection.execute(_SQL["carry_log"]).fetchall()
            except sqlite3.Error:
                pass  # the next commit meets the same trouble and tells it

    def close(self) -> None:
        self._thread.shutdown()
        if self._connection is not None:
            self._connection.close()

    def _carry(self) -> None:
        try:
            ((busy, _, _),) = self._connected().execute(_SQL["carry_log"]).fetchall()
            self._carried = not busy  # another process is at it
        except (sqlite3.Error, WorldError):
            pass  # the log stays as it is; the next round tries again
        finally:
            self._working = False

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None or self._file != self._home.open_file:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._connection, self._file = self._home.connect(), self._home.open_file
        return self._connection
