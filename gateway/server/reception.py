"""One incoming message read whole, or refused: what a caller may send and how long that may take.

The raw target, the order, case and duplicates of headers and the coded body come through as they were sent.
"""

from __future__ import annotations

import asyncio
import re

from aiohttp import web
from aiohttp.streams import StreamReader

from gateway.model.limits import Limits
from gateway.model.message import Headers, Request
from gateway.server import refusals
from gateway.server.client_stream import ClientStream
from gateway.server.forwarded import Networks, believable, client_address
from gateway.server.hop import end_to_end
from gateway.server.subject import subject_of

_ABSOLUTE = re.compile(r"https?://(?P<authority>[^/?#]+)(?P<rest>.*)", re.IGNORECASE)
_SPOKEN = frozenset({(1, 0), (1, 1)})
"""The parser lets 0.9 and 2.0 through."""

_OF_ONE_SOCKET = frozenset({"sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions"})
"""Headers of a handshake that are about this hop."""

_VISIBLE = re.compile(r"[!-~]+")
_IGNORED_UPGRADES = frozenset({"h2c"})
"""An upgrade that a server may ignore (RFC 9110, 7.8); curl and Java offer this one unasked."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


async def receive(
    incoming: web.BaseRequest,
    limits: Limits,
    body_timeout_s: float,
    trusted: Networks,
    *,
    socket: bool = False,
    streams: bool = False,
) -> Request:
    """The request with its body complete, headers that travel on, and who sent it: the address as far as it is vouched
    for, and the subject of a certificate that the handshake verified. ``socket``: it is a handshake of a WebSocket.
    ``streams``: a larger body is no error, but read by whoever takes the request.

    PayloadError with a GW-C code; ConnectionError where the client has gone.
    """
    received = raw_headers(incoming)
    if incoming.version not in _SPOKEN:
        raise refusals.malformed("the request's version")
    _check_size(incoming, received, limits)
    _check_framing(incoming)
    if not socket:
        _check_upgrade(incoming)
    peer = _peer(incoming)
    body, stream = (b"", None) if socket else await _body(incoming, limits, body_timeout_s)
    if stream is not None and not streams:
        raise refusals.body_too_large(limits)
    target, headers = _origin_form(incoming.method, incoming.raw_path, end_to_end(received))
    if socket:
        headers = tuple(pair for pair in headers if pair[0].lower() not in _OF_ONE_SOCKET)
    return Request(
        method=incoming.method,
        target=target,
        headers=believable(_without_expect(headers) if "Expect" in incoming.headers else headers, peer, trusted),
        body=body,
        peer=client_address(peer, received, trusted),
        scheme="https" if incoming.secure else "http",
        certificate=subject_of(incoming.get_extra_info("peercert")),
        stream=stream,
    )


def raw_headers(incoming: web.BaseRequest) -> Headers:
    """Order, case and duplicates as received; bytes over 127 as surrogate escapes."""
    return tuple(
        (name.decode("ascii", "surrogateescape"), value.decode("ascii", "surrogateescape"))
        for name, value in incoming.raw_headers
    )


def _peer(incoming: web.BaseRequest) -> str:
    name = incoming.get_extra_info("peername")
    return str(name[0]) if isinstance(name, tuple) else ""


def _check_size(incoming: web.BaseRequest, headers: Headers, limits: Limits) -> None:
    size = len(incoming.raw_path) + sum(len(name) + len(value) + 4 for name, value in headers)
    if size > limits.max_header_bytes:
        raise refusals.head_too_large(limits)


def _check_framing(incoming: web.BaseRequest) -> None:
    """Whatever two readers could end at different bytes is refused; the parser has refused the rest already."""
    coding = incoming.headers.get("Transfer-Encoding")
    if coding is not None and (coding.strip().lower() != "chunked" or incoming.version < (1, 1)):
        raise refusals.unsure_end()


def _check_upgrade(incoming: web.BaseRequest) -> None:
    offered = {item.strip().lower() for item in incoming.headers.get("Upgrade", "").split(",")} - {""}
    if incoming.method == "CONNECT" or offered - _IGNORED_UPGRADES:
        raise refusals.tunnel()


async def _body(incoming: web.BaseRequest, limits: Limits, timeout_s: float) -> tuple[bytes, ClientStream | None]:
    """The body; or, where it is larger than what is held in memory, nothing and the stream that it comes by."""
    content = incoming.content
    if (incoming.content_length or 0) > limits.max_body_bytes:
        _check_expectation(incoming)
        return b"", ClientStream(incoming, timeout_s, _answer_expectation)
    _answer_expectation(incoming)
    if content.is_eof():
        body, whole = await _read(content, limits)
        return _held(incoming, body, timeout_s, whole=whole)
    try:
        async with asyncio.timeout(timeout_s):
            body, whole = await _read(content, limits)
    except TimeoutError as error:
        raise refusals.too_slow("the request's body", timeout_s) from error
    except web.RequestPayloadError as error:
        raise refusals.malformed("the request's body") from error
    return _held(incoming, body, timeout_s, whole=whole)


def _held(
    incoming: web.BaseRequest, body: bytes, timeout_s: float, *, whole: bool
) -> tuple[bytes, ClientStream | None]:
    return (body, None) if whole else (b"", ClientStream(incoming, timeout_s, begun=body))


async def _read(content: StreamReader, limits: Limits) -> tuple[bytes, bool]:
    """As much as is held in memory, and whether that is all."""
    chunks: list[bytes] = []
    size = 0
    while not content.at_eof():
        chunk = await content.readany()
        size += len(chunk)
        chunks.append(chunk)
        if size > limits.max_body_bytes:
            return b"".join(chunks), False
    return (chunks[0] if len(chunks) == 1 else b"".join(chunks)), True


def _answer_expectation(incoming: web.BaseRequest) -> None:
    if _check_expectation(incoming) and not incoming.content.is_eof() and incoming.transport is not None:
        incoming.transport.write(_CONTINUE)


def _check_expectation(incoming: web.BaseRequest) -> bool:
    """True if the client waits for a word before it sends its body."""
    expectation = incoming.headers.get("Expect")
    if expectation is None or incoming.version < (1, 1):
        return False
    if expectation.strip().lower() != "100-continue":
        raise refusals.unknown_expectation()
    return True


def _without_expect(headers: Headers) -> Headers:
    return tuple(pair for pair in headers if pair[0].lower() != "expect")


def _origin_form(method: str, target: str, headers: Headers) -> tuple[str, Headers]:
    """``GET http://app.example/x`` → ``/x`` with ``Host: app.example`` (RFC 9112, 3.2.2: the target outranks Host).

    A target of another scheme goes nowhere: it would travel on as it is, past the path that its destination is held to.
    """
    if not _VISIBLE.fullmatch(target) or "#" in target:
        raise refusals.malformed("the request's target")
    if target.startswith("/") or (target == "*" and method == "OPTIONS"):
        return target, headers
    if not (absolute := _ABSOLUTE.fullmatch(target)):
        raise refusals.malformed("the request's target")
    host = ("Host", absolute["authority"].rpartition("@")[2])
    rest = absolute["rest"]
    return (
        rest if rest.startswith("/") else "/" + rest,
        (host, *(pair for pair in headers if pair[0].lower() != "host")),
    )
