"""A restored vault forgets whom its keys have forgotten: rows without a data key are dropped before it serves again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from gateway.core.naming import region_code
from gateway.model.names import RecordId, Region, SubjectId
from gateway.model.stock import IndexRow, PersonRow, RecordRow, SessionRow, StockRow, StockTable
from gateway.ports import DataKeyStore, Pruning, Stock

_AT_ONCE = 500
_TABLES: tuple[StockTable, ...] = ("record", "names", "person", "session")


async def drop_keyless(
    region: Region,
    stock: Stock,
    keys: DataKeyStore,
    pruning: Pruning,
    told: Callable[[StockTable, int], object] = lambda *_: None,
) -> Counter[str]:
    """How many rows of each table; safe to repeat. People whose keys are another region's stay. Raises WorldError."""
    dropped: Counter[str] = Counter()
    for table in _TABLES:
        after = None
        while page := await stock.rows(table, after, _AT_ONCE):
            after = page[-1].key
            gone = await _keyless(region, page, keys)
            if gone and table == "record":
                await pruning.end_now([RecordId(row.key[0]) for row in gone])
            elif gone:
                await pruning.drop(table, [row.key for row in gone])
            dropped[table] += len(gone)
            told(table, len(page))
    while await pruning.purge():
        pass
    return dropped


async def _keyless(region: Region, page: Sequence[StockRow], store: DataKeyStore) -> list[StockRow]:
    """The rows of people whose data key this region would have, and has not."""
    whose = [(row, subject) for row in page if (subject := _subject(row)).startswith(region_code(region))]
    subjects = tuple(dict.fromkeys(subject for _, subject in whose))
    if not subjects:
        return []
    known = await asyncio.to_thread(store.read, subjects) if store.remote else store.read(subjects)
    return [row for row, subject in whose if subject not in known]


def _subject(row: StockRow) -> SubjectId:
    match row:
        case RecordRow():
            return row.note.subject
        case IndexRow() if not row.scope:
            return row.subject
        case PersonRow() | SessionRow():
            return row.subject
        case _:
            return SubjectId("")
