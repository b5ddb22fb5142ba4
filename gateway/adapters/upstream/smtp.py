"""Mail handed to a server of the region, by aiosmtplib. The server's texts end here: they may quote whom mail is for.

``smtp://`` takes TLS where the server offers it and believes only a certificate that verifies; ``smtps://`` begins
with TLS. A mail is one connection: none is left open between mails.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Mapping
from urllib.parse import urlsplit

from aiosmtplib import SMTP, SMTPResponse
from aiosmtplib.errors import SMTPException, SMTPResponseException, SMTPServerDisconnected, SMTPTimeoutError

from gateway.adapters.upstream.faults import (
    broken,
    closed_early,
    not_logged_in,
    slow_to_answer,
    slow_to_connect,
    unreachable,
    unsendable,
    untrusted,
)
from gateway.model.errors import RulesError, WorldError
from gateway.model.limits import Patience
from gateway.model.mail import Said
from gateway.model.rules import Destination
from gateway.model.secret import Secrets

_PORTS = {"smtp": 25, "smtps": 465}
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?=\s|\Z)")
_UNSAFE = re.compile(r"[\x00-\x20<>\x7f]")
_QUIT_S = 2.0


def is_mail(destination: Destination) -> bool:
    """True if mail is handed in there."""
    return destination.url.startswith(("smtp://", "smtps://"))


def server_of(destination: Destination) -> tuple[str, int, bool]:
    """Host, port, and whether it begins with TLS; GW-U012 if its url names none."""
    try:
        url = urlsplit(destination.url)
        port = url.port or _PORTS[url.scheme]
    except (ValueError, KeyError):
        raise _bad_url(destination) from None
    if not url.hostname or url.username or url.path.strip("/") or url.query or url.fragment:
        raise _bad_url(destination)
    return url.hostname, port, url.scheme == "smtps"


class Accounts:
    """By destination the account by which the gateway logs in there, and where its password is."""

    def __init__(self, places: Mapping[str, tuple[str, str]], secrets: Secrets) -> None:
        self._places = places
        self._secrets = secrets
        for _, place in places.values():
            secrets.secret(place)

    async def log_in(self, client: SMTP, destination: str) -> None:
        """Nothing where it has none there. Raises WorldError: no password is said without TLS."""
        account = self._places.get(destination)
        if account is None:
            return
        if client.get_transport_info("ssl_object") is None:
            raise not_logged_in(destination)
        try:
            await client.login(account[0], self._secrets.secret(account[1]).expose().decode("utf-8", "surrogateescape"))
        except (SMTPServerDisconnected, SMTPTimeoutError):
            raise
        except (SMTPException, UnicodeError) as error:
            raise not_logged_in(destination) from error


class SmtpUpstream:
    """The MailUpstream port. ``own_name`` is what it greets with."""

    def __init__(
        self, patience: Patience, tls: ssl.SSLContext, own_name: str, accounts: Accounts | None = None
    ) -> None:
        self._patience = patience
        self._tls = tls
        self._own_name = own_name
        self._accounts = accounts

    async def open(self, destination: Destination) -> SmtpLine:
        host, port, begins_with_tls = server_of(destination)
        client = SMTP(
            hostname=host,
            port=port,
            use_tls=begins_with_tls,
            start_tls=None if not begins_with_tls else False,
            tls_context=self._tls,
            local_hostname=self._own_name,
            timeout=self._patience.connect_s,
        )
        name = str(destination.name)
        try:
            await client.connect()
            await client._ehlo_or_helo_if_needed()  # noqa: SLF001 - after STARTTLS nothing said before counts
            if self._accounts is not None:
                await self._accounts.log_in(client, name)
        except ssl.SSLError as error:
            client.close()
            raise untrusted(name) from error
        except (SMTPException, OSError) as error:
            client.close()
            raise _unconnected(error, name, self._patience) from error
        except (asyncio.CancelledError, WorldError):
            client.close()
            raise
        return SmtpLine(client, name, self._patience)


class SmtpLine:
    """The MailLine port over one connection."""

    def __init__(self, client: SMTP, name: str, patience: Patience) -> None:
        self._client = client
        self._name = name
        self._patience = patience

    @property
    def extensions(self) -> Mapping[str, str]:
        return {name.upper(): value for name, value in self._client.esmtp_extensions.items()}

    async def begin(self, sender: str, *, international: bool, wide: bool) -> Said:
        offered = self.extensions
        options = [b"BODY=8BITMIME"] if wide and "8BITMIME" in offered else []
        options += [b"SMTPUTF8"] if international else []
        return await self._asked(b"MAIL", b"FROM:" + _in_angles(sender), *options)

    async def recipient(self, address: str) -> Said:
        return await self._asked(b"RCPT", b"TO:" + _in_angles(address))

    async def deliver(self, raw: bytes) -> Said:
        return await self._said(self._client.data(raw, timeout=self._patience.total_s))

    async def aclose(self) -> None:
        """Say good-bye, or be gone."""
        try:
            if self._client.is_connected:
                await self._client.quit(timeout=_QUIT_S)
        except (SMTPException, OSError):
            pass
        finally:
            self._client.close()

    async def _asked(self, *command: bytes) -> Said:
        return await self._said(self._client.execute_command(*command, timeout=self._patience.first_byte_s))

    async def _said(self, answer: Awaitable[SMTPResponse]) -> Said:
        try:
            response = await answer
        except SMTPResponseException as error:
            return _said(error.code, error.message, self._name)
        except SMTPTimeoutError as error:
            raise slow_to_answer(self._name, self._patience.first_byte_s) from error
        except (SMTPException, OSError) as error:
            raise closed_early(self._name) from error
        return _said(response.code, response.message, self._name)


def _unconnected(error: Exception, name: str, patience: Patience) -> WorldError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return untrusted(name)
        cause = cause.__cause__
    if isinstance(error, SMTPTimeoutError):
        return slow_to_connect(name, patience.connect_s)
    return unreachable(name)


def _said(code: int, text: str, name: str) -> Said:
    """Code and enhanced code; of a server that names none, the most general one of its class."""
    if code // 100 not in (2, 4, 5):
        raise broken(name, "SMTP")
    found = _ENHANCED.match(text)
    return Said(code, found[1] if found else f"{code // 100}.0.0")


def _in_angles(address: str) -> bytes:
    """Raises WorldError (GW-U011) for what would end the command."""
    if _UNSAFE.search(address):
        raise unsendable("mail")
    return f"<{address}>".encode()


def _bad_url(destination: Destination) -> RulesError:
    return RulesError(
        "GW-U012",
        f"destination {str(destination.name)!r} has a url that names no mail server by smtp or smtps.",
        "write url: smtp://host:port, without user, path or query",
    )
