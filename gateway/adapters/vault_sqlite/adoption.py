"""Which imports are unfinished: a row of its own."""

from __future__ import annotations

import sqlite3

from gateway.adapters.vault_sql.imports import begun, ended, unspelt
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.table import Unfinished

_SQL = statements("20_settle")


def imports(connection: sqlite3.Connection) -> list[Unfinished]:
    return unspelt(_text(connection))


def note_begun(connection: sqlite3.Connection, one: Unfinished) -> None:
    connection.execute(_SQL["note_imports"], (begun(_text(connection), one),))


def note_ended(connection: sqlite3.Connection, name: str) -> None:
    connection.execute(_SQL["note_imports"], (ended(_text(connection), name),))


def _text(connection: sqlite3.Connection) -> str | None:
    row = connection.execute(_SQL["imports"]).fetchone()
    return str(row[0]) if row else None
