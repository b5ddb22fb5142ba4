"""Two workers over one SQLite file, and over one PostgreSQL: what one has done holds for the other at once."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from asyncpg import Connection

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.vault_postgres import PostgresDataKeys, address_of, migrate
from gateway.adapters.vault_sqlite import SqliteDataKeys
from gateway.model.names import Region, SubjectId
from tests import postgres
from tests.load.paths import ROOT
from tests.load.programs import module
from tests.workers.site import ANNA, RULES, SID, Line, Site, serve, site, started

RU = Region("ru")
SQLITE = 'vault: "sqlite:ru.db", key: "file:keys"'

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    if request.param == "sqlite":
        yield Stores(tmp_path)
        return
    with postgres.running() as server:
        await postgres.ask(server.address(), keys_apart)
        vault, keys = server.url("pii_vault"), server.url("pii_keys", user="keys", database="keys")
        made = Stores(tmp_path, vault, keys)
        await migrate(address_of(vault), "vault", RU, SystemClock().now_ms(), None)
        await migrate(address_of(keys), "data key store", RU, SystemClock().now_ms(), None)
        yield made


@pytest_asyncio.fixture
async def on(stores: Stores, tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path, rules=stores.rules()) as running:
        yield running


@dataclass(frozen=True)
class Stores:
    """Where vault and data keys are: SQLite files beside the gateway, or databases of a server."""

    state: Path
    vault: str = ""
    keys: str = ""

    def rules(self) -> Path:
        """The site's rules over these stores."""
        text, path = RULES.read_text(), self.state / "over.yaml"
        assert SQLITE in text
        over = f'vault: "{self.vault}", key: "file:keys", key_store: "{self.keys}"'
        path.write_text(text.replace(SQLITE, over) if self.vault else text)
        return path

    async def subjects(self) -> list[SubjectId]:
        """The person of each record."""
        if self.vault:
            ask = "SELECT encode(subject, 'hex') FROM record"
            rows = await postgres.ask(address_of(self.vault), lambda connection: connection.fetch(ask))
            return [SubjectId(row[0]) for row in rows]
        connection = sqlite3.connect(f"file:{self.state / 'ru.db'}?mode=ro", uri=True)
        try:
            return [SubjectId(one) for (one,) in connection.execute("SELECT lower(hex(subject)) FROM record")]
        finally:
            connection.close()

    async def erase(self, subjects: set[SubjectId]) -> int:
        """As somebody does who has nothing to do with the gateway's processes."""
        here = self.state / "keys" / "ru.data-keys.db"
        store: PostgresDataKeys | SqliteDataKeys
        store = (
            PostgresDataKeys(address_of(self.keys), RU) if self.vault else SqliteDataKeys(here, RU, clock=SystemClock())
        )
        await asyncio.to_thread(store.start)
        try:
            return await asyncio.to_thread(store.erase, sorted(subjects))
        finally:
            await asyncio.to_thread(store.close)


async def keys_apart(connection: Connection) -> None:
    await connection.execute("CREATE ROLE keys LOGIN SUPERUSER")
    await connection.execute("CREATE DATABASE keys OWNER keys")


async def logged_in(line: Line) -> None:
    answer = await line.ask("POST", "/api/login", {"email": ANNA["email"], "password": "correct horse"})
    assert answer.status == 200


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


async def test_the_same_idempotency_key_on_both_writes_one_record(on: Site, stores: Stores) -> None:
    first, second = await on.line_to(1), await on.line_to(2)
    await asyncio.gather(first.register(Idempotency_Key="k-1"), second.register(Idempotency_Key="k-1"))
    assert on.behind.bodies[0] == on.behind.bodies[1]
    assert len(await stores.subjects()) == 1


async def test_who_logs_in_on_one_is_known_to_the_other(on: Site) -> None:
    first, second = await on.line_to(1), await on.line_to(2)
    await first.register()
    assert ANNA["email"] not in str((await second.ask("GET", "/api/me", Cookie=SID)).json)
    await logged_in(first)
    assert (await second.ask("GET", "/api/me", Cookie=SID)).json["email"] == ANNA["email"]


async def test_who_is_erased_is_revealed_by_neither_cache_half_a_second_later(on: Site, stores: Stores) -> None:
    lines = [await on.line_to(number) for number in (1, 2)]
    await lines[0].register()
    await logged_in(lines[0])
    for line in lines:
        assert (await line.ask("GET", "/api/me", Cookie=SID)).json["email"] == ANNA["email"]
    assert await stores.erase(set(await stores.subjects())) == 1
    loop = asyncio.get_running_loop()
    began = loop.time()
    for line in lines:
        asked = loop.time()
        while ANNA["email"] in str((await line.ask("GET", "/api/me", Cookie=SID)).json):
            assert asked - began <= 0.5
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
