"""The DataKeyStore port over PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Generator

import pytest

from gateway.adapters.vault_postgres import PostgresDataKeys, address_of
from gateway.model.errors import WorldError
from gateway.model.names import Region
from tests.contracts.people import ANNA, BORIS, NOON, RU, VERA
from tests.postgres import Server, at_once

KEYS = [(ANNA, "1", b"anna's"), (BORIS, "1", b"boris's"), (VERA, "2", b"vera's")]


@pytest.fixture
def store(server: Server) -> Generator[PostgresDataKeys]:
    one = PostgresDataKeys(at_once(server.made("data key store")), RU)
    one.start()
    yield one
    one.close()


def test_a_new_store_is_empty(store: PostgresDataKeys) -> None:
    assert (store.empty(), store.count(), store.serial(), store.key_set(), store.generation()) == (True, 0, 0, None, 0)


def test_what_was_added_is_read(store: PostgresDataKeys) -> None:
    store.add(KEYS[:2])
    assert store.read([ANNA, VERA]) == {ANNA: ("1", b"anna's")}


def test_an_erased_key_is_gone_and_the_generation_grows(store: PostgresDataKeys) -> None:
    store.add(KEYS)
    assert store.erase([ANNA, BORIS]) == 2
    assert (list(store.read([ANNA, BORIS, VERA])), store.generation()) == ([VERA], 1)


def test_a_key_set_is_changed_only_by_who_knows_the_one_before(store: PostgresDataKeys) -> None:
    said = [store.save_key_set(*one) for one in ((1, b"a"), (1, b"b"), (3, b"c"), (2, b"d"))]
    assert (said, store.serial(), store.key_set()) == ([True, False, False, True], 2, b"d")


def test_keys_of_older_versions_are_found_in_order(store: PostgresDataKeys) -> None:
    store.add(KEYS)
    assert [one[0] for one in store.stale("2", ANNA, 10)] == [BORIS]
    assert store.versions() == {"1": 2, "2": 1}


def test_only_what_is_as_it_was_read_is_wrapped_anew(store: PostgresDataKeys) -> None:
    store.add(KEYS)
    store.erase([BORIS])
    new = [(ANNA, b"anna's", "2", b"new"), (BORIS, b"boris's", "2", b"new"), (VERA, b"another", "3", b"new")]
    assert store.rewrap(new) == 1
    assert store.read([ANNA, BORIS, VERA]) == {ANNA: ("2", b"new"), VERA: ("2", b"vera's")}


def test_one_holds_the_lease_until_it_ends(store: PostgresDataKeys) -> None:
    said = [store.lease(*one) for one in (("a", NOON, 100), ("b", NOON, 100), ("a", NOON, 100), ("b", NOON + 100, 1))]
    assert said == [True, False, True, True]


def test_a_store_that_can_be_written_is_ready(store: PostgresDataKeys) -> None:
    store.ready()


async def test_it_answers_inside_of_a_running_loop_too(store: PostgresDataKeys) -> None:
    await asyncio.to_thread(store.add, KEYS)
    assert list(store.read([ANNA])) == [ANNA]


def test_a_vault_is_not_taken_for_a_key_store(server: Server) -> None:
    store = PostgresDataKeys(at_once(server.made("vault")), RU)
    with pytest.raises(WorldError, match="GW-K201"):
        store.start()
    store.close()


def test_a_key_store_of_another_region_is_refused(store: PostgresDataKeys) -> None:
    other = PostgresDataKeys(store.address, Region("kz"))
    with pytest.raises(WorldError, match=r"GW-K201.*not of region kz"):
        other.start()
    other.close()


def test_a_server_that_is_not_there_is_told() -> None:
    store = PostgresDataKeys(address_of("postgresql://127.0.0.1:1/keys"), RU)
    with pytest.raises(WorldError, match=r"GW-K201.*can't be reached"):
        store.start()
    store.close()
