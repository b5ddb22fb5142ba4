"""How a SQLite file stands. Everything blocks; counting reads every table once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from gateway.adapters.vault_sql.survey import BLOCKS, DAY_MS, commits, from_then_on, made_ms
from gateway.adapters.vault_sqlite.beside import opened
from gateway.adapters.vault_sqlite.file import DATA_KEYS, VAULT, Form
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.names import Region
from gateway.model.survey import Survey

_SQL = statements("86_survey")
_TABLES = statements("85_backup")["tables"]


def survey_vault(path: Path, region: Region, now_ms: int) -> Survey:
    """Raises WorldError."""
    with opened(path, VAULT, region) as connection:
        connection.execute("BEGIN")
        first, last = (connection.execute(_SQL[name]).fetchone() for name in ("first_record", "last_record"))
        blocks = connection.execute(_SQL["newest_blocks"], (BLOCKS,)).fetchall()
        since = {days: from_then_on(bytes(first["id"]) if first else b"\0", now_ms - days * DAY_MS) for days in (1, 7)}
        return Survey(
            layout=VAULT.version,
            bytes=path.stat().st_size,
            counts=_counts(connection),
            free_bytes=_free(connection),
            log_bytes=_log(path),
            oldest_ms=made_ms(first["id"]) if first else None,
            newest_ms=made_ms(last["id"]) if last else None,
            records_day=_one(connection, "records_since", since[1]),
            records_week=_one(connection, "records_since", since[7]),
            due=_one(connection, "due", now_ms // 1000),
            commits=commits([(row["at_ms"], row["entries"]) for row in blocks]),
        )


def survey_keys(path: Path, region: Region, now_ms: int) -> Survey:
    """Of the key store. Raises WorldError."""
    with opened(path, DATA_KEYS, region) as connection:
        lease = connection.execute(_SQL["lease"], (now_ms,)).fetchone()
        return _of_file(path, connection, DATA_KEYS, lease["until_ms"] if lease else None)


def _of_file(path: Path, connection: sqlite3.Connection, form: Form, lease_until_ms: int | None) -> Survey:
    return Survey(
        layout=form.version,
        bytes=path.stat().st_size,
        counts=_counts(connection),
        free_bytes=_free(connection),
        log_bytes=_log(path),
        lease_until_ms=lease_until_ms,
    )


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = [str(row["name"]) for row in connection.execute(_TABLES)]
    return {one: int(connection.execute(f'SELECT count(*) FROM "{one}"').fetchone()[0]) for one in names}  # noqa: S608 - a name of ours


def _one(connection: sqlite3.Connection, name: str, fact: object) -> int:
    return int(connection.execute(_SQL[name], (fact,)).fetchone()[0])


def _free(connection: sqlite3.Connection) -> int:
    (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_size"))
    return int(pages) * int(size)


def _log(path: Path) -> int:
    log = Path(f"{path}-wal")
    return log.stat().st_size if log.exists() else 0
