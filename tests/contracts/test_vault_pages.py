"""The Inventory port: everything that lives in a vault, page by page."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from gateway.model.kept import Batch
from gateway.ports import Inventory
from tests.contracts.conftest import HomeVault
from tests.contracts.people import ANNA, BORIS, NOON, email, keep, only, record


class Counted(HomeVault, Inventory, Protocol):
    """A vault that can be read from one end to the other."""


R1, R2, R3 = (record(n) for n in range(1, 4))


async def test_pages_hold_every_record_once_in_the_order_of_their_ids(vault: Counted) -> None:
    await vault.keep(Batch(tuple(keep(one, ANNA, email(one, f"a{one}")) for one in (R3, R1, R2))))
    first = await vault.page(None, 2)
    rest = await vault.page(first[-1].sealed.record, 2)
    assert [one.sealed.record for one in (*first, *rest)] == sorted([R1, R2, R3])
    assert await vault.page(max(R1, R2, R3), 2) == []


async def test_a_page_tells_route_end_and_the_tokens_that_were_handed_out(vault: Counted) -> None:
    kept = await vault.keep(only(keep(R1, ANNA, email(R1, "anna"))))
    [one] = await vault.page(None, 9)
    made = keep(R1, ANNA, email(R1, "anna"))
    assert (one.route, one.expires, one.sealed.sealed) == (made.route, made.expires, made.sealed)
    assert {(R1, index): token for index, token in one.names.items()} == dict(kept.names)


async def test_what_is_over_is_on_no_page(vault: Counted) -> None:
    await vault.keep(only(replace(keep(R1, ANNA, email(R1, "anna")), expires=NOON)))
    await vault.keep(only(replace(keep(R2, BORIS, email(R2, "boris")), expires=NOON + 9)))
    assert [one.sealed.record for one in await vault.page(None, 9)] == [R2]
