"""Kept files as an operator handles them: one fetched by its reference, those of nobody swept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from gateway.core.seal_file import Ticket, read_ticket
from gateway.model.files import FILE
from gateway.model.kept import Fetch
from gateway.model.ledger import Entry
from gateway.model.names import Digest, RecordId, Region, Token
from gateway.ports import Inventory
from gateway.service.intake import filing
from gateway.service.opened import opened
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


async def sweep(inventories: Mapping[Region, Inventory], world: World, older_than_s: int) -> tuple[int, Sequence[str]]:
    """Delete objects that no readable record names: of erased persons, expired records, requests that were refused.

    How many are named, and which were deleted. Objects younger than ``older_than_s`` may be on their way to a record.
    """
    before, gone = world.now_s() - older_than_s, list[str]()
    listed = {
        region: [name async for name, at in store.names() if at <= before]
        for region, store in filing(world).stores.items()
    }
    named: set[tuple[Region, str]] = set()
    for region, inventory in inventories.items():
        named |= {one async for one in _named(region, inventory, world)}
    for region, names in listed.items():
        nobodys = [name for name in names if (region, name) not in named]
        await filing(world).stores[region].delete(nobodys)
        gone += nobodys
    return len(named), gone


async def _named(region: Region, inventory: Inventory, world: World) -> AsyncIterator[tuple[Region, str]]:
    """The objects that a vault's readable records name, and in which region's store they lie."""
    after = None
    while page := await inventory.page(after, _PAGE):
        after = page[-1].sealed.record
        keys = await world.keys.open(region, tuple(dict.fromkeys(one.sealed.subject for one in page)))
        for stored in page:
            key = keys.get(stored.sealed.subject)
            for one in opened(key, stored.sealed) if key is not None else ():
                if one.kind == FILE and (ticket := read_ticket(one.text)) is not None:
                    yield ticket.region, ticket.name


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
