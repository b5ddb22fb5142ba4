"""Every adapter of a port, so that one suite runs over all of them. A further vault is one more line in VAULTS."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from gateway.adapters.vault_memory import MemoryVault
from gateway.adapters.vault_postgres import PostgresVault
from gateway.adapters.vault_sqlite import SqliteVault
from gateway.catalog import Adoption
from gateway.model.secret import Secret
from gateway.ports import Clock, Indexed, Registry, Vault
from gateway.service.erasure import Erasing
from tests import postgres
from tests.contracts.people import RU, HandClock, ref_of


class HomeVault(Vault, Registry, Erasing, Indexed, Adoption, Protocol):
    """What wiring and retention use of a vault beside the port."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def purge_expired(self, now_s: int, most: int = 500) -> int: ...

    async def ready(self) -> None: ...

    def empty(self) -> bool: ...

    def knows_nobody(self) -> bool: ...


Maker = Callable[[Path, Clock], HomeVault]

VAULTS: dict[str, Maker] = {
    "memory": lambda _, clock: MemoryVault(RU, clock=clock, ref_of=ref_of),
    "sqlite": lambda folder, clock: SqliteVault(folder / "ru.db", RU, clock=clock, ref_of=ref_of),
}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def server() -> Generator[postgres.Server]:
    """PostgreSQL, started with the first test that wants it."""
    with postgres.running() as one:
        yield one


TURNING = [
    pytest.param(f"{name} in {phase}", marks=pytest.mark.slow)
    for name in ("sqlite", "postgres")
    for phase in ("fill", "lift", "drop")
]
"""The whole suite again while the index key turns."""


class LaterKeys:
    """The index keys after the first, as a process has them; ``more`` are those it learns when it looks."""

    def __init__(self, *more: str) -> None:
        self.has: list[Secret] = []
        self.more = list(more)

    def later(self) -> Sequence[Secret]:
        return self.has

    async def renew(self) -> None:
        self.has = [Secret(one.encode().ljust(32, b".")) for one in self.more]


@asynccontextmanager
async def standing(named: str, request: pytest.FixtureRequest, folder: Path, clock: Clock) -> AsyncGenerator[HomeVault]:
    """The started vault of that name; ``"<name> in <phase>"`` is one whose index key is in the middle of its turn."""
    home: HomeVault
    name, _, phase = named.partition(" in ")
    if name == "postgres":
        address = await request.getfixturevalue("server").made()
        home = PostgresVault(address, RU, clock=clock, ref_of=ref_of)
    else:
        home = VAULTS[name](folder, clock)
    await home.start()
    if phase:
        home.index_by(LaterKeys("two"))
        while (await home.index()).phase != phase:
            await home.turn_index(2)
    yield home
    await home.close()


@pytest.fixture(params=[*VAULTS, "postgres", *TURNING])
async def vault(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> AsyncGenerator[HomeVault]:
    async with standing(request.param, request, tmp_path, clock) as home:
        yield home


@pytest.fixture
async def sqlite(tmp_path: Path, clock: HandClock) -> AsyncGenerator[SqliteVault]:
    home = SqliteVault(tmp_path / "ru.db", RU, clock=clock, ref_of=ref_of)
    await home.start()
    yield home
    await home.close()
