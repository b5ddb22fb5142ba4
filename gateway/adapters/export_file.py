"""A new file for its owner's eyes only: whole when the block is left in good order, else gone."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.model.errors import RulesError, WorldError


class ExportFile:
    """Never written over what is there (GW-I140)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1

    def __enter__(self) -> Self:
        try:
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise RulesError(
                "GW-I140", f"{str(self.path)!r} is there already: an export overwrites nothing.", "name another --out."
            ) from None
        except OSError as error:
            raise self._unwritten(error) from error
        return self

    def write(self, content: bytes) -> None:
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            raise self._unwritten(error) from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            if kind is None:
                os.fsync(self._descriptor)
            else:
                self.path.unlink(missing_ok=True)
        except OSError as failure:
            raise self._unwritten(failure) from failure
        finally:
            os.close(self._descriptor)

    def _unwritten(self, error: OSError) -> WorldError:
        return WorldError(
            "GW-I141",
            f"the export {str(self.path)!r} can't be written ({type(error).__name__}): there is none.",
            "make room, or name another --out.",
        )
