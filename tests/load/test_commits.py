"""The bench of commits measures what it says; figures are never judged here."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from statistics import median

import pytest

from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_sqlite import SqliteVault
from gateway.model.kept import Batch, Kept
from gateway.ruleset.load import load
from gateway.settings import Settings
from gateway.wiring import running
from tests.crash.receiver import receiving
from tests.load.commits import Log, _played, rounds, sqlite, table
from tests.load.gateway import rules_file
from tests.load.registrations import SEALED_BYTES, registration, shape
from tests.load.stages import _request


@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
async def test_callers_share_commits_and_a_lone_one_waits_for_nobody(store: str, tmp_path: Path) -> None:
    alone, many = await rounds(tmp_path, [store], [1, 16], 0.4)
    assert alone.requests == alone.commits > 0
    assert many.requests > 2 * many.commits > 0
    assert alone.in_line_ms is not None
    assert alone.in_line_ms < median(alone.took_ms)
    assert alone.written > SEALED_BYTES * alone.commits
    assert alone.bare > 0
    assert (alone.asked / alone.commits, many.asked / many.commits) == ((4, 4) if store == "postgres" else (0, 0))
    assert table([alone, many]).count("\n") == 3


async def test_the_bytes_of_a_log_are_counted_through_its_beginning_anew(tmp_path: Path) -> None:
    async with sqlite(tmp_path) as store:
        log = Log(Path(f"{store.vault.path}-shm"))  # type: ignore[union-attr]  # it is a file
        for _ in range(12):
            await _played(store, deque(registration(number) for number in range(40)), 1, 5)
            log.look()
        rows = store.vault.counters
    assert log.bytes > 40 * 12 * SEALED_BYTES
    assert log.bytes % (4096 + 24) == 0
    assert rows.entries >= 40 * 12


async def test_the_batches_are_those_of_the_benchs_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Batch] = []
    keep = SqliteVault.keep

    async def noted(self: SqliteVault, batch: Batch) -> Kept:
        seen.append(batch)
        return await keep(self, batch)

    monkeypatch.setattr(SqliteVault, "keep", noted)
    settings = Settings.model_validate({"state_dir": tmp_path, "listen": {"port": 0}, "admin": {"port": 0}})
    async with (
        receiving() as (url, _),
        running(load([rules_file(tmp_path, url)]), settings, MemorySink()) as gateway,
    ):
        await gateway.exchange.handle(_request(900_001), request_id="x")
    [real], made = seen, registration(1)
    assert shape(made) == shape(real)
    assert abs(len(made.keeps[0].sealed) - len(real.keeps[0].sealed)) < 100
