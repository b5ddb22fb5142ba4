"""Addresses and certificates: what a listener needs from the machine."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

from aiohttp import web

from gateway.model.errors import RulesError


async def bind(
    server: Callable[[], asyncio.BaseProtocol],
    host: str,
    port: int,
    *,
    backlog: int = 128,
    tls: ssl.SSLContext | None = None,
    shared: bool = False,
) -> asyncio.Server:
    """A listening server; ``shared`` with others that say so too (SO_REUSEPORT). GW-S014 if it can't be had."""
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(server, host, port, backlog=backlog, ssl=tls, reuse_port=shared or None)
    except OSError as error:
        raise _taken(f"{host}:{port}", error) from None


async def bind_path(server: web.Server, path: Path) -> asyncio.Server:
    """A server on a Unix socket; who may ask is said by the rights of its directory."""
    try:
        return await asyncio.get_running_loop().create_unix_server(server, path)
    except OSError as error:
        raise _taken(str(path), error) from None


def hold_port(host: str, port: int) -> tuple[Sequence[socket.socket], int]:
    """The port (0: a free one) held for processes that are to share it, and its number. GW-S014 if it can't be had.

    The sockets never listen, so no client is ever led to them; while they are open the port is ours, even when nobody
    listens. They are bound alone, so that a second gateway, or whoever else has the port, is an error and not a silent
    partner; only then they let others of the same user beside them.
    """
    held: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            held.append(one := socket.socket(family, kind, protocol))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what is left of closed connections is no matter
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((address[0], port, *address[2:]))
            port = int(one.getsockname()[1])
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except OSError as error:
        for one in held:
            one.close()
        raise _taken(f"{host}:{port}", error) from None
    return held, port


def address_of(server: asyncio.Server) -> str:
    """``host:port`` as it was bound; of several the first."""
    host, port = server.sockets[0].getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def server_tls(cert: Path, key: Path, clients: Path | None = None, *, required: bool = False) -> ssl.SSLContext:
    """TLS 1.2 or newer with this certificate. GW-S013 if the files don't go.

    ``clients``: authorities whose client certificates are asked for and believed; one that does not verify ends the
    handshake, as does none at all if ``required``.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError):
        raise _unusable(f"certificate {str(cert)!r} and key {str(key)!r}") from None
    if clients is not None:
        _ask_for_certificates(context, clients)
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
    return context


def _ask_for_certificates(context: ssl.SSLContext, authorities: Path) -> None:
    try:
        context.load_verify_locations(authorities)
    except (OSError, ssl.SSLError):
        raise _unusable(f"client authorities {str(authorities)!r}") from None


def client_tls(authorities: Path | None) -> ssl.SSLContext:
    """What destinations are verified by: the system's authorities, or those of a file."""
    try:
        return ssl.create_default_context(cafile=authorities)
    except (OSError, ssl.SSLError):
        raise _unusable(f"authorities {str(authorities)!r}") from None


def _taken(where: str, error: OSError) -> RulesError:
    return RulesError(
        "GW-S014",
        f"can't listen on {where} ({errno.errorcode.get(error.errno or 0, type(error).__name__)}): "
        "nobody could reach the gateway.",
        "stop what listens there, or choose another address in the settings",
    )


def _unusable(what: str) -> RulesError:
    return RulesError(
        "GW-S013",
        f"{what} can't be used: no one could be sure whom he talks to.",
        "check that the files are there, are PEM, belong together, and can be read by the gateway's user",
    )
