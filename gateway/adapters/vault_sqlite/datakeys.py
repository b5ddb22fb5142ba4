"""The DataKeyStore port over a SQLite file of its own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from gateway.adapters.vault_sqlite.file import DATA_KEYS, HomeFile
from gateway.adapters.vault_sqlite.reader import ReadLine
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.names import Region, SubjectId
from gateway.ports import Clock

_SQL = statements("50_datakeys")
_FILE = statements("60_file")

_CARRY_ROWS = 4096

T = TypeVar("T")


class SqliteDataKeys:
    """Writes may come from any thread, one after another; reads come from one thread, the event loop's.

    ``stale`` and ``versions`` read much, from any thread. Erased keys are overwritten with zeros and the log is
    emptied, so that the file holds them no more. After every few thousand rows the log is carried into the file.
    """

    remote = False

    def __init__(self, path: Path, region: Region, *, clock: Clock, timeout_s: float = 2.0) -> None:
        self.path = path
        self._home = HomeFile(path, DATA_KEYS, region, timeout_s)
        self._line = ReadLine(self._home)
        self._scan = ReadLine(self._home)
        self._scanning = threading.Lock()
        self._clock = clock
        self._logged = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Make or open the file. Raises WorldError."""
        with self._lock:
            self._home.make(self._clock.now_ms(), self._clock.random(8).hex())
            self._home.writing()

    def close(self) -> None:
        self._line.close()
        with self._scanning:
            self._scan.close()
        with self._lock:
            self._home.close()

    # --------------------------------------------------------------------------------------------------- the port

    def add(self, keys: Sequence[tuple[SubjectId, str, bytes]]) -> None:
        rows = [(bytes.fromhex(subject), version, wrapped) for subject, version, wrapped in keys]
        self._write(lambda connection: connection.executemany(_SQL["add_keys"], rows))
        self._carry_log(len(rows))

    def read(self, subjects: Sequence[SubjectId]) -> dict[SubjectId, tuple[str, bytes]]:
        return self._line.read(lambda connection: _read(connection, subjects))

    def erase(self, subjects: Sequence[SubjectId]) -> int:
        gone = self._write(lambda connection: _erase(connection, subjects))
        self._empty_log()
        return gone

    def generation(self) -> int:
        return self._line.read(lambda connection: int(connection.execute(_SQL["generation"]).fetchone()[0]))

    def empty(self) -> bool:
        return not self._line.read(lambda connection: connection.execute(_SQL["filled"]).fetchone()[0])

    def serial(self) -> int:
        return self._line.read(lambda connection: int(connection.execute(_SQL["serial"]).fetchone()[0]))

    def key_set(self) -> bytes | None:
        row = self._line.read(lambda connection: connection.execute(_SQL["key_set"]).fetchone())
        return None if row is None else bytes(row[0])

    def save_key_set(self, serial: int, body: bytes) -> bool:
        sql = _SQL["first_key_set"] if serial == 1 else _SQL["next_key_set"]
        done = self._write(lambda connection: connection.execute(sql, {"serial": serial, "body": body}).rowcount)
        self._empty_log()
        return bool(done)

    def stale(self, version: str, after: SubjectId, most: int) -> Sequence[tuple[SubjectId, str, bytes]]:
        facts = (bytes.fromhex(after), version, most)
        rows = self._scanned(lambda connection: connection.execute(_SQL["stale"], facts).fetchall())
        return [(SubjectId(row[0].hex()), row[1], row[2]) for row in rows]

    def rewrap(self, keys: Sequence[tuple[SubjectId, bytes, str, bytes]]) -> int:
        rows = [
            {"id": bytes.fromhex(subject), "before": before, "version": version, "wrapped": wrapped}
            for subject, before, version, wrapped in keys
        ]
        done = self._write(lambda connection: sum(connection.execute(_SQL["rewrap"], row).rowcount for row in rows))
        self._carry_log(len(rows))
        return done

    def versions(self) -> Mapping[str, int]:
        return dict(self._scanned(lambda connection: connection.execute(_SQL["versions"]).fetchall()))

    def lease(self, holder: str, now_ms: int, for_ms: int) -> bool:
        facts = {"holder": holder, "now_ms": now_ms, "for_ms": for_ms}
        return bool(self._write(lambda connection: connection.execute(_SQL["lease"], facts).rowcount))

    # --------------------------------------------------------------------------------------------------- besides

    def count(self) -> int:
        return int(self._line.read(lambda connection: connection.execute(_SQL["count"]).fetchone()[0]))

    def ready(self) -> None:
        """Write and commit: raises WorldError if a key could not be stored now."""
        self._write(lambda connection: connection.execute(_SQL["probe"]))

    def _empty_log(self) -> None:
        self._write(lambda connection: connection.execute(_FILE["save_log"]).fetchall(), transaction=False)

    def _carry_log(self, rows: int) -> None:
        """Nothing else carries the log of this file: without this it would grow for as long as the process lives."""
        self._logged += rows
        if self._logged >= _CARRY_ROWS:
            self._logged = 0
            self._write(lambda connection: connection.execute(_FILE["carry_log"]).fetchall(), transaction=False)

    def _scanned(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        with self._scanning:
            return self._scan.read(ask)

    def _write(self, work: Callable[[sqlite3.Connection], T], *, transaction: bool = True) -> T:
        """What ``work`` returned, once it is durable and the file is still at its path."""
        with self._lock:
            connection = self._home.writing()
            try:
                if transaction:
                    connection.execute("BEGIN IMMEDIATE")
                made = work(connection)
                if transaction:
                    connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._home.translated(error) from error
            finally:
                if connection.in_transaction:
                    connection.rollback()
            if (trouble := self._home.moved()) is not None:
                raise self._home.error(trouble)
            return made


def _read(connection: sqlite3.Connection, subjects: Sequence[SubjectId]) -> dict[SubjectId, tuple[str, bytes]]:
    rows = ((s, connection.execute(_SQL["key"], (bytes.fromhex(s),)).fetchone()) for s in subjects)
    return {subject: (row[0], row[1]) for subject, row in rows if row is not None}


def _erase(connection: sqlite3.Connection, subjects: Sequence[SubjectId]) -> int:
    connection.execute(_SQL["next_generation"])
    return sum(connection.execute(_SQL["erase_key"], (bytes.fromhex(subject),)).rowcount for subject in subjects)
