"""Streams, parts, conditions and heads in the exchange: judged per token, ledgered before they are shown, coherent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.core.coherence import _spelt
from gateway.model.message import Headers, Reply
from gateway.model.residency import Claims
from tests.exchange.scenes import ANNA, as_json, body_of, get, post, world_rules
from tests.exchange.stage import Stage

SUPPORT = (("Authorization", "Bearer x"),)
BORIS = {"email": "boris@example.ru", "first_name": "Борис", "citizenship": "RU"}


async def stage() -> tuple[Stage, bytes]:
    """Anna is registered; what she is abroad."""
    on = Stage(world_rules())
    on.respond = lambda _: as_json({"id": 42}, 201)
    await on.send(post("/api/register", ANNA))
    return on, on.last_sent.body


async def login(on: Stage) -> Headers:
    on.respond = lambda _: as_json({"ok": True}, headers=(("Set-Cookie", "sid=s1"),))
    await on.send(post("/api/login", {"email": ANNA["email"], "password": "x"}))
    return (("Cookie", "sid=s1"),)


def streamed(on: Stage, *events: bytes) -> None:
    wire = b"".join(b"data: %b\n\n" % event for event in events)
    on.respond = lambda _: Reply(200, (("Content-Type", "text/event-stream"), ("ETag", '"x"')), wire)


async def reply_to(on: Stage, headers: Headers, method: str = "GET") -> Reply:
    outcome = await on.send(replace(get("/api/me", headers), method=method))
    assert isinstance(outcome, Reply)
    return outcome


async def test_a_stream_is_judged_per_token_and_what_stays_is_remembered() -> None:
    on, mine = await stage()
    on.respond = lambda _: as_json({"id": 43}, 201)
    await on.send(post("/api/register", BORIS))
    theirs = on.last_sent.body
    sid = await login(on)
    streamed(on, mine, theirs)
    reply = await reply_to(on, sid)
    first, second = (json.loads(event.removeprefix("data: ")) for event in reply.body.decode().strip().split("\n\n"))
    assert (first, second) == (ANNA, json.loads(theirs))
    on.respond = lambda request: as_json({})
    await on.send(post("/api/me", {"to": second["email"]}, sid))
    assert body_of(on.last_sent)["to"] == second["email"]


async def test_a_stream_writes_its_ledger_entry_before_it_shows_anything_and_asks_once_for_all() -> None:
    on, mine = await stage()
    on.claims = Claims(roles=frozenset({"support"}))
    streamed(on, mine)
    reply = await on.send(get("/api/users/42", SUPPORT))
    assert isinstance(reply, Reply)
    assert json.loads(reply.body.decode().removeprefix("data: ")) == ANNA
    effects = on.script.effects[on.script.effects.index("send crm") :]
    assert [effect for effect in effects if effect in ("fetch", "ledger")].count("ledger") == 1
    assert effects.index("fetch") < effects.index("ledger")
    assert len([effect for effect in effects if effect == "fetch"]) <= 2


@pytest.mark.parametrize("failing", ["fetch", "ledger", "open keys"])
async def test_a_stream_whose_store_fails_keeps_its_tokens(failing: str) -> None:
    on, mine = await stage()
    on.claims = Claims(roles=frozenset({"support"}))
    streamed(on, mine)
    await on.send(get("/api/users/42", SUPPORT))
    numbers = [number for number, effect in enumerate(on.script.effects) if effect == failing]
    reply = await on.send(get("/api/users/42", SUPPORT), fail_at=numbers[-1])
    assert isinstance(reply, Reply)
    assert reply.body == b"data: %b\n\n" % mine


async def test_a_copy_of_ones_own_is_spared_and_another_ones_is_not() -> None:
    on, mine = await stage()
    sid = await login(on)
    tagged = (("Content-Type", "application/json"), ("ETag", '"v1"'), ("Last-Modified", "x"))
    on.respond = lambda request: Reply(304, (), b"") if request.header("if-none-match") else Reply(200, tagged, mine)
    whole = await reply_to(on, sid)
    tag = whole.header("etag") or ""
    assert (tag.startswith('"v1~g1-'), whole.header("last-modified"), whole.header("cache-control")) == (
        True,
        None,
        "private",
    )
    spared = await reply_to(on, (*sid, ("If-None-Match", tag)))
    assert (spared.status, spared.body, spared.header("etag")) == (304, b"", tag)
    stranger = await reply_to(on, (("If-None-Match", tag),))
    assert (stranger.status, stranger.body) == (200, mine)


async def test_a_change_on_condition_reaches_the_upstream_with_its_own_tag() -> None:
    on, mine = await stage()
    sid = await login(on)
    on.respond = lambda _: Reply(200, (("Content-Type", "application/json"), ("ETag", '"v1"')), mine)
    tag = (await reply_to(on, sid)).header("etag") or ""
    await on.send(post("/api/me", {"note": "x"}, (*sid, ("If-Match", tag)), method="PUT"))
    assert on.last_sent.header("if-match") == '"v1"'


async def test_a_head_says_nothing_that_only_its_body_could_tell() -> None:
    on, _ = await stage()
    sid = await login(on)
    headers = (("Content-Type", "application/json"), ("Content-Length", "999"), ("ETag", '"v1"'))
    on.respond = lambda _: Reply(200, headers, b"")
    reply = await reply_to(on, sid, "HEAD")
    assert (reply.header("content-length"), reply.header("etag"), reply.header("content-type")) == (
        None,
        None,
        "application/json",
    )
    on.respond = lambda _: Reply(200, (("Content-Type", "image/png"), ("Content-Length", "999")), b"")
    assert (await reply_to(on, sid, "HEAD")).header("content-length") == "999"


@pytest.mark.parametrize(("media", "status", "asked"), [("image/png", 206, 1), ("application/json", 200, 2)])
async def test_parts_are_passed_of_what_is_not_read_and_of_all_else_the_whole(
    media: str, status: int, asked: int
) -> None:
    on, mine = await stage()
    sid = await login(on)
    on.received.clear()

    def parts(request: object) -> Reply:
        whole = on.last_sent.header("range") is None
        return Reply(200 if whole else 206, (("Content-Type", media),), mine if whole else mine[:10])

    on.respond = parts
    reply = await reply_to(on, (*sid, ("Range", "bytes=0-9")))
    assert (reply.status, len(on.received)) == (status, asked)
    assert reply.body == mine[:10] if status == 206 else json.loads(reply.body) == ANNA


async def test_digests_are_true_of_what_is_sent_on_in_either_direction() -> None:
    on, mine = await stage()
    sid = await login(on)
    on.respond = lambda request: Reply(
        200, (("Content-Type", "application/json"), ("Content-MD5", _spelt("md5", mine))), mine
    )
    reply = await reply_to(on, sid)
    assert reply.header("content-md5") == _spelt("md5", reply.body)
    request = post("/api/register", BORIS)
    digest = ("Content-Digest", f"sha-256=:{_spelt('sha256', request.body)}:")
    await on.send(replace(request, headers=(*request.headers, digest)))
    assert on.last_sent.header("content-digest") == f"sha-256=:{_spelt('sha256', on.last_sent.body)}:"
