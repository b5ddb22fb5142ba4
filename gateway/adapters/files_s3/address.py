"""``s3:https://host:port/bucket/prefix?region=ru-1&access=env:S3_ACCESS&secret=file:/run/secrets/s3``.

``access`` and ``secret`` (file:PATH or env:NAME, by default env:S3_ACCESS_KEY and env:S3_SECRET_KEY) are read when the
store is opened; ``ca`` is a PEM file. The bucket is addressed by path, as every server understands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from gateway.model.errors import RulesError
from gateway.model.names import Region
from gateway.model.secret import Secret

_STEP = re.compile(r"(?!\.+\Z)[A-Za-z0-9._-]+")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_KNOWN = {"region", "access", "secret", "ca"}


@dataclass(frozen=True, slots=True)
class S3Place:
    """What an address says. ``url``: scheme and authority; ``prefix`` ends with ``/`` or is empty."""

    url: str
    bucket: str
    prefix: str
    region: str
    access: str
    secret: Secret
    ca: str


def parsed(address: str, region: Region, environment: Mapping[str, str]) -> S3Place:
    """Raises RulesError GW-F105; also for plain HTTP beyond loopback: names and times would be read on the way."""
    url = urlsplit(address.removeprefix("s3:"))
    steps = [step for step in url.path.split("/") if step]
    asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
    if url.scheme not in ("https", "http") or not url.hostname or not steps or url.username or url.fragment:
        raise _wrong(region, "it is not https://host/bucket")
    if not all(_STEP.fullmatch(step) for step in steps):
        raise _wrong(region, "bucket and prefix may hold letters, digits, dots, dashes and underscores only")
    if url.scheme == "http" and url.hostname not in _LOOPBACK:
        raise _wrong(region, "plain http leaves this machine")
    if unknown := sorted(asked.keys() - _KNOWN):
        raise _wrong(region, f"{unknown[0]!r} is not known here (known: {', '.join(sorted(_KNOWN))})")
    access, secret = (
        _read(asked.get(name, f"env:S3_{name.upper()}_KEY"), region, environment) for name in ("access", "secret")
    )
    prefix = "".join(f"{step}/" for step in steps[1:])
    place = f"{url.scheme}://{url.netloc}"
    asked_region = asked.get("region", "us-east-1")
    return S3Place(place, steps[0], prefix, asked_region, access, Secret(secret.encode()), asked.get("ca", ""))


def _read(where: str, region: Region, environment: Mapping[str, str]) -> str:
    scheme, _, name = where.partition(":")
    if scheme == "env" and environment.get(name):
        return environment[name].strip()
    if scheme == "file":
        try:
            return Path(name).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise _wrong(region, f"the file {name!r} can't be read") from None
    raise _wrong(region, f"{where!r} names no credential that is there")


def _wrong(region: Region, why: str) -> RulesError:
    return RulesError(
        "GW-F105",
        f"the object store of region {region!r} can't be used: {why}.",
        "write files: s3:https://host/bucket/prefix, and hand its keys over by env: or file:",
    )
