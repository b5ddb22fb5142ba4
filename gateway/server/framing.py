"""How a reply is spelled on the wire: status line, headers in order, and what tells the end of the body.

Source: RFC 9112, 6 (message body) and 9.6 (close); RFC 9110, 8.6 (Content-Length) and 6.6.1 (Date).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from gateway.model.errors import GatewayError
from gateway.model.message import Headers, Reply, first_header
from gateway.ports import Relay
from gateway.server.hop import end_to_end

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


Ending = Literal["empty", "length", "chunked", "close"]
"""What tells the end of a relayed body."""


def bodiless(method: str, status: int) -> bool:
    """True if such a reply never has a body, whatever its headers say."""
    return method == "HEAD" or status in (204, 304) or status < 200


def reply_bytes(reply: Reply, method: str, *, close: bool, date: str) -> bytes:
    """The whole reply. The Content-Length is that of the body, except where there is none to measure."""
    headers = end_to_end(reply.headers)
    if bodiless(method, reply.status):
        if reply.status == 204:
            headers = with_length(headers, None)
        return _head(reply.status, reply.reason, headers, close=close, date=date)
    return _head(reply.status, reply.reason, with_length(headers, len(reply.body)), close=close, date=date) + reply.body


def relay_ending(relay: Relay, method: str, version: tuple[int, int]) -> Ending:
    """What can tell this client the end of the body: chunks, the length that the upstream named, or the close."""
    if bodiless(method, relay.status):
        return "empty"
    if first_header(relay.headers, "Transfer-Encoding") is None and first_header(relay.headers, "Content-Length"):
        return "length"
    return "chunked" if version >= (1, 1) else "close"


def relay_head(relay: Relay, ending: Ending, *, close: bool, date: str) -> bytes:
    headers = end_to_end(relay.headers)
    if ending in ("chunked", "close") or relay.status == 204:
        headers = with_length(headers, None)
    if ending == "chunked":
        headers = (*headers, ("Transfer-Encoding", "chunked"))
    return _head(relay.status, relay.reason, headers, close=close, date=date)


def with_length(headers: Headers, length: int | None) -> Headers:
    """The headers with one Content-Length, where the first stood (else at the end); None removes it."""
    kept: list[tuple[str, str]] = []
    pending = length is not None
    for name, value in headers:
        if name.lower() != "content-length":
            kept.append((name, value))
        elif pending:
            kept.append((name, str(length)))
            pending = False
    if pending:
        kept.append(("Content-Length", str(length)))
    return tuple(kept)


def _head(status: int, reason: str, headers: Headers, *, close: bool, date: str) -> bytes:
    lines = [f"HTTP/1.1 {status} {reason or _PHRASES.get(status, '')}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if not any(len(name) == 4 and name.lower() == "date" for name, _ in headers):
        lines.append(f"Date: {date}")
    if close:
        lines.append("Connection: close")
    text = "\r\n".join(lines)
    _refuse_smuggled_lines(text, len(lines) - 1)
    return text.encode("utf-8", "surrogateescape") + b"\r\n\r\n"


def _refuse_smuggled_lines(text: str, breaks: int) -> None:
    """A value that ends a line would let whoever wrote it write headers of its own."""
    if text.count("\n") != breaks or text.count("\r") != breaks or "\0" in text:
        raise GatewayError(
            "GW-S002",
            "a header of the reply holds a line break or a NUL; the reply was withheld, since it could be split.",
            "see which destination sends it (the log names the route)",
            status=502,
        )
