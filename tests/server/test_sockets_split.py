"""A message of a WebSocket looks the same to its client wherever its bytes were cut (issue 4, done-when 3)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, web

from tests.server.streaming_scene import ABROAD, ANNA, scene

TEXT, BINARY, MORE = 1, 2, 0


def frame(payload: bytes, opcode: int, *, final: bool = True) -> bytes:
    """One frame of a server (RFC 6455, 5.2); texts up to 64 KiB."""
    size = len(payload)
    head = bytes([opcode | (0x80 if final else 0)])
    return head + (bytes([size]) if size < 126 else bytes([126]) + size.to_bytes(2, "big")) + payload


def in_two(text: bytes, opcode: int) -> Iterator[list[bytes]]:
    """The message in two frames, cut at every byte, in the midst of characters too, each frame written by itself."""
    for at in range(len(text) + 1):
        yield [frame(text[:at], opcode, final=False), frame(text[at:], MORE)]


def byte_by_byte(text: bytes, opcode: int) -> list[bytes]:
    """A frame a byte, with a ping in between."""
    frames = [frame(text[at : at + 1], MORE, final=False) for at in range(1, len(text))]
    return [frame(text[:1], opcode, final=False), *frames, frame(b"", 9), frame(b"", MORE)]


def cut(text: bytes, opcode: int) -> Iterator[list[bytes]]:
    """One frame, the bytes of it written in two."""
    whole = frame(text, opcode)
    for at in range(len(whole) + 1):
        yield [whole[:at], whole[at:]]


def messages(tokens: dict[str, str]) -> list[tuple[bytes, int]]:
    said = f"Почта: {tokens['email']}, тел. {tokens['phone']} – {tokens['first_name']}!"
    shown = json.dumps({"кому": tokens["email"], "all": [tokens["phone"], tokens["first_name"]]}, ensure_ascii=False)
    escaped = json.dumps({"a": tokens["email"]}).replace(tokens["email"][:1], f"\\u{ord(tokens['email'][0]):04x}")
    return [(said.encode(), TEXT), (shown.encode(), TEXT), (shown.encode(), BINARY), (escaped.encode(), TEXT)]


async def send(socket: web.WebSocketResponse, pieces: Iterable[bytes]) -> None:
    writer = socket._writer
    assert writer is not None
    for piece in pieces:
        writer.transport.write(piece)
        await socket._req.writer.drain()  # type: ignore[union-attr]  # it has been prepared


async def heard(socket: ClientWebSocketResponse) -> bytes:
    while True:
        message = await socket.receive(timeout=5)
        if message.type == WSMsgType.TEXT:
            return str(message.data).encode()
        if message.type == WSMsgType.BINARY:
            return bytes(message.data)
        assert message.type == WSMsgType.PING, message


@pytest.mark.slow
async def test_a_message_looks_the_same_wherever_it_was_cut(tmp_path: Path) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        for text, opcode in messages(request.app[ABROAD].tokens):
            await send(socket, [frame(text, opcode)])
            for pieces in (*in_two(text, opcode), *cut(text, opcode), byte_by_byte(text, opcode)):
                await send(socket, pieces)
        await socket.receive()
        return socket

    async with scene(tmp_path, respond) as on:
        tokens = await on.register()
        client = await on.client.ws_connect(on.url("/ws"), autoping=False)
        for text, opcode in messages(tokens):
            whole = await heard(client)
            assert ANNA["email"].encode() in whole
            assert not any(token.encode() in whole for token in tokens.values() if token != "RU")
            others = [await heard(client) for _ in (*in_two(text, opcode), *cut(text, opcode), 1)]
            assert [one for one in others if one != whole] == []
        await client.close()


async def test_what_is_split_over_two_messages_comes_as_it_was_sent(tmp_path: Path) -> None:
    """Each message is a text of its own: a half of a token is nobody's value, and no message waits for another."""

    async def respond(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        token = request.app[ABROAD].tokens["email"]
        for at in range(1, len(token)):
            await socket.send_str(f"Dear {token[:at]}")
            await socket.send_str(f"{token[at:]}, hello")
        await socket.receive()
        return socket

    async with scene(tmp_path, respond) as on:
        token = (await on.register())["email"]
        client = await on.client.ws_connect(on.url("/ws"), autoping=False)
        for at in range(1, len(token)):
            assert [await heard(client), await heard(client)] == [
                f"Dear {token[:at]}".encode(),
                f"{token[at:]}, hello".encode(),
            ]
        await client.close()
