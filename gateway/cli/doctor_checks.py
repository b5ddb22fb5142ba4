"""What has to be true of a machine before a gateway is started on it. Nothing here makes a vault or a key."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cryptography import x509

from gateway.adapters.signal_geoip import STALE_DAYS, MmdbFile
from gateway.catalog import OpenVault, Site, vault_of
from gateway.cli.keys import opened_key_set, store_exists, store_place
from gateway.core.plan import default_region
from gateway.model.errors import GatewayError
from gateway.model.rules import Ruleset
from gateway.model.table import Unfinished
from gateway.ports import Clock, Sink
from gateway.ruleset.adoption import refuse_to_lock_out
from gateway.ruleset.load import load as load_rules
from gateway.server.binding import server_tls
from gateway.settings import Settings

Verdict = Literal["ok", "warn", "fail"]

_BORN_MS = 1_790_000_000_000
"""September 2026: a clock before the gateway was written is wrong."""

_SLOW_SYNC_MS = 20.0
_ROOM_BYTES = 2**30
_LAST_ROOM_BYTES = 100 * 2**20
_OPEN_FILES = 4096
_CERT_DAYS = 21


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    says: str
    mend: str = ""


class Silence:
    """A sink for what only a running gateway would tell."""

    def emit(self, event: str, **facts: str | float) -> None:
        """Nobody listens."""


async def examine(settings: Settings, clock: Clock) -> list[Check]:
    """Every check, in the order in which a start would meet them."""
    rules, ruleset = _rules(settings.rules)
    stores = [check async for check in _stores(ruleset, settings, clock, Silence())] if ruleset else []
    return [
        rules,
        *stores,
        *_ports(settings),
        *_certificate(settings, clock),
        *_geoip(settings, clock),
        _clock(settings, clock),
        *_limits(),
    ]


# ------------------------------------------------------------------------------------------------ rules and stores


def _rules(files: Sequence[Path]) -> tuple[Check, Ruleset | None]:
    if not files:
        return Check("rules", "fail", "none were named", "say --rules FILE"), None
    try:
        ruleset = load_rules(files)
    except GatewayError as error:
        return Check("rules", "fail", f"{error.code} {error.what}", "pii-gateway rules check shows all of it"), None
    counted = (
        f"{len(ruleset.rules)} rules, {len(ruleset.routes)} routes, their tests pass, digest {ruleset.digest[:12]}"
    )
    return Check("rules", "ok", counted), ruleset


async def _stores(ruleset: Ruleset, settings: Settings, clock: Clock, sink: Sink) -> AsyncIterator[Check]:
    for region, spec in ruleset.regions.items():
        site = Site(spec, settings.state_dir, clock, sink, settings.keys.pace())
        if spec.vault.startswith("memory:"):
            yield Check(f"vault {region}", "warn", "memory: everything is lost at the end", "use sqlite: in earnest")
            continue
        yield await _vault(site)
        yield await _keys(site)
        if spec.vault.startswith("sqlite:"):
            yield await _sync(f"disk of {region}", _nearest(site.vault_file.parent))
            yield _room(f"room for {region}", _nearest(site.vault_file.parent))
    if ruleset.regions:
        home = ruleset.regions[default_region(ruleset)]
        yield await _directory(ruleset, Site(home, settings.state_dir, clock, sink), clock)


async def _vault(site: Site) -> Check:
    name = f"vault {site.spec.name}"
    if site.vault_missing:
        return _writable(name, site.vault_file.parent, "will be made at the first start")
    try:
        async with _opened(site) as vault:
            await vault.ready()
    except GatewayError as error:
        return _failed(name, error)
    place = site.vault_file if site.spec.vault.startswith("sqlite:") else "the server"
    return Check(name, "ok", f"{place} opens and commits")


async def _directory(ruleset: Ruleset, site: Site, clock: Clock) -> Check:
    """Whether look-ups find those who registered before the gateway came."""
    today = datetime.fromtimestamp(clock.now_ms() / 1000, UTC).date()
    under_way: Sequence[Unfinished] = ()
    try:
        if site.spec.vault.startswith("memory:") or site.vault_missing:
            refuse_to_lock_out(ruleset, today, lambda: True, list)
        else:
            async with _opened(site) as vault:
                refuse_to_lock_out(ruleset, today, vault.knows_nobody, vault.imports)
                under_way = vault.imports()
    except GatewayError as error:
        return _failed("directory", error)
    if under_way:
        names = ", ".join(f"{one.name} of {one.to}'s users" for one in under_way)
        return Check("directory", "warn", f"not done: import {names}", "pii-gateway import … --resume")
    return Check("directory", "ok", "nobody is locked out")


@asynccontextmanager
async def _opened(site: Site) -> AsyncIterator[OpenVault]:
    vault = vault_of(site).vault
    await vault.start()
    try:
        yield vault
    finally:
        await vault.close()


async def _keys(site: Site) -> Check:
    name, root = f"keys {site.spec.name}", site.spec.key.partition("?")[0]
    if not store_exists(site):
        if site.vault_file.exists():
            says = f"{site.data_key_file} is missing, the vault is not"
            return Check(name, "fail", says, "restore the key store from its backup")
        return _writable(name, site.key_directory, "will be made at the first start")
    try:
        await opened_key_set(site)
    except GatewayError as error:
        return _failed(name, error)
    return Check(name, "ok", f"{store_place(site)} opens under the root {root}")


def _writable(name: str, directory: Path, says: str) -> Check:
    there = _nearest(directory)
    if os.access(there, os.W_OK | os.X_OK):
        return Check(name, "ok", f"{says}, below {there}")
    return Check(name, "fail", f"{there} can't be written by this user", f"chown it to user {os.getuid()}")


async def _sync(name: str, directory: Path) -> Check:
    """How long one durable write takes: the median of nine, since each is what a request waits for."""
    loop = asyncio.get_running_loop()
    taken: list[float] = []
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            for _ in range(9):
                before = loop.time()
                file.write(bytes(4096))
                file.flush()
                os.fdatasync(file.fileno())
                taken.append((loop.time() - before) * 1000)
    except OSError as error:
        return Check(name, "fail", f"{directory} can't be written ({type(error).__name__})", "check disk and rights")
    took = sorted(taken)[len(taken) // 2]
    if took > _SLOW_SYNC_MS:
        return Check(name, "warn", f"a durable write takes {took:.1f} ms", "put the vault on a faster disk")
    return Check(name, "ok", f"a durable write takes {took:.2f} ms")


def _room(name: str, directory: Path) -> Check:
    free = shutil.disk_usage(directory).free
    says = f"{free / 2**30:.1f} GiB free at {directory}"
    if free < _LAST_ROOM_BYTES:
        return Check(name, "fail", says, "make room: a full vault refuses requests")
    return Check(name, "warn" if free < _ROOM_BYTES else "ok", says, "make room" if free < _ROOM_BYTES else "")


# ----------------------------------------------------------------------------------------------------- the network


def _ports(settings: Settings) -> Iterator[Check]:
    for name, host, port in (
        ("listener", settings.listen.host, settings.listen.port),
        ("admin", settings.admin.host, settings.admin.port),
    ):
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            yield Check(name, "fail", f"{host}:{port} can't be had ({type(error).__name__})", "is a gateway running?")
        else:
            yield Check(name, "ok", f"{host}:{port} is free" if port else f"{host}, any free port")


def _certificate(settings: Settings, clock: Clock) -> Iterator[Check]:
    cert = settings.listen.tls_cert
    if cert is None:
        if settings.listen.host not in ("127.0.0.1", "::1", "localhost"):
            yield Check("tls", "warn", "clients come in without TLS", "set listen.tls_cert, or end TLS on this machine")
        return
    try:
        ends = x509.load_pem_x509_certificate(cert.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        yield Check("tls", "fail", f"{cert} can't be read as a PEM certificate", "check listen.tls_cert")
        return
    days = (ends.timestamp() * 1000 - clock.now_ms()) / 86_400_000
    verdict: Verdict = "fail" if days < 0 else "warn" if days < _CERT_DAYS else "ok"
    yield Check("tls", verdict, f"the certificate ends in {days:.0f} days", "" if verdict == "ok" else "renew it")
    try:
        server_tls(cert, settings.listen.tls_key or cert, settings.listen.client_ca)
    except GatewayError as error:
        yield _failed("tls files", error)


def _geoip(settings: Settings, clock: Clock) -> Iterator[Check]:
    for path in settings.geoip.files:
        try:
            file = MmdbFile(path)
        except GatewayError as error:
            yield _failed("geoip", error)
            continue
        days = file.age_days(clock.now_ms())
        file.close()
        stale = days > STALE_DAYS
        yield Check(
            "geoip", "warn" if stale else "ok", f"{path} is {days:.0f} days old", "fetch a new one" if stale else ""
        )
    if not settings.geoip.files:
        source = "the registries' data that come with the gateway" if settings.geoip.embedded else "nothing"
        yield Check("geoip", "ok", f"addresses are located by {source}")


# ----------------------------------------------------------------------------------------------------- the machine


def _clock(settings: Settings, clock: Clock) -> Check:
    now_ms = clock.now_ms()
    says = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    newest_ms = max((_modified_ms(path) for path in _files(settings.rules)), default=0.0)
    if now_ms < _BORN_MS or now_ms < newest_ms - 60_000:
        return Check("clock", "fail", f"it is behind: {says}", "set it; expiry, ids and until: depend on it")
    return Check("clock", "ok", says)


def _limits() -> Iterator[Check]:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = files != resource.RLIM_INFINITY and files < _OPEN_FILES
    yield Check("open files", "warn" if few else "ok", f"{files} at once", f"ulimit -n {_OPEN_FILES}" if few else "")
    core, _ = resource.getrlimit(resource.RLIMIT_CORE)
    dumps = core != 0
    says = "a core dump would hold originals and keys" if dumps else "no core dumps"
    yield Check("core dumps", "warn" if dumps else "ok", says, "ulimit -c 0" if dumps else "")
    size, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    bounded = size != resource.RLIM_INFINITY
    says = f"no file may grow over {size} bytes" if bounded else "files may grow"
    yield Check("file size", "warn" if bounded else "ok", says, "ulimit -f unlimited" if bounded else "")


def _failed(name: str, error: GatewayError) -> Check:
    return Check(name, "fail", f"{error.code} {error.what}", error.mend)


def _nearest(directory: Path) -> Path:
    """The directory, or the nearest one above that is there."""
    there: Callable[[Path], bool] = Path.is_dir
    return next(filter(there, [directory.absolute(), *directory.absolute().parents]))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from path.glob("*.yaml") if path.is_dir() else [path]


def _modified_ms(path: Path) -> float:
    return path.stat().st_mtime * 1000 if path.exists() else 0.0
