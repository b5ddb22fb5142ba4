"""How a store stands, in figures: how much is in it, since when, how fast it grows, what waits. No value, no id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Commits:
    """Of the ledger's newest blocks, one a commit group: how many, entries in all and at most, over what time."""

    groups: int = 0
    entries: int = 0
    largest: int = 0
    span_ms: int = 0

    @property
    def average(self) -> float:
        return self.entries / self.groups if self.groups else 0.0


@dataclass(frozen=True, slots=True)
class Survey:
    """``free_bytes`` of the file that hold nothing, ``log_bytes`` beside it (SQLite only, else None).

    Times in Unix ms, None where nothing is kept. ``records_day`` and ``records_week`` are those made since.
    ``due``: records whose time is over and that the next purge drops.
    """

    layout: int
    bytes: int
    counts: Mapping[str, int]
    free_bytes: int | None = None
    log_bytes: int | None = None
    oldest_ms: int | None = None
    newest_ms: int | None = None
    records_day: int = 0
    records_week: int = 0
    due: int = 0
    commits: Commits = field(default_factory=Commits)
    lease_until_ms: int | None = None
    """Until when a process has the key store's one lease (re-wrapping, destroying); None: nobody has it."""

    @property
    def bytes_a_record(self) -> float | None:
        """Everything that is kept, directory and ledger too, divided by the records."""
        records = self.counts.get("record", 0)
        return self.bytes / records if records else None
