"""A server that keeps every byte it is sent in a file, and answers by a plain function: a witness that can be read
later.
"""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.verify import wire
from gateway.verify.views import unbrotli

Answer = Callable[[wire.Message], bytes]
"""From a request to the bytes of a reply."""

_SEPARATOR = b"\n\n"


class Recorder:
    """Listens on loopback while it is entered. ``record`` is the file that requests go to, as they came; port 0 takes
    any.
    """

    def __init__(self, record: Path, answer: Answer, port: int = 0) -> None:
        self.record = record
        self.requests: list[wire.Message] = []
        self._answer = answer
        self._wanted_port = port
        self._server: asyncio.Server | None = None
        self._open: set[StreamWriter] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    async def __aenter__(self) -> Self:
        self.record.touch()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._wanted_port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            for writer in self._open:
                writer.close()
            await self._idle.wait()
            await self._server.wait_closed()

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the recorder has not been entered")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._open.add(writer)
        self._idle.clear()
        try:
            while request := await wire.read_message(reader):
                self._note(request)
                writer.write(self._answer(request))
                await writer.drain()
        except (wire.BrokenError, ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever broke off has been recorded up to there
        finally:
            await wire.hang_up(writer)
            self._open.discard(writer)
            if not self._open:
                self._idle.set()

    def _note(self, request: wire.Message) -> None:
        self.requests.append(request)
        with self.record.open("ab") as file:
            file.write(seen(request) + _SEPARATOR)


def seen(request: wire.Message) -> bytes:
    """The raw bytes, and after them the body unpacked where only a header tells that it is packed."""
    packed = "br" in request.header("Content-Encoding")
    return request.raw + (_SEPARATOR + unbrotli(request.body) if packed else b"")
