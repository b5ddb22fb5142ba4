"""A home that was filled by an import, over SQLite or PostgreSQL, and the command line used in it."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from click.testing import CliRunner, Result

from gateway.adapters.vault_postgres import address_of
from gateway.cli import main
from tests.bulk.people import HEAD, RULES, rows
from tests.load.people import person

SHARED = "+7 900 000-77-77"
"""A phone that two people have."""


def table(count: int) -> str:
    first, second = (person(1000 + number) for number in (1, 2))
    couple = [
        f"100{number},RU,{who.full_name},{who.email},{SHARED},{who.birth_date},{who.snils},\n"
        for number, who in enumerate((first, second))
    ]
    return HEAD + "".join([*rows(count), *couple])


@dataclass
class Home:
    """``vault``: the address in the rules. Keys are always in a file."""

    folder: Path
    vault: str = "sqlite:ru.db"

    def __post_init__(self) -> None:
        self.rules.write_text(RULES.replace("sqlite:ru.db", self.vault).replace("mode: observe\n", "backend: new\n"))

    @property
    def rules(self) -> Path:
        return self.folder / "rules.yaml"

    @property
    def file(self) -> Path:
        return self.folder / "ru.db"

    @property
    def keys(self) -> Path:
        return self.folder / "keys" / "ru" / "ru.data-keys.db"

    @property
    def environment(self) -> dict[str, str]:
        return {"PII_GATEWAY_STATE_DIR": str(self.folder)}

    def run(self, *arguments: str, rules: bool = True) -> Result:
        more = ("--rules", str(self.rules)) if rules else ()
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            return CliRunner(env=self.environment).invoke(main, [*arguments, *more])
        finally:
            os.chdir(before)

    def told(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON of ours
        return json.loads(self.run("vault", *arguments, "--json").stdout)

    def fill(self, count: int = 12, owner: str = "postgres") -> None:
        if self.vault.startswith("postgresql:"):
            done = self.run("vault", "migrate", "--user", owner)
            assert done.exit_code == 0, done.output
        (self.folder / "users.csv").write_text(table(count))
        done = self.run("import", "users.csv", "--to", "crm", "--id", "id")
        while "GW-V107" in done.output:  # a machine that is too busy just now
            done = self.run("import", "users.csv", "--to", "crm", "--id", "id", "--resume")
        assert done.exit_code == 0, done.output

    def execute(self, sql: str, *, keys: bool = False) -> None:
        """What somebody does to vault or key store behind the gateway's back."""
        if keys or self.vault.startswith("sqlite:"):
            connection = sqlite3.connect(self.keys if keys else self.file, isolation_level=None)
            connection.executescript(sql)
            connection.close()
        else:
            asyncio.run(_on_server(self.vault, sql))

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        if self.vault.startswith("sqlite:"):
            connection = sqlite3.connect(self.file)
            try:
                return connection.execute(sql).fetchall()
            finally:
                connection.close()
        return asyncio.run(_asked(self.vault, sql))


async def _on_server(url: str, sql: str) -> None:
    address = address_of(url)
    connection = await asyncpg.connect(address.url, ssl=False, server_settings={"search_path": address.schema})
    await connection.execute(sql)
    await connection.close()


async def _asked(url: str, sql: str) -> Sequence[Sequence[Any]]:
    address = address_of(url)
    connection = await asyncpg.connect(address.url, ssl=False, server_settings={"search_path": address.schema})
    found = [tuple(row) for row in await connection.fetch(sql)]
    await connection.close()
    return found
