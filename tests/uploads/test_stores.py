"""What every object store promises, over a folder and over a real server of the S3 API."""

from __future__ import annotations

import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth  # type: ignore[import-untyped] # boto has no types
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped] # boto has no types
from botocore.credentials import Credentials  # type: ignore[import-untyped] # boto has no types

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.files_folder import FolderFiles
from gateway.adapters.files_s3 import S3Files, parsed
from gateway.adapters.files_s3.signing import query_text, signed_headers
from gateway.model.errors import RulesError, WorldError
from gateway.model.names import Region
from gateway.model.secret import Secret
from gateway.ports import ObjectStore
from tests.uploads.s3 import a_server

RU = Region("ru")
NAME = "0123456789abcdef"
KEYS = {"S3_ACCESS_KEY": "reader", "S3_SECRET_KEY": "secret"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with a_server() as url:
        yield url


@pytest.fixture(params=["folder", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ObjectStore]:
    if request.param == "folder":
        yield FolderFiles(tmp_path / "store")
        return
    bucket = f"{request.getfixturevalue('server')}/bucket-{tmp_path.name.lower().replace('_', '-')[-40:]}"
    asked = urllib.request.Request(bucket, method="PUT")
    with urllib.request.urlopen(asked):
        pass
    made = S3Files(parsed(f"s3:{bucket}/files", RU, KEYS), SystemClock())
    yield made
    await made.aclose()


async def pieces(*raw: bytes) -> AsyncIterator[bytes]:
    for one in raw:
        yield one


async def breaking(*raw: bytes) -> AsyncIterator[bytes]:
    for one in raw:
        yield one
    raise WorldError("GW-C005", "the client has gone.")


async def read(store: ObjectStore, name: str = NAME) -> bytes:
    return b"".join([piece async for piece in store.read(name)])


async def names(store: ObjectStore) -> list[str]:
    return [name async for name, _ in store.names()]


@pytest.mark.parametrize("size", [0, 5, 9 * 2**20, 20 * 2**20])
async def test_what_was_put_is_there(store: ObjectStore, size: int) -> None:
    raw = bytes(range(256)) * (size // 256 + 1)
    await store.put(NAME, pieces(*(raw[at : at + 2**20] for at in range(0, size, 2**20))))
    assert await read(store) == raw[: -(-size // 2**20) * 2**20][: len(raw)]
    assert await names(store) == [NAME]


@pytest.mark.parametrize("count", [1, 20])
async def test_what_breaks_off_is_not_there(store: ObjectStore, count: int) -> None:
    with pytest.raises(WorldError):
        await store.put(NAME, breaking(*[bytes(2**20)] * count))
    assert await names(store) == []
    with pytest.raises(WorldError) as gone:
        await read(store)
    assert (gone.value.code, gone.value.status) == ("GW-F102", 404)


async def test_what_was_deleted_is_gone_and_may_be_deleted_again(store: ObjectStore) -> None:
    await store.put(NAME, pieces(b"a"))
    await store.put(f"{NAME}-2", pieces(b"b"))
    await store.delete([NAME])
    await store.delete([NAME])
    assert await names(store) == [f"{NAME}-2"]


async def test_when_it_was_put_is_told(store: ObjectStore) -> None:
    before = SystemClock().now_ms() // 1000
    await store.put(NAME, pieces(b"a"))
    ((_, at),) = [one async for one in store.names()]
    assert before - 1 <= at <= before + 5


async def test_a_folder_takes_no_names_that_lead_elsewhere(tmp_path: Path) -> None:
    for name in ("../../etc/passwd", "/etc/passwd", "A" * 20, "a/b/c/d/e"):
        with pytest.raises(WorldError):
            await read(FolderFiles(tmp_path), name)


async def test_a_server_that_is_not_there_is_told_as_ours() -> None:
    store = S3Files(parsed("s3:http://127.0.0.1:9/bucket", RU, KEYS), SystemClock())
    for work in (store.put(NAME, pieces(b"a")), read(store), names(store), store.delete([NAME])):
        with pytest.raises(WorldError) as failed:
            await work
        assert failed.value.code == "GW-F101"
    await store.aclose()


async def test_a_bucket_that_is_not_there_is_told_as_ours(server: str) -> None:
    store = S3Files(parsed(f"s3:{server}/no-such-bucket", RU, KEYS), SystemClock())
    with pytest.raises(WorldError) as failed:
        await store.put(NAME, pieces(b"a"))
    assert failed.value.code == "GW-F101"
    await store.aclose()


@pytest.mark.parametrize(
    "address",
    [
        "s3:ftp://host/bucket",
        "s3:https://host",
        "s3:http://host.example/bucket",
        "s3:https://host/bucket?colour=red",
        "s3:https://host/bucket/a%20b",
        "s3:https://host/bucket/..",
        "s3:https://host/bucket?access=env:NOBODY",
        "s3:https://host/bucket?access=plain",
        "s3:https://host/bucket?secret=file:/no/such/file",
    ],
)
def test_an_address_that_can_not_be_used_is_told_at_the_start(address: str) -> None:
    with pytest.raises(RulesError) as refused:
        parsed(address, RU, KEYS)
    assert refused.value.code == "GW-F105"


def test_credentials_are_read_from_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "s3").write_text("top\n")
    place = parsed(f"s3:https://host:9000/b/a/c?region=ru-1&secret=file:{tmp_path}/s3", RU, KEYS)
    assert (place.url, place.bucket, place.prefix, place.region) == ("https://host:9000", "b", "a/c/", "ru-1")
    assert place.secret.expose() == b"top"


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("PUT", "/bucket/files/0123", (), b"hello"),
        ("GET", "/bucket", (("list-type", "2"), ("prefix", "a b/"), ("continuation-token", "1/+=")), b""),
        ("POST", "/bucket/a.b/0123", (("uploads", ""),), b""),
    ],
)
def test_requests_are_signed_as_botocore_signs_them(
    method: str, path: str, query: tuple[tuple[str, str], ...], body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = AWSRequest(method, f"https://host:9000{path}?{query_text(query)}".rstrip("?"), data=body or None)
    theirs.context["payload_signing_enabled"] = True
    S3SigV4Auth(Credentials("reader", "secret"), "s3", "ru-1").add_auth(theirs)
    at = theirs.headers["X-Amz-Date"]
    host = {"host": urlsplit(theirs.url).netloc}
    ours = signed_headers(method, path, query, host, body, ("reader", Secret(b"secret"), "ru-1"), at)
    assert ours["authorization"] == theirs.headers["Authorization"]
