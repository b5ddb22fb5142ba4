"""What only the PostgreSQL vault promises: layout, rights, group commit, what it does when the server fails it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from importlib.resources import files

import asyncpg
import pytest
from asyncpg import Connection

from gateway.adapters.vault_postgres import Address, PostgresVault, address_of, migrate, roles, stand, together
from gateway.adapters.vault_postgres.index import BEGIN
from gateway.adapters.vault_postgres.statements import script, scripts
from gateway.model.errors import RulesError, WorldError
from gateway.model.kept import Batch, Fetch, Recall, Seek, Settlement
from gateway.model.names import Region
from tests import postgres
from tests.contracts.conftest import LaterKeys
from tests.contracts.people import (
    ANNA,
    BORIS,
    CRM,
    EMAIL,
    NOON,
    RU,
    VERA,
    HandClock,
    blind,
    email,
    entry,
    fio,
    keep,
    known,
    name_of,
    only,
    phone,
    phone_name,
    record,
    ref_of,
)
from tests.load.commits import asking
from tests.load.registrations import registration
from tests.postgres import Server, ask

R1, R2 = record(1), record(2)

KNOWN = [number for number, _ in scripts("vault")]
"""The migrations that there are."""

TABLES = {"record", "names", "person", "holder", "alias", "session", "shown", "idempotency", "ledger", "meta", "layout"}


def opened(address: Address, *, region: Region = RU, timeout_s: float = 5.0, group: int = 256) -> PostgresVault:
    return PostgresVault(address, region, clock=HandClock(), ref_of=ref_of, timeout_s=timeout_s, group=group)


@pytest.fixture
async def address(server: Server) -> Address:
    return await server.made()


@pytest.fixture
async def home(address: Address) -> AsyncGenerator[PostgresVault]:
    vault = opened(address)
    await vault.start()
    yield vault
    await vault.close()


async def row(address: Address, sql: str, *facts: object) -> object:
    """The first value of a query of another connection."""
    return await ask(address, lambda connection: connection.fetchval(sql, *facts))


async def run(address: Address, sql: str) -> None:
    async def work(connection: Connection) -> None:
        await connection.execute(sql)

    await ask(address, work)


# ------------------------------------------------------------------------------------------------------------- layout


async def test_a_migration_is_applied_once(server: Server) -> None:
    address = server.address()
    assert [await migrate(address, "vault", RU, NOON * 1000, None) for _ in range(2)] == [KNOWN, []]


async def test_migrations_at_the_same_time_wait_for_each_other(server: Server) -> None:
    address = server.address()
    applied = await asyncio.gather(*(migrate(address, "vault", RU, NOON * 1000, None) for _ in range(4)))
    assert sorted(applied) == [[], [], [], KNOWN]


async def test_a_store_without_a_layout_is_refused_with_the_mend(server: Server) -> None:
    with pytest.raises(WorldError, match=r"GW-V114.*layout none.*pii-gateway vault migrate"):
        await opened(server.address()).start()


async def test_a_store_of_a_later_layout_is_refused(address: Address) -> None:
    await run(address, "INSERT INTO layout (store, version, checksum) VALUES ('vault', 99, '')")
    with pytest.raises(WorldError, match=r"GW-V114.*layout 99"):
        await opened(address).start()


async def test_a_gateway_that_runs_while_the_store_is_migrated_goes_on(home: PostgresVault) -> None:
    await run(home.address, "INSERT INTO layout (store, version, checksum) VALUES ('vault', 99, '')")
    await cut(home.address)
    await home.keep(only(keep(R1, ANNA, fio(R1))))
    assert list((await home.fetch(Fetch(records=(R1,)))).records) == [R1]


async def test_a_later_layout_is_not_migrated_back(address: Address) -> None:
    await run(address, "INSERT INTO layout (store, version, checksum) VALUES ('vault', 99, '')")
    with pytest.raises(WorldError, match=r"GW-V114.*install the gateway"):
        await migrate(address, "vault", RU, NOON * 1000, None)


async def test_a_migration_that_was_edited_is_found(address: Address) -> None:
    await run(address, "UPDATE layout SET checksum = 'another'")
    with pytest.raises(WorldError, match=r"GW-V114.*migration 1 is not the one"):
        await opened(address).start()


async def test_a_vault_of_another_region_is_refused(address: Address) -> None:
    with pytest.raises(WorldError, match=r"GW-V110.*not of region kz"):
        await opened(address, region=Region("kz")).start()


async def test_a_migration_that_meets_a_held_lock_gives_up_and_changes_nothing(server: Server) -> None:
    address = server.address()
    await run(address, f"CREATE SCHEMA {address.schema}")

    async def hold(connection: Connection) -> list[int]:
        async with connection.transaction():
            await connection.execute("CREATE TABLE layout (store text)")
            return await migrate(address, "vault", RU, NOON * 1000, None)

    with pytest.raises(WorldError, match=r"GW-V117"):
        await ask(address, hold)
    assert await row(address, "SELECT to_regclass('record')") is None


async def test_it_is_told_how_a_store_stands(home: PostgresVault) -> None:
    await home.keep(only(keep(R1, ANNA, fio(R1)), directory=(known("anna", ANNA),)))
    found = await stand(home.address, "vault", RU)
    assert (found.layout, found.records, found.people, (found.bytes or 0) > 0) == (KNOWN[-1], 1, 1, True)


async def test_every_unique_key_holds_the_column_by_which_its_table_is_distributed(address: Address) -> None:
    text = script("0001_vault")
    said = re.findall(r"(?m)^-- distributed by: ([a-z]+)[^\n]*\nCREATE TABLE (\w+)", text)
    columns = {table: column for column, table in said if column != "nothing"}
    keys = await ask(
        address,
        lambda connection: connection.fetch(
            """SELECT t.relname AS table, array_agg(a.attname) AS columns
            FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey)
            WHERE s.nspname = $1 AND i.indisunique GROUP BY t.relname, i.indexrelid""",
            address.schema,
        ),
    )
    assert columns.keys() == TABLES - {"meta", "layout"}
    assert [key["table"] for key in keys if columns.get(key["table"], key["columns"][0]) not in key["columns"]] == []


def test_every_statement_is_used_and_every_used_one_is_there() -> None:
    package = files("gateway.adapters.vault_postgres")
    sources = [path.read_text() for path in package.iterdir() if path.name.endswith(".py")]
    scripts = [path.read_text() for path in (package / "sql").iterdir()]
    named = {name for text in scripts for name in re.findall(r"(?m)^-- name: (\w+)$", text)}
    used = {name for text in sources for name in re.findall(r"\"(\w+)\"", text)}
    families = tuple(family for text in sources for family in re.findall(r"\[f\"(\w+_)\{\w+\}\"\]", text))
    assert {name for name in named - used if not name.startswith(families)} == set()


# ------------------------------------------------------------------------------------------------------------- rights

FORBIDDEN = {
    "drop a table": "DROP TABLE record",
    "alter a table": "ALTER TABLE record ADD COLUMN plain text",
    "truncate": "TRUNCATE record",
    "make a table": "CREATE TABLE mine (id integer)",
    "make a table elsewhere": "CREATE TABLE public.mine (id integer)",
    "make a schema": "CREATE SCHEMA mine",
    "edit evidence": "UPDATE ledger SET entries = ''",
    "remove evidence": "DELETE FROM ledger",
    "forget a spent name": "DELETE FROM alias",
    "claim a layout": "UPDATE layout SET version = 9",
    "read another schema": "SELECT * FROM other.secrets",
    "become the owner": "SET ROLE pii_owner",
    "read files": "SELECT pg_read_file('/etc/hostname')",
}


@pytest.fixture(scope="session")
def by_role(server: Server) -> Address:
    """A store whose owner and gateway are roles of their own; the address is the gateway's."""

    async def made() -> Address:
        address = server.address("roles", user="pii_gateway")
        await run(server.address("postgres"), roles("pii_owner", "pii_gateway", address))
        await run(server.address("postgres"), "CREATE SCHEMA other; CREATE TABLE other.secrets (secret text)")
        await migrate(address.as_user("pii_owner"), "vault", RU, NOON * 1000, "pii_gateway")
        return address

    return postgres.at_once(made())


@pytest.mark.parametrize("sql", FORBIDDEN.values(), ids=FORBIDDEN)
async def test_the_gateways_role_may_not(by_role: Address, sql: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as refused:
        await run(by_role, sql)
    assert refused.value.sqlstate == "42501"


async def test_the_gateways_role_may_all_that_a_vault_does(by_role: Address) -> None:
    vault = opened(by_role)
    await vault.start()
    await vault.ready()
    await vault.keep(
        only(keep(R1, ANNA, phone("1", 7), fio(R1)), keep(R2, BORIS, phone("1", 8)), idempotency=blind("r"))
    )
    await vault.keep(Batch(directory=(known("anna", ANNA),)))
    await vault.settle(Settlement(refused=(R1, R2), shown=((blind("sid"), name_of(R1, 2)),), shown_until=NOON))
    await vault.purge_expired(NOON + 8 * 86400)
    assert await row(by_role, "SELECT record IS NULL FROM alias WHERE token = $1", phone_name(7)) is True
    await vault.close()


# -------------------------------------------------------------------------------------------------------- connections


async def test_a_server_that_forgets_what_it_acknowledged_is_refused(address: Address) -> None:
    await run(address, "CREATE ROLE lax LOGIN SUPERUSER; ALTER ROLE lax SET synchronous_commit = off")
    with pytest.raises(WorldError, match=r"GW-V119.*synchronous_commit = off"):
        await opened(address.as_user("lax")).start()


async def test_every_wait_of_the_server_is_bounded(home: PostgresVault) -> None:
    async with home._read_pool.use() as connection:
        found = [
            await connection.fetchval(f"SHOW {name}")
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        ]
    assert found == ["2s", "2s", "4s"]


async def test_no_timer_runs_on_where_the_columns_of_a_statement_were_asked_for(
    home: PostgresVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next statement is ended by it, however quick it is: two seconds later, in an idle gateway."""
    monkeypatch.setattr(together, "_columns", {})
    await home.keep(only(keep(R1, ANNA, fio(R1))))
    assert R1 in (await home.fetch(Fetch(records=(R1,)))).records
    assert together._columns
    other = "application_name = 'pii-gateway' AND pid <> pg_backend_pid()"
    states = await row(home.address, f"SELECT array_agg(DISTINCT state) FROM pg_stat_activity WHERE {other}")
    assert states == ["idle"]


async def test_no_more_connections_are_open_than_were_told(home: PostgresVault) -> None:
    mine = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pii-gateway' AND pid <> pg_backend_pid()"
    batches = [only(keep(record(n), ANNA, fio(record(n)))) for n in range(200)]
    await asyncio.gather(*(home.keep(one) for one in batches), *(home.recall(Recall(CRM)) for _ in range(200)))
    await asyncio.gather(*(home.fetch(Fetch(records=(record(n),))) for n in range(200)))
    assert await row(home.address, mine) in (2, 3, 4)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://db/x", "scheme 'mysql'"),
        ("postgresql://db/x?ssl_mode=disable", "unknown settings ssl_mode"),
        ("postgresql://db/x?sslmode=prefer", "sslmode 'prefer'"),
        ("postgresql://db/x?schema=a;b", "schema"),
        ("postgresql://db/x?pool=0", "pool"),
        ("postgresql://db/x?sslmode=verify-full&sslrootcert=/nowhere", "certificate"),
    ],
)
def test_an_address_that_can_not_be_one_is_told(url: str, why: str) -> None:
    with pytest.raises(RulesError, match=f"GW-V120.*{why}"):
        address_of(url)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:5433", "[::1]:5432", ""])
def test_on_this_machine_no_certificate_is_wanted(host: str) -> None:
    assert address_of(f"postgresql://{host}/ru").tls is False


def test_a_server_elsewhere_must_prove_who_it_is() -> None:
    tls = address_of("postgresql://localhost,db.example.org/ru").tls
    assert not isinstance(tls, bool)
    assert tls.check_hostname


def test_an_address_prints_neither_password_nor_user() -> None:
    address = address_of("postgresql://gateway:secret@localhost/ru")
    assert repr(address) == "Address(postgresql://localhost/ru schema pii_vault)"


async def test_a_server_without_tls_is_not_used_where_tls_is_wanted(server: Server) -> None:
    address = replace(server.address(), tls=address_of("postgresql://db.example.org/x").tls)
    with pytest.raises(WorldError, match="GW-V1"):
        await opened(address).start()


async def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(WorldError, match="GW-V115"):
        await opened(address_of("postgresql://127.0.0.1:1/ru")).start()


async def test_an_unknown_role_is_told(server: Server) -> None:
    with pytest.raises(WorldError, match="GW-V118"):
        await opened(server.address(user="nobody_at_all")).start()


async def test_a_closed_vault_takes_nothing(address: Address) -> None:
    vault = opened(address)
    await vault.start()
    await vault.close()
    with pytest.raises(WorldError, match="GW-V109"):
        await vault.keep(only(keep(R1, ANNA, fio(R1))))


# ------------------------------------------------------------------------------------------------------ group commit


async def test_concurrent_callers_share_a_commit(home: PostgresVault) -> None:
    batches = [only(keep(record(n), ANNA, email(record(n), f"{n}"))) for n in range(200)]
    await asyncio.gather(*(home.keep(batch) for batch in batches))
    assert (home.counters.entries, home.counters.commits <= 4) == (200, True)


async def test_who_comes_to_an_idle_store_waits_for_nobody(home: PostgresVault) -> None:
    await home.keep(only(keep(R1, ANNA, fio(R1))))
    assert (home.counters.commits, home.counters.largest_group) == (1, 1)


async def test_a_look_up_commits_nothing(home: PostgresVault) -> None:
    await home.keep(Batch(seeks=(Seek(EMAIL, blind("anna"), CRM, name_of(R1, 0)),)))
    assert home.counters.commits == 0


async def test_a_value_that_the_server_does_not_take_fails_alone(home: PostgresVault) -> None:
    batches = [only(keep(record(n), ANNA, fio(record(n)))) for n in range(20)]
    batches[7] = only(replace(batches[7].keeps[0], route="\0"))
    told = await asyncio.gather(*(home.keep(one) for one in batches), return_exceptions=True)
    assert [at for at, one in enumerate(told) if isinstance(one, WorldError)] == [7]


async def test_no_text_of_the_drivers_leaves_the_adapter(home: PostgresVault) -> None:
    with pytest.raises(WorldError) as failed:
        await home.keep(only(replace(keep(R1, ANNA, fio(R1)), route="anna@example.org\0")))
    assert "anna" not in f"{failed.value!s} {failed.value.__cause__!s}"


async def test_a_caller_without_a_ledger_does_not_fail_its_neighbours(home: PostgresVault) -> None:
    told = await asyncio.gather(
        home.append([entry()]), home.keep(only(keep(R1, ANNA, fio(R1)))), return_exceptions=True
    )
    assert [type(one).__name__ for one in told] == ["WorldError", "Kept"]


async def test_a_text_that_no_token_can_be_is_nobodys(home: PostgresVault) -> None:
    token = type(name_of(R1, 0))("+7976\0")
    assert (await home.recall(Recall(CRM, tokens=(token,)))).tokens == {}


# --------------------------------------------------------------------------------------------------------- two gateways


@pytest.fixture
async def other(address: Address) -> AsyncGenerator[PostgresVault]:
    vault = opened(address)
    await vault.start()
    yield vault
    await vault.close()


async def test_two_gateways_that_register_the_same_values_at_once_give_one_token_a_value(
    home: PostgresVault, other: PostgresVault
) -> None:
    def batch(number: int) -> Batch:
        where = record(number)
        return only(
            keep(where, BORIS if number % 2 else ANNA, email(where, f"{number // 8}"), phone(f"{number // 8}", number))
        )

    vaults = (home, other)
    kept = await asyncio.gather(*(vaults[number // 4 % 2].keep(batch(number)) for number in range(800)))
    tokens: dict[tuple[int, int], set[str]] = {}
    for number, one in enumerate(kept):
        for (_, index), token in one.names.items():
            tokens.setdefault((number // 8, index), set()).add(token)
    assert {len(found) for found in tokens.values()} == {1}
    assert len(tokens) == 200
    every = tuple(name_of(record(0), 0)[:0] + token for found in tokens.values() for token in found)
    fetched = await home.fetch(Fetch(tokens=tuple(type(name_of(R1, 0))(token) for token in every)))
    assert all(len(found) == 2 for found in fetched.holdings.values())
    assert len(fetched.holdings) == 200


async def test_two_gateways_under_one_idempotency_key_write_one_record(
    home: PostgresVault, other: PostgresVault
) -> None:
    retry = blind("retry")
    batches = [only(keep(record(n), ANNA, fio(record(n))), idempotency=retry) for n in range(1, 9)]
    kept = await asyncio.gather(*((home, other)[n % 2].keep(one) for n, one in enumerate(batches)))
    assert len({one.records for one in kept}) == 1


async def test_of_two_gateways_that_claim_one_identifier_one_is_overtaken(
    home: PostgresVault, other: PostgresVault
) -> None:
    batches = [Batch(directory=(known("shared", whose),)) for whose in (ANNA, BORIS)]
    told = await asyncio.gather(home.keep(batches[0]), other.keep(batches[1]), return_exceptions=True)
    assert sorted(type(one).__name__ for one in told) == ["Kept", "OvertakenError"]


async def test_a_value_is_never_left_to_a_record_that_another_gateway_drops(
    home: PostgresVault, other: PostgresVault
) -> None:
    """Every round one gateway drops the record that the other one is about to share the value of."""
    for turn in range(40):
        first, second = record(2 * turn), record(2 * turn + 1)
        await home.keep(only(keep(first, ANNA, phone(f"{turn}", 2 * turn))))
        _, kept = await asyncio.gather(
            home.settle(Settlement(refused=(first,))),
            other.keep(only(keep(second, BORIS, phone(f"{turn}", 2 * turn, 2 * turn + 1)))),
        )
        [token] = kept.names.values()
        held = (await home.fetch(Fetch(tokens=(token,)))).holdings[token]
        assert BORIS in {holding.subject for holding in held}


# ----------------------------------------------------------------------------------------------------------- failures


async def until_it_works(work: Callable[[], Awaitable[object]]) -> list[str]:
    """The codes it was refused with until then."""
    refused = []
    async with asyncio.timeout(30):
        while True:
            try:
                await work()
            except WorldError as error:
                refused.append(error.code)
                await asyncio.sleep(0.02)  # as a client does that is told 503
            else:
                return refused


async def cut(address: Address) -> int:
    """End every connection of gateways."""
    ended = await row(
        address,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'pii-gateway'",
    )
    assert isinstance(ended, int)
    return ended


async def test_a_connection_that_broke_while_idle_is_not_noticed_by_anybody(home: PostgresVault) -> None:
    await home.keep(only(keep(R1, ANNA, fio(R1))))
    assert await cut(home.address) > 0
    await home.keep(only(keep(R2, ANNA, fio(R2))))
    assert set((await home.fetch(Fetch(records=(R1, R2)))).records) == {R1, R2}


async def test_whoever_was_handed_a_token_while_connections_broke_has_a_record(home: PostgresVault) -> None:
    handed: list[str] = []
    refused: set[str] = set()

    async def client(number: int) -> None:
        numbers = (record(number * 1000 + turn) for turn in range(1000))
        done = 0
        while done < 12:
            where = next(numbers)
            try:
                kept = await home.keep(only(keep(where, VERA, email(where, f"{where}"))))
            except WorldError as error:
                refused.add(error.code)
                await asyncio.sleep(0.02)  # as a client does that is told 503
            else:
                handed.extend(kept.names.values())
                done += 1

    async def saboteur() -> None:
        for _ in range(15):
            await cut(home.address)

    async with asyncio.TaskGroup() as tasks:
        for number in range(16):
            tasks.create_task(client(number))
        tasks.create_task(saboteur())
    tokens = tuple(type(name_of(R1, 0))(token) for token in handed)
    assert len(tokens) == 16 * 12
    assert refused <= {"GW-V107", "GW-V115", "GW-V116"}
    assert set((await home.fetch(Fetch(tokens=tokens))).holdings) == set(tokens)


async def test_a_commit_whose_answer_never_came_hands_out_nothing(home: PostgresVault) -> None:
    """The server ends the connection as soon as it is asked to commit: a trigger at the end of the transaction."""
    await run(
        home.address,
        """CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON record DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION cut()""",
    )
    with pytest.raises(WorldError, match="GW-V116"):
        await home.keep(only(keep(R1, ANNA, fio(R1))))
    await run(home.address, "DROP TRIGGER cut ON record")
    await home.keep(only(keep(R2, ANNA, fio(R2))))
    assert set((await home.fetch(Fetch(records=(R1, R2)))).records) == {R2}


async def test_a_lock_that_somebody_holds_is_waited_for_only_so_long(address: Address) -> None:
    vault = opened(address, timeout_s=0.3)
    await vault.start()
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))

    async def hold(connection: Connection) -> None:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM record FOR UPDATE")
            with pytest.raises(WorldError, match="GW-V107"):
                await vault.keep(only(keep(R2, BORIS, phone("1", 8))))

    await ask(address, hold)
    assert (await vault.keep(only(keep(record(3), BORIS, phone("1", 9))))).names == {(record(3), 1): phone_name(7)}
    await vault.close()


async def test_after_a_restart_of_the_server_the_gateway_goes_on_by_itself() -> None:
    with postgres.running() as server:
        vault = opened(await server.made())
        await vault.start()
        await vault.keep(only(keep(R1, ANNA, fio(R1))))
        server.stop("immediate")
        with pytest.raises(WorldError, match=r"GW-V11[56]"):
            await vault.keep(only(keep(R2, ANNA, fio(R2))))
        with pytest.raises(WorldError, match=r"GW-V11[56]"):
            await vault.fetch(Fetch(records=(R1,)))
        server.start()
        await until_it_works(lambda: vault.keep(only(keep(R2, ANNA, fio(R2)))))
        assert set((await vault.fetch(Fetch(records=(R1, R2)))).records) == {R1, R2}
        await vault.close()


async def test_questions_of_those_who_can_not_wait_are_answered(home: PostgresVault) -> None:
    before = home.empty(), home.knows_nobody()
    await home.keep(Batch(directory=(known("anna", ANNA),)))
    assert (before, home.empty(), home.knows_nobody()) == ((True, True), False, False)


# ------------------------------------------------------------------------------------------------------- round trips


def newcomer(number: int) -> Batch:
    return replace(registration(number), entries=())


async def test_a_group_of_new_people_costs_four_round_trips(home: PostgresVault) -> None:
    await home.keep(newcomer(0))
    with asking() as calls:
        await asyncio.gather(*(home.keep(newcomer(number)) for number in range(1, 9)))
        commits = home.counters.commits - 1
    assert calls.total() == 4 * commits, calls


async def test_a_question_about_everything_costs_one_round_trip(home: PostgresVault) -> None:
    await home.keep(only(keep(R1, ANNA, email(R1, "anna"), phone("1", 1)), directory=[known("anna", ANNA)]))
    token, session = name_of(R1, 0), blind("session")
    query = Recall(CRM, ((EMAIL, blind("anna")),), (token,), session=session, idempotency=blind("retry"))
    everything = Fetch(tokens=(token,), subjects=(ANNA,), records=(R1,))
    first = await home.recall(query), await home.fetch(everything)
    with asking() as calls:
        again = await home.recall(query), await home.fetch(everything)
    assert calls.total() == 2
    assert again == first


async def test_short_names_that_are_taken_cost_one_round_trip_more_however_many(home: PostgresVault) -> None:
    await home.keep(only(keep(R1, ANNA, *(phone(f"a{n}", n, index=n) for n in range(1, 9)))))
    before = home.counters
    with asking() as calls:
        kept = await home.keep(only(keep(R2, BORIS, phone("b", *range(1, 10), index=1))))
    assert kept.names[R2, 1] == phone_name(9)
    assert calls.total() == 5
    assert home.counters.again == before.again


# ------------------------------------------------------------------------------------------------- the index turns


async def test_a_gateway_that_sleeps_in_a_transaction_holds_up_neither_the_turn_for_ever_nor_others_meanwhile(
    address: Address,
) -> None:
    """Who ends a phase waits for it, and all who write wait behind: briefly, however often it is tried."""
    vault = opened(replace(address, statement_timeout_ms=4000))
    vault.index_by(LaterKeys("two"))
    await vault.start()

    async def sleeping(connection: Connection) -> float:
        await connection.execute(BEGIN)
        turning = asyncio.create_task(turned(vault))
        waited = [await seconds(vault.keep(newcomer(number))) for number in range(12)]
        assert not turning.done()
        await connection.execute("ROLLBACK")
        await turning
        return max(waited)

    longest = await ask(address, sleeping)
    await vault.close()
    assert longest < 3


async def turned(vault: PostgresVault) -> None:
    async with asyncio.timeout(30):
        while str(await vault.turn_index(2)) != "2 steady":
            pass


async def seconds(work: Awaitable[object]) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await work
    return loop.time() - began
