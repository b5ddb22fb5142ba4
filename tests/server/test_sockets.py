"""A WebSocket through the gateway: every message judged on its way out, restored on its way in."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web

from tests.server.streaming_scene import ABROAD, ANNA, Scene, scene
from tests.server.wire import client


async def echo(request: web.Request) -> web.StreamResponse:
    """Says back what it hears; ``bye`` closes, ``flood`` floods."""
    socket = web.WebSocketResponse(protocols=("chat",), autoping=False)
    await socket.prepare(request)
    heard = request.app[ABROAD]
    async for message in socket:
        heard.messages.append(message.data)
        match message.type:
            case WSMsgType.TEXT if message.data == "bye":
                await socket.close(code=4001, message=b"enough")
            case WSMsgType.TEXT if message.data == "flood":
                while len(heard.messages) < 5000:
                    await socket.send_str("." * 60_000)
                    heard.messages.append("")
            case WSMsgType.TEXT:
                await socket.send_str(message.data)
            case WSMsgType.BINARY:
                await socket.send_bytes(message.data)
            case WSMsgType.PING:
                await socket.pong(message.data)
    heard.closed.append(socket.close_code)
    return socket


async def talk(on: Scene, path: str = "/ws") -> ClientWebSocketResponse:
    return await on.client.ws_connect(on.url(path), protocols=("chat", "other"), autoping=False)


async def test_a_message_goes_abroad_as_tokens_and_comes_back_as_it_was(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        socket = await talk(on)
        await socket.send_str(json.dumps(ANNA))
        assert json.loads(await socket.receive_str(timeout=5)) == ANNA
        [heard] = on.abroad.messages
        await socket.close()
    assert socket.protocol == "chat"
    assert isinstance(heard, str)
    assert [value for name, value in ANNA.items() if name != "citizenship" and value in heard] == []


async def test_binary_json_is_judged_like_text_and_other_bytes_are_refused(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        socket = await talk(on)
        await socket.send_bytes(json.dumps(ANNA).encode())
        assert json.loads(await socket.receive_bytes(timeout=5)) == ANNA
        heard = on.abroad.messages[0]
        assert isinstance(heard, bytes)
        assert ANNA["email"].encode() not in heard
        await socket.send_bytes(b"\x00\x01\xffanna@example.org")
        closed = await socket.receive(timeout=5)
        assert (closed.type, closed.data) == (WSMsgType.CLOSE, 1008)
        assert (closed.extra or "").startswith("GW-P")
        assert len(on.abroad.messages) == 1


async def test_what_others_wrote_is_restored_for_whoever_may_see_it_and_for_nobody_else(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        tokens = await on.register()
        for path, seen in (("/ws", ANNA["email"]), ("/ws-blind", tokens["email"])):
            socket = await talk(on, path)
            await socket.send_str(f"mail {tokens['email']}, please")
            assert await socket.receive_str(timeout=5) == f"mail {seen}, please"
            await socket.close()


async def test_a_message_in_fragments_is_judged_as_a_whole(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        socket = await talk(on)
        writer = socket._writer
        text = json.dumps(ANNA).encode()
        for at in range(0, len(text), 9):
            last = at + 9 >= len(text)
            masked = _frame(text[at : at + 9], opcode=1 if at == 0 else 0, final=last)
            writer.transport.write(masked)
        assert json.loads(await socket.receive_str(timeout=5)) == ANNA
        assert len(on.abroad.messages) == 1
        await socket.close()


async def test_pings_and_closes_are_passed_on(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        socket = await talk(on)
        await socket.ping(b"are you there")
        pong = await socket.receive(timeout=5)
        assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"are you there")
        await socket.send_str("bye")
        closed = await socket.receive(timeout=5)
        assert (closed.type, closed.data) == (WSMsgType.CLOSE, 4001)


async def test_the_destination_hears_why_the_client_hung_up(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        socket = await talk(on)
        await socket.close(code=4002)
        async with asyncio.timeout(5):
            while not on.abroad.closed:
                await asyncio.sleep(0.01)
        assert on.abroad.closed == [4002]


async def test_a_client_that_vanishes_is_told_to_the_destination(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        socket = await talk(on)
        assert socket._response.connection is not None
        assert socket._response.connection.transport is not None
        socket._response.connection.transport.abort()
        async with asyncio.timeout(8):
            while not on.abroad.closed:
                await asyncio.sleep(0.01)
        await socket.close()


async def test_without_leave_of_the_route_there_is_no_upgrade(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        with pytest.raises(WSServerHandshakeError) as refused:
            await talk(on, "/ws-closed")
        assert refused.value.status == 501
        assert on.abroad.bodies == []


async def test_a_handshake_that_is_none_is_refused(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        port = int(on.gateway.address.rpartition(":")[2])
        async with client(port) as (reader, writer):
            writer.write(b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 501")


@pytest.mark.parametrize("status", [401, 302])
async def test_what_a_destination_answers_instead_is_passed_on(tmp_path: Path, status: int) -> None:
    async def refusing(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:9/other"})

    async with scene(tmp_path, refusing) as on:
        with pytest.raises(WSServerHandshakeError) as refused:
            await on.client.ws_connect(on.url("/ws"), max_msg_size=0)
        assert refused.value.status == status


async def test_a_destination_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        await on.abroad.leave()
        with pytest.raises(WSServerHandshakeError) as refused:
            await talk(on)
        assert refused.value.status == 502


async def test_a_message_over_the_limit_closes_the_socket(tmp_path: Path) -> None:
    async with scene(tmp_path, echo, limits__max_body_bytes=10_000) as on:
        socket = await talk(on)
        await socket.send_str("x" * 20_000)
        closed = await socket.receive(timeout=5)
        assert (closed.type, closed.data, on.abroad.messages) == (WSMsgType.CLOSE, 1009, [])


async def test_a_message_that_cannot_be_kept_is_not_sent(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        socket = await talk(on)
        for path in (tmp_path / "home").glob("ru.db*"):
            path.rename(path.with_suffix(path.suffix + ".away"))
        await socket.send_str(json.dumps(ANNA))
        closed = await socket.receive(timeout=10)
        assert (closed.type, closed.data, on.abroad.messages) == (WSMsgType.CLOSE, 1013, [])
        for path in (tmp_path / "home").glob("ru.db*.away"):
            path.rename(path.with_suffix(""))


async def test_a_client_that_reads_slowly_slows_the_destination(tmp_path: Path) -> None:
    async with scene(tmp_path, echo) as on:
        socket = await talk(on)
        await socket.send_str("flood")
        await socket.receive(timeout=30)
        before = -1
        async with asyncio.timeout(60):
            while before != len(on.abroad.messages):
                before = len(on.abroad.messages)
                await asyncio.sleep(1)
        socket._response.close()
        assert before < 2500, before


async def test_a_gateway_that_leaves_says_so(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as group:
        async with scene(tmp_path, echo) as on:
            hung_up = group.create_task(closed_by_the_other(await talk(on)))
            await asyncio.sleep(0)
        assert await hung_up == 1001


async def closed_by_the_other(socket: ClientWebSocketResponse) -> object:
    message = await socket.receive(timeout=10)
    await socket.close()
    return message.data


def _frame(payload: bytes, *, opcode: int, final: bool) -> bytes:
    """One masked frame of a client; the mask is nothing."""
    return bytes([opcode | (0x80 if final else 0), 0x80 | len(payload)]) + b"\0\0\0\0" + payload
