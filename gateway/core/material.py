"""What the pure core needs from outside to build names and ciphertexts: keys, ids, fresh bytes, the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import shake_256

from gateway.model.names import RecordId, Region, Scope
from gateway.model.secret import DataKey, RegionKeys, Secret
from gateway.model.swift import swift


@swift
@dataclass(frozen=True, slots=True)
class Material:
    """``records`` and ``people`` (data keys) stand one to one with the plan's keeps.

    ``seed``: 32 bytes, fresh, or derived from an Idempotency-Key so that a retry builds the same bytes.
    """

    records: tuple[RecordId, ...]
    people: tuple[DataKey, ...]
    keys: Mapping[Region, RegionKeys]
    home: Region
    """The region whose field and pseudonym keys serve steps of no particular person."""
    seed: Secret
    day: date
    scope: Scope
    domain: str
    phone_block: str
    stand_ins: dict[tuple[RecordId, int, int], str] = field(default_factory=dict, repr=False, compare=False)
    """Those made so far, by record, leaf and start: what is sealed, sent and restored is made once."""

    def draw(self, label: str, size: int) -> bytes:
        """Bytes of the seed's stream for one purpose: same seed and label, same bytes."""
        return shake_256(self.seed.expose() + label.encode("utf-8", "surrogatepass")).digest(size)
