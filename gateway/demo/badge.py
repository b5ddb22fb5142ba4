"""The support agent's badge: a JWT of the demo's own making, and the JWKS file that the gateway verifies it by."""

from __future__ import annotations

import json
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

_KEY_ID = "demo"


def issue(jwks: Path, now_s: int) -> str:
    """Write a JWKS file with a fresh public key; a badge for the role ``support``, good for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = ECAlgorithm(ECAlgorithm.SHA256).to_jwk(key.public_key(), as_dict=True)
    jwks.write_text(json.dumps({"keys": [{**public, "kid": _KEY_ID, "alg": "ES256", "use": "sig"}]}))
    claims = {"sub": "agent-7", "roles": ["support"], "iat": now_s, "exp": now_s + 3600}
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": _KEY_ID})
