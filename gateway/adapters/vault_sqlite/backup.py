"""A consistent copy of a file of the home store while it is written, and the way back.

The copy is taken by SQLite's backup interface inside one read transaction: writers go on, and the copy does not begin
anew with every commit, as it would without. Meanwhile the log can't shrink.

The way back is a draft beside the path, which gets the file's name when it is whole; so a killed attempt leaves nothing
at the path, and the next one goes on with the draft.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from gateway.adapters.vault_sqlite.beside import opened
from gateway.adapters.vault_sqlite.errors import Trouble, translated, world_error
from gateway.adapters.vault_sqlite.file import VAULT, Form, sync
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.backup import Contents, Piece
from gateway.model.errors import WorldError
from gateway.model.names import Region

_SQL = statements("85_backup")
_PAGES = 2000
_CHUNK = 1 << 20

Told = Callable[[int, int], object]
"""Hears how much is done, of how much."""


def copy_out(path: Path, form: Form, region: Region, to: Path, told: Told) -> Contents:
    """The file as it was in one moment, into an empty file; ``told`` hears of pages. Raises WorldError."""
    with opened(path, form, region) as source:
        source.execute("BEGIN")
        contents = _contents(source, form)
        target = sqlite3.connect(to, isolation_level=None)
        try:
            target.execute("PRAGMA synchronous = OFF")  # it is synced as a whole
            source.backup(target, pages=_PAGES, progress=lambda _, left, total: told(total - left, total))
            target.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise translated(error, form.store, to) from error
        finally:
            target.close()
            source.rollback()
    return contents


def _contents(source: sqlite3.Connection, form: Form) -> Contents:
    meta = {str(row["key"]): str(row["value"]) for row in source.execute(_SQL["meta"])}
    tables = [str(row["name"]) for row in source.execute(_SQL["tables"])]
    counts = {one: int(source.execute(f'SELECT count(*) FROM "{one}"').fetchone()[0]) for one in tables}  # noqa: S608 - a name of ours
    newest = source.execute(_SQL["newest_block"]).fetchone() if form is VAULT else None
    head = f"{newest['chain']} {newest['seq']} {newest['mac']}" if newest else ""
    return Contents(form.version, meta, counts, head)


# ---------------------------------------------------------------------------------------------------- the way back


def draft_of(path: Path) -> Path:
    """Where a file is put together before it gets its name."""
    return path.with_name(f".{path.name}.restoring")


def copy_in(source: Path, piece: Piece, path: Path, form: Form, name: str, told: Told) -> bool:
    """Make the draft of a file that is not there; ``name`` is the backup's. False if the draft was there already.

    Goes on where a killed attempt stopped. Raises WorldError: GW-V143 where the path has a file.
    """
    draft, copying = draft_of(path), path.with_name(f".{path.name}.copying")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            raise filled(str(path))
        if draft.exists():
            if _is_of(draft, name):
                return False
            _remove(draft)
        if not _copied(source, piece, copying, told):
            _remove(copying)  # it was copied whole, and begun to be settled, when it was killed
            if not _copied(source, piece, copying, told):
                raise world_error(Trouble.CORRUPT, form.store, copying, "the copy is not what was read")
        _settle(copying, form, name)
        copying.rename(draft)
        sync(path.parent)
    except OSError as error:
        raise world_error(Trouble.FULL, form.store, copying, type(error).__name__) from error
    return True


def put(path: Path, form: Form) -> None:
    """The draft gets its name. Raises GW-V143 where the path has a file by now."""
    draft = draft_of(path)
    try:
        connection = sqlite3.connect(draft, isolation_level=None)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()
        sync(draft)
        os.link(draft, path)
        _remove(draft)
        sync(path.parent)
    except FileExistsError as error:
        raise filled(str(path)) from error
    except sqlite3.Error as error:
        raise translated(error, form.store, draft) from error
    except OSError as error:
        raise world_error(Trouble.FULL, form.store, path, type(error).__name__) from error


def filled(place: str) -> WorldError:
    return WorldError(
        "GW-V143",
        f"there is a store at {place!r} already: a restore would overwrite what it holds.",
        "move it away first, or restore to another place.",
    )


def closing(path: Path, region: Region) -> str | None:
    """What the mark of a vault that is kept closed says; None if it is open."""
    with opened(path, VAULT, region) as connection:
        row = connection.execute(_SQL["closed"]).fetchone()
        return str(row["value"]) if row else None


def open_again(path: Path, region: Region) -> None:
    """Take the mark away. Durable when it returns."""
    with opened(path, VAULT, region, writing=True) as connection:
        connection.execute(_SQL["open"])


def close_down(path: Path, region: Region, says: str) -> None:
    """Mark the vault as kept closed: no gateway starts over it."""
    with opened(path, VAULT, region, writing=True) as connection:
        connection.execute(_SQL["close"], (says,))


def _copied(source: Path, piece: Piece, to: Path, told: Told) -> bool:
    """True once ``to`` has the piece's bytes; what was copied before is read, not copied again."""
    digest = sha256()
    with source.open("rb") as reader, os.fdopen(os.open(to, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as writer:
        while chunk := writer.read(_CHUNK):
            digest.update(chunk)
            told(writer.tell(), piece.bytes)
        reader.seek(writer.tell())
        while chunk := reader.read(_CHUNK):
            writer.write(chunk)
            digest.update(chunk)
            told(writer.tell(), piece.bytes)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest() == piece.sha256


def _settle(path: Path, form: Form, name: str) -> None:
    """Into the log mode that gateways open it in; says of which backup it is, so that it is known again."""
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            connection.execute(_SQL["restored"], (name,))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise translated(error, form.store, path) from error


def _is_of(draft: Path, name: str) -> bool:
    try:
        connection = sqlite3.connect(draft, isolation_level=None)
        try:
            row = connection.execute(_SQL["restored_of"]).fetchone()
            return row is not None and row[0] == name
        finally:
            connection.close()
    except sqlite3.Error:
        return False


def _remove(draft: Path) -> None:
    """With whatever has its name plus a suffix: log, shared memory, the writers' queue."""
    for path in [one for one in draft.parent.iterdir() if one.name.startswith(draft.name)]:
        path.unlink(missing_ok=True)
