"""Mail servers that are old, odd, slow or gone: nothing counts as accepted that they have not accepted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.adapters.upstream.smtp import SmtpUpstream, is_mail, server_of
from gateway.model.errors import GatewayError, RulesError
from gateway.model.limits import Patience
from gateway.model.mail import Said
from gateway.server.binding import client_tls
from tests.made import destination
from tests.mail.post_office import mail, office

PATIENCE = Patience(connect_s=0.5, first_byte_s=0.5, total_s=0.5)
OLD = {b"EHLO": b"500 what?", b"HELO": b"250 old"}


@asynccontextmanager
async def scripted(answers: dict[bytes, bytes], greeting: bytes = b"220 mx") -> AsyncIterator[int]:
    """A server with a fixed answer to each command, 250 to all others; b"" is silence, b"-" the end."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer, data = greeting, False
        try:
            while answer != b"-":
                writer.write(answer + b"\r\n" if answer else b"")
                line = await reader.readline()
                if not line:
                    break
                if data and line != b".\r\n":
                    answer = b""
                    continue
                command = b"." if data else line[:4].upper()
                data = command == b"DATA"
                answer = answers.get(command, b"354 go" if data else b"250 ok")
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def passed(port: int, *, scheme: str = "smtp") -> list[Said | str]:
    """What each step of a mail was answered; the code of the error that ended it."""
    upstream = SmtpUpstream(PATIENCE, client_tls(None), "gw.example")
    said: list[Said | str] = []
    try:
        line = await upstream.open(destination("mx", url=f"{scheme}://127.0.0.1:{port}"))
        try:
            said.append(await line.begin("a@b.example", international=False, wide=True))
            said.append(await line.recipient("c@d.example"))
            said.append(await line.deliver(b"Subject: x\r\n\r\nx\r\n"))
        finally:
            await line.aclose()
    except GatewayError as error:
        said.append(error.code)
    return said


OK = Said(250, "2.0.0")


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, [OK, OK, OK]),
        (OLD, [OK, OK, OK]),
        ({b"MAIL": b"250 2.1.0 fine"}, [Said(250, "2.1.0"), OK, OK]),
        ({b"MAIL": b"250-2.1.0 two\r\n250 2.1.0 lines"}, [Said(250, "2.1.0"), OK, OK]),
        ({b"RCPT": b"551 5.1.6 try <anna@else.example>"}, [OK, Said(551, "5.1.6"), OK]),
        ({b"RCPT": b"251 will forward"}, [OK, Said(251, "2.0.0"), OK]),
        ({b"DATA": b"451 4.7.1 grey"}, [OK, OK, Said(451, "4.7.1")]),
        ({b".": b"554 5.7.1 spam"}, [OK, OK, Said(554, "5.7.1")]),
        ({b".": b"354 odd"}, [OK, OK, "GW-U006"]),
        ({b".": b""}, [OK, OK, "GW-U003"]),
        ({b".": b"-"}, [OK, OK, "GW-U005"]),
        ({b"RCPT": b""}, [OK, "GW-U003"]),
        ({b"RCPT": b"-"}, [OK, "GW-U005"]),
        ({b"RCPT": b"what?"}, [OK, "GW-U006"]),
        ({b"EHLO": b"", b"HELO": b""}, ["GW-U002"]),
        ({b"EHLO": b"-"}, ["GW-U001"]),
        ({b"EHLO": b"500 no", b"HELO": b"500 no"}, ["GW-U001"]),
        ({b"EHLO": b"250-mx\r\n250 STARTTLS", b"STAR": b"454 not now"}, ["GW-U001"]),
        ({b"EHLO": b"250-mx\r\n250 STARTTLS", b"STAR": b"220 go"}, ["GW-U010"]),
        ({b"QUIT": b""}, [OK, OK, OK]),
    ],
)
async def test_every_answer_is_taken_for_what_it_is(answers: dict[bytes, bytes], said: list[Said | str]) -> None:
    async with scripted(answers) as port:
        assert await passed(port) == said


@pytest.mark.parametrize(
    ("greeting", "code"), [(b"554 go away", "GW-U001"), (b"", "GW-U002"), (b"-", "GW-U001"), (b"SSH-2.0", "GW-U001")]
)
async def test_server_that_does_not_greet_is_away(greeting: bytes, code: str) -> None:
    async with scripted({}, greeting) as port:
        assert await passed(port) == [code]


async def test_server_that_does_not_speak_tls_gets_nothing() -> None:
    async with scripted({}) as port:
        assert (await passed(port, scheme="smtps"))[0] in {"GW-U010", "GW-U002"}


async def test_address_that_would_end_the_command_is_not_sent() -> None:
    async with scripted({}) as port:
        line = await SmtpUpstream(PATIENCE, client_tls(None), "gw.example").open(
            destination("mx", url=f"smtp://127.0.0.1:{port}")
        )
        try:
            for address in ("a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", "a<@b"):
                with pytest.raises(GatewayError) as error:
                    await line.recipient(address)
                assert error.value.code == "GW-U011"
        finally:
            await line.aclose()


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mx.example", ("mx.example", 25, False)),
        ("smtps://mx.example/", ("mx.example", 465, True)),
        ("smtp://[::1]:2525", ("::1", 2525, False)),
        ("smtp://user@mx.example", None),
        ("smtp://mx.example/path", None),
        ("smtp://mx.example:port", None),
        ("smtp://", None),
        ("https://mx.example", None),
    ],
)
def test_url_names_a_mail_server(url: str, server: tuple[str, int, bool] | None) -> None:
    to = destination("mx", url=url)
    assert is_mail(to) is url.startswith("smtp")
    if server is not None:
        assert server_of(to) == server
        return
    with pytest.raises(RulesError) as error:
        server_of(to)
    assert error.value.code == "GW-U012"


async def test_mail_beyond_what_an_old_server_takes_is_refused(tmp_path: Path) -> None:
    async with scripted(OLD) as port, office(tmp_path, server=f"127.0.0.1:{port}") as here:
        to = (await here.tokens())["email"]
        assert await here.send(mail("x:;", "ASCII", "x"), to) == {}
        wide = b"Subject: x\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xd0\x96\r\n"
        assert await here.refused(wide, to) == "550 GW-X466"
        head = "Subject: Привет\r\n\r\nx\r\n".encode()
        assert await here.refused(head, to) == "550 GW-X466"


async def test_server_that_falls_silent_is_a_temporary_failure(tmp_path: Path) -> None:
    settings = {"upstream.total_s": 0.5}
    async with scripted({b".": b""}) as port, office(tmp_path, server=f"127.0.0.1:{port}", settings=settings) as here:
        assert await here.refused(mail("x:;", "x", "x"), (await here.tokens())["email"]) == "451 GW-U003"
        assert here.leaks() == []
