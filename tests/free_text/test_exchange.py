"""The exchange with a model: what it finds is protected, and what it had no time for is what the rules say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.adapters.names_pool import PoolSizes
from gateway.model.decision import Refusal
from gateway.model.free_text import Spotted
from gateway.model.message import Reply
from gateway.model.names import DestinationName
from gateway.model.rules import Ruleset, Unread
from tests.exchange.scenes import body_of, echo, post, world_rules
from tests.exchange.stage import Stage
from tests.free_text.pools import pool

NOTE = "вчера приходила хрюнда из отдела"
CRASH = {"note": "please do not crash now or ever"}


def rules(unread: Unread = "refuse") -> Ruleset:
    made = world_rules()
    crm = replace(made.destinations[DestinationName("crm")], unread=unread)
    return replace(made, destinations={**made.destinations, crm.name: crm})


async def test_what_a_model_finds_goes_out_as_a_token_and_comes_back(tmp_path: Path) -> None:
    async with pool(tmp_path) as names:
        stage = Stage(rules(), respond=echo, names=names)
        reply = await stage.send(post("/api/notes", {"note": NOTE, "again": "нет её, хрюнды, уже три дня"}))
    assert isinstance(reply, Reply)
    sent = body_of(stage.last_sent)
    assert "хрюнд" not in json.dumps(sent, ensure_ascii=False)
    assert str(sent["note"]).startswith("вчера приходила ")


async def test_without_a_model_that_name_is_not_found() -> None:
    stage = Stage(rules(), respond=echo)
    await stage.send(post("/api/notes", {"note": NOTE}))
    assert body_of(stage.last_sent)["note"] == NOTE


async def test_a_request_whose_text_broke_the_model_is_refused_and_nothing_leaves(tmp_path: Path) -> None:
    async with pool(tmp_path) as names:
        stage = Stage(rules(), respond=echo, names=names)
        outcome = await stage.send(post("/api/notes", CRASH))
    assert isinstance(outcome, Refusal)
    assert (outcome.status, outcome.code, stage.received) == (503, "GW-X505", [])
    await stage.ledger.flush()
    assert [(one.event, one.outcome) for one in stage.ledger.entries] == [("refuse", "GW-X505")]


async def test_an_unread_text_is_hidden_whole_where_the_rules_say_so(tmp_path: Path) -> None:
    async with pool(tmp_path) as names:
        stage = Stage(rules("hide"), respond=echo, names=names)
        await stage.send(post("/api/notes", {**CRASH, "status": "new"}))
    sent = body_of(stage.last_sent)
    assert (" " in str(sent["note"]), sent["status"]) == (False, "new")


async def test_an_unread_text_passes_where_the_rules_say_so(tmp_path: Path) -> None:
    async with pool(tmp_path) as names:
        stage = Stage(rules("pass"), respond=echo, names=names)
        await stage.send(post("/api/notes", CRASH))
    assert body_of(stage.last_sent) == CRASH


async def test_a_request_over_budget_is_refused(tmp_path: Path) -> None:
    async with pool(tmp_path, PoolSizes(budget_s=0.1, patience_s=30)) as names:
        stage = Stage(rules(), respond=echo, names=names)
        outcome = await stage.send(post("/api/notes", {"note": "please do not sleep now or ever"}))
    assert isinstance(outcome, Refusal)
    assert ("free_text_unread", {"route": "crm:api/**", "answer": "refuse", "texts": 1}) in stage.events.emitted


async def test_what_is_only_observed_is_never_refused(tmp_path: Path) -> None:
    async with pool(tmp_path) as names:
        stage = Stage(replace(rules(), mode="observe"), respond=echo, names=names)
        await stage.send(post("/api/notes", CRASH))
    assert body_of(stage.last_sent) == CRASH


class Nobody:
    """A reader that must not be asked."""

    as_written = False

    def takes(self, texts: Sequence[str]) -> bool:
        raise AssertionError("there was nothing to read")

    async def names_in(self, texts: Sequence[str]) -> Sequence[Spotted] | None:
        raise AssertionError("there was nothing to read")


@pytest.mark.parametrize(
    "body", [{"email": "anna@example.org", "status": "new"}, {"full_name": "Анна Иванова", "amount": 12, "ok": True}]
)
async def test_a_message_without_free_text_asks_nobody(body: dict[str, object]) -> None:
    stage = Stage(rules(), respond=echo, names=Nobody())
    assert isinstance(await stage.send(post("/api/notes", body)), Reply)


class Listener:
    """A reader that finds nobody and remembers what it was given."""

    def __init__(self, *, as_written: bool) -> None:
        self.as_written = as_written
        self.given: list[str] = []

    def takes(self, texts: Sequence[str]) -> bool:
        return True

    async def names_in(self, texts: Sequence[str]) -> Sequence[Spotted]:
        self.given += texts
        return []


@pytest.mark.parametrize(("as_written", "given"), [(True, "вчера"), (False, "Вчера")])
async def test_a_text_without_capitals_gets_some_unless_the_model_reads_it_as_written(
    as_written: bool, given: str
) -> None:
    listener = Listener(as_written=as_written)
    await Stage(rules(), respond=echo, names=listener).send(post("/api/notes", {"note": NOTE}))
    assert [text.split()[0] for text in listener.given] == [given]
