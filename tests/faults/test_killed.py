"""kill -9 at any moment: what was acknowledged is there, what was handed out is not handed out again."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.adapters.anchors_file import AnchorFile
from gateway.adapters.vault_sqlite import SqliteVault
from gateway.model.kept import Fetch
from gateway.model.names import RecordId, Token
from gateway.service.ledger_check import check
from tests.contracts.people import RU, HandClock, ref_of
from tests.faults.processes import worker
from tests.faults.worker import KEY

LINES = (1, 3, 10, 40, 41, 90, 200, 333)
"""How much a worker has said when it is killed; what it is doing then is anybody's guess."""


async def opened(folder: Path) -> SqliteVault:
    vault = SqliteVault(folder / "ru.db", RU, clock=HandClock(), ref_of=ref_of)
    await vault.start()
    return vault


@pytest.mark.slow
async def test_every_acknowledged_name_resolves_after_kill_9(tmp_path: Path) -> None:
    said: list[str] = []
    for lines in LINES:
        with worker("keep", tmp_path) as other:
            said += [other.line() for _ in range(lines)] + other.kill()
    kept = {Token(line.split()[2]): RecordId(line.split()[1]) for line in said}
    vault = await opened(tmp_path)
    fetched = await vault.fetch(Fetch(tokens=tuple(kept)))
    await vault.close()
    assert len(kept) > 700
    assert {token: found[0].ref[0] for token, found in fetched.holdings.items()} == kept


@pytest.mark.slow
async def test_the_ledger_of_killed_processes_is_whole(tmp_path: Path) -> None:
    said: list[str] = []
    for lines in LINES:
        with worker("keep", tmp_path) as other:
            said += [other.line() for _ in range(lines)] + other.kill()
    anchors = list(AnchorFile(tmp_path / "anchors").read())
    vault = await opened(tmp_path)
    verdict = vault.audit(lambda blocks: check(blocks, anchors, {KEY.version: KEY.secret}))
    await vault.close()
    assert verdict.problems == ()
    assert verdict.chains == len(LINES)
    assert verdict.entries >= len({line.split()[1] for line in said})


@pytest.mark.slow
async def test_no_data_key_is_handed_out_twice_whatever_is_killed(tmp_path: Path) -> None:
    said: list[str] = []
    for lines in LINES:
        with worker("keys", tmp_path) as other:
            said += [other.line() for _ in range(lines)] + other.kill()
    ids = [line.split()[1] for line in said]
    secrets = [line.split()[2] for line in said]
    assert len(set(ids)) == len(ids) > 700
    assert len(set(secrets)) == len(secrets)
