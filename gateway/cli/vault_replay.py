"""What was ordered about people since a backup, carried out again over the vault that came back from it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gateway.adapters.keys_wrapped import IndexTurning, WrappedKeys
from gateway.adapters.orders_file import OrdersFile, altered
from gateway.catalog import Site, vault_of
from gateway.cli.vault_site import keys_at
from gateway.model.orders import OrderLine, in_order, orders_key
from gateway.service.replay import replay


def journals_of(site: Site, named: Sequence[Path]) -> tuple[Path, ...]:
    """Those that were named; else the one at its place, if there is one."""
    return tuple(named) or ((site.orders_file,) if site.orders_file.exists() else ())


def head_of(site: Site) -> str:
    """How far the journal is, for a backup to remember."""
    return OrdersFile(site.orders_file, site.spec.name).head()


def read_journals(journals: Sequence[Path], site: Site, keys: WrappedKeys, head: str) -> list[OrderLine]:
    """The lines of all hosts' journals by time, each journal whole. ``head``: where one of them was with the backup.

    Raises WorldError: GW-V146, GW-V147.
    """
    secrets = {key.version: key.secret for key in map(orders_key, keys.ring.keys.generations)}
    read = [OrdersFile(path, site.spec.name).read(secrets) for path in journals]
    if head and journals and not any(f"{line.number} {line.mac}" == head for lines in read for line in lines):
        raise altered(journals[0], "it does not reach to where it was when the backup was taken")
    return in_order(read)


async def replay_over(site: Site, journals: Sequence[Path], closing: str | None) -> Counter[str]:
    """Carried out over the vault in its place, closed or not; ``closing``: what its mark says."""
    async with keys_at(site) as (keys, _):
        head = str(json.loads(closing).get("orders", "")) if closing else ""
        lines = await asyncio.to_thread(read_journals, journals, site, keys, head)
        vault = vault_of(replace(site, closed_too=True)).vault
        IndexTurning(keys.ring, vault)
        await vault.start()
        try:
            return await replay(lines, site.spec.name, vault, keys)
        finally:
            await vault.close()


def told(done: Counter[str]) -> str:
    counts = ", ".join(f"{count} {what}" for what, count in sorted(done.items()))
    return f"{done.total()} orders replayed" + (f" ({counts})" if counts else "")
