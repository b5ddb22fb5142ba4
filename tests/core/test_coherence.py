"""What headers say of a body stays true of the body that goes out."""

from __future__ import annotations

import base64
import hashlib

import pytest

from gateway.core.coherence import (
    as_upstream_knows,
    measured,
    private,
    revealed_headers,
    unless_known,
    unmeasured,
    with_own_tag,
    without_range,
)
from gateway.model.message import Headers, Reply, Request
from gateway.model.names import Digest

COPY = Digest("0123456789abcdef" * 4)
OWN = '"v1~g1-0123456789abcdef01234567"'


def sums(algorithm: str, body: bytes) -> str:
    return base64.b64encode(hashlib.new(algorithm, body).digest()).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), (("Vary", "Cookie, Authorization"), ("Cache-Control", "private"))),
        (
            (("cache-control", "public, max-age=60"), ("Vary", "accept, cookie"), ("A", "b")),
            (("A", "b"), ("Vary", "accept, cookie, Authorization"), ("Cache-Control", "private")),
        ),
        (
            (("Cache-Control", "No-Store"), ("Vary", "*")),
            (("Vary", "*"), ("Cache-Control", "No-Store")),
        ),
    ],
)
def test_a_restored_reply_is_its_callers_alone(before: Headers, after: Headers) -> None:
    assert private(before) == after


def test_of_a_stream_nothing_is_said_that_could_turn_out_wrong() -> None:
    names = ("Content-Length", "ETag", "Last-Modified", "Content-MD5", "Repr-Digest", "Accept-Ranges", "Server")
    assert [name for name, _ in unmeasured(tuple((name, "x") for name in names))] == ["Server", "Vary", "Cache-Control"]


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("Content-MD5", "{md5}"),
        ("Content-Digest", "sha-256=:{sha256}:, sha-512=:{sha512}:"),
        ("Repr-Digest", "sha-256=:{sha256}:"),
        ("Digest", "SHA-256={sha256},md5={md5}"),
    ],
)
def test_digests_of_a_changed_body_are_made_anew_and_wrong_ones_stay_wrong(name: str, spelt: str) -> None:
    def header(body: bytes) -> Headers:
        values = {one: sums(one, body) for one in ("md5", "sha256", "sha512")}
        return (("A", "b"), (name, spelt.format(**values)))

    [_, (_, renewed)] = measured(header(b"old"), b"old", b"new")
    assert renewed.replace(", ", ",") == header(b"new")[1][1].replace(", ", ",")
    [_, (_, left)] = measured(header(b"other"), b"old", b"new")
    assert left.replace(", ", ",") == header(b"other")[1][1].replace(", ", ",")
    assert measured(header(b"old"), b"old", b"old") == header(b"old")


def test_digests_by_unknown_algorithms_are_dropped() -> None:
    headers = (("Digest", "crc32c=AAAA"), ("Repr-Digest", "unixsum=:1:, sha-256"))
    assert measured(headers, b"old", b"new") == ()


def test_a_restored_reply_has_no_date_and_no_ranges() -> None:
    headers = (("Last-Modified", "x"), ("Accept-Ranges", "bytes"), ("Content-MD5", sums("md5", b"old")))
    assert revealed_headers(headers, b"old", b"new")[0] == ("Content-MD5", sums("md5", b"new"))


@pytest.mark.parametrize(("tag", "own"), [('"v1"', OWN), ('W/"v1"', f"W/{OWN}"), ("v1", "v1"), (' "v1" ', OWN)])
def test_a_copy_of_ones_own_has_a_tag_of_its_own(tag: str, own: str) -> None:
    assert with_own_tag((("ETag", tag), ("A", '"v1"')), COPY) == (("ETag", own), ("A", '"v1"'))


def asked(method: str, *headers: tuple[str, str]) -> Request:
    return Request(method, "/", headers, b"")


@pytest.mark.parametrize(
    ("method", "headers", "known", "left"),
    [
        ("GET", (("If-None-Match", '"v1"'),), (("If-None-Match", '"v1"'),), None),
        ("GET", (("If-None-Match", OWN), ("If-Modified-Since", "x"), ("A", "b")), (("A", "b"),), OWN),
        ("GET", (("If-None-Match", '"v2"'), ("X", OWN)), (("If-None-Match", '"v2"'), ("X", OWN)), None),
        ("PUT", (("If-None-Match", OWN),), (("If-None-Match", '"v1"'),), None),
        ("PUT", (("If-Match", f'W/{OWN}, "x"'),), (("If-Match", 'W/"v1", "x"'),), None),
        ("GET", (("If-Range", OWN),), (("If-Range", '"v1"'),), None),
    ],
)
def test_the_upstream_sees_its_own_tags(method: str, headers: Headers, known: Headers, left: str | None) -> None:
    request, condition = as_upstream_knows(asked(method, *headers))
    assert (request.headers, condition) == (known, left)


@pytest.mark.parametrize(
    ("tag", "condition", "status"),
    [
        (OWN, OWN, 304),
        (f"W/{OWN}", f'"x", {OWN}', 304),
        (OWN, '"v1"', 200),
        ('"v1"', OWN, 200),
        (OWN, None, 200),
        (None, OWN, 200),
    ],
)
def test_a_copy_is_spared_only_if_it_is_what_would_be_sent(tag: str | None, condition: str | None, status: int) -> None:
    headers = (("Content-Type", "a/b"), *((("ETag", tag),) if tag else ()))
    reply = unless_known(Reply(200, headers, b"body"), condition)
    assert reply.status == status
    if status == 304:
        assert (reply.headers, reply.body) == ((("ETag", tag),), b"")


def test_what_failed_is_no_copy() -> None:
    assert unless_known(Reply(500, (("ETag", OWN),), b"x"), OWN).status == 500


def test_the_whole_is_asked_for() -> None:
    assert without_range(asked("GET", ("Range", "bytes=0-1"), ("If-Range", "x"), ("A", "b"))).headers == (("A", "b"),)
