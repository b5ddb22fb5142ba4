"""The search for plaintext sees every spelling, and does not see what is not there."""

from __future__ import annotations

import base64
import gzip
import os
from pathlib import Path

import pytest

from tests.faults.plaintext import Plaintext
from tests.load.people import person

EMAIL = b"canary7@example.org"
NAME = "Канарбабаба Анна Петровна"
PHONE = person(7).phone
PASSPORT = person(7).passport.replace(" ", "")


@pytest.fixture(scope="module")
def search() -> Plaintext:
    return Plaintext([7])


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(EMAIL, id="as it is"),
        pytest.param(EMAIL.upper(), id="in capitals"),
        pytest.param(EMAIL.hex().encode(), id="e-mail in hexadecimal"),
        pytest.param(b"\\x" + EMAIL.hex().upper().encode(), id="bytea"),
        pytest.param(EMAIL.decode().encode("utf-16-le"), id="UTF-16"),
        pytest.param(NAME.encode(), id="name"),
        pytest.param(NAME.encode("utf-16-be"), id="name in UTF-16"),
        pytest.param(NAME.encode("cp1251"), id="name in windows-1251"),
        pytest.param("".join(f"\\u{ord(one):04x}" for one in NAME).encode(), id="JSON-escaped"),
        pytest.param("".join(f"%{one:02x}" for one in NAME.encode()).encode(), id="URL-encoded"),
        pytest.param("".join(f"\\{one:03o}" for one in NAME.encode()).encode(), id="octal"),
        *(pytest.param(base64.b64encode(b"." * n + EMAIL), id=f"base64 behind {n}") for n in range(3)),
        *(pytest.param(base64.b64encode(b"." * n + NAME.encode()), id=f"name in base64 behind {n}") for n in range(3)),
        pytest.param(PHONE.encode(), id="phone"),
        pytest.param(PHONE.replace(" ", "").replace("-", "").encode(), id="phone without separators"),
        pytest.param(PHONE.encode("utf-16-le"), id="phone in UTF-16"),
        pytest.param(PASSPORT.encode().hex().encode(), id="passport in hexadecimal"),
        pytest.param(b"dead " + PASSPORT.encode() + b" beef", id="passport between words of a-f"),
        pytest.param(b"a\t" + PASSPORT.encode() + b"\tb", id="passport in a column"),
        pytest.param(b"\\x" + (b"\xff" * 9 + PASSPORT.encode()).hex().encode(), id="passport in bytea"),
        pytest.param(base64.b64encode(b"passport: " + PASSPORT.encode() + b" of Anna"), id="passport in base64"),
    ],
)
def test_it_is_found_among_other_things(search: Plaintext, written: bytes) -> None:
    assert list(search.in_bytes(b"\x00 noise \xff\n" + written + b"\n\x01 more")) != []


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(b"tk0123456789abcdefghjkmnpqrs@t.example +79761234567 0012345678", id="tokens"),
        pytest.param(b"2026-11-22 18:45:37.123 UTC [12345] LOG:  00000: duration: 0.123 ms", id="a server's log"),
        pytest.param(person(8).phone.encode(), id="a number of somebody who was not sent"),
        pytest.param(b"\\x5f0c" + PASSPORT.encode() + b"9be2a7104d4f", id="digits by chance in ciphertext"),
        pytest.param(b"Atlantic/Canary", id="a time zone"),
        pytest.param(os.urandom(1 << 20), id="random bytes"),
    ],
)
def test_nothing_is_found_where_nothing_is(search: Plaintext, written: bytes) -> None:
    assert list(search.in_bytes(written)) == []


def test_every_file_of_a_folder_is_searched_and_the_place_is_told(search: Plaintext, tmp_path: Path) -> None:
    (tmp_path / "wal").mkdir()
    (tmp_path / "wal" / "0001").write_bytes(b"\0" * (1 << 22) + EMAIL)
    (tmp_path / "old.gz").write_bytes(gzip.compress(PASSPORT.encode()))
    (tmp_path / "clean").write_bytes(b"nothing")
    assert list(search.in_folder(tmp_path)) == [
        "old.gz: passport",
        r"wal/0001: canary b'\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00canary7@exam'",
    ]
