"""Objects by the S3 API: small ones in one request, larger ones in parts of 8 MiB, so that no more is in memory.

A part is there when the server says so, and the object when it has put the parts together: until then it has no name.
What was begun and not finished is aborted; a bucket's lifecycle rule should do the same for what a crash left behind.
"""

from __future__ import annotations

import io
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import aiohttp
from yarl import URL

from gateway.adapters.files_s3.address import S3Place
from gateway.adapters.files_s3.signing import query_text, signed_headers
from gateway.model.errors import WorldError
from gateway.ports import Clock

_PART = 8 * 2**20
_PIECE = 2**18
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=30)
_Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, repr=False)
class _Told:
    status: int
    headers: Mapping[str, str]
    body: bytes


class S3Files:
    """Implements ``ports.ObjectStore``."""

    def __init__(self, place: S3Place, clock: Clock) -> None:
        self._place = place
        self._clock = clock
        self._opened: aiohttp.ClientSession | None = None

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> None:
        parts = _in_parts(pieces)
        first = await anext(parts)
        second = await anext(parts, None)
        if second is None:
            await self._ask("PUT", self._key(name), body=first)
            return
        upload = await self._begin(name)
        try:
            tags = [await self._part(name, upload, 1, first), await self._part(name, upload, 2, second)]
            async for part in parts:
                tags.append(await self._part(name, upload, len(tags) + 1, part))
            await self._finish(name, upload, tags)
        except BaseException:
            await self._abort(name, upload)
            raise

    async def read(self, name: str) -> AsyncIterator[bytes]:
        path = self._key(name)
        try:
            async with self._session().get(self._url(path, ()), headers=self._headers("GET", path, ())) as response:
                if response.status == 404:
                    raise WorldError(
                        "GW-F102",
                        f"object {name!r} is not in the object store: it was erased, or another store is named.",
                        "compare files: of the region with where the gateway wrote before.",
                        status=404,
                    )
                if response.status != 200:
                    raise self._failed(f"status {response.status}")
                async for piece in response.content.iter_chunked(_PIECE):
                    yield piece
        except (aiohttp.ClientError, OSError) as error:
            raise self._failed(type(error).__name__) from error

    async def delete(self, names: Sequence[str]) -> None:
        for name in names:
            await self._ask("DELETE", self._key(name), known=(200, 204, 404))

    async def names(self) -> AsyncIterator[tuple[str, int]]:
        token, more = "", True
        while more:
            query = [("list-type", "2"), ("prefix", self._place.prefix)]
            query += [("continuation-token", token)] if token else []
            tree = _Tree.of(await self._ask("GET", f"/{self._place.bucket}", tuple(query)))
            for entry in tree.all("Contents"):
                at = datetime.fromisoformat(entry.text("LastModified"))
                yield entry.text("Key").removeprefix(self._place.prefix), int(at.timestamp())
            token, more = tree.text("NextContinuationToken"), tree.text("IsTruncated") == "true"

    async def aclose(self) -> None:
        if self._opened is not None:
            await self._opened.close()

    async def _begin(self, name: str) -> str:
        return _Tree.of(await self._ask("POST", self._key(name), (("uploads", ""),))).text("UploadId")

    async def _part(self, name: str, upload: str, number: int, part: bytes) -> str:
        query = (("partNumber", str(number)), ("uploadId", upload))
        told = await self._ask("PUT", self._key(name), query, body=part)
        return told.headers.get("ETag", "")

    async def _finish(self, name: str, upload: str, tags: Sequence[str]) -> None:
        root = ET.Element("CompleteMultipartUpload")
        for number, tag in enumerate(tags, 1):
            part = ET.SubElement(root, "Part")
            ET.SubElement(part, "PartNumber").text = str(number)
            ET.SubElement(part, "ETag").text = tag
        body = ET.tostring(root)
        told = await self._ask("POST", self._key(name), (("uploadId", upload),), body=body)
        if b"<Error" in told.body:
            raise self._failed("an error in the place of an object")

    async def _abort(self, name: str, upload: str) -> None:
        try:
            await self._ask("DELETE", self._key(name), (("uploadId", upload),), known=(200, 204, 404))
        except WorldError:
            pass  # the bucket's own lifecycle rule clears what is left

    def _key(self, name: str) -> str:
        return f"/{self._place.bucket}/{self._place.prefix}{name}"

    async def _ask(
        self, method: str, path: str, query: _Query = (), *, body: bytes = b"", known: Sequence[int] = (200,)
    ) -> _Told:
        headers = self._headers(method, path, query, body)
        try:
            async with self._session().request(
                method, self._url(path, query), headers=headers, data=io.BytesIO(body) if body else None
            ) as response:
                told = _Told(response.status, response.headers, await response.read())
        except (aiohttp.ClientError, OSError) as error:
            raise self._failed(type(error).__name__) from error
        if told.status not in known:
            raise self._failed(f"status {told.status}")
        return told

    def _headers(self, method: str, path: str, query: _Query, body: bytes = b"") -> dict[str, str]:
        place = self._place
        at = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        host = {"host": urlsplit(place.url).netloc}
        return signed_headers(method, path, query, host, body, (place.access, place.secret, place.region), at)

    def _url(self, path: str, query: _Query) -> URL:
        return URL(f"{self._place.url}{path}" + (f"?{query_text(query)}" if query else ""), encoded=True)

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            tls = ssl.create_default_context(cafile=self._place.ca) if self._place.ca else True
            connector = aiohttp.TCPConnector(ssl=tls)
            self._opened = aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT, trust_env=False)
        return self._opened

    def _failed(self, why: str) -> WorldError:
        return WorldError(
            "GW-F101",
            f"the object store at {self._place.url} can't be used ({why}): no file is kept, and nothing is forwarded.",
            "look into its log, and check the bucket and what its keys may do.",
        )


class _Tree:
    """An answer of the API, its namespace left aside."""

    def __init__(self, element: ET.Element) -> None:
        self._element = element

    @classmethod
    def of(cls, told: _Told) -> Self:
        return cls(ET.fromstring(told.body))  # noqa: S314 - the operator's own store, and expat's own limits

    def all(self, name: str) -> list[_Tree]:
        return [_Tree(one) for one in self._element if one.tag.rpartition("}")[2] == name]

    def text(self, name: str) -> str:
        found = self.all(name)
        return (found[0]._element.text or "") if found else ""  # noqa: SLF001 - of its own kind


async def _in_parts(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """At least one part, perhaps empty; all but the last as large as the API asks for."""
    waiting = bytearray()
    async for piece in pieces:
        waiting += piece
        while len(waiting) > _PART:
            yield bytes(waiting[:_PART])
            del waiting[:_PART]
    yield bytes(waiting)
