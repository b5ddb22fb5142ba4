"""Addresses and certificates: what a listener needs from the machine."""

from __future__ import annotations

import asyncio
import errno
import ssl
from pathlib import Path

from aiohttp import web

from gateway.model.errors import RulesError


async def bind(
    server: web.Server, host: str, port: int, *, backlog: int = 128, tls: ssl.SSLContext | None = None
) -> asyncio.Server:
    """A listening server. GW-S014 if the address can't be had."""
    try:
        return await asyncio.get_running_loop().create_server(server, host, port, backlog=backlog, ssl=tls)
    except OSError as error:
        raise RulesError(
            "GW-S014",
            f"can't listen on {host}:{port} ({errno.errorcode.get(error.errno or 0, type(error).__name__)}): "
            "nobody could reach the gateway.",
            "stop what listens there, or choose another address in the settings",
        ) from None


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


def _unusable(what: str) -> RulesError:
    return RulesError(
        "GW-S013",
        f"{what} can't be used: no one could be sure whom he talks to.",
        "check that the files are there, are PEM, belong together, and can be read by the gateway's user",
    )
