"""The parent: how workers start, die, come back, change their rules and end."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from tests.load.client import fetch
from tests.workers.site import RULES, Site, back_end, end, rules_in, serve, site, started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest_asyncio.fixture
async def on(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as running:
        yield running


async def told_at_the_start(state: Path, rules: Path, *more: str) -> tuple[int, str]:
    """Exit status and error stream of a gateway that does not start."""
    state.mkdir(exist_ok=True)
    process = started(serve(rules, "--workers", "3", *more), state, state / "log")
    try:
        return await asyncio.to_thread(process.wait, 60), (state / "log").read_text()
    finally:
        process.communicate()


# -------------------------------------------------------------------------------------------------------- it starts


async def test_operators_ask_one_listener_about_all(on: Site) -> None:
    for number in (1, 2, 2):
        assert (await (await on.line_to(number)).register()).status == 201
    assert await on.ready() == {"ready": True, "checks": {"worker 1": "ok", "worker 2": "ok"}}
    metrics = (await fetch(on.admin, "/metrics")).decode().splitlines()
    exchanges = [line for line in metrics if line.startswith("pii_gateway_exchange_total{")]
    assert [line.rpartition(" ")[2] for line in exchanges] == ["3"]
    assert "pii_gateway_workers 2" in metrics
    rules = await on.asked("/rules")
    assert (rules["differ"], set(rules["workers"].values())) == (False, {rules["digest"]})


async def test_each_line_of_the_log_says_which_worker_wrote_it(on: Site) -> None:
    assert [line["worker"] for line in on.told("started")] == [1, 2]


async def test_what_is_wrong_with_the_rules_is_told_once_and_ends_it(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("version: 7\n")
    status, log = await told_at_the_start(tmp_path / "state", rules)
    assert (status, log.count("rules.yaml:1:"), "Traceback" in log) == (1, 1, False)


async def test_a_locked_vault_ends_it_with_the_workers_own_error(on: Site) -> None:
    assert await on.stop() == 0
    other = sqlite3.connect(on.state / "ru.db", isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    status, log = await told_at_the_start(on.state, on.rules)
    other.close()
    assert (status, "GW-V101" in log) == (1, True)


@pytest.mark.parametrize("other", [[], ["--workers", "2"]])
async def test_a_port_that_somebody_has_is_refused_not_shared(on: Site, tmp_path: Path, other: list[str]) -> None:
    status, log = await told_at_the_start(tmp_path / "other", on.rules, "--listen", f"127.0.0.1:{on.port}", *other)
    assert (status, "GW-S014" in log) == (1, True)


async def test_memory_is_nothing_that_workers_share(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES.read_text().replace("sqlite:ru.db", "memory:"))
    status, log = await told_at_the_start(tmp_path / "state", rules)
    assert (status, "GW-S019" in log) == (1, True)


# ---------------------------------------------------------------------------------------------------- it dies, is back


async def test_a_killed_worker_comes_back_with_the_rules_in_force_and_not_those_on_the_disk(on: Site) -> None:
    digest = (await on.asked("/rules"))["digest"]
    on.rules.write_text("version: 7\n")
    os.kill(on.workers[2], signal.SIGKILL)
    await on.until_told("worker_back")
    [died] = on.told("worker_died")
    assert (died["worker"], died["status"], died["level"]) == (2, 137, "error")
    assert (await on.asked("/rules"))["workers"] == {"worker 1": digest, "worker 2": digest}


async def test_it_says_which_worker_is_not_ready(on: Site) -> None:
    os.kill(on.workers[2], signal.SIGSTOP)
    found = await on.ready()
    os.kill(on.workers[2], signal.SIGCONT)
    assert found == {"ready": False, "checks": {"worker 1": "ok", "worker 2": "no answer"}}


async def test_counts_of_a_worker_that_died_stay_in_the_sum(on: Site) -> None:
    assert (await (await on.line_to(2)).register()).status == 201
    assert 'status="201"} 1\n' in (await fetch(on.admin, "/metrics")).decode()
    os.kill(on.workers[2], signal.SIGKILL)
    await on.until_told("worker_back")
    assert (await (await on.line_to(2)).register()).status == 201
    after = (await fetch(on.admin, "/metrics")).decode()
    assert 'status="201"} 2\n' in after
    assert "pii_gateway_worker_died_total 1\n" in after


async def test_a_worker_that_dies_again_and_again_is_started_ever_more_slowly(on: Site) -> None:
    for time in (1, 2, 3):
        os.kill(on.workers[2], signal.SIGKILL)
        await on.until_told("worker_back", time)
    pauses = [line["ms"] for line in on.told("worker_died")]
    assert pauses == [100, 200, 400]


async def test_workers_do_not_outlive_their_parent(on: Site) -> None:
    workers = [psutil.Process(pid) for pid in on.workers.values()]
    on.process.kill()
    _, alive = await asyncio.to_thread(psutil.wait_procs, workers, 30)
    assert alive == []


# ------------------------------------------------------------------------------------------------------ its rules


async def test_new_rules_are_in_force_in_all_workers(on: Site) -> None:
    before = (await on.asked("/rules"))["digest"]
    on.rules.write_text(on.rules.read_text().replace("path: /api/me}", "path: /api/mine}"))
    on.process.send_signal(signal.SIGHUP)
    await on.until_told("rules_reloaded", 2)
    rules = await on.asked("/rules")
    assert (rules["differ"], rules["digest"] != before) == (False, True)


async def test_bad_rules_are_told_once_and_the_old_ones_stay_in_all(on: Site) -> None:
    before = await on.asked("/rules")
    on.rules.write_text("version: 7\n")
    on.process.send_signal(signal.SIGHUP)
    await on.until_told("rules_kept")
    assert await on.asked("/rules") == before
    assert await on.stop() == 0
    assert on.log.read_text().count("rules.yaml:1:") == 1


# ---------------------------------------------------------------------------------------------------------- it ends


async def test_its_folder_is_for_its_user_only_and_is_gone_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    async with site(tmp_path) as on:
        [own] = folder.iterdir()
        assert own.stat().st_mode & 0o777 == 0o700
        assert await on.stop() == 0
    assert list(folder.iterdir()) == []


async def test_a_request_under_way_is_answered_before_the_end(on: Site) -> None:
    line = await on.line_to(2)
    on.behind.hold.clear()
    asked = asyncio.create_task(line.ask("GET", "/api/me"))
    await on.behind.held.wait()
    on.process.terminate()
    await on.until_told("stopping", 3)
    assert (await on.ready())["ready"] is False
    on.behind.hold.set()
    assert (await asked).status == 200
    assert await on.ended() == 0
    assert len(on.told("stopped")) == 3


async def test_a_second_signal_ends_it_at_once(on: Site) -> None:
    line = await on.line_to(2)
    on.behind.hold.clear()
    asked = asyncio.create_task(line.ask("GET", "/api/me"))
    await on.behind.held.wait()
    on.process.terminate()
    await on.until_told("stopping", 3)
    on.process.terminate()
    assert await on.ended() == 0
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await asked


async def test_it_can_be_ended_while_it_starts(tmp_path: Path) -> None:
    async with back_end() as behind:
        process = started(serve(rules_in(tmp_path, behind.url), "--workers", "2"), tmp_path, tmp_path / "log")
        try:
            while not psutil.Process(process.pid).children():
                await asyncio.sleep(0.01)
            process.terminate()
            assert await asyncio.to_thread(process.wait, 30) == 0
        finally:
            end(process)
            process.communicate()
