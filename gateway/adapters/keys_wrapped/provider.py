"""The KeyProvider port over a root, a key store and a clock.

Data keys are made ahead: a batch is durable in the store before the first of it is handed out, and only the process
that made a batch hands it out, from memory. So a new person costs no durable write, and a key that was handed out once
is never handed out again, whatever happens to the process: what a killed one left unused stays unused.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from gateway.adapters.keys_wrapped.ring import KeyRing, no_keys
from gateway.adapters.keys_wrapped.tending import Tended, Tending
from gateway.adapters.keys_wrapped.wrapping import Wrapping
from gateway.model.errors import WorldError
from gateway.model.limits import KeyPace
from gateway.model.names import Region, SubjectId
from gateway.model.secret import DataKey, RegionKeys
from gateway.ports import Clock, DataKeyStore, Root, Sink

_TRUST_CACHE_S = 0.5
_LOOK_EVERY_S = 0.4
_CONFIRM_EVERY_MS = 60_000
_READY_MS = 5_000
_AFTER_A_FAILURE_S = 5.0


@dataclass(frozen=True, slots=True)
class Pace:
    """``ahead`` data keys are made at once, in the background once fewer than a quarter are left; ``cached`` opened
    ones are remembered; the store is waited for ``timeout_s``, by a start, which holds no request up, for ``start_s``.
    """

    ahead: int = 512
    cached: int = 10_000
    timeout_s: float = 2.0
    start_s: float = 30.0
    keys: KeyPace = field(default_factory=KeyPace)


class WrappedKeys:
    """One region's keys. ``start`` them after their store, ``close`` them before.

    ``filled`` tells whether the vault holds anything: only while it does not are keys made.
    """

    def __init__(
        self,
        region: Region,
        *,
        root: Root,
        store: DataKeyStore,
        filled: Callable[[], bool],
        clock: Clock,
        sink: Sink,
        pace: Pace = Pace(),
    ) -> None:
        self.ring = KeyRing(region, root, store, clock, pace.keys)
        self.tending = Tending(self.ring, store, clock, pace.keys)
        self._region = region
        self._store = store
        self._filled = filled
        self._clock = clock
        self._sink = sink
        self._pace = pace
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="data-keys")
        self._wrapping: tuple[int, Wrapping] | None = None
        self._pool: deque[DataKey] = deque()
        self._making: asyncio.Future[list[DataKey]] | None = None
        self._opened: OrderedDict[SubjectId, DataKey] = OrderedDict()
        self._generation = -1
        self._forgotten = 0
        self._checked_s = float("-inf")
        self._checking: asyncio.Task[None] | None = None
        self._looked_ms = self._confirmed_ms = 0

    async def start(self) -> None:
        """Open the key set, or make it while nothing is kept yet, and make data keys ahead. Raises WorldError."""
        if not await self.ring.reload():
            await self.make()
        if not self.ring.root.turns:
            await self._follow_the_owner()
        self._confirmed_ms = self._clock.now_ms()
        await self._more(1, self._pace.start_s)

    async def make(self) -> None:
        """The first keys. Raises WorldError GW-K101 where anything is kept that they would not open."""
        if self._filled() or not await self.ring.read(self._store.empty):
            if await self.ring.reload():
                return  # another process has made them in the meantime, and used them
            raise WorldError(
                "GW-K101",
                f"the key store has no key set, but the vault of region {self._region} holds data: "
                "new keys would not open it.",
                "restore the key store from its backup; for a vault that may be lost, move the vault away too.",
            )
        root = self.ring.root
        if not await self.ring.asked(root.generations()):
            await self.ring.asked(root.turn())
        if await self.ring.make():
            self._sink.emit("keys_made", region=self._region, mend="back up the key store apart from the vault")

    async def close(self) -> None:
        """Give back the data keys that nobody has been handed."""
        if under_way := [one for one in (self._making, self._checking) if one is not None]:
            await asyncio.wait(under_way)
        unused = [SubjectId(key.id) for key in self._pool]
        self._pool.clear()
        self._opened.clear()
        if unused:
            try:
                await self._apart(lambda: self._store.erase(unused))
            except WorldError:
                pass  # the store is away; what is left unused there is never handed out
        await asyncio.to_thread(self._thread.shutdown)
        await self.ring.close()
        await self.ring.root.aclose()

    # --------------------------------------------------------------------------------------------------- the port

    async def region_keys(self, region: Region) -> RegionKeys:
        self._of(region)
        return self.ring.region_keys

    async def fresh(self, region: Region, count: int) -> Sequence[DataKey]:
        self._of(region)
        _ = self.ring.keys  # what was made ahead is not handed out by a process that has lost its root
        while len(self._pool) < count:
            await self._more(count, self._pace.timeout_s)
        keys = [self._pool.popleft() for _ in range(count)]
        for key in keys:
            self._remember(key)
        if len(self._pool) < self._pace.ahead // 4:
            _ = self._make_ahead(self._pace.ahead)
        return keys

    async def open(self, region: Region, subjects: Sequence[SubjectId]) -> dict[SubjectId, DataKey]:
        self._of(region)
        wrapping = self._wrapper()
        await self._forget_if_erased()
        found = {subject: key for subject in subjects if (key := self._opened.get(subject)) is not None}
        missing = [subject for subject in dict.fromkeys(subjects) if subject not in found]
        if missing:
            forgotten = self._forgotten
            rows = await self.ring.read(lambda: self._store.read(missing))
            if not all(wrapping.knows(epoch) for epoch, _ in rows.values()):
                await self.ring.follow()  # another process has begun an epoch
                wrapping = self._wrapper()
            opened = wrapping.open(rows)
            found |= opened
            if forgotten == self._forgotten:  # else one of them may have been erased since it was read
                for key in opened.values():
                    self._remember(key)
        for subject in self._opened.keys() & found.keys():
            self._opened.move_to_end(subject)
        return found

    # --------------------------------------------------------------------------------------------------- besides

    async def erase(self, region: Region, subjects: Sequence[SubjectId]) -> int:
        """Destroy data keys: what was sealed under them can't be opened again. How many there were."""
        self._of(region)
        gone = await self._apart(lambda: self._store.erase(subjects))
        self._forgotten += 1
        for subject in subjects:
            self._opened.pop(subject, None)
        return gone

    async def ready(self) -> None:
        """Raises WorldError if the root does not open the key set, or data keys can't be read now."""
        await self.ring.read(self._store.generation)
        if self._clock.now_ms() - self._looked_ms >= _READY_MS:
            await self.ring.confirm()
            self._looked_ms = self._clock.now_ms()

    async def tend(self) -> None:
        """Follow what others change, confirm the root, turn what is due; until it is cancelled."""
        told = ""
        while True:
            pause_s = _LOOK_EVERY_S
            try:
                done = await self.tend_once()
                told = ""
                if done.turned or done.rewrapped or done.destroyed:
                    self._sink.emit("keys_tended", region=self._region, count=done.rewrapped)
            except WorldError as error:
                if error.code != told:
                    self._sink.emit("keys_failed", region=self._region, code=error.code)
                told, pause_s = error.code, _AFTER_A_FAILURE_S
            await asyncio.sleep(pause_s)

    async def tend_once(self) -> Tended:
        """One pass of it. Raises WorldError."""
        if abs(self._clock.now_ms() - self._confirmed_ms) >= _CONFIRM_EVERY_MS:
            await self.ring.confirm()
            self._confirmed_ms = self._clock.now_ms()
        return await self.tending.once()

    async def _follow_the_owner(self) -> None:
        """Whoever keeps the root may have put a younger key before the one that the key set is wrapped by."""
        made = await self.ring.asked(self.ring.root.generations())
        if self.ring.root_generation != max(made, key=lambda name: made[name]):
            await self.tending.rewrap_root()

    def _of(self, region: Region) -> None:
        if region != self._region:
            raise no_keys(region)

    def _wrapper(self) -> Wrapping:
        keys = self.ring.keys
        if self._wrapping is None or self._wrapping[0] != keys.serial:
            self._wrapping = keys.serial, Wrapping(keys, self._region, self._clock)
        return self._wrapping[1]

    # --------------------------------------------------------------------------------------------- keys made ahead

    async def _more(self, count: int, within_s: float) -> None:
        """Wait until a batch that was made ahead is there, or fail as its making did."""
        making = self._make_ahead(max(count, self._pace.ahead))
        done, _ = await asyncio.wait([making], timeout=within_s)
        if not done:
            raise WorldError(
                "GW-K108",
                f"new data keys of region {self._region} were not stored within {within_s:g} s: "
                "nobody new can be recorded.",
                "look for a slow or full disk under the key store.",
            )
        making.result()

    def _make_ahead(self, count: int) -> asyncio.Future[list[DataKey]]:
        """One batch at a time."""
        if self._making is None:
            loop = asyncio.get_running_loop()
            self._making = loop.run_in_executor(self._thread, self._make_and_store, self._wrapper(), count)
            self._making.add_done_callback(self._take_in)
        return self._making

    def _make_and_store(self, wrapping: Wrapping, count: int) -> list[DataKey]:
        made = wrapping.make(count)
        self._store.add([wrapped for _, wrapped in made])
        return [key for key, _ in made]

    def _take_in(self, making: asyncio.Future[list[DataKey]]) -> None:
        self._making = None
        if not making.cancelled() and making.exception() is None:
            self._pool.extend(making.result())

    async def _apart(self, work: Callable[[], int]) -> int:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    # --------------------------------------------------------------------------------------------- keys remembered

    def _remember(self, key: DataKey) -> None:
        self._opened[SubjectId(key.id)] = key
        if len(self._opened) > self._pace.cached:
            self._opened.popitem(last=False)

    async def _forget_if_erased(self) -> None:
        """What is remembered counts only if nobody has erased a key in the last half second."""
        if asyncio.get_running_loop().time() - self._checked_s <= _TRUST_CACHE_S:
            return
        if not self._store.remote:
            await self._look_at_generation()
            return
        if self._checking is None:  # one question, however many requests wait for its answer
            self._checking = asyncio.create_task(self._look_at_generation())  # noqa: TID251 - owned: close() waits
            self._checking.add_done_callback(self._checked)
        await asyncio.shield(self._checking)

    async def _look_at_generation(self) -> None:
        now_s = asyncio.get_running_loop().time()
        generation = await self.ring.read(self._store.generation)
        if generation != self._generation:
            self._opened.clear()
            self._forgotten += 1
        self._generation, self._checked_s = generation, now_s

    def _checked(self, checking: asyncio.Task[None]) -> None:
        self._checking = None
        if not checking.cancelled():
            checking.exception()  # whoever waits is told; if nobody does any more, nobody misses it
