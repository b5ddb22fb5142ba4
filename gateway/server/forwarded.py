"""Whose address a request really comes from, believed only as far as listed proxies vouch for it.

Each hop appends the address of the peer it saw, so the chain is read from the right: as long as the address that
vouches is trusted, the next one to its left is believed. Source: RFC 7239 (Forwarded), X-Forwarded-For by custom.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from gateway.model.message import Headers

Networks = tuple[IPv4Network | IPv6Network, ...]

_HOP_NAMES = frozenset(
    "forwarded forwarded-for x-forwarded remote-addr client-ip true-client-ip x-real-ip x-client-ip x-remote-ip"
    " x-remote-addr x-cluster-client-ip x-original-forwarded-for x-originating-ip x-host x-original-host"
    " cf-connecting-ip cf-connecting-ipv6 fastly-client-ip x-envoy-external-address x-azure-clientip"
    " x-appengine-user-ip".split()
)
"""What proxies and clouds write beside X-Forwarded-* of whom they saw."""

_REROUTING = frozenset(
    "x-http-method-override x-http-method x-method-override x-original-url x-rewrite-url x-original-uri"
    " x-original-method".split()
)
"""What frameworks take for the method or path instead of the request line's (Symfony, IIS, Rack)."""

_PAIR = re.compile(r'\s*(?P<name>[\w!#$%&\'*+.^`|~-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s;,"]*))\s*')
_BRACKETED = re.compile(r"\[(?P<host>[^\]]*)\](?::\S+)?")
_V4_WITH_PORT = re.compile(r"(?P<host>\d+(?:\.\d+){3}):\S+")


@lru_cache(maxsize=32)
def networks(trusted_proxies: tuple[str, ...]) -> Networks:
    """The listed addresses and prefixes, parsed; ValueError names none of them, since the rules' check comes first."""
    return tuple(ip_network(text, strict=False) for text in trusted_proxies)


def client_address(peer: str, headers: Headers, trusted: Networks) -> str:
    """The address of the client: the peer, or what trusted proxies say of it.

    Where X-Forwarded-For and Forwarded both stand and disagree, one of them is the client's own invention, and which
    cannot be told: then nothing is known beyond the peer.
    """
    address = plain_address(peer)
    if not _trusts(trusted, address):
        return address
    chains = [chain for chain in (_x_forwarded_for(headers), _forwarded(headers)) if chain]
    answers = {_walk(address, chain, trusted) for chain in chains}
    return answers.pop() if len(answers) == 1 else address


def believable(headers: Headers, peer: str, trusted: Networks) -> Headers:
    """The headers without what only a proxy may say (X-Forwarded-*, X-Real-IP), unless a trusted one sent them, and
    without what no one may (X-Original-URL): it moves a request away from the route whose rules it met.

    An underscore counts as a dash, as CGI and WSGI read it. No proxy writes one: spelled so, it is the client's.
    """
    trusts = _trusts(trusted, plain_address(peer))
    return tuple(pair for pair in headers if _may_stay(pair[0].lower(), trusts=trusts))


@lru_cache(maxsize=4096)
def plain_address(text: str) -> str:
    """The bare address of ``[2001:db8::1]:443``, ``198.51.100.1:80``, ``::ffff:198.51.100.1`` or ``fe80::1%eth0``.

    '' where there is none.
    """
    bare = text.strip()
    for form in (_BRACKETED, _V4_WITH_PORT):
        if match := form.fullmatch(bare):
            bare = match["host"]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    return str(_unmapped(address))


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _walk(peer: str, chain: Sequence[str], trusted: Networks) -> str:
    """From the right: the first address that no trusted proxy owns; the last one that can be read, if one cannot."""
    believed = peer
    for text in reversed(chain):
        address = plain_address(text)
        if not address:
            break
        believed = address
        if not _trusts(trusted, address):
            break
    return believed


def _trusts(trusted: Networks, address: str) -> bool:
    if not trusted or not address:
        return False
    parsed = ip_address(address)
    return any(parsed.version == network.version and parsed in network for network in trusted)


def _may_stay(name: str, *, trusts: bool) -> bool:
    dashed = name.replace("_", "-")
    if dashed in _REROUTING:
        return False
    return (trusts and dashed == name) or not _speaks_of_hops(dashed)


def _speaks_of_hops(name: str) -> bool:
    return name in _HOP_NAMES or name.startswith("x-forwarded-")


def _x_forwarded_for(headers: Headers) -> list[str]:
    return [item for value in _values(headers, "x-forwarded-for") for item in value.split(",") if item.strip()]


def _forwarded(headers: Headers) -> list[str]:
    """The ``for`` of every element; an element without one breaks the chain and stands as ''."""
    return [_for(element) for value in _values(headers, "forwarded") for element in _elements(value)]


def _for(element: list[tuple[str, str]]) -> str:
    return next((value for name, value in element if name == "for"), "")


def _elements(value: str) -> Iterator[list[tuple[str, str]]]:
    """The comma-separated elements as name and value pairs; what does not parse ends the reading with an empty one."""
    element: list[tuple[str, str]] = []
    at = 0
    while match := _PAIR.match(value, at):
        text = match["plain"] if match["quoted"] is None else re.sub(r"\\(.)", r"\1", match["quoted"])
        element.append((match["name"].lower(), text))
        at = match.end()
        if value[at : at + 1] == ",":
            yield element
            element = []
        at += 1
    yield element if at >= len(value) else []


def _values(headers: Headers, wanted: str) -> Iterator[str]:
    return (value for name, value in headers if name.lower() == wanted)
