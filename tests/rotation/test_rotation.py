"""Keys rotate under two real gateways, one of which is killed each time; and what happens without the fence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rotation.house import back_end
from tests.rotation.run import Result, made, rotate_all

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


async def shown(store: str, state: Path, *keys: str, deaf: bool = False) -> list[Result]:
    async with back_end() as behind, made(store, state, behind) as house:
        return [one async for one in rotate_all(house, store, keys, people=60, seconds=1.5, deaf=deaf)]


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
async def test_the_index_key_turns_under_two_gateways_without_a_wrong_answer(store: str, tmp_path: Path) -> None:
    [index] = await shown(store, tmp_path, "index")
    assert index.requests > 100
    assert (index.wrong, index.duplicates, index.lost) == (0, 0, 0)


async def test_every_key_turns_one_after_another(tmp_path: Path) -> None:
    results = await shown("sqlite", tmp_path, "root", "epoch", "field", "pseudonym", "index", "index")
    assert [(one.key, one.wrong, one.duplicates, one.lost) for one in results if not one.clean] == []


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
async def test_a_gateway_that_hears_of_no_phase_gives_values_a_second_token(store: str, tmp_path: Path) -> None:
    """The counts above could fail: without the fence they do."""
    [index] = await shown(store, tmp_path, "index", deaf=True)
    assert index.duplicates > 0
