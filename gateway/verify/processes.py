"""Processes of our own: started one by one, waited for, and ended with whoever started them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

_STARTING_S = 60.0
_ENDING_S = 30.0
_LOOK_S = 0.05


class DidNotStartError(Exception):
    """A process ended, or did not listen in time; says where its output lies."""


@asynccontextmanager
async def running(arguments: Sequence[str], *, port: int, output: Path, directory: Path) -> AsyncIterator[Process]:
    """``python -m …`` until the block is left. It is entered when the process listens on its port.

    A session of its own keeps Ctrl-C away from it: whoever started it ends it.
    """
    with output.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdout=file, stderr=file, cwd=directory, start_new_session=True
        )
    try:
        await _listens(process, port, output)
        yield process
    finally:
        await end(process)


async def end(process: Process) -> None:
    """SIGTERM, and SIGKILL for one that does not hear it."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    try:
        async with asyncio.timeout(_ENDING_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _listens(process: Process, port: int, output: Path) -> None:
    try:
        async with asyncio.timeout(_STARTING_S):
            while not await _accepts(port):
                if process.returncode is not None:
                    raise DidNotStartError(f"it ended with {process.returncode}; its output is in {output}")
                await asyncio.sleep(_LOOK_S)
    except TimeoutError as error:
        raise DidNotStartError(f"it does not listen on port {port}; its output is in {output}") from error


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def free_port(wanted: int) -> int:
    """The wanted port if nobody has it, else any that nobody has."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DidNotStartError("no port is free on 127.0.0.1")
