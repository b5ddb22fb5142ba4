"""Anchors in an append-only file: one JSON line each, synced; put it on another disk or host than the vault."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import orjson

from gateway.model.chain import Anchor
from gateway.model.errors import WorldError


class AnchorFile:
    """Any number of processes may append to one file. A line that a crash cut short is closed off, not overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, anchor: Anchor) -> None:
        line = orjson.dumps(asdict(anchor), option=orjson.OPT_SORT_KEYS) + b"\n"
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(file).st_size
                if size and os.pread(file, 1, size - 1) != b"\n":
                    line = b"\n" + line
                written = os.write(file, line)
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise self._error(type(error).__name__) from error
        if written != len(line):
            raise self._error("cut short")

    def read(self) -> Iterator[Anchor | None]:
        """The anchors in order, None for a line that is none. No file, no anchors. Raises WorldError."""
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._error(type(error).__name__) from error
        yield from (_anchor(line) for line in lines if line)

    def _error(self, detail: str) -> WorldError:
        return WorldError(
            "GW-L102",
            f"the anchor file {str(self.path)!r} can't be used ({detail}): a ledger cut short would go unnoticed.",
            "make room, or give the gateway's user access to the file.",
        )


def _anchor(line: bytes) -> Anchor | None:
    try:
        facts = orjson.loads(line)
        return Anchor(**facts)
    except (orjson.JSONDecodeError, TypeError):
        return None
