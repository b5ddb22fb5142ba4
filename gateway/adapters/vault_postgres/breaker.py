"""A server that does not answer is left alone: one probe at a time, everybody else is told at once.

A store that failed is tried at once, then after jittered pauses that double up to a second, by connections of the
breaker's own, until one is open, is what is wanted, and has committed something. So a server that comes back meets one
connection a gateway, not every waiting request; and nobody waits for a server that is known to be away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import ceil

from asyncpg import Connection

from gateway.model.errors import WorldError

FIRST_PAUSE_S = 0.05
MOST_PAUSE_S = 1.0
GRACE_S = 0.25
"""How long callers wait for the first probe: a server that only hung up on somebody answers sooner."""


class Breaker:
    """Shared by all pools of one store in one process, on one event loop.

    ``open_`` opens a connection that has committed something, within its own time, or raises WorldError. ``random``
    is fresh bytes: gateways that lost one server must not come back in step.
    """

    def __init__(self, open_: Callable[[], Awaitable[Connection]], random: Callable[[int], bytes]) -> None:
        self._open = open_
        self._random = random
        self._last: WorldError | None = None
        self._probing: asyncio.Task[None] | None = None
        self._first: asyncio.Event = asyncio.Event()
        self._pause_s = 0.0
        self._proved = False
        self.doubts = 0
        """Grows whenever connections that are open may be worth nothing."""
        self.probes = 0

    @property
    def open(self) -> bool:
        """True while nobody is let through."""
        return self._last is not None

    async def admit(self) -> None:
        """Return if the store may be asked; else raise what it failed with last."""
        if self._last is not None and not self._first.is_set():
            try:
                async with asyncio.timeout(GRACE_S):
                    await self._first.wait()
            except TimeoutError:
                pass  # told below
        if (last := self._last) is not None:
            raise WorldError(last.code, last.what, last.mend, retry_after_s=ceil(max(1.0, 2 * self._pause_s)))

    def prove(self) -> None:
        """The store was reached: from now on its failures are probed. Before, whoever starts it is told."""
        self._proved = True

    def doubt(self) -> None:
        """A connection broke: all are suspect, but the server may be there."""
        self.doubts += 1

    def trip(self, error: WorldError) -> None:
        """Let nobody through until a probe has come back."""
        self.doubt()
        if not self._proved:
            return
        if self._probing is None:
            self._last, self._pause_s = error, 0.0
            self._first.clear()
            self._probing = asyncio.create_task(self._probe())  # noqa: TID251 - owned: close() ends it

    async def close(self) -> None:
        probing, self._probing = self._probing, None
        if probing is not None:
            probing.cancel()
            await asyncio.wait([probing])

    async def _probe(self) -> None:
        try:
            while not await self._answered():
                self._pause_s = min(MOST_PAUSE_S, max(FIRST_PAUSE_S, 2 * self._pause_s))
                await asyncio.sleep(self._pause_s * (0.5 + int.from_bytes(self._random(2), "big") / 0x10000))
            self._last = None
        finally:
            self._first.set()
            self._probing = None

    async def _answered(self) -> bool:
        self.probes += 1
        try:
            (await self._open()).terminate()
        except WorldError as error:
            self._last = error
            return False
        finally:
            self._first.set()
        return True
