"""Names as bytes: which record and which field a name means.

A record id is 14 bytes in hex: region code (1), Unix time in ms (6), random (7); time first, because a store writes
time-ordered keys ten times faster than random ones. A name is a record id and the field's number: 15 bytes, 120 bits.
"""

from __future__ import annotations

from hashlib import sha256
from zlib import crc32

from gateway.model.kept import FieldRef
from gateway.model.names import RecordId, Region

BYTES = 15
_RANDOM = 7
_TIME_BITS = 48


def record_id(region: Region, at_ms: int, random7: bytes) -> RecordId:
    """A fresh record's id. ``at_ms`` is taken modulo 2^48 (the year 10889); ``random7`` must be seven bytes."""
    if len(random7) != _RANDOM:
        raise ValueError(f"a record id needs {_RANDOM} random bytes, not {len(random7)}")
    return RecordId(f"{region_code(region)}{at_ms % (1 << _TIME_BITS):012x}{random7.hex()}")


def region_code(region: Region) -> str:
    """Two hex digits that every record id of a region begins with. Regions may share one: it proves nothing."""
    return sha256(region.encode()).hexdigest()[:2]


def name_of(ref: FieldRef) -> bytes:
    record, index = ref
    return bytes.fromhex(record) + bytes((index,))


def ref_from(name: bytes) -> FieldRef:
    return RecordId(name[:-1].hex()), name[-1]


def check_sum(name: bytes) -> int:
    """What check characters are taken from: they keep look-ups in the store few, they prove nothing."""
    return crc32(name)
