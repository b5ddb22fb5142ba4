"""A gateway that observes leaves counts for ``discover``, and no value."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

from gateway.adapters.sink_memory import MemorySink
from gateway.model.rules import Ruleset
from gateway.ruleset.load import load
from tests.contracts.upstream.server import destination
from tests.discover.traffic import CANARIES, discover, raw
from tests.server.scene import post, write_rules
from tests.server.test_wiring import a_gateway, echoing, port_of
from tests.server.wire import talk


async def test_what_an_observing_gateway_saw_is_read_by_discover(tmp_path: Path) -> None:
    seen = tmp_path / "observed"
    rules = tmp_path / "rules.yaml"
    async with destination(echoing([])) as crm:
        async with a_gateway(tmp_path, crm.url, {"observed_dir": str(seen)}) as gateway:
            gateway.rules.swap(_observing(tmp_path, crm.url))
            for number in range(6):
                await talk(port_of(gateway.address), post(raw(number)))
        (file,) = await asyncio.to_thread(lambda: list(seen.iterdir()))
    assert [canary for canary in CANARIES if canary.lower() in file.read_text().lower()] == []
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    told = json.loads(discover(seen, "--rules", rules, "--json").output)
    assert {(one["path"], one["kind"]) for one in told["learned"]} == {("body.c4", "email"), ("body.f17", "phone")}


async def test_a_folder_that_cannot_be_written_is_told_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "observed").write_text("a file")
    sink = MemorySink()
    more = {"observed_dir": str(tmp_path / "observed")}
    async with destination(echoing([])) as crm, a_gateway(tmp_path, crm.url, more, sink) as gateway:
        gateway.rules.swap(_observing(tmp_path, crm.url))
        await talk(port_of(gateway.address), post(raw(0)))
    assert ("observe_failed", {"code": "GW-S042"}) in sink.events


def _observing(folder: Path, url: str) -> Ruleset:
    return replace(load([write_rules(folder, url)]), mode="observe")
