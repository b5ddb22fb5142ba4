"""Replies from abroad that hold what they may not: found after they have left, on a sample, without a write."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.core.codec import decode_reply
from gateway.model.limits import Limits
from gateway.model.names import Region
from gateway.service import reply_watch
from gateway.service.passage import Passage
from gateway.service.reply_watch import ReplyWatch
from tests.attack.run import ground
from tests.attack.wire import say
from tests.exchange.scenes import ANNA, HANS, as_json, world_rules
from tests.exchange.stage import Stage
from tests.exchange.watching import passage_of, told


def incidents(on: Stage) -> list[dict[str, str | int | float]]:
    return [facts for name, facts in on.events.emitted if name == "incident"]


@pytest.mark.parametrize(
    "said",
    [
        {"email": ANNA["email"]},
        {"EMAIL": ANNA["email"].upper()},
        {"users": [{"id": 1}, {"contact": {"phone": "8 900 000-01-23"}}]},
        {"note": f"write to {ANNA['email']}, please"},
    ],
)
async def test_plain_value_of_a_registered_russian_is_an_incident(said: object) -> None:
    on = await told(said)
    assert [one["what"] for one in incidents(on)] == ["plain_in_reply"]


async def test_incident_is_in_the_ledger_with_kind_and_person_and_without_the_value() -> None:
    on = await told({"email": ANNA["email"]})
    (entry,) = [one for one in on.ledger.entries if one.event == "incident"]
    assert (entry.kinds, len(entry.subjects), entry.outcome) == ((("email", "found", 1),), 1, "GW-X425")
    assert ANNA["email"] not in repr((on.ledger.entries, on.events))


async def test_looking_writes_nothing_but_the_incident() -> None:
    assert (await told({"email": ANNA["email"]})).script.effects == ["recall", "ledger"]
    assert (await told({"email": "nobody@example.ru"})).script.effects == ["recall"]
    assert (await told({"total": 3})).script.effects == []


@pytest.mark.parametrize("said", [{"email": HANS["email"]}, {"email": "stranger@example.ru"}, {"first_name": "Анна"}])
async def test_what_may_be_there_or_is_nobodys_is_no_incident(said: object) -> None:
    assert incidents(await told(said, people=(ANNA, HANS))) == []


async def test_store_that_does_not_answer_is_reported() -> None:
    on = await told({"email": ANNA["email"]}, fail_at=0)
    assert on.events.emitted[-1] == ("watch_failed", {"code": "GW-V503", "request": "r1"})


# ----------------------------------------------------------------------------------------------------- the sample


async def test_watch_looks_at_what_comes_by_while_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    done = asyncio.Event()

    async def looks(passage: Passage, document: object) -> None:
        looked.append(passage.entry.request)
        done.set()

    monkeypatch.setattr(reply_watch, "look", looks)
    monkeypatch.setattr(reply_watch, "_AFTER_S", 0)
    on = Stage(world_rules())
    passage = await passage_of(on)
    document = decode_reply(as_json({"a": 1}), Limits())
    watch = ReplyWatch()
    watch.offer(passage, document)  # nobody runs it yet: it is not free
    async with asyncio.TaskGroup() as group:
        running = group.create_task(watch.run())
        await asyncio.sleep(0)
        for number in range(5):
            watch.offer(replace(passage, entry=replace(passage.entry, request=f"r{number}")), document)
        await asyncio.wait_for(done.wait(), 5)
        running.cancel()
    assert looked == ["r0"]


async def test_fault_in_a_look_is_reported_and_the_watch_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    reported = asyncio.Event()

    def breaks(*_: object) -> tuple[()]:
        raise RecursionError(ANNA["email"])

    monkeypatch.setattr(reply_watch, "classify", breaks)
    monkeypatch.setattr(reply_watch, "_AFTER_S", 0)
    monkeypatch.setattr(reply_watch, "_RESTS", 0)
    on = Stage(world_rules())
    passage, watch = await passage_of(on), ReplyWatch()
    emit = on.events.emit

    def heard(event: str, **facts: str | float) -> None:
        emit(event, **facts)
        reported.set()

    monkeypatch.setattr(on.events, "emit", heard)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(watch.run())
        for _ in range(2):
            reported.clear()
            while not watch._free:
                await asyncio.sleep(0)
            watch.offer(passage, decode_reply(as_json({"a": 1}), Limits()))
            await asyncio.wait_for(reported.wait(), 5)
        running.cancel()
    assert (
        on.events.emitted[-2:] == [("watch_failed", {"code": "RecursionError", "request": passage.entry.request})] * 2
    )
    assert ANNA["email"] not in repr(on.events.emitted)


async def test_replies_that_are_nobodys_concern_are_not_taken() -> None:
    on = Stage(world_rules())
    passage = await passage_of(on)
    document = decode_reply(as_json({"a": "x" * 40_000}), Limits())
    own = replace(passage.destination, region=Region("ru"))
    inside = replace(passage.ruleset, destinations={**passage.ruleset.destinations, own.name: own})
    watch = ReplyWatch()
    watch._free = True
    watch.offer(passage, None)
    watch.offer(passage, document)
    watch.offer(replace(passage, ruleset=inside), decode_reply(as_json({}), Limits()))
    assert watch._next is None
    watch.offer(passage, decode_reply(as_json({}), Limits()))
    assert watch._next is not None


async def test_running_gateway_notices_what_a_back_end_abroad_says(tmp_path: Path) -> None:
    secret = b'{"email":"marina.kedrova@example.ru"}'
    head = b"POST /api/people HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
    plain = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(secret) + secret
    async with ground(tmp_path) as on:
        await say(on.port, head + b"Content-Length: %d\r\n\r\n" % len(secret) + secret)
        async with asyncio.timeout(20):
            on.behind.answer = lambda _: plain
            while not any(facts.get("what") == "plain_in_reply" for _, facts in on.sink.events):
                await say(on.port, b"GET /api/people HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert b"kedrova" not in repr(on.sink.events).encode()
