"""The index key turns: a new one in the key set, then the vault's names, step by step, by whoever runs.

The key set says how many index keys there are, the vault by which of them its rows are named. Where the vault is
behind, every process that has both takes steps until it is not: one that is killed leaves its work to the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from gateway.adapters.keys_wrapped.ring import KeyRing
from gateway.adapters.keys_wrapped.tending import Tending
from gateway.model.errors import UnknownGenerationError, WorldError
from gateway.model.secret import Secret
from gateway.model.turning import IndexStand
from gateway.ports import Indexed, Sink

_REST_S = 0.005
"""Between two steps, so that traffic has the store most of the time."""
_LOOK_EVERY_S = 1.0
_AFTER_A_FAILURE_S = 5.0


class IndexTurning:
    """Over one key ring and one vault; also the IndexKeys port."""

    def __init__(self, ring: KeyRing, vault: Indexed) -> None:
        self._ring = ring
        self._vault = vault
        vault.index_by(self)

    # ------------------------------------------------------------------------------------------------------- the port

    def later(self) -> Sequence[Secret]:
        return self._ring.region_keys.nested

    async def renew(self) -> None:
        await self._ring.follow()

    # -------------------------------------------------------------------------------------------------------- besides

    @property
    def wanted(self) -> int:
        """How many index keys there are."""
        return len(self._ring.keys.lines["index"])

    async def stand(self) -> IndexStand:
        """How the vault stands. Raises WorldError; GW-K119 where it is named by a key that is not in the set."""
        now = await self._vault.index()
        if now.newest > self.wanted:
            await self._ring.follow()
        if now.newest > self.wanted:
            raise UnknownGenerationError(now.newest)
        return now

    async def begin(self, tending: Tending) -> None:
        """A new index key, unless the vault has yet to turn to the one there is. Raises WorldError."""
        await self._ring.follow()
        if str(await self._vault.index()) == str(IndexStand(self.wanted)):
            await tending.grow("index", self._ring.keys.in_force("index"))

    async def finish(self, told: Callable[[IndexStand], object] = lambda _: None) -> IndexStand:
        """Step by step, together with everybody else who does, until the vault is there. Raises WorldError."""
        standing = await self._vault.index()
        while standing.phase != "steady" or standing.generation < self.wanted:
            standing = await self._vault.turn_index(self.wanted)
            told(standing)
            await asyncio.sleep(_REST_S)
        return standing

    async def tend(self, sink: Sink) -> None:
        """Finish what was begun by anybody; until it is cancelled."""
        told = ""
        while True:
            pause_s = _LOOK_EVERY_S
            try:
                before = await self._vault.index()
                after = await self.finish()
                told = ""
                if str(after) != str(before):
                    sink.emit("index_turned", region=self._ring.region, count=after.generation)
            except WorldError as error:
                if error.code != told:
                    sink.emit("index_failed", region=self._ring.region, code=error.code)
                told, pause_s = error.code, _AFTER_A_FAILURE_S
            await asyncio.sleep(pause_s)
