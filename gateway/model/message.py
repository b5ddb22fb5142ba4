"""HTTP messages as plain values: what the server received, what the upstream is sent, what it answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol

from gateway.model.swift import swift

Headers = tuple[tuple[str, str], ...]
"""Name and value pairs as received: order, case and duplicates kept; bytes over 127 as surrogate escapes."""


class Stream(Protocol):
    """A body that is not held in memory. ``size`` in bytes, None where only its end will tell."""

    @property
    def size(self) -> int | None: ...

    def pieces(self) -> AsyncIterator[bytes]:
        """From its beginning to its end; of what a client sends, once."""
        ...


@swift
@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One request, its body complete, or a ``stream`` in its place. ``target`` is the raw request target.

    ``peer`` is the client's address (X-Forwarded-For resolved over trusted proxies), ``certificate`` the subject of a
    verified client certificate as RFC 4514 writes it (``CN=crm-admin,O=Example``).
    """

    method: str
    target: str
    headers: Headers
    body: bytes
    peer: str = ""
    scheme: str = "http"
    certificate: str | None = None
    stream: Stream | None = None

    def __repr__(self) -> str:
        return f"Request({self.method}, headers={len(self.headers)}, body={len(self.body)})"

    def header(self, name: str) -> str | None:
        """The first value of a header, its name in any case."""
        return first_header(self.headers, name)


@swift
@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """One reply with a complete body."""

    status: int
    headers: Headers
    body: bytes
    reason: str = ""

    def __repr__(self) -> str:
        return f"Reply({self.status}, headers={len(self.headers)}, body={len(self.body)})"

    def header(self, name: str) -> str | None:
        """The first value of a header, its name in any case."""
        return first_header(self.headers, name)


@dataclass(frozen=True, slots=True, repr=False)
class SocketMessage:
    """One message of a WebSocket, whole. ``code``: why it was closed (RFC 6455, 7.4)."""

    kind: Literal["text", "binary", "ping", "pong", "close"]
    data: bytes = b""
    code: int = 1000

    def __repr__(self) -> str:
        return f"SocketMessage({self.kind}, {len(self.data)} bytes)"


def first_header(headers: Headers, name: str) -> str | None:
    """The first value whose name matches without regard to case."""
    wanted = name.lower()
    for key, value in headers:
        if key.lower() == wanted:
            return value
    return None
