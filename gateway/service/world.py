"""Everything outside the core that an exchange needs, in one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from gateway.core.plan import default_region
from gateway.model.credential import Tokens
from gateway.model.limits import Limits
from gateway.model.names import Region
from gateway.model.rules import Ruleset
from gateway.model.secret import Secrets
from gateway.ports import (
    ClaimVerifier,
    Clock,
    KeyProvider,
    Ledger,
    Registry,
    SignalSource,
    Sink,
    SocketUpstream,
    Upstream,
    Vault,
)
from gateway.service.aside import Aside
from gateway.service.filing import Filing
from gateway.service.name_reader import NameReader
from gateway.service.observed import Observed


@dataclass(frozen=True, slots=True)
class World:
    """The ports. ``vaults`` holds one home store a region."""

    vaults: Mapping[Region, Vault]
    keys: KeyProvider
    ledger: Ledger
    upstream: Upstream
    signals: SignalSource
    clock: Clock
    sink: Sink
    claims: ClaimVerifier | None = None
    sockets: SocketUpstream | None = None
    secrets: Secrets | None = None
    tokens: Tokens | None = None
    limits: Limits = Limits()
    aside: Aside = field(default_factory=Aside)
    files: Filing | None = None
    names: NameReader | None = None
    observed: Observed | None = None
    registries: Mapping[Region, Registry] = field(default_factory=dict)
    """Of the same vaults, for the orders that a gateway gives itself: two persons are one by a verified login."""

    def home_vault(self, ruleset: Ruleset) -> Vault:
        """The vault that also keeps the directory, sessions and shown tokens."""
        return self.vaults[default_region(ruleset)]

    def today(self) -> date:
        """The day in UTC, by which rules expire."""
        return datetime.fromtimestamp(self.clock.now_ms() / 1000, UTC).date()

    def now_s(self) -> int:
        return self.clock.now_ms() // 1000
