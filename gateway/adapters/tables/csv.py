"""A CSV file as messages, and its rows again with only the changed fields spelled anew.

Delimiter and quotes as in RFC 4180, the delimiter the one that the header has most of (comma, semicolon, tab, bar). A
row that breaks the rules costs its first line only: a quote that nobody closes does not swallow the rest.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import orjson

from gateway.adapters.tables.cut import cut
from gateway.adapters.tables.faults import id_changed, unmapped, unreadable
from gateway.model.errors import GatewayError, PayloadError
from gateway.model.table import Mark, Part, Row

_DELIMITERS = ",;\t|"
_MOST_LINES = 1000
"""Of one row: quoted fields may hold line breaks."""

_BROKEN = "GW-I102"

Steps = tuple[str, ...]
Cell = tuple[int, int]
_Tree = dict[str, "int | _Tree"]


class CsvTable:
    """Opened at a mark. ``columns``: where in a message a column stands (``body.user.email``, ``path.id``), by default
    ``body.<column>``; ``id_column``: the back end's own ids.
    """

    def __init__(
        self,
        path: Path,
        *,
        columns: Mapping[str, str],
        id_column: str | None,
        encoding: str = "utf-8",
        most_bytes: int = 2**20,
        mark: Mark,
        until: int | None = None,
    ) -> None:
        self._path = path
        self._encoding = encoding
        self._most_bytes = most_bytes
        try:
            self._file = path.open("rb")
            self.size: Final = path.stat().st_size
        except OSError as error:
            raise unreadable(path, type(error).__name__) from error
        try:
            self._read_head()
            self._shape = _Shape(self._names, columns, id_column)
        except GatewayError:
            self._file.close()
            raise
        self._number, self._line = mark.rows, max(mark.line, self._head_lines)
        self._at = max(mark.source, len(self.head))
        self._until = self.size if until is None else until
        self._file.seek(self._at)

    async def read(self, most: int) -> Sequence[Row]:
        rows: list[Row] = []
        try:
            while len(rows) < most and (row := self._next()) is not None:
                rows.append(row)
        except OSError as error:
            raise unreadable(self._path, type(error).__name__) from error
        return rows

    def outward(self, row: Row, body: bytes) -> bytes:
        if body is row.body:
            return row.raw
        text = row.raw.decode(self._encoding)
        cells = self._split(text) or []
        before, after = orjson.loads(row.body), orjson.loads(body)
        made, at = [], 0
        for (start, end), path in zip(cells, self._shape.paths, strict=True):
            was, now = _value(before, path), _value(after, path)
            if was != now and path[0] == "body":
                made += [text[at:start], self._spelt(now, quoted=text[start : start + 1] == '"')]
                at = end
        own = self._shape.id_path
        if own is not None and _value(before, own) != _value(after, own):
            raise id_changed()
        return self._encoded("".join([*made, text[at:]]))

    def parts(self, count: int) -> list[Part]:
        """The whole file from here on in so many parts of about a size. Reads all of it but the last part."""
        return cut(self._at, self._line, self.size, count, self._pass_to)

    async def aclose(self) -> None:
        self._file.close()

    # ------------------------------------------------------------------------------------------------------ reading

    def _read_head(self) -> None:
        line = self._file.readline()
        first = line.removeprefix(codecs.BOM_UTF8)
        while first.count(b'"') % 2 and (more := self._file.readline()):
            line, first = line + more, first + more
        self.head = line if line.endswith(b"\n") else line + b"\n"
        self._head_lines = 1 + line.count(b"\n")
        try:
            text = first.decode(self._encoding)
        except UnicodeDecodeError:
            raise unreadable(self._path, f"its header is not {self._encoding}") from None
        bare = re.sub(r'"[^"]*"', "", text)
        self._delimiter = max(_DELIMITERS, key=bare.count)
        quoted = re.escape(self._delimiter)
        self._cells = re.compile(rf'("(?:[^"]|"")*"|[^"{quoted}\r\n]*)(?:{quoted}|(?=\r?\n?\Z))')
        self._names = [_plain(text[start:end]) for start, end in self._split(text) or []]
        if not self._names or len(set(self._names)) < len(self._names) or not all(self._names):
            raise unreadable(self._path, "its header is empty, has no name for a column or one name for two")

    def _next(self) -> Row | None:
        raw = self._file.readline()
        while raw in (b"\n", b"\r\n"):
            self._line, self._at = self._line + 1, self._at + len(raw)
            raw = self._file.readline()
        if not raw or self._at >= self._until:
            return None
        whole = self._whole(raw)
        row = self._row(raw if whole is None else whole, broken=whole is None)
        if row.fault == _BROKEN and row.raw != raw:
            row = self._row(raw, broken=True)
            self._file.seek(row.end)
        self._number, self._line, self._at = row.number, self._line + row.raw.count(b"\n"), row.end
        return row

    def _whole(self, raw: bytes) -> bytes | None:
        """The row with the lines that its quoted fields go on in; None where it does not end."""
        lines = 1
        while raw.count(b'"') % 2:
            more = self._file.readline()
            lines += 1
            if not more or lines > _MOST_LINES or len(raw) > self._most_bytes:
                self._file.seek(self._at + raw.index(b"\n") + 1 if b"\n" in raw else self._at + len(raw))
                return None
            raw += more
        return raw

    def _row(self, raw: bytes, *, broken: bool) -> Row:
        place = (self._number + 1, self._line, raw, self._at + len(raw))
        if broken:
            return Row(*place, fault=_BROKEN)
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError:
            return Row(*place, fault="GW-I103")
        plain = text.removesuffix("\n").removesuffix("\r")
        if '"' in plain or "\r" in plain:
            cells = self._split(text)
            values = None if cells is None else [_plain(text[start:end]) for start, end in cells]
        else:
            values = plain.split(self._delimiter)
        if values is None or len(values) != len(self._names):
            return Row(*place, fault=_BROKEN if values is None else "GW-I101")
        return self._shape.row(place, values)

    def _split(self, text: str) -> list[Cell] | None:
        """Where the fields stand, quotes included; None where the text is no row."""
        cells: list[Cell] = []
        at = 0
        while True:
            found = self._cells.match(text, at)
            if found is None:
                return None
            cells.append(found.span(1))
            if found.end() == found.end(1):
                return cells
            at = found.end()

    def _pass_to(self, place: int) -> tuple[int, int]:
        """Place and line of the first row that begins there or later. Only what goes on over lines is taken apart."""
        while self._at < place and (raw := self._file.readline()):
            if raw.count(b'"') % 2:
                self._file.seek(self._at)
                self._next()
            else:
                self._line, self._at = self._line + 1, self._at + len(raw)
        return self._at, self._line

    # ------------------------------------------------------------------------------------------------------ writing

    def _spelt(self, value: object, *, quoted: bool) -> str:
        text = "" if value is None else str(value)
        if quoted or any(char in text for char in (self._delimiter, '"', "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'
        return text

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode(self._encoding)
        except UnicodeEncodeError:
            raise PayloadError("GW-I107", f"a token can't be written in {self._encoding}.", "use UTF-8.") from None


class _Shape:
    """How a row's values become a JSON body: the constant texts between them are made once."""

    def __init__(self, names: Sequence[str], columns: Mapping[str, str], id_column: str | None) -> None:
        unknown = sorted(({*columns} | ({id_column} if id_column else set())) - {*names})
        if unknown:
            raise unmapped(f"the table has no column {', '.join(map(repr, unknown))}")
        self.paths = [_path_of(columns.get(name), name) for name in names]
        self.id_at = names.index(id_column) if id_column is not None else None
        id_path = self.paths[self.id_at] if self.id_at is not None else None
        self.id_path = id_path if id_path is not None and id_path[0] == "body" else None
        self._named = [(path[1], at) for at, path in enumerate(self.paths) if path[0] == "path"]
        tree: _Tree = {}
        for at, path in enumerate(self.paths):
            if path[0] == "body":
                _plant(tree, path[1:], at)
        self._between, self._order = [b""], list[int]()
        self._lay_out(tree)

    def row(self, place: tuple[int, int, bytes, int], values: Sequence[str]) -> Row:
        pieces: list[bytes] = []
        for before, at in zip(self._between, self._order, strict=False):
            pieces += [before, orjson.dumps(values[at])]
        pieces.append(self._between[-1])
        places = {name: values[at] for name, at in self._named}
        reference = values[self.id_at] if self.id_at is not None else None
        return Row(*place, b"".join(pieces), places, reference)

    def _lay_out(self, tree: _Tree) -> None:
        for number, (name, below) in enumerate(tree.items()):
            self._between[-1] += (b"," if number else b"{") + orjson.dumps(name) + b":"
            if isinstance(below, dict):
                self._lay_out(below)
            else:
                self._order.append(below)
                self._between.append(b"")
        self._between[-1] += b"}" if tree else b"{}"


def _plant(tree: _Tree, path: Steps, at: int) -> None:
    for step in path[:-1]:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            raise unmapped(f"one column stands at {'.'.join(path)!r} and another above it")
        tree = below
    if path[-1] in tree:
        raise unmapped(f"two columns stand at {'.'.join(path)!r}")
    tree[path[-1]] = at


def _path_of(said: str | None, name: str) -> Steps:
    """``body.user.email`` as steps; a column of which nothing is said stands in the body under its own name."""
    if said is None:
        return ("body", name)
    steps = tuple(said.split("."))
    if len(steps) < 2 or not all(steps) or steps[0] not in ("body", "path") or (steps[0] == "path" and len(steps) > 2):
        raise unmapped(f"{said!r} is no place for a column")
    return steps


def _value(document: object, path: Steps) -> object:
    """What stands at a path of a body; None where it was dropped, or in another part."""
    found = document
    for step in path[1:]:
        found = found.get(step) if isinstance(found, dict) else None
    return found if path[0] == "body" else None


def _plain(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
