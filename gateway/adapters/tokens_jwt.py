"""JWTs under the gateway's own keys: Ed25519 or RSA in PEM, read where the rules say when they are used."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

from gateway.model.errors import WorldError
from gateway.model.secret import Secrets

_LEAST_RSA_BITS = 2048
_Key = Ed25519PrivateKey | RSAPrivateKey


class JwtTokens:
    """The Tokens port. A key that was read once is parsed once."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._parsed: dict[bytes, tuple[_Key, dict[str, object]]] = {}

    def signed(self, claims: Mapping[str, object], reference: str) -> str:
        """Raises WorldError (GW-S030, GW-S031) where there is no such key."""
        key, public = self._key(reference)
        return jwt.encode(dict(claims), key, str(public["alg"]), headers={"kid": str(public["kid"])})

    def published(self, references: Iterable[str]) -> Mapping[str, object]:
        """A JWKS of the public halves."""
        return {"keys": [self._key(reference)[1] for reference in dict.fromkeys(references)]}

    def _key(self, reference: str) -> tuple[_Key, dict[str, object]]:
        pem = self._secrets.secret(reference).expose()
        name = hashlib.sha256(pem).digest()
        if name not in self._parsed:
            self._parsed = {name: _parsed(pem, reference), **dict(list(self._parsed.items())[:7])}
        return self._parsed[name]


def _parsed(pem: bytes, reference: str) -> tuple[_Key, dict[str, object]]:
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unusable(reference) from None
    if isinstance(key, Ed25519PrivateKey):
        return key, _named(json.loads(OKPAlgorithm.to_jwk(key.public_key())), "EdDSA", ("crv", "kty", "x"))
    if isinstance(key, RSAPrivateKey) and key.key_size >= _LEAST_RSA_BITS:
        return key, _named(json.loads(RSAAlgorithm.to_jwk(key.public_key())), "RS256", ("e", "kty", "n"))
    raise _unusable(reference)


def _named(public: Mapping[str, object], algorithm: str, members: tuple[str, ...]) -> dict[str, object]:
    """With its thumbprint for a name. Source: RFC 7638, 3."""
    told = {member: public[member] for member in members}
    digest = hashlib.sha256(json.dumps(told, separators=(",", ":"), sort_keys=True).encode()).digest()
    return {**told, "kid": urlsafe_b64encode(digest).rstrip(b"=").decode(), "alg": algorithm, "use": "sig"}


def _unusable(reference: str) -> WorldError:
    return WorldError(
        "GW-S031",
        f"the key at {reference} can't sign tokens: nothing was recorded or forwarded.",
        "write an Ed25519 or RSA key (2048 bits or more) in PEM there, e.g. openssl genpkey -algorithm ed25519",
    )
