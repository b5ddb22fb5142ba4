"""Name → factory for every kind of plug-in. A new one is a line here; nothing registers itself.

A store's address in the rules is ``scheme:where``; relative paths begin at the process's state directory.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gateway.adapters.anchors_file import AnchorFile
from gateway.adapters.keys_file import FileKeys
from gateway.adapters.keys_memory import MemoryKeys
from gateway.adapters.ledger_memory import MemoryLedger
from gateway.adapters.upstream.http11 import Http11Upstream
from gateway.adapters.upstream.session import SessionUpstream
from gateway.adapters.vault_memory import MemoryVault
from gateway.adapters.vault_sqlite import SqliteDataKeys, SqliteLedger, SqliteVault
from gateway.core.naming import ref_of
from gateway.model.chain import ledger_key
from gateway.model.errors import RulesError
from gateway.model.limits import Limits, Patience
from gateway.model.rules import RegionSpec
from gateway.model.secret import RegionKeys
from gateway.ports import Clock, KeyProvider, Ledger, Sink, Upstream, Vault


class OpenVault(Vault, Protocol):
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

    @property
    def vault_file(self) -> Path:
        return self.state_dir / _where(self.spec.vault)

    @property
    def key_directory(self) -> Path:
        return self.state_dir / _where(self.spec.key)

    @property
    def data_key_file(self) -> Path:
        """A file of its own, never in a copy of the vault."""
        return self.key_directory / f"{self.spec.name}.data-keys.db"

    @property
    def anchor_file(self) -> Path:
        """Beside the keys, away from the vault that it speaks for."""
        return self.key_directory / f"{self.spec.name}.anchors.jsonl"


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


def _sqlite_vault(site: Site) -> VaultKit:
    vault = SqliteVault(site.vault_file, site.spec.name, clock=site.clock, ref_of=ref_of)

    def ledger(keys: RegionKeys) -> SqliteLedger:
        return SqliteLedger(vault, ledger_key(keys), anchors=AnchorFile(site.anchor_file), clock=site.clock)

    return VaultKit(vault, ledger)


def _memory_vault(site: Site) -> VaultKit:
    vault = MemoryVault(site.spec.name, clock=site.clock, ref_of=ref_of)
    return VaultKit(vault, lambda _: MemoryLedger(vault.entries))


def _file_keys(site: Site, vault: OpenVault) -> KeyKit:
    store = SqliteDataKeys(site.data_key_file, site.spec.name, clock=site.clock)
    keys = FileKeys(
        site.key_directory,
        site.spec.name,
        store=store,
        filled=lambda: not vault.empty(),
        clock=site.clock,
        sink=site.sink,
    )

    async def start() -> None:
        await asyncio.to_thread(store.start)
        await keys.start()

    async def close() -> None:
        await keys.close()
        store.close()

    return KeyKit(keys, start, close)


def _memory_keys(site: Site, _: OpenVault) -> KeyKit:
    async def nothing() -> None:
        """Memory is neither opened nor closed."""

    return KeyKit(MemoryKeys(site.clock), nothing, nothing)


VAULTS: Mapping[str, Callable[[Site], VaultKit]] = {"sqlite": _sqlite_vault, "memory": _memory_vault}
KEYS: Mapping[str, Callable[[Site, OpenVault], KeyKit]] = {"file": _file_keys, "memory": _memory_keys}
UPSTREAMS: Mapping[str, Callable[[Patience, Limits, ssl.SSLContext | None], OpenUpstream]] = {
    "http11": Http11Upstream,
    "session": SessionUpstream,
}


def vault_of(site: Site) -> VaultKit:
    """The vault that the region's address names; GW-S015 for a scheme that nobody has."""
    return VAULTS[_scheme("vault", site.spec, site.spec.vault, list(VAULTS))](site)


def keys_of(site: Site, vault: OpenVault) -> KeyKit:
    """The keys that the region's address names; GW-S015 for a scheme that nobody has."""
    return KEYS[_scheme("key", site.spec, site.spec.key, list(KEYS))](site, vault)


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
