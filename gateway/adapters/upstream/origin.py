"""Where a destination stands, and how a request towards it is spelled."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.adapters.upstream.faults import unsendable
from gateway.model.errors import RulesError
from gateway.model.message import Headers, Request
from gateway.model.rules import Destination

_PORTS = {"http": 80, "https": 443}
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Origin:
    """A destination's address. ``authority`` is its Host header, ``prefix`` the path before every target."""

    name: str
    host: str
    port: int
    tls: bool
    authority: str
    prefix: str


def origin_of(destination: Destination) -> Origin:
    """The parts of the destination's url; RulesError if it names no http(s) server."""
    try:
        url = urlsplit(destination.url)
        port = url.port or _PORTS.get(url.scheme, 0)
    except ValueError:
        raise _bad_url(destination) from None
    if not url.hostname or not port or url.username or url.query or url.fragment:
        raise _bad_url(destination)
    host = url.netloc.rpartition("@")[2]
    return Origin(str(destination.name), url.hostname, port, url.scheme == "https", host, url.path.rstrip("/"))


def target_of(origin: Origin, request: Request) -> str:
    """The request's own target behind the destination's prefix; ``*`` stays what it is."""
    return origin.prefix + request.target if request.target.startswith("/") else request.target


def outward_headers(origin: Origin, request: Request) -> Headers:
    """The request's headers as they are, with the Host of this hop and one true Content-Length."""
    headers: list[tuple[str, str]] = []
    hosted = measured = False
    for name, value in request.headers:
        match name.lower():
            case "host":
                if not hosted:
                    headers.append((name, origin.authority))
                hosted = True
            case "content-length":
                if not measured:
                    headers.append((name, str(_body_size(request))))
                measured = True
            case "transfer-encoding" | "connection" | "keep-alive" | "upgrade" | "te" | "trailer":
                # Framing belongs to this hop; the body is complete, so its length says it all.
                continue
            case _:
                headers.append((name, value))
    if not measured and (_body_size(request) or request.method in _WITH_BODY):
        headers.append(("Content-Length", str(_body_size(request))))
    return tuple(headers) if hosted else (("Host", origin.authority), *headers)


def _body_size(request: Request) -> int:
    return len(request.body) if request.stream is None else request.stream.size or 0


def request_head(origin: Origin, request: Request) -> bytes:
    """Request line and headers; WorldError if a value in them would end a line."""
    lines = [f"{request.method} {target_of(origin, request)} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in outward_headers(origin, request)]
    text = "\r\n".join(lines)
    breaks = len(lines) - 1
    if text.count("\n") != breaks or text.count("\r") != breaks or "\0" in text or lines[0].count(" ") != 2:
        raise unsendable(origin.name)
    return text.encode("utf-8", "surrogateescape") + b"\r\n\r\n"


def _bad_url(destination: Destination) -> RulesError:
    return RulesError(
        "GW-U012",
        f"destination {str(destination.name)!r} has a url that names no server by http or https.",
        "write url: https://host:port, without user, query or fragment",
    )
