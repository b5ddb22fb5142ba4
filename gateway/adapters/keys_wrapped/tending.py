"""Keys turn while they are used: new epochs, data keys re-wrapped, old epochs destroyed.

A copy of vault and key store that was taken before a person was erased opens for that person only under an epoch key,
and under a root generation, that were made before the copy. Both are destroyed ``erase_grace_days`` after they were
made; by then every data key that still exists has been wrapped anew. So what was erased is closed in every copy after
the grace period, and a copy can be restored within it (less one epoch).

Every step is safe to repeat and to leave half done: what is stale is told by the rows themselves. One process at a time
works, by a lease in the key store; two at once would only do the same twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from gateway.adapters.keys_wrapped.key_set import KEY_BYTES, KeySet, KeyVersion, LineName
from gateway.adapters.keys_wrapped.ring import KeyRing
from gateway.adapters.keys_wrapped.wrapping import Wrapping
from gateway.model.limits import KeyPace
from gateway.model.names import SubjectId
from gateway.model.secret import Secret
from gateway.ports import Clock, DataKeyStore

_BATCH = 256
_REST_S = 0.01
_LEASE_MS = 30_000
_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_SETTLED = 2
"""Times ``hold_s``, after which everybody has followed to a new epoch."""


@dataclass(frozen=True, slots=True)
class Tended:
    """What one pass did."""

    turned: bool = False
    rewrapped: int = 0
    destroyed: int = 0


class Tending:
    """Over one key ring, for one process. ``start`` the ring first."""

    def __init__(self, ring: KeyRing, store: DataKeyStore, clock: Clock, pace: KeyPace) -> None:
        self._ring = ring
        self._store = store
        self._clock = clock
        self._pace = pace
        self._holder = clock.random(8).hex()
        self._clean_epoch = ""
        """The epoch under which this process has seen every data key."""

    async def once(self) -> Tended:
        """Everything that is due; nothing if another process is at it. Raises WorldError."""
        await self._ring.follow()
        if not self.due or not await self._leased():
            return Tended()
        turned = self._turn_is_due and await self.turn_epoch()
        rewrapped = await self.rewrap()
        return Tended(turned, rewrapped, await self.destroy())

    @property
    def due(self) -> bool:
        return self._turn_is_due or self._clean_epoch != self._ring.keys.in_force("epoch") or bool(self._old_epochs())

    @property
    def _turn_is_due(self) -> bool:
        age_ms = self._clock.now_ms() - self._ring.keys.newest("epoch").made_ms
        return age_ms >= self._pace.epoch_hours * _HOUR_MS

    async def turn_epoch(self) -> bool:
        """A new epoch key, the key set wrapped under a root generation of its own; False if somebody was first.

        Only while the root opens what is in use: a root that was destroyed on purpose is not healed from memory.
        """
        await self._ring.confirm()
        before = self._ring.keys.in_force("epoch")
        if self._pace.turn_root and self._ring.root.turns:
            await self.turn_root_if_old()
        return await self.grow("epoch", before)

    async def turn_root_if_old(self) -> None:
        """A new generation, unless there is one that no key set is wrapped by yet: what a stopped process left."""
        made = await self._ring.asked(self._ring.root.generations())
        youngest = max(made, key=lambda name: (made[name], name))
        fresh_ms = self._clock.now_ms() - int(self._pace.epoch_hours * _HOUR_MS)
        if youngest == self._ring.root_generation or made[youngest] < fresh_ms:
            await self._ring.asked(self._ring.root.turn())

    async def grow(self, line: LineName, after: str = "") -> bool:
        """A new version of one key, in force for whoever reads the key set from now on; only ``after`` that one."""
        version = KeyVersion(self._clock.now_ms(), Secret(self._clock.random(KEY_BYTES)))
        return await self._ring.change(
            lambda keys: keys.grown(line, version) if after in ("", keys.in_force(line)) else None
        )

    async def rewrap_root(self) -> bool:
        """The key set under the root's youngest generation."""
        return await self._ring.change(KeySet.again)

    async def rewrap(self, told: Callable[[int], object] = lambda _: None) -> int:
        """Data keys of older epochs under the one in force; how many. ``told`` hears of every batch.

        One that does not open stays as it is: nothing can be lost by it that is not lost already.
        """
        wrapping = Wrapping(self._ring.keys, self._ring.region, self._clock)
        after, total = SubjectId(""), 0
        while rows := await asyncio.to_thread(self._store.stale, wrapping.epoch, after, _BATCH):
            done = await asyncio.to_thread(lambda batch: self._store.rewrap(wrapping.renewed(batch)), rows)
            total, after = total + done, rows[-1][0]
            told(done)
            await self._leased()
            await asyncio.sleep(_REST_S)
        self._clean_epoch = wrapping.epoch
        return total

    async def destroy(self) -> int:
        """Root generations and epoch keys past the grace period; how many epochs. Only after ``rewrap``.

        Nobody adds data keys under such an epoch any more: no key set is used for longer than ``hold_s`` unconfirmed.
        """
        gone = self._old_epochs()
        if not gone:
            return 0
        if self._ring.root.turns:
            await self._ring.asked(self._ring.root.destroy_before(self._limit_ms, self._ring.root_generation))
        return len(gone) if await self._ring.change(lambda keys: keys.without("epoch", gone)) else 0

    @property
    def _limit_ms(self) -> int:
        return self._clock.now_ms() - int(self._pace.erase_grace_days * _DAY_MS)

    def _old_epochs(self) -> set[str]:
        """Past the grace period, and succeeded for so long that no process, whatever its clock, still wraps by them."""
        epochs = sorted(self._ring.keys.lines["epoch"].items(), key=lambda one: int(one[0]))
        settled_ms = self._clock.now_ms() - int(_SETTLED * self._pace.hold_s * 1000)
        return {
            name
            for (name, one), (_, later) in pairwise(epochs)
            if one.made_ms <= self._limit_ms and later.made_ms <= settled_ms
        }

    async def _leased(self) -> bool:
        return await asyncio.to_thread(self._store.lease, self._holder, self._clock.now_ms(), _LEASE_MS)
