"""What lies sealed at home: the vault's rows, opened with the vault's own keys by nobody but this report."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.keys_file import KeyFile
from gateway.adapters.keys_file.wrapping import Wrapping
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_sqlite import SqliteDataKeys
from gateway.catalog import Site
from gateway.core.seal import open_record
from gateway.demo.layout import Layout
from gateway.model.names import RecordId, Region, Scope, SubjectId
from gateway.model.rules import Ruleset
from gateway.model.secret import DataKey
from gateway.ruleset.read import read


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """Every text that lies in a sealed record, and how many records there are."""

    texts: frozenset[str]
    records: int

    def __repr__(self) -> str:
        return f"Opened(records={self.records}, texts={len(self.texts)})"


def opened(layout: Layout) -> Opened:
    """The records of every vault that the served rules name."""
    ruleset = read([layout.rules]).ruleset
    texts: set[str] = set()
    records = 0
    for site in _sites(layout, ruleset):
        rows = _rows(site)
        keys = _keys(site, {subject for _, _, _, subject, _ in rows})
        for region, scope, record, subject, sealed in rows:
            if key := keys.get(subject):
                fields = open_record(key, region=region, scope=scope, record=record, sealed=sealed)
                texts |= {field.text for field in fields}
                records += 1
    return Opened(frozenset(texts), records)


def _sites(layout: Layout, ruleset: Ruleset) -> list[Site]:
    clock, sink = SystemClock(), MemorySink()
    return [Site(spec, layout.home, clock, sink) for spec in ruleset.regions.values()]


def _rows(site: Site) -> list[tuple[Region, Scope, RecordId, SubjectId, bytes]]:
    with closing(sqlite3.connect(f"file:{site.vault_file}?mode=ro", uri=True)) as db:
        rows = db.execute("select region, scope, id, subject, sealed from record").fetchall()
    return [
        (Region(region), Scope(scope), RecordId(record.hex()), SubjectId(subject.hex()), sealed)
        for region, scope, record, subject, sealed in rows
    ]


def _keys(site: Site, subjects: set[SubjectId]) -> dict[SubjectId, DataKey]:
    region = site.spec.name
    store = SqliteDataKeys(site.data_key_file, region, clock=site.clock)
    store.start()
    try:
        wrapped = store.read(sorted(subjects))
    finally:
        store.close()
    return Wrapping(KeyFile(site.key_directory, region).read(), region, site.clock).open(wrapped)
