"""``pii-gateway vault status``: may a gateway start over each store, and how does it stand?"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from gateway.adapters.vault_postgres import Store, address_of, stand
from gateway.adapters.vault_postgres.survey import survey as survey_server
from gateway.adapters.vault_sqlite.survey import survey_keys, survey_vault
from gateway.catalog import Site, key_store_of, vault_of
from gateway.cli.keys import JSON, REGION, RULES, SETTINGS
from gateway.cli.vault_backup import time_of
from gateway.cli.vault_site import on_server, places
from gateway.model.errors import GatewayError
from gateway.model.survey import Survey
from gateway.model.table import Unfinished

_DAY_MS = 86_400_000
_WORTH_BYTES = 2**20
_NOT_YET = "not made yet, the first start will make it"


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a gateway may start over a store (``ok``), and its figures where they can be had."""

    region: str
    store: Store
    place: str
    ok: bool
    says: str
    survey: Survey | None = None
    imports: Sequence[Unfinished] = ()

    @property
    def facts(self) -> dict[str, object]:
        """For machines. ``bytes_a_day``: at the pace of the last seven days, by the size of a record so far."""
        found = self.survey
        facts: dict[str, object] = {"region": self.region, "store": self.store, "ok": self.ok, "says": self.says}
        facts |= {"place": self.place, "records": None, "people": None, "bytes": None}
        facts["imports"] = [asdict(one) for one in self.imports]
        if found is not None:
            facts |= asdict(found) | {
                "records": found.counts.get("record"),
                "people": found.counts.get("person", found.counts.get("data_key")),
                "bytes_a_record": found.bytes_a_record,
                "bytes_a_day": _bytes_a_day(found),
                "entries_a_commit": found.commits.average,
            }
        return facts


@click.command("status")
@RULES
@SETTINGS
@REGION
@JSON
def status_command(*, files: Sequence[Path], settings_file: Path | None, region: str | None, as_machine: bool) -> None:
    """Whether a gateway may start over each store; its layout, size, rows, growth and what waits.

    Counting reads every table once. May run beside the gateway. Exits with 1 if a gateway may not start.
    """
    found = [one for site in places(files, settings_file, region).sites for one in _statuses(site)]
    if as_machine:
        click.echo(json.dumps([one.facts for one in found], indent=2))
    else:
        for one in found:
            click.echo("\n".join(_lines(one)))
    sys.exit(0 if all(one.ok for one in found) else 1)


def _statuses(site: Site) -> Iterator[Status]:
    if site.spec.vault.startswith("memory:"):
        yield Status(site.spec.name, "vault", "memory", ok=True, says="gone with the process")
    elif on_server(site.spec.vault):
        yield _of_server(site, "vault", site.spec.vault)
    else:
        yield _of_vault(site)
    if on_server(site.key_store):
        yield _of_server(site, "data key store", site.key_store)
    elif site.data_key_file.exists():
        yield _of_keys(site)


def _of_server(site: Site, store: Store, url: str) -> Status:
    address, name = address_of(url), site.spec.name
    try:
        found = asyncio.run(survey_server(address, store, name, site.clock.now_ms()))
        asyncio.run(stand(address, store, name))
    except GatewayError as error:
        return Status(name, store, address.place, ok=False, says=str(error))
    trouble, imports = asyncio.run(_trouble(site)) if store == "vault" else (None, ())
    return Status(name, store, address.place, trouble is None, trouble or f"layout {found.layout}", found, imports)


def _of_vault(site: Site) -> Status:
    """A file. One that is not there is not made."""
    name, place = site.spec.name, str(site.vault_file)
    if site.vault_missing:
        return Status(name, "vault", place, ok=True, says=_NOT_YET)
    trouble, imports = asyncio.run(_trouble(site))
    try:
        found = survey_vault(site.vault_file, name, site.clock.now_ms())
    except GatewayError as error:
        return Status(name, "vault", place, ok=False, says=trouble or str(error))
    return Status(name, "vault", place, trouble is None, trouble or f"opens, layout {found.layout}", found, imports)


async def _trouble(site: Site) -> tuple[str | None, Sequence[Unfinished]]:
    """Why a gateway would not start over the vault, None if it would; the imports that are not done."""
    try:
        vault = vault_of(site).vault
        await vault.start()
        try:
            return None, vault.imports()
        finally:
            await vault.close()
    except GatewayError as error:
        return str(error), ()


def _of_keys(site: Site) -> Status:
    name, place, store = site.spec.name, str(site.data_key_file), key_store_of(site)
    try:
        store.start()
        found = survey_keys(site.data_key_file, name, site.clock.now_ms())
    except GatewayError as error:
        return Status(name, "data key store", place, ok=False, says=str(error))
    finally:
        store.close()
    return Status(name, "data key store", place, ok=True, says=f"opens, layout {found.layout}", survey=found)


# ---------------------------------------------------------------------------------------------------------- printed


def _lines(one: Status) -> Iterator[str]:
    found = one.survey
    yield f"{'ok  ' if one.ok else 'fail'} {one.region}  {one.store}: {one.says}{_counted(found)}"
    yield f"     {one.place}"
    for begun in one.imports:
        yield f"     import {begun.name} of {begun.to}'s users, begun {time_of(begun.begun_ms)}, is not done"
    if found is None:
        return
    yield "     " + ", ".join(f"{count:,} {table}" for table, count in found.counts.items())
    if found.oldest_ms is not None and found.newest_ms is not None:
        yield f"     records from {time_of(found.oldest_ms)} to {time_of(found.newest_ms)}; {_growth(found)}"
    if found.commits.groups:
        made = found.commits
        entries = f"{made.average:.1f} entries each, {made.largest:,} at most"
        yield f"     the last {made.groups:,} commits, in {made.span_ms / 1000:,.0f} s, held {entries}"
    if found.due:
        yield f"     {found.due:,} records are over and wait for the next purge"
    if found.free_bytes is not None and found.free_bytes >= _WORTH_BYTES:
        yield f"     {found.free_bytes / 2**20:,.1f} MiB of it are free for new rows (vault compact gives them back)"
    if found.log_bytes is not None and found.log_bytes >= _WORTH_BYTES:
        yield f"     {found.log_bytes / 2**20:,.1f} MiB of log beside it"
    if found.lease_until_ms is not None:
        yield f"     a process is at the keys until {time_of(found.lease_until_ms)}"


def _counted(found: Survey | None) -> str:
    if found is None:
        return ""
    size = f", {found.bytes / 2**20:,.1f} MiB"
    if "data_key" in found.counts:
        return f", {found.counts['data_key']:,} data keys{size}"
    return f", {found.counts['record']:,} records of {found.counts['person']:,} people{size}"


def _growth(found: Survey) -> str:
    return (
        f"{found.records_day:,} in the last day, {found.records_week:,} in the last week, "
        f"about {_bytes_a_day(found) / 2**20:,.1f} MiB a day"
    )


def _bytes_a_day(found: Survey) -> float:
    """At the pace of the last week, or of all of it where there is less."""
    if found.oldest_ms is None or found.newest_ms is None:
        return 0.0
    days = min(7.0, max(1.0, (found.newest_ms - found.oldest_ms) / _DAY_MS))
    return found.records_week / days * (found.bytes_a_record or 0.0)
