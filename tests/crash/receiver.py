"""The upstream of the crash scripts, in their own process: what it received is at hand, whatever dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.load.upstream import Echo, Received


@asynccontextmanager
async def receiving() -> AsyncIterator[tuple[str, Received]]:
    """Its URL, and what it has received so far."""
    received = Received()
    server = await asyncio.get_running_loop().create_server(lambda: Echo(received), "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", received
