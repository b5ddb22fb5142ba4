"""A file written anew without the space that deleted rows left, while nobody else has it open.

A copy in the order of the keys (VACUUM INTO) takes the path in one step. The old file stays locked until then, its log
is empty, so whoever opens the path meanwhile waits or is told, and nobody writes into a file that is about to go.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from gateway.adapters.vault_sqlite.beside import recognise
from gateway.adapters.vault_sqlite.errors import Trouble, translated, trouble_of, world_error
from gateway.adapters.vault_sqlite.file import Form, sync
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.errors import WorldError
from gateway.model.names import Region

_FILE = statements("60_file")
_PATIENCE_S = 1.0


def draft_of(path: Path) -> Path:
    """Where the copy grows; what a killed attempt left there is begun anew."""
    return path.with_name(f".{path.name}.compacting")


def compact(path: Path, form: Form, region: Region) -> tuple[int, int]:
    """Bytes before and after. Raises GW-V145 while another process has the file open; WorldError."""
    draft = draft_of(path)
    try:
        connection = _alone(path, form)
        try:
            recognise(connection, path, form, region)
            connection.execute(_FILE["save_log"]).fetchall()
            before = path.stat().st_size
            _copy(connection, draft)
            draft.replace(path)
            sync(path.parent)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise translated(error, form.store, path) from error
    except OSError as error:
        raise world_error(Trouble.FULL, form.store, path, type(error).__name__) from error
    return before, path.stat().st_size


def _alone(path: Path, form: Form) -> sqlite3.Connection:
    """A connection that keeps everybody else out from its first look at the file on."""
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None, timeout=_PATIENCE_S
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        connection.execute(_FILE["in_memory"])
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        connection.close()
        if trouble_of(error) is Trouble.LOCKED:
            raise _in_use(path, form) from error
        raise
    return connection


def _copy(connection: sqlite3.Connection, draft: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{draft}{suffix}").unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection.execute("VACUUM INTO ?", (str(draft),))
    copy = sqlite3.connect(draft, isolation_level=None)
    try:
        copy.execute(_FILE["make"]).fetchall()
    finally:
        copy.close()
    sync(draft)


def _in_use(path: Path, form: Form) -> WorldError:
    return WorldError(
        "GW-V145",
        f"{form.store} {str(path)!r} is open in another process: it can't be written anew.",
        "stop the gateways over it (and whatever reads it), run this, start them again.",
    )
