"""Attacks on the HTTP face: what held stays held, what did not is mended."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import uvloop

from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.upstream.http11 import Http11Upstream
from gateway.adapters.upstream.session import SessionUpstream
from gateway.model.errors import WorldError
from gateway.model.limits import ClientPatience, Limits, Patience
from gateway.model.message import Request
from gateway.model.names import DestinationName, Region, Scope
from gateway.model.rules import Destination
from gateway.ruleset.load import load as load_rules
from gateway.settings import load as load_settings
from gateway.wiring import Gateway, running
from tests.contracts.upstream.server import Peer, destination
from tests.server.wire import client, head_of, lines, site, talk

CLOSE = b"Connection: close\r\n"
HELLO = b"5\r\nhello\r\n0\r\n\r\n"
CANARY = b"anna@example.org"

RULES = """
version: 1
regions:
  ru: {{countries: [RU], vault: "sqlite:ru.db", key: "file:keys", keep: {{days: 30}}}}
residence: {{subjects: [body], unknown: ru}}
backend: new
destinations:
  crm: {{url: "{url}", region: us, role: application, unmatched: pass, token_domain: t.example}}
routes:
  - {{match: {{path: /api/persons}}, to: crm}}
  - {{match: {{path: /strict/**}}, to: crm}}
  - {{match: {{path: /api/**}}, to: crm, mode: observe}}
  - {{match: {{path: /lax/**}}, to: crm, mode: observe}}
rules:
  - id: russians-stay-home
    why: 152-FZ art. 18(5) forbids recording abroad at collection.
    when: {{category: personal, residence: ru, destination: {{role: application, region: not $residence}}}}
    then: tokenize
"""


@asynccontextmanager
async def whole(folder: Path, url: str, sink: MemorySink | None = None) -> AsyncIterator[Gateway]:
    """A gateway of real parts, which protects /api/persons and /strict, and only watches the rest."""
    (folder / "rules.yaml").write_text(RULES.format(url=url), encoding="utf-8")
    settings = load_settings(None, {}, {"state_dir": str(folder), "listen.port": 0, "admin.port": 0})
    async with running(load_rules([folder / "rules.yaml"]), settings, sink or MemorySink()) as gateway:
        yield gateway


async def echo(peer: Peer) -> None:
    while request := await peer.request():
        content = request.partition(b"\r\n\r\n")[2]
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content))


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def registration(target: bytes) -> bytes:
    content = b'{"email":"%b"}' % CANARY
    head = b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" + CLOSE
    return head % (target, len(content)) + b"\r\n" + content


# ------------------------------------------------------------------------------------------- one request is one request


@pytest.mark.parametrize("method", [b"POST", b"FROB"])
@pytest.mark.parametrize(
    "framing",
    [
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked, chunked",
        b"Transfer-Encoding: chunked,",
        b"Transfer-Encoding: chunked;x=1",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding: identity",
        b"Transfer-Encoding:",
        b"Transfer-Encoding:\x0bchunked",
        b"Transfer-Encoding : chunked",
        b" Transfer-Encoding: chunked",
        b"X: y\nTransfer-Encoding: chunked",
        b"X: y\rTransfer-Encoding: chunked",
        b"Transfer-Encoding\0: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 15",
        b"Content-Length: 15\r\nTransfer-Encoding: chunked",
        b"Content-Length: 15\r\nContent-Length: 15",
        b"Content-Length: 15, 15",
        b"Content-Length: 0xf",
        b"Content-Length: 1_5",
        b"Content-Length: -15",
        b"Content-Length: 15;",
        b"Content-Length: 15\x0b",
        b"Content-Length:",
        b"Content-Length: \xd9\xa1\xd9\xa5",
    ],
)
async def test_framing_in_any_odd_spelling_goes_nowhere_and_ends_the_connection(method: bytes, framing: bytes) -> None:
    async with site() as gateway:
        wire = await talk(gateway.port, method + b" / HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n\r\n" + HELLO)
    assert (lines(wire)[0][9:12], wire.count(b"HTTP/1.1 "), gateway.behind.requests) == (b"400", 1, [])


@pytest.mark.parametrize("method", [b"POST", b"FROB"])
@pytest.mark.parametrize(
    "chunks",
    [
        b"5\nhello\n0\n\n",
        b"+5\r\nhello\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"5_\r\nhello\r\n0\r\n\r\n",
        b"5;\nhello\r\n0\r\n\r\n",
        b"5\rhello\r\n0\r\n\r\n",
        b"5\r\nhelloXX0\r\n\r\n",
        b"\r\n5\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhello\r\n0\r\nno colon\r\n\r\n",
    ],
)
async def test_chunks_in_any_odd_spelling_go_nowhere_and_end_the_connection(method: bytes, chunks: bytes) -> None:
    head = b" / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with site() as gateway:
        wire = await talk(gateway.port, method + head + chunks)
    assert (lines(wire)[0][9:12], wire.count(b"HTTP/1.1 "), gateway.behind.requests) == (b"400", 1, [])


@pytest.mark.parametrize(
    "message",
    [
        b"Content-Length: 18446744073709551631\r\n\r\n" + HELLO,
        b"Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
    ],
    ids=["length", "chunk"],
)
async def test_size_beyond_64_bits_is_not_cut_to_them(message: bytes) -> None:
    async with site() as gateway:
        wire = await talk(gateway.port, b"POST / HTTP/1.1\r\nHost: a\r\n" + message)
    assert (lines(wire)[0][9:12], wire.count(b"HTTP/1.1 "), gateway.behind.requests) == (b"400", 1, [])


async def test_trailer_never_becomes_a_header() -> None:
    async with site() as gateway:
        chunked = b"POST / HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
        await talk(gateway.port, chunked + b"5\r\nhello\r\n0\r\nCookie: " + CANARY + b"\r\n\r\n")
    assert (gateway.request.headers, gateway.request.body) == ((("Host", "a"),), b"hello")


async def test_second_half_of_a_head_never_becomes_a_request() -> None:
    first = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nX: "
    second = b"FROB /smuggled HTTP/1.1\r\nHost: b\r\n" + CLOSE + b"\r\n"
    async with site() as gateway, client(gateway.port) as (reader, writer):
        writer.write(first)
        await head_of(reader)
        await reader.readexactly(5)
        writer.write(second)
        async with asyncio.timeout(5):
            await reader.read()
    assert "/smuggled" not in [request.target for request in gateway.behind.requests]


async def test_request_behind_an_ignored_upgrade_is_answered_or_the_connection_ends() -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    async with site() as gateway, client(gateway.port) as (reader, writer):
        writer.write(b"GET /1 HTTP/1.1\r\nHost: a\r\n" + offer + b"\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        await head_of(reader)
        await reader.readexactly(5)
        writer.write(b"GET /3 HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")
        with suppress(ConnectionResetError):
            async with asyncio.timeout(5):
                await reader.read()
    assert [request.target for request in gateway.behind.requests] != ["/1", "/3"]


@pytest.mark.parametrize("version", [b"HTTP/0.9", b"HTTP/2.0"])
async def test_version_that_is_not_spoken_here_goes_nowhere(version: bytes) -> None:
    async with site() as gateway:
        await talk(gateway.port, b"GET / " + version + b"\r\nHost: a\r\n" + CLOSE + b"\r\n")
    assert gateway.behind.requests == []


# ------------------------------------------------------------------------------------------------ which path is meant


async def test_plain_path_takes_the_route_that_protects_it(tmp_path: Path) -> None:
    async with destination(echo) as crm, whole(tmp_path, crm.url) as gateway:
        await talk(port_of(gateway.address), registration(b"/api/persons"))
    assert (len(crm.requests), CANARY in crm.requests[0]) == (1, False)


@pytest.mark.parametrize(
    "target",
    [
        b"/api/../api/persons",
        b"/api/%2e%2e/api/persons",
        b"/lax/..;/api/persons",
        b"/lax%2f..%2fapi/persons",
        b"/api/persons#/lax",
        b"/lax\\..\\api\\persons",
        pytest.param(b"/api/persons%00", id="nul"),
    ],
)
async def test_path_that_two_readers_could_resolve_differently_goes_nowhere(tmp_path: Path, target: bytes) -> None:
    async with destination(echo) as crm, whole(tmp_path, crm.url) as gateway:
        await talk(port_of(gateway.address), registration(target))
    assert crm.requests == []


async def test_scheme_within_a_path_does_not_hide_the_path_before_it(tmp_path: Path) -> None:
    async with destination(echo) as crm, whole(tmp_path, crm.url) as gateway:
        await talk(port_of(gateway.address), registration(b"/strict/z://h/lax/x"))
    assert not any(CANARY in request for request in crm.requests)


@pytest.mark.parametrize("target", [b"/api//persons", b"/api/persons;v=1", b"/api/persons/"])
async def test_path_that_back_ends_often_take_for_another_is_not_less_protected(tmp_path: Path, target: bytes) -> None:
    async with destination(echo) as crm, whole(tmp_path, crm.url) as gateway:
        await talk(port_of(gateway.address), registration(target))
    assert not any(CANARY in request for request in crm.requests)


@pytest.mark.parametrize("target", [b"ftp://other.example/x", b"api://other.example/x"])
async def test_absolute_target_of_another_scheme_goes_nowhere(target: bytes) -> None:
    async with site() as gateway:
        await talk(gateway.port, b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")
    assert gateway.behind.requests == []


@pytest.mark.parametrize("target", [b"x", b"evil:80", b"?x", b"://h/x", b"http:///x", b"http://a\\@b/x", b"/\x7f"])
async def test_target_of_no_known_form_goes_nowhere(target: bytes) -> None:
    async with site() as gateway:
        wire = await talk(gateway.port, b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")
    assert (lines(wire)[0][9:12], gateway.behind.requests) == (b"400", [])


@pytest.mark.parametrize("name", [b"X_Forwarded_For", b"X-Forwarded_For"])
async def test_invented_address_does_not_travel_on_under_an_underscore(name: bytes) -> None:
    async with site() as gateway:
        await talk(gateway.port, b"GET / HTTP/1.1\r\nHost: a\r\n" + name + b": 198.51.100.7\r\n" + CLOSE + b"\r\n")
    assert gateway.request.headers == (("Host", "a"),)


# ------------------------------------------------------------------------------------------------- how clients come in


def at_once(message: bytes, patience: ClientPatience, wait_s: float) -> bytes:
    """The first bytes of the reply to what was in the socket before the gateway saw the connection.

    On uvloop, which reads before aiohttp's task has begun to wait.
    """

    async def scene() -> bytes:
        async with site(patience=patience) as gateway:
            with socket.create_connection(("127.0.0.1", gateway.port)) as sock:
                sock.sendall(message)
                reader, writer = await asyncio.open_connection(sock=sock)
                try:
                    async with asyncio.timeout(wait_s):
                        return await reader.read(64)
                except TimeoutError:
                    return b""
                finally:
                    writer.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(scene())


def test_unknown_method_arrives_even_if_it_came_with_the_connection() -> None:
    message = b"FROB / HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n"
    assert at_once(message, ClientPatience(), 5.0).startswith(b"HTTP/1.1 200 ")


def test_slow_head_is_refused_even_if_it_came_with_the_connection() -> None:
    assert at_once(b"GET / HT", ClientPatience(head_s=0.05), 0.4).startswith(b"HTTP/1.1 408 ")


async def test_client_that_has_said_all_still_gets_its_reply() -> None:
    async with site() as gateway, client(gateway.port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")
        writer.write_eof()
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")


async def test_client_that_has_said_all_in_two_requests_gets_both_replies() -> None:
    async with site() as gateway, client(gateway.port) as (reader, writer):
        writer.write(b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        writer.write_eof()
        async with asyncio.timeout(5):
            assert (await reader.read()).count(b"HTTP/1.1 200 ") == 2


async def test_client_that_leaves_in_the_middle_of_a_body_is_not_waited_for() -> None:
    async with site() as gateway, client(gateway.port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\nhello")
        writer.write_eof()
        async with asyncio.timeout(5):
            assert await reader.read() == b""
    assert gateway.behind.requests == []


async def test_admin_quotes_nothing_of_a_broken_request(tmp_path: Path) -> None:
    async with whole(tmp_path, "http://127.0.0.1:9") as gateway:
        wire = await talk(
            port_of(gateway.admin_address), b"GET /live HTTP/1.1\r\nHost: a\r\nX: " + CANARY + b"\0\r\n\r\n"
        )
    assert CANARY not in wire


async def test_nothing_of_odd_requests_is_logged_or_counted(tmp_path: Path) -> None:
    sink = MemorySink()
    async with destination(echo) as crm, whole(tmp_path, crm.url, sink) as gateway:
        for message in (
            b"GET /%b HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\n%b: 1\r\n\r\n",
            b"GET / %b\r\n\r\n",
            b"GET /%b HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n",
            b"POST /api/persons HTTP/1.1\r\nHost: a\r\nExpect: %b\r\nContent-Length: 0\r\n\r\n",
            b"POST /api/persons HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: %b\r\n\r\n",
            b"POST /api/persons HTTP/1.1\r\nHost: a\r\nContent-Length: %b\r\n\r\n",
            b"POST /api/persons HTTP/1.1\r\nHost: a\r\nUpgrade: %b\r\nContent-Length: 0\r\n\r\n",
            b"POST /api/persons HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;%b\r\nxx\r\n",
            b"POST /api/persons HTTP/1.1\r\nHost: %b\r\nContent-Encoding: %b\r\nContent-Length: 1\r\n"
            + CLOSE
            + b"\r\nx",
        ):
            wire = await talk(port_of(gateway.address), message.replace(b"%b", CANARY))
            assert CANARY not in wire
        wire = await talk(port_of(gateway.admin_address), b"GET /metrics HTTP/1.1\r\nHost: a\r\n" + CLOSE + b"\r\n")
    assert (CANARY in wire, CANARY.decode() in str(sink.events)) == (False, False)


# ------------------------------------------------------------------------------------------------- how back ends answer


async def told(make: type[Http11Upstream | SessionUpstream], head: bytes, more: bytes = b"") -> str:
    """The code of the error that this answer makes; ``more`` is repeated until the gateway has had enough of it."""

    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(head)
        while more:
            await peer.send(more)
        await peer.gone()

    upstream = make(Patience(), Limits(max_header_bytes=10_000))
    async with destination(behave) as place:
        name = DestinationName("crm")
        crm = Destination(name, place.url, Region("us"), "US", "application", "pass", Scope("crm"), "t.example")
        try:
            answer = await upstream.send(crm, Request("GET", "/", (), b""))
            async with asyncio.timeout(5):
                await answer.read(10**9)
        except WorldError as error:
            return error.code
        finally:
            await upstream.aclose()
    return "read"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("head", "more"),
    [
        (b"\r\n2\r\nhi\r\n0\r\n", b"X: " + b"y" * 1000 + b"\r\n"),
        (b"\r\n2\r\nhi\r\n0\r\nX: ", b"y" * 1000),
        (b"\r\n2\r\nhi\r\n2;", b"y" * 1000),
    ],
    ids=["trailers", "one trailer", "chunk extension"],
)
async def test_endless_answer_without_body_is_not_collected(head: bytes, more: bytes) -> None:
    assert await told(Http11Upstream, CHUNKED + head, more) == "GW-U007"


@pytest.mark.parametrize("make", [Http11Upstream, SessionUpstream])
@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        b"HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nho",
        b"HTTP/1.1 000 Odd\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    ],
    ids=["two codings", "status 099", "status 000", "blank in a name", "list of codings", "unknown coding"],
)
async def test_answer_that_could_be_read_in_two_ways_is_broken(
    make: type[Http11Upstream | SessionUpstream], head: bytes
) -> None:
    assert await told(make, head) == "GW-U006"
