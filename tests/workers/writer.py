"""A process of its own that keeps people without a break: ``python -m tests.workers.writer DIR SECONDS``.

Says at the end how many it kept and how many it was refused.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from itertools import count
from pathlib import Path

from gateway.model.errors import WorldError
from gateway.model.kept import Batch
from tests.faults.worker import say, somebody, vault_in

CALLERS = 16


async def write(folder: Path, seconds: float) -> dict[str, int]:
    loop = asyncio.get_running_loop()
    vault = vault_in(folder)
    await vault.start()
    told = {"kept": 0, "refused": 0}
    numbers = count(int.from_bytes(os.urandom(3), "big"))  # short shapes are few: no two processes want the same

    async def caller() -> None:
        while loop.time() < ends_s:
            try:
                await vault.keep(Batch(somebody(next(numbers)).keeps))
                told["kept"] += 1
            except WorldError:
                told["refused"] += 1

    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    ends_s = loop.time() + seconds
    async with asyncio.TaskGroup() as tasks:
        for _ in range(CALLERS):
            tasks.create_task(caller())
    say(json.dumps(told))
    await asyncio.to_thread(sys.stdin.readline)
    await vault.close()
    return told


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), float(sys.argv[2])))
