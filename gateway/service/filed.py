"""Kept files as an operator handles them: one fetched by its reference, those of nobody swept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from gateway.core.plan import default_region
from gateway.core.seal_file import Ticket, read_ticket
from gateway.model.files import FILE
from gateway.model.kept import Fetch
from gateway.model.ledger import Entry
from gateway.model.names import Digest, RecordId, Token
from gateway.model.rules import Ruleset
from gateway.ports import Inventory
from gateway.service.opened import opened
from gateway.service.uploads import filing
from gateway.service.world import World

_PAGE = 500


async def find(token: Token, world: World, digest: Digest) -> Ticket | None:
    """The ticket behind a reference, for an operator; that somebody looked is in the ledger first."""
    for region, vault in world.vaults.items():
        fetched = await vault.fetch(Fetch(tokens=(token,)))
        for holding in fetched.holdings.get(token, ()):
            record = fetched.records.get(holding.ref[0])
            keys = await world.keys.open(region, (record.subject,)) if record else {}
            for one in opened(keys[record.subject], record) if record and record.subject in keys else ():
                if one.index == holding.ref[1] and (ticket := read_ticket(one.text)) is not None:
                    await world.ledger.append([_by_operator(world, digest, holding.ref[0])])
                    return ticket
    return None


async def sweep(ruleset: Ruleset, inventory: Inventory, world: World, older_than_s: int) -> tuple[int, Sequence[str]]:
    """Delete objects that no readable record names: of erased persons, expired records, requests that were refused.

    How many are named, and which were deleted. Objects younger than ``older_than_s`` may be on their way to a record.
    """
    region = default_region(ruleset)
    store, before = filing(world).stores[region], world.now_s() - older_than_s
    listed = [name async for name, at in store.names() if at <= before]
    named = {name async for name in _named(inventory, world, ruleset)}
    gone = [name for name in listed if name not in named]
    await store.delete(gone)
    return len(named), gone


async def _named(inventory: Inventory, world: World, ruleset: Ruleset) -> AsyncIterator[str]:
    region, after = default_region(ruleset), None
    while page := await inventory.page(after, _PAGE):
        after = page[-1].sealed.record
        keys = await world.keys.open(region, tuple(dict.fromkeys(one.sealed.subject for one in page)))
        for stored in page:
            key = keys.get(stored.sealed.subject)
            for one in opened(key, stored.sealed) if key is not None else ():
                if one.kind == FILE and (ticket := read_ticket(one.text)) is not None:
                    yield ticket.name


def _by_operator(world: World, digest: Digest, record: RecordId) -> Entry:
    return Entry(
        at_ms=world.clock.now_ms(),
        request="",
        event="disclose",
        route="files get",
        actor="role:operator",
        purpose="files get",
        destination="",
        kinds=((FILE, "reveal", 1),),
        subjects=(),
        records=(record,),
        rules=digest,
    )
