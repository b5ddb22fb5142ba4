"""Kinto over PostgreSQL, the gateway before it, and people with Kinto's own client."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tests import postgres
from tests.apps import house

_INI = """
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
[app:main]
use = egg:kinto
kinto.includes = kinto.plugins.accounts
kinto.userid_hmac_secret = not-a-secret
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {database}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {database}
kinto.cache_backend = kinto.core.cache.memory
kinto.batch_max_requests = 25
multiauth.policies = account
multiauth.policy.account.use = kinto.plugins.accounts.AccountsPolicy
kinto.account_create_principals = system.Everyone
kinto.account_write_principals = account:root
kinto.bucket_create_principals = account:root
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys =
[logger_root]
level = INFO
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
"""


@dataclass
class Badges:
    """An identity provider: what somebody shows the gateway, beside what Kinto is shown."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def jwks(self) -> str:
        public = ECAlgorithm(ECAlgorithm.SHA256).to_jwk(self.key.public_key(), as_dict=True)
        return json.dumps({"keys": [{**public, "kid": "1", "alg": "ES256", "use": "sig"}]})

    def of(self, subject: str) -> str:
        claims = {"sub": subject, "exp": int(time.time()) + 3600}
        return jwt.encode(claims, self.key, algorithm="ES256", headers={"kid": "1"})


@dataclass
class Shop:
    """``url`` is the gateway's, ``app`` Kinto's own; ``server`` holds what Kinto keeps."""

    url: str
    app: str
    server: postgres.Server
    badges: Badges
    client: subprocess.Popen[str]
    folder: Path
    gate: house.Gate

    def person(self, email: str, password: str) -> Person:
        return Person(self, email, password, self.url, {"X-Identity": self.badges.of(email)})

    @property
    def administrator(self) -> Person:
        """Who set Kinto up, on the machine abroad: no gateway is between them."""
        return Person(self, "root", "oak-leaf-root", self.app, {})

    def ask(self, line: dict[str, Any]) -> dict[str, Any]:
        assert self.client.stdin is not None
        assert self.client.stdout is not None
        self.client.stdin.write(json.dumps(line) + "\n")
        self.client.stdin.flush()
        told = self.client.stdout.readline()
        assert told, "the client ended"
        found: dict[str, Any] = json.loads(told)
        return found

    async def stored(self) -> bytes:
        """All rows of all tables as text, then the files of the database as they are on the disk."""
        connection = await asyncpg.connect(self.server.url("public").partition("&")[0], ssl=False)
        try:
            await connection.execute("checkpoint")
            tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
            rows = [
                str(row[0])
                for (table,) in tables
                for row in await connection.fetch(f'select to_jsonb(one)::text from public."{table}" one')
            ]
            number = await connection.fetchval("select oid from pg_database where datname = 'postgres'")
        finally:
            await connection.close()
        assert len(rows) > 10
        data = self.server.folder / "data"
        files = [*(data / "base" / str(number)).iterdir(), *(data / "pg_wal").glob("0*")]
        pages = b"\n".join(path.read_bytes().replace(bytes(32), b"") for path in files)
        return "\n".join(rows).encode() + pages + (self.folder / "app.log").read_bytes()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with Kinto's client."""

    shop: Shop
    email: str
    password: str
    url: str
    headers: dict[str, str]

    def tries(self, call: str, *, patch: str | None = None, **named: Any) -> dict[str, Any]:
        """The client's answer, or the refusal."""
        return self._asks({"call": call, "with": named, **({"patch": patch} if patch else {})})

    def does(self, call: str, *, patch: str | None = None, **named: Any) -> Any:
        told = self.tries(call, patch=patch, **named)
        assert "got" in told, told
        return told["got"]

    def together(self, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """One batch request."""
        told = self._asks({"batch": [{"call": call, "with": named} for call, named in calls]})
        assert "got" in told, told
        found: list[Any] = told["got"]
        return found

    def registers(self, citizenship: str) -> Any:
        """Who does not say it is taken for a Russian, and would have two names once it is told."""
        data = {"id": self.email, "password": self.password, "citizenship": citizenship}
        named = {"method": "post", "endpoint": "/accounts", "data": data}
        told = self._asks({"call": "request", "with": named}, stranger=True)
        assert "got" in told, told
        return told["got"]

    def changes_password(self, of: str, password: str) -> Any:
        data = {"password": password}
        return self.does("request", method="patch", endpoint=f"/accounts/{of}", data=data)

    def _asks(self, line: dict[str, Any], *, stranger: bool = False) -> dict[str, Any]:
        auth = None if stranger else [self.email, self.password]
        return self.shop.ask({"url": f"{self.url}/v1", "auth": auth, "headers": self.headers, **line})


@contextmanager
def opened(folder: Path) -> Iterator[Shop]:
    """A shop whose customers are records that every logged-in account may read."""
    tools, port, badges = house.environment("kinto"), house.free_port(), Badges()
    folder.mkdir(exist_ok=True)
    with postgres.running() as server:
        database = f"postgresql+psycopg2://postgres@/postgres?host={server.folder}"
        ini = folder / "kinto.ini"
        ini.write_text(_INI.format(port=port, database=database))
        house.run([str(tools / "kinto"), "migrate", "--ini", str(ini)])
        with (
            house.served([str(tools / "kinto"), "start", "--ini", str(ini)], port, folder) as app,
            house.gateway("kinto.yaml", folder / "gate", app, {"jwks.json": badges.jwks}) as gate,
            subprocess.Popen(
                [str(tools / "python"), str(house.HERE / "kinto_client.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as client,
        ):
            try:
                shop = Shop(gate.url, app, server, badges, client, folder, gate)
                root = shop.administrator
                root.registers("US")
                root.does("create_bucket")
                everybody = ["system.Authenticated"]
                root.does("create_collection", permissions={"record:create": everybody, "read": everybody})
                yield shop
            finally:
                client.terminate()
