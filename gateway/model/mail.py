"""Mail as the gateway passes it on: what a mail server says, and the port behind which mail servers stand.

The port has its place here because ``ports.py`` is as long as a page may be; what holds for the ports there holds
for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Protocol

from gateway.model.rules import Destination


@dataclass(frozen=True, slots=True)
class Said:
    """A mail server's answer without its text, which may quote an address. ``enhanced`` as RFC 3463 writes it."""

    code: int
    enhanced: str

    @property
    def accepted(self) -> bool:
        return 200 <= self.code < 300


@dataclass(frozen=True, slots=True)
class MailPatience:
    """How long whoever hands in mail may take, in seconds: for a command, and for a whole message."""

    command_s: float = 60.0
    message_s: float = 300.0


class MailLine(Protocol):
    """A connection to a mail server, for one mail. Every method may raise WorldError; close it, whatever happens."""

    @property
    def extensions(self) -> Mapping[str, str]:
        """What the server offers (RFC 5321, 2.2), by name in capitals."""
        ...

    def begin(self, sender: str, *, international: bool, wide: bool) -> Awaitable[Said]:
        """``sender`` is "" for a bounce; ``international`` asks for SMTPUTF8, ``wide`` for 8BITMIME."""
        ...

    def recipient(self, address: str) -> Awaitable[Said]: ...

    def deliver(self, raw: bytes) -> Awaitable[Said]:
        """The whole message, lines ended by CR LF; accepted when it says so."""
        ...

    def aclose(self) -> Awaitable[None]: ...


class MailUpstream(Protocol):
    """The way to mail servers of the region."""

    def open(self, destination: Destination) -> Awaitable[MailLine]:
        """Connected, greeted, and under TLS where the address or the server asks for it. Raises WorldError."""
        ...
