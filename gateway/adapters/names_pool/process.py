"""One process of a model: started, asked, and ended when it is broken or stuck."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from gateway.adapters.names_pool.frames import HEAD, BrokenFrameError, framed, said_in, size_of, spotted_in
from gateway.model.free_text import Spotted

BROKEN = (BrokenFrameError, OSError, EOFError, TimeoutError)
"""What a process that can't be used any more looks like; anything else is a fault of ours."""


class ModelProcess:
    """Asked one batch at a time. Every method may raise one of ``BROKEN``; the process is to be ended then."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, address: str, folder: Path, within_s: float) -> ModelProcess:
        """A process whose model is loaded."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-sP", "-m", "gateway.adapters.names_pool.child", address, str(folder),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(sys.path), "HF_HUB_OFFLINE": "1"},
        )  # fmt: skip
        started = cls(process)
        try:
            async with asyncio.timeout(within_s):
                if await started._heard() != "ready":
                    raise BrokenFrameError
        except BaseException:
            await started.end()
            raise
        return started

    async def names_in(self, texts: Sequence[str], within_s: float) -> list[Spotted] | None:
        """What the model spots; None where it raised."""
        said, heard = self._process.stdin, None
        if said is None:
            raise EOFError
        async with asyncio.timeout(within_s):
            try:
                said.write(framed(list(texts)))
            except RuntimeError as error:
                raise EOFError from error  # uvloop's word for a pipe whose other end is closed
            await said.drain()
            heard = await self._heard()
        return None if heard is None else spotted_in(heard)

    async def gone(self) -> None:
        """Until the process ends, whoever ends it."""
        await self._process.wait()

    async def end(self) -> None:
        if self._process.returncode is None:
            try:
                self._process.kill()
            except ProcessLookupError:
                pass
        await self._process.wait()

    async def _heard(self) -> object:
        told = self._process.stdout
        if told is None:
            raise EOFError
        return said_in(await told.readexactly(size_of(await told.readexactly(HEAD.size))))
