"""The generations of the index key, as a vault over SQL has them: first blinds outside, stored blinds inside.

What a port is asked names values by their first blinds; what lies in rows is named by the generation that decides. The
phase of a turn stands in a row of the vault, and every transaction reads it, so that all who write agree at any moment:
no clock, no lease, and nobody who was stopped for a while goes on under a phase that is over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import orjson
from msgspec import structs

from gateway.adapters.vault_sql.facts import Name
from gateway.adapters.vault_sql.naming import Answer
from gateway.model.errors import UnknownGenerationError
from gateway.model.kept import Batch, Blinded, DirectoryEntry, Keep, Recall, Recalled, Settlement
from gateway.model.names import Digest
from gateway.model.secret import Secret
from gateway.model.turning import IndexStand, generation_of, nested, nested_to, stand
from gateway.ports import IndexKeys

T = TypeVar("T")

STEADY = str(IndexStand())
"""What a vault that notes nothing stands for."""

TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("names", ("blind", "kind", "scope")),
    ("session", ("id",)),
    ("shown", ("session", "token")),
    ("idempotency", ("blind",)),
)
"""Whatever is named by a blind: table and key, the blind first."""
PAGE = 512
"""Rows that one step of a turn looks at."""
WAY = ("fill", "lift", "drop")
"""The phases of a turn, a third of the way each."""


@dataclass(frozen=True, slots=True)
class Index:
    """One stand of the vault with the keys for it."""

    stand: IndexStand
    keys: IndexKeys | None = None

    def require(self) -> None:
        """Raise UnknownGenerationError where a turn is under way by a key that is not at hand."""
        if self.stand.phase in ("fill", "lift"):
            self._later(self.stand.newest)

    def stored(self, first: Digest) -> Digest:
        """A blind as rows have it now."""
        return self._as(self.stand.decides, first)

    def twin(self, stored: bytes) -> bytes | None:
        """What a row of the older generation is to be called in the next one; None for any other row."""
        if self.stand.phase == "steady" or generation_of(stored) != self.stand.generation:
            return None
        return nested(stored, self._later(self.stand.newest)[self.stand.generation - 1])

    def lifted(self, blind: Digest) -> Digest:
        """A blind that a record remembers, as rows have it now."""
        return self._as(self.stand.decides, blind)

    def lifted_names(self, names: Sequence[Name]) -> list[Name]:
        """A record's names, their blinds as rows have them now."""
        if self.stand.decides == 1:
            return list(names)
        return [(at, token, kind, self.lifted(blind) if blind else blind) for at, token, kind, blind in names]

    def _as(self, generation: int, blind: Digest) -> Digest:
        if generation == 1:
            return blind
        stored = bytes.fromhex(blind)
        if generation_of(stored) >= generation:
            return blind
        return Digest(nested_to(generation, stored, self._later(generation)).hex())

    def _later(self, generation: int) -> Sequence[Secret]:
        later = self.keys.later() if self.keys is not None else ()
        if len(later) < generation - 1:
            raise UnknownGenerationError(generation)
        return later

    # ------------------------------------------------------------------------------------- what the port is asked

    def recall(self, query: Recall) -> Recall:
        if self.stand.decides == 1:
            return query
        return replace(
            query,
            identifiers=tuple((kind, self.stored(blind)) for kind, blind in query.identifiers),
            session=self.stored(query.session) if query.session else None,
            idempotency=self.stored(query.idempotency) if query.idempotency else None,
        )

    def batch(self, batch: Batch) -> Batch:
        if self.stand.decides == 1:
            return batch
        return replace(
            batch,
            keeps=tuple(self._keep(keep) for keep in batch.keeps),
            seeks=tuple(replace(seek, blind=self.stored(seek.blind)) for seek in batch.seeks),
            directory=self._entries(batch.directory),
            idempotency=self.stored(batch.idempotency) if batch.idempotency else None,
        )

    def settlement(self, outcome: Settlement) -> Settlement:
        if self.stand.decides == 1:
            return outcome
        starts = (
            replace(one, session=self.stored(one.session), proof=self._blinded(one.proof)) for one in outcome.sessions
        )
        return replace(
            outcome,
            sessions=tuple(starts),
            closed_sessions=tuple(self.stored(session) for session in outcome.closed_sessions),
            directory=self._entries(outcome.directory),
            shown=tuple((self.stored(session), token) for session, token in outcome.shown),
            withdrawn=self._entries(outcome.withdrawn),
        )

    def _keep(self, keep: Keep) -> Keep:
        fields = (structs.replace(one, blind=self.stored(one.blind)) if one.blind else one for one in keep.fields)
        return replace(keep, fields=tuple(fields))

    def _entries(self, entries: Sequence[DirectoryEntry]) -> tuple[DirectoryEntry, ...]:
        return tuple(replace(entry, blind=self.stored(entry.blind)) for entry in entries)

    def _blinded(self, blinded: Blinded | None) -> Blinded | None:
        return (blinded[0], self.stored(blinded[1])) if blinded else None

    # --------------------------------------------------------------------------------------- what the port answers

    def recalled(self, query: Recall, inside: Recall, found: Recalled) -> Recalled:
        """The answer to ``inside``, which is ``recall(query)``, in the words of the query itself."""
        if inside is query or not found.known:
            return found
        firsts = dict(zip(inside.identifiers, query.identifiers, strict=True))
        known = {firsts[stored]: replace(entry, blind=firsts[stored][1]) for stored, entry in found.known.items()}
        apart = {firsts[stored]: subject for stored, subject in found.apart.items()}
        return replace(found, known=known, apart=apart)

    def answered(self, batch: Batch, inside: Batch, answer: Answer) -> Answer:
        """The answer to ``inside``, which is ``batch(batch)``, in the words of the batch itself."""
        if inside is not batch and answer.sought:
            pairs = zip(batch.seeks, inside.seeks, strict=True)
            answer.sought = {(seek.kind, seek.blind): answer.sought[one.kind, one.blind] for seek, one in pairs}
        return answer


class IndexBook:
    """The keys of one vault's index, once there are any."""

    def __init__(self) -> None:
        self.keys: IndexKeys | None = None
        self._last = STEADY, Index(IndexStand())

    def index(self, text: str) -> Index:
        """What the vault's row says; ValueError for what no gateway has written."""
        if self._last[0] != text or self._last[1].keys is not self.keys:
            self._last = text, Index(stand(text), self.keys)
        return self._last[1]

    async def known(self, call: Callable[[], Awaitable[T]]) -> T:
        """What a call gives; where it lacks a key that another process has made, once more with it."""
        try:
            return await call()
        except UnknownGenerationError:
            if self.keys is None:
                raise
            await self.keys.renew()
            return await call()


# --------------------------------------------------------------------------------------------------- the way of a turn


@dataclass(frozen=True, slots=True)
class Way:
    """How far a phase has come: which table, behind which key, how many rows were seen."""

    table: int = 0
    after: tuple[bytes | str, ...] = ()
    rows: int = 0

    def seen(self, keys: Sequence[Sequence[bytes | str]]) -> Way:
        """After a page of rows with these keys; the next table after one that is not full.

        What is written behind it meanwhile is right already.
        """
        if len(keys) < PAGE:
            return Way(self.table + 1, (), self.rows + len(keys))
        return Way(self.table, tuple(keys[-1]), self.rows + len(keys))

    def spelt(self) -> str:
        after = [[one.hex(), 1] if isinstance(one, bytes) else [one, 0] for one in self.after]
        return orjson.dumps([self.table, after, self.rows]).decode()

    @property
    def share(self) -> float:
        """Of the phase: blinds are spread evenly, and nearly all of them are names."""
        if self.table or not self.after or not isinstance(self.after[0], bytes):
            return float(self.table > 0)
        return int.from_bytes(self.after[0][:4], "big") / 2**32


def way(text: str | None) -> Way:
    if not text:
        return Way()
    table, after, rows = orjson.loads(text)
    return Way(table, tuple(bytes.fromhex(one) if is_bytes else one for one, is_bytes in after), rows)


def share_of_time(at: bytes | str, first: bytes | None, last: bytes | None) -> float:
    """How far a record's id is on the way from the first to the last: ids begin with the time."""
    if not isinstance(at, bytes) or first is None or last is None:
        return 0.0
    begin, here, end = (int.from_bytes(one[:8], "big") for one in (first, at, last))
    return (here - begin) / (end - begin) if end > begin else 1.0


def on_its_way(standing: IndexStand, gone: Way, share: float) -> IndexStand:
    """The stand with how far it has come; ``share`` of its phase."""
    if standing.phase == "steady":
        return standing
    return replace(standing, rows=gone.rows, share=(WAY.index(standing.phase) + share) / len(WAY))


def succeeding(standing: IndexStand) -> IndexStand:
    """The phase after one that is done."""
    match standing.phase:
        case "steady":
            return IndexStand(standing.generation, "fill")
        case "fill":
            return IndexStand(standing.generation, "lift")
        case "lift":
            return IndexStand(standing.generation, "drop")
        case _:
            return IndexStand(standing.generation + 1)
