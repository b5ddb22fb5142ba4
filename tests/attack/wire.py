"""A raw recording upstream, and a client that sends bytes as they are: what each of them saw, byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[[bytes], bytes]


def echo(request: bytes) -> bytes:
    """A back end that answers with the body it was sent, as it was labelled and packed."""
    head, _, content = request.partition(b"\r\n\r\n")
    told = [line for line in head.split(b"\r\n") if line.lower().startswith((b"content-type:", b"content-encoding:"))]
    return b"\r\n".join([b"HTTP/1.1 200 OK", *told, b"Content-Length: %d" % len(content), b"", content])


@dataclass
class Recording:
    """``wire`` is everything that arrived, ``requests`` the same cut by its Content-Lengths."""

    answer: Answer
    port: int = 0
    wire: bytearray = field(default_factory=bytearray)
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        self.wire.clear()
        self.requests.clear()


@asynccontextmanager
async def recording(answer: Answer = echo) -> AsyncIterator[Recording]:
    """A back end on a free port that keeps every byte it gets, understood or not."""
    place = Recording(answer)
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        pending = b""
        try:
            while data := await reader.read(2**16):
                place.wire += data
                pending += data
                while (whole := _whole(pending)) is not None:
                    pending = pending[len(whole) :]
                    place.requests.append(whole)
                    writer.write(place.answer(whole))
        except ConnectionError:
            pass
        finally:
            writer.close()
            writers.discard(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**20)
    place.port = server.sockets[0].getsockname()[1]
    try:
        yield place
    finally:
        server.close()
        for writer in list(writers):
            writer.transport.abort()
        await asyncio.sleep(0)


def _whole(pending: bytes) -> bytes | None:
    """The first request of the bytes, if it is complete: by its Content-Length, or by its chunks."""
    head, blank, rest = pending.partition(b"\r\n\r\n")
    if not blank:
        return None
    fields = [line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:]]
    named = {one[0]: one[1].strip() for one in fields if len(one) == 2}
    if named.get(b"transfer-encoding") == b"chunked":
        end = rest.find(b"0\r\n\r\n")
        return None if end < 0 else head + blank + rest[: end + 5]
    size = int(named.get(b"content-length", b"0"))
    return head + blank + rest[:size] if len(rest) >= size else None


@dataclass(frozen=True, slots=True)
class Said:
    """What a client got for its bytes. ``hung``: the gateway neither answered whole nor closed in time."""

    wire: bytes
    hung: bool = False

    @property
    def statuses(self) -> list[int]:
        """Of each reply in the order of the wire; interim ones left out."""
        found, rest = [], self.wire
        while rest.startswith(b"HTTP/1.1 "):
            head, _, rest = rest.partition(b"\r\n\r\n")
            status = int(head[9:12])
            fields = [line.lower() for line in head.split(b"\r\n")]
            size = next((int(line[15:]) for line in fields if line.startswith(b"content-length:")), 0)
            if status >= 200:
                found.append(status)
                rest = rest[size:]
        return found

    @property
    def body(self) -> bytes:
        """Of the one reply, as it stands on the wire."""
        return self.wire.partition(b"\r\n\r\n")[2]

    @property
    def content(self) -> bytes:
        """The body without its chunks."""
        head, _, rest = self.wire.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" not in head.lower():
            return rest
        content = b""
        while (size := int(rest.partition(b"\r\n")[0] or b"0", 16)) > 0:
            at = rest.index(b"\r\n") + 2
            content, rest = content + rest[at : at + size], rest[at + size + 2 :]
        return content


async def say(port: int, *pieces: bytes, end: bool = False, patience_s: float = 5.0) -> Said:
    """Everything that comes back for these bytes until the gateway closes; ``end`` half-closes after the last."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**26)
    got = bytearray()
    try:
        async with asyncio.timeout(patience_s):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            if end:
                writer.write_eof()
            while data := await reader.read(2**16):
                got += data
    except TimeoutError:
        return Said(bytes(got), hung=True)
    except ConnectionError:
        return Said(bytes(got))
    finally:
        writer.close()
    return Said(bytes(got))
