"""The answer to one request over a kept connection, buffered as far as its reader is behind."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator
from typing import Protocol

from gateway.model.errors import WorldError
from gateway.model.message import Headers

HIGH_WATER = 2**18
LOW_WATER = 2**16


class Wire(Protocol):
    """What an answer needs of its connection."""

    async def more(self, answer: Http11Answer) -> None: ...

    def read_on(self, answer: Http11Answer) -> None: ...

    def abandon(self, answer: Http11Answer) -> None: ...


class Http11Answer:
    """Implements ``ports.Answer``. The fields without underscore are written by the connection.

    ``started``: the head is here; ``complete``: the last byte is; ``deadline``: loop time by which it must be;
    ``head_bytes``: what has come since the last piece of body, or since the beginning.
    """

    __slots__ = (
        "_buffered",
        "_pieces",
        "_wire",
        "complete",
        "deadline",
        "failure",
        "head_bytes",
        "head_only",
        "headers",
        "lingers",
        "paused",
        "reason",
        "reusable",
        "started",
        "status",
        "until_close",
        "unwritten",
        "waiter",
    )

    def __init__(self, wire: Wire, deadline: float, *, head_only: bool) -> None:
        self.status = 0
        self.reason = ""
        self.headers: Headers = ()
        self.started = self.complete = self.until_close = self.paused = False
        self.reusable = True
        self.lingers = False
        self.head_only = head_only
        self.head_bytes = self.unwritten = 0
        self.deadline = deadline
        self.failure: WorldError | None = None
        self.waiter: asyncio.Future[None] | None = None
        self._wire = wire
        self._pieces: deque[bytes] = deque()
        self._buffered = 0

    async def read(self, most: int, within_s: float | None = None) -> tuple[bytes, bool]:
        taken: list[bytes] = []
        if within_s is None:
            complete = await self._read(most, taken)
            return b"".join(taken), complete
        try:
            async with asyncio.timeout(within_s):
                complete = await self._read(most, taken)
        except TimeoutError:
            complete = False
        return b"".join(taken), complete

    def linger(self) -> None:
        self.deadline, self.lingers = math.inf, True

    async def rest(self) -> AsyncIterator[bytes]:
        while True:
            while self._pieces:
                yield self._take(HIGH_WATER)
            if self.complete:
                return
            await self._wire.more(self)

    async def aclose(self) -> None:
        """Let go of the connection: an answer still on the wire takes it along."""
        self._pieces.clear()
        self._wire.abandon(self)

    async def _read(self, most: int, taken: list[bytes]) -> bool:
        size = 0
        while True:
            while self._pieces and size < most:
                taken.append(self._take(most - size))
                size += len(taken[-1])
            if self._pieces or self.complete:
                return not self._pieces
            await self._wire.more(self)

    def put(self, piece: bytes) -> int:
        """Take a piece off the wire; how many bytes now wait for the reader."""
        self._pieces.append(piece)
        self._buffered += len(piece)
        return self._buffered

    def wake(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    def _take(self, most: int) -> bytes:
        piece = self._pieces.popleft()
        if len(piece) > most:
            self._pieces.appendleft(piece[most:])
            piece = piece[:most]
        self._buffered -= len(piece)
        if self.paused and self._buffered < LOW_WATER:
            self._wire.read_on(self)
        return piece
