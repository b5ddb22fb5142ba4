"""A table imported from one end to the other: batch by batch read, taken, written to its twin, noted in the journal.

Durable in this order: the time of the next batch, its records at home, its rows of the twin, the mark behind it. So
whatever ends an import, all but the batch under way is whole, and that one is taken again with the same outcome.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from gateway.model.errors import PayloadError
from gateway.model.table import Mark, Reject
from gateway.ports import Copy, Table
from gateway.service.bulk import Bulk, Page, Taken
from gateway.service.bulk_tally import Tally

Watch = Callable[[Mark], bool]
"""Told of every mark; False: stop there."""


async def run(table: Table, copy: Copy, bulk: Bulk, mark: Mark, watch: Watch, *, batch: int, again: bool) -> Mark:
    """The last mark: ``done``, or where ``watch`` stopped. Raises WorldError; what is marked stays.

    ``batch``: rows in one commit. ``again``: it is resumed, so the first batch may have been taken before.
    """
    ahead = _Ahead(table, bulk, batch)
    page = await ahead.taken()
    while page.rows and watch(mark):
        tally = Tally.of(mark.tally)
        taken = await bulk.take(page, tally, mark.at_ms, again=again, meanwhile=ahead.fill)
        bodies, rejects = _written(table, taken, tally)
        last = page.rows[-1]
        page = await ahead.taken()
        reached = Mark(
            rows=last.number,
            line=last.line + last.raw.count(b"\n"),
            source=last.end,
            at_ms=bulk.now_ms(),
            tally=dict(tally.counts),
            done=not page.rows,
        )
        mark = await asyncio.to_thread(copy.add, bodies, rejects, reached)
        again = False
    if not page.rows and not mark.done:
        mark = await asyncio.to_thread(copy.add, b"", [], replace(mark, done=True))
    watch(mark)
    return mark


class _Ahead:
    """The next page, read while a commit waits for the disk."""

    def __init__(self, table: Table, bulk: Bulk, size: int) -> None:
        self._table = table
        self._bulk = bulk
        self._size = size
        self._page: Page | None = None

    async def fill(self) -> None:
        if self._page is None:
            self._page = await self._bulk.page(await self._table.read(self._size))

    async def taken(self) -> Page:
        await self.fill()
        page, self._page = self._page, None
        return page or Page(())


def _written(table: Table, taken: Sequence[Taken], tally: Tally) -> tuple[bytes, list[Reject]]:
    """The bytes for the twin, and the rows that are not among them."""
    bodies: list[bytes] = []
    rejects: list[Reject] = []
    for one in taken:
        code = one.code
        if not code:
            try:
                bodies.append(table.outward(one.row, one.body))
            except PayloadError as error:
                code = error.code
                tally.rejected(code)
        if code:
            rejects.append(Reject(one.row.line, code))
    return b"".join(bodies), rejects
