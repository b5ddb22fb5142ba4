"""SQLite's errors told as ours: what failed, where, the mend; never the driver's text, which may hold row values."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Literal

from gateway.model.errors import WorldError

Store = Literal["vault", "data key store"]


class Trouble(Enum):
    """The ways a file of ours can fail, by what an operator has to do."""

    LOCKED = auto()
    AWAY = auto()
    REPLACED = auto()
    FULL = auto()
    READ_ONLY = auto()
    CORRUPT = auto()
    SLOW = auto()
    UNOPENED = auto()
    CLOSED = auto()
    FOREIGN = auto()
    RESTORED = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class _Told:
    code: str
    what: str
    mend: str


_TOLD = {
    Trouble.LOCKED: _Told("GW-V101", "is locked by another process", "end the process that holds it (lsof, fuser)"),
    Trouble.AWAY: _Told("GW-V102", "is no longer at its path", "put the file back with its -wal; no restart is needed"),
    Trouble.REPLACED: _Told(
        "GW-V103",
        "was replaced while it was open",
        "put the right file there; retry, it is taken over when it is whole",
    ),
    Trouble.FULL: _Told("GW-V104", "can't be written", "make room on its disk or raise the file size limit"),
    Trouble.READ_ONLY: _Told("GW-V105", "is read-only", "give the gateway's user write access to file and directory"),
    Trouble.CORRUPT: _Told("GW-V106", "is damaged", "stop the gateway and restore the file from a backup"),
    Trouble.SLOW: _Told("GW-V107", "did not answer in time", "look for a slow disk or a process that holds the file"),
    Trouble.UNOPENED: _Told(
        "GW-V108", "can't be opened", "check that path and directory exist and belong to the gateway"
    ),
    Trouble.CLOSED: _Told("GW-V109", "is closed", "the gateway is stopping; send the request again"),
    Trouble.FOREIGN: _Told("GW-V110", "is not what is wanted there", "check the path in the rules"),
    Trouble.RESTORED: _Told(
        "GW-V144",
        "was restored from a backup and is kept closed",
        "pii-gateway vault restore --accept-gap, once somebody answers for what is missing",
    ),
    Trouble.OTHER: _Told("GW-V111", "failed", "look the error name up in SQLite's result codes"),
}

_BY_PRIMARY_CODE = {
    sqlite3.SQLITE_BUSY: Trouble.LOCKED,
    sqlite3.SQLITE_LOCKED: Trouble.LOCKED,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: Trouble.CORRUPT,
    sqlite3.SQLITE_NOTADB: Trouble.CORRUPT,
    sqlite3.SQLITE_CANTOPEN: Trouble.UNOPENED,
    sqlite3.SQLITE_PERM: Trouble.UNOPENED,
    sqlite3.SQLITE_AUTH: Trouble.UNOPENED,
}


def trouble_of(error: sqlite3.Error) -> Trouble:
    """What an operator has to do about it. An I/O error is nearly always a disk without room."""
    return _BY_PRIMARY_CODE.get(getattr(error, "sqlite_errorcode", -1) & 0xFF, Trouble.OTHER)


def world_error(trouble: Trouble, store: Store, path: Path, detail: str = "") -> WorldError:
    """The error under the vault's own codes, or under the one code of the data key store."""
    told = _TOLD[trouble]
    code, loss = (
        (told.code, "nothing is recorded or forwarded") if store == "vault" else ("GW-K201", "no data key is at hand")
    )
    return WorldError(
        code, f"{store} {str(path)!r} {told.what}{f' ({detail})' if detail else ''}: {loss}.", told.mend + "."
    )


def translated(error: sqlite3.Error, store: Store, path: Path) -> WorldError:
    """An error of the driver as one of ours; only its class of trouble and SQLite's name for it are told."""
    return world_error(trouble_of(error), store, path, getattr(error, "sqlite_errorname", type(error).__name__))
