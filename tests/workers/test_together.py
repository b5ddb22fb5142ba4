"""Two workers over one SQLite file: what one has done holds for the other at once."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.vault_sqlite import SqliteDataKeys
from gateway.model.names import Region, SubjectId
from tests.load.paths import ROOT
from tests.load.programs import module
from tests.workers.site import ANNA, SID, Line, Site, serve, site, started

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest_asyncio.fixture
async def on(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as running:
        yield running


async def logged_in(line: Line) -> None:
    answer = await line.ask("POST", "/api/login", {"email": ANNA["email"], "password": "correct horse"})
    assert answer.status == 200


def records(state: Path) -> list[str]:
    """The person of each record."""
    connection = sqlite3.connect(f"file:{state / 'ru.db'}?mode=ro", uri=True)
    try:
        return [subject for (subject,) in connection.execute("SELECT lower(hex(subject)) FROM record")]
    finally:
        connection.close()


async def test_the_same_values_registered_on_both_at_once_have_one_token_each(on: Site) -> None:
    first, second = await on.line_to(1), await on.line_to(2)
    for number in range(40):
        person = {**ANNA, "email": f"anna{number}@example.org"}
        answers = await asyncio.gather(first.register(person), second.register(person))
        assert [answer.status for answer in answers] == [201, 201]
        assert [answer.json["email"] for answer in answers] == [person["email"]] * 2
    emails = [body["email"] for body in on.behind.bodies]
    assert (len(emails), len(set(emails))) == (80, 40)


async def test_both_chains_of_the_ledger_hold(on: Site) -> None:
    for number in (1, 2):
        await (await on.line_to(number)).register()
    assert await on.stop() == 0
    verify = module("gateway", "ledger", "verify", "--rules", str(on.rules), "--json")
    environment = {"PII_GATEWAY_STATE_DIR": str(on.state)}
    said = subprocess.run(
        verify, cwd=ROOT, env={"PATH": "", **environment}, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr


async def test_the_same_idempotency_key_on_both_writes_one_record(on: Site) -> None:
    first, second = await on.line_to(1), await on.line_to(2)
    await asyncio.gather(first.register(Idempotency_Key="k-1"), second.register(Idempotency_Key="k-1"))
    assert on.behind.bodies[0] == on.behind.bodies[1]
    assert len(records(on.state)) == 1


async def test_who_logs_in_on_one_is_known_to_the_other(on: Site) -> None:
    first, second = await on.line_to(1), await on.line_to(2)
    await first.register()
    assert ANNA["email"] not in str((await second.ask("GET", "/api/me", Cookie=SID)).json)
    await logged_in(first)
    assert (await second.ask("GET", "/api/me", Cookie=SID)).json["email"] == ANNA["email"]


async def test_who_is_erased_is_revealed_by_neither_cache_after_a_second(on: Site) -> None:
    lines = [await on.line_to(number) for number in (1, 2)]
    await lines[0].register()
    await logged_in(lines[0])
    for line in lines:
        assert (await line.ask("GET", "/api/me", Cookie=SID)).json["email"] == ANNA["email"]
    store = SqliteDataKeys(on.state / "keys" / "ru.data-keys.db", Region("ru"), clock=SystemClock())
    store.start()
    assert store.erase([SubjectId(subject) for subject in set(records(on.state))]) == 1
    store.close()
    loop = asyncio.get_running_loop()
    began = loop.time()
    for line in lines:
        asked = loop.time()
        while ANNA["email"] in str((await line.ask("GET", "/api/me", Cookie=SID)).json):
            assert asked - began < 1
            asked = loop.time()


async def test_gateways_that_start_at_once_on_an_empty_folder_make_one_vault_and_one_key_set(tmp_path: Path) -> None:
    async with site(tmp_path) as on:
        rules = on.rules
    for attempt in range(4):
        state = tmp_path / str(attempt)
        log = tmp_path / f"log{attempt}"
        processes = [started(serve(rules), state, log) for _ in range(3)]
        try:
            said = [await asyncio.to_thread(process.stdout.readline) for process in processes if process.stdout]
        finally:
            for process in processes:
                process.terminate()
        for process in processes:
            process.communicate()
        assert [line.split()[:2] for line in said] == [["listening", "on"]] * 3, log.read_text()
        assert [process.returncode for process in processes] == [0, 0, 0]
