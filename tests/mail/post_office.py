"""A gateway with a mail route between a back end abroad and a mail server at home, all of them over sockets."""

from __future__ import annotations

import asyncio
import json
import smtplib
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import SMTP as SMTP_POLICY
from email.policy import SMTPUTF8
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session

from gateway.adapters.sink_memory import MemorySink
from gateway.ruleset.load import load as load_rules
from gateway.wiring import Gateway, running
from tests.contracts.upstream.server import Behaviour, Peer, destination
from tests.server.test_wiring import port_of, settings_in
from tests.server.wire import talk

RULES = """
version: 1
packs: [ru]
backend: new
regions:
  ru: {vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {until: account ends}}
residence: {subjects: [body]}
destinations:
  crm: {url: "CRM", region: us, role: application, unmatched: pass, token_domain: id.example}
  mail: {url: "MAIL", region: ru, role: partner, unmatched: pass}
routes:
  - {match: {path: /api/users, method: POST}, to: crm, purpose: account, whose: caller}
  - match: {mail: "*"}
    from: crm
    to: mail
    purpose: notices
    callers: [CALLERS]
MORE
"""
ANNA = {
    "citizenship": "RU",
    "email": "anna.canary@example.org",
    "phone": "+7 916 555-01-23",
    "first_name": "Аннушка",
    "last_name": "Канарейкина",
}
BORIS = {
    "citizenship": "RU",
    "email": "boris.canary@example.org",
    "phone": "+7 916 555-98-76",
    "first_name": "Борислав",
    "last_name": "Зябликов",
}
CANARIES = ("canary", "5550123", "555-01-23", "5559876", "Аннушка", "Канарейкина", "Борислав", "Зябликов")
SENDER = "shop@shop.example"
_T = TypeVar("_T")


@dataclass
class Received:
    """A mail as the mail server at home got it."""

    sender: str
    to: list[str]
    raw: bytes
    options: list[str]
    secured: bool

    @property
    def own(self) -> bytes:
        """Without the gateway's trace header, which is two lines."""
        return self.raw.split(b"\r\n", 2)[2]

    def parsed(self) -> EmailMessage:
        message: Message = BytesParser(policy=SMTP_POLICY).parsebytes(self.own)
        assert isinstance(message, EmailMessage)
        return message


class SmartHost:
    """The mail server at home: takes everything but what ``answers`` says of an address, ``MAIL`` or ``DATA``."""

    def __init__(self) -> None:
        self.mails: list[Received] = []
        self.answers: dict[str, str] = {}
        self.envelopes: list[str] = []
        self.wait: asyncio.Event | None = None
        self.reached = asyncio.Event()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.envelopes.append(address)
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.reached.set()
        if self.wait is not None:
            await self.wait.wait()
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.content, bytes)
        mail = Received(
            str(envelope.mail_from), list(envelope.rcpt_tos), envelope.content, list(envelope.mail_options),
            server.transport is not None and server.transport.get_extra_info("sslcontext") is not None,
        )  # fmt: skip
        self.mails.append(mail)
        return f"250 2.0.0 Ok: for {mail.to[0]} queued as 4XANNA"


@asynccontextmanager
async def smart_host(
    tls: ssl.SSLContext | None = None, *, direct: bool = False, **changes: object
) -> AsyncIterator[tuple[SmartHost, int, asyncio.Server]]:
    host, loop = SmartHost(), asyncio.get_running_loop()
    asked: dict[str, object] = {
        "enable_SMTPUTF8": True,
        "hostname": "mx.example",
        "tls_context": None if direct else tls,
    }
    asked |= changes
    server = await loop.create_server(
        lambda: SMTP(host, loop=loop, **asked),  # type: ignore[arg-type]  # settings by name
        "127.0.0.1", 0, ssl=tls if direct else None,
    )  # fmt: skip
    try:
        yield host, server.sockets[0].getsockname()[1], server
    finally:
        server.close()


@dataclass
class Office:
    gateway: Gateway
    host: SmartHost
    server: asyncio.Server
    folder: Path
    stop: asyncio.Event
    running: asyncio.Task[None]
    abroad: list[bytes] = field(default_factory=list)
    sink: MemorySink = field(default_factory=MemorySink)

    @property
    def port(self) -> int:
        return port_of(str(self.gateway.mail_address))

    async def end(self) -> None:
        """Shut the gateway down, in good order."""
        self.stop.set()
        await asyncio.wait([self.running])

    async def tokens(self, person: Mapping[str, str] = ANNA) -> dict[str, str]:
        """A person's, as the back end abroad has them."""
        raw = json.dumps(person).encode()
        head = "POST /api/users HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Type: application/json\r\n"
        await talk(port_of(self.gateway.address), f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw)
        found = json.loads(self.abroad[-1].partition(b"\r\n\r\n")[2])
        return {name: str(text) for name, text in found.items()}

    async def client(self, work: Callable[[smtplib.SMTP], _T]) -> _T:
        """Work that a back end does with the standard library's client, in a thread of its own."""

        def all_of_it() -> _T:
            with smtplib.SMTP("127.0.0.1", self.port, local_hostname="crm.example", timeout=20) as client:
                return work(client)

        return await asyncio.to_thread(all_of_it)

    async def send(
        self, message: EmailMessage | bytes, *to: str, sender: str = SENDER
    ) -> dict[str, tuple[int, bytes]] | tuple[int, str]:
        """Who was refused; or with what the whole mail was."""
        raw = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP_POLICY)

        def work(client: smtplib.SMTP) -> dict[str, tuple[int, bytes]] | tuple[int, str]:
            try:
                return client.sendmail(sender, list(to), raw)
            except smtplib.SMTPRecipientsRefused as error:
                return error.recipients
            except smtplib.SMTPResponseException as error:
                text = error.smtp_error
                return error.smtp_code, text.decode() if isinstance(text, bytes) else text

        return await self.client(work)

    async def refused(self, message: EmailMessage | bytes, *to: str, sender: str = SENDER) -> str:
        """Code and our code of what was said of the whole mail or its first recipient, once nothing was sent."""
        said = await self.send(message, *to, sender=sender)
        if isinstance(said, dict):
            assert said, "everything was accepted"
            code, raw = next(iter(said.values()))
            said = (code, raw.decode())
        assert self.host.mails == []
        return f"{said[0]} {next((word for word in said[1].split() if word.startswith('GW-')), said[1])}"

    def leaks(self, *more: object) -> list[str]:
        """Canaries in what we have logged and counted, and in what somebody abroad was told."""
        told = repr(self.sink.events) + self.gateway.counters.render() + repr(self.abroad) + repr(more)
        return [one for one in CANARIES if one in told]


def echoing(requests: list[bytes]) -> Behaviour:
    async def behave(peer: Peer) -> None:
        while request := await peer.request():
            requests.append(request)
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    return behave


@asynccontextmanager
async def office(
    folder: Path,
    more: str = "",
    *,
    callers: str = '"address:127.0.0.1/32"',
    settings: Mapping[str, object] = MappingProxyType({}),
    host: Mapping[str, object] = MappingProxyType({}),
    scheme: str = "smtp",
    server: str = "",
    senders: str = "*",
) -> AsyncIterator[Office]:
    """``more``: lines of the route; ``host``: what the mail server is made with; ``server``: another one's address."""
    abroad, sink = list[bytes](), MemorySink()
    async with smart_host(**host) as (mailed, port, listening), destination(echoing(abroad)) as crm:  # type: ignore[arg-type]  # by name
        told = (
            RULES.replace("CRM", crm.url)
            .replace('mail: "*"', f'mail: "{senders}"')
            .replace("MAIL", f"{scheme}://{server or f'127.0.0.1:{port}'}")
        )
        path = folder / "rules.yaml"
        path.write_text(told.replace("CALLERS", callers).replace("MORE", more), encoding="utf-8")
        given = settings_in(folder, {"mail.port": 0, **settings})
        made, stop = asyncio.get_running_loop().create_future(), asyncio.Event()

        async def run() -> None:
            async with running(load_rules([path]), given, sink) as gateway:
                made.set_result(gateway)
                await stop.wait()

        async with asyncio.TaskGroup() as tasks:
            here = tasks.create_task(run())
            await asyncio.wait([here, made], return_when=asyncio.FIRST_COMPLETED)
            if made.done():
                try:
                    yield Office(made.result(), mailed, listening, folder, stop, here, abroad, sink)
                finally:
                    stop.set()


def mail(to: str, subject: str, body: str, **headers: str) -> EmailMessage:
    message = EmailMessage(policy=SMTPUTF8 if headers.pop("utf8", "") else SMTP_POLICY)
    message["From"], message["To"], message["Subject"] = f"Shop <{SENDER}>", to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


async def disclosures(here: Office) -> list[dict[str, list[object] | str]]:
    """What the ledger says was disclosed, as an operator reads it; no value stands in it."""
    command = ("-m", "gateway", "ledger", "tail", "--rules", str(here.folder / "rules.yaml"), "-n", "20", "--json")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=here.folder, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    assert [one for one in CANARIES if one in told.decode()] == []
    return [entry for line in told.decode().splitlines() if (entry := json.loads(line))["event"] == "disclose"]
