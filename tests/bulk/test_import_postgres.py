"""An import into a real PostgreSQL: large batches, a server that keeps it waiting, the guard's row."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from asyncpg import Connection

from tests import postgres
from tests.bulk.people import RULES, ran, shape, started, written
from tests.postgres import Server, ask


@pytest.fixture(scope="module")
def server() -> Generator[postgres.Server]:
    with postgres.running() as one:
        yield one


IMPORT = ("import", "users.csv", "--to", "crm", "--id", "id")


def site(folder: Path, server: Server, count: int, more: str = "") -> str:
    """A table, and rules over a new schema; its name."""
    schema = f"import_{next(server.schemas)}"
    url = server.url(schema)
    written(folder, count, rules=RULES.replace('"sqlite:ru.db"', f'"{url}{more}"'))
    done = ran(folder, "vault", "migrate", "--user", "postgres")
    assert done.returncode == 0, done.stderr
    return schema


_WAITING = "SELECT query_start FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


async def records(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM record"))


@pytest.mark.slow
async def test_a_server_that_holds_a_batch_up_is_waited_for(server: Server, tmp_path: Path) -> None:
    """Each time for as long as a request would wait: nobody knows whether the batch was kept, and it is kept once."""
    schema = site(tmp_path, server, 300)
    address = server.address(schema)

    async def held_up(connection: Connection) -> subprocess.Popen[bytes]:
        process = started(tmp_path, *IMPORT, "--batch", "50")
        while await records(connection) < 50:
            assert process.poll() is None
            await asyncio.sleep(0.01)
        async with connection.transaction():
            await connection.execute("LOCK TABLE record IN EXCLUSIVE MODE")
            waited = set[object]()
            while len(waited) < 3:
                assert process.poll() is None
                await connection.execute("SELECT pg_stat_clear_snapshot()")
                waited |= {row["query_start"] for row in await connection.fetch(_WAITING)}
                await asyncio.sleep(0.02)
        return process

    process = await ask(address, held_up)
    assert await asyncio.to_thread(process.wait, 100) == 0
    assert await ask(address, records) == 225
    alone = tmp_path / "alone"
    alone.mkdir()
    written(alone, 300)
    await asyncio.to_thread(ran, alone, *IMPORT)
    twins = [(folder / "users.twin.csv").read_text().splitlines() for folder in (tmp_path, alone)]
    assert shape(twins[0]) == shape(twins[1])


@pytest.mark.slow
async def test_a_batch_that_takes_longer_than_a_statement_may_is_made_smaller(server: Server, tmp_path: Path) -> None:
    schema = site(tmp_path, server, 2000, "&statement_timeout_ms=100")

    async def slowed(connection: Connection) -> None:
        await connection.execute(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_sleep(0.0005); RETURN NEW; END $$"
        )
        await connection.execute("CREATE TRIGGER slow BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION slow()")

    await ask(server.address(schema), slowed)
    done = await asyncio.to_thread(ran, tmp_path, *IMPORT, "--batch", "2000")
    assert "2,000 rows, 0 rejected" in done.stdout, done.stderr
    assert await ask(server.address(schema), records) == 1500


async def test_a_vault_that_was_migrated_before_says_what_the_import_wants(server: Server, tmp_path: Path) -> None:
    schema = site(tmp_path, server, 4)

    async def older(connection: Connection) -> None:
        await connection.execute("DELETE FROM meta WHERE key = 'imports'")

    await ask(server.address(schema), older)
    refused = await asyncio.to_thread(ran, tmp_path, *IMPORT)
    assert (refused.returncode, "GW-V114" in refused.stderr, "vault migrate" in refused.stderr) == (1, True, True)
    assert (await asyncio.to_thread(ran, tmp_path, "vault", "migrate", "--user", "postgres")).returncode == 0
    done = await asyncio.to_thread(ran, tmp_path, *IMPORT, "--resume")
    assert "4 rows, 0 rejected" in done.stdout, done.stderr
