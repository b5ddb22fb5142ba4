"""Several statements sent as one: what a group asks, and what it writes, costs a round trip each and not one a table.

The driver can't pipeline. A statement in a ``WITH`` of its own can stand beside others; where they write they touch
different rows, and all see the snapshot of the beginning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from asyncpg import Connection

from gateway.adapters.vault_postgres.statements import statements

_SQL = statements("95_together")
Facts = Sequence[object]
"""The parameters of a statement."""


class Row(Protocol):
    """By names of columns."""

    def __getitem__(self, column: str, /) -> Any: ...  # noqa: ANN401 - as the driver types it


@dataclass(frozen=True, slots=True)
class Found:
    """``rows`` of each statement in its own order; ``stand``: the index's phase in the same snapshot."""

    stand: str
    rows: Sequence[Sequence[Row]]


_columns: dict[str, tuple[str, ...]] = {}
"""By statement: what it is asked for by name, whatever columns a later layout adds."""


async def read(connection: Connection, asked: Sequence[tuple[str, Facts]]) -> Found:
    """What statements find, with the phase of the index."""
    texts = tuple(text for text, _ in asked)
    row = await connection.fetchrow(_one("reading", texts), *(fact for _, facts in asked for fact in facts))
    stand, *found = row or ("",)
    return Found(str(stand), [await _named(connection, text, rows) for text, rows in zip(texts, found, strict=True)])


async def write(connection: Connection, asked: Sequence[tuple[str, Facts]]) -> list[int]:
    """How many rows each statement has written."""
    texts = tuple(text for text, _ in asked)
    row = await connection.fetchrow(_one("writing", texts), *(fact for _, facts in asked for fact in facts))
    return [int(count) for count in row or ()]


async def _named(connection: Connection, text: str, rows: Sequence[tuple[object, ...]] | None) -> Sequence[Row]:
    """Rows of a ``WITH`` come without the names of their columns; each statement is asked for them once a process."""
    if not rows:
        return ()
    if text not in _columns:
        prepared = await connection.prepare(text)
        await connection.execute("SELECT 1")  # else the server's statement timer, begun by what was prepared, runs on
        _columns[text] = tuple(column.name for column in prepared.get_attributes())
    columns = _columns[text]
    return [dict(zip(columns, row, strict=True)) for row in rows]


@lru_cache(maxsize=512)
def _one(kind: str, texts: tuple[str, ...]) -> str:
    """``reading`` or ``writing``: the same statements at once are the same text again, so it is planned once."""
    parts = [_SQL[f"part_{kind}"].format(n=n, sql=text) for n, text in enumerate(_renumbered(texts))]
    rows = [_SQL[f"rows_{kind}"].format(n=n) for n in range(len(texts))]
    return _SQL[kind].format(parts=", ".join(parts), rows=", ".join(rows))


def _renumbered(texts: Sequence[str]) -> list[str]:
    """Parameters of the second statement come after those of the first."""
    made: list[str] = []
    before = 0
    for text in texts:
        pieces = _PARAMETER.split(text)
        numbers = [int(number) for number in pieces[1::2]]
        pieces[1::2] = [f"${before + number}" for number in numbers]
        made.append("".join(pieces))
        before += max(numbers, default=0)
    return made


_PARAMETER = re.compile(r"\$(\d+)")
