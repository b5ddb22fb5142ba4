"""Entries kept in memory: for tests and trials, beside a MemoryVault that is given the same list."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.model.ledger import Entry, Facts, added, facts


class MemoryLedger:
    """The Ledger port; ``entries`` is what has been written, counts among it once they are flushed."""

    def __init__(self, entries: list[Entry] | None = None) -> None:
        self.entries: list[Entry] = [] if entries is None else entries
        self._counts: dict[Facts, Entry] = {}

    def start(self) -> None:
        """Nothing runs by itself here: counts wait for ``flush``."""

    async def append(self, entries: Sequence[Entry]) -> None:
        self.entries.extend(entries)

    def tally(self, entry: Entry) -> None:
        key = facts(entry)
        self._counts[key] = added(self._counts.get(key), entry)

    async def flush(self) -> None:
        """Write the counts."""
        self.entries.extend(self._counts.values())
        self._counts.clear()

    async def ready(self) -> None:
        """Always."""

    async def close(self) -> None:
        await self.flush()
