"""``pii-gateway keys``: new, list, rotate, status; wherever the rules keep the root key."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.keys_wrapped import LINES, IndexTurning, KeySet, LineName, WrappedKeys
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_postgres import address_of
from gateway.catalog import ROOTS, Site, key_store_of, vault_of, wrapped_keys_of
from gateway.cli.serve import effective_settings
from gateway.model.errors import GatewayError, WorldError
from gateway.model.turning import IndexStand, Phase
from gateway.ports import DataKeyStore
from gateway.ruleset.load import load as load_rules

EXAMPLES = """\b
Examples:
  pii-gateway keys new --rules mine.yaml           make them before the start
  pii-gateway keys list --rules mine.yaml          every version of every key
  pii-gateway keys rotate epoch --rules mine.yaml  a new one, while serve runs
  pii-gateway keys status --rules mine.yaml        can they be used?
"""

NOTE = """\
Without the root key nothing that is kept can be read. A root key in a file
beside its data is for trials: move to an HSM or a transit engine, or keep
copies of the files apart from every copy of vault and key store, and none
for longer than erase_grace_days. See docs/how-to/keys.md."""

RULES = click.option(
    "--rules", "files", multiple=True, type=click.Path(exists=True, path_type=Path), help="As for serve."
)
SETTINGS = click.option(
    "--settings", "settings_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="As for serve."
)
REGION = click.option("--region", help="Only this region of the rules.")
JSON = click.option("--json", "as_machine", is_flag=True, help="Print JSON for machines.")

ROTATED = ("root", "epoch", "field", "pseudonym", "index")
WORDS: Mapping[Phase, str] = {
    "steady": "about to begin",
    "fill": "rows get their next names",
    "lift": "records learn the next names",
    "drop": "rows lose their older names",
}
_EPOCHS_LATE = 2
_NONE_YET = "no keys yet, serve will make them"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one of a region's keys; ``made`` is the minute in UTC, empty where nobody knows."""

    region: str
    key: str
    version: str
    made: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a region's keys can be used; ``data_keys`` None where there is no store yet.

    ``stale``: data keys that are still under an older epoch than the one in force. ``index``: by which index key the
    vault's rows are named, and how far a turn has come.
    """

    region: str
    ok: bool
    says: str
    root: str
    store: str
    data_keys: int | None
    stale: int = 0
    index: str = ""


@click.group("keys", epilog=EXAMPLES)
def keys_group() -> None:
    """The keys of each region.

    A root key, kept where the rules say, opens the region's key set; an epoch key of the key set opens the people's own
    data keys. Key set and data keys lie, wrapped, in the key store.
    """


@keys_group.command("new")
@RULES
@SETTINGS
@REGION
def new_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None) -> None:
    """Make the keys of a region, while its vault is still empty.

    serve makes them itself at its first start; this makes them where somebody looks on. Never replaces keys.
    """
    for site in sites(files, settings_file, region):
        asyncio.run(_make(site))
        click.echo(f"made the keys of {site.spec.name} in {store_place(site)}")
    click.echo(NOTE)


@keys_group.command("list")
@RULES
@SETTINGS
@REGION
@JSON
def list_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None, as_machine: bool) -> None:
    """Every version of every region's keys. Shows no key."""
    found = [one for site in sites(files, settings_file, region) for one in asyncio.run(_versions(site))]
    if as_machine:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    for one in found:
        made = f"made {one.made}" if one.made else "made by its keeper"
        click.echo(f"{one.region}  {one.key:<9}  {one.version:<16}  {made}{'  in force' if one.in_force else ''}")


@keys_group.command("rotate")
@click.argument("key", type=click.Choice(ROTATED))
@RULES
@SETTINGS
@REGION
def rotate_command(key: str, *, files: Sequence[Path], settings_file: Path | None, region: str | None) -> None:
    """Make a new version of a key, in force at once; a running gateway notices within a second.

    root: a new generation of the root, and an epoch with it. epoch: wraps data keys; those that exist are wrapped anew.
    field: seals encrypted fields; old ones still open. pseudonym: from now on pseudonyms are others than before. index:
    names the vault's rows; each is named anew beside the traffic, every token stays. May be stopped and run again at
    any time: what is left is done by the next call, or by a gateway.
    """
    for site in sites(files, settings_file, region):
        if key == "index":
            standing = asyncio.run(_rotate_index(site))
            click.echo(f"{site.spec.name}: index rotated, the vault is named by generation {standing.generation}")
            continue
        count = asyncio.run(_rotate(site, key))
        click.echo(f"{site.spec.name}: {key} rotated" + (f", {count:,} data keys wrapped anew" if count else ""))


@keys_group.command("status")
@RULES
@SETTINGS
@REGION
@JSON
def status_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None, as_machine: bool) -> None:
    """Whether each region's keys can be used. Exits with 1 if any can't."""
    found = [asyncio.run(_status(site)) for site in sites(files, settings_file, region)]
    if as_machine:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            counted = "no data keys yet" if one.data_keys is None else f"{one.data_keys:,} data keys"
            stale = f", {one.stale:,} of them to be wrapped anew" if one.stale else ""
            click.echo(f"{'ok  ' if one.ok else 'fail'} {one.region}  {one.says}; {counted}{stale}")
            click.echo(f"     root {one.root}, key store {one.store}{f', {one.index}' if one.index else ''}")
    sys.exit(0 if all(one.ok for one in found) else 1)


def sites(files: Sequence[Path], settings_file: Path | None, region: str | None) -> list[Site]:
    """Where the regions of the rules have their stores; those whose keys outlive the process only."""
    settings = effective_settings(settings_file, files)
    if not settings.rules:
        raise click.UsageError("say which rules: --rules FILE")
    regions = load_rules(settings.rules).regions
    if region is not None and region not in regions:
        raise click.UsageError(f"the rules have no region {region!r}, but {', '.join(sorted(regions))}")
    chosen = [spec for name, spec in regions.items() if region in (None, name) and spec.key.partition(":")[0] in ROOTS]
    if not chosen:
        raise click.UsageError("no region of the rules has keys that are kept")
    clock, sink = SystemClock(), MemorySink()
    return [Site(spec, settings.state_dir, clock, sink, settings.keys.pace()) for spec in chosen]


def store_exists(site: Site) -> bool:
    """Whether opening the key store would not make it."""
    return not site.key_store.startswith("sqlite:") or site.data_key_file.exists()


def store_place(site: Site) -> str:
    """Where the key store is, without anything secret."""
    if site.key_store.startswith("postgresql:"):
        return address_of(site.key_store).place
    return str(site.data_key_file)


async def opened_key_set(site: Site) -> KeySet:
    """Every key of a region. Raises WorldError; makes nothing."""
    async with _keys(site) as (keys, _):
        if not await keys.ring.reload():
            raise _no_key_set(site)
        return keys.ring.keys


async def _make(site: Site) -> None:
    filled = await vault_is_filled(site)
    async with _keys(site, anew=True, filled=filled) as (keys, store):
        if store.serial():
            raise WorldError(
                "GW-K107",
                f"key store {store_place(site)!r} has a key set: making it anew would close what it protects.",
                "use it, or name another place.",
            )
        await keys.make()


async def _versions(site: Site) -> list[Version]:
    async with _keys(site) as (keys, _):
        if not await keys.ring.reload():
            raise _no_key_set(site)
        key_set, ring, name = keys.ring.keys, keys.ring, site.spec.name
        roots = await ring.asked(ring.root.generations())
        found = [
            Version(name, "root", one, _minute(roots[one]), one == ring.root_generation)
            for one in sorted(roots, key=lambda one: roots[one])
        ]
        for line in LINES:
            found += _of_line(name, key_set, line)
        return found


def _of_line(region: str, keys: KeySet, line: LineName) -> list[Version]:
    in_force = keys.in_force(line)
    return [
        Version(region, line, version, _minute(one.made_ms), version == in_force)
        for version, one in sorted(keys.lines[line].items(), key=lambda one: int(one[0]))
    ]


async def _rotate(site: Site, key: str) -> int:
    """How many data keys were wrapped anew."""
    async with _keys(site) as (keys, store):
        if not await keys.ring.reload():
            raise _no_key_set(site)
        if key == "root":
            await keys.ring.asked(keys.ring.root.turn())
        line: LineName = "field" if key == "field" else "pseudonym" if key == "pseudonym" else "epoch"
        while not await keys.tending.grow(line):
            pass  # a running gateway was first: the key set it saved is taken in by now
        if line != "epoch":
            return 0
        stale = sum(store.versions().values())
        with click.progressbar(length=stale, label="data keys", file=sys.stderr) as bar:
            return await keys.tending.rewrap(bar.update)


async def _rotate_index(site: Site) -> IndexStand:
    async with _keys(site) as (keys, _):
        if not await keys.ring.reload():
            raise _no_key_set(site)
        if site.vault_missing:
            await keys.tending.grow("index")
            return IndexStand(int(keys.ring.keys.in_force("index")))
        async with _turning(site, keys) as turning:
            await turning.begin(keys.tending)
            with click.progressbar(length=1000, label="names of rows", file=sys.stderr) as bar:
                return await turning.finish(lambda now: bar.update(int(1000 * now.share) - bar.pos))


async def _index(site: Site, keys: WrappedKeys) -> str:
    """By which index key the vault is named; where it has none yet, by the newest from the start."""
    if site.vault_missing:
        return ""
    async with _turning(site, keys) as turning:
        now = await turning.stand()
        if now.phase == "steady" and now.generation >= turning.wanted:
            return f"index key {now.generation}"
        return f"index key {now.generation} turns to {turning.wanted}: {WORDS[now.phase]}, {now.share:.0%} of the way"


@asynccontextmanager
async def _turning(site: Site, keys: WrappedKeys) -> AsyncIterator[IndexTurning]:
    vault = vault_of(site).vault
    await vault.start()
    try:
        yield IndexTurning(keys.ring, vault)
    finally:
        await vault.close()


async def _status(site: Site) -> Status:
    root, place = site.spec.key.partition("?")[0], store_place(site)
    try:
        if not store_exists(site) and not await vault_is_filled(site):
            return Status(site.spec.name, ok=True, says=_NONE_YET, root=root, store=place, data_keys=None)
        async with _keys(site) as (keys, store):
            says, counted = await _judged(site, keys), store.versions()
            stale = sum(counted.values()) - counted.get(keys.ring.keys.in_force("epoch"), 0) if store.serial() else 0
            known = Status(site.spec.name, ok=True, says=says, root=root, store=place, data_keys=sum(counted.values()))
            return replace(known, stale=stale, index=await _index(site, keys) if store.serial() else "")
    except GatewayError as error:
        return Status(site.spec.name, ok=False, says=str(error), root=root, store=place, data_keys=None)


async def _judged(site: Site, keys: WrappedKeys) -> str:
    if not await keys.ring.reload():
        if await vault_is_filled(site):
            raise _no_key_set(site)
        return _NONE_YET
    key_set = keys.ring.keys
    epoch, age_ms = key_set.in_force("epoch"), site.clock.now_ms() - key_set.newest("epoch").made_ms
    if age_ms > _EPOCHS_LATE * site.keys.epoch_hours * 3_600_000:
        return f"epoch {epoch} is {age_ms // 86_400_000} days old: no gateway has turned it"
    return f"epoch {epoch} in force"


def _no_key_set(site: Site) -> WorldError:
    return WorldError(
        "GW-K101",
        f"there is no key set in key store {store_place(site)!r}: what the vault of region {site.spec.name} "
        "holds can't be opened.",
        "restore the key store from its backup; before the first start: pii-gateway keys new.",
    )


async def vault_is_filled(site: Site) -> bool:
    """Whether anything is kept that new keys would not open."""
    scheme = site.spec.vault.partition(":")[0]
    if scheme == "memory" or (scheme == "sqlite" and not site.vault_file.exists()):
        return False
    vault = vault_of(replace(site, closed_too=True)).vault
    await vault.start()
    try:
        return not vault.empty()
    finally:
        await vault.close()


@asynccontextmanager
async def _keys(
    site: Site, *, anew: bool = False, filled: bool = False
) -> AsyncIterator[tuple[WrappedKeys, DataKeyStore]]:
    """A region's keys, not started: nothing is made ahead. The key store is made only ``anew``."""
    if not anew and not store_exists(site):
        raise _no_key_set(site)
    store = key_store_of(site)
    await asyncio.to_thread(store.start)
    try:
        keys = wrapped_keys_of(site, store, lambda: filled)
        try:
            yield keys, store
        finally:
            await keys.close()
    finally:
        store.close()


def _minute(made_ms: int) -> str:
    return datetime.fromtimestamp(made_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M") if made_ms > 0 else ""
