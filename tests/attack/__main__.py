"""``python -m tests.attack``: every attack against a gateway of real parts; 1 if one leaks, hangs or goes wrong."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.attack.cases import cases
from tests.attack.hostile import hostile
from tests.attack.run import attack, ground, matrix, play


async def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with ground(Path(folder)) as on:
            outcomes = await play(cases(), on)
            handmade = {one: await attack(one, on) for one in hostile()}
    wrong = [f"  {why}: {one.sort}/{one.name}" for one, why in handmade.items() if why]
    lines = [matrix(outcomes), f"{len(handmade)} hostile requests made by hand: {len(wrong)} wrong", *wrong]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any(one.failed for one in outcomes) or bool(wrong))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
