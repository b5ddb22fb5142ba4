"""Record ids are time-ordered and tell their region; names carry record and field."""

from __future__ import annotations

import pytest

from gateway.core.naming import record_id, region_code
from gateway.core.naming.names import name_of, ref_from
from gateway.model.names import RecordId, Region

RU = Region("ru")


def test_a_record_id_is_28_hex_digits_that_begin_with_the_region() -> None:
    record = record_id(RU, 0x0123456789AB, b"\x01\x02\x03\x04\x05\x06\x07")
    assert record == region_code(RU) + "0123456789ab" + "01020304050607"


def test_a_later_record_sorts_after_an_earlier_one() -> None:
    assert record_id(RU, 1_700_000_000_000, b"\xff" * 7) < record_id(RU, 1_700_000_000_001, b"\x00" * 7)


def test_a_record_id_needs_seven_random_bytes() -> None:
    with pytest.raises(ValueError, match="7 random bytes"):
        record_id(RU, 0, b"123456")


def test_a_name_is_fifteen_bytes_and_tells_record_and_field() -> None:
    ref = (RecordId("ed" * 14), 7)
    assert len(name_of(ref)) == 15
    assert ref_from(name_of(ref)) == ref
