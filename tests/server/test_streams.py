"""Event streams, lines and texts are restored while they come, over real sockets; what nobody hears any more ends."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path

import pytest
from aiohttp import ClientPayloadError, web

from tests.server.streaming_scene import ANNA, Scene, chunked, scene


async def put(on: Scene, media: str, *pieces: bytes, gate: asyncio.Event | None = None) -> None:
    on.abroad.respond = chunked(media, *pieces, gate=gate)


async def nothing(request: web.Request) -> web.StreamResponse:
    return web.Response()


async def test_an_event_goes_out_when_it_is_complete(tmp_path: Path) -> None:
    async with scene(tmp_path, nothing) as on:
        tokens, gate = await on.register(), asyncio.Event()
        first = f"id: {tokens['email']}\ndata: {json.dumps(tokens)}\n\n".encode()
        await put(on, "text/event-stream", first, b"data: the end\n\n", gate=gate)
        async with on.client.get(on.url("/streams/events")) as reply:
            async with asyncio.timeout(3):
                head = [await reply.content.readline() for _ in range(3)]
            gate.set()
            rest = await reply.read()
    assert head[0] == f"id: {tokens['email']}\n".encode()
    assert json.loads(head[1].removeprefix(b"data: ")) == ANNA
    assert (rest, reply.headers["Cache-Control"]) == (b"data: the end\n\n", "private")


@pytest.mark.parametrize("media", ["text/event-stream", "application/x-ndjson", "text/plain"])
async def test_a_token_cut_in_two_anywhere_comes_back_whole(tmp_path: Path, media: str) -> None:
    async with scene(tmp_path, nothing) as on:
        tokens = await on.register()
        frame = {
            "text/event-stream": "data: %s\n\n",
            "application/x-ndjson": '"%s"\n',
            "text/plain": "dear %s, hello\n",
        }
        wire = (frame[media] % tokens["email"]).encode()
        for at in range(1, len(wire), 5):
            await put(on, media, wire[:at], wire[at:])
            async with on.client.get(on.url("/streams/any")) as reply:
                assert (await reply.read()).decode() == frame[media] % ANNA["email"]


async def test_a_text_that_comes_slowly_is_a_stream(tmp_path: Path) -> None:
    async with scene(tmp_path, nothing) as on:
        tokens, gate = await on.register(), asyncio.Event()
        await put(on, "text/plain", f"dear {tokens['email']} and {tokens['email'][:9]}".encode(), b"!", gate=gate)
        async with on.client.get(on.url("/streams/text")) as reply:
            async with asyncio.timeout(5):
                first = await reply.content.readexactly(26)
            gate.set()
            rest = await reply.read()
    assert first + rest == f"dear {ANNA['email']} and {tokens['email'][:9]}!".encode()


async def test_a_packed_stream_is_restored_inside_its_packing(tmp_path: Path) -> None:
    async with scene(tmp_path, nothing) as on:
        tokens = await on.register()
        wire = gzip.compress(f"data: {json.dumps(tokens)}\n\n".encode() * 50)

        async def packed(request: web.Request) -> web.StreamResponse:
            reply = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Content-Encoding": "gzip"})
            await reply.prepare(request)
            for at in range(0, len(wire), 11):
                await reply.write(wire[at : at + 11])
            return reply

        on.abroad.respond = packed
        async with on.client.get(on.url("/streams/packed")) as reply:
            events = (await reply.text()).strip().split("\n\n")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert [json.loads(event.removeprefix("data: ")) for event in events] == [ANNA] * 50


async def test_a_stream_that_breaks_off_breaks_off_for_the_client_and_shows_what_was_held_as_it_came(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path, nothing) as on:
        tokens = await on.register()
        event = f"data: {tokens['email']}".encode()

        async def broken(request: web.Request) -> web.StreamResponse:
            reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await reply.prepare(request)
            await reply.write(event + b"\n\n" + event)
            assert request.transport is not None
            request.transport.close()
            return reply

        on.abroad.respond = broken
        async with on.client.get(on.url("/streams/broken")) as reply:
            whole = f"data: {ANNA['email']}\n\n".encode()
            assert await reply.content.readexactly(len(whole) + len(event)) == whole + event
            with pytest.raises(ClientPayloadError):
                await reply.read()


async def test_who_may_not_see_gets_the_stream_as_it_came(tmp_path: Path) -> None:
    async with scene(tmp_path, nothing) as on:
        wire = f"data: {json.dumps(await on.register())}\n\n".encode()
        await put(on, "text/event-stream", wire)
        async with on.client.get(on.url("/hidden/events")) as reply:
            assert await reply.read() == wire


async def test_a_reply_over_the_limit_is_restored_on_the_way(tmp_path: Path) -> None:
    async with scene(tmp_path, nothing, limits__max_body_bytes=20_000) as on:
        tokens = await on.register()
        rows = {"items": [{"n": n, **tokens} for n in range(2000)]}

        async def large(request: web.Request) -> web.StreamResponse:
            return web.json_response(rows, headers={"ETag": '"v1"'})

        on.abroad.respond = large
        async with on.client.get(on.url("/streams/large")) as reply:
            assert await reply.json() == {"items": [{"n": n, **ANNA} for n in range(2000)]}
            assert "ETag" not in reply.headers


async def test_a_slow_client_slows_the_upstream(tmp_path: Path) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        reply = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await reply.prepare(request)
        while sent < 2**28:
            await reply.write(b'{"filling": "%b"}\n' % (b"." * 60_000))
            sent += 60_000
        return reply

    async with scene(tmp_path, endless) as on, on.client.get(on.url("/streams/endless")) as reply:
        await reply.content.readany()
        before = -1
        async with asyncio.timeout(30):
            while before != sent:
                before = sent
                await asyncio.sleep(0.5)
    assert 0 < sent < 2**26


async def test_a_stream_that_nobody_hears_any_more_ends(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def silent(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await reply.prepare(request)
        await reply.write(b"data: hello\n\n")
        try:
            while request.transport is not None:
                await asyncio.sleep(0.02)
        finally:
            gone.set()
        return reply

    async with scene(tmp_path, silent) as on:
        async with on.client.get(on.url("/streams/silent")) as reply:
            await reply.content.readany()
            reply.close()
        async with asyncio.timeout(5):
            await gone.wait()


@pytest.mark.parametrize("media", ["text/plain", "application/octet-stream", ""])
@pytest.mark.parametrize("sort", ["events", "lines", "json"])
async def test_a_stream_that_does_not_say_so_is_restored_whole_or_slow(tmp_path: Path, media: str, sort: str) -> None:
    async with scene(tmp_path, nothing) as on:
        tokens, shown = await on.register(), json.dumps({"note": 'says "hi"'})
        escaped = json.dumps({"mail": tokens["email"]}).replace(
            tokens["email"][:1], f"\\u{ord(tokens['email'][0]):04x}"
        )
        frame = {"events": "data: %s\n\n", "lines": "%s\n", "json": "[%s]"}[sort]
        wire = b"".join((frame % one).encode() for one in ([shown, escaped] if sort != "json" else [escaped]))
        for pieces in ([wire], [wire[:9], wire[9:]]):
            await put(on, media, *pieces)
            async with on.client.get(on.url("/streams/any")) as reply:
                seen = await reply.read()
            assert ANNA["email"].encode() in seen
            assert tokens["email"].encode() not in seen
            assert seen.count(b"\n") == wire.count(b"\n")
