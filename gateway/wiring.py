"""The composition root: rules, settings and catalog become a running gateway, and end in good order.

Started from the bottom (stores, keys, ledger) to the top (listeners), ended from the top: not ready, no new
connections, what is under way finishes within the grace period, then stores commit what waits and are closed.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from gateway.adapters.claims_jwt import JwtClaims
from gateway.adapters.clock_system import SystemClock
from gateway.adapters.extractor import ProcessExtractor
from gateway.adapters.keys_by_region import KeysByRegion
from gateway.adapters.names_pool import NamesPool
from gateway.adapters.observed_file import ObservedFile
from gateway.adapters.secrets_local import LocalSecrets
from gateway.adapters.signal_geoip import STALE_DAYS, GeoSignals, Lookup, MmdbFile, embedded
from gateway.adapters.sink_counters import CountingSink
from gateway.adapters.sink_tee import TeeSink
from gateway.adapters.spool_file import SpoolFile
from gateway.adapters.tokens_jwt import JwtTokens
from gateway.adapters.upstream.origin import origin_of
from gateway.adapters.upstream.smtp import Accounts, SmtpUpstream, is_mail, server_of
from gateway.adapters.upstream.websocket import WebSocketUpstream
from gateway.catalog import (
    UPSTREAMS,
    OpenKeys,
    OpenLedger,
    OpenVault,
    Site,
    files_of,
    keys_of,
    names_of,
    orders_of,
    vault_of,
)
from gateway.core.plan import default_region
from gateway.model.errors import GatewayError, RulesError
from gateway.model.names import Region
from gateway.model.rules import Ruleset
from gateway.ports import Clock, ObjectStore, Sink
from gateway.ruleset.adoption import refuse_to_lock_out
from gateway.server.admin import Admin, OneGateway, Probe
from gateway.server.binding import address_of, bind, bind_path, client_tls, server_tls
from gateway.server.listener import Listener
from gateway.server.mail import MailDoor, MailListener
from gateway.server.mail_login import Logins
from gateway.server.proxy import Proxy
from gateway.service.erasure import Erasure, finish_forever
from gateway.service.exchange import Exchange
from gateway.service.filing import Filing
from gateway.service.journal import Journal, Orders
from gateway.service.live_rules import LiveRules
from gateway.service.mail import Mailroom
from gateway.service.observed import Observed
from gateway.service.reply_watch import ReplyWatch
from gateway.service.warming import warm
from gateway.service.world import World
from gateway.settings import Listen, MailSettings, Settings

_PURGE_EVERY_S = 60.0
_PURGE_AT_ONCE = 500
_LAST_WORDS_S = 0.5

Background = Callable[[], Coroutine[object, object, None]]


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway. Addresses are ``host:port`` as they were bound."""

    address: str
    admin_address: str
    rules: LiveRules
    exchange: Exchange
    counters: CountingSink
    clock: Clock
    mail_address: str | None
    mail_tls_address: str | None
    """Where mail is handed in, and where that begins with TLS; None where it is not."""
    home: OpenVault
    """The vault whose directory tells who is who."""

    def reload(self, ruleset: Ruleset) -> None:
        """Swap the rules. GW-S016 where they need other stores, keys or claims than are open; GW-S018, GW-S020."""
        old = self.rules.current
        if (ruleset.regions, ruleset.claims) != (old.regions, old.claims):
            raise RulesError(
                "GW-S016",
                "the new rules name vaults, keys or claims other than those that are open: the old ones stay in force.",
                "restart the gateway to use them",
            )
        _check_destinations(ruleset)
        refuse_to_lock_out(ruleset, _today(self.clock), self.home.knows_nobody, self.home.imports)
        self.rules.swap(ruleset)


@asynccontextmanager
async def running(
    ruleset: Ruleset, settings: Settings, sink: Sink, clock: Clock | None = None, *, asked_at: Path | None = None
) -> AsyncIterator[Gateway]:
    """A gateway that serves until the block is left; then it is drained and closed. ``sink`` takes its log.

    With ``asked_at`` it is one of several: it shares its port, and is asked on that Unix socket instead of the admin
    address. GatewayError if it cannot start; what was opened by then is closed again.
    """
    counters = CountingSink()
    parts = _Parts(ruleset, settings, clock or SystemClock(), TeeSink([counters, sink]))
    async with AsyncExitStack() as stack:
        _check_destinations(ruleset)
        warm(ruleset)
        stores = await _open_stores(stack, parts)
        home = stores[0][default_region(ruleset)]
        refuse_to_lock_out(ruleset, _today(parts.clock), home.knows_nobody, home.imports)
        world = replace(
            _world(stack, parts, stores), names=await _names(stack, parts), observed=_observed(stack, parts)
        )
        erasure = Erasure(ruleset, world, stores[0], Journal(parts.orders, world.keys))
        parts.background.append(partial(finish_forever, erasure, world, parts.sink))
        watch = ReplyWatch()
        await stack.enter_async_context(_beside([*parts.background, watch.run]))
        rules = LiveRules(ruleset)
        exchange = Exchange(rules, world, watch)
        admin = Admin(OneGateway(parts.probes, counters, lambda: rules.current, tokens=world.tokens))
        admin_address = await _listen_admin(stack, admin, settings, asked_at)
        address = await _listen(stack, exchange, rules, parts, shared=asked_at is not None)
        mailed_at = await _listen_mail(stack, world, rules, parts, shared=asked_at is not None)
        stack.callback(admin.drain)
        yield Gateway(address, admin_address, rules, exchange, counters, parts.clock, *mailed_at, home)


@dataclass(frozen=True, slots=True)
class Home:
    """What is kept, opened without a gateway; ``vaults`` with all that a vault can do beside its port."""

    world: World
    vaults: Mapping[Region, OpenVault]
    journal: Journal


@asynccontextmanager
async def at_home(
    ruleset: Ruleset, settings: Settings, sink: Sink, clock: Clock | None = None, *, reads: bool = False
) -> AsyncIterator[Home]:
    """Stores, keys and ledger without anybody who listens, for work beside a running gateway; closed with the block.

    Claims are not verified, so nothing is fetched from elsewhere. ``reads``: messages will be judged, so the model for
    free text is loaded too.
    """
    parts = _Parts(replace(ruleset, claims=None), settings, clock or SystemClock(), sink)
    async with AsyncExitStack() as stack:
        warm(ruleset)
        stores = await _open_stores(stack, parts)
        world = _world(stack, parts, stores)
        if reads:
            world = replace(world, names=await _names(stack, parts))
        await stack.enter_async_context(_beside(parts.background))
        yield Home(world, stores[0], Journal(parts.orders, world.keys))


@dataclass(slots=True)
class _Parts:
    """What the parts of a gateway are made from, and what each of them leaves to be run or asked."""

    ruleset: Ruleset
    settings: Settings
    clock: Clock
    sink: Sink
    probes: dict[str, Probe] = field(default_factory=dict)
    background: list[Background] = field(default_factory=list)
    orders: dict[Region, Orders] = field(default_factory=dict)


# ------------------------------------------------------------------------------------------------------- the world


_Stores = tuple[dict[Region, OpenVault], dict[Region, OpenKeys], OpenLedger]


def _world(stack: AsyncExitStack, parts: _Parts, stores: _Stores) -> World:
    settings, limits = parts.settings, parts.settings.limits.limits()
    vaults, keys, ledger = stores
    tls = client_tls(settings.upstream.ca_file)
    secrets = LocalSecrets(os.environ)  # noqa: TID251 - rules name secrets by variables
    upstream = UPSTREAMS[settings.upstream.client](settings.upstream.patience(), limits, tls)
    stack.push_async_callback(upstream.aclose)
    sockets = WebSocketUpstream(settings.upstream.patience(), limits, tls)
    stack.push_async_callback(sockets.aclose)
    return World(
        vaults=vaults,
        keys=KeysByRegion(keys),
        ledger=ledger,
        upstream=upstream,
        signals=_signals(stack, parts),
        clock=parts.clock,
        sink=parts.sink,
        claims=_claims(parts),
        secrets=secrets,
        tokens=JwtTokens(secrets),
        limits=limits,
        sockets=sockets,
        files=_filing(stack, parts),
        registries=vaults,
    )


async def _names(stack: AsyncExitStack, parts: _Parts) -> NamesPool | None:
    """The model for free text, loaded. Raises WorldError GW-S040."""
    pool = names_of(parts.settings.model, parts.sink)
    if pool is not None:
        await _open(stack, pool.start, pool.close, parts.sink)
        parts.probes["model"] = pool.ready
        parts.background.append(pool.run)
    return pool


def _observed(stack: AsyncExitStack, parts: _Parts) -> Observed | None:
    folder = parts.settings.observed_dir
    if folder is None:
        return None
    observed = Observed(ObservedFile(folder, f"{parts.clock.now_ms()}-{os.getpid()}"))
    stack.push_async_callback(observed.write, parts.sink)
    parts.background.append(partial(observed.write_forever, parts.sink))
    return observed


def _filing(stack: AsyncExitStack, parts: _Parts) -> Filing:
    settings, stores = parts.settings, dict[Region, ObjectStore]()
    for region, spec in parts.ruleset.regions.items():
        stores[region] = files_of(Site(spec, settings.state_dir, parts.clock, parts.sink))
        stack.push_async_callback(stores[region].aclose)
    return Filing(stores, partial(SpoolFile, settings.state_dir / "spool"), ProcessExtractor(parts.sink))


def _today(clock: Clock) -> date:
    return datetime.fromtimestamp(clock.now_ms() / 1000, UTC).date()


def _check_destinations(ruleset: Ruleset) -> None:
    """A url that names no server is told at the start, not by every request."""
    for destination in ruleset.destinations.values():
        server_of(destination) if is_mail(destination) else origin_of(destination)


async def _open_stores(stack: AsyncExitStack, parts: _Parts) -> _Stores:
    """The stores of every region; the ledger is that of the region whose vault has the directory too."""
    vaults: dict[Region, OpenVault] = {}
    keys: dict[Region, OpenKeys] = {}
    ledgers: dict[Region, OpenLedger] = {}
    if not parts.ruleset.regions:
        raise RulesError("GW-S017", "the rules name no region: there is nowhere to keep data.", "add regions: to them")
    home = default_region(parts.ruleset)
    for region, spec in parts.ruleset.regions.items():
        site = Site(spec, parts.settings.state_dir, parts.clock, parts.sink, parts.settings.keys.pace())
        kit = vault_of(site)
        await _open(stack, kit.vault.start, kit.vault.close, parts.sink)
        key_kit = keys_of(site, kit.vault)
        await _open(stack, key_kit.start, key_kit.close, parts.sink)
        vaults[region], keys[region] = kit.vault, key_kit.keys
        parts.probes |= {f"vault {region}": kit.vault.ready, f"keys {region}": key_kit.keys.ready}
        parts.background += [partial(_purge, kit.vault, parts.clock, parts.sink), key_kit.tend]
        if (orders := orders_of(site)) is not None:
            parts.orders[region] = orders
        if region == home:
            ledgers[region] = ledger = kit.ledger(await key_kit.keys.region_keys(region))
            ledger.start()
            stack.push_async_callback(_close, ledger.close, parts.sink)
            parts.probes["ledger"] = ledger.ready
    return vaults, keys, ledgers[home]


async def _open(
    stack: AsyncExitStack, start: Callable[[], Awaitable[None]], close: Callable[[], Awaitable[None]], sink: Sink
) -> None:
    stack.push_async_callback(_close, close, sink)
    await start()


async def _close(close: Callable[[], Awaitable[None]], sink: Sink) -> None:
    """Close; a store that is not there any more keeps the others from nothing."""
    try:
        await close()
    except GatewayError as error:
        sink.emit("close_failed", code=error.code)


def _signals(stack: AsyncExitStack, parts: _Parts) -> GeoSignals:
    lookups: list[Lookup] = [embedded] if parts.settings.geoip.embedded else []
    for path in parts.settings.geoip.files:
        file = MmdbFile(path)
        stack.callback(file.close)
        lookups.append(file.country)
        age_days = file.age_days(parts.clock.now_ms())
        if age_days > STALE_DAYS:
            parts.sink.emit("geoip_stale", file=str(path), age_days=round(age_days))
    return GeoSignals(lookups)


def _claims(parts: _Parts) -> JwtClaims | None:
    if parts.ruleset.claims is None:
        return None
    claims = JwtClaims(parts.ruleset.claims, parts.clock, parts.sink)
    parts.background.append(claims.refresh_forever)
    return claims


# ------------------------------------------------------------------------------------------------------ background


@asynccontextmanager
async def _beside(work: list[Background]) -> AsyncIterator[None]:
    """Run what has to be done beside the requests until the block is left; if it fails, so does the block."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one()) for one in work]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
    except BaseExceptionGroup as several:
        # A TaskGroup wraps what the block itself raised, too; who starts a gateway wants to see that error.
        if len(several.exceptions) > 1:
            raise
        raise several.exceptions[0] from None


async def _purge(vault: OpenVault, clock: Clock, sink: Sink) -> None:
    """Drop what has expired, for ever."""
    while True:
        try:
            dropped = _PURGE_AT_ONCE
            while dropped == _PURGE_AT_ONCE:
                dropped = await vault.purge_expired(clock.now_ms() // 1000, _PURGE_AT_ONCE)
        except GatewayError as error:
            sink.emit("purge_failed", code=error.code)
        await asyncio.sleep(_PURGE_EVERY_S)


# ------------------------------------------------------------------------------------------------------- listeners


async def _listen_admin(stack: AsyncExitStack, admin: Admin, settings: Settings, path: Path | None) -> str:
    made = admin.server()
    server = await (bind_path(made, path) if path else bind(made, settings.admin.host, settings.admin.port))
    stack.push_async_callback(made.shutdown, _LAST_WORDS_S)
    stack.callback(made.pre_shutdown)
    stack.callback(server.close)
    return str(path) if path else address_of(server)


async def _listen(stack: AsyncExitStack, exchange: Exchange, rules: LiveRules, parts: _Parts, *, shared: bool) -> str:
    settings, limits = parts.settings.listen, parts.settings.limits.limits()
    proxy = Proxy(
        exchange,
        limits=limits,
        patience=settings.patience(),
        clock=parts.clock,
        sink=parts.sink,
        trusted_proxies=lambda: rules.current.trusted_proxies,
        details_for_all=parts.settings.problem_details == "all",
        streams=True,
    )
    listener = Listener(
        proxy,
        limits=limits,
        patience=settings.patience(),
        sink=parts.sink,
        name_request=proxy.name_request,
        date=proxy.date,
    )
    tls = _tls(settings)
    server = await bind(listener, settings.host, settings.port, backlog=settings.backlog, tls=tls, shared=shared)
    stack.push_async_callback(_drain, server, listener, proxy, parts)
    return address_of(server)


def _tls(settings: Listen) -> ssl.SSLContext | None:
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    required = settings.client_certificate == "required"
    return server_tls(settings.tls_cert, settings.tls_key, settings.client_ca, required=required)


async def _listen_mail(
    stack: AsyncExitStack, world: World, rules: LiveRules, parts: _Parts, *, shared: bool
) -> tuple[str | None, str | None]:
    """Where it listens, and where it begins with TLS."""
    settings = parts.settings.mail
    if settings.port is None and settings.tls_port is None:
        return None, None
    spec = rules.current.claims
    secrets = LocalSecrets(os.environ)  # noqa: TID251 - settings name passwords by variables
    accounts, tls = Accounts(settings.places(), secrets), client_tls(parts.settings.upstream.ca_file)
    upstream = SmtpUpstream(parts.settings.upstream.patience(), tls, settings.name, accounts)
    door = MailDoor(
        room=Mailroom(rules, world, upstream, settings.name),
        sink=parts.sink,
        name_request=lambda: parts.clock.random(8).hex(),
        own_name=settings.name,
        patience=settings.patience(),
        most_bytes=settings.max_message_bytes,
        most_connections=settings.max_connections,
        tls=_mail_tls(settings),
        starttls=settings.starttls == "required",
        logins=Logins(settings.logins, secrets, world.claims, spec.header if spec else "Authorization"),
    )
    listener = MailListener(door)
    kinds = ((settings.port, listener, None), (settings.tls_port, listener.under_tls, door.tls))
    servers = [
        None if port is None else await bind(made, settings.host, port, tls=tls, shared=shared)
        for port, made, tls in kinds
    ]
    stack.push_async_callback(_drain_mail, [one for one in servers if one], listener, parts)
    plain, secured = (address_of(server) if server else None for server in servers)
    return plain, secured


def _mail_tls(settings: MailSettings) -> ssl.SSLContext | None:
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    return server_tls(settings.tls_cert, settings.tls_key, settings.client_ca)


async def _drain_mail(servers: Sequence[asyncio.Server], listener: MailListener, parts: _Parts) -> None:
    """As for requests: what is being handed over gets its answer."""
    for server in servers:
        server.close()
    if not await listener.drain(parts.settings.shutdown_grace_s):
        parts.sink.emit("cut_off")
    await listener.cut(_LAST_WORDS_S)


async def _drain(server: asyncio.Server, listener: Listener, proxy: Proxy, parts: _Parts) -> None:
    """Take no new connections, let what is under way finish, then end what has not."""
    server.close()
    listener.close_idle()
    if not await proxy.drain(parts.settings.shutdown_grace_s):
        parts.sink.emit("cut_off")
    listener.pre_shutdown()
    await listener.shutdown(_LAST_WORDS_S)
