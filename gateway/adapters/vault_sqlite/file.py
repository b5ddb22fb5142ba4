"""One SQLite file of the home store: made whole or not at all, and written only while the path names the open file.

A write to a file that was unlinked or moved away succeeds silently. So the identity (device and inode) of path and open
file is compared before a commit is begun and again before its outcome is told, and the same for the write-ahead log.
While a connection holds the inode its number can't be reused, so equal identities mean the same file.

When they differ nothing is written any more; the log is carried once into the open file, wherever that is now, so that
the file is whole by itself. When the file comes back, work goes on. When another file of this form appears at the path,
it is taken over: the old log, now empty, is removed first, since SQLite would apply it to the new file. The open file
is never let go before that: it may be the last copy (``/proc/<pid>/fd`` has it).
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from gateway.adapters.vault_sqlite.errors import Store, Trouble, translated, world_error
from gateway.adapters.vault_sqlite.statements import schema, statements, whole
from gateway.model.errors import WorldError
from gateway.model.names import Region

_SQL = statements("60_file")
_DURABLE = ("durable", "careful", "untrusting", "erasing", "in_memory", "cache", "log_limit")
_OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables; RETURNING came before."""

Identity = tuple[int, int]
"""Device and inode: which file a path names."""


@dataclass(frozen=True, slots=True)
class Form:
    """What kind of file it is: told by SQLite's application id, so that no other file is taken for it."""

    store: Store
    application_id: int
    script: str
    version: int = 1
    steps: tuple[tuple[int, str], ...] = ()
    """The layouts that came after the script's, each with the script that leads there. They only add."""


VAULT = Form("vault", 0x50494756, "0001_vault", version=4, steps=((3, "0003_vault"), (4, "0004_vault")))
DATA_KEYS = Form("data key store", 0x5049474B, "0001_datakeys", version=2)


@dataclass(frozen=True, slots=True)
class _Accepted:
    """The open file: its identity, and those of its log and shared memory, which have its name plus a suffix."""

    connection: sqlite3.Connection
    real: str
    file: Identity
    log: Identity
    memory: Identity | None


class HomeFile:
    """One file, the connection that writes it, and a maker of connections that read it.

    ``writing`` is for one thread at a time. ``timeout_s`` is how long it waits for another process's lock; connections
    made by ``connect`` don't wait, because they may be used on the event loop.
    With ``closed_too`` a vault is opened even while it is kept closed after a restore.
    """

    def __init__(self, path: Path, form: Form, region: Region, timeout_s: float) -> None:
        self.path = path
        self.form = form
        self.region = region
        self._timeout_s = timeout_s
        self.closed_too = False
        self._accepted: _Accepted | None = None
        self._saved = False
        self._closed = False

    def make(self, now_ms: int, token: str) -> bool:
        """Make the file if there is none; True if it was made. It appears whole, owner-only, its directory synced."""
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise self.error(Trouble.UNOPENED, f"SQLite {sqlite3.sqlite_version} is older than 3.37")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.path.exists():
                self._lead_on()
                return False
            return self._make(self.path.with_name(f".{self.path.name}.{token}"), now_ms)
        except OSError as error:
            raise self.error(Trouble.UNOPENED, type(error).__name__) from error
        except sqlite3.Error as error:
            raise self.translated(error) from error

    def writing(self) -> sqlite3.Connection:
        """The connection to write by, its file being the one at the path; takes over a replaced file. WorldError."""
        accepted = self._accepted
        if accepted is None:
            self._accepted = accepted = self._accept()
        elif (trouble := self.moved()) is not None:
            self._saved = self._saved or self._save(accepted.connection)
            if trouble is Trouble.AWAY:
                raise self.error(trouble)
            self._accepted = self._take_over(accepted)
            accepted.connection.close()
            accepted = self._accepted
        self._saved = False
        return accepted.connection

    def connect(self) -> sqlite3.Connection:
        """A further connection, for reading only, to the file that is being written."""
        if (trouble := self.moved()) is not None:
            raise self.error(trouble)
        try:
            return self._connect("read_only", timeout_s=0)
        except sqlite3.Error as error:
            raise self.translated(error) from error

    def moved(self) -> Trouble | None:
        """What became of the open file: None (still at its path), AWAY or REPLACED. Costs two stat calls."""
        accepted = self._accepted
        if accepted is None:
            return Trouble.CLOSED if self._closed else Trouble.UNOPENED
        try:
            if identity(self.path) != accepted.file:
                return Trouble.REPLACED
            return None if identity(f"{accepted.real}-wal") == accepted.log else Trouble.AWAY
        except OSError:
            return Trouble.AWAY

    @property
    def open_file(self) -> Identity | None:
        """Which file is open; changes when another is taken over."""
        return self._accepted.file if self._accepted else None

    def close(self) -> None:
        self._closed = True
        if self._accepted is not None:
            self._accepted.connection.close()
            self._accepted = None

    def error(self, trouble: Trouble, detail: str = "") -> WorldError:
        return world_error(trouble, self.form.store, self.path, detail)

    def translated(self, error: sqlite3.Error) -> WorldError:
        return translated(error, self.form.store, self.path)

    # ---------------------------------------------------------------------------------------------------- details

    def _make(self, draft: Path, now_ms: int) -> bool:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            connection = sqlite3.connect(draft, isolation_level=None)
            try:
                connection.execute(_SQL["pages"])
                connection.execute(_SQL["make"])
                scripts = (self.form.script, *(script for _, script in self.form.steps))
                connection.executescript(f"BEGIN; {' '.join(map(schema, scripts))} COMMIT;")
                connection.execute(_SQL["settle_file"], (self.region, str(now_ms)))
                connection.execute(f"PRAGMA application_id = {self.form.application_id}")
                connection.execute(f"PRAGMA user_version = {self.form.version}")
            finally:
                connection.close()
            sync(draft)
            os.link(draft, self.path)
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        sync(self.path.parent)
        return True

    def _lead_on(self) -> None:
        """Bring a file of an earlier layout to this one, a step a transaction. Others that have it open go on."""
        if not self._has_the_form():
            return
        connection = sqlite3.connect(
            f"file:{quote(str(self.path))}?mode=rw", uri=True, isolation_level=None, timeout=self._timeout_s
        )
        try:
            for version, script in self.form.steps:
                (found,) = connection.execute("PRAGMA user_version").fetchone()
                if found == version - 1:
                    connection.execute("BEGIN IMMEDIATE")
                    (found,) = connection.execute("PRAGMA user_version").fetchone()
                    if found == version - 1:
                        for statement in whole(schema(script)):
                            connection.execute(statement)
                        connection.execute(f"PRAGMA user_version = {version}")
                    connection.execute("COMMIT")
        finally:
            connection.close()

    def _accept(self) -> _Accepted:
        try:
            before, real = identity(self.path), os.path.realpath(self.path)
            connection = self._connect("own_checkpoints", timeout_s=self._timeout_s)
            accepted = _Accepted(connection, real, identity(self.path), identity(f"{real}-wal"), known(f"{real}-shm"))
        except FileNotFoundError as error:
            raise self.error(Trouble.AWAY) from error
        except OSError as error:
            raise self.error(Trouble.UNOPENED, type(error).__name__) from error
        except sqlite3.Error as error:
            raise self.translated(error) from error
        if before != accepted.file:
            connection.close()
            raise self.error(Trouble.REPLACED)
        return accepted

    def _connect(self, purpose: str, timeout_s: float) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(self.path))}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            timeout=timeout_s,
        )
        try:
            self._recognise(connection)
            for name in (*_DURABLE, purpose):
                connection.execute(_SQL[name])
        except (sqlite3.Error, WorldError):
            connection.close()
            raise
        return connection

    def _recognise(self, connection: sqlite3.Connection) -> None:
        """Raise unless the file is of this form, version and region. The last query also opens the log."""
        (form,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if form != self.form.application_id:
            raise self.error(Trouble.FOREIGN, f"no {self.form.store} of a gateway")
        if version != self.form.version:
            raise self.error(Trouble.FOREIGN, f"layout {version}, this gateway knows {self.form.version}")
        (region,) = connection.execute(_SQL["region"]).fetchone()
        if region != self.region:
            raise self.error(Trouble.FOREIGN, f"not of region {self.region}")
        if not self.closed_too and connection.execute(_SQL["closed"]).fetchone() is not None:
            raise self.error(Trouble.RESTORED)

    def _save(self, connection: sqlite3.Connection) -> bool:
        """Carry the log into the open file: what was acknowledged must not hang on a log that lies elsewhere."""
        try:
            (busy, _, _) = connection.execute(_SQL["save_log"]).fetchone()
        except sqlite3.Error as error:
            raise self.translated(error) from error
        return not busy

    def _take_over(self, old: _Accepted) -> _Accepted:
        """The file that stands at the path now, once the old one's log can't be mistaken for its own."""
        if not self._saved or not self._has_the_form():
            raise self.error(Trouble.REPLACED)
        for path, mine in ((f"{old.real}-wal", old.log), (f"{old.real}-shm", old.memory)):
            if known(path) == mine:
                Path(path).unlink(missing_ok=True)
        return self._accept()

    def _has_the_form(self) -> bool:
        """Judged by the first bytes, without SQLite, which would look for a log. Source: sqlite.org, fileformat2."""
        try:
            with self.path.open("rb") as file:
                head = file.read(72)
        except OSError:
            return False
        return head[:16] == b"SQLite format 3\0" and head[68:72] == self.form.application_id.to_bytes(4, "big")


def identity(path: str | Path) -> Identity:
    found = os.stat(path)  # noqa: PTH116 - on every commit and read: pathlib takes twice the time
    return found.st_dev, found.st_ino


def known(path: str | Path) -> Identity | None:
    """The identity of a file that need not be there."""
    try:
        return identity(path)
    except OSError:
        return None


def sync(path: Path) -> None:
    """Force a file or a directory to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
