"""The KeyProvider port over a key file and a data key store.

Data keys are made ahead: a batch is durable in the store before the first of it is handed out, and only the process
that made a batch hands it out, from memory. So a new person costs no durable write, and a key that was handed out once
is never handed out again, whatever happens to the process: what a killed one left unused stays unused.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gateway.adapters.keys_file.key_file import KeyFile, KeySet
from gateway.adapters.keys_file.wrapping import Wrapping
from gateway.model.errors import WorldError
from gateway.model.names import Region, SubjectId
from gateway.model.secret import DataKey, RegionKeys
from gateway.ports import Clock, DataKeyStore, Sink

_TRUST_CACHE_S = 0.5


@dataclass(frozen=True, slots=True)
class Pace:
    """``ahead`` data keys are made at once, in the background once fewer than a quarter are left; ``cached`` opened
    ones are remembered; the store is waited for ``timeout_s``.
    """

    ahead: int = 512
    cached: int = 10_000
    timeout_s: float = 2.0


class FileKeys:
    """One region's keys, in ``directory``. ``start`` it after its store, ``close`` it before.

    ``filled`` tells whether the vault holds anything: only while it does not are keys made.
    """

    def __init__(
        self,
        directory: Path,
        region: Region,
        *,
        store: DataKeyStore,
        filled: Callable[[], bool],
        clock: Clock,
        sink: Sink,
        pace: Pace = Pace(),
    ) -> None:
        self.file = KeyFile(directory, region)
        self._region = region
        self._store = store
        self._filled = filled
        self._clock = clock
        self._sink = sink
        self._pace = pace
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="data-keys")
        self._keys: KeySet | None = None
        self._wrapping: Wrapping | None = None
        self._pool: deque[DataKey] = deque()
        self._making: asyncio.Future[list[DataKey]] | None = None
        self._opened: OrderedDict[SubjectId, DataKey] = OrderedDict()
        self._generation = -1
        self._checked_s = float("-inf")

    async def start(self) -> None:
        """Read the keys, or make them while nothing is kept yet, and make data keys ahead. Raises WorldError."""
        self._keys = self.file.read() if self.file.exists() else self._made()
        self._wrapping = Wrapping(self._keys, self._region, self._clock)
        await self._more(1)

    async def close(self) -> None:
        """Give back the data keys that nobody has been handed."""
        if self._making is not None:
            await asyncio.wait([self._making])
        unused = [SubjectId(key.id) for key in self._pool]
        self._pool.clear()
        self._opened.clear()
        if unused:
            await self._apart(lambda: self._store.erase(unused))
        await asyncio.to_thread(self._thread.shutdown)

    # --------------------------------------------------------------------------------------------------- the port

    async def region_keys(self, region: Region) -> RegionKeys:
        self._of(region)
        return self._current().region_keys

    async def fresh(self, region: Region, count: int) -> Sequence[DataKey]:
        self._of(region)
        while len(self._pool) < count:
            await self._more(count)
        keys = [self._pool.popleft() for _ in range(count)]
        for key in keys:
            self._remember(key)
        if len(self._pool) < self._pace.ahead // 4:
            _ = self._make_ahead(self._pace.ahead)
        return keys

    async def open(self, region: Region, subjects: Sequence[SubjectId]) -> dict[SubjectId, DataKey]:
        self._of(region)
        self._forget_if_erased()
        found = {subject: key for subject in subjects if (key := self._opened.get(subject)) is not None}
        missing = [subject for subject in dict.fromkeys(subjects) if subject not in found]
        if missing:
            opened = self._wrapper().open(self._store.read(missing))
            for key in opened.values():
                self._remember(key)
            found |= opened
        for subject in self._opened.keys() & found.keys():
            self._opened.move_to_end(subject)
        return found

    # --------------------------------------------------------------------------------------------------- besides

    async def erase(self, region: Region, subjects: Sequence[SubjectId]) -> int:
        """Destroy data keys: what was sealed under them can't be opened again. How many there were."""
        self._of(region)
        for subject in subjects:
            self._opened.pop(subject, None)
        return await self._apart(lambda: self._store.erase(subjects))

    async def ready(self) -> None:
        """Raises WorldError if the key file is gone, or data keys can't be read now."""
        self.file.read()
        self._store.generation()

    def _made(self) -> KeySet:
        if self._filled() or not self._store.empty():
            raise WorldError(
                "GW-K101",
                f"key file {str(self.file.path)!r} is missing, but the vault of region {self._region} holds data: "
                "new keys would not open it.",
                "restore the key file from its backup; for a vault that may be lost, move the vault away too.",
            )
        keys = self.file.make(self._clock)
        self._sink.emit(
            "keys_made",
            region=self._region,
            file=str(self.file.path),
            mend="a key beside its data is for trials: back it up apart from the vault, then move to a KMS or HSM",
        )
        return keys

    def _of(self, region: Region) -> None:
        if region != self._region:
            raise no_keys(region)

    def _current(self) -> KeySet:
        if self._keys is None:
            raise no_keys(self._region)
        return self._keys

    def _wrapper(self) -> Wrapping:
        if self._wrapping is None:
            raise no_keys(self._region)
        return self._wrapping

    # --------------------------------------------------------------------------------------------- keys made ahead

    async def _more(self, count: int) -> None:
        """Wait until a batch that was made ahead is there, or fail as its making did."""
        making = self._make_ahead(max(count, self._pace.ahead))
        done, _ = await asyncio.wait([making], timeout=self._pace.timeout_s)
        if not done:
            raise WorldError(
                "GW-K108",
                f"new data keys of region {self._region} were not stored within {self._pace.timeout_s:g} s: "
                "nobody new can be recorded.",
                "look for a slow or full disk under the data key store.",
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

    def _forget_if_erased(self) -> None:
        """What is remembered counts only if nobody has erased a key in the last half second."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._checked_s > _TRUST_CACHE_S:
            generation = self._store.generation()
            if generation != self._generation:
                self._opened.clear()
            self._generation, self._checked_s = generation, now_s


def no_keys(region: Region) -> WorldError:
    return WorldError(
        "GW-K106",
        f"there are no keys of region {region}: its data can't be protected.",
        "name a key source for the region in the rules, and start it before the first request.",
    )
