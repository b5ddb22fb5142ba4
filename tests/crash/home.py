"""The home store read from outside, after the gateway that wrote it is dead: what do the tokens resolve to?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.sink_memory import MemorySink
from gateway.catalog import KeyKit, Site, keys_of, vault_of
from gateway.core.naming import sightings
from gateway.core.seal import open_record
from gateway.model.kept import Fetch
from gateway.model.names import Token
from gateway.model.rules import RegionSpec, Ruleset
from gateway.ports import Vault

DOMAIN, BLOCK = "t.example", "+7976"


@dataclass
class Home:
    """A vault and its keys, opened a second time."""

    vault: Vault
    keys: KeyKit
    spec: RegionSpec

    async def originals(self, tokens: Iterable[Token]) -> dict[Token, str]:
        """What each token stands for; a token that resolves to nothing, or does not open, is missing."""
        found: dict[Token, str] = {}
        fetched = await self.vault.fetch(Fetch(tokens=tuple(tokens)))
        for token, holdings in fetched.holdings.items():
            record = fetched.records[holdings[0].ref[0]]
            keys = await self.keys.keys.open(self.spec.name, (record.subject,))
            fields = open_record(
                keys[record.subject],
                region=record.region,
                scope=record.scope,
                record=record.record,
                sealed=record.sealed,
            )
            found.update((token, field.text) for field in fields if field.index == holdings[0].ref[1])
        return found


@asynccontextmanager
async def home(state_dir: Path, ruleset: Ruleset) -> AsyncIterator[Home]:
    spec = next(iter(ruleset.regions.values()))
    site = Site(spec, state_dir, SystemClock(), MemorySink())
    kit = vault_of(site)
    await kit.vault.start()
    keys = keys_of(site, kit.vault)
    await keys.start()
    try:
        yield Home(kit.vault, keys, spec)
    finally:
        await keys.close()
        await kit.vault.close()


def tokens_of(body: bytes) -> set[Token]:
    """Every token that a received body holds."""
    text = body.decode("utf-8", "replace")
    return {token for _, token, _ in sightings(text, domains=(DOMAIN,), phone_block=BLOCK)}
