"""The way out: every live record of a vault opened, each page of them in the ledger before it is handed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from gateway.core.seal import SealedField
from gateway.model.kept import StoredRecord
from gateway.model.ledger import Entry
from gateway.model.names import Digest, Region, Scope, Token
from gateway.ports import Inventory
from gateway.service.opened import opened
from gateway.service.world import World

_AT_ONCE = 500
_ACTOR = "role:operator"
_EXPORT = "export"


@dataclass(frozen=True, slots=True, repr=False)
class OpenRecord:
    """A record with its values in clear."""

    stored: StoredRecord
    fields: tuple[SealedField, ...]

    def __repr__(self) -> str:
        return f"OpenRecord({self.stored.sealed.record}, fields={len(self.fields)})"

    def token(self, field: SealedField) -> Token | None:
        return self.stored.names.get(field.index)


async def open_records(
    region: Region, scope: Scope | None, inventory: Inventory, world: World, rules: Digest
) -> AsyncIterator[tuple[list[OpenRecord], int]]:
    """Pages in the order of the records' ids, and how many of each page are closed because their person was erased.

    Raises WorldError. The ledger has the disclosure before the page is out of here.
    """
    after = None
    while page := await inventory.page(after, _AT_ONCE):
        after = page[-1].sealed.record
        chosen = [one for one in page if scope in (None, one.sealed.scope)]
        keys = await world.keys.open(region, tuple(dict.fromkeys(one.sealed.subject for one in chosen)))
        readable = [(one, keys[one.sealed.subject]) for one in chosen if one.sealed.subject in keys]
        records = [OpenRecord(one, opened(key, one.sealed)) for one, key in readable]
        if records:
            await world.ledger.append([_disclosing(records, scope, world, rules)])
        yield records, len(chosen) - len(records)


def _disclosing(records: Sequence[OpenRecord], scope: Scope | None, world: World, rules: Digest) -> Entry:
    kinds = Counter(field.kind for record in records for field in record.fields)
    return Entry(
        at_ms=world.clock.now_ms(),
        request="",
        event="disclose",
        route=_EXPORT,
        actor=_ACTOR,
        purpose=_EXPORT,
        destination=scope or "every scope",
        kinds=tuple((kind, "reveal", count) for kind, count in sorted(kinds.items())),
        subjects=tuple(sorted({record.stored.sealed.subject for record in records})),
        records=(),
        rules=rules,
    )
