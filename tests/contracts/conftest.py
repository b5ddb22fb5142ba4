"""Every adapter of a port, so that one suite runs over all of them. A further vault is one more line in VAULTS."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Protocol

import pytest

from gateway.adapters.vault_memory import MemoryVault
from gateway.adapters.vault_sqlite import SqliteVault
from gateway.ports import Clock, Vault
from tests.contracts.people import RU, HandClock, ref_of


class HomeVault(Vault, Protocol):
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


@pytest.fixture(params=VAULTS)
async def vault(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> AsyncGenerator[HomeVault]:
    home = VAULTS[request.param](tmp_path, clock)
    await home.start()
    yield home
    await home.close()


@pytest.fixture
async def sqlite(tmp_path: Path, clock: HandClock) -> AsyncGenerator[SqliteVault]:
    home = SqliteVault(tmp_path / "ru.db", RU, clock=clock, ref_of=ref_of)
    await home.start()
    yield home
    await home.close()
