"""The mail listener on the wire: what a hostile, slow or odd client can and can't do, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import smtplib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.contracts.upstream.server import certify
from tests.mail.post_office import ANNA, SENDER, Office, mail, office
from tests.server.certificates import ADMIN, authority
from tests.server.test_claims import AUDIENCE, ISSUER, JWKS, token
from tests.server.test_wiring import port_of


@dataclass
class Wire:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def says(self) -> bytes:
        """One reply, all of its lines."""
        lines = b""
        async with asyncio.timeout(20):
            while line := await self.reader.readline():
                lines += line
                if line[3:4] != b"-":
                    break
        return lines

    async def ask(self, *commands: bytes) -> list[bytes]:
        """Each sent once the one before is answered."""
        replies = []
        for command in commands:
            self.writer.write(command + b"\r\n")
            replies.append(await self.says())
        return replies

    async def begin(self, to: str) -> None:
        (_, begun, taken) = await self.ask(b"EHLO crm", f"MAIL FROM:<{SENDER}>".encode(), f"RCPT TO:<{to}>".encode())
        assert (begun[:3], taken[:3]) == (b"250", b"250")
        assert (await self.ask(b"DATA"))[0][:3] == b"354"


@asynccontextmanager
async def wire(here: Office) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
    made = Wire(reader, writer)
    assert (await made.says())[:4] == b"220 "
    try:
        yield made
    finally:
        writer.close()


# ---------------------------------------------------------------------------------------------------- smuggling

_INNER = b"MAIL FROM:<evil@else.example>\r\nRCPT TO:<%s>\r\nDATA\r\nSubject: smuggled\r\n\r\nboo\r\n"


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r\n\0.\r\n"])
async def test_odd_end_of_a_message_neither_ends_it_nor_goes_on(tmp_path: Path, end: bytes) -> None:
    """RFC 5321, 4.1.1.4: only CR LF dot CR LF ends it; what else may look like an end to the next server is refused."""
    async with office(tmp_path) as here, wire(here) as line:
        to = (await here.tokens())["email"]
        await line.begin(to)
        line.writer.write(b"Subject: x\r\n\r\nfirst" + end + _INNER % to.encode() + b".\r\n")
        assert (await line.says())[:18] == b"554 5.5.2 GW-P153 "
        assert (await line.ask(b"NOOP"))[0][:3] == b"250"
        assert (here.host.mails, here.host.envelopes) == ([], [ANNA["email"]])


async def test_dots_come_through_as_dots(tmp_path: Path) -> None:
    async with office(tmp_path) as here, wire(here) as line:
        await line.begin((await here.tokens())["email"])
        said = await line.ask(b"Subject: x\r\n\r\n..\r\n...a\r\n..MAIL FROM:<a@b.example>\r\n.")
        assert said[0][:3] == b"250"
        assert here.host.mails[0].own == b"Subject: x\r\n\r\n.\r\n..a\r\n.MAIL FROM:<a@b.example>\r\n"


async def test_original_ends_no_message_and_adds_no_header(tmp_path: Path) -> None:
    person = {
        **ANNA,
        "first_name": "Анна\r\n.\r\nMAIL FROM:<e@e.example>",
        "last_name": "A\r\nBcc: e@e.example\r\n\r\nx",
    }
    async with office(tmp_path) as here:
        t = await here.tokens(person)
        letter = mail(f"{t['last_name']} <{t['email']}>", f"For {t['last_name']}", f"Dear {t['first_name']}\n")
        assert await here.send(letter, t["email"]) == {}
        (got,) = here.host.mails
        assert (got.to, got.parsed()["Bcc"]) == ([ANNA["email"]], None)
        assert "MAIL FROM:<e@e.example>" in got.parsed().get_content()


async def test_line_break_in_an_address_is_no_address(tmp_path: Path) -> None:
    async with office(tmp_path, "    mail: {recipients: ['*']}") as here, wire(here) as line:
        await line.ask(b"EHLO crm", b"MAIL FROM:<a@b.example>")
        for odd in (b"<a b@c.example>", b"<a@b.example\rRCPT TO:<c@d.example>", b"<a>", b'<"a b"@c.example>'):
            assert (await line.ask(b"RCPT TO:" + odd))[0][:1] == b"5", odd
        assert here.host.envelopes == []


# ------------------------------------------------------------------------------------------------------ manners


async def test_commands_in_one_packet_are_answered_in_order(tmp_path: Path) -> None:
    async with office(tmp_path) as here, wire(here) as line:
        to = (await here.tokens())["email"].encode()
        one = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<%s>\r\nRCPT TO:<no@else.example>\r\nDATA\r\n" % to
        line.writer.write(b"EHLO crm\r\n" + one)
        assert b"250-PIPELINING" in await line.says()
        assert [(await line.says())[:3] for _ in range(4)] == [b"250", b"250", b"550", b"354"]
        line.writer.write(b"Subject: 1\r\n\r\n1\r\n.\r\n" + one)
        assert [(await line.says())[:3] for _ in range(5)] == [b"250", b"250", b"250", b"550", b"354"]
        line.writer.write(b"Subject: 2\r\n\r\n2\r\n.\r\nQUIT\r\n")
        assert [(await line.says())[:3] for _ in range(2)] == [b"250", b"221"]
        assert [one.parsed()["Subject"] for one in here.host.mails] == ["1", "2"]


async def test_reset_forgets_the_mail(tmp_path: Path) -> None:
    async with office(tmp_path) as here, wire(here) as line:
        to = (await here.tokens())["email"].encode()
        said = await line.ask(
            b"EHLO a", b"MAIL FROM:<a@b.example>", b"RCPT TO:<%s>" % to, b"RSET", b"DATA", b"MAIL FROM:<a@b.example>",
            b"DATA", b"VRFY a@b.example", b"EXPN x", b"FOO", b"HELO a", b"RCPT TO:<%s>" % to,
        )  # fmt: skip
        codes = [b"250", b"250", b"250", b"250", b"503", b"250", b"503", b"252", b"502", b"500", b"250", b"503"]
        assert [one[:3] for one in said] == codes


async def test_too_large_is_refused_before_and_after_it_comes(tmp_path: Path) -> None:
    async with office(tmp_path, settings={"mail.max_message_bytes": 2048}) as here, wire(here) as line:
        to = (await here.tokens())["email"]
        (ehlo, said) = await line.ask(b"EHLO a", b"MAIL FROM:<a@b.example> SIZE=9999")
        assert (b"250-SIZE 2048" in ehlo, said[:3]) == (True, b"552")
        await line.begin(to)
        assert (await line.ask(b"Subject: x\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 40 + b"."))[0][
            :3
        ] == b"552"
        await line.begin(to)
        assert (await line.ask(b"Subject: x\r\n\r\n" + b"x" * 20_000 + b"\r\n."))[0][:3] in (b"500", b"552")
        assert (await line.ask(b"NOOP"))[0][:3] == b"250"
        assert here.host.mails == []


async def test_more_than_the_mail_server_takes_is_refused(tmp_path: Path) -> None:
    async with office(tmp_path, host={"data_size_limit": 1500}) as here:
        to = (await here.tokens())["email"]
        assert await here.refused(mail("x:;", "x", "line\n" * 400), to) == "552 GW-X467"


async def test_silent_client_is_let_go(tmp_path: Path) -> None:
    async with office(tmp_path, settings={"mail.command_s": 0.3, "mail.message_s": 0.6}) as here:
        to = (await here.tokens())["email"]
        async with wire(here) as silent:
            assert await silent.says() == b""
        async with wire(here) as slow:
            await slow.begin(to)
            for _ in range(9):
                slow.writer.write(b"x")
                await asyncio.sleep(0.1)
            with contextlib.suppress(ConnectionError):
                assert await slow.says() == b""
        assert await here.send(mail("x:;", "x", "x"), to) == {}
        assert len(here.host.mails) == 1


async def test_client_that_goes_away_leaves_nothing(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        to = (await here.tokens())["email"]
        async with wire(here) as line:
            await line.begin(to)
            line.writer.write(b"Subject: half\r\n\r\nhal")
        assert await here.send(mail("x:;", "whole", "x"), to) == {}
        assert [one.parsed()["Subject"] for one in here.host.mails] == ["whole"]
        assert [name for name, _ in here.sink.events if name == "internal_error"] == []


async def test_too_many_connections_are_sent_away(tmp_path: Path) -> None:
    async with office(tmp_path, settings={"mail.max_connections": 1}) as here, wire(here):
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        assert (await reader.readline())[:3] == b"421"
        writer.close()


async def test_token_that_is_no_address_has_no_mailbox(tmp_path: Path) -> None:
    async with office(tmp_path) as here, wire(here) as line:
        name = (await here.tokens())["first_name"]
        said = await line.ask(
            b"EHLO a", b"MAIL FROM:<a@b.example> SMTPUTF8", f"RCPT TO:<{name}@id.example>".encode(),
            f"RCPT TO:<{name}>".encode(),
        )  # fmt: skip
        assert [one[:3] for one in said[2:]] == [b"550", b"550"]
        assert here.host.envelopes == []


# ------------------------------------------------------------------------------------------------------ the end


async def test_shutdown_lets_what_is_under_way_finish(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        to = (await here.tokens())["email"]
        here.host.wait = asyncio.Event()
        async with wire(here) as idle, wire(here) as busy, asyncio.TaskGroup() as tasks:
            await busy.begin(to)
            busy.writer.write(b"Subject: last\r\n\r\nx\r\n.\r\n")
            await here.host.reached.wait()
            ending = tasks.create_task(here.end())
            assert await idle.says() == b"421 4.3.2 Shutting down, come back\r\n"
            with pytest.raises(OSError):
                await asyncio.open_connection("127.0.0.1", here.port)
            assert not ending.done()
            here.host.wait.set()
            assert (await busy.says())[:3] == b"250"
            assert (await busy.says())[:3] in (b"421", b"")
        assert [one.parsed()["Subject"] for one in here.host.mails] == ["last"]


async def test_shutdown_cuts_what_takes_too_long(tmp_path: Path) -> None:
    async with office(tmp_path, settings={"shutdown_grace_s": 0.2}) as here:
        to = (await here.tokens())["email"]
        async with wire(here) as slow:
            await slow.begin(to)
            slow.writer.write(b"Subject: half\r\n")
            await here.end()
            assert (await slow.reader.read() if not slow.reader.exception() else b"")[:3] in (b"", b"421")
        assert (here.host.mails, len(here.sink.named("cut_off"))) == ([], 1)


# ---------------------------------------------------------------------------------------------- TLS and passwords


def secured(folder: Path, **more: object) -> tuple[dict[str, object], ssl.SSLContext]:
    _, trusting = certify(folder)
    own = {"mail.tls_cert": str(folder / "cert.pem"), "mail.tls_key": str(folder / "key.pem")}
    return {**own, **{f"mail.{name}": value for name, value in more.items()}}, trusting


async def test_no_mail_without_starttls(tmp_path: Path) -> None:
    settings, trusting = secured(tmp_path)
    async with office(tmp_path, settings=settings) as here:
        to = (await here.tokens())["email"]
        assert (await here.send(mail("x:;", "x", "x"), to)) == (530, "Must issue a STARTTLS command first")

        def work(client: smtplib.SMTP) -> object:
            client.starttls(context=trusting)
            return client.sendmail(SENDER, [to], b"Subject: x\r\n\r\nx\r\n")

        assert await here.client(work) == {}
        async with wire(here) as line:  # what is said before TLS begins is not heard after
            line.writer.write(b"EHLO a\r\n")
            await line.says()
            line.writer.write(b"STARTTLS\r\nMAIL FROM:<e@e.example>\r\n")
            assert (await line.says())[:3] == b"220"
            await line.writer.start_tls(trusting, server_hostname="127.0.0.1")
            said = await line.ask(b"EHLO a", f"RCPT TO:<{to}>".encode())
            assert (b"STARTTLS" in said[0], said[1][:3]) == (False, b"503")


async def test_certificate_admits(tmp_path: Path) -> None:
    trusted = authority(tmp_path)
    settings, trusting = secured(tmp_path, client_ca=str(trusted.file))
    async with office(tmp_path, callers='"certificate:CN=crm-admin,O=Example"', settings=settings) as here:
        to = (await here.tokens())["email"]

        def work(client: smtplib.SMTP) -> int:
            client.starttls(context=trusting)
            try:
                client.sendmail(SENDER, [to], b"Subject: x\r\n\r\nx\r\n")
            except smtplib.SMTPSenderRefused as error:
                return error.smtp_code
            return 250

        assert await here.client(work) == 550
        trusted.client(trusting, ADMIN)
        assert await here.client(work) == 250


async def test_password_admits_under_tls_only(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct horse\n")
    settings, trusting = secured(tmp_path, starttls="offered", logins={"crm": f"file:{tmp_path / 'password'}"})
    async with office(tmp_path, callers='"login:crm"', settings=settings) as here:
        to = (await here.tokens())["email"]

        def work(client: smtplib.SMTP, name: str, password: str) -> int:
            client.ehlo()
            assert "auth" not in client.esmtp_features
            client.starttls(context=trusting)
            try:
                client.login(name, password)
                client.sendmail(SENDER, [to], b"Subject: x\r\n\r\nx\r\n")
            except smtplib.SMTPResponseException as error:
                return error.smtp_code
            return 250

        pairs = (("crm", "correct horse"), ("crm", "wrong"), ("other", "correct horse"), ("crm", ""))
        said = [await here.client(partial(work, name=name, password=password)) for name, password in pairs]
        assert said == [250, 535, 535, 535]
        assert "correct horse" not in repr(here.sink.events)
        assert isinstance(refused := await here.send(mail("x:;", "x", "x"), to), tuple)
        assert refused[0] == 550


async def test_port_that_begins_with_tls_takes_mail_passwords_and_certificates(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("correct horse\n")
    trusted = authority(tmp_path)
    more: dict[str, object] = {"tls_port": 0, "port": None, "client_ca": str(trusted.file)}
    settings, trusting = secured(tmp_path, logins={"crm": f"file:{tmp_path / 'password'}"}, **more)
    callers = '"login:crm", "certificate:CN=crm-admin,O=Example"'
    async with office(tmp_path, callers=callers, settings=settings) as here:
        to = (await here.tokens())["email"]
        assert here.gateway.mail_address is None
        port = port_of(str(here.gateway.mail_tls_address))

        def work(password: str) -> int:
            with smtplib.SMTP_SSL("127.0.0.1", port, context=trusting, timeout=20) as client:
                client.ehlo()
                assert "starttls" not in client.esmtp_features
                try:
                    if password:
                        client.login("crm", password)
                    client.sendmail(SENDER, [to], b"Subject: x\r\n\r\nx\r\n")
                except smtplib.SMTPResponseException as error:
                    return error.smtp_code
                return 250

        assert [await asyncio.to_thread(work, one) for one in ("", "wrong", "correct horse")] == [550, 535, 250]
        trusted.client(trusting, ADMIN)
        assert await asyncio.to_thread(work, "") == 250
        assert [one.to for one in here.host.mails] == [[ANNA["email"]]] * 2


async def test_both_ports_take_mail_and_a_plain_word_is_none_for_tls(tmp_path: Path) -> None:
    settings, trusting = secured(tmp_path, tls_port=0)
    async with office(tmp_path, settings=settings) as here:
        to = (await here.tokens())["email"]
        port = port_of(str(here.gateway.mail_tls_address))

        def work(client: smtplib.SMTP) -> object:
            client.starttls(context=trusting)
            return client.sendmail(SENDER, [to], b"Subject: x\r\n\r\nx\r\n")

        assert await here.client(work) == {}
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"EHLO a\r\n")
        assert not (await reader.read()).startswith(b"220")
        writer.close()


def accounts(folder: Path, password: str) -> dict[str, object]:
    (folder / "account").write_text(f"{password}\n")
    account = {"name": "gateway", "password": f"file:{folder / 'account'}"}
    return {"upstream.ca_file": str(folder / "cert.pem"), "mail.accounts": {"mail": account}}


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("password", ["right", "wrong", "прав"])
async def test_gateway_logs_in_at_the_mail_server(tmp_path: Path, scheme: str, password: str) -> None:
    context, _ = certify(tmp_path)
    seen = list[object]()

    def knows(server: object, session: object, envelope: object, mechanism: str, given: LoginPassword) -> AuthResult:
        seen.append((given.login, given.password))
        return AuthResult(success=given.password == b"right", handled=False)

    host: dict[str, object] = {"tls": context, "authenticator": knows}
    host |= {"direct": True, "auth_require_tls": False} if scheme == "smtps" else {"auth_required": True}
    settings = accounts(tmp_path, password)
    async with office(tmp_path, settings=settings, host=host, scheme=scheme) as here:
        to = (await here.tokens())["email"]
        said = await here.send(mail("x:;", "x", "x"), to)
        if password == "right":
            assert (said, len(here.host.mails), seen) == ({}, 1, [(b"gateway", b"right")]), said
        else:
            assert isinstance(said, dict)
            assert (said[to][0], b"GW-U013" in said[to][1], here.host.mails) == (451, True, []), said
        assert here.leaks(password) == []


@pytest.mark.parametrize("host", [{}, {"auth_require_tls": False}, {"tls": True, "auth_exclude_mechanism": None}])
async def test_password_is_said_to_no_mail_server_without_tls_or_login(tmp_path: Path, host: dict[str, object]) -> None:
    context, _ = certify(tmp_path)
    more = {"tls": context, "auth_exclude_mechanism": ["LOGIN", "PLAIN"]} if "tls" in host else host
    async with office(tmp_path, settings=accounts(tmp_path, "right"), host=more) as here:
        to = (await here.tokens())["email"]
        said = await here.send(mail("x:;", "x", "x"), to)
        assert isinstance(said, dict)
        assert (said[to][0], b"GW-U013" in said[to][1], here.host.mails) == (451, True, [])


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_mail_server_under_tls(tmp_path: Path, scheme: str) -> None:
    context, _ = certify(tmp_path)
    host: dict[str, object] = {"tls": context, **({"direct": True} if scheme == "smtps" else {})}
    for trusted in (True, False):
        folder = tmp_path / str(trusted)
        folder.mkdir()
        settings = {"upstream.ca_file": str(tmp_path / "cert.pem")} if trusted else {}
        async with office(folder, settings=settings, host=host, scheme=scheme) as here:
            to = (await here.tokens())["email"]
            said = await here.send(mail("x:;", "x", "x"), to)
            if trusted:
                assert (said, here.host.mails[0].secured) == ({}, True)
            else:
                assert isinstance(said, dict)
                assert (said[to][0], said[to][1][:13], here.host.mails) == (451, b"4.4.1 GW-U010", [])


async def test_token_of_an_identity_provider_is_a_password_with_roles(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps(JWKS))
    settings, trusting = secured(tmp_path)
    claims = f'callers:\n  claims: {{jwks: jwks.json, issuer: "{ISSUER}", audience: {AUDIENCE}}}'
    async with office(tmp_path, claims, callers='"role:support"', settings=settings) as here:
        to = (await here.tokens())["email"]

        def work(client: smtplib.SMTP, password: str) -> int:
            client.starttls(context=trusting)
            try:
                client.login("crm", password)
                client.sendmail(SENDER, [to], b"Subject: x\r\n\r\nx\r\n")
            except smtplib.SMTPResponseException as error:
                return error.smtp_code
            return 250

        passwords = (token(exp=4_000_000_000), token(exp=4_000_000_000, roles=["else"]), token(exp=1), "none")
        said = [await here.client(partial(work, password=one)) for one in passwords]
        assert said == [250, 550, 535, 535]
        assert len(here.host.mails) == 1


async def test_odd_passwords_are_answered(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("x")
    settings, trusting = secured(tmp_path, logins={"crm": f"file:{tmp_path / 'password'}"})
    async with office(tmp_path, callers='"login:crm"', settings=settings) as here, wire(here) as line:
        assert (await line.ask(b"EHLO a", b"AUTH PLAIN AGNybQB4", b"STARTTLS"))[1][:3] == b"530"
        await line.writer.start_tls(trusting, server_hostname="127.0.0.1")
        said = await line.ask(
            b"EHLO a", b"AUTH", b"AUTH LOGIN", b"AUTH PLAIN !", b"AUTH PLAIN =", b"AUTH PLAIN AA==", b"AUTH PLAIN /w==",
            b"AUTH PLAIN", b"*", b"AUTH PLAIN", b"AGNybQB5", b"AUTH PLAIN", b"AGNybQB4", b"AUTH PLAIN AGNybQB4",
        )  # fmt: skip
        codes = [one[:3] for one in said]
        assert codes[:1] + codes[7:] == [b"250", b"334", b"501", b"334", b"535", b"334", b"235", b"503"]
        assert {code[:1] for code in codes[1:7]} == {b"5"}
        assert (b"AUTH PLAIN" in said[0], b"LOGIN" in said[0]) == (True, False)
