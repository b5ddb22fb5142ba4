"""A folder that holds one part of a backup: owner-only files, and the manifest, which is written last.

Without a manifest it is an unfinished backup, which the next attempt begins anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from gateway.model.backup import Manifest, Piece, decoded
from gateway.model.errors import WorldError

_NAME = "manifest.json"
_CHUNK = 1 << 20


class BackupFolder:
    """Everything blocks. Raises WorldError: GW-V140 for a folder that can't be used, GW-V141 for an altered one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self) -> None:
        """Make it, or take away what an unfinished backup left; never a finished one."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if (self.path / _NAME).exists():
                raise self._unusable("holds a backup already", "name another folder; a backup is never overwritten.")
            self.path.chmod(0o700)
            for left in self.path.iterdir():
                if left.suffix not in (".db", ".rows", ".db-wal", ".db-journal"):
                    raise self._unusable("holds other things", "name an empty folder.")
                left.unlink()
        except OSError as error:
            raise self._unusable(type(error).__name__, "check the path, and who may write there.") from error

    def new(self, name: str) -> Path:
        """An empty file for its owner only."""
        path = self.path / name
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise self._unusable(type(error).__name__, "make room, or name another folder.") from error
        return path

    def finish(self, manifest: Manifest, pieces: Sequence[Piece], told: Callable[[int], object]) -> Manifest:
        """Measure and sync every piece, fill them in. The manifest is still to be written."""
        try:
            return replace(manifest, pieces=tuple(self._measured(one, told) for one in pieces))
        except OSError as error:
            raise self._unusable(type(error).__name__, "make room, or name another folder.") from error

    def write(self, manifest: Manifest) -> None:
        """The backup is whole from now on, durably."""
        draft = self.path / f".{_NAME}"
        try:
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(manifest.encoded())
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self.path / _NAME)
            self._sync_folder()
        except OSError as error:
            raise self._unusable(type(error).__name__, "make room, or name another folder.") from error

    def manifest(self) -> Manifest:
        try:
            return decoded((self.path / _NAME).read_text("utf-8"))
        except OSError as error:
            mend = "name the folder of a finished backup."
            raise self._unusable(f"has no {_NAME}: {type(error).__name__}", mend) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self.altered(f"its {_NAME} can't be read") from error

    def verify(self, manifest: Manifest, told: Callable[[int], object]) -> None:
        """Every piece is what the manifest says; ``told`` hears of bytes. Raises GW-V141."""
        for piece in manifest.pieces:
            if Path(piece.name).name != piece.name:
                raise self.altered("a file's name")
            try:
                found = self._measured(piece, told)
            except OSError as error:
                raise self.altered(f"{piece.name}: {type(error).__name__}") from error
            if found != piece:
                raise self.altered(f"{piece.name} is not what was written")

    def altered(self, detail: str) -> WorldError:
        return WorldError(
            "GW-V141",
            f"backup {str(self.path)!r} is not what was written ({detail}): nothing is restored from it.",
            "use another copy; keep this one as evidence.",
        )

    def _measured(self, piece: Piece, told: Callable[[int], object]) -> Piece:
        digest, size = sha256(), 0
        with (self.path / piece.name).open("rb") as file:
            os.fsync(file.fileno())
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                told(len(chunk))
        return replace(piece, bytes=size, sha256=digest.hexdigest())

    def _sync_folder(self) -> None:
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _unusable(self, why: str, mend: str) -> WorldError:
        return WorldError("GW-V140", f"backup folder {str(self.path)!r} can't be used: it {why}.", mend)
