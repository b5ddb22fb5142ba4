"""A store's address: ``postgresql://user@host/database?schema=…&sslmode=…``, and what a connection is opened with.

Passwords need not stand in the rules: ``PGPASSWORD`` and ``passfile=`` (``PGPASSFILE``, ``~/.pgpass``) are read as
usual. Without ``sslmode`` a server on another machine must prove who it is (``verify-full``).
"""

from __future__ import annotations

import ipaddress
import re
import ssl
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from gateway.model.errors import RulesError

_MODES = ("disable", "require", "verify-ca", "verify-full")
_OURS = {"schema", "sslmode", "sslrootcert", "sslcert", "sslkey", "pool", "statement_timeout_ms"}
_DRIVERS = {"host", "passfile"}
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where a store is. ``url`` is for the driver alone and may hold a password; ``place`` may be printed."""

    url: str
    place: str
    user: str
    schema: str
    tls: ssl.SSLContext | bool
    pool: int = 4
    statement_timeout_ms: int = 2000

    def __repr__(self) -> str:
        return f"Address({self.place})"

    @property
    def database(self) -> str:
        return urlsplit(self.url).path.strip("/") or self.user

    def alone(self) -> tuple[Address, ...]:
        """Every host of several as an address of its own."""
        parts = urlsplit(self.url)
        who, at, netloc = parts.netloc.rpartition("@")
        asked = dict(parse_qsl(parts.query))
        if "," in netloc:
            urls = [parts._replace(netloc=f"{who}{at}{host}").geturl() for host in netloc.split(",")]
        else:
            hosts = asked.get("host", "").split(",")
            urls = [parts._replace(query=urlencode({**asked, "host": host})).geturl() for host in hosts]
        return tuple(replace(self, url=url) for url in urls) if len(urls) > 1 else (self,)

    def as_user(self, user: str) -> Address:
        """The same place by another role; its password comes from the environment or a passfile."""
        parts = urlsplit(self.url)
        at = parts.netloc.rpartition("@")[2]
        return replace(self, url=parts._replace(netloc=f"{quote(user, safe='')}@{at}").geturl(), user=user)


def address_of(url: str) -> Address:
    """The address as it was written; RulesError GW-V120 for what can't be one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _unusable("it can't be read") from None  # what was wrong may be a part of the password
    asked = dict(parse_qsl(parts.query))
    if parts.scheme not in ("postgresql", "postgres"):
        raise _unusable(f"scheme {parts.scheme!r}")
    if strange := sorted(asked.keys() - _OURS - _DRIVERS):
        raise _unusable(f"unknown settings {', '.join(strange)}")
    hosts = _hosts(parts.netloc, asked.get("host", ""))
    if not all(map(_has_port, hosts)):
        raise _unusable("a port is no number (is an @ missing before the host?)")
    schema = asked.get("schema", "pii_vault")
    if not _SCHEMA.fullmatch(schema):
        raise _unusable(f"schema {schema!r} is no plain small name")
    driver = urlencode({name: asked[name] for name in asked.keys() & _DRIVERS})
    return Address(
        url=parts._replace(scheme="postgresql", query=driver).geturl(),
        place=f"postgresql://{','.join(hosts)}{parts.path} schema {schema}",
        user=parts.username or "",
        schema=schema,
        tls=_tls(hosts, asked),
        pool=_number(asked, "pool", 4, 64),
        statement_timeout_ms=_number(asked, "statement_timeout_ms", 2000, 600_000),
    )


def _hosts(netloc: str, host: str) -> list[str]:
    """Every host of the address, ports left in; a socket's folder is a host too."""
    return [one for one in (host or netloc.rpartition("@")[2] or "localhost").split(",") if one]


def _has_port(host: str) -> bool:
    """True unless what stands behind the host is no port: it may be anything, so it is not told."""
    if host.startswith("/"):
        return True
    port = host.rpartition("]")[2].partition(":")[2]
    return not port or port.isdecimal()


def _tls(hosts: list[str], asked: dict[str, str]) -> ssl.SSLContext | bool:
    mode = asked.get("sslmode") or ("disable" if all(map(_is_here, hosts)) else "verify-full")
    if mode not in _MODES:
        raise _unusable(f"sslmode {mode!r} is none of {', '.join(_MODES)}")
    if mode == "disable":
        return False
    try:
        context = ssl.create_default_context(cafile=asked.get("sslrootcert"))
        if "sslcert" in asked:
            context.load_cert_chain(asked["sslcert"], asked.get("sslkey"))
    except (OSError, ssl.SSLError) as error:
        raise _unusable(f"a certificate file can't be used ({type(error).__name__})") from None
    context.check_hostname = mode == "verify-full"
    context.verify_mode = ssl.CERT_NONE if mode == "require" else ssl.CERT_REQUIRED
    return context


def _is_here(host: str) -> bool:
    if host.startswith("/"):
        return True
    bare = host.strip("[]") if host.endswith("]") else host.rpartition("]:")[0].lstrip("[") or host.partition(":")[0]
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return bare == "localhost"


def _number(asked: dict[str, str], name: str, default: int, most: int) -> int:
    text = asked.get(name, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise _unusable(f"{name} is not a number between 1 and {most}")
    return int(text)


def _unusable(why: str) -> RulesError:
    return RulesError(
        "GW-V120",
        f"a store's address can't be used: {why}. There is nowhere to keep data.",
        "write postgresql://user@host/database?schema=pii_vault, see docs/how-to/postgresql.md",
    )
