"""The processes of a model, and the texts that wait for them.

A request's texts are one job. A process takes as many waiting jobs as fit a batch. A job has a time budget from the
moment it is handed in; who waits longer is told that his texts are unread, as is everybody whose batch broke its
process, and everybody who comes while too much waits or no process is alive. A broken process is started again, more
slowly each time. Nothing is tried twice: a text that kills a model would kill them all.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.adapters.names_pool.process import BROKEN, ModelProcess
from gateway.model.errors import WorldError
from gateway.model.free_text import Spotted
from gateway.ports import Sink

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class PoolSizes:
    """``budget_s`` for a request's texts, waiting included; ``patience_s`` for one batch, ``start_s`` until a model is
    loaded. ``batch_chars`` and ``waiting_chars`` are sums of code points.
    """

    processes: int = 1
    budget_s: float = 0.5
    patience_s: float = 10
    start_s: float = 60
    batch_chars: int = 20_000
    waiting_chars: int = 200_000


class _Job:
    __slots__ = ("chars", "done", "texts")

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.chars = sum(map(len, texts))
        self.done: asyncio.Future[list[Spotted] | None] = asyncio.get_running_loop().create_future()

    def answer(self, spotted: list[Spotted] | None) -> None:
        if not self.done.done():
            self.done.set_result(spotted)


class NamesPool:
    """Implements ``NameReader``. ``start`` it, ``run`` it beside the requests, ``close`` it."""

    def __init__(self, address: str, folder: Path, sizes: PoolSizes, sink: Sink, *, as_written: bool = False) -> None:
        self.as_written = as_written
        self._address, self._folder, self._sizes, self._sink = address, folder, sizes, sink
        self._jobs: deque[_Job] = deque()
        self._something = asyncio.Event()
        self._waiting = 0
        self._alive: set[ModelProcess] = set()

    async def start(self) -> None:
        """Raises WorldError GW-S040 where the model can't be loaded: better now than with the first request."""
        try:
            self._alive.add(await self._started())
        except BROKEN as error:
            raise WorldError(
                "GW-S040",
                f"the model for free text ({self._address}) could not be loaded: no text could be read.",
                "see that its package is installed and model.path holds its files (docs/how-to/model.md)",
            ) from error

    async def run(self) -> None:
        """Feed the processes and start them again, for ever."""
        first = next(iter(self._alive), None)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._feed(first))
            for _ in range(self._sizes.processes - 1):
                tasks.create_task(self._feed(None))

    async def close(self) -> None:
        """End what ``run`` never took; it ends its own."""
        for process in tuple(self._alive):
            await self._ended(process)

    async def ready(self) -> None:
        """Raises WorldError GW-S041 while no process is alive."""
        if not self._alive:
            raise WorldError(
                "GW-S041", "no process of the model for free text is alive.", "see model_failed in the log"
            )

    def takes(self, texts: Sequence[str]) -> bool:
        if not self._alive:
            self._sink.emit("names_unread", why="down")
            return False
        if self._waiting + sum(map(len, texts)) > self._sizes.waiting_chars:
            self._sink.emit("names_unread", why="full")
            return False
        return True

    async def names_in(self, texts: Sequence[str]) -> Sequence[Spotted] | None:
        job = _Job(texts)
        self._jobs.append(job)
        self._waiting += job.chars
        self._something.set()
        try:
            async with asyncio.timeout(self._sizes.budget_s):
                return await job.done
        except TimeoutError:
            self._sink.emit("names_unread", why="late")
            return None
        finally:
            self._waiting -= job.chars

    async def _feed(self, process: ModelProcess | None) -> None:
        pause_s = _FIRST_PAUSE_S
        try:
            while True:
                if process is None:
                    process = await self._again(pause_s)
                    pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                elif (batch := await self._batch(process)) and await self._read(process, batch):
                    pause_s = _FIRST_PAUSE_S
                else:
                    if not batch:
                        self._sink.emit("model_failed", error="ended")
                    await self._ended(process)
                    process = None
        finally:
            if process is not None:
                await self._ended(process)

    async def _ended(self, process: ModelProcess) -> None:
        self._alive.discard(process)
        await process.end()

    async def _again(self, pause_s: float) -> ModelProcess | None:
        await asyncio.sleep(pause_s)
        try:
            process = await self._started()
        except BROKEN as error:
            self._sink.emit("model_failed", error=type(error).__name__)
            return None
        self._alive.add(process)
        return process

    async def _started(self) -> ModelProcess:
        return await ModelProcess.start(self._address, self._folder, self._sizes.start_s)

    async def _batch(self, process: ModelProcess) -> list[_Job]:
        """The jobs that go together; those nobody waits for any more are left out. None if the process ends before
        there are any: nobody's text is lost for it then.
        """
        while True:
            batch, chars = list[_Job](), 0
            while self._jobs and (not batch or chars + self._jobs[0].chars <= self._sizes.batch_chars):
                job = self._jobs.popleft()
                if not job.done.done():
                    batch.append(job)
                    chars += job.chars
            if batch:
                return batch
            self._something.clear()
            if await self._ends_before_something(process):
                return []

    async def _ends_before_something(self, process: ModelProcess) -> bool:
        async with asyncio.TaskGroup() as tasks:
            ended, came = tasks.create_task(process.gone()), tasks.create_task(self._something.wait())
            await asyncio.wait((ended, came), return_when=asyncio.FIRST_COMPLETED)
            gone = ended.done()
            ended.cancel()
            came.cancel()
        return gone

    async def _read(self, process: ModelProcess, batch: Sequence[_Job]) -> bool:
        """False where the process broke; its jobs are told so at once."""
        try:
            spotted = await process.names_in([text for job in batch for text in job.texts], self._sizes.patience_s)
        except BROKEN as error:
            self._sink.emit("model_failed", error=type(error).__name__)
            self._alive.discard(process)
            _answer_nobody(batch)
            return False
        except asyncio.CancelledError:
            _answer_nobody(batch)
            raise
        if spotted is None:
            self._sink.emit("model_failed", error="raised")
            _answer_nobody(batch)
            return True
        _share_out(batch, spotted)
        return True


def _answer_nobody(batch: Sequence[_Job]) -> None:
    for job in batch:
        job.answer(None)


def _share_out(batch: Sequence[_Job], spotted: Sequence[Spotted]) -> None:
    """Each job's own answers, its texts numbered from 0 again."""
    before = 0
    for job in batch:
        after = before + len(job.texts)
        job.answer([one._replace(text=one.text - before) for one in spotted if before <= one.text < after])
        before = after
