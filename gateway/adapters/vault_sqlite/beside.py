"""A file of the home store read beside its gateway, or without one: also a vault that is kept closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from gateway.adapters.vault_sqlite.errors import Trouble, translated, world_error
from gateway.adapters.vault_sqlite.file import Form
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.names import Region

_SQL = statements("60_file")
_PATIENCE_S = 5.0


@contextmanager
def opened(path: Path, form: Form, region: Region, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection whose rows are read by name, closed with the block. SQLite's errors leave it as WorldError.

    Raises GW-V110 for what is no such file of this region and layout. Any thread may use it, one at a time.
    """
    try:
        connection = _connected(path)
        try:
            recognise(connection, path, form, region)
            for name in ("durable", "careful", "untrusting", "erasing", "in_memory", "cache"):
                connection.execute(_SQL[name])
            if not writing:
                connection.execute(_SQL["read_only"])
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise translated(error, form.store, path) from error


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_PATIENCE_S,
    )
    connection.row_factory = sqlite3.Row
    return connection


def recognise(connection: sqlite3.Connection, path: Path, form: Form, region: Region) -> None:
    """Raise GW-V110 for what is no such file of this region and layout."""
    (found,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if found != form.application_id:
        raise world_error(Trouble.FOREIGN, form.store, path, f"no {form.store} of a gateway")
    if version != form.version:
        raise world_error(Trouble.FOREIGN, form.store, path, f"layout {version}, this gateway knows {form.version}")
    row = connection.execute(_SQL["region"]).fetchone()
    if row is None or row[0] != region:
        raise world_error(Trouble.FOREIGN, form.store, path, f"not of region {region}")
