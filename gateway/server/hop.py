"""Which headers belong to one connection only and therefore never travel further.

Source: RFC 9110, 7.6.1 (Connection and what it names; Keep-Alive, Proxy-Connection, TE, Transfer-Encoding, Upgrade),
11.7 (proxy authentication) and 6.6.2 (Trailer: trailers are not carried on, since bodies are read whole).
"""

from __future__ import annotations

from gateway.model.message import Headers

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "http2-settings",
    }
)

_NEVER_NAMED = frozenset({"host", "content-length", "content-type", "content-encoding"})
"""A caller may not take away by naming in Connection what decides where a message goes and how it is read."""


def end_to_end(headers: Headers) -> Headers:
    """The headers that travel on, in order, with duplicates."""
    names = [name.lower() for name, _ in headers]
    named = connection_options(headers) - _NEVER_NAMED if "connection" in names else frozenset()
    return tuple(
        pair
        for pair, name in zip(headers, names, strict=True)
        if name not in HOP_BY_HOP and name not in named and not name.startswith("proxy-")
    )


def connection_options(headers: Headers) -> frozenset[str]:
    """What the Connection headers name, lower-cased: ``close``, ``keep-alive`` and header names."""
    return frozenset(
        option.strip().lower()
        for name, value in headers
        if name.lower() == "connection"
        for option in value.split(",")
        if option.strip()
    )
