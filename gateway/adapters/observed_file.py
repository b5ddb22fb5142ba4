"""A process's tally as a file of its own, for its owner only; replaced whole, so that nobody reads half of one."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from gateway.model.errors import WorldError


class ObservedFile:
    """``name`` is the process's own: several write into one folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"{name}.json"

    async def write(self, text: str) -> None:
        try:
            await asyncio.to_thread(self._write, text)
        except OSError as error:
            raise WorldError(
                "GW-S042",
                f"what was observed can't be written into {str(self._file.parent)!r} ({type(error).__name__}).",
                "give the gateway's user the right to write there, or leave observed_dir out",
            ) from error

    def _write(self, text: str) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(self._file)
