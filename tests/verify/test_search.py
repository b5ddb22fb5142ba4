from __future__ import annotations

import base64
import gzip
import html
import json
import os
from urllib.parse import quote, urlencode

import brotli
import pytest
import zstandard

from gateway.verify.search import find
from gateway.verify.views import unbrotli, views

NAME = "Брызгалавцев Евлампий"
PHONE = "+7 900 000-01-17"
EMAIL = "vestnik.tamuro83617@example.org"


def in_json(text: str) -> bytes:
    return json.dumps({"comment": text}).encode()


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(NAME.encode(), id="utf-8"),
        pytest.param(NAME.encode("cp1251"), id="cp1251"),
        pytest.param(NAME.encode("koi8-r"), id="koi8-r"),
        pytest.param(NAME.encode("utf-16-le"), id="utf-16"),
        pytest.param(NAME.upper().encode(), id="upper case"),
        pytest.param(NAME.lower().encode(), id="lower case"),
        pytest.param(in_json(NAME), id="JSON escapes"),
        pytest.param(in_json(NAME).upper().replace(b"\\U", b"\\u"), id="JSON escapes in capitals"),
        pytest.param(in_json(in_json(NAME).decode()), id="JSON in JSON"),
        pytest.param(in_json(in_json(in_json(NAME).decode()).decode()), id="JSON in JSON in JSON"),
        pytest.param(quote(NAME).encode(), id="URL"),
        pytest.param(quote(NAME).lower().encode(), id="URL in small letters"),
        pytest.param(quote(quote(NAME)).encode(), id="URL twice"),
        pytest.param(quote(quote(quote(NAME))).encode(), id="URL three times"),
        pytest.param(urlencode({"fio": NAME}).encode(), id="form"),
        pytest.param(urlencode({"data": in_json(NAME)}).encode(), id="JSON in a form"),
        pytest.param("".join(f"&#{ord(char)};" for char in NAME).encode(), id="HTML entities"),
        pytest.param(html.escape(json.dumps(NAME)).encode(), id="JSON in HTML"),
        pytest.param(NAME.encode().hex().encode(), id="hex"),
        pytest.param(gzip.compress(b"x" * 100 + NAME.encode()), id="gzip"),
        pytest.param(zstandard.compress(in_json(NAME)), id="zstd"),
        pytest.param(base64.b64encode(gzip.compress(in_json(NAME))), id="gzip in base64"),
        pytest.param(base64.urlsafe_b64encode(in_json(NAME)), id="JSON escapes in base64"),
        pytest.param(quote(base64.b64encode(in_json(NAME))).encode(), id="base64 in a URL"),
    ],
)
def test_a_text_is_found_however_it_is_spelt(written: bytes) -> None:
    assert [hit.text for hit in find([NAME], os.urandom(500) + b'{"a":"' + written + b'"}' + os.urandom(500))] == [NAME]


@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_base64_is_found_at_every_offset(before: str) -> None:
    written = base64.b64encode(before.encode() + EMAIL.encode() + b"!")
    assert find([EMAIL], written) != []


@pytest.mark.parametrize("written", ["79000000117", "+7 (900) 000 01 17", "8-900-000-01-17", '"phone":79000000117}'])
def test_a_number_is_found_by_its_digits_whatever_separates_them(written: str) -> None:
    assert find([PHONE], written.encode()) != []


def test_a_text_that_is_not_there_is_not_found() -> None:
    assert (
        find([NAME, PHONE, EMAIL], b'{"name": "\\u0411", "phone": "+79000000118", "mail": "tamuro83617@example.org"}')
        == []
    )


def test_noise_holds_nobody() -> None:
    assert find([NAME, PHONE, EMAIL], os.urandom(200_000)) == []


def test_three_digits_alone_are_too_short_to_be_looked_for() -> None:
    assert find(["739"], b"739 2026-11-22T02:01:48.739Z") == []


def test_a_hit_says_how_it_was_spelt_and_what_had_to_be_undone() -> None:
    (hit,) = find([EMAIL], gzip.compress(EMAIL.encode()))
    assert (hit.form, hit.view) == ("as it is", "gzip")


def test_every_text_that_is_there_is_found() -> None:
    assert {hit.text for hit in find([NAME, PHONE, EMAIL], f"{EMAIL} {PHONE} {NAME}".encode())} == {NAME, PHONE, EMAIL}


def test_brotli_is_read_where_somebody_says_that_it_is_there() -> None:
    assert unbrotli(brotli.compress(b"hello")) == b"hello"


def test_what_is_no_brotli_is_empty() -> None:
    assert unbrotli(b"hello") == b""


@pytest.mark.parametrize("broken", [b"\x1f\x8b\x08" + b"\xff" * 20, b"\x28\xb5\x2f\xfd" + b"\xff" * 20])
def test_what_only_looks_packed_is_left_alone(broken: bytes) -> None:
    assert set(views(broken)) == {""}
