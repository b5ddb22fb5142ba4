"""How the bench's own servers run: one process each, on uvloop, telling on the first line where they listen."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import uvloop


def serve(listening: Callable[[], AbstractAsyncContextManager[asyncio.Server]]) -> None:
    """Listen, say where, and stay until SIGTERM."""

    async def stay() -> None:
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        async with listening() as server:
            host, port = server.sockets[0].getsockname()[:2]
            print(f"listening {host}:{port}", flush=True)
            await ended.wait()

    uvloop.run(stay())
