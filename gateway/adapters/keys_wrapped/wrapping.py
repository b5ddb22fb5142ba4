"""Data keys wrapped under an epoch key: AES-256-GCM, bound to region and person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.adapters.keys_wrapped.key_set import KEY_BYTES, NONCE_BYTES, KeySet
from gateway.model.errors import WorldError
from gateway.model.names import Region, SubjectId
from gateway.model.secret import DataKey, Secret
from gateway.ports import Clock

_RANDOM_BYTES = 7

Wrapped = tuple[SubjectId, str, bytes]
"""Id, epoch, nonce and ciphertext."""


class Wrapping:
    """Makes, wraps and opens the data keys of one region under the epoch keys of one key set."""

    def __init__(self, keys: KeySet, region: Region, clock: Clock) -> None:
        self._ciphers = {epoch: AESGCM(one.secret.expose()) for epoch, one in keys.lines["epoch"].items()}
        self.epoch = keys.in_force("epoch")
        self._region = region
        self._clock = clock

    def knows(self, epoch: str) -> bool:
        return epoch in self._ciphers

    def make(self, count: int) -> list[tuple[DataKey, Wrapped]]:
        """New keys, their ids in order of time: region (1 byte), time in ms (6), random (7), as those of records."""
        head = sha256(self._region.encode()).digest()[:1] + self._clock.now_ms().to_bytes(6, "big")
        ids = sorted({(head + self._clock.random(_RANDOM_BYTES)).hex() for _ in range(count)})
        return [self._made(SubjectId(name)) for name in ids]

    def open(self, wrapped: Mapping[SubjectId, tuple[str, bytes]]) -> dict[SubjectId, DataKey]:
        """Raises WorldError GW-K105 for one that was not wrapped under these keys."""
        return {subject: DataKey(subject, Secret(self._opened(subject, *row))) for subject, row in wrapped.items()}

    def renewed(self, rows: Sequence[Wrapped]) -> list[tuple[SubjectId, bytes, str, bytes]]:
        """For ``DataKeyStore.rewrap``: id, old wrapped key, epoch in force, new wrapped key; without what is closed."""
        return [
            (subject, old, self.epoch, self._wrapped(subject, secret))
            for subject, epoch, old in rows
            if (secret := self._tried(subject, epoch, old)) is not None
        ]

    def _made(self, subject: SubjectId) -> tuple[DataKey, Wrapped]:
        secret = self._clock.random(KEY_BYTES)
        return DataKey(subject, Secret(secret)), (subject, self.epoch, self._wrapped(subject, secret))

    def _wrapped(self, subject: SubjectId, secret: bytes) -> bytes:
        nonce = self._clock.random(NONCE_BYTES)
        return nonce + self._ciphers[self.epoch].encrypt(nonce, secret, self._bound(subject))

    def _opened(self, subject: SubjectId, epoch: str, wrapped: bytes) -> bytes:
        secret = self._tried(subject, epoch, wrapped)
        if secret is None:
            raise WorldError(
                "GW-K105",
                f"a data key of region {self._region} does not open under its epoch key (epoch {epoch}).",
                "restore key set and data keys from one copy of the key store that is within the grace period.",
            )
        return secret

    def _tried(self, subject: SubjectId, epoch: str, wrapped: bytes) -> bytes | None:
        try:
            return self._ciphers[epoch].decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], self._bound(subject))
        except (InvalidTag, KeyError, ValueError):
            return None

    def _bound(self, subject: SubjectId) -> bytes:
        return f"pii-gateway data key 1|{self._region}|{subject}".encode()
