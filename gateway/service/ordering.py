"""Orders about persons carried out in every vault, home first, with the ledger's entry and the journal's line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from gateway.core.plan import default_region
from gateway.model.errors import GatewayError
from gateway.model.ledger import Entry
from gateway.model.marks import Dossier, Instruction, Mark, Order, Proof
from gateway.model.names import Digest, Region, SubjectId
from gateway.model.orders import AHEAD, OrderLine
from gateway.model.rules import Ruleset
from gateway.ports import Registry
from gateway.service.world import World

_POINTLESS = "GW-V131"

Write = Callable[[OrderLine], Awaitable[None]]
"""Into the journal; durable when it returns."""


class Ordering:
    """``registries``: one a region. ``write``: the journal of orders that nobody gives twice."""

    def __init__(
        self, ruleset: Ruleset, world: World, registries: Mapping[Region, Registry], write: Write | None = None
    ) -> None:
        self._rules = Digest(ruleset.digest)
        self._world = world
        self._registries = registries
        self._home = default_region(ruleset)
        self._write = write

    async def order(
        self,
        what: Order,
        subject: SubjectId,
        by: str,
        why: str,
        into: SubjectId | None = None,
        proof: Proof = "approval",
    ) -> None:
        """GatewayError: GW-V130 for nobody, GW-V131 where it makes no sense."""
        named = [one for one in (subject, into) if one is not None]
        known = {one: await self.kept(one) for one in named}
        if missing := [one for one, kept in known.items() if not kept]:
            raise nobody(missing[0])
        if what not in ("merge", "unmerge"):
            subject = next((one.merged for one in known[subject].values() if one.merged), subject)
        mark = Mark(what, self._world.now_s(), by, f"{proof}: {why}" if what == "merge" else why)
        entry = self.entry(what, by, mark.why, tuple(named))
        line = OrderLine(0, mark.at, self._home, what, subject, into, by, mark.why)
        if self._write is not None and what in AHEAD:
            await self._write(line)
        await self._everywhere(Instruction(subject, mark, into, (entry,)))
        if self._write is not None and what not in AHEAD:
            await self._write(line)

    async def kept(self, subject: SubjectId) -> dict[Region, Dossier]:
        """What each vault says of a person."""
        found = {region: await registry.dossier(subject) for region, registry in self._registries.items()}
        return {region: one for region, one in found.items() if one is not None}

    async def said(self, subject: SubjectId) -> Dossier | None:
        """What the home vault says of a person."""
        return await self._registries[self._home].dossier(subject)

    def entry(self, what: str, by: str, why: str, subjects: tuple[SubjectId, ...]) -> Entry:
        return Entry(
            at_ms=self._world.clock.now_ms(),
            request="",
            event="mark",
            route=f"subject {what}",
            actor=f"role:{by}",
            purpose=why,
            destination="",
            kinds=(),
            subjects=tuple(sorted(subjects)),
            records=(),
            rules=self._rules,
        )

    async def _everywhere(self, order: Instruction) -> None:
        await self._registries[self._home].instruct(order)
        for region, registry in self._registries.items():
            if region != self._home:
                await _likewise(registry, replace(order, entries=()))


async def _likewise(registry: Registry, order: Instruction) -> None:
    """In a vault beside the home vault, where the order may have been carried out by an earlier attempt."""
    try:
        await registry.instruct(order)
    except GatewayError as error:
        if error.code != _POINTLESS:
            raise


def nobody(subject: SubjectId) -> GatewayError:
    return GatewayError(
        "GW-V130",
        f"nothing is kept of subject {subject}: there is nobody to order anything about.",
        "look the person up by an identifier: pii-gateway subject show --kind email",
        status=404,
    )
