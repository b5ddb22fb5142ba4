"""A large message is thought about beside the event loop, so that others are served meanwhile."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import time
from collections.abc import Coroutine, Iterator

import pytest

from gateway.core.codec.codings import redo
from gateway.core.reading import read
from gateway.core.route import find_route
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Reply, Request
from gateway.service.aside import Aside, size_of
from tests.exchange.scenes import echo, post, world_rules
from tests.exchange.stage import Stage
from tests.exchange.test_outbound import with_anna

HEAVY = 2**20


async def test_small_messages_are_thought_about_at_once() -> None:
    assert await Aside()(100, threading.get_ident) == threading.get_ident()


async def test_large_messages_are_thought_about_in_another_thread() -> None:
    assert await Aside()(HEAVY, threading.get_ident) != threading.get_ident()


async def test_large_messages_wait_for_each_other() -> None:
    aside, together, alone = Aside(), threading.Barrier(2), list[int]()

    def think() -> None:
        try:
            together.wait(0.02)
        except threading.BrokenBarrierError:
            together.reset()
            alone.append(1)

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(aside(HEAVY, think))
    assert alone == [1] * 5


async def test_what_thinking_raises_is_raised() -> None:
    def think() -> None:
        raise PayloadError("GW-P101", "it is none.", "none; it is a test.")

    with pytest.raises(PayloadError):
        await Aside()(HEAVY, think)


def test_packed_message_counts_for_what_it_may_unpack_to() -> None:
    body = redo(b"anna " * 100_000, ["gzip"])
    headers = (("Content-Encoding", "gzip"),)
    assert size_of(Reply(200, (), body)) == len(body)
    assert size_of(Request("POST", "/", headers, body)) == 32 * len(body)
    assert size_of(Request("POST", "/", headers, b"tiny")) == 4


@pytest.fixture
def frozen() -> Iterator[None]:
    """As when serving: what other tests have left behind is not collected in the midst of it."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.slow
@pytest.mark.usefixtures("frozen")
async def test_loop_goes_on_while_a_large_message_is_judged() -> None:
    stage = Stage(world_rules(), respond=echo)
    body = " ".join(f"anna{number}@example.ru" for number in range(12_000))
    request = Request("POST", "/api/notes", (("Host", "gw"), ("Content-Type", "text/plain")), body.encode())
    outcome, longest = await longest_gap(stage.send(request))
    assert isinstance(outcome, Reply)
    assert longest < 1 / 2


@pytest.mark.slow
@pytest.mark.usefixtures("frozen")
async def test_loop_goes_on_while_a_long_reply_is_sent_on() -> None:
    text = "А потом был вечер. ".encode() * 40_000
    reply = Reply(200, (("Content-Type", "text/plain; charset=utf-8"),), text)
    stage = Stage(world_rules(), respond=lambda _: reply, limits=Limits(max_body_bytes=len(text) - 10))
    outcome, longest = await longest_gap(stage.send(post("/api/notes", {"email": "anna@example.ru"})))
    assert isinstance(outcome, Reply)
    assert outcome.body == text
    assert longest < 1 / 3


@pytest.mark.slow
@pytest.mark.usefixtures("frozen")
async def test_loop_goes_on_while_a_large_outbound_call_and_its_reply_are_thought_about() -> None:
    on, tokens = await with_anna()
    body = {"to": [{"phone": tokens["phone"], "email": tokens["email"], "n": number} for number in range(6_000)]}
    outcome, longest = await longest_gap(on.send(post("/out/sms", body, (), peer="10.1.2.3")))
    assert isinstance(outcome, Reply)
    assert json.loads(outcome.body)["to"][5_999]["phone"] == tokens["phone"]
    assert longest < 1 / 2


@pytest.mark.slow
@pytest.mark.usefixtures("frozen")
async def test_loop_goes_on_while_a_large_event_of_a_stream_is_restored() -> None:
    """As one message of a WebSocket is."""
    stage = Stage(world_rules(), respond=echo)
    await stage.send(post("/api/notes", {"email": "anna@example.ru"}))
    token = json.loads(stage.last_sent.body)["email"]
    event = json.dumps([{"email": token, "n": number} for number in range(10_000)])
    reply = Reply(200, (("Content-Type", "text/event-stream"),), f"data: {event}\n\n".encode())
    stage.respond = lambda _: reply
    outcome, longest = await longest_gap(stage.send(post("/api/notes", {"email": "anna@example.ru"})))
    assert isinstance(outcome, Reply)
    assert outcome.body == reply.body.replace(token.encode(), b"anna@example.ru")
    assert longest < 1 / 2


async def longest_gap(sending: Coroutine[object, object, object]) -> tuple[object, float]:
    """What came of it, and the longest that the loop did not turn meanwhile, as a share of the whole."""
    begun = seen = time.perf_counter()
    longest = 0.0
    task = asyncio.ensure_future(sending)
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, seen = max(longest, now - seen), now
    return await task, longest / (time.perf_counter() - begun)


def test_more_finds_than_texts_are_allowed_is_refused() -> None:
    rules, request = world_rules(), post("/api/notes", {"note": "anna@example.ru " * 30})
    matched = find_route(rules, request)
    assert matched is not None
    assert len(read(request, matched, rules, Limits(max_leaves=30)).findings) == 30
    with pytest.raises(PayloadError, match="more is found") as refused:
        read(request, matched, rules, Limits(max_leaves=29))
    assert (refused.value.code, refused.value.status) == ("GW-P109", 413)
