"""Every upstream keeps this contract, in clear and over TLS, against destinations that misbehave."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

import pytest

from gateway.adapters.upstream.http11 import Http11Upstream
from gateway.adapters.upstream.session import SessionUpstream
from gateway.model.errors import GatewayError, RulesError, WorldError
from gateway.model.limits import Limits, Patience
from gateway.model.message import Headers, Request
from gateway.model.names import DestinationName, Region, Scope
from gateway.model.rules import Destination
from tests.contracts.upstream.server import OK, Behaviour, Peer, Place, certify, destination, pause

AnyUpstream = Http11Upstream | SessionUpstream
SHORT = 0.1
ALL = 10**9


@pytest.fixture(scope="session")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return certify(tmp_path_factory.mktemp("tls"))


@dataclass
class Hop:
    """One kind of upstream, in clear or over TLS; made anew for the patience a test asks for."""

    make: type[AnyUpstream]
    server_tls: ssl.SSLContext | None
    client_tls: ssl.SSLContext | None
    opened: list[AnyUpstream]

    def upstream(self, patience: Patience = Patience(), limits: Limits = Limits()) -> AnyUpstream:  # noqa: B008 - frozen values
        made = self.make(patience, limits, self.client_tls)
        self.opened.append(made)
        return made

    def place(self, behaviour: Behaviour) -> AbstractAsyncContextManager[Place]:
        return destination(behaviour, self.server_tls)


@pytest.fixture(params=["http11", "http11-tls", "session", "session-tls"])
async def hop(request: pytest.FixtureRequest, contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> AsyncIterator[Hop]:
    name = str(request.param)
    make = Http11Upstream if name.startswith("http11") else SessionUpstream
    tls = contexts if name.endswith("tls") else (None, None)
    made = Hop(make, tls[0], tls[1], [])
    yield made
    for upstream in made.opened:
        await upstream.aclose()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def towards(url: str) -> Destination:
    name = DestinationName("crm")
    return Destination(name, url, Region("us"), "US", "application", "pass", Scope("crm"), "t.example")


def a_request(method: str = "GET", target: str = "/", headers: Headers = (), body: bytes = b"") -> Request:
    return Request(method, target, headers, body)


def always(answer: bytes) -> Behaviour:
    """Answer every request on every connection with these bytes."""

    async def behave(peer: Peer) -> None:
        while await peer.request():
            await peer.send(answer)

    return behave


def once(answer: bytes) -> Behaviour:
    """Answer one request, then close."""

    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer)

    return behave


async def code_of(upstream: AnyUpstream, url: str, request: Request) -> str:
    """The code under which sending, or reading the whole answer, fails; '' if neither does."""
    try:
        answer = await upstream.send(towards(url), request)
        try:
            await answer.read(ALL)
        finally:
            await answer.aclose()
    except GatewayError as error:
        return error.code
    return ""


# ------------------------------------------------------------------------------------------------------- requests


@pytest.mark.parametrize(
    "target", ["/", "/a//b/../%2e%41", "//x/y", "/?x=%d1%8f&y=+&z=;&&", '/a[b]?q={"x"}|<>', "/a?b?c"]
)
async def test_target_is_sent_as_it_is_spelled(hop: Hop, target: str) -> None:
    async with hop.place(once(OK)) as place:
        await hop.upstream().send(towards(place.url), a_request(target=target))
    assert place.requests[0].split(b" ")[1] == target.encode()


@pytest.mark.parametrize("target", ["/?", "/a?", "*"])
async def test_target_is_sent_as_it_is_spelled_or_not_at_all(hop: Hop, target: str) -> None:
    async with hop.place(always(OK)) as place:
        code = await code_of(hop.upstream(), place.url, a_request("OPTIONS", target))
    assert [request.split(b" ")[1] for request in place.requests] == ([] if code else [target.encode()])
    assert code == ("GW-U011" if hop.make is SessionUpstream else "")


async def test_path_of_the_url_stands_before_the_target(hop: Hop) -> None:
    async with hop.place(once(OK)) as place:
        await hop.upstream().send(towards(place.url + "/v1/"), a_request(target="/x"))
    assert place.requests[0].startswith(b"GET /v1/x HTTP/1.1\r\n")


async def test_headers_are_sent_in_order_with_case_and_duplicates_and_nothing_is_added(hop: Hop) -> None:
    headers = (("hOst", "client.example"), ("X-B", "2"), ("x-a", "1"), ("X-B", "1"), ("Accept", "*/*"))
    async with hop.place(once(OK)) as place:
        await hop.upstream().send(towards(place.url), a_request(headers=headers))
    lines = place.requests[0].split(b"\r\n")[1:-2]
    host = place.url.partition("//")[2].encode()
    assert [line for line in lines if not line.lower().startswith(b"host")] == [
        b"X-B: 2",
        b"x-a: 1",
        b"X-B: 1",
        b"Accept: */*",
    ]
    assert [line.partition(b": ")[2] for line in lines if line.lower().startswith(b"host")] == [host]


async def test_utf8_bytes_in_a_header_go_out_as_they_are(hop: Hop) -> None:
    value = "Анна".encode().decode("ascii", "surrogateescape")
    async with hop.place(once(OK)) as place:
        await hop.upstream().send(towards(place.url), a_request(headers=(("X", value),)))
    assert "X: Анна\r\n".encode() in place.requests[0]


async def test_other_bytes_in_a_header_go_out_as_they_are_or_not_at_all(hop: Hop) -> None:
    async with hop.place(always(OK)) as place:
        code = await code_of(hop.upstream(), place.url, a_request(headers=(("X", "\udce9"),)))
    assert [b"X: \xe9\r\n" in request for request in place.requests] == ([] if code else [True])
    assert code == ("GW-U011" if hop.make is SessionUpstream else "")


@pytest.mark.parametrize(
    "headers", [(("X", "a\r\nEvil: 1"),), (("X", "a\nb"),), (("X\r\nEvil", "1"),), (("X", "a\0b"),)]
)
async def test_header_that_would_split_the_request_is_never_sent(hop: Hop, headers: Headers) -> None:
    async with hop.place(once(OK)) as place:
        assert await code_of(hop.upstream(), place.url, a_request(headers=headers)) == "GW-U011"
    assert place.requests == []


@pytest.mark.parametrize("target", ["/a b", "/a\r\nEvil: 1", "/\0"])
async def test_target_that_would_split_the_request_is_never_sent(hop: Hop, target: str) -> None:
    async with hop.place(once(OK)) as place:
        assert await code_of(hop.upstream(), place.url, a_request(target=target)) == "GW-U011"
    assert place.requests == []


async def test_body_is_sent_with_its_true_length(hop: Hop) -> None:
    headers = (("Content-Type", "text/plain"), ("Content-Length", "999"), ("Transfer-Encoding", "chunked"))
    async with hop.place(once(OK)) as place:
        await hop.upstream().send(towards(place.url), a_request("POST", headers=headers, body=b"hello"))
    sent = place.requests[0].lower()
    assert (sent.count(b"content-length: 5\r\n"), b"chunked" in sent, sent.endswith(b"\r\n\r\nhello")) == (
        1,
        False,
        True,
    )


async def test_empty_post_says_that_it_is_empty(hop: Hop) -> None:
    async with hop.place(once(OK)) as place:
        await hop.upstream().send(towards(place.url), a_request("POST"))
    assert b"content-length: 0\r\n" in place.requests[0].lower()


async def test_get_has_no_length(hop: Hop) -> None:
    async with hop.place(once(OK)) as place:
        await hop.upstream().send(towards(place.url), a_request())
    assert b"content-length" not in place.requests[0].lower()


async def test_large_body_arrives_whole(hop: Hop) -> None:
    body = bytes(range(256)) * 20_000
    async with hop.place(once(OK)) as place:
        await hop.upstream().send(towards(place.url), a_request("PUT", body=body))
    assert place.requests[0].endswith(body)


async def test_unknown_method_is_sent(hop: Hop) -> None:
    async with hop.place(once(OK)) as place:
        await hop.upstream().send(towards(place.url), a_request("FROBNICATE"))
    assert place.requests[0].startswith(b"FROBNICATE / ")


# -------------------------------------------------------------------------------------------------------- answers


async def test_status_reason_and_headers_arrive_as_they_were_sent(hop: Hop) -> None:
    wire = (
        b"HTTP/1.1 299 Quite Fine\r\nset-cookie: b\r\nSet-Cookie:  a \r\nX: \xd1\x8f\xe9\r\nContent-Length: 0\r\n\r\n"
    )
    async with hop.place(always(wire)) as place:
        answer = await hop.upstream().send(towards(place.url), a_request())
        await answer.aclose()
    assert (answer.status, answer.reason, answer.headers[:3]) == (
        299,
        "Quite Fine",
        (("set-cookie", "b"), ("Set-Cookie", "a"), ("X", "\udcd1\udc8f\udce9")),
    )


async def test_redirect_is_not_followed(hop: Hop) -> None:
    async with hop.place(always(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")) as place:
        answer = await hop.upstream().send(towards(place.url), a_request())
        await answer.aclose()
    assert (answer.status, len(place.requests)) == (302, 1)


async def test_cookies_are_not_remembered(hop: Hop) -> None:
    async with hop.place(always(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n")) as place:
        upstream = hop.upstream()
        for _ in range(2):
            await (await upstream.send(towards(place.url), a_request())).aclose()
    assert b"cookie" not in place.requests[1].lower()


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhelloworld",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5;x=1\r\nworld\r\n0\r\nX-Trail: 1\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhelloworld",
        b"HTTP/1.1 200 OK\r\n\r\nhelloworld",
        b"HTTP/1.0 200 OK\r\n\r\nhelloworld",
    ],
    ids=["length", "chunked", "informational first", "until close", "old server"],
)
async def test_body_is_read_whole_however_it_ends(hop: Hop, wire: bytes) -> None:
    async with hop.place(once(wire)) as place:
        answer = await hop.upstream().send(towards(place.url), a_request())
        assert (answer.status, await answer.read(ALL)) == (200, (b"helloworld", True))
        await answer.aclose()


@pytest.mark.parametrize(
    ("method", "wire"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 999\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
)
async def test_answer_without_a_body_ends_at_its_head_and_its_connection_is_used_again(
    hop: Hop, method: str, wire: bytes
) -> None:
    async with hop.place(always(wire)) as place:
        upstream = hop.upstream()
        for _ in range(3):
            answer = await upstream.send(towards(place.url), a_request(method))
            assert await answer.read(ALL) == (b"", True)
            await answer.aclose()
    assert place.accepted == 1 or (hop.make, wire) == (SessionUpstream, b"HTTP/1.1 200 OK\r\n\r\n")


async def test_read_stops_at_what_was_asked_for_and_the_rest_follows(hop: Hop) -> None:
    async with hop.place(always(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhelloworld")) as place:
        answer = await hop.upstream().send(towards(place.url), a_request())
        assert await answer.read(4) == (b"hell", False)
        assert b"".join([piece async for piece in answer.rest()]) == b"oworld"
        await answer.aclose()


async def test_read_of_exactly_the_whole_body_knows_that_it_is_whole(hop: Hop) -> None:
    async with hop.place(always(OK)) as place:
        answer = await hop.upstream().send(towards(place.url), a_request())
        assert await answer.read(5) == (b"hello", True)
        await answer.aclose()


async def test_content_coding_is_left_as_it_is(hop: Hop) -> None:
    async with hop.place(
        always(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8bx")
    ) as place:
        answer = await hop.upstream().send(towards(place.url), a_request())
        assert await answer.read(ALL) == (b"\x1f\x8bx", True)
        await answer.aclose()


async def test_slow_reader_holds_the_sender_back_and_loses_nothing(hop: Hop) -> None:
    size = 40 * 2**20
    sent = 0

    async def flood(peer: Peer) -> None:
        nonlocal sent
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        while sent < size:
            await peer.send(b"x" * 2**18)
            sent += 2**18
        await peer.gone()

    async with hop.place(flood) as place:
        answer = await hop.upstream().send(towards(place.url), a_request())
        first, _ = await answer.read(10)
        for _ in range(200):
            await asyncio.sleep(0)
        assert sent < size
        received = len(first)
        async for piece in answer.rest():
            received += len(piece)
        await answer.aclose()
    assert received == size


# ----------------------------------------------------------------------------------------------------- connections


async def test_connection_is_used_again(hop: Hop) -> None:
    async with hop.place(always(OK)) as place:
        upstream = hop.upstream()
        for _ in range(3):
            answer = await upstream.send(towards(place.url), a_request())
            await answer.read(ALL)
            await answer.aclose()
    assert (place.accepted, len(place.requests)) == (1, 3)


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
async def test_connection_that_is_to_be_closed_is_not_used_again(hop: Hop, wire: bytes) -> None:
    async with hop.place(always(wire)) as place:
        upstream = hop.upstream()
        for _ in range(2):
            answer = await upstream.send(towards(place.url), a_request())
            assert await answer.read(ALL) == (b"hello", True)
            await answer.aclose()
    assert place.accepted == 2


async def test_connection_is_kept_no_longer_than_the_destination_says(hop: Hop) -> None:
    wire = b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=9\r\nContent-Length: 5\r\n\r\nhello"
    async with hop.place(always(wire)) as place:
        upstream = hop.upstream(Patience(keep_s=60))
        for _ in range(2):
            answer = await upstream.send(towards(place.url), a_request())
            await answer.read(ALL)
            await answer.aclose()
    assert place.accepted == 2 or hop.make is SessionUpstream


async def test_answer_that_was_not_read_to_its_end_costs_its_connection(hop: Hop) -> None:
    async def half(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        await peer.gone()

    async with hop.place(half) as place:
        upstream = hop.upstream()
        for _ in range(2):
            answer = await upstream.send(towards(place.url), a_request())
            await answer.aclose()
    assert place.accepted == 2


async def test_bytes_behind_an_answer_never_become_the_next_answer(hop: Hop) -> None:
    async with hop.place(always(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")) as place:
        upstream = hop.upstream()
        for _ in range(3):
            answer = await upstream.send(towards(place.url), a_request())
            assert (await answer.read(ALL))[0] == b"hello"
            await answer.aclose()


async def test_word_of_farewell_on_an_idle_connection_never_becomes_an_answer(hop: Hop) -> None:
    said = asyncio.Event()

    async def farewell(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)
        await peer.send(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        said.set()
        await peer.gone()

    async with hop.place(farewell) as place:
        upstream = hop.upstream()
        for _ in range(3):
            said.clear()
            answer = await upstream.send(towards(place.url), a_request("POST"))
            assert (answer.status, await answer.read(ALL)) == (200, (b"hello", True))
            await answer.aclose()
            await said.wait()
            for _ in range(20):
                await asyncio.sleep(0)


async def test_idle_connection_that_the_destination_closed_costs_no_request(hop: Hop) -> None:
    closed = asyncio.Event()

    async def closing(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)
        peer.writer.close()
        closed.set()

    async with hop.place(closing) as place:
        upstream = hop.upstream()
        for number in range(3):
            closed.clear()
            answer = await upstream.send(towards(place.url), a_request("POST", body=b"%d" % number))
            assert await answer.read(ALL) == (b"hello", True)
            await answer.aclose()
            await closed.wait()
            for _ in range(20):
                await asyncio.sleep(0)
    assert [request[-1:] for request in place.requests] == [b"0", b"1", b"2"]


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
async def test_request_that_may_have_been_read_is_never_sent_twice(hop: Hop, method: str) -> None:
    async def answer_one_then_drop_the_next(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)
        await peer.request()
        peer.reset()

    async with hop.place(answer_one_then_drop_the_next) as place:
        upstream = hop.upstream()
        answer = await upstream.send(towards(place.url), a_request())
        await answer.read(ALL)
        await answer.aclose()
        assert await code_of(upstream, place.url, a_request(method, body=b"anna")) == "GW-U005"
    assert len(place.requests) == 2


async def test_question_that_changes_nothing_is_asked_again_on_a_fresh_connection(hop: Hop) -> None:
    async def answer_one_then_drop_the_next(peer: Peer) -> None:
        await peer.request()
        await peer.send(OK)
        await peer.request()
        peer.reset()

    async with hop.place(answer_one_then_drop_the_next) as place:
        upstream = hop.upstream()
        for _ in range(2):
            answer = await upstream.send(towards(place.url), a_request())
            assert await answer.read(ALL) == (b"hello", True)
            await answer.aclose()
    assert place.accepted == 2


async def test_destination_that_always_drops_is_not_asked_for_ever(hop: Hop) -> None:
    async def drop(peer: Peer) -> None:
        await peer.request()
        peer.reset()

    async with hop.place(drop) as place:
        assert await code_of(hop.upstream(), place.url, a_request()) == "GW-U005"
    assert len(place.requests) <= 2


async def test_cancelled_request_takes_its_connection_along(hop: Hop) -> None:
    asked = asyncio.Event()

    async def late(peer: Peer) -> None:
        if peer.number:
            await always(OK)(peer)
        await peer.request()
        asked.set()
        await peer.gone()

    async with hop.place(late) as place:
        upstream = hop.upstream()
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(upstream.send(towards(place.url), a_request()))
            await asked.wait()
            first.cancel()
        answer = await upstream.send(towards(place.url), a_request())
        assert await answer.read(ALL) == (b"hello", True)
        await answer.aclose()
    assert place.accepted == 2


async def test_no_more_connections_are_opened_than_allowed(hop: Hop) -> None:
    async with hop.place(always(OK)) as place:
        upstream = hop.upstream(Patience(max_connections=2))

        async def ask() -> None:
            answer = await upstream.send(towards(place.url), a_request())
            await answer.read(ALL)
            await answer.aclose()

        async with asyncio.TaskGroup() as tasks:
            for _ in range(20):
                tasks.create_task(ask())
    assert (place.accepted <= 2, len(place.requests)) == (True, 20)


async def test_waiting_for_a_connection_has_an_end(hop: Hop) -> None:
    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        await peer.gone()

    async with hop.place(silent) as place:
        upstream = hop.upstream(Patience(max_connections=1, connect_s=SHORT))
        answer = await upstream.send(towards(place.url), a_request())
        assert await code_of(upstream, place.url, a_request()) in ("GW-U009", "GW-U002")
        await answer.aclose()


async def test_closed_pool_keeps_no_connection(hop: Hop) -> None:
    gone = asyncio.Event()

    async def watch(peer: Peer) -> None:
        await always(OK)(peer)
        gone.set()

    async with hop.place(watch) as place:
        upstream = hop.upstream()
        answer = await upstream.send(towards(place.url), a_request())
        await answer.read(ALL)
        await answer.aclose()
        await upstream.aclose()
        async with asyncio.timeout(5):
            await gone.wait()


async def test_connection_that_comes_free_after_the_pool_was_closed_is_closed(hop: Hop) -> None:
    gone = asyncio.Event()

    async def watch(peer: Peer) -> None:
        await always(OK)(peer)
        gone.set()

    async with hop.place(watch) as place:
        upstream = hop.upstream()
        answer = await upstream.send(towards(place.url), a_request())
        await upstream.aclose()
        await answer.aclose()
        async with asyncio.timeout(5):
            await gone.wait()


async def test_connection_idle_for_too_long_is_closed(hop: Hop) -> None:
    gone = asyncio.Event()

    async def watch(peer: Peer) -> None:
        await always(OK)(peer)
        gone.set()

    async with hop.place(watch) as place:
        upstream = hop.upstream(Patience(keep_s=SHORT))
        answer = await upstream.send(towards(place.url), a_request())
        await answer.read(ALL)
        await answer.aclose()
        async with asyncio.timeout(5):
            await gone.wait()


# ---------------------------------------------------------------------------------------------------- misbehaviour


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (b"", "GW-U005"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "GW-U006"),
        (b"HTTP/1.1 2", "GW-U006"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "GW-U006"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "GW-U006"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GW-U006"),
        (b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", "GW-U006"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "GW-U008"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "GW-U008"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloworld\r\n0\r\n\r\n", "GW-U008"),
    ],
)
async def test_broken_answer_is_an_error_of_its_own_kind(hop: Hop, wire: bytes, code: str) -> None:
    async with hop.place(once(wire)) as place:
        told = await code_of(hop.upstream(), place.url, a_request("POST"))
    # aiohttp does not tell a head that breaks off from no head at all, and takes 101 for an answer.
    assert told == code or (hop.make is SessionUpstream and told in ("GW-U005", "GW-U006", "GW-U008"))


async def test_reset_within_a_body_that_ends_by_closing_is_not_its_end(hop: Hop) -> None:
    async def reset(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\nhello")
        sock = peer.writer.get_extra_info("socket")
        sock.setsockopt(1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        peer.reset()

    if hop.server_tls is not None or hop.make is SessionUpstream:
        return  # TLS and aiohttp hand a reset on as a plain end
    async with hop.place(reset) as place:
        assert await code_of(hop.upstream(), place.url, a_request("POST")) == "GW-U008"


@pytest.mark.parametrize(
    "head", [b"X: " + b"a" * 3000, b"\r\n".join(b"X%d: aaaaaaaaaaaaaa" % number for number in range(100))]
)
async def test_head_over_the_limit_is_refused(hop: Hop, head: bytes) -> None:
    async with hop.place(once(b"HTTP/1.1 200 OK\r\n" + head + b"\r\nContent-Length: 0\r\n\r\n")) as place:
        upstream = hop.upstream(limits=Limits(max_header_bytes=1000))
        assert await code_of(upstream, place.url, a_request("POST")) == "GW-U007"


async def test_endless_head_is_refused(hop: Hop) -> None:
    async def endless(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await peer.send(b"X: " + b"a" * 100 + b"\r\n")

    async with hop.place(endless) as place:
        upstream = hop.upstream(limits=Limits(max_header_bytes=1000))
        assert await code_of(upstream, place.url, a_request("POST")) in ("GW-U007", "GW-U006")


async def test_silence_before_the_answer_is_a_timeout(hop: Hop) -> None:
    async with hop.place(once(b"")) as place, hop.place(lambda peer: peer.gone()) as silent:
        assert place.url != silent.url
        upstream = hop.upstream(Patience(first_byte_s=SHORT))
        assert await code_of(upstream, silent.url, a_request("POST")) == "GW-U003"


async def test_silence_within_the_answer_is_a_timeout(hop: Hop) -> None:
    async def stall(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        await peer.gone()

    async with hop.place(stall) as place:
        upstream = hop.upstream(Patience(idle_s=SHORT))
        assert await code_of(upstream, place.url, a_request("POST")) == "GW-U004"


async def test_drip_is_ended_by_the_total_time(hop: Hop) -> None:
    async def drip(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            await peer.send(b"x")
            await pause(0.01)

    async with hop.place(drip) as place:
        upstream = hop.upstream(Patience(total_s=SHORT))
        assert await code_of(upstream, place.url, a_request("POST")) == "GW-U004"


async def test_destination_that_stops_reading_the_request_is_a_timeout(hop: Hop) -> None:
    stop = asyncio.Event()

    async def deaf(peer: Peer) -> None:
        await stop.wait()

    async with hop.place(deaf) as place:
        upstream = hop.upstream(Patience(connect_s=SHORT, idle_s=SHORT, first_byte_s=SHORT))
        code = await code_of(upstream, place.url, a_request("POST", body=b"x" * 2**25))
        stop.set()
    assert code in ("GW-U004", "GW-U003")


async def test_answer_before_the_request_was_read_is_an_answer(hop: Hop) -> None:
    async def hasty(peer: Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.send(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nlarge")
        await peer.gone()

    async with hop.place(hasty) as place:
        answer = await hop.upstream().send(towards(place.url), a_request("POST", body=b"x" * 2**20))
        assert (answer.status, await answer.read(ALL)) == (413, (b"large", True))
        await answer.aclose()


async def test_nobody_listening_is_unreachable(hop: Hop) -> None:
    async with hop.place(once(OK)) as place:
        pass
    assert await code_of(hop.upstream(), place.url, a_request()) == "GW-U001"


async def test_destination_that_cannot_prove_itself_is_sent_nothing(hop: Hop) -> None:
    if hop.server_tls is None:
        return  # nothing to prove in clear
    async with hop.place(once(OK)) as place:
        suspicious = replace(hop, client_tls=ssl.create_default_context())
        assert await code_of(suspicious.upstream(), place.url, a_request("POST", body=b"anna")) == "GW-U010"
    assert place.requests == []


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "http://", "http://u:p@127.0.0.1/", "http://127.0.0.1:x/", "http://127.0.0.1/?q", "crm"]
)
async def test_url_that_names_no_server_is_an_error_of_the_rules(hop: Hop, url: str) -> None:
    with pytest.raises(RulesError, match="GW-U012"):
        await hop.upstream().send(towards(url), a_request())


async def test_errors_hold_nothing_of_the_message(hop: Hop) -> None:
    async with hop.place(once(b"HTTP/1.1 anna@example.org\r\n\r\n")) as place:
        with pytest.raises(WorldError) as caught:
            await hop.upstream().send(towards(place.url), a_request("POST", "/anna", body=b"anna"))
    assert "anna" not in str(caught.value)
    assert caught.value.__cause__ is None
