"""A record as it lies in the store, read under its person's key."""

from __future__ import annotations

from gateway.core.seal import SealedField, open_record
from gateway.model.kept import SealedRecord
from gateway.model.secret import DataKey


def opened(key: DataKey, record: SealedRecord) -> tuple[SealedField, ...]:
    """The fields of the record. Raises WorldError (GW-K310, GW-K311) where it does not open."""
    return open_record(key, region=record.region, scope=record.scope, record=record.record, sealed=record.sealed)
