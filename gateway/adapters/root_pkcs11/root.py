"""Root keys in a PKCS#11 token: AES-256 keys that never leave it, one object a generation.

An object's CKA_ID is its generation: when it was made (6 bytes of ms) and two random bytes. Objects of that label with
another id are not ours and are left alone. Wrapping is CKM_AES_GCM, so the token sees the 32 bytes of a set key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass, exceptions
from pkcs11.mechanisms import GCMParams

from gateway.adapters.root_pkcs11.address import parsed
from gateway.adapters.root_pkcs11.token import let_go, shared_line
from gateway.model.errors import WorldError
from gateway.model.names import Region
from gateway.ports import Clock

_NONCE_BYTES = 12
_ID_BYTES = 8
_NOT_OURS = (exceptions.EncryptedDataInvalid, exceptions.EncryptedDataLenRange, exceptions.GeneralError)
"""What tokens say of a tag that does not match; SoftHSM says "general error"."""


class _AesKey(Protocol):
    """What a key object of the binding can do, as far as we use it."""

    def encrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams) -> bytes: ...

    def decrypt(self, data: bytes, *, mechanism: Mechanism, mechanism_param: GCMParams) -> bytes: ...

    def destroy(self) -> None: ...


class Pkcs11Root:
    """The Root port over the keys of one label in one token."""

    turns = True

    def __init__(self, address: str, region: Region, environment: Mapping[str, str], clock: Clock) -> None:
        self._uri = parsed(address, region)
        self._region = region
        self._clock = clock
        self._line = shared_line(self._uri, environment)

    async def wrap(self, secret: bytes, bound: bytes) -> tuple[str, bytes]:
        return await self._line.call(lambda session: self._wrap(session, secret, bound))

    async def unwrap(self, generation: str, wrapped: bytes, bound: bytes) -> bytes:
        return await self._line.call(lambda session: self._unwrap(session, generation, wrapped, bound))

    async def generations(self) -> dict[str, int]:
        return {name: int(name[:12], 16) for name in await self._line.call(self._objects)}

    async def turn(self) -> str:
        return await self._line.call(self._make)

    async def destroy_before(self, made_ms: int, keep: str) -> int:
        return await self._line.call(lambda session: self._destroy(session, made_ms, keep))

    async def aclose(self) -> None:
        await let_go(self._uri, self._line)

    # -------------------------------------------------------------------------------------------- on the token's thread

    def _wrap(self, session: pkcs11.Session, secret: bytes, bound: bytes) -> tuple[str, bytes]:
        objects = self._objects(session)
        if not objects:
            raise self._line.unusable(f"it holds no key {self._uri.label!r} of ours")
        generation, nonce = max(objects), self._clock.random(_NONCE_BYTES)
        parameters = GCMParams(nonce, bound)
        text = objects[generation].encrypt(secret, mechanism=Mechanism.AES_GCM, mechanism_param=parameters)
        return generation, nonce + text

    def _unwrap(self, session: pkcs11.Session, generation: str, wrapped: bytes, bound: bytes) -> bytes:
        key = self._objects(session).get(generation)
        if key is not None:
            parameters = GCMParams(wrapped[:_NONCE_BYTES], bound)
            try:
                text = wrapped[_NONCE_BYTES:]
                return bytes(key.decrypt(text, mechanism=Mechanism.AES_GCM, mechanism_param=parameters))
            except _NOT_OURS:
                pass  # told below
        raise WorldError(
            "GW-K109",
            f"the key set of region {self._region} does not open under root generation {generation!r} of token "
            f"{self._uri.told!r}: the region stays closed.",
            "bring that key back, or restore the key store from a copy within the grace period.",
        )

    def _make(self, session: pkcs11.Session) -> str:
        generation = f"{self._clock.now_ms():012x}{self._clock.random(2).hex()}"
        session.generate_key(
            KeyType.AES,
            256,
            id=bytes.fromhex(generation),
            label=self._uri.label,
            store=True,
            capabilities=MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT,
            template={Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True},
        )
        return generation

    def _destroy(self, session: pkcs11.Session, made_ms: int, keep: str) -> int:
        old = [key for name, key in self._objects(session).items() if int(name[:12], 16) <= made_ms and name < keep]
        for key in old:
            key.destroy()
        return len(old)

    def _objects(self, session: pkcs11.Session) -> dict[str, _AesKey]:
        """Our keys, by generation."""
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: self._uri.label}
        found = {bytes(key[Attribute.ID]): key for key in session.get_objects(wanted)}
        # The binding's stubs give every object the type of the plainest.
        return {name.hex(): cast("_AesKey", key) for name, key in found.items() if len(name) == _ID_BYTES}
