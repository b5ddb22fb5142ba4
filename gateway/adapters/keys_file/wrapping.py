"""Data keys wrapped under a master key: AES-256-GCM, bound to region and person."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.adapters.keys_file.key_file import KeySet
from gateway.model.errors import WorldError
from gateway.model.names import Region, SubjectId
from gateway.model.secret import DataKey, Secret
from gateway.ports import Clock

_NONCE_BYTES = 12
_KEY_BYTES = 32
_RANDOM_BYTES = 7

Wrapped = tuple[SubjectId, str, bytes]
"""Id, version of the master key, nonce and ciphertext."""


class Wrapping:
    """Makes, wraps and opens the data keys of one region."""

    def __init__(self, keys: KeySet, region: Region, clock: Clock) -> None:
        self._ciphers = {version: AESGCM(master.expose()) for version, master in keys.masters.items()}
        self._version = keys.version
        self._region = region
        self._clock = clock

    def make(self, count: int) -> list[tuple[DataKey, Wrapped]]:
        """New keys, their ids in order of time: region (1 byte), time in ms (6), random (7), as those of records."""
        head = sha256(self._region.encode()).digest()[:1] + self._clock.now_ms().to_bytes(6, "big")
        ids = sorted({(head + self._clock.random(_RANDOM_BYTES)).hex() for _ in range(count)})
        return [self._made(SubjectId(name)) for name in ids]

    def open(self, wrapped: Mapping[SubjectId, tuple[str, bytes]]) -> dict[SubjectId, DataKey]:
        """Raises WorldError GW-K105 for one that was not wrapped under these keys."""
        return {subject: self._opened(subject, *row) for subject, row in wrapped.items()}

    def _made(self, subject: SubjectId) -> tuple[DataKey, Wrapped]:
        secret, nonce = self._clock.random(_KEY_BYTES), self._clock.random(_NONCE_BYTES)
        sealed = self._ciphers[self._version].encrypt(nonce, secret, self._bound(subject))
        return DataKey(subject, Secret(secret)), (subject, self._version, nonce + sealed)

    def _opened(self, subject: SubjectId, version: str, wrapped: bytes) -> DataKey:
        try:
            nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
            return DataKey(subject, Secret(self._ciphers[version].decrypt(nonce, sealed, self._bound(subject))))
        except (InvalidTag, KeyError, ValueError) as error:
            raise WorldError(
                "GW-K105",
                f"a data key of region {self._region} does not open under its master key (version {version}).",
                "restore the key file that the data keys were made with.",
            ) from error

    def _bound(self, subject: SubjectId) -> bytes:
        return f"pii-gateway data key 1|{self._region}|{subject}".encode()
