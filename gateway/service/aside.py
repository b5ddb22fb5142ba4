"""Long thinking beside the event loop: one large message must not stop the service for everybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from gateway.model.message import Reply, Request

P = ParamSpec("P")
T = TypeVar("T")

_HEAVY = 2**14
"""Characters that take ten or twenty milliseconds to think about; a thread costs a tenth of one."""

_UNPACKS_TO = 32
"""Times as large as it came, at most as a rule."""


class Aside:
    """Large messages are thought about in a thread, one at a time: they wait for each other, not the loop for them."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)

    async def __call__(self, weight: int, think: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``think`` returns or raises. ``weight``: of what it thinks about, in characters."""
        if weight < _HEAVY:
            return think(*args, **kwargs)
        async with self._turn:
            return await asyncio.to_thread(think, *args, **kwargs)


def size_of(message: Request | Reply) -> int:
    """What reading it may cost."""
    size = len(message.body)
    return size * _UNPACKS_TO if size > _HEAVY // _UNPACKS_TO and message.header("content-encoding") else size
