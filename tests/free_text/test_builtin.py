"""The model that ships: names that no rule finds and only weights do, from settings to what goes abroad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.adapters.names_pool import PoolSizes
from gateway.adapters.sink_memory import MemorySink
from gateway.catalog import MODELS, names_of
from gateway.core.detect.outside import detect_text
from gateway.settings import load
from tests.contracts.upstream.server import destination
from tests.exchange.scenes import body_of, echo, post, world_rules
from tests.exchange.stage import Stage
from tests.free_text.pools import PATIENT, pool
from tests.free_text.test_gateway import registration
from tests.server.test_wiring import a_gateway, echoing, port_of
from tests.server.wire import body, talk

TAGGED = "По словам Кукуцаполя груз пропал в пути"
"""A name that the tagger alone finds."""

GUESSED = "Please forward this to Trewhitt before noon today"
"""A name that the English guesses alone find."""

SMALL = "пилигримов обещал позвонить насчёт заказа"
"""Without a capital; the tagger alone."""

LOWER = "i spoke with trewhitt about the delay yesterday"
"""Found as it is written only: with a capital at its beginning it would not count as a text that has none."""

USE = {"model.use": "builtin", "model.budget_s": 30}


@pytest.mark.parametrize("text", [TAGGED, GUESSED, SMALL, LOWER])
def test_what_the_gateway_acts_on_by_itself_has_none_of_these_names(text: str) -> None:
    assert detect_text(text, ("patterns", "words")) == []


def test_settings_need_no_folder_for_it() -> None:
    settings = load(None, {}, {"model.use": "builtin"})
    assert (settings.model.path, names_of(settings.model, MemorySink()) is None) == (None, False)


@pytest.mark.parametrize(
    ("text", "name"),
    [(TAGGED, "Кукуцаполя"), (GUESSED, "Trewhitt"), (SMALL, "пилигримов"), (LOWER, "trewhitt")],
)
async def test_a_name_that_it_alone_finds_goes_out_as_a_token(tmp_path: Path, text: str, name: str) -> None:
    async with pool(tmp_path, PATIENT, address=MODELS["builtin"], as_written=True) as names:
        stage = Stage(world_rules(), respond=echo, names=names)
        await stage.send(post("/api/notes", {"note": text}))
    sent = str(body_of(stage.last_sent)["note"])
    head, tail = text.split(name)
    assert name not in sent
    assert sent.startswith(head)
    assert sent.endswith(tail)


@pytest.mark.parametrize("text", [TAGGED, GUESSED, SMALL, LOWER])
async def test_without_it_that_name_goes_out_as_it_is(text: str) -> None:
    stage = Stage(world_rules(), respond=echo)
    await stage.send(post("/api/notes", {"note": text}))
    assert body_of(stage.last_sent)["note"] == text


async def test_its_first_text_finds_it_warm(tmp_path: Path) -> None:
    """Half a second is what a request has; loading takes longer, and is done before the first."""
    async with pool(tmp_path, PoolSizes(patience_s=30), address=MODELS["builtin"]) as names:
        assert await names.names_in([TAGGED, GUESSED])


@pytest.mark.parametrize(("use", "gone"), [(USE, True), ({"model.use": "none"}, False)])
@pytest.mark.parametrize(("text", "name"), [(TAGGED, "Кукуцаполя"), (LOWER, "trewhitt")])
async def test_a_gateway_acts_on_it_where_the_settings_say_so(
    tmp_path: Path, use: dict[str, object], text: str, name: str, *, gone: bool
) -> None:
    requests: list[bytes] = []
    async with destination(echoing(requests)) as crm, a_gateway(tmp_path, crm.url, use, MemorySink()) as gateway:
        wire = await talk(port_of(gateway.address), registration(text))
    assert json.loads(body(wire))["note"] == text
    assert (name not in b"".join(requests).decode()) == gone
