"""What can go wrong on the way to a destination, in the gateway's own words: no driver's text, no part of a message."""

from __future__ import annotations

from gateway.model.errors import WorldError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""RFC 9110, 9.2.1: what asks for no change. PUT and DELETE may be repeated by the standard, and are not here."""


def unreachable(destination: str) -> WorldError:
    return WorldError(
        "GW-U001",
        f"destination {destination!r} cannot be reached: nothing was sent.",
        "check its url, its name resolution and its firewall",
        status=502,
    )


def slow_to_connect(destination: str, seconds: float) -> WorldError:
    return WorldError(
        "GW-U002",
        f"destination {destination!r} did not accept a connection within {seconds:g} s: nothing was sent.",
        "check that it listens, or raise upstream.connect_s",
        status=504,
    )


def slow_to_answer(destination: str, seconds: float) -> WorldError:
    return WorldError(
        "GW-U003",
        f"destination {destination!r} did not answer within {seconds:g} s: it may have acted, so records stay.",
        "look at its load, or raise upstream.first_byte_s",
        status=504,
    )


def stalled(destination: str, seconds: float) -> WorldError:
    return WorldError(
        "GW-U004",
        f"destination {destination!r} was silent for {seconds:g} s, or over its total time, in mid-exchange.",
        "look at its load, or raise upstream.idle_s or upstream.total_s",
        status=504,
    )


def closed_early(destination: str) -> WorldError:
    return WorldError(
        "GW-U005",
        f"destination {destination!r} closed the connection without an answer: it may have acted, so records stay.",
        "look into its log; the request is not repeated, since that could happen twice",
        status=502,
    )


def broken(destination: str, protocol: str = "HTTP/1.1") -> WorldError:
    return WorldError(
        "GW-U006",
        f"destination {destination!r} answered with something that is not well-formed {protocol}.",
        "look at what listens at its url",
        status=502,
    )


def large_head(destination: str, limit: int) -> WorldError:
    return WorldError(
        "GW-U007",
        f"destination {destination!r} answered with headers of more than {limit} bytes.",
        "have it send fewer cookies, or raise limits.max_header_bytes",
        status=502,
    )


def truncated(destination: str) -> WorldError:
    return WorldError(
        "GW-U008",
        f"destination {destination!r} broke off in the middle of its answer.",
        "look into its log",
        status=502,
    )


def crowded(destination: str, most: int) -> WorldError:
    return WorldError(
        "GW-U009",
        f"all {most} connections to destination {destination!r} are busy: nothing was sent.",
        "look at its speed, or raise upstream.max_connections",
        status=503,
    )


def untrusted(destination: str) -> WorldError:
    return WorldError(
        "GW-U010",
        f"destination {destination!r} could not prove by TLS who it is: nothing was sent.",
        "check its certificate and its chain, or name the authority in upstream.ca_file",
        status=502,
    )


def unsendable(destination: str) -> WorldError:
    return WorldError(
        "GW-U011",
        f"a request towards destination {destination!r} would not stay one request: it holds a line break or a NUL.",
        "see what was put into its target or headers; nothing was sent",
        status=502,
    )


def not_logged_in(destination: str) -> WorldError:
    return WorldError(
        "GW-U013",
        f"mail server {destination!r} took no login of the gateway's, or offered no TLS for one: nothing was sent.",
        "check mail.accounts in the settings, the password there, and that the server offers STARTTLS or is smtps://",
        status=502,
    )
