"""The only doors out of the core: everything with a network cable, a disk or a clock stands behind one of these.

Every adapter raises WorldError (never a driver's own exception) and never returns before what it promises is true:
``Vault.keep`` and ``Ledger.append`` return after the durable commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.model.chain import Anchor
from gateway.model.kept import Batch, Fetch, Fetched, Kept, Recall, Recalled, Settlement, StoredRecord
from gateway.model.ledger import Entry
from gateway.model.marks import Dossier, Instruction
from gateway.model.message import Headers, Reply, Request, SocketMessage
from gateway.model.names import RecordId, Region, SubjectId
from gateway.model.residency import Claims
from gateway.model.rules import Destination
from gateway.model.secret import DataKey, RegionKeys, Secret
from gateway.model.stock import Found, Key, Look, StockRow, StockTable
from gateway.model.table import Mark, Reject, Row
from gateway.model.turning import IndexStand


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


class Registry(Protocol):
    """What an operator may ask and order about a person, beside what requests do."""

    async def dossier(self, subject: SubjectId) -> Dossier | None:
        """What is said of a person; None for nobody of whom anything is kept."""
        ...

    async def instruct(self, order: Instruction) -> None:
        """Carry it out, durable when it returns. Raises GatewayError (GW-V13x) where it makes no sense."""
        ...


class Inventory(Protocol):
    """All that a vault holds, page by page: for the way out, and for whoever checks it."""

    async def page(self, after: RecordId | None, most: int) -> Sequence[StoredRecord]:
        """The live records in the order of their ids, from the one behind ``after``; none: that was all."""
        ...


class Stock(Protocol):
    """Every row of a vault, for whoever checks it. Beside a running gateway, and over a vault that is kept closed."""

    async def rows(self, table: StockTable, after: Key | None, most: int) -> Sequence[StockRow]:
        """The rows behind ``after`` in the order of their keys; none: that was all. Raises WorldError."""
        ...

    async def look(self, asked: Look) -> Found: ...

    async def counts(self) -> Mapping[str, int]:
        """Rows of each table. Reads them all."""
        ...

    async def damage(self) -> int:
        """How much the store itself finds wrong with its files; 0 too where it can't be asked."""
        ...


class Pruning(Protocol):
    """How rows of people whose data key is gone leave a vault that was restored. Durable when they return."""

    async def end_now(self, records: Sequence[RecordId]) -> None:
        """Their time is over before everybody else's."""
        ...

    async def purge(self) -> int:
        """Drop records whose time was ended, as expired ones are: their tokens pass to whoever still has the value."""
        ...

    async def drop(self, table: StockTable, keys: Sequence[Key]) -> None:
        """Rows of ``names``, ``person`` or ``session``."""
        ...


class Table(Protocol):
    """An existing table, read once from one end to the other. Everything blocks for as long as a file takes."""

    async def read(self, most: int) -> Sequence[Row]:
        """The next rows, none at its end. Raises WorldError."""
        ...

    def outward(self, row: Row, body: bytes) -> bytes:
        """The row's own bytes with what a changed body has in place of its values; all else as it was.

        Raises PayloadError where the table has no way to write that.
        """
        ...

    async def aclose(self) -> None: ...


class Copy(Protocol):
    """The tokenised twin of a table, its rejects, and the journal that says how far they are durable."""

    def add(self, rows: bytes, rejects: Sequence[Reject], mark: Mark) -> Mark:
        """What one batch has become; the mark, its places filled in, once all of it is durable. Raises WorldError."""
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

    async def erase(self, region: Region, subjects: Sequence[SubjectId]) -> int:
        """Destroy data keys: what was sealed under them can't be opened again. How many there were."""
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


class Root(Protocol):
    """The key that a region's key set is wrapped by, in generations. Where it can, it never leaves its keeper.

    Every method may raise WorldError. The names of generations are the root's own.
    """

    @property
    def turns(self) -> bool:
        """Whether ``turn`` and ``destroy_before`` can work; else whoever keeps the key turns it."""
        ...

    async def wrap(self, secret: bytes, bound: bytes) -> tuple[str, bytes]:
        """The generation, and 32 bytes that only the root opens, and only with the same ``bound``."""
        ...

    async def unwrap(self, generation: str, wrapped: bytes, bound: bytes) -> bytes: ...

    async def generations(self) -> Mapping[str, int]:
        """Those that exist, and when they were made (Unix ms; 0 where nobody knows). ``wrap`` uses the youngest."""
        ...

    async def turn(self) -> str:
        """Make a new generation, the first if there is none; durable when it returns."""
        ...

    async def destroy_before(self, made_ms: int, keep: str) -> int:
        """Destroy the generations older than that, but neither ``keep`` nor a younger one than it; how many."""
        ...

    async def aclose(self) -> None: ...


class DataKeyStore(Protocol):
    """The wrapped keys of one region, apart from the vault: key set and data keys. Everything blocks; WorldError."""

    @property
    def remote(self) -> bool:
        """Whether a read crosses a network: then it is asked on another thread than the event loop's."""
        ...

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

    def empty(self) -> bool:
        """True while there is no data key."""
        ...

    def serial(self) -> int:
        """Of the key set; grows with every change; 0: there is none. As cheap as ``generation``."""
        ...

    def key_set(self) -> bytes | None:
        """The wrapped key set."""
        ...

    def save_key_set(self, serial: int, body: bytes) -> bool:
        """Put it in place of the one with the serial before; False if that is not the one there. Durable."""
        ...

    def stale(self, version: str, after: SubjectId, most: int) -> Sequence[tuple[SubjectId, str, bytes]]:
        """Data keys under other versions than this one, by id, from the one after ``after``."""
        ...

    def rewrap(self, keys: Sequence[tuple[SubjectId, bytes, str, bytes]]) -> int:
        """Id, old wrapped key, new version, new wrapped key; one that is gone or has changed stays so. How many."""
        ...

    def versions(self) -> Mapping[str, int]:
        """How many data keys there are under each version. Reads them all."""
        ...

    def lease(self, holder: str, now_ms: int, for_ms: int) -> bool:
        """True if ``holder`` may do for so long what one process at a time does."""
        ...


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

    async def payload(self, headers: Headers) -> Mapping[str, object] | None:
        """All that the JWT says, under the same conditions."""


class Flow(Protocol):
    """The bytes of a body as they come. Close it, whatever happens."""

    def rest(self) -> AsyncIterator[bytes]:
        """What was not read before, chunk by chunk. Raises GatewayError where it breaks off."""
        ...

    async def aclose(self) -> None: ...


class Answer(Flow, Protocol):
    """A reply whose head has arrived."""

    status: int
    reason: str
    headers: Headers

    async def read(self, most: int, within_s: float | None = None) -> tuple[bytes, bool]:
        """Up to ``most`` bytes of the body, and whether that is all of it. Content codings are left as they are.

        ``within_s``: what has come by then is enough.
        """
        ...

    def linger(self) -> None:
        """The body is a stream: it need not end in time, and may be silent for long."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Relay:
    """A reply that is streamed: ``head`` was already read off ``answer``, the rest follows it.

    ``headers`` and framing are the upstream's, without Content-Length where tokens are restored on the way; whoever
    takes a Relay closes its ``answer``, whatever happens.
    """

    status: int
    reason: str
    headers: Headers
    answer: Flow
    head: bytes = b""
    endless: bool = False
    """It names no length and may go on for ever."""

    def __repr__(self) -> str:
        return f"Relay({self.status}, headers={len(self.headers)}, head={len(self.head)})"


class ObjectStore(Protocol):
    """Where sealed files lie, in the country. Names are words of letters, digits and dashes."""

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> None:
        """Store all pieces; durable when it returns, and nothing is there where it raises. WorldError."""
        ...

    def read(self, name: str) -> AsyncIterator[bytes]:
        """Piece by piece. Raises WorldError (GW-F102 where there is no such object)."""
        ...

    async def delete(self, names: Sequence[str]) -> None:
        """Those that exist are there no more."""
        ...

    def names(self) -> AsyncIterator[tuple[str, int]]:
        """Every object, and when it was stored (Unix seconds)."""
        ...

    async def aclose(self) -> None: ...


class Spooled(Protocol):
    """Bytes on their way that are not held in memory: written once, then read from the beginning, any number of times.

    They are on no disk any more once it is closed, or the process has ended in whatever way.
    """

    @property
    def size(self) -> int: ...

    async def write(self, piece: bytes) -> None: ...

    def pieces(self) -> AsyncIterator[bytes]: ...

    def close(self) -> None: ...


class Extractor(Protocol):
    """The texts of a file that is no text."""

    async def texts(self, media_type: str, body: bytes) -> tuple[str, ...] | None:
        """All its texts; None where it can't be read, or holds something that is no text (pictures, macros …)."""
        ...


class Upstream(Protocol):
    """One hop to a destination. Sends target, headers and body as they are; adds only framing and Host."""

    async def send(self, destination: Destination, request: Request) -> Answer:
        """The reply's head; WorldError 502 (unreachable, broken) or 504 (too slow)."""
        ...


class Socket(Protocol):
    """An open WebSocket towards a destination. Close it, whatever happens."""

    protocol: str
    """The subprotocol that was agreed on, "" for none."""
    headers: Headers

    async def send(self, message: SocketMessage) -> None:
        """Returns when there is room for more. Raises WorldError."""
        ...

    async def receive(self) -> SocketMessage:
        """The next message; a close at the end, however that came. Raises WorldError after a long silence."""
        ...

    async def aclose(self, code: int) -> None: ...


class SocketUpstream(Protocol):
    """The way to destinations that speak WebSocket."""

    async def connect(self, destination: Destination, request: Request) -> Socket | Reply:
        """The handshake; what the destination answered if it wanted none. Raises WorldError."""
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


class IndexKeys(Protocol):
    """The index keys after the first, for whoever stores blinds."""

    def later(self) -> Sequence[Secret]:
        """The second generation's first. Raises WorldError."""
        ...

    async def renew(self) -> None:
        """Take in what another process has added. Raises WorldError."""
        ...


class Indexed(Protocol):
    """A store whose rows are named by blinds, as its index key turns (``model/turning.py``).

    Its stand is a row of its own, which every transaction reads: nobody reads or writes under a phase that is over.
    """

    def index_by(self, keys: IndexKeys) -> None:
        """Where its keys come from; without it a store knows the first generation only."""
        ...

    async def index(self) -> IndexStand:
        """How it stands now. Raises WorldError."""
        ...

    async def turn_index(self, generation: int) -> IndexStand:
        """One bounded step of the way to a generation, and how it stands then; durable when it returns.

        Nothing where it stands there already. Any process may do any step, and several may at once.
        """
        ...
