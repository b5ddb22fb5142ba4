"""What the vault over PostgreSQL does while its server is away, silent, cut off or replaced: nobody waits in vain."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from asyncpg import Connection

from gateway.adapters.vault_postgres import Address, PostgresVault, address_of
from gateway.adapters.vault_postgres.breaker import Breaker
from gateway.model.errors import WorldError
from gateway.model.kept import Batch, Fetch
from tests.contracts.people import ANNA, RU, HandClock, blind, email, fio, keep, only, record, ref_of
from tests.faults.servers import Host, hosts
from tests.postgres import ask

pytestmark = pytest.mark.slow

R1, R2 = record(1), record(2)
SOCKET = ".s.PGSQL.5432"


@pytest.fixture(scope="module")
def host() -> Generator[Host]:
    with hosts("a") as (one,):
        yield one


@pytest.fixture
async def home(host: Host) -> AsyncGenerator[PostgresVault]:
    host.start_again()
    vault = opened(await host.made())
    await vault.start()
    yield vault
    host.signal(signal.SIGCONT)
    host.start_again()
    await vault.close()


def opened(address: Address, timeout_s: float = 1.0) -> PostgresVault:
    return PostgresVault(address, RU, clock=HandClock(), ref_of=ref_of, timeout_s=timeout_s)


def somebody(number: int) -> Batch:
    return only(keep(record(number), ANNA, fio(record(number))))


async def refused(work: Callable[[], Awaitable[object]]) -> tuple[WorldError, float]:
    began = time.monotonic()
    with pytest.raises(WorldError) as told:
        await work()
    return told.value, time.monotonic() - began


async def until_it_works(work: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await work()
            except WorldError:
                await asyncio.sleep(0.02)  # as a client does that is told 503
            else:
                return


# ------------------------------------------------------------------------------------------------ the circuit breaker


async def test_a_server_that_says_nothing_is_waited_for_once_and_then_not_at_all(
    home: PostgresVault, host: Host
) -> None:
    host.signal(signal.SIGSTOP)
    first, _ = await refused(lambda: home.keep(somebody(1)))
    told = await asyncio.gather(*(refused(lambda: home.keep(somebody(2))) for _ in range(200)))
    host.signal(signal.SIGCONT)
    assert first.code == "GW-V107"
    assert max(waited for _, waited in told) < 0.9
    assert {error.status for error, _ in told} == {503}


async def test_who_is_refused_is_told_the_mend_and_when_to_come_back(home: PostgresVault, host: Host) -> None:
    host.kill()
    await refused(lambda: home.keep(somebody(1)))
    error, waited = await refused(lambda: home.keep(somebody(2)))
    assert (error.code, "start the server" in error.mend, error.retry_after_s) == ("GW-V115", True, 1)
    assert waited < 0.5


async def test_a_server_that_is_away_meets_one_probe_at_a_time(home: PostgresVault, host: Host) -> None:
    """What listens in its place counts who comes, and says nothing."""
    host.kill()
    (host.folder / SOCKET).unlink(missing_ok=True)
    there, most = 0, 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal there, most
        there += 1
        most = max(most, there)
        try:
            await reader.read()
        finally:
            there -= 1

    async with listening(host.folder, count):
        await refused(lambda: home.keep(somebody(1)))
        most, before = 0, home._write_pool._breaker.probes
        while home._write_pool._breaker.probes < before + 2:
            await asyncio.gather(*(refused(lambda: home.keep(somebody(1))) for _ in range(50)))
            await asyncio.gather(*(refused(lambda: home.fetch(Fetch(records=(R1,)))) for _ in range(50)))
    assert most == 1


async def test_after_it_came_back_the_gateway_goes_on_by_itself(home: PostgresVault, host: Host) -> None:
    await home.keep(somebody(1))
    host.kill()
    await refused(lambda: home.keep(somebody(2)))
    host.start()
    await until_it_works(lambda: home.keep(somebody(2)))
    assert set((await home.fetch(Fetch(records=(R1, R2)))).records) == {R1, R2}


async def test_a_connection_that_was_cut_costs_nobody_an_answer(home: PostgresVault) -> None:
    await home.keep(somebody(1))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pii-gateway'"
    await ask(home.address, lambda connection: connection.execute(cut))
    await asyncio.gather(*(home.keep(somebody(number)) for number in range(2, 40)))


async def test_probes_fall_out_of_step() -> None:
    drawn = iter([b"\x00\x00", b"\xff\xff"] * 50)
    pauses: list[float] = []

    async def never() -> Connection:
        pauses.append(asyncio.get_running_loop().time())
        raise WorldError("GW-V115", "away")

    breaker = Breaker(never, lambda _: next(drawn))
    breaker.prove()
    breaker.trip(WorldError("GW-V115", "away"))
    while len(pauses) < 4:
        await asyncio.sleep(0.01)
    await breaker.close()
    first, second = pauses[1] - pauses[0], pauses[2] - pauses[1]
    assert first < 0.05
    assert second > 0.1


# --------------------------------------------------------------------------------------- commits nobody knows about


class Cut:
    """Stands between gateway and server; told to, it ends the connection at COMMIT, before or after it is passed on."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.at_commit = ""
        self.cuts = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, onward = await asyncio.open_unix_connection(self.host.folder / SOCKET)
        back = asyncio.create_task(self._back(behind, writer))
        try:
            while data := await reader.read(65536):
                if self.at_commit and b"COMMIT\0" in data:
                    await self._cut(back, behind, onward, data)
                    return
                onward.write(data)
        finally:
            back.cancel()
            await asyncio.wait([back])
            await closed(onward)

    async def _cut(
        self, back: asyncio.Task[None], behind: asyncio.StreamReader, onward: asyncio.StreamWriter, data: bytes
    ) -> None:
        self.cuts += 1
        if self.at_commit == "after":
            back.cancel()
            await asyncio.wait([back])
            onward.write(data)
            await behind.readuntil(b"COMMIT\0")
        self.at_commit = ""

    async def _back(self, behind: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await behind.read(65536):
            writer.write(data)
        writer.close()


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        await writer.wait_closed()
    except ConnectionError:
        pass  # the other side was faster


@asynccontextmanager
async def listening(
    folder: Path, serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
) -> AsyncIterator[None]:
    """Where a client looks for a server; every connection is over when the block ends."""
    open_now: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine = asyncio.current_task()
        assert mine is not None
        open_now[mine] = writer
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it is over
        finally:
            await closed(writer)
            del open_now[mine]

    server = await asyncio.start_unix_server(served, folder / SOCKET)
    try:
        yield
    finally:
        (folder / SOCKET).unlink(missing_ok=True)  # first: a server that is closed while it lets somebody in loses him
        for _ in range(10):
            await asyncio.sleep(0.01)
            for writer in open_now.values():
                writer.close()
        server.close()
        if open_now:
            await asyncio.wait(open_now)


@asynccontextmanager
async def cut_off(host: Host, folder: Path) -> AsyncIterator[tuple[PostgresVault, Cut]]:
    host.start_again()
    address = await host.made()
    cut = Cut(host)
    async with listening(folder, cut.serve):
        vault = opened(address_of(f"postgresql://postgres@/postgres?host={folder}&schema={address.schema}"))
        await vault.start()
        try:
            yield vault, cut
        finally:
            await vault.close()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_commit_of_unknown_outcome_hands_out_nothing_and_is_not_written_twice(
    when: str, host: Host, tmp_path: Path
) -> None:
    async with cut_off(host, tmp_path) as (vault, cut):
        batch = only(keep(R1, ANNA, email(R1, "anna"), fio(R1)), idempotency=blind("retry"))
        cut.at_commit = when
        error, _ = await refused(lambda: vault.keep(batch))
        kept = await vault.keep(only(keep(R2, ANNA, email(R2, "anna"), fio(R2)), idempotency=blind("retry")))
        there = await vault.page(None, 10)
    assert (error.code, cut.cuts) == ("GW-V116", 1)
    assert [one.sealed.record for one in there] == list(kept.records)
    assert kept.records == ((R1,) if when == "after" else (R2,))


async def test_a_commit_that_the_standby_may_not_have_hands_out_nothing(home: PostgresVault, host: Host) -> None:
    """Whoever cancels the wait makes the server say that it has committed; it warns, and only that tells."""
    await home.keep(somebody(1))
    host.wait_for(Host(host.folder, None, name="nobody"))
    try:
        error = await cancelled(home, numbers=count(2))
    finally:
        host.wait_for(None)
    assert error.code == "GW-V122"


async def cancelled(home: PostgresVault, numbers: Iterator[int]) -> WorldError:
    """What a commit says whose wait for the standby was cut short; the server may be slow to read its settings."""
    waits = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    while True:
        keeping = asyncio.create_task(home.keep(somebody(next(numbers))))
        while not keeping.done() and await ask(home.address, lambda connection: connection.fetchval(waits)) is None:
            await asyncio.sleep(0.01)
        try:
            await keeping
        except WorldError as error:
            return error


async def test_commits_that_hang_are_few_however_long_the_standby_is_away(home: PostgresVault, host: Host) -> None:
    hang = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    host.wait_for(Host(host.folder, None, name="nobody"))
    try:
        await refused(lambda: home.keep(somebody(1)))
        before = home._write_pool._breaker.probes
        while home._write_pool._breaker.probes < before + 4:
            await refused(lambda: home.keep(somebody(2)))
            await asyncio.sleep(0.05)
        hanging = await ask(home.address, lambda connection: connection.fetchval(hang))
    finally:
        host.wait_for(None)
    await until_it_works(lambda: home.keep(somebody(3)))
    assert hanging <= 2


# ---------------------------------------------------------------------------------------------------- several hosts


@pytest.mark.parametrize(
    ("url", "alone"),
    [
        ("postgresql://gw@a:1,b/ru?schema=x", ["postgresql://gw@a:1/ru", "postgresql://gw@b/ru"]),
        ("postgresql://gw@/ru?host=/a,/b", ["postgresql://gw@/ru?host=%2Fa", "postgresql://gw@/ru?host=%2Fb"]),
        ("postgresql://gw@a/ru", ["postgresql://gw@a/ru"]),
    ],
)
def test_every_host_of_an_address_stands_for_itself(url: str, alone: list[str]) -> None:
    assert [one.url for one in address_of(url).alone()] == alone


async def test_a_host_that_says_nothing_keeps_nobody_from_the_other_one(host: Host, tmp_path: Path) -> None:
    host.start_again()
    address = await host.made()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(tmp_path, silent):
        both = f"postgresql://postgres@/postgres?host={tmp_path},{host.folder}&schema={address.schema}"
        vault = opened(address_of(both))
        await vault.start()
        began = time.monotonic()
        await vault.keep(somebody(1))
        took = time.monotonic() - began
        await vault.close()
    assert took < 0.9


async def test_local_commits_beside_a_synchronous_standby_are_refused(home: PostgresVault, host: Host) -> None:
    host.psql("DO $$ BEGIN CREATE ROLE loc LOGIN SUPERUSER; EXCEPTION WHEN duplicate_object THEN END $$")
    host.psql("ALTER ROLE loc SET synchronous_commit = local")
    host.wait_for(Host(host.folder, None, name="nobody"))
    try:
        with pytest.raises(WorldError, match=r"GW-V119.*synchronous_commit = local"):
            await opened(home.address.as_user("loc")).start()
    finally:
        host.wait_for(None)


async def test_a_primary_that_was_replaced_and_that_nobody_told_is_left() -> None:
    """Both call themselves writable; the old one's commits wait for the standby that it no longer has."""
    with hosts("a", "b") as (old, new):
        schema = (await old.made()).schema
        new.follow(old)
        old.wait_for(new)
        vault = opened(address_of(f"postgresql://postgres@/postgres?host={old.folder},{new.folder}&schema={schema}"))
        await vault.start()
        await vault.keep(somebody(1))
        new.promote()
        await refused(lambda: vault.keep(somebody(2)))
        await until_it_works(lambda: vault.keep(somebody(2)))
        there = new.psql(f"SELECT count(*) FROM {schema}.record")
        await vault.close()
    assert there.strip() == "2"
