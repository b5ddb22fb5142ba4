"""What the client gets is what the exchange answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from gateway.model.decision import Reason, Refusal
from gateway.model.errors import PayloadError, WorldError
from gateway.model.limits import ClientPatience
from gateway.model.message import Headers, Reply, Request
from gateway.model.names import RuleId
from gateway.ports import Relay
from tests.contracts.upstream.server import pause
from tests.server.wire import Script, body, client, head_of, lines, site, talk

GET = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
OLD_GET = b"GET / HTTP/1.0\r\nHost: a\r\n\r\n"


def replying(reply: Reply) -> Script:
    async def script(request: Request) -> Reply:
        return reply

    return script


def raising(error: Exception) -> Script:
    async def script(request: Request) -> Reply:
        raise error

    return script


@dataclass
class Pieces:
    """An upstream's answer in given pieces; ends with an error if there is one."""

    pieces: list[bytes]
    error: Exception | None = None
    status: int = 200
    reason: str = "OK"
    headers: Headers = ()
    closed: bool = False
    handed_out: list[bytes] = field(default_factory=list)

    async def read(self, most: int, within_s: float | None = None) -> tuple[bytes, bool]:
        raise NotImplementedError

    async def rest(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.handed_out.append(piece)
            yield piece
        if self.error is not None:
            raise self.error

    async def aclose(self) -> None:
        self.closed = True


def relaying(answer: Pieces, head: bytes = b"") -> Script:
    async def script(request: Request) -> Relay:
        return Relay(answer.status, answer.reason, answer.headers, answer, head)

    return script


async def exchanged(script: Script, message: bytes = GET) -> bytes:
    async with site(script) as gateway:
        return await talk(gateway.port, message)


async def test_status_and_reason_are_kept() -> None:
    assert lines(await exchanged(replying(Reply(299, (), b"", "Quite Fine"))))[0] == b"HTTP/1.1 299 Quite Fine"


async def test_missing_reason_is_the_usual_one() -> None:
    assert lines(await exchanged(replying(Reply(404, (), b""))))[0] == b"HTTP/1.1 404 Not Found"


async def test_headers_keep_order_case_and_number() -> None:
    headers = (("set-cookie", "b=2; Path=/"), ("Location", "/x"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/"))
    wire = await exchanged(replying(Reply(302, (*headers, ("Date", "d")), b"")))
    assert lines(wire)[1:5] == [f"{name}: {value}".encode() for name, value in headers]


async def test_bytes_over_127_go_out_as_they_came() -> None:
    wire = await exchanged(replying(Reply(200, (("X", b"\xd1\x8f\xe9".decode("ascii", "surrogateescape")),), b"")))
    assert b"X: \xd1\x8f\xe9\r\n" in wire


async def test_hop_by_hop_headers_of_the_reply_stay_behind() -> None:
    wire = await exchanged(replying(Reply(200, (("Connection", "X-Hop"), ("X-Hop", "1"), ("Keep-Alive", "t")), b"")))
    assert (b"Hop" in wire, b"Keep-Alive" in wire) == (False, False)


async def test_length_is_that_of_the_body_and_stands_where_it_stood() -> None:
    wire = await exchanged(replying(Reply(200, (("Content-Length", "999"), ("Date", "d")), b"hello")))
    assert lines(wire)[1:3] == [b"Content-Length: 5", b"Date: d"]


async def test_length_is_written_once() -> None:
    wire = await exchanged(replying(Reply(200, (("Content-Length", "5"), ("Content-Length", "5")), b"hello")))
    assert wire.count(b"Content-Length") == 1


async def test_length_is_added_where_the_upstream_sent_chunks() -> None:
    wire = await exchanged(replying(Reply(200, (("Transfer-Encoding", "chunked"),), b"hello")))
    assert (b"Content-Length: 5\r\n" in wire, b"chunked" in wire) == (True, False)


async def test_head_keeps_the_length_it_was_told_and_has_no_body() -> None:
    wire = await exchanged(replying(Reply(200, (("Content-Length", "999"),), b"")), HEAD)
    assert (b"Content-Length: 999" in wire, body(wire)) == (True, b"")


async def test_no_content_has_no_length() -> None:
    assert b"Content-Length" not in await exchanged(replying(Reply(204, (("Content-Length", "0"),), b"")))


async def test_not_modified_keeps_its_length_and_has_no_body() -> None:
    wire = await exchanged(replying(Reply(304, (("Content-Length", "999"),), b"")))
    assert (b"Content-Length: 999" in wire, body(wire)) == (True, b"")


async def test_missing_date_is_added() -> None:
    assert b"\r\nDate: " in await exchanged(replying(Reply(200, (), b"")))


async def test_date_of_the_upstream_is_kept() -> None:
    wire = await exchanged(replying(Reply(200, (("Date", "Mon, 01 Jan 2024 00:00:00 GMT"),), b"")))
    assert wire.count(b"Date: ") == 1


async def test_nothing_tells_that_a_gateway_stands_here() -> None:
    wire = await exchanged(replying(Reply(200, (("Server", "crm"),), b"x")))
    assert {line.partition(b":")[0] for line in lines(wire)[1:]} == {
        b"Server",
        b"Content-Length",
        b"Date",
        b"Connection",
    }


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: evil=1", "a\nb", "a\rb", "a\0b"])
async def test_header_that_would_split_the_reply_is_withheld(value: str) -> None:
    wire = await exchanged(replying(Reply(200, (("X", value),), b"body")))
    assert (lines(wire)[0][9:12], b"evil" in wire, b"GW-S002" in wire) == (b"502", False, True)


async def test_connection_is_kept_for_the_next_request() -> None:
    async with site() as gateway, client(gateway.port) as (reader, writer):
        for _ in range(3):
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await head_of(reader)
            assert await reader.readexactly(5) == b"hello"


async def test_old_client_gets_its_connection_closed() -> None:
    async with site() as gateway:
        assert b"Connection: close" in await talk(gateway.port, OLD_GET)


async def test_old_client_that_asks_for_it_keeps_its_connection() -> None:
    async with site() as gateway, client(gateway.port) as (reader, writer):
        for _ in range(2):
            writer.write(b"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
            assert b"Connection: keep-alive\r\n" in await head_of(reader)
            await reader.readexactly(5)


async def test_problem_document_says_what_and_how_to_mend_it() -> None:
    wire = await exchanged(raising(PayloadError("GW-P999", "the body is odd.", "send another", status=415)))
    told = json.loads(body(wire))
    assert (b"Content-Type: application/problem+json" in wire, told.pop("instance")[:12], told) == (
        True,
        "urn:request:",
        {
            "type": "/docs/errors/GW-P999",
            "title": "Unsupported Media Type",
            "status": 415,
            "code": "GW-P999",
            "detail": "the body is odd.",
            "mend": "send another",
        },
    )


async def test_problem_of_the_operators_side_keeps_his_names_to_itself() -> None:
    wire = await exchanged(raising(WorldError("GW-K201", "key 'ru-2026' is not in provider 'file:var/keys'", "add it")))
    assert (b"ru-2026" in wire, b"GW-K201" in wire) == (False, True)


async def test_refusal_says_which_rule_refused_and_why() -> None:
    async def refusing(request: Request) -> Refusal:
        because = (Reason(RuleId("no-cards"), "rules/ru.yaml:14:3", "PCI DSS 3."),)
        return Refusal(403, "GW-X403", "A rule blocks this request.", because)

    told = json.loads(body(await exchanged(refusing)))
    assert (told["status"], told["code"], told["detail"], told["because"]) == (
        403,
        "GW-X403",
        "A rule blocks this request.",
        [{"rule": "no-cards", "says": "PCI DSS 3."}],
    )


async def test_unavailable_store_says_when_to_come_back() -> None:
    assert b"Retry-After: 5\r\n" in await exchanged(raising(WorldError("GW-V999", "the vault is down")))


async def test_unexpected_error_shows_nothing_of_itself() -> None:
    wire = await exchanged(raising(LookupError("anna@example.org")))
    assert (lines(wire)[0][9:12], b"anna" in wire, b"GW-S001" in wire) == (b"500", False, True)


async def test_unexpected_error_is_reported_by_class_and_place() -> None:
    async with site(raising(LookupError("anna@example.org"))) as gateway:
        await talk(gateway.port, GET)
    (facts,) = gateway.sink.named("internal_error")
    assert (facts["error"], str(facts["where"])[:9], "anna" in str(gateway.sink.events)) == (
        "LookupError",
        "proxy.py:",
        False,
    )


async def test_connection_survives_a_problem() -> None:
    async with site(raising(WorldError("GW-V999", "down"))) as gateway, client(gateway.port) as (reader, writer):
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await head_of(reader)).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
            await reader.readuntil(b"}")


async def test_relay_of_known_length_is_streamed_with_that_length() -> None:
    answer = Pieces([b"wor", b"ld"], headers=(("Content-Length", "10"), ("Date", "d")))
    wire = await exchanged(relaying(answer, b"hello"))
    assert (lines(wire)[1:3], body(wire)) == ([b"Content-Length: 10", b"Date: d"], b"helloworld")


async def test_relay_of_unknown_length_is_chunked() -> None:
    wire = await exchanged(
        relaying(Pieces([b"wor", b"", b"ld"], headers=(("Transfer-Encoding", "chunked"),)), b"hello")
    )
    assert body(wire) == b"5\r\nhello\r\n3\r\nwor\r\n2\r\nld\r\n0\r\n\r\n"


async def test_relay_of_unknown_length_to_an_old_client_ends_with_the_connection() -> None:
    wire = await exchanged(relaying(Pieces([b"world"]), b"hello"), OLD_GET)
    assert (b"chunked" in wire, body(wire)) == (False, b"helloworld")


async def test_relay_of_head_reads_nothing() -> None:
    answer = Pieces([b"never"], headers=(("Content-Length", "5"),))
    wire = await exchanged(relaying(answer), HEAD)
    assert (body(wire), answer.handed_out, b"Content-Length: 5" in wire) == (b"", [], True)


async def test_relay_is_closed_when_done() -> None:
    answer = Pieces([b"x"])
    await exchanged(relaying(answer))
    assert answer.closed


async def test_relay_that_breaks_off_does_not_look_whole() -> None:
    answer = Pieces([b"wor"], WorldError("GW-U008", "it broke off", status=502))
    async with site(relaying(answer)) as gateway:
        try:
            wire = await talk(gateway.port, GET)
        except ConnectionResetError:
            wire = b""
    assert (wire.endswith(b"0\r\n\r\n"), answer.closed) == (False, True)
    assert gateway.sink.named("relay_broken")[0]["code"] == "GW-U008"


async def test_relay_to_a_client_that_stops_reading_is_given_up() -> None:
    answer = Pieces([b"x" * 2**20] * 64)
    impatient = ClientPatience(write_s=0.05)
    async with site(relaying(answer), patience=impatient) as gateway, client(gateway.port) as (_, writer):
        writer.write(GET)
        async with asyncio.timeout(5):
            while not answer.closed:
                await asyncio.sleep(0)
    assert len(answer.handed_out) < 64


async def test_slow_client_that_keeps_reading_gets_the_whole_reply() -> None:
    large = Reply(200, (), b"x" * 2**24)
    patient = ClientPatience(write_s=0.2)
    async with site(replying(large), patience=patient) as gateway, client(gateway.port) as (reader, writer):
        writer.write(GET)
        await head_of(reader)
        received = 0
        while piece := await reader.read(2**18):
            received += len(piece)
            await pause(0.005)
    assert received == 2**24


async def test_fault_inside_a_relay_ends_the_connection_without_a_second_reply() -> None:
    async with site(relaying(Pieces([b"wor"], LookupError("anna")))) as gateway:
        try:
            wire = await talk(gateway.port, GET)
        except ConnectionResetError:
            wire = b""
    assert (wire.count(b"HTTP/1.1"), gateway.sink.named("connection_failed")) == (1, [{"error": "LookupError"}])


async def test_drain_lets_the_request_under_way_finish_and_closes_its_connection() -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: Request) -> Reply:
        arrived.set()
        await go_on.wait()
        return Reply(200, (), b"done")

    async with site(slow) as gateway, client(gateway.port) as (reader, writer), asyncio.TaskGroup() as tasks:
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await arrived.wait()
        drained = tasks.create_task(gateway.proxy.drain(5.0))
        await asyncio.sleep(0)
        go_on.set()
        wire = await reader.read()
        assert (await drained, b"Connection: close" in wire, body(wire)) == (True, True, b"done")


async def test_drain_gives_up_after_the_grace_period() -> None:
    arrived = asyncio.Event()

    async def never(request: Request) -> Reply:
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with site(never) as gateway, client(gateway.port) as (_, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await arrived.wait()
        assert not await gateway.proxy.drain(0.01)
        await gateway.listener.shutdown(0.01)


async def test_idle_connections_are_closed_at_once() -> None:
    async with site() as gateway, client(gateway.port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await head_of(reader)
        await reader.readexactly(5)
        gateway.listener.close_idle()
        assert await reader.read() == b""
