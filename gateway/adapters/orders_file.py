"""The journal of orders in an append-only file: a JSON line each, synced; kept beside the keys, away from the vault."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gateway.model.chain import GENESIS, LedgerKey
from gateway.model.errors import WorldError
from gateway.model.names import Region
from gateway.model.orders import OrderLine, decoded, flaw
from gateway.model.secret import Secret

_TAIL = 4096
"""More than a line takes."""


class OrdersFile:
    """Any number of processes of a host may append to one file, one after another. Everything blocks."""

    def __init__(self, path: Path, region: Region) -> None:
        self.path = path
        self.region = region

    def write(self, lines: Sequence[OrderLine], key: LedgerKey) -> None:
        """Durable when it returns. Number, key and MAC are filled in. Raises WorldError."""
        try:
            made = not self.path.exists()
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked() as file:
                number, previous, end = _head(file)
                os.ftruncate(file, end)  # what a crash cut short was never acknowledged
                for line in lines:
                    number += 1
                    signed = replace(line, number=number).signed(key, previous)
                    text, previous = f"{signed.encoded()}\n".encode(), signed.mac
                    if os.write(file, text) != len(text):
                        raise self._error("cut short")
                os.fsync(file)
            if made:
                _sync(self.path.parent)
        except OSError as error:
            raise self._error(type(error).__name__) from error
        except (ValueError, TypeError) as error:
            raise altered(self.path, "its end can't be read") from error

    def read(self, keys: Mapping[str, Secret]) -> list[OrderLine]:
        """All of them. Raises WorldError: GW-V146 for a journal that these keys did not write like this."""
        try:
            text = self.path.read_bytes()
            lines = [decoded(line.decode("ascii")) for line in text[: text.rfind(b"\n") + 1].splitlines()]
        except OSError as error:
            raise self._error(type(error).__name__) from error
        except (ValueError, TypeError) as error:
            raise altered(self.path, "a line can't be read") from error
        if (wrong := flaw(lines, self.region, keys)) is not None:
            raise altered(self.path, wrong)
        return lines

    def head(self) -> str:
        """Number and MAC of the last line, for a backup to remember; empty: there is none."""
        try:
            with self._locked(os.O_RDONLY) as file:
                number, mac, _ = _head(file)
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise self._error(type(error).__name__) from error
        except (ValueError, TypeError) as error:
            raise altered(self.path, "its end can't be read") from error
        return f"{number} {mac}" if number else ""

    @contextmanager
    def _locked(self, mode: int = os.O_RDWR | os.O_CREAT | os.O_APPEND) -> Iterator[int]:
        file = os.open(self.path, mode, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)

    def _error(self, detail: str) -> WorldError:
        return WorldError(
            "GW-V147",
            f"the journal of orders {str(self.path)!r} can't be used ({detail}): a restored vault would not know what "
            "was ordered.",
            "make room, or give the gateway's user access to the file; then give the order again.",
        )


def altered(path: Path, detail: str) -> WorldError:
    return WorldError(
        "GW-V146",
        f"{str(path)!r} is not the journal of orders of this vault ({detail}): nothing is done by it.",
        "use another copy of it; keep this one as evidence. Without any: --erased and --accept-gap.",
    )


def _head(file: int) -> tuple[int, str, int]:
    """Number and MAC of the last whole line, and where it ends."""
    size = os.fstat(file).st_size
    begin = max(0, size - _TAIL)
    tail = os.pread(file, _TAIL, begin)
    whole = tail[: tail.rfind(b"\n") + 1]
    if not whole:
        if begin:
            raise ValueError("no line")
        return 0, GENESIS, 0
    last = decoded(whole.splitlines()[-1].decode("ascii"))
    return last.number, last.mac, begin + len(whole)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
