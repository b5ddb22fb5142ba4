"""The Ledger port over a vault that is a SQL store: entries ride in its commits, counts follow every second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from gateway.adapters.vault_sql.chain import Chain
from gateway.model.chain import GENESIS, Anchor, LedgerKey, anchor_mac
from gateway.model.errors import WorldError
from gateway.model.ledger import Entry, Facts, added, facts
from gateway.ports import Anchors, Clock

_MOST_COUNTS = 10_000
"""Above it counts are no longer told apart by who acted, so that a flood of callers can't fill the memory."""


class Chained(Protocol):
    """A vault whose commits carry blocks of a chain."""

    def chain_by(self, chain: Chain) -> None: ...

    async def append(self, entries: Sequence[Entry]) -> None: ...


class ChainLedger:
    """This process's chain. ``start`` it after the vault, ``close`` it before.

    ``flush_s``: how often counts are written; ``anchor_s``: how often the head of the chain is anchored.
    """

    def __init__(
        self,
        vault: Chained,
        key: LedgerKey,
        *,
        anchors: Anchors,
        clock: Clock,
        flush_s: float = 1.0,
        anchor_s: float = 10.0,
    ) -> None:
        self._vault = vault
        self._key = key
        self._anchors = anchors
        self._clock = clock
        self._periods = ((flush_s, self.flush), (anchor_s, self.anchor))
        self._chain = Chain(key, clock)
        self._counts: dict[Facts, Entry] = {}
        self._anchored: Anchor | None = None
        self._trouble: WorldError | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """From now on the vault's commits carry blocks of this chain; counts and anchors follow by themselves."""
        self._vault.chain_by(self._chain)
        self._task = asyncio.create_task(self._run())  # noqa: TID251 - owned: close() ends it

    async def close(self) -> None:
        """Write the last counts and anchor the chain as ended in good order."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
        await self.flush()
        await self.anchor(closed=True)

    # --------------------------------------------------------------------------------------------------- the port

    async def append(self, entries: Sequence[Entry]) -> None:
        if entries:
            await self._vault.append(entries)

    def tally(self, entry: Entry) -> None:
        key = facts(entry)
        if key not in self._counts and len(self._counts) >= _MOST_COUNTS:
            entry = replace(entry, actor="many")
            key = facts(entry)
        self._counts[key] = added(self._counts.get(key), entry)

    # --------------------------------------------------------------------------------------------------- besides

    async def ready(self) -> None:
        """Raises WorldError while heads can't be anchored."""
        if self._trouble is not None:
            raise self._trouble

    async def flush(self) -> None:
        """Write the counts; they are kept if that fails. Raises WorldError."""
        counts, self._counts = self._counts, {}
        try:
            await self.append(tuple(counts.values()))
        except WorldError:
            for key, entry in counts.items():
                more = self._counts.get(key)
                self._counts[key] = added(entry, more) if more else entry
            raise

    async def anchor(self, *, closed: bool = False) -> None:
        """Remember the head outside the store, if it has moved. Raises WorldError."""
        head = self._chain.head
        last = self._anchored if self._anchored and head and self._anchored.chain == head.chain else None
        if head is None or (last is not None and (last.seq, last.closed) == (head.seq, closed)):
            return
        number, previous = (last.number + 1, last.mac) if last else (0, GENESIS)
        anchor = Anchor(number, self._clock.now_ms(), head.chain, head.seq, head.mac, self._key.version, closed)
        anchor = replace(anchor, mac=anchor_mac(self._key.secret, anchor, previous))
        try:
            await asyncio.to_thread(self._anchors.write, anchor)
        except WorldError as error:
            self._trouble = error
            raise
        self._anchored, self._trouble = anchor, None

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for period_s, step in self._periods:
                tasks.create_task(_every(period_s, step))


async def _every(period_s: float, step: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(period_s)
        try:
            await step()
        except WorldError:
            pass  # counts are kept, and ``ready`` tells of anchors; the next round tries again
