"""A file of JSON lines, each a message."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gateway.adapters.tables.cut import cut
from gateway.adapters.tables.faults import unreadable
from gateway.adapters.tables.lines import outward, row_of
from gateway.model.table import Mark, Part, Row


class JsonlTable:
    """Opened at a mark. ``id_member``: the member that holds the back end's own id, steps parted by dots."""

    head: Final = b""

    def __init__(
        self, path: Path, *, id_member: str | None, most_bytes: int = 8 * 2**20, mark: Mark, until: int | None = None
    ) -> None:
        self._path = path
        self._id = id_member
        self._most_bytes = most_bytes
        self._number, self._line, self._at = mark.rows, max(mark.line, 1), mark.source
        try:
            self._file = path.open("rb")
            self.size: Final = path.stat().st_size
            self._until = self.size if until is None else until
            self._file.seek(self._at)
        except OSError as error:
            raise unreadable(self._path, type(error).__name__) from error

    async def read(self, most: int) -> Sequence[Row]:
        rows: list[Row] = []
        try:
            while len(rows) < most and self._at < self._until and (raw := self._file.readline(self._most_bytes)):
                if raw.strip():
                    self._number += 1
                    rows.append(row_of(raw, self._number, self._line, self._at + len(raw), self._id))
                self._line, self._at = self._line + raw.count(b"\n"), self._at + len(raw)
        except OSError as error:
            raise unreadable(self._path, type(error).__name__) from error
        return rows

    def outward(self, row: Row, body: bytes) -> bytes:
        return outward(row, body, self._id)

    def parts(self, count: int) -> list[Part]:
        """The whole file from here on in so many parts of about a size. Reads all of it but the last part."""
        return cut(self._at, self._line, self.size, count, self._pass_to)

    def _pass_to(self, place: int) -> tuple[int, int]:
        while self._at < place and (raw := self._file.readline(self._most_bytes)):
            self._line, self._at = self._line + raw.count(b"\n"), self._at + len(raw)
        return self._at, self._line

    async def aclose(self) -> None:
        self._file.close()
