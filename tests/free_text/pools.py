"""A running pool over the tests' own model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.adapters.names_pool import NamesPool, PoolSizes
from gateway.adapters.sink_memory import MemorySink
from tests.free_text.plugin import ADDRESS, NAMES

PATIENT = PoolSizes(budget_s=30, patience_s=30)


@asynccontextmanager
async def pool(
    folder: Path,
    sizes: PoolSizes = PATIENT,
    sink: MemorySink | None = None,
    address: str = ADDRESS,
    *,
    as_written: bool = False,
) -> AsyncIterator[NamesPool]:
    (folder / NAMES).write_text("хрюнд[а-я]* мымр[а-я]*")
    made = NamesPool(address, folder, sizes, sink or MemorySink(), as_written=as_written)
    await made.start()
    try:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(made.run())
            try:
                yield made
            finally:
                running.cancel()
    finally:
        await made.close()
