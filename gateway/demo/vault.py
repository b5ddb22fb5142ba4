"""What lies sealed at home: the vault's rows, opened with the vault's own keys by nobody but this report."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.sink_memory import MemorySink
from gateway.catalog import Site, key_store_of, wrapped_keys_of
from gateway.core.seal import open_record
from gateway.demo.layout import Layout
from gateway.model.names import RecordId, Region, Scope, SubjectId
from gateway.model.rules import Ruleset
from gateway.model.secret import DataKey
from gateway.ruleset.read import read


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """Every text that lies in a sealed record; ``ended`` are those whose term is over, so that the next purge takes
    them.
    """

    texts: frozenset[str]
    ended: frozenset[str]

    def __repr__(self) -> str:
        return f"Opened(texts={len(self.texts)}, ended={len(self.ended)})"


def opened(layout: Layout) -> Opened:
    """The records of every vault that the served rules name."""
    ruleset = read([layout.rules]).ruleset
    texts: dict[bool, set[str]] = {True: set(), False: set()}
    for site in _sites(layout, ruleset):
        rows = _rows(site)
        keys = _keys(site, {row.subject for row in rows})
        for row in rows:
            if key := keys.get(row.subject):
                fields = open_record(key, region=row.region, scope=row.scope, record=row.record, sealed=row.sealed)
                texts[row.ended] |= {field.text for field in fields}
    return Opened(frozenset(texts[False]), frozenset(texts[True] - texts[False]))


@dataclass(frozen=True, slots=True, repr=False)
class _Row:
    region: Region
    scope: Scope
    record: RecordId
    subject: SubjectId
    sealed: bytes
    ended: bool


def _sites(layout: Layout, ruleset: Ruleset) -> list[Site]:
    clock, sink = SystemClock(), MemorySink()
    return [Site(spec, layout.home, clock, sink) for spec in ruleset.regions.values()]


def _rows(site: Site) -> list[_Row]:
    with closing(sqlite3.connect(f"file:{site.vault_file}?mode=ro", uri=True)) as db:
        rows = db.execute("select region, scope, id, subject, sealed, expires from record").fetchall()
    now_s = site.clock.now_ms() // 1000
    return [
        _Row(
            Region(region),
            Scope(scope),
            RecordId(record.hex()),
            SubjectId(subject.hex()),
            sealed,
            bool(ends and ends <= now_s),
        )
        for region, scope, record, subject, sealed, ends in rows
    ]


def _keys(site: Site, subjects: set[SubjectId]) -> dict[SubjectId, DataKey]:
    return asyncio.run(_opened(site, sorted(subjects)))


async def _opened(site: Site, subjects: list[SubjectId]) -> dict[SubjectId, DataKey]:
    """By keys that are not started: none is made."""
    store = key_store_of(site)
    store.start()
    keys = wrapped_keys_of(site, store, lambda: True)
    try:
        await keys.ring.reload()
        return await keys.open(site.spec.name, subjects)
    finally:
        await keys.close()
        store.close()
