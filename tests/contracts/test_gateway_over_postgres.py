"""A whole gateway whose vault and key store are PostgreSQL's, and the commands that look into them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from asyncpg import Connection
from click.testing import CliRunner, Result

from gateway.adapters.sink_memory import MemorySink
from gateway.cli import main
from gateway.ruleset.load import load
from gateway.settings import load as load_settings
from gateway.wiring import running
from tests.contracts.upstream.server import Peer, destination
from tests.postgres import Server, ask
from tests.server.scene import REGISTRATION, post, write_rules
from tests.server.wire import body, talk


def command(folder: Path, *words: str) -> Result:
    runner = CliRunner(env={"PII_GATEWAY_STATE_DIR": str(folder)})
    return runner.invoke(main, [*words, "--rules", str(folder / "rules.yaml")])


async def made(connection: Connection) -> None:
    await connection.execute("CREATE ROLE whole_keys LOGIN SUPERUSER")
    await connection.execute("CREATE DATABASE whole_keys OWNER whole_keys")


async def test_a_registration_is_kept_on_the_server_and_goes_abroad_as_tokens(server: Server, tmp_path: Path) -> None:
    requests: list[bytes] = []

    async def echo(peer: Peer) -> None:
        while request := await peer.request():
            requests.append(request)
            content = request.partition(b"\r\n\r\n")[2]
            head = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            await peer.send(head % len(content) + content)

    await ask(server.address(), made)
    keys = server.url(user="whole_keys", database="whole_keys")
    stores = {'"sqlite:home/ru.db"': f'"{server.url()}"', '"file:home/keys"': f'"file:home/keys", key_store: "{keys}"'}
    async with destination(echo) as crm:
        ruleset_file = write_rules(tmp_path, crm.url, **stores)
        told = await asyncio.to_thread(command, tmp_path, "vault", "migrate", "--user", "postgres")
        assert told.exit_code == 0, told.output
        settings = load_settings(None, {}, {"state_dir": str(tmp_path), "listen.port": 0, "admin.port": 0})
        async with running(load([ruleset_file]), settings, MemorySink()) as gateway:
            wire = await talk(int(gateway.address.rpartition(":")[2]), post())
    assert (b"anna" in requests[0], body(wire)) == (False, REGISTRATION)
    for words, says in (
        (("vault", "status"), "1 records of 1 people"),
        (("ledger", "verify"), "whole: nothing was changed"),
        (("ledger", "tail"), "collect"),
    ):
        told = await asyncio.to_thread(command, tmp_path, *words)
        assert (told.exit_code, says in told.output) == (0, True), told.output
