"""Tables of separated values after RFC 4180, with any of the usual separators: each cell a leaf below row and column.

The first row gives the columns' names (``body.1.email``) if every cell of it can be a name; else columns are numbered
(``body.0.2``) and the first row is data like the others. Rows count from 0, the header included; the header's cells
stand at the table itself, so that they are looked into as data and stay as long as anything of it does. Cells keep
their quoting habits. Lenient as readers are: a quote inside a bare cell is a character, rows differ in length. O(n).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.keys import field_names
from gateway.model.document import Leaf, Part, Span
from gateway.model.names import PartName, Path

Cell = tuple[int, int]
"""Where a cell stands, quotes included."""

_SEPARATORS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*+')
_BARE = {separator: re.compile(rf"[^\r\n{re.escape(separator)}]*+") for separator in _SEPARATORS}
_ROW_END = re.compile(r"\r\n?|\n")
_NAME = re.compile(r"[^\W\d][\w .,()/№#%-]*+")
_STRICT_NAME = re.compile(r"[^\W\d]\w*+(?:[ .-]\w++){0,3}")
_LOOKED_AT = 20
_SPECIAL = re.compile(r'[,;\t|"\r\n]')
_EDGES = tuple(map(re.compile, (r"\A\s", r"\s\Z")))


def looks_like_table(text: str) -> bool:
    """True if the first rows have one number of cells, two at least, under names that stand close together."""
    try:
        rows = list(islice(_rows(text, _separator(text)), _LOOKED_AT))
    except MalformedError:
        return False
    if len(rows) < 2 or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1:
        return False
    names = [cell_text(text[start:end]) for start, end in rows[0]]
    return _are_names(names) and all(_STRICT_NAME.fullmatch(name) for name in names)


def csv_part(name: PartName, base: Path, text: str, budget: Budget) -> Part:
    """The whole table. Raises MalformedError where a quoted cell does not end, PayloadError (GW-P109)."""
    leaves, names = list[Leaf](), list[str]()
    for number, row in enumerate(_rows(text, _separator(text))):
        budget.spend(len(row))
        texts = [cell_text(text[start:end]) for start, end in row]
        if number == 0 and _are_names(texts):
            names = texts
            leaves += [
                Leaf(base, title, Span(*cell), "csv_cell", is_key=True, inner=budget.nest(budget, name, base, title))
                for title, cell in zip(texts, row, strict=True)
            ]
            continue
        for column, (means, cell) in enumerate(zip(texts, row, strict=True)):
            path = (*base, number, names[column] if column < len(names) else column)
            inner = budget.nest(budget, name, path, means)
            leaves.append(Leaf(path, means, Span(*cell), "csv_cell", inner=inner))
    return Part(name, "csv", text, tuple(leaves))


def cell_text(raw: str) -> str:
    """What a cell means."""
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw


def spell_cell(text: str, old: str) -> str:
    """Quoted where the old cell was, and where it has to be: for what no bare cell holds, or this one did not.

    A separator that stood in it bare is none of this table; in quotes it would be one less to tell that by.
    """
    bare = frozenset(old)
    if (
        text.startswith('"')
        or old.startswith('"')
        or any(char not in bare for char in _SPECIAL.findall(text))
        or any(edge.search(text) and not edge.search(old) for edge in _EDGES)
    ):
        return '"' + text.replace('"', '""') + '"'
    return text


def _are_names(cells: Sequence[str]) -> bool:
    """True if the cells can name columns: words, none twice, none with a number or an address in it."""
    return (
        all(_NAME.fullmatch(cell) for cell in cells)
        and len(set(cells)) == len(cells)
        and len(field_names(cells)) == len(cells)
    )


def _separator(text: str) -> str:
    """The separator that the first line has most of, outside quotes."""
    line = re.split(r"[\r\n]", text.lstrip("\ufeff\r\n"), maxsplit=1)[0]
    found = Counter(char for char in re.sub(r'"[^"]*+"', "", line) if char in _SEPARATORS)
    return max(_SEPARATORS, key=lambda separator: (found[separator], -_SEPARATORS.index(separator)))


def _rows(text: str, separator: str) -> Iterator[list[Cell]]:
    """The rows; empty lines are none. A byte order mark is no part of the first cell."""
    at = 1 if text.startswith("\ufeff") else 0
    row = list[Cell]()
    while at < len(text):
        start, at = at, _cell_end(text, at, separator)
        row.append((start, at))
        if text[at : at + 1] == separator:
            at += 1
            if at == len(text):
                row.append((at, at))
            continue
        end = _ROW_END.match(text, at)
        at = end.end() if end else at
        if row != [(start, start)]:
            yield row
        row = []
    if row:
        yield row


def _cell_end(text: str, at: int, separator: str) -> int:
    if text[at] != '"':
        bare = _BARE[separator].match(text, at)
        assert bare is not None  # noqa: S101 - it matches anything, and nothing
        return bare.end()
    start = at
    while quoted := _QUOTED.match(text, at):
        at = quoted.end() + 1
    if at > len(text):
        raise MalformedError(start)
    if at < len(text) and text[at] != separator and text[at] not in "\r\n":
        raise MalformedError(at)
    return at
