"""A query of a real PostgreSQL server as a table, and all three vaults read page by page."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import asyncpg
import pytest

from gateway.adapters.tables import PostgresTable
from gateway.model.errors import GatewayError
from gateway.model.table import Mark
from tests import postgres
from tests.bulk.people import ran, written

START = Mark()
USERS = """
CREATE TABLE users (id int PRIMARY KEY, citizenship text, email text, born date, sum numeric, ok bool);
INSERT INTO users VALUES (1, 'RU', 'anna@example.org', '1990-01-02', 12.50, true),
    (2, 'DE', 'hans@example.org', NULL, 0.10, false);
"""
QUERY = "SELECT id, citizenship, email, born, sum, ok FROM users ORDER BY id;"


@pytest.fixture(scope="module")
def server() -> Generator[postgres.Server]:
    with postgres.running() as one:
        yield one


@pytest.fixture
async def address(server: postgres.Server) -> AsyncGenerator[str]:
    url = f"postgresql://postgres@/postgres?host={server.folder}"
    connection = await asyncpg.connect(url)
    await connection.execute(USERS)
    yield url
    await connection.execute("DROP TABLE users")
    await connection.close()


async def test_rows_are_json_as_the_server_spells_it(address: str) -> None:
    table = PostgresTable(address, QUERY, id_column="id", mark=START)
    await table.start()
    rows = await table.read(10)
    await table.aclose()
    assert [row.reference for row in rows] == ["1", "2"]
    assert (
        rows[0].body
        == b'{"id":1,"citizenship":"RU","email":"anna@example.org","born":"1990-01-02","sum":12.50,"ok":true}'
    )
    assert json.loads(rows[1].body)["born"] is None


async def test_reading_goes_on_behind_the_rows_before(address: str) -> None:
    table = PostgresTable(address, QUERY, id_column=None, mark=Mark(rows=1))
    await table.start()
    assert [(row.number, json.loads(row.body)["id"]) for row in await table.read(10)] == [(2, 2)]
    await table.aclose()


async def test_more_rows_than_there_are_have_nothing_behind_them(address: str) -> None:
    table = PostgresTable(address, QUERY, id_column=None, mark=Mark(rows=5))
    await table.start()
    assert await table.read(10) == []
    await table.aclose()


@pytest.mark.parametrize(
    "query", ["SELECT * FROM nowhere", "DELETE FROM users RETURNING id", "SELECT 1); DROP TABLE users"]
)
async def test_a_query_that_is_none_is_told_without_its_text(address: str, query: str) -> None:
    table = PostgresTable(address, query, id_column=None, mark=START)
    with pytest.raises(GatewayError) as told:
        await table.start()
    assert told.value.code == "GW-I132"
    assert "users" not in str(told.value)


async def test_a_query_that_fails_half_way_is_told(address: str) -> None:
    table = PostgresTable(address, "SELECT 1 / (2 - id) AS x FROM users ORDER BY id", id_column=None, mark=START)

    async def read() -> None:
        await table.start()
        await table.read(10)

    with pytest.raises(GatewayError, match="22012"):
        await read()
    await table.aclose()


async def test_a_query_is_imported_like_a_file(address: str, tmp_path: Path) -> None:
    written(tmp_path, 1)
    done = ran(tmp_path, "import", address, "--query", QUERY, "--to", "crm", "--id", "id", "--out", "twin.jsonl")
    assert done.returncode == 0, done.stderr
    one, two = (json.loads(line) for line in (tmp_path / "twin.jsonl").read_text().splitlines())
    assert one["email"].endswith("@t.example")
    assert two["email"] == "hans@example.org"
    assert '"sum":12.50' in (tmp_path / "twin.jsonl").read_text()
