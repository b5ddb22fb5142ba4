"""Questions to a key store across a network: asked on threads of their own, and waited for only so long.

The port blocks. On the event loop's thread a store that says nothing would stop every request, those too that need no
key; on the loop's common threads it would take them away from everybody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gateway.model.errors import WorldError
from gateway.model.names import Region

T = TypeVar("T")

_THREADS = 4


class Apart:
    """``timeout_s`` is how long an answer is waited for, its turn included; whose turn has not come asks nothing."""

    def __init__(self, region: Region, timeout_s: float) -> None:
        self._region = region
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="key-store")

    async def ask(self, call: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except TimeoutError:
            raise WorldError(
                "GW-K201",
                f"the data key store of region {self._region} did not answer within {self._timeout_s:g} s: no data key "
                "is at hand.",
                "look for a slow or stopped key store, or a slow way to it; no restart is needed.",
            ) from None

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
