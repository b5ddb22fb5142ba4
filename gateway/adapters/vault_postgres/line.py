"""Callers wait in line; whoever is free takes all that wait. So a group is as large as the load is high.

Nobody waits for a group to fill: a caller who comes to an idle line is served at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.model.errors import WorldError


@dataclass(slots=True, eq=False, kw_only=True)
class Caller:
    """Somebody who waits: told once ``future`` is done, by ``failure`` if there is one."""

    future: asyncio.Future[None]
    failure: BaseException | None = None

    def tell(self) -> None:
        if self.future.done():
            return
        if self.failure is not None:
            self.future.set_exception(self.failure)
        else:
            self.future.set_result(None)


C = TypeVar("C", bound=Caller)


@dataclass(frozen=True, slots=True)
class Manner:
    """``most`` callers a group; waiting, queue included, ends after ``timeout_s`` with ``late``; ``over``: closed."""

    most: int
    timeout_s: float
    late: Callable[[], WorldError]
    over: Callable[[], WorldError]


class Line(Generic[C]):
    """``servers`` groups at most are served at once.

    ``serve`` leaves what went wrong in each caller's ``failure``; what it raises goes to all of them.
    """

    def __init__(self, serve: Callable[[Sequence[C]], Awaitable[None]], manner: Manner, *, servers: int) -> None:
        self._serve = serve
        self._manner = manner
        self._servers = servers
        self._queue: deque[C] = deque()
        self._serving = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def stand(self, caller: C) -> None:
        """Return once the caller is served; one who gives up before its turn has asked for nothing."""
        if self._closed:
            raise self._manner.over()
        self._queue.append(caller)
        if self._serving < self._servers:
            self._begin()
        timer = asyncio.get_running_loop().call_later(self._manner.timeout_s, self._give_up, caller)
        try:
            await caller.future
        finally:
            timer.cancel()

    async def close(self) -> None:
        """Serve who is waiting, and nobody else."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _begin(self) -> None:
        self._serving += 1
        task = asyncio.create_task(self._run())  # noqa: TID251 - owned: close() waits for it
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _run(self) -> None:
        try:
            while self._queue:
                await self._serve_group()
        finally:
            self._serving -= 1  # at once, and not when the task is done: who comes now starts the next one

    async def _serve_group(self) -> None:
        group = [self._queue.popleft() for _ in range(min(self._manner.most, len(self._queue)))]
        group = [caller for caller in group if not caller.future.done()]
        fault: BaseException | None = None
        try:
            if group:
                await self._serve(group)
        except WorldError as error:
            fault = error
        except BaseException as error:
            fault = error if isinstance(error, Exception) else self._manner.over()
            raise
        finally:
            for caller in group:
                caller.failure = caller.failure or fault
                caller.tell()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A fault of our own ends a run: its group was told, the next run goes on with the rest."""
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None and self._queue:
            self._begin()

    def _give_up(self, caller: C) -> None:
        caller.failure = caller.failure or self._manner.late()
        caller.tell()
