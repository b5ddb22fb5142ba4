"""Claims of a JWT, believed only if one of the operator's identity provider's keys signed them.

Asymmetric algorithms only: a verifier that accepts HS256 takes the public key for the secret, one that accepts ``none``
takes anything. What is wrong with a token is counted by reason, never told with its text. Source: RFC 8725.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import aiohttp
import jwt
import orjson

from gateway.model.errors import RulesError
from gateway.model.message import Headers
from gateway.model.residency import Claims
from gateway.model.rules import ClaimsSpec
from gateway.ports import Clock, Sink

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
)
_KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
_MAX_TOKEN = 16 * 1024
_MAX_JWKS = 256 * 1024
_MAX_KEYS = 100
_MAX_REMEMBERED = 1024
_LEEWAY_S = 30
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_BEARER = re.compile(r"Bearer +([\w.~+/=-]+) *", re.IGNORECASE | re.ASCII)

Payload = Mapping[str, object]


class _Refused(Exception):  # noqa: N818 - never leaves this file
    """Why a token is not believed: a word for the counter."""


class JwtClaims:
    """Implements ``ports.ClaimVerifier``. ``refresh_forever`` runs beside it; a key id never seen asks once in between.

    ``refresh_s`` is how often the keys are fetched anew, ``keep_s`` how long they are believed when that fails.
    """

    def __init__(
        self, spec: ClaimsSpec, clock: Clock, sink: Sink, *, refresh_s: float = 600.0, keep_s: float = 86_400.0
    ) -> None:
        if not _fetchable(spec.jwks):
            raise RulesError(
                "GW-S011",
                "claims.jwks is fetched without TLS: whoever sits in between could sign claims of his own.",
                "write an https url or a file path",
            )
        self._spec = spec
        self._clock = clock
        self._sink = sink
        self._refresh_s = refresh_s
        self._keep_s = keep_s
        self._keys: dict[str, dict[str, object]] = {}
        self._loaded_ms = self._tried_ms = -(10**15)
        self._loading = asyncio.Lock()
        self._remembered: dict[bytes, tuple[Claims, float]] = {}

    async def verify(self, headers: Headers) -> Claims | None:
        values = self._given(headers)
        try:
            return await self._claims(_token(values)) if values else None
        except _Refused as reason:
            self._sink.emit("claims_refused", reason=str(reason))
            return None

    async def payload(self, headers: Headers) -> Payload | None:
        """Counts no refusal: ``verify`` does."""
        values = self._given(headers)
        try:
            return await self._payload(_token(values)) if values else None
        except _Refused:
            return None

    def _given(self, headers: Headers) -> list[str]:
        name = self._spec.header.lower()
        values = [value for key, value in headers if key.lower() == name]
        return [] if name == "authorization" and values and not values[0].lower().startswith("bearer") else values

    async def _payload(self, token: str) -> Payload:
        payload = _verified(token, await self._key(token), self._spec)
        _expiry(payload, self._clock.now_ms() / 1000)
        return payload

    async def refresh_forever(self) -> None:
        """Keep the keys fresh. Runs until cancelled; a failure is counted and tried again sooner."""
        while True:
            await self.refresh()
            await asyncio.sleep(self._refresh_s if self._keys else min(30.0, self._refresh_s))

    async def refresh(self) -> None:
        """Fetch the keys; on failure the old ones stay."""
        async with self._loading:
            self._tried_ms = self._clock.now_ms()
            try:
                async with asyncio.timeout(10):
                    keys = _keys_of(await self._fetch())
            except (OSError, aiohttp.ClientError, ValueError):
                self._sink.emit("jwks_refresh_failed", reason="unreachable_or_unreadable")
                return
            self._loaded_ms = self._tried_ms
            if keys != self._keys:
                self._keys = keys
                self._remembered.clear()

    async def _claims(self, token: str) -> Claims:
        now = self._clock.now_ms() / 1000
        name = hashlib.sha256(token.encode()).digest()
        if (known := self._remembered.get(name)) and now < known[1]:
            return known[0]
        payload = _verified(token, await self._key(token), self._spec)
        expires = _expiry(payload, now)
        claims = _claims_of(payload, self._spec)
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[name] = (claims, min(expires, now + 60))
        return claims

    async def _key(self, token: str) -> jwt.PyJWK:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            raise _Refused("malformed") from None
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise _Refused("algorithm")
        return _prepared(await self._key_named(header.get("kid")), algorithm)

    async def _key_named(self, kid: object) -> dict[str, object]:
        """The key of that id; without an id the only one there is."""
        now = self._clock.now_ms()
        if self._find(kid) is None and now - self._tried_ms > min(30.0, self._refresh_s) * 1000:
            await self.refresh()
        elif self._find(kid) is None and self._loading.locked():
            async with self._loading:  # somebody is fetching them just now, at the start above all
                pass
        if now - self._loaded_ms > self._keep_s * 1000:
            raise _Refused("no_keys")
        if (key := self._find(kid)) is None:
            raise _Refused("unknown_key")
        return key

    def _find(self, kid: object) -> dict[str, object] | None:
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(str(kid))

    async def _fetch(self) -> bytes:
        source = self._spec.jwks
        if "://" not in source:
            return await asyncio.to_thread(_read_file, Path(source))
        async with (
            aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(source, allow_redirects=False, headers={"Accept": "application/json"}) as response,
        ):
            if response.status != 200:
                raise ValueError("status")
            body = b""
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > _MAX_JWKS:
                    raise ValueError("size")
            return body


def _token(values: list[str]) -> str:
    """The one token of the header; two headers are two identities, so neither is believed."""
    if len(values) > 1:
        raise _Refused("ambiguous")
    match = _BEARER.fullmatch(values[0])
    token = match[1] if match else values[0].strip()
    if len(token) > _MAX_TOKEN or not token.isascii():
        raise _Refused("malformed")
    return token


def _verified(token: str, key: jwt.PyJWK, spec: ClaimsSpec) -> Payload:
    """The payload, its signature, issuer and audience checked. Times are checked by our own clock."""
    try:
        return jwt.decode(
            token,
            key,
            algorithms=sorted(ALGORITHMS),
            issuer=spec.issuer,
            audience=spec.audience,
            options={
                "require": ["exp"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_aud": spec.audience is not None,
                "verify_iss": spec.issuer is not None,
            },
        )
    except jwt.InvalidIssuerError:
        raise _Refused("issuer") from None
    except jwt.InvalidAudienceError:
        raise _Refused("audience") from None
    except jwt.InvalidSignatureError:
        raise _Refused("signature") from None
    except (jwt.PyJWTError, ValueError, TypeError):
        raise _Refused("malformed") from None


def _expiry(payload: Payload, now: float) -> float:
    expires, not_before = payload.get("exp"), payload.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(not_before, int | float):
        raise _Refused("malformed")
    if now >= expires + _LEEWAY_S:
        raise _Refused("expired")
    if now < not_before - _LEEWAY_S:
        raise _Refused("not_yet_valid")
    return expires + _LEEWAY_S


def _claims_of(payload: Payload, spec: ClaimsSpec) -> Claims:
    subject, country = _at(payload, spec.subject), _at(payload, spec.country)
    issuer = payload.get("iss")
    return Claims(
        subject=str(subject) if isinstance(subject, str | int) and subject != "" else None,
        roles=_roles(_at(payload, spec.roles)),
        country=country.upper() if isinstance(country, str) and _COUNTRY.fullmatch(country) else None,
        issuer=issuer if isinstance(issuer, str) else None,
        vouched={kind: text for name, kind in spec.vouches.items() if (text := _vouched(payload, name))},
    )


def _vouched(payload: Payload, name: str) -> str | None:
    """The value of a claim, where the provider says that it has verified it. Source: OpenID Connect Core 1.0, 5.1."""
    value = _at(payload, name)
    return value if isinstance(value, str) and _at(payload, f"{name}_verified") is True else None


def _roles(value: object) -> frozenset[str]:
    """A list, or words in one string as OAuth's ``scope`` has them."""
    if isinstance(value, str):
        return frozenset(value.split())
    return frozenset(role for role in value if isinstance(role, str)) if isinstance(value, list) else frozenset()


def _at(payload: Payload, name: str) -> object:
    """``realm_access.roles`` or a name that is itself written with dots (``https://example.org/roles``)."""
    if name in payload:
        return payload[name]
    value: object = payload
    for step in name.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def _keys_of(jwks: bytes) -> dict[str, dict[str, object]]:
    """The signing keys of a JWKS by their id, symmetric ones left out; ValueError if it is none."""
    document = orjson.loads(jwks)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or len(listed) > _MAX_KEYS:
        raise ValueError("not a JWKS")
    usable = [
        key for key in listed if isinstance(key, dict) and key.get("kty") in _KEY_TYPES and key.get("use") != "enc"
    ]
    return {str(key.get("kid")): cast("dict[str, object]", key) for key in usable}


def _prepared(key: dict[str, object], algorithm: str) -> jwt.PyJWK:
    """The key bound to the one algorithm it is for; an RSA key that names none takes the token's."""
    named = key.get("alg") or (algorithm if key.get("kty") == "RSA" else None)
    try:
        return jwt.PyJWK(key, str(named) if named else None)
    except (jwt.PyJWTError, ValueError, TypeError):
        raise _Refused("unusable_key") from None


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_JWKS)


def _fetchable(source: str) -> bool:
    """A path, https, or http on this machine."""
    local = re.match(r"http://(127\.0\.0\.1|localhost|\[::1\])[:/]", source)
    return "://" not in source or source.startswith("https://") or local is not None
