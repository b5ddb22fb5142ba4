"""Uploads larger than memory through the real command, with the peak of its resident memory: ``python -m
tests.load.upload --gib 2``. Then a bomb of 10 GiB, as a content coding and as an archive.

The bytes are random once and repeated, made while they are sent; the back end compares their digest and keeps nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import io
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
from aiohttp.test_utils import RawTestServer

from tests.load.programs import module, running
from tests.uploads.stage import BackEnd, rules_in

MIB = 2**20
PIECE = bytes(range(256)) * (MIB // 256)
START = b"\x89PNG\r\n\x1a\n"
SAID = '[{type: "image/*", do: %s}, {type: application/zip, do: inspect}]'


@dataclass(frozen=True)
class Shown:
    """One upload: how it went, what it took, and how much more memory the gateway had at its peak than before."""

    what: str
    status: int
    seconds: float
    resident_mib: int
    peak_mib: int
    arrived: int
    there: bool

    def line(self) -> str:
        told = "is there" if self.there else "is not"
        return (
            f"{self.what:<42} {self.status} {self.seconds:6.1f} s  resident {self.resident_mib:4} MiB, "
            f"peak {self.peak_mib:4} MiB  back end: {self.arrived:,} bytes, the file {told}"
        )


class Peak:
    """The largest resident size of a process tree while the block lasts, looked at every 20 ms."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.before = self.most = self._now()
        self._ended = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        try:
            yield
        finally:
            self._ended.set()
            watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            self.most = max(self.most, self._now())

    def _now(self) -> int:
        try:
            tree = [self._process, *self._process.children(recursive=True)]
            return sum(one.memory_info().rss for one in tree) // MIB
        except psutil.NoSuchProcess:
            return 0


async def large(size: int, digest: hashlib._Hash) -> AsyncIterator[bytes]:
    digest.update(START)
    yield START
    for at in range(0, size, MIB):
        piece = PIECE[: min(MIB, size - at)]
        digest.update(piece)
        yield piece


class Trial:
    """A gateway under these rules, its back end and a client."""

    def __init__(self, url: str, pid: int, back_end: BackEnd, client: aiohttp.ClientSession) -> None:
        self.url, self.pid, self.back_end, self.client = url, pid, back_end, client
        self.sent = 0

    async def raw(self, what: str, size: int) -> Shown:
        digest = hashlib.sha256()
        return await self._shown(what, "PUT", "/avatar", large(size, digest), {"Content-Type": "image/png"}, digest)

    async def form(self, what: str, size: int) -> Shown:
        digest, self.sent = hashlib.sha256(), size
        head = b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nanna@example.org\r\n--b\r\n'
        head += b'Content-Disposition: form-data; name="f"; filename="f.png"\r\nContent-Type: image/png\r\n\r\n'

        async def body() -> AsyncIterator[bytes]:
            yield head
            async for piece in large(size, digest):
                yield piece
            yield b"\r\n--b--\r\n"

        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        return await self._shown(what, "POST", "/users", body(), headers, digest)

    async def bomb(self, what: str, body: bytes, headers: dict[str, str]) -> Shown:
        return await self._shown(what, "PUT", "/avatar", io.BytesIO(body), headers, hashlib.sha256())

    async def _shown(
        self, what: str, method: str, path: str, body: object, headers: dict[str, str], digest: hashlib._Hash
    ) -> Shown:
        peak, begun, before = Peak(self.pid), time.perf_counter(), len(self.back_end.sizes)
        with peak.watched():
            async with self.client.request(method, self.url + path, data=body, headers=headers) as reply:
                status = reply.status
                await reply.read()
        arrived = self.back_end.sizes[before:]
        size = sum(size for size, _ in arrived)
        there = any(one == digest.hexdigest() for _, one in arrived) or (path == "/users" and size > self.sent)
        return Shown(what, status, time.perf_counter() - begun, peak.before, peak.most, size, there)


def gzip_bomb(size: int) -> bytes:
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=9, mtime=0) as file:
        for _ in range(size // MIB):
            file.write(bytes(MIB))
    return made.getvalue()


def zip_bomb(size: int) -> bytes:
    made = io.BytesIO()
    with (
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("a.txt", "w", force_zip64=True) as file,
    ):
        for _ in range(size // MIB):
            file.write(bytes(MIB))
    return made.getvalue()


async def shown(action: str, size: int, bomb: int) -> AsyncIterator[Shown]:
    """Every trial under rules that ``keep`` or ``pass`` pictures."""
    back_end = BackEnd()
    timeout = aiohttp.ClientTimeout(total=3600)
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        async with RawTestServer(back_end) as server, aiohttp.ClientSession(timeout=timeout) as client:
            rules = rules_in(folder, str(server.make_url("")).rstrip("/"), SAID % action)
            listen = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
            command = module("gateway", "serve", "--rules", str(rules), *listen)
            with running(command, {"PII_GATEWAY_STATE_DIR": named}) as program:
                trial = Trial(f"http://127.0.0.1:{program.port}", program.process.pid, back_end, client)
                yield await trial.raw(f"{action}: {size / 2**30:g} GiB as a raw body", size)
                yield await trial.form(f"{action}: {size / 2**30:g} GiB in a form", size)
                if bomb:
                    kind = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
                    yield await trial.bomb(f"a gzip bomb of {bomb / 2**30:g} GiB", gzip_bomb(bomb), kind)
                    kind = {"Content-Type": "application/zip"}
                    packed = await asyncio.to_thread(zip_bomb, bomb)
                    yield await trial.bomb(f"a zip bomb of {bomb / 2**30:g} GiB", packed, kind)


async def main(arguments: argparse.Namespace) -> None:
    size, bomb = int(arguments.gib * 2**30), int(arguments.bomb * 2**30)
    for action in ("pass", "keep"):
        async for one in shown(action, size, bomb if action == "keep" else 0):
            sys.stdout.write(one.line() + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--gib", type=float, default=2.0, help="size of the uploads")
    asked.add_argument("--bomb", type=float, default=10.0, help="what the bombs unpack to")
    asyncio.run(main(asked.parse_args()))
