"""A process of its own that uses the home store: told what to do by arguments, tells what it did by lines.

``python -m tests.faults.worker keep DIR`` keeps people, several at a time, and prints ``kept RECORD TOKEN`` only after
the vault has acknowledged; ``full`` keeps until the store refuses, then waits for a line on stdin and keeps once more;
``keys`` prints every data key it is handed; ``lock`` holds the vault until a line comes.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import sys
from itertools import count
from pathlib import Path

from gateway.adapters.anchors_file import AnchorFile
from gateway.adapters.clock_system import SystemClock
from gateway.adapters.keys_wrapped import Pace, WrappedKeys
from gateway.adapters.root_local import FileRoot
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_sqlite import SqliteDataKeys, SqliteLedger, SqliteVault
from gateway.adapters.vault_sqlite import file as vault_file
from gateway.model.chain import LedgerKey
from gateway.model.errors import WorldError
from gateway.model.kept import Batch
from gateway.model.names import RecordId, SubjectId
from gateway.model.secret import Secret
from tests.contracts.people import RU, email, entry, fio, keep, phone, ref_of

KEY = LedgerKey("1", Secret(b"k" * 32))
AT_A_TIME = 8


def say(*words: object) -> None:
    os.write(1, " ".join(map(str, words)).encode() + b"\n")


def fresh() -> str:
    return (b"\x01" + SystemClock().now_ms().to_bytes(6, "big") + os.urandom(7)).hex()


def somebody(number: int) -> Batch:
    where = RecordId(fresh())
    fields = (email(where, f"{where}"), phone(f"{where}", number % 10**7, (number + 5_000_000) % 10**7), fio(where))
    return Batch((keep(where, SubjectId(fresh()), *fields),), entries=(entry(f"req-{number}"),))


def vault_in(folder: Path) -> SqliteVault:
    return SqliteVault(folder / "ru.db", RU, clock=SystemClock(), ref_of=ref_of)


async def keep_on(folder: Path, at_a_time: int) -> None:
    """Until somebody kills it."""
    vault = vault_in(folder)
    await vault.start()
    ledger = SqliteLedger(vault, KEY, anchors=AnchorFile(folder / "anchors"), clock=SystemClock(), anchor_s=0.05)
    ledger.start()
    numbers = count(int.from_bytes(os.urandom(3), "big"))

    async def one_client() -> None:
        for number in numbers:
            kept = await vault.keep(somebody(number))
            for (record, _), token in kept.names.items():
                say("kept", record, token)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_a_time):
            tasks.create_task(one_client())


async def fill_up(folder: Path, most_bytes: int) -> None:
    """Keep until there is no room, say so, wait for room, keep again."""
    vault = vault_in(folder)
    await vault.start()
    SqliteLedger(vault, KEY, anchors=AnchorFile(folder / "anchors"), clock=SystemClock()).start()
    if most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
    for number in count(1):
        try:
            kept = await vault.keep(somebody(number))
        except WorldError as error:
            say("refused", error.code, error.status)
            break
        for (record, _), token in kept.names.items():
            say("kept", record, token)
    await asyncio.to_thread(sys.stdin.readline)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    kept = await vault.keep(somebody(10**6))
    for (record, _), token in kept.names.items():
        say("kept", record, token)
    await vault.close()


async def hand_out(folder: Path) -> None:
    """Ask for data keys until somebody kills it."""
    store = SqliteDataKeys(folder / "ru.datakeys.db", RU, clock=SystemClock())
    store.start()
    keys = WrappedKeys(
        RU,
        root=FileRoot(folder / "root", RU, SystemClock()),
        store=store,
        filled=lambda: False,
        clock=SystemClock(),
        sink=MemorySink(),
        pace=Pace(ahead=16),
    )
    await keys.start()
    while True:
        for key in await keys.fresh(RU, 3):
            say("key", key.id, key.secret.expose().hex())


async def read_only(folder: Path) -> None:
    """Try to keep as somebody who may only read."""
    vault = vault_in(folder)
    if os.geteuid() == 0:
        os.setegid(65534)
        os.seteuid(65534)
    try:
        await vault.start()
        await vault.keep(Batch(somebody(1).keeps))
    except WorldError as error:
        say("refused", error.code, error.status)


def hold(path: Path, how: str) -> None:
    """Hold the file until stdin ends."""
    connection = sqlite3.connect(path, isolation_level=None)
    if how == "EXCLUSIVE MODE":
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        how = "IMMEDIATE"
    connection.execute(f"BEGIN {how}")
    say("holding")
    sys.stdin.readline()
    connection.execute("ROLLBACK")
    connection.close()
    say("let go")


def main(what: str, folder: Path, more: str = "") -> None:
    match what:
        case "keep":
            asyncio.run(keep_on(folder, AT_A_TIME))
        case "keep-one-by-one":
            asyncio.run(keep_on(folder, 1))
        case "keep-carelessly":
            vault_file._SQL = {**vault_file._SQL, "durable": "PRAGMA synchronous = OFF"}
            asyncio.run(keep_on(folder, 1))
        case "full":
            asyncio.run(fill_up(folder, int(more)))
        case "keys":
            asyncio.run(hand_out(folder))
        case "read-only":
            asyncio.run(read_only(folder))
        case "lock":
            hold(folder / "ru.db", more)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
