"""Root keys in the transit engine of OpenBao or Vault: keys that never leave it, their versions our generations.

The address is ``transit:https://host:8200/mount/key?token=file:/…``; ``token`` (file:PATH or env:NAME, by default
env:BAO_TOKEN) is read anew for every call, so that an agent may renew it; ``namespace`` and ``ca`` (a PEM file) are
optional. The token's policy: read, update on ``keys/KEY``; update on ``encrypt/KEY``, ``decrypt/KEY``, and, to turn,
``keys/KEY/rotate``, ``keys/KEY/config``, ``keys/KEY/trim``. Source: openbao.org, API, transit.
"""

from __future__ import annotations

import json
import re
import ssl
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import aiohttp

from gateway.model.errors import RulesError, WorldError
from gateway.model.names import Region

_CIPHERTEXT = re.compile(r"vault:v(\d+):[A-Za-z0-9+/=]+")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_KNOWN = {"token", "namespace", "ca"}


@dataclass(frozen=True, slots=True)
class Place:
    """What an address of ours says. ``engine``: the mount's URL."""

    engine: str
    key: str
    token: str
    namespace: str
    ca: str


def parsed(address: str, region: Region) -> Place:
    """Raises RulesError GW-K113; also for plain HTTP beyond loopback: what is unwrapped would be read on the way."""
    url = urlsplit(address.removeprefix("transit:"))
    steps = [step for step in url.path.split("/") if step]
    asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
    if url.scheme not in ("https", "http") or not url.hostname or not steps or url.username or url.fragment:
        raise _wrong(region, "it is not https://host/mount/key")
    if url.scheme == "http" and url.hostname not in _LOOPBACK:
        raise _wrong(region, "plain http leaves this machine")
    if unknown := sorted(asked.keys() - _KNOWN):
        raise _wrong(region, f"{unknown[0]!r} is not known here (known: {', '.join(sorted(_KNOWN))})")
    token = asked.get("token", "env:BAO_TOKEN")
    if token.partition(":")[0] not in ("file", "env"):
        raise _wrong(region, "token is neither file:PATH nor env:NAME")
    engine = f"{url.scheme}://{url.netloc}/v1/{'/'.join(steps[:-1]) or 'transit'}"
    return Place(engine, steps[-1], token, asked.get("namespace", ""), asked.get("ca", ""))


class TransitRoot:
    """The Root port over one key. One connection pool, made at the first call; ``timeout_s`` bounds every call."""

    turns = True

    def __init__(self, address: str, region: Region, environment: Mapping[str, str], timeout_s: float) -> None:
        self._place = parsed(address, region)
        self._region = region
        self._environment = environment
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def wrap(self, secret: bytes, bound: bytes) -> tuple[str, bytes]:
        answer = await self._call("POST", "encrypt/", {"plaintext": _base64(secret), **_bound(bound)})
        text = str(answer.get("ciphertext", ""))
        match = _CIPHERTEXT.fullmatch(text)
        if match is None:
            raise self._refused(200, "a ciphertext of another form")
        return match[1], text.encode()

    async def unwrap(self, generation: str, wrapped: bytes, bound: bytes) -> bytes:
        try:
            text = wrapped.decode("ascii")
            answer = await self._call("POST", "decrypt/", {"ciphertext": text, **_bound(bound)}, closed=generation)
            return b64decode(answer["plaintext"], validate=True)
        except (LookupError, TypeError, ValueError) as error:
            raise self._closed(generation) from error

    async def generations(self) -> dict[str, int]:
        answer = await self._call("GET", "keys/", missing={"keys": {}})
        try:
            return {version: int(made_s) * 1000 for version, made_s in answer["keys"].items()}
        except (LookupError, TypeError, AttributeError) as error:
            raise self._refused(200, "a key of another type than aes256-gcm96") from error

    async def turn(self) -> str:
        """The key itself, if there is none."""
        if not await self.generations():
            await self._call("POST", "keys/", {"type": "aes256-gcm96"})
        else:
            await self._call("POST", "keys/", {}, after="/rotate")
        return max(await self.generations(), key=int)

    async def destroy_before(self, made_ms: int, keep: str) -> int:
        """Versions go from the oldest on: those before the first that has to stay."""
        made = await self.generations()
        old = [int(name) for name, at in made.items() if at <= made_ms and int(name) < int(keep)]
        if not old:
            return 0
        first = max(old) + 1
        await self._call(
            "POST", "keys/", {"min_decryption_version": first, "min_encryption_version": first}, after="/config"
        )
        await self._call("POST", "keys/", {"min_available_version": first}, after="/trim")
        return len(old)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    # ---------------------------------------------------------------------------------------------------- details

    async def _call(
        self,
        method: Literal["GET", "POST"],
        what: str,
        body: object = None,
        *,
        after: str = "",
        missing: dict[str, Any] | None = None,
        closed: str = "",
    ) -> dict[str, Any]:
        """The ``data`` of the answer; ``missing`` for 404; GW-K109 for 400 where a generation may be ``closed``."""
        url = f"{self._place.engine}/{what}{self._place.key}{after}"
        try:
            async with self._opened().request(
                method, url, json=body, headers=self._headers(), allow_redirects=False
            ) as reply:
                text = await reply.read()
                if reply.status == 404 and missing is not None:
                    return missing
                if reply.status == 400 and closed:
                    raise self._closed(closed)
                if reply.status not in (200, 204):
                    raise self._refused(reply.status, what.strip("/") + after)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise WorldError(
                "GW-K115",
                f"the transit engine {self._place.engine!r} can't be reached ({type(error).__name__}): the keys of "
                f"region {self._region} can't be opened or turned.",
                "look at the engine and the way to it; no restart is needed.",
            ) from error
        try:
            return _data(text)
        except ValueError as error:
            raise self._refused(reply.status, "an answer that is no JSON") from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            tls = ssl.create_default_context(cafile=self._place.ca) if self._place.ca else True
            connector = aiohttp.TCPConnector(ssl=tls, limit=4)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def _headers(self) -> dict[str, str]:
        kind, _, where = self._place.token.partition(":")
        try:
            token = Path(where).read_text("ascii").strip() if kind == "file" else self._environment.get(where, "")
        except (OSError, UnicodeDecodeError):
            token = ""
        if not token:
            raise self._refused(0, f"no token in {self._place.token!r}")
        named = {"X-Vault-Namespace": self._place.namespace} if self._place.namespace else {}
        return {"X-Vault-Token": token, "X-Vault-Request": "true", **named}

    def _refused(self, status: int, what: str) -> WorldError:
        return WorldError(
            "GW-K116",
            f"the transit engine {self._place.engine!r} refuses ({status or 'not asked'}: {what}): the keys of region "
            f"{self._region} can't be opened or turned.",
            f"look at the token and its policy for key {self._place.key!r}, and whether the engine is sealed.",
        )

    def _closed(self, generation: str) -> WorldError:
        return WorldError(
            "GW-K109",
            f"the key set of region {self._region} does not open under version {generation} of transit key "
            f"{self._place.key!r}: the region stays closed.",
            "name the right key, or restore the key store from a copy within the grace period.",
        )


def _data(text: bytes) -> dict[str, Any]:
    answer = json.loads(text) if text else {}
    data = answer.get("data") if isinstance(answer, dict) else None
    return data if isinstance(data, dict) else {}


def _bound(bound: bytes) -> dict[str, str]:
    return {"associated_data": _base64(bound)}


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _wrong(region: Region, what: str) -> RulesError:
    return RulesError(
        "GW-K113",
        f"the key address of region {region} can't be used: {what}.",
        'write key: "transit:https://host:8200/transit/KEY?token=file:/…"',
    )
