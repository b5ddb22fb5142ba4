"""PostgreSQL against memory: whatever is called in whatever order, both answer the same."""

from __future__ import annotations

from typing import ClassVar

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from gateway.adapters.vault_postgres import PostgresVault
from tests.contracts.conftest import HomeVault
from tests.contracts.people import RU, ref_of
from tests.contracts.test_vaults_agree import PATIENCE_S, Vaults
from tests.postgres import Server


class PostgresVaults(Vaults):
    """The same calls to both."""

    server: ClassVar[Server]

    async def opened(self) -> HomeVault:
        vault = PostgresVault(await self.server.made(), RU, clock=self.clock, ref_of=ref_of, timeout_s=PATIENCE_S)
        await vault.start()
        return vault


def test_postgres_and_memory_agree(server: Server) -> None:
    PostgresVaults.server = server
    run_state_machine_as_test(
        PostgresVaults,
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, phases=[Phase.generate, Phase.explicit]
        ),
    )
