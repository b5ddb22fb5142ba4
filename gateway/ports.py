"""The only doors out of the core: everything with a network cable, a disk or a clock stands behind one of these.

Every adapter raises WorldError (never a driver's own exception) and never returns before what it promises is true:
``Vault.keep`` and ``Ledger.append`` return after the durable commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.model.chain import Anchor
from gateway.model.kept import Batch, Fetch, Fetched, Kept, Recall, Recalled, Settlement
from gateway.model.ledger import Entry
from gateway.model.message import Headers, Request
from gateway.model.names import Region, SubjectId
from gateway.model.residency import Claims
from gateway.model.rules import Destination
from gateway.model.secret import DataKey, RegionKeys


class Vault(Protocol):
    """The home store of one region. Only ``keep`` makes tokens."""

    async def recall(self, query: Recall) -> Recalled:
        """Who and what the blinds, tokens and session of a request are; one batched read, no write."""
        ...

    async def keep(self, batch: Batch) -> Kept:
        """Record the batch in one durable commit, shared with concurrent callers, and hand out its tokens."""
        ...

    async def fetch(self, query: Fetch) -> Fetched:
        """Sealed records by token, id or person; one batched read, no write."""
        ...

    async def settle(self, outcome: Settlement) -> None:
        """Write down what the upstream's answer made certain; durable when it returns."""
        ...


class KeyProvider(Protocol):
    """Where keys come from. Data keys are made ahead, so that ``fresh`` costs no durable write."""

    async def region_keys(self, region: Region) -> RegionKeys: ...

    async def fresh(self, region: Region, count: int) -> Sequence[DataKey]:
        """Durably stored, never used data keys, one a new person."""
        ...

    async def open(self, region: Region, subjects: Sequence[SubjectId]) -> dict[SubjectId, DataKey]:
        """The data keys that still exist; an erased person's is missing."""
        ...


class Ledger(Protocol):
    """The evidence, chained and keyed per process."""

    async def append(self, entries: Sequence[Entry]) -> None:
        """Durable when it returns; grouped with the commits of concurrent callers."""
        ...

    def tally(self, entry: Entry) -> None:
        """Count an operation that waits for no commit; counts are flushed every second."""
        ...


class Anchors(Protocol):
    """Where the heads of the ledger's chains are remembered, outside the store."""

    def write(self, anchor: Anchor) -> None:
        """Durable when it returns. Blocks; WorldError."""
        ...


class DataKeyStore(Protocol):
    """The wrapped data keys of one region, apart from the vault. Everything blocks; WorldError."""

    def add(self, keys: Sequence[tuple[SubjectId, str, bytes]]) -> None:
        """Ids, versions of the wrapping key, wrapped keys: durable when it returns."""
        ...

    def read(self, subjects: Sequence[SubjectId]) -> dict[SubjectId, tuple[str, bytes]]:
        """Version and wrapped key of each that still exists."""
        ...

    def erase(self, subjects: Sequence[SubjectId]) -> int:
        """How many existed; none of them can be read again when it returns."""
        ...

    def generation(self) -> int:
        """Grows with every erasure, by whichever process."""
        ...

    def empty(self) -> bool: ...


class SignalSource(Protocol):
    """Where an address is."""

    def country(self, address: str) -> str | None:
        """ISO 3166 alpha-2, or None where unknown or where sources disagree. No I/O."""
        ...


class ClaimVerifier(Protocol):
    """Who the caller is, by a token that somebody we trust has signed."""

    async def verify(self, headers: Headers) -> Claims | None:
        """The verified claims; None where there are none or anything about them is wrong. Never raises."""
        ...


class Answer(Protocol):
    """A reply whose head has arrived. Close it, whatever happens."""

    status: int
    reason: str
    headers: Headers

    async def read(self, most: int) -> tuple[bytes, bool]:
        """Up to ``most`` bytes of the body, and whether that is all of it. Content codings are left as they are."""
        ...

    def rest(self) -> AsyncIterator[bytes]:
        """What ``read`` left, chunk by chunk."""
        ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True, repr=False)
class Relay:
    """A reply that is streamed through untouched: ``head`` was already read off ``answer``, the rest follows it.

    ``headers`` and framing are the upstream's; whoever takes a Relay closes its ``answer``, whatever happens.
    """

    status: int
    reason: str
    headers: Headers
    answer: Answer
    head: bytes = b""

    def __repr__(self) -> str:
        return f"Relay({self.status}, headers={len(self.headers)}, head={len(self.head)})"


class Upstream(Protocol):
    """One hop to a destination. Sends target, headers and body as they are; adds only framing and Host."""

    async def send(self, destination: Destination, request: Request) -> Answer:
        """The reply's head; WorldError 502 (unreachable, broken) or 504 (too slow)."""
        ...


class Sink(Protocol):
    """Where events for operators go; loses rather than blocks, and counts what it lost."""

    def emit(self, event: str, **facts: str | float) -> None: ...


class Clock(Protocol):
    """Time and randomness, so that tests can own them."""

    def now_ms(self) -> int:
        """Unix time in milliseconds."""
        ...

    def random(self, size: int) -> bytes:
        """Fresh bytes from the system's generator."""
        ...
