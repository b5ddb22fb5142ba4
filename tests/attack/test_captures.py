"""Real clients through an analytics rule: no needle arrives in any layer, events do, and the client gets its answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.verify.search import find
from tests.attack.captures import RULES, captures, events_of, faults
from tests.attack.run import ground
from tests.attack.seen import seen

ALL = captures()


def test_captures_have_needles_and_events_to_look_for() -> None:
    assert len(ALL) >= 84
    assert sum(len(capture.needles) for capture in ALL) > 500
    assert sum(len(events_of(capture)) for capture in ALL) > 200
    assert {capture.name for capture in ALL if not events_of(capture)} <= {
        capture.name for capture in ALL if capture.name.startswith(("openai", "anthropic", "matomo", "mixpanel"))
    }


def test_the_judge_sees_every_needle_in_what_was_sent() -> None:
    blind = []
    for one in ALL:
        missed = set(one.needles) - {hit.text for hit in find(one.needles, one.wire())}
        blind += [one.name for needle in missed if not (seen(one.wire(), needle) or seen(one.body, needle))]
    assert blind == []


@pytest.mark.parametrize("folder", sorted({capture.name.partition("/")[0] for capture in ALL}))
async def test_what_real_clients_send_arrives_without_anybody_in_it(tmp_path: Path, folder: str) -> None:
    async with ground(tmp_path, RULES) as on:
        wrong = {one.name: await faults(one, on) for one in ALL if one.name.startswith(f"{folder}/")}
    assert {name: why for name, why in wrong.items() if why} == {}
