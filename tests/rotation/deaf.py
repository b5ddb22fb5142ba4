"""A gateway that never learns that the index key turns: what the fence is for.

``python -m tests.rotation.deaf serve …`` goes on writing and asking by the first generation, as one would that is not
waited for when a phase ends.
"""

from __future__ import annotations

import asyncio
import sqlite3

from gateway.adapters.keys_wrapped import IndexTurning
from gateway.adapters.vault_postgres import index as postgres
from gateway.adapters.vault_postgres import read
from gateway.adapters.vault_postgres.work import Work
from gateway.adapters.vault_sql.index import Index
from gateway.adapters.vault_sqlite import index as sqlite
from gateway.cli import main
from gateway.ports import Sink

STEADY = "1 steady"


def stuck(_: sqlite3.Connection) -> str:
    return STEADY


def believed(self: postgres.ServerIndex, _: str) -> Index:
    self.now = self.book.index(STEADY)
    return self.now


def not_fenced(work: Work, _: str) -> None:
    work.fenced = True


def always(_: str, __: Index) -> None:
    """Whatever phase it is."""


async def idle(_: IndexTurning, __: Sink) -> None:
    await asyncio.Event().wait()


if __name__ == "__main__":
    setattr(sqlite, "_stand", stuck)  # noqa: B010 - not what it is typed as: that is the point
    setattr(postgres.ServerIndex, "believe", believed)  # noqa: B010 - as above
    setattr(read, "in_force", always)  # noqa: B010 - as above
    setattr(IndexTurning, "tend", idle)  # noqa: B010 - as above
    setattr(Work, "fenced_by", not_fenced)  # noqa: B010 - as above
    main()
