"""The vault over PostgreSQL behind TLS: whom the gateway believes, and that it says nothing to anybody else.

The servers that tests start are built without TLS. So something stands before one that negotiates TLS as PostgreSQL
does, with certificates made here, and passes on what it decrypts. Source: PostgreSQL, "SSL Session Encryption".
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.adapters.vault_postgres import Address, PostgresDataKeys, PostgresVault, address_of
from gateway.model.errors import WorldError
from gateway.model.kept import Fetch
from tests.contracts.people import ANNA, RU, HandClock, fio, keep, only, record, ref_of
from tests.contracts.upstream.server import certify
from tests.postgres import Server

ASKS_FOR_TLS = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
NO_ENCRYPTION = b"SFATAL\0VFATAL\0C28000\0Mno pg_hba.conf entry for host, user, no encryption\0\0"


@dataclass
class Front:
    """``tls`` None: a server that has none. ``heard``: whatever came in plain, besides the question for TLS."""

    server: Server
    tls: ssl.SSLContext | None
    port: int = 0
    heard: list[bytes] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)

    def address(self, schema: str, *, host: str = "127.0.0.1", **asked: object) -> Address:
        said = "&".join(f"{name}={value}" for name, value in asked.items())
        return address_of(f"postgresql://postgres@{host}:{self.port}/postgres?schema={schema}&{said}")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._served(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the gateway does not like what it was shown
        finally:
            writer.close()

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(8)
        if first != ASKS_FOR_TLS:
            self.heard.append(first)
            writer.write(b"E" + (4 + len(NO_ENCRYPTION)).to_bytes(4, "big") + NO_ENCRYPTION)
            await writer.drain()
            return
        writer.write(b"N" if self.tls is None else b"S")
        await writer.drain()
        if self.tls is None:
            self.heard += [more] if (more := await reader.read()) else []
            return
        await writer.start_tls(self.tls)
        self.versions.add(str(writer.get_extra_info("ssl_object").version()))
        behind, onward = await asyncio.open_unix_connection(self.server.folder / ".s.PGSQL.5432")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(passed(reader, onward))
            tasks.create_task(passed(behind, writer))


async def passed(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except (ConnectionError, ssl.SSLError):
        pass  # it is over
    target.close()


@asynccontextmanager
async def front(server: Server, tls: ssl.SSLContext | None) -> AsyncIterator[Front]:
    one = Front(server, tls)
    tasks: set[asyncio.Task[None]] = set()

    def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(one.serve(reader, writer))
        tasks.add(task)

    listening = await asyncio.start_server(come, "127.0.0.1", 0)
    one.port = listening.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        await asyncio.sleep(0)
        listening.close()
        if tasks:
            await asyncio.wait(tasks)


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1; ``cert.pem`` is the authority's as well."""
    return certify(tmp_path)[0]


@pytest.fixture
async def schema(server: Server) -> str:
    return (await server.made()).schema


def opened(address: Address) -> PostgresVault:
    return PostgresVault(address, RU, clock=HandClock(), ref_of=ref_of)


async def refused(address: Address) -> WorldError:
    vault = opened(address)
    with pytest.raises(WorldError) as told:
        await vault.start()
    await vault.close()
    return told.value


async def test_a_server_that_proves_its_name_is_used(
    server: Server, tls: ssl.SSLContext, schema: str, tmp_path: Path
) -> None:
    async with front(server, tls) as before:
        vault = opened(before.address(schema, sslmode="verify-full", sslrootcert=tmp_path / "cert.pem"))
        await vault.start()
        await vault.keep(only(keep(record(1), ANNA, fio(record(1)))))
        there = (await vault.fetch(Fetch(records=(record(1),)))).records
        await vault.close()
    assert list(there) == [record(1)]
    assert (before.versions, before.heard) == ({"TLSv1.3"}, [])


async def test_a_key_store_that_proves_its_name_is_used(server: Server, tls: ssl.SSLContext, tmp_path: Path) -> None:
    schema = (await server.made("data key store")).schema
    async with front(server, tls) as before:
        store = PostgresDataKeys(before.address(schema, sslmode="verify-full", sslrootcert=tmp_path / "cert.pem"), RU)
        await asyncio.to_thread(store.start)
        await asyncio.to_thread(store.add, [(ANNA, "e1", b"wrapped")])
        there = await asyncio.to_thread(store.read, [ANNA])
        await asyncio.to_thread(store.close)
    assert there == {ANNA: ("e1", b"wrapped")}
    assert before.heard == []


async def test_a_server_that_an_unknown_authority_vouches_for_is_refused(
    server: Server, tls: ssl.SSLContext, schema: str, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    certify(tmp_path / "other")
    async with front(server, tls) as before:
        for mode in ("verify-full", "verify-ca"):
            error = await refused(before.address(schema, sslmode=mode, sslrootcert=tmp_path / "other" / "cert.pem"))
            assert error.code == "GW-V123", error
        system = await refused(before.address(schema, sslmode="verify-full"))
    assert system.code == "GW-V123"
    assert (before.versions, before.heard) == (set(), [])


async def test_a_server_of_another_name_is_refused_unless_only_its_authority_counts(
    server: Server, tls: ssl.SSLContext, schema: str, tmp_path: Path
) -> None:
    ca = tmp_path / "cert.pem"
    async with front(server, tls) as before:
        error = await refused(before.address(schema, host="localhost", sslmode="verify-full", sslrootcert=ca))
        vault = opened(before.address(schema, host="localhost", sslmode="verify-ca", sslrootcert=ca))
        await vault.start()
        await vault.close()
    assert error.code == "GW-V123"


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
async def test_a_server_without_tls_is_told_nothing_where_tls_is_wanted(
    mode: str, server: Server, schema: str, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    async with front(server, None) as before:
        error = await refused(before.address(schema, sslmode=mode, sslrootcert=tmp_path / "cert.pem"))
    assert error.status == 503
    assert before.heard == []


async def test_a_server_that_wants_tls_refuses_a_gateway_that_was_told_to_do_without(
    server: Server, schema: str, tls: ssl.SSLContext
) -> None:
    async with front(server, tls) as before:
        error = await refused(before.address(schema, sslmode="disable"))
    assert error.code == "GW-V118"
    assert len(before.heard) == 1
