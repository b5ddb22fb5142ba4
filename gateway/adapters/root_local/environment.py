"""Root keys in a variable of the environment: 64 hex digits each, separated by spaces, the one in force first.

Whoever sets the variable turns the root: a new key before the old one, a restart (the key set is wrapped anew), then
the old one taken away. Generations are named by a digest of the key, so that nobody has to name them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hmac import digest

from gateway.adapters.root_local.cipher import NONCE_BYTES, closed, decrypt, encrypt
from gateway.model.errors import WorldError
from gateway.model.names import Region
from gateway.model.secret import Secret
from gateway.ports import Clock


class EnvironmentRoot:
    """The Root port over ``environment[name]``, read once. Raises WorldError GW-K112 for what is no key."""

    turns = False

    def __init__(self, name: str, region: Region, environment: Mapping[str, str], clock: Clock) -> None:
        self._name = name
        self._region = region
        self._clock = clock
        texts = environment.get(name, "").split()
        if not texts or not all(re.fullmatch(r"[0-9a-fA-F]{64}", text) for text in texts):
            raise WorldError(
                "GW-K112",
                f"variable {name} of the environment holds no root key (64 hex digits each, the one in force first): "
                f"region {region} stays closed.",
                f"{name}=$(openssl rand -hex 32), from a place that outlives the host.",
            )
        self._keys = {_named(bytes.fromhex(text)): Secret(bytes.fromhex(text)) for text in texts}

    async def wrap(self, secret: bytes, bound: bytes) -> tuple[str, bytes]:
        generation, key = next(iter(self._keys.items()))
        return generation, encrypt(key.expose(), secret, bound, self._clock.random(NONCE_BYTES))

    async def unwrap(self, generation: str, wrapped: bytes, bound: bytes) -> bytes:
        key = self._keys.get(generation)
        secret = decrypt(key.expose(), wrapped, bound) if key else None
        if secret is None:
            raise closed(self._region, f"variable {self._name}", generation)
        return secret

    async def generations(self) -> dict[str, int]:
        """The first counts as the youngest; when they were made nobody knows."""
        return {name: -place for place, name in enumerate(self._keys)}

    async def turn(self) -> str:
        raise self._owners("turn")

    async def destroy_before(self, made_ms: int, keep: str) -> int:
        raise self._owners("destroy")

    async def aclose(self) -> None:
        self._keys = {}

    def _owners(self, what: str) -> WorldError:
        return WorldError(
            "GW-K117",
            f"the gateway can't {what} the root key of region {self._region}: it stands in variable {self._name}.",
            f"put a new key before the old one in {self._name}, restart, then take the old one away.",
        )


def _named(key: bytes) -> str:
    return digest(key, b"pii-gateway root key", "sha256")[:8].hex()
