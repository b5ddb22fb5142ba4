"""The fault script in short: it finds nothing where nothing is wrong, and finds what was planted."""

from __future__ import annotations

import pytest

from tests.faults.run import Plan, Store, fire

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("store", "faults"),
    [
        ("sqlite", ("gateway killed", "gateway crashed", "disk full")),
        ("postgres", ("gateway killed", "database killed", "commits cut", "rows refused", "backend crashed")),
        ("standby", ("failover", "commits cancelled", "standby stopped for a while")),
    ],
)
async def test_whatever_is_killed_nothing_acknowledged_is_lost_and_nothing_is_written_in_plain(
    store: Store, faults: tuple[str, ...]
) -> None:
    tally = await fire(Plan(store, only=faults))
    assert tally.clean, str(tally)
    assert tally.acknowledged > 50


async def test_after_the_primary_is_gone_the_gateway_goes_on_with_its_standby() -> None:
    tally = await fire(Plan("standby", rounds=2, only=("failover",)))
    assert tally.must_be_none["records lost"] == 0
    assert max(tally.failovers_s) < 10
    assert {told.split()[1] for told in tally.refusals} & {"1", "2"}


async def test_a_database_that_forgets_what_it_acknowledged_is_found_out() -> None:
    tally = await fire(Plan("postgres", only=("gateway killed",), plant="loss"))
    assert tally.must_be_none["records lost"] > 0
    assert tally.must_be_none["tokens unresolved"] > 0


async def test_a_value_that_somebody_wrote_down_is_found() -> None:
    tally = await fire(Plan("postgres", only=("gateway killed",), plant="leak"))
    assert tally.must_be_none["plaintext in files"] > 0
    assert tally.must_be_none["records lost"] == 0
