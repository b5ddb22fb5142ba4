"""Reads on a connection of their own, which sees every commit and waits for none.

A small answer is read on the event loop itself: 14 µs for a record, 45 for eight tokens; the way to a thread and back
alone costs 40 to 80, and makes a busy loop wait for the interpreter's lock. A large one (a list of a hundred people) is
read by a thread, so that nobody else waits for it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gateway.adapters.vault_sqlite.errors import Trouble
from gateway.adapters.vault_sqlite.file import HomeFile, Identity
from gateway.model.errors import WorldError

T = TypeVar("T")

_INLINE = 48
"""Most rows read on the loop: about a quarter of a millisecond."""
_PAUSE_S = 0.02


class ReadLine:
    """One read connection, for one thread at a time; follows the file when another is taken over."""

    def __init__(self, home: HomeFile) -> None:
        self._home = home
        self._connection: sqlite3.Connection | None = None
        self._file: Identity | None = None

    def read(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        """What ``ask`` finds in one snapshot. Raises WorldError, at once where somebody holds a lock."""
        if (trouble := self._home.moved()) is not None:
            raise self._home.error(trouble)
        connection = self._connected()
        try:
            connection.execute("BEGIN")
            return ask(connection)
        except sqlite3.Error as error:
            raise self._home.translated(error) from error
        finally:
            if connection.in_transaction:
                connection.rollback()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None or self._file != self._home.open_file:
            self.close()
            self._connection, self._file = self._home.connect(), self._home.open_file
        return self._connection


class Reader:
    """Small reads inline, large ones in a thread; a lock of another process is waited for, up to ``timeout_s``.

    ``mend`` is asked to take over a file that was put in place of the open one.
    """

    def __init__(self, home: HomeFile, timeout_s: float, mend: Callable[[], Awaitable[None]]) -> None:
        self._home = home
        self._mend = mend
        self._timeout_s = timeout_s
        self._inline = ReadLine(home)
        self._large = ReadLine(home)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="home-reader")

    async def read(self, ask: Callable[[sqlite3.Connection], T], rows: int) -> T:
        """``rows`` is about how many the answer takes."""
        if rows <= _INLINE:
            try:
                return self._inline.read(ask)
            except WorldError as error:
                if self._home.moved() is Trouble.REPLACED:
                    await self._mend()
                elif not is_locked(error):
                    raise
        return await self._patiently(ask)

    def read_now(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        return self._inline.read(ask)

    async def close(self) -> None:
        await asyncio.to_thread(self._thread.shutdown)
        self._inline.close()
        self._large.close()

    async def _patiently(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout_s):
                while True:
                    try:
                        return await loop.run_in_executor(self._thread, self._large.read, ask)
                    except WorldError as error:
                        if not is_locked(error):
                            raise
                    await asyncio.sleep(_PAUSE_S)
        except TimeoutError as error:
            raise self._home.error(Trouble.LOCKED, f"{self._timeout_s:g} s") from error


def is_locked(error: WorldError) -> bool:
    return isinstance(error.__cause__, sqlite3.OperationalError) and error.__cause__.sqlite_errorcode & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )
