"""Root keys in files, one a generation, readable by their owner only: ``root/<region>.<generation>.key``.

A generation is named by when it was made (12 hex digits of ms) and two random bytes, so that two processes never make
the same. Whoever has these files and the key store reads the vault: for trials, and for hosts without HSM or KMS. A
copy of a file is a key that still exists: copies older than the grace period undo what erasing promises.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
from pathlib import Path

from gateway.adapters.root_local.cipher import KEY_BYTES, NONCE_BYTES, closed, decrypt, encrypt
from gateway.model.errors import WorldError
from gateway.model.names import Region
from gateway.ports import Clock

_GENERATION = re.compile(r"[0-9a-f]{16}")


class FileRoot:
    """The Root port over a folder. Files are small: they are read when they are asked for."""

    turns = True

    def __init__(self, folder: Path, region: Region, clock: Clock) -> None:
        self.folder = folder
        self._region = region
        self._clock = clock

    async def wrap(self, secret: bytes, bound: bytes) -> tuple[str, bytes]:
        made = await self.generations()
        if not made:
            raise self._unusable("there is none")
        generation = max(made)
        return generation, encrypt(self._read(generation), secret, bound, self._clock.random(NONCE_BYTES))

    async def unwrap(self, generation: str, wrapped: bytes, bound: bytes) -> bytes:
        if not _GENERATION.fullmatch(generation) or not self._file(generation).exists():
            raise closed(self._region, f"folder {str(self.folder)!r}", generation)
        secret = decrypt(self._read(generation), wrapped, bound)
        if secret is None:
            raise closed(self._region, f"folder {str(self.folder)!r}", generation)
        return secret

    async def generations(self) -> dict[str, int]:
        names = (path.name.removeprefix(f"{self._region}.") for path in self.folder.glob(f"{self._region}.*.key"))
        found = [name.removesuffix(".key") for name in names]
        return {name: int(name[:12], 16) for name in found if _GENERATION.fullmatch(name)}

    async def turn(self) -> str:
        generation = f"{self._clock.now_ms():012x}{self._clock.random(2).hex()}"
        await asyncio.to_thread(self._make, self._file(generation), self._clock.random(KEY_BYTES))
        return generation

    async def destroy_before(self, made_ms: int, keep: str) -> int:
        old = [name for name, at in (await self.generations()).items() if at <= made_ms and name < keep]
        await asyncio.to_thread(self._destroy, [self._file(name) for name in old])
        return len(old)

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _file(self, generation: str) -> Path:
        return self.folder / f"{self._region}.{generation}.key"

    def _read(self, generation: str) -> bytes:
        path = self._file(generation)
        try:
            mode, text = path.stat().st_mode, path.read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise self._unusable(type(error).__name__) from error
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise WorldError(
                "GW-K102",
                f"root key file {str(path)!r} is open to others than its owner: region {self._region} stays closed.",
                f"chmod 600 {path}; if others have read it: pii-gateway keys rotate root.",
            )
        if not re.fullmatch(r"[0-9a-f]{64}\s*", text):
            raise WorldError(
                "GW-K112",
                f"root key file {str(path)!r} does not hold 64 hex digits: region {self._region} stays closed.",
                "restore the file from its backup.",
            )
        return bytes.fromhex(text)

    def _make(self, path: Path, key: bytes) -> None:
        """There as a whole or not at all."""
        draft = path.with_name(f".{path.name}.new")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                os.write(file, key.hex().encode() + b"\n")
                os.fsync(file)
            finally:
                os.close(file)
            draft.rename(path)
            _sync(path.parent)
        except OSError as error:
            raise self._unusable(type(error).__name__) from error

    def _destroy(self, paths: list[Path]) -> None:
        try:
            for path in paths:
                _overwrite_and_remove(path)
            _sync(self.folder)
        except OSError as error:
            raise self._unusable(type(error).__name__) from error

    def _unusable(self, detail: str) -> WorldError:
        return WorldError(
            "GW-K104",
            f"root key files in {str(self.folder)!r} can't be used ({detail}): region {self._region} can protect no "
            "data.",
            "check that the folder is there and that it and its files belong to the gateway's user.",
        )


def _overwrite_and_remove(path: Path) -> None:
    """What the disk itself keeps of old blocks is beyond us."""
    try:
        with path.open("r+b") as file:
            file.write(b"0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return  # another process was at it


def _sync(directory: Path) -> None:
    file = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
