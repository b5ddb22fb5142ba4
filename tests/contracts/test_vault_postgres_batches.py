"""A batch of hundreds over PostgreSQL is read in few rounds, whatever it meets there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable

import pytest
from asyncpg import Connection

from gateway.adapters.vault_postgres import PostgresVault, group
from gateway.adapters.vault_postgres.load import load
from gateway.adapters.vault_postgres.work import Wanted, Work
from tests.contracts.people import RU, HandClock, email, keep, known, only, phone, record, ref_of, subject
from tests.postgres import Server

MANY = 200


@pytest.fixture
async def home(server: Server) -> AsyncGenerator[PostgresVault]:
    vault = PostgresVault(await server.made(), RU, clock=HandClock(), ref_of=ref_of)
    await vault.start()
    yield vault
    await vault.close()


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each further reading of a group wanted."""
    seen: list[int] = []

    async def counting(connection: Connection, work: Work, wanted: Iterable[Wanted], *, locked: bool) -> None:
        rows = list(wanted)
        seen.append(len(rows))
        await load(connection, work, rows, locked=locked)

    monkeypatch.setattr(group, "load", counting)
    return seen


async def test_short_names_that_are_taken_are_found_out_together(home: PostgresVault, rounds: list[int]) -> None:
    taken = [keep(record(n), subject(n), phone(f"a{n}", n)) for n in range(MANY)]
    await home.keep(only(*taken))
    rounds.clear()
    again = [keep(record(n + 1000), subject(n + 1000), phone(f"b{n}", n, n + 5000)) for n in range(MANY)]
    kept = await home.keep(only(*again))
    assert len(set(kept.names.values())) == MANY
    assert len(rounds) < 10, rounds


async def test_whose_identifiers_are_known_already_is_found_out_together(
    home: PostgresVault, rounds: list[int]
) -> None:
    entries = [known(f"p{n}", subject(n)) for n in range(1, MANY)]
    await home.keep(only(directory=entries))
    rounds.clear()
    records = [keep(record(n), subject(n), email(record(n), f"p{n}")) for n in range(1, MANY)]
    await home.keep(only(*records, directory=entries))
    assert len(rounds) < 6, rounds
