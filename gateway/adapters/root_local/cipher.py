"""AES-256-GCM under a root key, for roots that are at hand."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.model.errors import WorldError

KEY_BYTES = 32
NONCE_BYTES = 12


def encrypt(key: bytes, secret: bytes, bound: bytes, nonce: bytes) -> bytes:
    return nonce + AESGCM(key).encrypt(nonce, secret, bound)


def decrypt(key: bytes, wrapped: bytes, bound: bytes) -> bytes | None:
    """None for what this key did not make."""
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        return None


def closed(region: str, where: str, generation: str) -> WorldError:
    """The one error of every root that lacks the right generation."""
    return WorldError(
        "GW-K109",
        f"the key set of region {region} does not open under root generation {generation!r} of {where}: "
        "the region stays closed.",
        "bring that generation back, or restore the key store from a copy within the grace period.",
    )
