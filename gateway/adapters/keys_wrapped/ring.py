"""The key set as one process has it: opened by the root, followed as others change it, trusted for a bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from gateway.adapters.keys_wrapped.apart import Apart
from gateway.adapters.keys_wrapped.key_set import (
    KEY_BYTES,
    LINES,
    NONCE_BYTES,
    Envelope,
    KeySet,
    bound_to,
    decoded,
    new_key_set,
    sealed,
)
from gateway.model.errors import WorldError
from gateway.model.limits import KeyPace
from gateway.model.names import Region
from gateway.model.secret import RegionKeys
from gateway.ports import Clock, DataKeyStore, Root

T = TypeVar("T")


class KeyRing:
    """Reads of a store at hand happen on the event loop's thread, everything else on another.

    ``store_s`` is how long a store across a network is waited for.
    """

    def __init__(
        self, region: Region, root: Root, store: DataKeyStore, clock: Clock, pace: KeyPace, store_s: float = 3.0
    ) -> None:
        self._apart = Apart(region, store_s)
        self.region = region
        self.root = root
        self._store = store
        self._clock = clock
        self._pace = pace
        self._keys: KeySet | None = None
        self._region_keys: RegionKeys | None = None
        self._envelope: Envelope | None = None
        self._confirmed_ms = 0
        self._lock = asyncio.Lock()

    @property
    def keys(self) -> KeySet:
        """Raises WorldError: GW-K106 before it was opened, GW-K111 once the root has been away for too long."""
        if self._keys is None:
            raise no_keys(self.region)
        if abs(self._clock.now_ms() - self._confirmed_ms) > self._pace.hold_s * 1000:  # a clock may go back
            raise WorldError(
                "GW-K111",
                f"the root key of region {self.region} has not been reached for {self._pace.hold_s:g} s: its keys are "
                "not used any longer.",
                "bring the root's keeper back (pii-gateway keys status); no restart is needed.",
            )
        return self._keys

    @property
    def region_keys(self) -> RegionKeys:
        """As ``keys``, for whoever only uses what is in force."""
        keys = self.keys
        return self._region_keys or keys.region_keys

    @property
    def root_generation(self) -> str:
        """The one that wraps the key set now."""
        return self._envelope.root if self._envelope else ""

    async def reload(self) -> bool:
        """Take in the store's key set; False if there is none. Raises WorldError."""
        async with self._lock:
            return await self._reload()

    async def follow(self) -> None:
        """Reload if the store has another key set than this process."""
        if self._keys is None or await self.read(self._store.serial) != self._keys.serial:
            await self.reload()

    async def confirm(self) -> None:
        """The root still opens what is in use: that is what being ready means. Raises WorldError."""
        async with self._lock:
            if self._envelope is None:
                raise no_keys(self.region)
            await self._unwrapped(self._envelope)

    async def make(self) -> bool:
        """The first key set, unless another process was first. The root has a generation by then."""
        secrets = {line: self._clock.random(KEY_BYTES) for line in LINES}
        return await self._saved(new_key_set(self.region, self._clock.now_ms(), secrets))

    async def change(self, how: Callable[[KeySet], KeySet | None]) -> bool:
        """Save what ``how`` makes of the present key set; False if that is None, or another process was first."""
        await self.follow()
        changed = how(self.keys)
        return changed is not None and await self._saved(changed)

    async def read(self, ask: Callable[[], T]) -> T:
        """What the store answers: at once where it is at hand."""
        return await self._apart.ask(ask) if self._store.remote else ask()

    async def close(self) -> None:
        """Nothing is read any more."""
        await self._apart.close()

    async def asked(self, call: Coroutine[object, object, T]) -> T:
        """The root's answer, waited for within its time."""
        try:
            async with asyncio.timeout(self._pace.root_s):
                return await call
        except TimeoutError as error:
            raise WorldError(
                "GW-K110",
                f"the root key of region {self.region} did not answer within {self._pace.root_s:g} s: keys can't be "
                "opened or turned.",
                "look at the root's keeper (HSM, transit engine) and the way to it.",
            ) from error

    # ---------------------------------------------------------------------------------------------------- details

    async def _reload(self) -> bool:
        body = await self.read(self._store.key_set)
        if body is None:
            return False
        try:
            envelope = decoded(body, self.region)
        except (LookupError, TypeError, ValueError) as error:
            raise self._foreign(type(error).__name__) from error
        self._take(envelope, self._opened(envelope, await self._unwrapped(envelope)))
        return True

    async def _saved(self, keys: KeySet) -> bool:
        """Wrap, open again as a trial (a root that only wraps would close everything), save, take in."""
        async with self._lock:
            set_key = self._clock.random(KEY_BYTES)
            generation, wrapped = await self.asked(self.root.wrap(set_key, bound_to(self.region)))
            envelope = sealed(keys, generation, wrapped, set_key, self._clock.random(NONCE_BYTES))
            self._opened(envelope, await self._unwrapped(envelope))
            if not await asyncio.to_thread(self._store.save_key_set, keys.serial, envelope.encoded()):
                await self._reload()
                return False
            self._take(envelope, keys)
            return True

    async def _unwrapped(self, envelope: Envelope) -> bytes:
        set_key = await self.asked(self.root.unwrap(envelope.root, envelope.wrapped, bound_to(self.region)))
        self._confirmed_ms = self._clock.now_ms()
        return set_key

    def _opened(self, envelope: Envelope, set_key: bytes) -> KeySet:
        try:
            return envelope.opened(set_key)
        except (LookupError, TypeError, ValueError) as error:
            raise self._foreign(type(error).__name__) from error

    def _take(self, envelope: Envelope, keys: KeySet) -> None:
        self._envelope, self._keys, self._region_keys = envelope, keys, keys.region_keys

    def _foreign(self, detail: str) -> WorldError:
        return WorldError(
            "GW-K103",
            f"the key store holds no key set of region {self.region} that this root opens ({detail}): it stays closed.",
            "restore the key store from a copy within the grace period, or name the right root in the rules.",
        )


def no_keys(region: Region) -> WorldError:
    return WorldError(
        "GW-K106",
        f"there are no keys of region {region}: its data can't be protected.",
        "name a key source for the region in the rules, and start it before the first request.",
    )
