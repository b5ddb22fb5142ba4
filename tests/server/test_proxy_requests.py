"""What the exchange is given is what the client sent."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from gateway.model.limits import ClientPatience, Limits
from tests.server.wire import client, head_of, lines, site, talk

CLOSE = b"Connection: close\r\n"


async def test_target_arrives_as_it_was_spelled() -> None:
    async with site() as gateway:
        await talk(
            gateway.port, b'GET /a//b/../%2e%41?x=%d1%8f&y=+&z=;&{"q"}|& HTTP/1.1\r\nHost: a\r\n' + CLOSE + b"\r\n"
        )
    assert gateway.request.target == '/a//b/../%2e%41?x=%d1%8f&y=+&z=;&{"q"}|&'


async def test_headers_arrive_in_order_with_case_and_duplicates() -> None:
    async with site() as gateway:
        await talk(gateway.port, b"GET / HTTP/1.1\r\nhOst: a\r\nX-B: 2\r\nx-a:1\r\nX-B:  1 \r\n" + CLOSE + b"\r\n")
    assert gateway.request.headers == (("hOst", "a"), ("X-B", "2"), ("x-a", "1"), ("X-B", "1"))


async def test_bytes_over_127_in_a_header_survive() -> None:
    async with site() as gateway:
        await talk(gateway.port, "GET / HTTP/1.1\r\nHost: a\r\nX: Анна\r\n".encode() + CLOSE + b"Y: \xe9\r\n\r\n")
    assert [value.encode("ascii", "surrogateescape") for _, value in gateway.request.headers[1:]] == [
        "Анна".encode(),
        b"\xe9",
    ]


async def test_hop_by_hop_headers_do_not_arrive() -> None:
    async with site() as gateway:
        await talk(
            gateway.port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nTE: gzip\r\n\r\n"
        )
    assert gateway.request.headers == (("Host", "a"),)


async def test_body_arrives_whole_from_pieces() -> None:
    async with site() as gateway:
        head = b"POST / HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"Content-Length: 10\r\n\r\n"
        await talk(gateway.port, head, b"hello", b"world")
    assert gateway.request.body == b"helloworld"


async def test_chunked_body_arrives_whole() -> None:
    async with site() as gateway:
        head = b"POST / HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
        await talk(gateway.port, head, b"5\r\nhello\r\n", b"5;x=y\r\nworld\r\n0\r\nX-Trailer: 1\r\n\r\n")
    assert gateway.request.body == b"helloworld"


async def test_coded_body_stays_coded() -> None:
    async with site() as gateway:
        head = b"POST / HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"
        await talk(gateway.port, head + b"\x1f\x8bno")
    assert gateway.request.body == b"\x1f\x8bno"


@pytest.mark.parametrize("method", ["GET", "DELETE", "QUERY", "PURGE", "PROPFIND", "FROBNICATE"])
async def test_method_arrives_whatever_it_is(method: str) -> None:
    async with site() as gateway:
        wire = await talk(gateway.port, f"{method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert (gateway.request.method, lines(wire)[0]) == (method, b"HTTP/1.1 200 OK")


async def test_unknown_method_may_carry_a_body() -> None:
    async with site() as gateway:
        head = b"FROBNICATE / HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"Content-Length: 5\r\n\r\n"
        await talk(gateway.port, head, b"hel", b"lo")
    assert gateway.request.body == b"hello"


async def test_absolute_target_becomes_origin_form_and_outranks_host() -> None:
    async with site() as gateway:
        await talk(gateway.port, b"GET http://app.example.org/x?y HTTP/1.1\r\nHost: other\r\n" + CLOSE + b"\r\n")
    assert (gateway.request.target, gateway.request.headers) == ("/x?y", (("Host", "app.example.org"),))


async def test_absolute_target_without_a_path_means_the_root() -> None:
    async with site() as gateway:
        await talk(gateway.port, b"GET http://app.example.org?y HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")
    assert gateway.request.target == "/?y"


async def test_asterisk_target_stays() -> None:
    async with site() as gateway:
        await talk(gateway.port, b"OPTIONS * HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")
    assert gateway.request.target == "*"


async def test_continue_is_answered_before_the_body_is_sent() -> None:
    async with site() as gateway, client(gateway.port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n" + CLOSE + b"\r\n")
        assert await head_of(reader) == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"hello")
        await head_of(reader)
    assert (gateway.request.body, gateway.request.header("Expect")) == (b"hello", None)


async def test_continue_is_not_answered_for_a_body_that_is_too_large() -> None:
    async with site(limits=Limits(max_body_bytes=4)) as gateway, client(gateway.port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert (await head_of(reader)).startswith(b"HTTP/1.1 413 ")


async def test_unknown_expectation_is_refused() -> None:
    async with site() as gateway:
        wire = await talk(gateway.port, b"POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 0\r\n\r\n")
    assert lines(wire)[0] == b"HTTP/1.1 417 Expectation Failed"


@pytest.mark.parametrize(
    ("message", "code", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", b"GW-C001", b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", b"GW-C001", b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", b"GW-C001", b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", b"GW-C002", b"400"),
        (b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"GW-C002", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"GW-C001", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GW-C001", b"400"),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", b"GW-C001", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", b"GW-C001", b"400"),
        (b"GET / HTTP/1.1\nHost: a\n\n", b"GW-C001", b"400"),
        (b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", b"GW-C001", b"400"),
        (b"GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", b"GW-C001", b"400"),
        (b"FROB /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", b"GW-C001", b"400"),
        (b"get / HTTP/1.1\r\nHost: a\r\n\r\n", b"GW-C001", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", b"GW-C001", b"400"),
        (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", b"GW-C006", b"501"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", b"GW-C006", b"501"),
    ],
)
async def test_message_that_could_be_read_in_two_ways_goes_nowhere(message: bytes, code: bytes, status: bytes) -> None:
    async with site() as gateway:
        wire = await talk(gateway.port, message)
    assert (lines(wire)[0][9:12], code in wire, gateway.behind.requests) == (status, True, [])


async def test_offer_of_http2_is_ignored_as_the_standard_allows() -> None:
    offer = b"Connection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    async with site() as gateway:
        wire = await talk(gateway.port, b"GET / HTTP/1.1\r\nHost: a\r\n" + offer + b"\r\n")
    assert (lines(wire)[0], gateway.request.headers) == (b"HTTP/1.1 200 OK", (("Host", "a"),))


async def test_broken_chunk_is_refused_at_once() -> None:
    async with site() as gateway:
        wire = await talk(
            gateway.port, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", b"llo!!\r\nzz\r\n"
        )
    assert (lines(wire)[0], gateway.behind.requests) == (b"HTTP/1.1 400 Bad Request", [])


async def test_refusal_quotes_nothing_of_the_request() -> None:
    async with site() as gateway:
        wire = await talk(gateway.port, b"GET /anna@example.org HTTP/1.1\r\nHost: a\r\nX: anna\x01@example.org\r\n\r\n")
    assert b"anna" not in wire


async def test_refusal_is_reported_without_its_text() -> None:
    async with site() as gateway:
        await talk(gateway.port, b"GET /anna@example.org HTTP/1.1\r\nHost: a\r\nX: anna\x01@example.org\r\n\r\n")
    assert "anna" not in str(gateway.sink.events)
    assert [facts["code"] for facts in gateway.sink.named("refused")] == ["GW-C001"]


@pytest.mark.parametrize("head", [b"X: " + b"a" * 2000, b"".join(b"X%d: aaaaaaaa\r\n" % n for n in range(90))[:-2]])
async def test_head_over_the_limit_is_refused(head: bytes) -> None:
    async with site(limits=Limits(max_header_bytes=1000)) as gateway:
        wire = await talk(gateway.port, b"GET / HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n\r\n")
    assert (lines(wire)[0][9:12], gateway.behind.requests) == (b"431", [])


async def test_endless_head_is_refused_before_it_ends() -> None:
    async with site(limits=Limits(max_header_bytes=1000)) as gateway, client(gateway.port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n")
        for number in range(100):
            writer.write(b"X%d: aaaaaaaa\r\n" % number)
        assert (await head_of(reader)).startswith(b"HTTP/1.1 431 ")


async def test_too_many_headers_are_refused() -> None:
    async with site() as gateway:
        wire = await talk(gateway.port, b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: 1\r\n" * 200 + b"\r\n")
    assert lines(wire)[0][9:12] == b"431"


async def test_body_over_the_limit_is_refused_by_its_length() -> None:
    async with site(limits=Limits(max_body_bytes=4)) as gateway:
        wire = await talk(gateway.port, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", b"hello")
    assert (lines(wire)[0][9:12], gateway.behind.requests) == (b"413", [])


async def test_chunked_body_over_the_limit_is_refused() -> None:
    async with site(limits=Limits(max_body_bytes=4)) as gateway:
        head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        wire = await talk(gateway.port, head, b"5\r\nhello\r\n0\r\n\r\n")
    assert (lines(wire)[0][9:12], gateway.behind.requests) == (b"413", [])


async def test_slow_head_is_refused() -> None:
    async with site(patience=ClientPatience(head_s=0.05)) as gateway:
        wire = await talk(gateway.port, b"GET / HTTP/1.1\r\nHo")
    assert lines(wire)[0] == b"HTTP/1.1 408 Request Timeout"


async def test_head_in_pieces_is_read_if_it_ends_in_time() -> None:
    async with site() as gateway:
        wire = await talk(gateway.port, b"GE", b"T / HTTP/1.1\r\nHo", b"st: a\r\n" + CLOSE, b"\r\n")
    assert lines(wire)[0] == b"HTTP/1.1 200 OK"


async def test_slow_body_is_refused() -> None:
    async with site(patience=ClientPatience(body_s=0.05)) as gateway:
        wire = await talk(gateway.port, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
    assert (lines(wire)[0][9:12], gateway.behind.requests) == (b"408", [])


async def test_connection_without_a_request_is_closed_in_time() -> None:
    async with site(patience=ClientPatience(keep_s=0.05)) as gateway:
        assert await talk(gateway.port) == b""


async def test_client_that_leaves_within_a_body_reaches_nobody() -> None:
    async with site() as gateway:
        async with client(gateway.port) as (_, writer):
            writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
            await writer.drain()
        async with client(gateway.port) as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await head_of(reader)
    assert [request.method for request in gateway.behind.requests] == ["GET"]


async def test_requests_in_a_pipeline_are_answered_in_order() -> None:
    async with site() as gateway:
        await talk(gateway.port, b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")
    assert [request.target for request in gateway.behind.requests] == ["/1", "/2"]


async def test_peer_is_the_address_of_the_client() -> None:
    async with site() as gateway:
        await talk(gateway.port, b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.7\r\n" + CLOSE + b"\r\n")
    assert (gateway.request.peer, gateway.request.headers) == ("127.0.0.1", (("Host", "a"),))


async def test_peer_is_whom_a_trusted_proxy_names() -> None:
    async with site(trusted=("127.0.0.0/8",)) as gateway:
        await talk(gateway.port, b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.7\r\n" + CLOSE + b"\r\n")
    assert gateway.request.peer == "198.51.100.7"


def reset(writer: asyncio.StreamWriter) -> None:
    """Leave for good: a mere end of what the client says could be that of one which still listens."""
    linger_not = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
    writer.transport.abort()


async def test_exchange_under_way_is_not_cancelled_when_its_client_leaves() -> None:
    arrived, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(request: object) -> object:
        arrived.set()
        await go_on.wait()
        ended.set()
        raise AssertionError("a reply for nobody")

    async with site(slow) as gateway:  # type: ignore[arg-type]  # never answers
        async with client(gateway.port) as (_, writer):
            writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            await arrived.wait()
            reset(writer)
        while gateway.listener.connections:
            await asyncio.sleep(0)
            if all(connection.transport is None for connection in gateway.listener.connections):
                break
        go_on.set()
        async with asyncio.timeout(5):
            await ended.wait()
