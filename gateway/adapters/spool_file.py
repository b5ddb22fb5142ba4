"""Room on the disk for an upload on its way through: a file without a name, gone with the process that opened it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from gateway.model.errors import WorldError

_PIECE = 2**18


class SpoolFile:
    """Implements ``ports.Spooled``. Small pieces are gathered, so that the disk is asked four times a mebibyte."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._waiting = bytearray()
        self._written = 0
        try:
            if folder is not None:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed by its owner
        except OSError as error:
            raise _full(error) from error

    @property
    def size(self) -> int:
        return self._written + len(self._waiting)

    async def write(self, piece: bytes) -> None:
        self._waiting += piece
        if len(self._waiting) >= _PIECE:
            await self._flush()

    async def pieces(self) -> AsyncIterator[bytes]:
        await self._flush()
        at = 0
        while piece := await asyncio.to_thread(self._read_at, at):
            at += len(piece)
            yield piece

    def close(self) -> None:
        self._file.close()

    async def _flush(self) -> None:
        raw, self._waiting = bytes(self._waiting), bytearray()
        try:
            await asyncio.to_thread(self._write_at, self._written, raw)
        except OSError as error:
            raise _full(error) from error
        self._written += len(raw)

    def _write_at(self, at: int, raw: bytes) -> None:
        self._file.seek(at)
        view = memoryview(raw)
        while view:
            view = view[self._file.write(view) :]

    def _read_at(self, at: int) -> bytes:
        self._file.seek(at)
        return self._file.read(_PIECE)


def _full(error: OSError) -> WorldError:
    return WorldError(
        "GW-F104",
        f"there is no room for an upload on its way through ({type(error).__name__}): nothing was forwarded.",
        "make room in state_dir/spool, or lower limits.max_file_bytes.",
    )
