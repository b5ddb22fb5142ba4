"""Laws 1, 2, 4 and 6 of the architecture, over random messages through the whole exchange."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.naming import sightings
from gateway.model.kept import Fetch
from gateway.model.message import Reply
from gateway.model.names import Token
from gateway.verify.search import find
from tests.exchange.scenes import echo, world_rules
from tests.exchange.stage import Stage
from tests.properties.judged import judged
from tests.properties.messages import Planted, planted

RULES = world_rules()


def sent_by(stage: Stage) -> bytes:
    """Everything that left, as bytes."""
    lines = []
    for request in stage.received:
        headers = "\r\n".join(f"{name}: {value}" for name, value in request.headers)
        lines.append(f"{request.method} {request.target}\r\n{headers}\r\n\r\n".encode() + request.body)
    return b"\r\n".join(lines)


@settings(max_examples=150)
@given(planted())
def test_law_1_no_canary_leaves_in_any_spelling(message: Planted) -> None:
    stage = Stage(RULES, respond=echo)
    asyncio.run(stage.send(message.request))
    assert stage.received
    assert find(message.canaries, sent_by(stage)) == []


@settings(max_examples=150)
@given(planted("/collect/v1"))
def test_law_1_no_canary_reaches_an_analytics_vendor(message: Planted) -> None:
    stage = Stage(RULES, respond=echo)
    asyncio.run(stage.send(message.request))
    assert stage.received
    assert find(message.canaries, sent_by(stage)) == []


@settings(max_examples=150)
@given(planted())
def test_law_1_no_canary_stands_in_a_ledger_entry_an_event_or_a_repr(message: Planted) -> None:
    stage = Stage(RULES, respond=echo)
    asyncio.run(stage.send(message.request))
    told = repr((stage.ledger.entries, stage.events.emitted, stage.received, list(stage.vaults)))
    assert find(message.canaries, told.encode()) == []


@settings(max_examples=150)
@given(planted())
def test_law_3_numbers_and_other_members_keep_their_spelling(message: Planted) -> None:
    stage = Stage(RULES, respond=echo)
    asyncio.run(stage.send(message.request))
    noise = re.compile(rb'\\?"(?:sku|qty|note_id|price|tags|nested)\\?" : (?:[^,{}\[\]]+|\[[^\]]*\]|\{[^}]*\})')
    assert noise.findall(stage.last_sent.body) == noise.findall(message.request.body)


@settings(max_examples=150)
@given(planted())
def test_law_4_there_and_back(message: Planted) -> None:
    stage = Stage(RULES, respond=echo)
    reply = asyncio.run(stage.send(message.request))
    assert isinstance(reply, Reply)
    assert reply.body == message.request.body


@settings(max_examples=150)
@given(st.lists(planted(), min_size=2, max_size=4), st.integers(0, 40))
def test_law_2_home_first_in_every_interleaving_and_failure(messages: list[Planted], fail_at: int) -> None:
    """Concurrent requests on one store, one effect of each failing: whatever was sent resolves at home."""
    stage = Stage(RULES, respond=echo)

    async def play() -> None:
        async with asyncio.TaskGroup() as group:
            for number, message in enumerate(messages):
                group.create_task(stage.send(message.request, fail_at=fail_at - number))

    asyncio.run(play())
    canaries = tuple(canary for message in messages for canary in message.canaries)
    assert find(canaries, sent_by(stage)) == []
    assert asyncio.run(_unresolved(stage)) == set()


async def _unresolved(stage: Stage) -> set[Token]:
    """The tokens in everything sent that name no record of the home vault. (A look-up's phantoms are not sent here.)"""
    text = unquote(sent_by(stage).decode("utf-8", "replace"))
    tokens = {token for _, token, _ in sightings(text, domains=("t.example",), phone_block=RULES.phone_block)}
    (vault,) = stage.vaults.values()
    return tokens - set((await vault.fetch(Fetch(tokens=tuple(tokens)))).holdings)


@settings(max_examples=150)
@given(planted())
def test_law_6_every_ruling_has_a_reason_that_points_into_a_file(message: Planted) -> None:
    stage = Stage(replace(RULES), respond=echo)
    asyncio.run(stage.send(message.request))
    for ruling in judged(message.request, RULES).decision.rulings:
        assert ruling.because
        for reason in ruling.because:
            name, line, column = reason.at.rsplit(":", 2)
            assert name.endswith((".yaml", ".py"))
            assert int(line) >= 1
            assert int(column) >= 1
            if name.endswith(".py"):
                assert Path(name).exists()
