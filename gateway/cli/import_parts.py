"""An import by several processes: each takes a part of the file, with a twin and a journal of its own.

The parent knows the rules, but takes no row. It is told by lines of JSON on a worker's standard output; a worker stops,
as after Ctrl-C, when it is signalled or when its standard input ends, so none goes on without a parent.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import click

from gateway.adapters.import_files import ImportFiles
from gateway.cli.import_report import Watcher
from gateway.model.table import Import, Mark
from gateway.ports import Clock


async def in_parts(copy: ImportFiles, what: Import, mark: Mark, clock: Clock) -> Mark:
    """The mark of the whole: done, or where its parts stand. Ends the command where a worker failed."""
    parts = [copy.part(number) for number in range(len(what.parts))]
    if mark.done:
        copy.remove(parts)
        return mark
    stop = stopped_by_signal()
    failed = await _Crew(what, [_stand(part) for part in parts], clock, stop).work()
    marks = [_stand(part) for part in parts]
    if failed:
        click.echo(f"stopped after {sum(one.rows for one in marks):,} rows; go on with --resume", err=True)
        raise click.exceptions.Exit(failed)
    tally = sum((Counter(one.tally) for one in marks), Counter[str]())
    told = replace(mark, rows=sum(one.rows for one in marks), tally=dict(tally), source=what.parts[-1].end)
    if not all(one.done for one in marks):
        return told
    return await asyncio.to_thread(copy.join, parts, replace(told, done=True))


def stopped_by_signal() -> asyncio.Event:
    """Set by Ctrl-C or SIGTERM: the batch under way is finished, then the import ends."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


@asynccontextmanager
async def parent_watched(stop: asyncio.Event) -> AsyncIterator[Callable[[Mark], bool]]:
    """In a worker: tells its parent of every mark, and says to stop once that is gone."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)

    async def listen() -> None:
        await reader.read()
        stop.set()

    def watch(mark: Mark) -> bool:
        try:
            print(json.dumps([mark.rows, mark.source]), flush=True)
        except BrokenPipeError:
            stop.set()
        return not stop.is_set()

    listening = asyncio.create_task(listen())  # noqa: TID251 - ended below
    try:
        yield watch
    finally:
        listening.cancel()


def _stand(part: ImportFiles) -> Mark:
    if not part.begun:
        return Mark()
    with part:
        return part.resume()[1]


class _Crew:
    """The workers of one import, and how far each is."""

    def __init__(self, what: Import, marks: Sequence[Mark], clock: Clock, stop: asyncio.Event) -> None:
        self._parts = what.parts
        self._clock = clock
        self._stop = stop
        self._left = [number for number, mark in enumerate(marks) if not mark.done]
        self._at = [(mark.rows, max(mark.source, part.begin)) for mark, part in zip(marks, what.parts, strict=True)]

    async def work(self) -> int:
        """The exit status of a worker that failed, 0 if none did. The others are stopped with it."""
        with Watcher(self._parts[-1].end, self._all(), self._clock, self._stop.is_set) as watch:
            async with asyncio.TaskGroup() as group:
                crew = [group.create_task(self._worker(number, watch)) for number in self._left]
        return max((task.result() for task in crew), default=0)

    async def _worker(self, number: int, watch: Watcher) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *sys.orig_argv[1:], "--part", str(number), stdin=PIPE, stdout=PIPE, start_new_session=True
        )
        async with asyncio.TaskGroup() as group:
            ending = group.create_task(self._end(process))
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            while line := await process.stdout.readline():
                self._at[number] = json.loads(line)
                watch(self._all())
            code = await process.wait()
            ending.cancel()
        if code:
            self._stop.set()
        return code if code >= 0 else 128 - code

    async def _end(self, process: Process) -> None:
        await self._stop.wait()
        assert process.stdin is not None  # noqa: S101 - a pipe was asked for
        process.stdin.close()

    def _all(self) -> Mark:
        rows = sum(rows for rows, _ in self._at)
        passed = sum(at - part.begin for part, (_, at) in zip(self._parts, self._at, strict=True))
        return Mark(rows=rows, source=self._parts[0].begin + passed)
