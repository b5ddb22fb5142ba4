"""Name → factory for every kind of plug-in. A new one is a line here; nothing registers itself.

A store's address in the rules is ``scheme:where``; relative paths begin at the process's state directory.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

from gateway.adapters.anchors_file import AnchorFile
from gateway.adapters.files_folder import FolderFiles
from gateway.adapters.files_s3 import S3Files
from gateway.adapters.files_s3 import parsed as s3_place
from gateway.adapters.keys_memory import MemoryKeys
from gateway.adapters.keys_wrapped import IndexTurning, Pace, WrappedKeys
from gateway.adapters.ledger_memory import MemoryLedger
from gateway.adapters.names_pool import NamesPool, PoolSizes
from gateway.adapters.orders_file import OrdersFile
from gateway.adapters.root_local import EnvironmentRoot, FileRoot
from gateway.adapters.root_transit import TransitRoot
from gateway.adapters.upstream.http11 import Http11Upstream
from gateway.adapters.upstream.session import SessionUpstream
from gateway.adapters.vault_memory import MemoryVault
from gateway.adapters.vault_postgres import PostgresDataKeys, PostgresLedger, PostgresVault, address_of
from gateway.adapters.vault_sqlite import SqliteDataKeys, SqliteLedger, SqliteVault
from gateway.core.naming import ref_of
from gateway.model.chain import ledger_key
from gateway.model.errors import RulesError, WorldError
from gateway.model.limits import KeyPace, Limits, Patience
from gateway.model.rules import RegionSpec
from gateway.model.secret import RegionKeys
from gateway.model.table import Unfinished
from gateway.ports import (
    Clock,
    DataKeyStore,
    Indexed,
    Inventory,
    KeyProvider,
    Ledger,
    ObjectStore,
    Registry,
    Root,
    Sink,
    Upstream,
    Vault,
)
from gateway.service.erasure import Erasing
from gateway.settings import ModelSettings


class Adoption(Protocol):
    """Which tables are on their way into a directory, so that nobody enforces look-ups over half of one. WorldError.

    What is noted is durable; an import that was begun before stays as it is. ``imports`` (by name) blocks the caller.
    """

    async def import_begun(self, one: Unfinished) -> None: ...

    async def import_ended(self, name: str) -> None: ...

    def imports(self) -> Sequence[Unfinished]: ...


class OpenVault(Vault, Inventory, Registry, Erasing, Indexed, Adoption, Protocol):
    """A vault as the wiring handles it."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def ready(self) -> None: ...

    async def purge_expired(self, now_s: int, most: int = 500) -> int: ...

    def empty(self) -> bool: ...

    def knows_nobody(self) -> bool: ...


class OpenLedger(Ledger, Protocol):
    """A ledger as the wiring handles it."""

    def start(self) -> None: ...

    async def close(self) -> None: ...

    async def ready(self) -> None: ...


class OpenKeys(KeyProvider, Protocol):
    """A key provider as the wiring handles it."""

    async def ready(self) -> None: ...


class OpenKeyStore(DataKeyStore, Protocol):
    """A key store as the wiring handles it."""

    def start(self) -> None: ...

    def close(self) -> None: ...


class OpenUpstream(Upstream, Protocol):
    """An upstream as the wiring handles it."""

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Site:
    """Where a region's stores stand, and what they are given."""

    spec: RegionSpec
    state_dir: Path
    clock: Clock
    sink: Sink
    keys: KeyPace = KeyPace()
    closed_too: bool = False
    """Open a vault even while it is kept closed after a restore: for audits and mends, not for traffic."""

    @property
    def vault_file(self) -> Path:
        """GW-S015 for an address of no known kind: it is no path, and may hold a password."""
        _scheme("vault", self.spec, self.spec.vault, list(VAULTS))
        return self.state_dir / _where(self.spec.vault)

    @property
    def vault_missing(self) -> bool:
        """True if the vault is a file that is not made yet."""
        return self.spec.vault.startswith("sqlite:") and not self.vault_file.exists()

    @property
    def key_directory(self) -> Path:
        """Where a ``file:`` root says, else ``keys`` in the state directory."""
        scheme, _, where = self.spec.key.partition(":")
        return self.state_dir / (where if scheme == "file" else "keys")

    @property
    def root_directory(self) -> Path:
        """The root key files of a ``file:`` root: apart from what they open."""
        return self.key_directory / "root"

    @property
    def data_key_file(self) -> Path:
        """The key store, a file of its own, never in a copy of the vault."""
        if self.spec.key_store:
            _scheme("key store", self.spec, self.spec.key_store, list(KEY_STORES))
        where = _where(self.spec.key_store)
        return self.state_dir / where if where else self.key_directory / f"{self.spec.name}.data-keys.db"

    @property
    def key_store(self) -> str:
        """The address of the key store."""
        return self.spec.key_store or f"sqlite:{self.data_key_file}"

    @property
    def files(self) -> str:
        """The address of the object store."""
        return self.spec.files or f"dir:files/{self.spec.name}"

    @property
    def anchor_file(self) -> Path:
        """Beside the keys, away from the vault that it speaks for."""
        return self.key_directory / f"{self.spec.name}.anchors.jsonl"

    @property
    def orders_file(self) -> Path:
        """Beside the keys too: a vault that is lost does not take it along."""
        return self.key_directory / f"{self.spec.name}.orders.jsonl"


@dataclass(frozen=True, slots=True)
class VaultKit:
    """A vault, and the ledger that commits with it."""

    vault: OpenVault
    ledger: Callable[[RegionKeys], OpenLedger]


@dataclass(frozen=True, slots=True)
class KeyKit:
    """Keys, and how they are opened and let go."""

    keys: OpenKeys
    start: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    tend: Callable[[], Coroutine[object, object, None]]
    """What has to be done beside the requests, for ever."""


def _sqlite_vault(site: Site) -> VaultKit:
    vault = SqliteVault(site.vault_file, site.spec.name, clock=site.clock, ref_of=ref_of)
    if site.closed_too:
        vault.even_closed()

    def ledger(keys: RegionKeys) -> SqliteLedger:
        return SqliteLedger(vault, ledger_key(keys), anchors=AnchorFile(site.anchor_file), clock=site.clock)

    return VaultKit(vault, ledger)


def _postgres_vault(site: Site) -> VaultKit:
    vault = PostgresVault(address_of(site.spec.vault), site.spec.name, clock=site.clock, ref_of=ref_of)
    if site.closed_too:
        vault.even_closed()

    def ledger(keys: RegionKeys) -> PostgresLedger:
        return PostgresLedger(vault, ledger_key(keys), anchors=AnchorFile(site.anchor_file), clock=site.clock)

    return VaultKit(vault, ledger)


def _memory_vault(site: Site) -> VaultKit:
    vault = MemoryVault(site.spec.name, clock=site.clock, ref_of=ref_of)
    return VaultKit(vault, lambda _: MemoryLedger(vault.entries))


def _file_root(site: Site) -> FileRoot:
    return FileRoot(site.root_directory, site.spec.name, site.clock)


def _environment_root(site: Site) -> EnvironmentRoot:
    return EnvironmentRoot(_where(site.spec.key), site.spec.name, _environment(), site.clock)


def _pkcs11_root(site: Site) -> Root:
    try:
        from gateway.adapters.root_pkcs11 import Pkcs11Root  # noqa: PLC0415 - its package is optional
    except ImportError as error:
        raise WorldError(
            "GW-K118",
            f"region {site.spec.name} has its root key in a PKCS#11 token, but the package for that is not installed: "
            "the region stays closed.",
            "pip install pii-gateway[pkcs11]",
        ) from error
    return Pkcs11Root(site.spec.key, site.spec.name, _environment(), site.clock)


def _transit_root(site: Site) -> TransitRoot:
    return TransitRoot(site.spec.key, site.spec.name, _environment(), site.keys.root_s)


def _environment() -> Mapping[str, str]:
    """Secrets that an operator handed to this process; the settings never read them."""
    return os.environ  # noqa: TID251 - root keys, PINs and tokens are named by the rules, not by settings


def key_store_of(site: Site) -> OpenKeyStore:
    """The region's wrapped keys; to be started. GW-S015 for a scheme that nobody has."""
    return KEY_STORES[_scheme("key store", site.spec, site.key_store, list(KEY_STORES))](site)


def _sqlite_key_store(site: Site) -> SqliteDataKeys:
    return SqliteDataKeys(site.data_key_file, site.spec.name, clock=site.clock)


def _postgres_key_store(site: Site) -> PostgresDataKeys:
    return PostgresDataKeys(address_of(site.spec.key_store), site.spec.name, random=site.clock.random)


def wrapped_keys_of(site: Site, store: DataKeyStore, filled: Callable[[], bool]) -> WrappedKeys:
    """The region's keys over its root; to be started. GW-S015 for a scheme without a root."""
    root = ROOTS[_scheme("key", site.spec, site.spec.key, list(ROOTS))](site)
    pace = Pace(keys=site.keys)
    return WrappedKeys(
        site.spec.name, root=root, store=store, filled=filled, clock=site.clock, sink=site.sink, pace=pace
    )


def _wrapped_keys(site: Site, vault: OpenVault) -> KeyKit:
    store = key_store_of(site)
    keys = wrapped_keys_of(site, store, lambda: not vault.empty())
    turning = IndexTurning(keys.ring, vault)

    async def start() -> None:
        await asyncio.to_thread(store.start)
        await keys.start()
        await turning.stand()

    async def close() -> None:
        await keys.close()
        store.close()

    async def tend() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keys.tend())
            tasks.create_task(turning.tend(site.sink))

    return KeyKit(keys, start, close, tend)


def _memory_keys(site: Site, _: OpenVault) -> KeyKit:
    async def nothing() -> None:
        """Memory is neither opened nor closed, and what is in it does not turn."""

    return KeyKit(MemoryKeys(site.clock), nothing, nothing, nothing)


def _folder_files(site: Site) -> FolderFiles:
    return FolderFiles(site.state_dir / _where(site.files))


def _s3_files(site: Site) -> S3Files:
    return S3Files(s3_place(site.files, site.spec.name, _environment()), site.clock)


def files_of(site: Site) -> ObjectStore:
    """The object store that the region's address names; GW-S015 for a scheme that nobody has."""
    return FILES[_scheme("object store", site.spec, site.files, list(FILES))](site)


FILES: Mapping[str, Callable[[Site], ObjectStore]] = {"dir": _folder_files, "s3": _s3_files}
ROOTS: Mapping[str, Callable[[Site], Root]] = {
    "file": _file_root,
    "env": _environment_root,
    "pkcs11": _pkcs11_root,
    "transit": _transit_root,
}
VAULTS: Mapping[str, Callable[[Site], VaultKit]] = {
    "sqlite": _sqlite_vault,
    "postgresql": _postgres_vault,
    "memory": _memory_vault,
}
KEY_STORES: Mapping[str, Callable[[Site], OpenKeyStore]] = {
    "sqlite": _sqlite_key_store,
    "postgresql": _postgres_key_store,
}
KEYS: Mapping[str, Callable[[Site, OpenVault], KeyKit]] = {
    **dict.fromkeys(ROOTS, _wrapped_keys),
    "memory": _memory_keys,
}
MODELS: Mapping[str, str] = {
    "builtin": "gateway.core.detect.builtin:open_model",
    "slovnet": "gateway.adapters.name_models.slovnet:open_model",
    "onnx": "gateway.adapters.name_models.onnx:open_model",
}
"""Who makes a model of a folder; named, not imported: only the model's own process has its package."""

_AS_WRITTEN = frozenset({"builtin"})
"""Models that read texts without capitals as they are."""

UPSTREAMS: Mapping[str, Callable[[Patience, Limits, ssl.SSLContext | None], OpenUpstream]] = {
    "http11": Http11Upstream,
    "session": SessionUpstream,
}


def names_of(model: ModelSettings, sink: Sink) -> NamesPool | None:
    """The pool of the model that the settings name; to be started."""
    if model.use == "none":
        return None
    sizes = PoolSizes(**{field.name: getattr(model, field.name) for field in fields(PoolSizes)})
    address, as_written = MODELS.get(model.use, model.use), model.use in _AS_WRITTEN
    return NamesPool(address, model.path or Path(), sizes, sink, as_written=as_written)


def vault_of(site: Site) -> VaultKit:
    """The vault that the region's address names; GW-S015 for a scheme that nobody has."""
    return VAULTS[_scheme("vault", site.spec, site.spec.vault, list(VAULTS))](site)


def keys_of(site: Site, vault: OpenVault) -> KeyKit:
    """The keys that the region's address names; GW-S015 for a scheme that nobody has."""
    return KEYS[_scheme("key", site.spec, site.spec.key, list(KEYS))](site, vault)


def orders_of(site: Site) -> OrdersFile | None:
    """The region's journal of orders; None for what does not outlive the process."""
    return None if site.spec.vault.startswith("memory:") else OrdersFile(site.orders_file, site.spec.name)


def _where(address: str) -> str:
    return address.partition(":")[2]


def _scheme(what: str, spec: RegionSpec, address: str, known: Sequence[str]) -> str:
    scheme = address.partition(":")[0]
    if scheme not in known:
        raise RulesError(
            "GW-S015",
            f"the {what} of region {spec.name!r} has the scheme {scheme!r}, which this gateway does not know: "
            "there is nowhere to keep data.",
            f"write one of {', '.join(f'{name}:' for name in known)}",
        )
    return scheme
