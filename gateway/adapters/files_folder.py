"""The object store of a region as a folder: ``dir:var/files/ru``. One sealed file an object, for its owner only.

An object is written beside its place and moved there once it is on the disk, so that what has a name is whole.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import BinaryIO, TypeVar

from gateway.model.errors import WorldError

T = TypeVar("T")

_NAME = re.compile(r"[0-9a-z-]{8,64}")
_PIECE = 2**20
_DRAFT = ".draft"


class FolderFiles:
    """Implements ``ports.ObjectStore``. Disk work is done on other threads than the event loop's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> None:
        path = self._path(name)
        draft = path.with_suffix(_DRAFT)
        file = await self._done(lambda: _new(draft))
        try:
            async for piece in pieces:
                await self._done(_writing(file, piece))
            await self._done(lambda: _finish(file, draft, path))
        except BaseException:
            file.close()
            draft.unlink(missing_ok=True)
            raise

    async def read(self, name: str) -> AsyncIterator[bytes]:
        path = self._path(name)
        try:
            file = await asyncio.to_thread(path.open, "rb")
        except FileNotFoundError:
            raise gone(name) from None
        except OSError as error:
            raise self._failed(error) from error
        with file:
            while piece := await self._done(lambda: file.read(_PIECE)):
                yield piece

    async def delete(self, names: Sequence[str]) -> None:
        for name in names:
            path = self._path(name)
            await self._done(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc] # a default binds it

    async def names(self) -> AsyncIterator[tuple[str, int]]:
        for name, at in await self._done(self._listed):
            yield name, at

    async def aclose(self) -> None:
        """Nothing is open between calls."""

    def _path(self, name: str) -> Path:
        """Two letters of the name are a folder of their own: folders of a million files are slow."""
        if not _NAME.fullmatch(name):
            raise gone(name)
        return self._folder / name[:2] / name

    def _listed(self) -> list[tuple[str, int]]:
        found = self._folder.glob("??/*") if self._folder.exists() else ()
        return [(path.name, int(path.stat().st_mtime)) for path in found if path.suffix != _DRAFT]

    async def _done(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> WorldError:
        return WorldError(
            "GW-F101",
            f"the object store {str(self._folder)!r} can't be used ({type(error).__name__}): no file is kept, and "
            "nothing is forwarded.",
            "make room, check the path and who may write there.",
        )


def gone(name: str) -> WorldError:
    return WorldError(
        "GW-F102",
        f"object {name!r} is not in the object store: it was erased, or another store is named in the rules.",
        "compare files: of the region with where the gateway wrote before.",
        status=404,
    )


def _new(draft: Path) -> BinaryIO:
    draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _writing(file: BinaryIO, piece: bytes) -> Callable[[], int]:
    return lambda: file.write(piece)


def _finish(file: BinaryIO, draft: Path, path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
    draft.rename(path)
    for folder in (path.parent, path.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
