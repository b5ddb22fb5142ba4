"""A whole gateway with a plugged-in model, from settings to the wire."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from gateway.adapters.sink_memory import MemorySink
from gateway.model.errors import RulesError, WorldError
from gateway.settings import load
from tests.contracts.upstream.server import destination
from tests.free_text.plugin import ADDRESS, NAMES
from tests.server.scene import post
from tests.server.test_wiring import a_gateway, ask, echoing, port_of
from tests.server.wire import body, lines, talk

MODEL = {"model.use": ADDRESS, "model.budget_s": 30}


def registration(note: str) -> bytes:
    return post(json.dumps({"citizenship": "RU", "note": note}, ensure_ascii=False).encode())


async def test_a_plugged_in_model_protects_what_the_rules_miss_and_a_crash_is_survived(tmp_path: Path) -> None:
    (tmp_path / NAMES).write_text("хрюнда")
    requests: list[bytes] = []
    sink = MemorySink()
    more = {**MODEL, "model.path": str(tmp_path)}
    async with destination(echoing(requests)) as crm, a_gateway(tmp_path, crm.url, more, sink) as gateway:
        port = port_of(gateway.address)
        wire = await talk(port, registration("вчера приходила хрюнда из отдела"))
        assert "хрюнда" in json.loads(body(wire))["note"]
        refused = await talk(port, registration("please do crash now my friend"))
        assert (lines(refused)[0][9:12], json.loads(body(refused))["code"]) == (b"503", "GW-X505")
        assert len(requests) == 1
        async with asyncio.timeout(30):
            while (await ask(gateway.admin_address, "/ready"))[0] != b"200":
                await asyncio.sleep(0.05)
        await talk(port, registration("снова хрюнда пришла из отдела"))
    assert (len(requests), b"".join(requests).decode().count("хрюнда")) == (2, 0)
    assert "friend" not in str(sink.events)


async def test_a_model_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="GW-S040"):
        async with a_gateway(tmp_path, more={**MODEL, "model.path": str(tmp_path / "nothing")}):
            pytest.fail("it started")


@pytest.mark.parametrize("use", ["slovnet", "onnx", "not a model", "module:", "os"])
def test_settings_that_name_no_model_are_refused(use: str) -> None:
    with pytest.raises(RulesError, match="GW-S010"):
        load(None, {}, {"model.use": use})
