"""SQL lives in the numbered files of ``sql/``; here it is loaded by name."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from gateway.adapters.vault_sql.statements import named

_SQL = files("gateway.adapters.vault_sqlite") / "sql"


def schema(file: str) -> str:
    """A whole script, e.g. ``0001_vault``."""
    return (_SQL / f"{file}.sql").read_text("utf-8")


def statements(file: str) -> Mapping[str, str]:
    """The statements of a file by their names, e.g. of ``10_keep``."""
    return named(schema(file))


def whole(script: str) -> Iterator[str]:
    """The statements of a script one by one, for a transaction that is begun already."""
    text = ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            yield text
            text = ""


_SIZES = (64, 16, 4, 1)
"""Rows a statement: few sizes, so that each is prepared once."""
_ROW = re.compile(r"\(\?(?:, \?)*\)")


def each(connection: sqlite3.Connection, sql: str, rows: Sequence[tuple[object, ...]]) -> list[Any]:
    """What a statement that is written for one row of VALUES answers for many, in as few steps as can be.

    A step costs more in Python than in SQLite: each gives up the interpreter's lock and waits to have it back.
    """
    found: list[Any] = []
    for size, part in _parts(rows):
        found += connection.execute(_widened(sql, size), [value for row in part for value in row])
    return found


def _parts(rows: Sequence[tuple[object, ...]]) -> Iterator[tuple[int, Sequence[tuple[object, ...]]]]:
    at = 0
    for size in _SIZES:
        while len(rows) - at >= size:
            yield size, rows[at : at + size]
            at += size


@cache
def _widened(sql: str, size: int) -> str:
    row = _ROW.search(sql)
    return sql if row is None else f"{sql[: row.start()]}{', '.join([row[0]] * size)}{sql[row.end() :]}"
