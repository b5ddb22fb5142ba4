"""How a connection is made: to every host of the address at once, and the first that is what is wanted counts.

Hosts are not tried one after another: one that was switched off answers nothing at all, and would use up the time of
all others. Of several hosts one is taken only after it has committed something: a primary that was replaced, and that
nobody told, still calls itself writable, but its commits wait for a standby that is the primary now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Sequence

import asyncpg
from asyncpg import Connection

from gateway.adapters.vault_postgres.address import Address
from gateway.adapters.vault_postgres.errors import DRIVER_ERRORS, Store, Trouble, translated, trouble_of, world_error
from gateway.adapters.vault_postgres.statements import statements

_SQL = statements("60_layout")

Check = Callable[[Connection], Awaitable[None]]


async def open_connection(
    address: Address, store: Store, timeout_s: float, check: Check, *, tried: bool = False
) -> Connection:
    """A connection that ``check`` likes; ``tried``, or of several hosts: it has also committed. Raises WorldError."""
    hosts = address.alone()

    async def from_(host: Address) -> Connection:
        connection = await connect(host, store, timeout_s)
        try:
            await check(connection)
            if tried or len(hosts) > 1:
                await _try(connection, host, store)
        except DRIVER_ERRORS as error:
            connection.terminate()
            raise translated(error, store, host.place) from None
        except BaseException:
            connection.terminate()
            raise
        return connection

    try:
        async with asyncio.timeout(timeout_s):
            return await _first([from_(host) for host in hosts])
    except TimeoutError:
        raise world_error(Trouble.AWAY, store, address.place, f"{timeout_s:g} s") from None


async def connect(address: Address, store: Store, timeout_s: float) -> Connection:
    """A connection in the store's own schema, with every wait of the server's bounded. Raises WorldError."""
    try:
        async with asyncio.timeout(timeout_s):
            return await asyncpg.connect(
                address.url,
                ssl=address.tls,
                timeout=timeout_s,
                max_cached_statement_lifetime=0,
                target_session_attrs="read-write",
                server_settings=_settings(address),
            )
    except DRIVER_ERRORS as error:
        trouble = trouble_of(error)
        if trouble in (Trouble.LOST, Trouble.SLOW):
            trouble = Trouble.AWAY
        raise translated(error, store, address.place, trouble) from None
    except (ValueError, asyncpg.ClientConfigurationError) as error:
        raise translated(error, store, address.place, Trouble.REFUSED) from None


async def check_durable(connection: Connection, address: Address, store: Store) -> None:
    """Raise GW-V119 where a commit may be acknowledged before it is where it has to be."""
    row = await connection.fetchrow(_SQL["durability"])
    found = dict((row or {}).items())
    standbys = found.pop("synchronous_standby_names", "")
    lax = [f"{name} = {value}" for name, value in found.items() if value == "off"]
    if standbys and found.get("synchronous_commit") == "local":
        lax.append("synchronous_commit = local beside synchronous_standby_names")
    if lax:
        raise world_error(Trouble.VOLATILE, store, address.place, ", ".join(lax))


async def _first(attempts: Sequence[Coroutine[object, object, Connection]]) -> Connection:
    """What the first one to succeed gives; the others are let go. Raises what tells an operator most."""
    waiting = {asyncio.create_task(one) for one in attempts}  # noqa: TID251 - owned: none outlives this call
    failures: list[BaseException] = []
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            made = [one.result() for one in done if one.exception() is None]
            if made:
                _let_go(made[1:])
                return made[0]
            failures += [error for one in done if (error := one.exception()) is not None]
    finally:
        await _end(waiting)
    raise next((one for one in failures if getattr(one, "code", "") != "GW-V115"), failures[0])


async def _end(waiting: Collection[asyncio.Task[Connection]]) -> None:
    """Nobody takes what comes late."""
    for one in waiting:
        one.cancel()
    if waiting:
        done, _ = await asyncio.wait(waiting)
        _let_go(one.result() for one in done if not one.cancelled() and one.exception() is None)


def _let_go(connections: Iterable[Connection]) -> None:
    for connection in connections:
        connection.terminate()


async def _try(connection: Connection, address: Address, store: Store) -> None:
    """Commit something, unless an earlier commit of this gateway's role waits: one that hangs is enough."""
    if await connection.fetchval(_SQL["held_up"]):
        raise world_error(Trouble.SLOW, store, address.place, "commits wait for a standby")
    await connection.execute(_SQL["trial"])


def _settings(address: Address) -> dict[str, str]:
    """Plans by index always: tables may have been empty when a statement was planned, and are large an hour later."""
    return {
        "application_name": "pii-gateway",
        "search_path": address.schema,
        "statement_timeout": str(address.statement_timeout_ms),
        "lock_timeout": str(address.statement_timeout_ms),
        "idle_in_transaction_session_timeout": str(2 * address.statement_timeout_ms),
        "client_min_messages": "warning",
        "enable_seqscan": "off",
        "jit": "off",
    }
