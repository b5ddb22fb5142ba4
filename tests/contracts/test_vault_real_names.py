"""The vaults with the names that the core really makes: each finds its way back by its text or by a row."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.adapters.vault_memory import MemoryVault
from gateway.adapters.vault_postgres import PostgresVault
from gateway.adapters.vault_sqlite import SqliteVault
from gateway.core.detect.kinds import KINDS
from gateway.core.naming import candidates, is_alias, record_id, ref_of, shape_for
from gateway.model.kept import Fetch, KeepField, Settlement
from gateway.model.names import Kind
from tests.contracts.conftest import HomeVault
from tests.contracts.people import ANNA, BORIS, NOON, RU, HandClock, blind, keep, only

VALUES = {
    "email": "anna@example.org",
    "phone": "+7 900 000-00-01",
    "person.last": "Иванова",
    "ru.inn_person": "500100732259",
    "user_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "address": "ул. Примерная, 1",
}
"""One value of each shape that names something."""

FIRST, SECOND = (record_id(RU, NOON * 1000 + n, bytes(7)) for n in (1, 2))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def real(request: pytest.FixtureRequest, tmp_path: Path) -> HomeVault:
    clock = HandClock()
    vault: HomeVault
    match request.param:
        case "memory":
            vault = MemoryVault(RU, clock=clock, ref_of=ref_of)
        case "sqlite":
            vault = SqliteVault(tmp_path / "ru.db", RU, clock=clock, ref_of=ref_of)
        case _:
            address = await request.getfixturevalue("server").made()
            vault = PostgresVault(address, RU, clock=clock, ref_of=ref_of)
    await vault.start()
    return vault


def fields(where: str) -> tuple[KeepField, ...]:
    made = []
    for index, (kind, text) in enumerate(VALUES.items()):
        spec = KINDS[Kind(kind)]
        names = candidates(
            spec,
            text,
            (type(FIRST)(where), index),
            bytes(range(index, index + 64)),
            domain="id.example",
            phone_block="+7976",
        )
        made.append(KeepField(index, Kind(kind), names, blind(text), is_alias(shape_for(spec, text))))
    return tuple(made)


def test_the_values_have_every_shape_that_names_something() -> None:
    shapes = {shape_for(KINDS[Kind(kind)], text) for kind, text in VALUES.items()}
    assert shapes == {"email", "phone", "letters", "digits", "uuid", "opaque"}


async def test_every_name_resolves_to_its_field(real: HomeVault) -> None:
    kept = await real.keep(only(keep(FIRST, ANNA, *fields(FIRST))))
    fetched = await real.fetch(Fetch(tokens=tuple(kept.names.values())))
    assert {holding.ref: token for token, found in fetched.holdings.items() for holding in found} == kept.names
    await real.close()


async def test_every_name_passes_on(real: HomeVault) -> None:
    first = await real.keep(only(keep(FIRST, ANNA, *fields(FIRST), expires=NOON + 1)))
    second = await real.keep(only(keep(SECOND, BORIS, *fields(SECOND))))
    await real.purge_expired(NOON + 1)
    fetched = await real.fetch(Fetch(tokens=tuple(first.names.values())))
    assert set(first.names.values()) == set(second.names.values())
    assert {h.ref: token for token, found in fetched.holdings.items() for h in found} == second.names
    await real.close()


async def test_every_name_goes_with_its_record(real: HomeVault) -> None:
    kept = await real.keep(only(keep(FIRST, ANNA, *fields(FIRST))))
    await real.settle(Settlement(refused=(FIRST,)))
    assert (await real.fetch(Fetch(tokens=tuple(kept.names.values())))).holdings == {}
    await real.close()
