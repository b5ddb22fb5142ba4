"""A person is erased: asked whether it may be, condemned, data keys destroyed, rows dropped, each step in the ledger.

The order stands in the vault before anything is destroyed. From then on nothing more is kept of the person, so what is
dropped stays dropped; and whoever comes next (the same command, a gateway's background) finishes what was begun.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from gateway.core.plan import default_region
from gateway.model.erasure import Condemnation
from gateway.model.errors import GatewayError, HeldError
from gateway.model.ledger import Entry
from gateway.model.names import Digest, Region, SubjectId
from gateway.model.orders import OrderLine
from gateway.model.rules import Ruleset
from gateway.ports import Registry, Sink
from gateway.service.journal import Journal
from gateway.service.ordering import nobody
from gateway.service.world import World

_LOOK_EVERY_S = 60.0
_LEFT_ALONE_S = 60
"""How long somebody who has begun is left to finish it."""


class Erasing(Protocol):
    """How persons leave a vault for good. Every step is durable when it returns, and safe to repeat."""

    async def condemn(self, order: Condemnation) -> tuple[SubjectId, ...]:
        """They and whoever counts as one of them are to go: from now on nothing of them is kept, nobody is they.

        All of them. Raises HeldError, with nothing changed, while one of them is held.
        """
        ...

    async def condemned(self) -> Sequence[Condemnation]:
        """Those who were condemned and are not gone yet, one a person."""
        ...

    async def clear(self, subjects: Sequence[SubjectId], most: int = 200) -> int:
        """Drop up to ``most`` records of condemned persons; 0: nothing of them is left.

        Their tokens pass to whoever still has the value.
        """
        ...

    async def gone(self, subjects: Sequence[SubjectId], at: int) -> None:
        """Their data keys and all else of them are destroyed."""
        ...


class ErasingVault(Registry, Erasing, Protocol):
    """A vault as erasing wants it."""


class Erasure:
    """``vaults``: one a region, of the same stores as the world's."""

    def __init__(self, ruleset: Ruleset, world: World, vaults: Mapping[Region, ErasingVault], journal: Journal) -> None:
        self._rules = Digest(ruleset.digest)
        self._home = default_region(ruleset)
        self._world = world
        self._vaults = dict(sorted(vaults.items(), key=lambda one: (one[0] != self._home, one[0])))
        self._journal = journal

    async def erase(self, subject: SubjectId, by: str, why: str) -> tuple[SubjectId, ...]:
        """Everybody who counted as the person, once nothing of them is left in any vault or key store.

        Raises GatewayError: GW-V130 for nobody, GW-V133 while one of them is held; WorldError, and then what was begun
        is finished by calling again.
        """
        order = Condemnation((subject,), self._world.now_s(), by, why)
        kept = [await vault.dossier(subject) for vault in self._vaults.values()]
        begun = [one for one in await self._vaults[self._home].condemned() if subject in one.subjects]
        if not any(kept) and not begun:
            raise nobody(subject)
        if any(one is not None and one.held is not None for one in kept):
            raise HeldError
        whole = await self._vaults[self._home].condemn(order)
        await self._world.ledger.append([self._entry(order, whole, "begun")])
        await self._finish(Condemnation(whole, order.at, by, why))
        return whole

    async def finish(self, before: int | None = None) -> tuple[SubjectId, ...]:
        """Those whose erasure somebody else had begun; ``before`` (Unix seconds): no later than that."""
        begun = await self._vaults[self._home].condemned()
        done: list[SubjectId] = []
        for order in begun:
            if before is None or order.at <= before:
                await self._finish(order)
                done += order.subjects
        return tuple(done)

    async def _finish(self, order: Condemnation) -> None:
        """Every step may have been done before."""
        for region, vault in self._vaults.items():
            if region != self._home:
                await vault.condemn(order)
        await self._journal.write(*(_line(order, one) for one in order.subjects))
        for region in self._vaults:
            await self._world.keys.erase(region, order.subjects)
        for vault in self._vaults.values():
            while await vault.clear(order.subjects):
                pass
        await self._world.ledger.append([self._entry(order, order.subjects, "ok")])
        for vault in reversed(self._vaults.values()):  # home last: it says what is to be finished
            await vault.gone(order.subjects, self._world.now_s())

    def _entry(self, order: Condemnation, whole: Sequence[SubjectId], outcome: str) -> Entry:
        return Entry(
            at_ms=self._world.clock.now_ms(),
            request="",
            event="erase",
            route="subject erase",
            actor=f"role:{order.by}",
            purpose=order.why,
            destination="",
            kinds=(),
            subjects=tuple(sorted(whole)),
            records=(),
            rules=self._rules,
            outcome=outcome,
        )


async def finish_forever(erasure: Erasure, world: World, sink: Sink) -> None:
    """Finish what others have begun and left; until it is cancelled."""
    while True:
        try:
            done = await erasure.finish(world.now_s() - _LEFT_ALONE_S)
            if done:
                sink.emit("erasures_finished", count=len(done))
        except GatewayError as error:
            sink.emit("erasing_failed", code=error.code)
        await asyncio.sleep(_LOOK_EVERY_S)


def _line(order: Condemnation, subject: SubjectId) -> OrderLine:
    return OrderLine(0, order.at, Region(""), "erase", subject, None, order.by, order.why)
