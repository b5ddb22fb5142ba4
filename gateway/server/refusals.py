"""What callers can do wrong before the rules are asked, in the gateway's own words: no part of their message."""

from __future__ import annotations

from gateway.model.errors import PayloadError
from gateway.model.limits import Limits


def malformed(what: str) -> PayloadError:
    return PayloadError(
        "GW-C001",
        f"{what} is not well-formed HTTP/1.1: it could mean one thing here and another behind the gateway.",
        "send what RFC 9112 allows",
        status=400,
    )


def unsure_end() -> PayloadError:
    return PayloadError(
        "GW-C002",
        "the request's Transfer-Encoding is not a plain 'chunked' of HTTP/1.1: where its body ends is in doubt.",
        "send Content-Length or Transfer-Encoding: chunked; codings of content belong in Content-Encoding",
        status=400,
    )


def head_too_large(limits: Limits) -> PayloadError:
    return PayloadError(
        "GW-C003",
        f"the request line and headers exceed {limits.max_header_bytes} bytes.",
        "send fewer or smaller cookies, or raise limits.max_header_bytes",
        status=431,
    )


def body_too_large(limits: Limits) -> PayloadError:
    return PayloadError(
        "GW-C004",
        f"the request's body exceeds {limits.max_body_bytes} bytes: what is not read whole cannot be inspected.",
        "send less at once, or raise limits.max_body_bytes",
        status=413,
    )


def too_slow(what: str, timeout_s: float) -> PayloadError:
    return PayloadError(
        "GW-C005", f"{what} did not arrive within {timeout_s:g} s.", "send it faster or in parts", status=408
    )


def tunnel() -> PayloadError:
    return PayloadError(
        "GW-C006",
        "the request asks for a tunnel (CONNECT, or an Upgrade that is no WebSocket): the gateway could protect nothing"
        " in it.",
        "use plain requests, or a whole handshake of a WebSocket",
        status=501,
    )


def unknown_expectation() -> PayloadError:
    return PayloadError("GW-C007", "the request's Expect is not 100-continue.", "leave the header out", status=417)
