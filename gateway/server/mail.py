"""The mail listener: SMTP by aiosmtpd towards back ends that hand in mail, and nothing of it kept or logged here.

A reply is 250 only once the mail server of the region has said so. Whoever is not on a route's list gets 550, whatever
the recipient: this is no open relay. aiosmtpd's own log names senders and recipients; it is silenced.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, Session

from gateway.model.decision import Refusal
from gateway.model.errors import GatewayError
from gateway.model.mail import MailPatience, Said
from gateway.model.residency import Caller, Claims
from gateway.ports import Sink
from gateway.server.mail_login import Logins
from gateway.server.mail_replies import BUSY, BYE, INTERNAL, error_reply, refusal_reply, said_reply
from gateway.server.raised import raised_at
from gateway.server.subject import subject_of
from gateway.service.mail import Handing, Mailroom

_COMMAND_BYTES = 1024
_LONGEST_LINE = 16 * 2**10
"""Of a command that logs in by a JWT; and of a message, where RFC 5321 allows 1000 and some senders need more."""

_WORKING_S = 3600.0
"""Longer than anything that is asked of vault or mail server may take by their own settings."""


@dataclass(frozen=True, slots=True)
class MailDoor:
    """What the listener is made of. ``starttls``: nobody hands in mail without it."""

    room: Mailroom
    sink: Sink
    name_request: Callable[[], str]
    own_name: str
    patience: MailPatience
    most_bytes: int
    most_connections: int
    logins: Logins
    tls: ssl.SSLContext | None = None
    starttls: bool = True


class MailListener:
    """Makes the protocol of each connection, and ends them all in good order."""

    def __init__(self, door: MailDoor) -> None:
        logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
        logging.getLogger("mail.debug").setLevel(logging.CRITICAL + 1)
        self._door = door
        self.connections = set[_Connection]()
        self.draining = False
        self._quiet = asyncio.Event()

    def __call__(self) -> asyncio.BaseProtocol:
        return _Connection(self._door, self)

    def under_tls(self) -> asyncio.BaseProtocol:
        """The protocol of a connection that has begun with TLS."""
        return _Connection(self._door, self, secured=True)

    def full(self) -> bool:
        return self.draining or len(self.connections) > self._door.most_connections

    def settled(self) -> None:
        """Something ended."""
        if not any(one.busy for one in self.connections):
            self._quiet.set()

    async def drain(self, grace_s: float) -> bool:
        """Messages under way get their answer; all other connections end now. False if time ran out."""
        self.draining = True
        for one in tuple(self.connections):
            one.leave()
        self._quiet.clear()
        self.settled()
        try:
            async with asyncio.timeout(grace_s):
                await self._quiet.wait()
        except TimeoutError:
            return False
        return True

    async def cut(self, patience_s: float) -> None:
        """End whatever is left, and see it ended: a mail that is not wholly handed over is not sent."""
        left = tuple(self.connections)
        work = [one.work for one in left if one.work is not None and not one.work.done()]
        for one in left:
            one.end()
        if work:
            await asyncio.wait(work, timeout=patience_s)


class _Connection(SMTP):
    """One client. ``busy`` from DATA to its answer; ``secured``: by TLS before the first word."""

    line_length_limit = _LONGEST_LINE

    def __init__(self, door: MailDoor, listener: MailListener, *, secured: bool = False) -> None:
        self._door = door
        self._listener = listener
        self._secured = secured
        self.busy = False
        # aiosmtpd has one table for all connections, which each new one empties.
        self.command_size_limits: dict[str, int] = defaultdict(lambda: _COMMAND_BYTES)
        super().__init__(
            _Handler(door),
            data_size_limit=door.most_bytes,
            enable_SMTPUTF8=True,
            hostname=door.own_name,
            ident="ESMTP",
            tls_context=None if secured else door.tls,
            require_starttls=door.starttls and not secured,
            timeout=door.patience.command_s,
            auth_require_tls=not secured,
            auth_exclude_mechanism=["LOGIN"],
            loop=asyncio.get_running_loop(),
        )
        self.command_size_limits["AUTH"] = _LONGEST_LINE

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._listener.connections.add(self)
        super().connection_made(transport)
        if self._secured and self.session is not None:
            self.session.ssl = {"peercert": transport.get_extra_info("peercert")}

    def connection_lost(self, error: Exception | None) -> None:
        self.busy = False
        self._listener.connections.discard(self)
        super().connection_lost(error)
        self._listener.settled()

    async def smtp_DATA(self, arg: str) -> None:
        self.busy = True
        self._reset_timeout(self._door.patience.message_s)
        try:
            await super().smtp_DATA(arg)
        finally:
            self.busy = False
            if self._listener.draining:
                self.leave()
            elif self.transport is not None:
                self._reset_timeout()
            self._listener.settled()

    async def _call_handler_hook(self, command: str, *args: object) -> object:
        """What we and the mail server need is limited by our own settings, not by the client's patience."""
        self._reset_timeout(_WORKING_S)
        try:
            return await super()._call_handler_hook(command, *args)
        finally:
            if self.transport is not None:
                self._reset_timeout()

    async def _handle_client(self) -> None:
        try:
            if self._listener.full():
                self._say(BUSY)
            else:
                await super()._handle_client()
        except ConnectionError:
            pass  # the client is gone
        finally:
            await cast("_Handler", self.event_handler).close()

    def leave(self) -> None:
        """End, unless a message is under way."""
        if not self.busy:
            self._say(BYE)

    @property
    def work(self) -> asyncio.Task[None] | None:
        """What is done for this client."""
        return self._handler_coroutine

    def end(self) -> None:
        if self.transport is not None:
            with suppress(AttributeError):  # TLS that is over has let go of what it would end
                cast("asyncio.Transport", self.transport).abort()

    def _say(self, last_words: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            cast("asyncio.Transport", self.transport).write(last_words)
            self.transport.close()


class _Handler:
    """The hooks of one connection, and the mail that is being handed in on it."""

    def __init__(self, door: MailDoor) -> None:
        self._door = door
        self._handing: Handing | None = None
        self._claims: Claims | None = None
        self._login: str | None = None

    async def close(self) -> None:
        handing, self._handing = self._handing, None
        if handing is not None:
            await handing.aclose()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        kept = [one for one in responses if self._door.logins or not one.startswith("250-AUTH")]
        await self.close()
        return [kept[0], "250-PIPELINING", *kept[1:]]

    async def handle_HELO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:
        session.host_name = hostname
        await self.close()
        return f"250 {server.hostname}"

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> object:
        await self.close()
        return MISSING

    async def handle_VRFY(self, server: SMTP, session: Session, envelope: Envelope, address: str) -> str:
        return "252 2.1.5 Nobody is told who is who"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self.close()
        request_id = self._door.name_request()
        asked = self._door.room.begin(self._caller(session), address, request_id, international=envelope.smtp_utf8)
        begun = await self._answer(asked, request_id)
        if isinstance(begun, str):
            return begun
        self._handing = cast("Handing", begun)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender taken"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        handing = self._handing
        if handing is None:
            return "503 5.5.1 Need MAIL first"
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        said = await self._answer(handing.recipient(address), self._door.name_request())
        if isinstance(said, Said) and said.accepted:
            envelope.rcpt_tos.append(address)
        return said if isinstance(said, str) else said_reply(cast("Said", said))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        handing = self._handing
        if handing is None:
            return "503 5.5.1 Need MAIL first"
        try:
            said = await self._answer(handing.message(cast("bytes", envelope.content)), self._door.name_request())
        finally:
            await self.close()
        return said if isinstance(said, str) else said_reply(cast("Said", said))

    async def handle_exception(self, error: Exception) -> str:
        self._door.sink.emit("internal_error", error=type(error).__name__, where=raised_at(error))
        return INTERNAL

    async def auth_PLAIN(self, server: SMTP, args: list[str]) -> AuthResult:
        """RFC 4616. The password is one that the settings name, or a JWT whose roles count (`callers: [role:…]`)."""
        given = args[1] if len(args) > 1 else await server.challenge_auth("", encode_to_b64=False)
        raw = given.encode("ascii", "replace") if isinstance(given, str) else given
        if not isinstance(raw, bytes):
            return AuthResult(success=False, handled=True)
        try:
            fields = (base64.b64decode(raw, validate=True) if len(args) > 1 else raw).decode("utf-8").split("\0")
        except (binascii.Error, UnicodeDecodeError):
            return AuthResult(success=False, handled=False, message="501 5.5.2 Not in Base64")
        name, password = (fields[1], fields[2]) if len(fields) == 3 else ("", "")
        if self._door.logins.knows(name, password):
            self._login = name
        else:
            self._claims = await self._door.logins.claims(password)
        known = self._login is not None or self._claims is not None
        return AuthResult(success=known, handled=False, message=None if known else "535 5.7.8 Not known")

    # ------------------------------------------------------------------------------------------------------ details

    def _caller(self, session: Session) -> Caller:
        peer: object = session.peer
        secured = cast("Mapping[str, object] | None", session.ssl)
        return Caller(
            roles=self._claims.roles if self._claims else frozenset[str](),
            address=str(peer[0]) if isinstance(peer, tuple) else "",
            certificate=subject_of(secured.get("peercert")) if secured else None,
            login=self._login,
        )

    async def _answer(self, asked: Awaitable[Handing | Said | Refusal], request_id: str) -> Handing | Said | str:
        try:
            outcome = await asked
        except GatewayError as error:
            self._door.sink.emit("refused", request=request_id, code=error.code, status=error.status)
            return error_reply(error)
        if isinstance(outcome, Refusal):
            self._door.sink.emit("refused", request=request_id, code=outcome.code, status=outcome.status)
            return refusal_reply(outcome)
        return outcome


_MOST_RECIPIENTS = 100
