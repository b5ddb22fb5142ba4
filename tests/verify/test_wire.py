from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.verify import wire
from gateway.verify.recorder import Recorder


def stream(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


async def test_a_message_keeps_the_bytes_it_came_in() -> None:
    sent = b"POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"
    message = await wire.read_message(stream(sent))
    assert message is not None
    assert (message.raw, message.body, message.method, message.target) == (sent, b"hi", "POST", "/x")


async def test_chunks_are_put_together() -> None:
    sent = b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=1\r\nllo\r\n0\r\n\r\n"
    message = await wire.read_message(stream(sent))
    assert message is not None
    assert (message.body, message.raw) == (b"hello", sent)


async def test_a_reply_without_length_ends_with_the_connection() -> None:
    message = await wire.read_message(stream(b"HTTP/1.1 200 OK\r\n\r\nall of it"), reply_to="GET")
    assert message is not None
    assert message.body == b"all of it"


@pytest.mark.parametrize(("status", "method"), [(204, "GET"), (304, "GET"), (200, "HEAD")])
async def test_some_replies_have_no_body(status: int, method: str) -> None:
    reader = stream(f"HTTP/1.1 {status} X\r\nContent-Length: 5\r\n\r\nHTTP/".encode())
    message = await wire.read_message(reader, reply_to=method)
    assert message is not None
    assert message.body == b""


async def test_the_end_of_a_stream_is_no_message() -> None:
    assert await wire.read_message(stream(b"")) is None


async def test_a_head_cut_short_is_broken() -> None:
    with pytest.raises(wire.BrokenError):
        await wire.read_message(stream(b"GET / HT"))


ONCE = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"


async def test_a_caller_opens_a_new_connection_where_the_server_closed_it() -> None:
    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await wire.read_message(reader)
        writer.write(ONCE)
        await wire.hang_up(writer)
        hung_up.put_nowait(True)

    hung_up: asyncio.Queue[bool] = asyncio.Queue()
    server = await asyncio.start_server(close, "127.0.0.1", 0)
    caller = wire.Caller(server.sockets[0].getsockname()[1])
    assert [(await caller.call("GET", "/")).body for _ in range(2)] == [b"x", b"x"]
    assert [await hung_up.get() for _ in range(2)] == [True, True]
    server.close()


async def test_a_recorder_writes_down_what_it_is_sent(tmp_path: Path) -> None:
    async with Recorder(tmp_path / "x.http", lambda request: wire.reply_bytes(200, [], b"")) as recorder:
        caller = wire.Caller(recorder.port)
        await caller.call("POST", "/я", [("X-A", "b")], b"body")
        await caller.close()
    written = (tmp_path / "x.http").read_bytes()
    assert written.startswith("POST /я HTTP/1.1\r\nHost: 127.0.0.1".encode())
    assert written.endswith(b"\r\n\r\nbody\n\n")
