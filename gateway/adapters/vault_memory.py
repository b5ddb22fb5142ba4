"""The home store in memory: the same answers as the SQLite vault, said as plainly as can be; for tests and trials.

Nothing is shared with that adapter: the contract suite plays the same calls to both and compares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from gateway.model.errors import WorldError
from gateway.model.kept import (
    Batch,
    Blinded,
    DirectoryEntry,
    Fetch,
    Fetched,
    FieldRef,
    Holding,
    Keep,
    KeepField,
    Kept,
    Recall,
    Recalled,
    SealedRecord,
    Seek,
    SessionFact,
    SessionStart,
    Settlement,
    TokenFact,
)
from gateway.model.ledger import Entry
from gateway.model.names import Digest, Rank, RecordId, Region, Scope, SubjectId, Token
from gateway.ports import Clock

K = TypeVar("K")
V = TypeVar("V")

_RANKS = {None: 0, "inferred": 1, "document": 2, "declared": 2}
_REMEMBER_RETRIES_S = 7 * 86400


@dataclass(frozen=True, slots=True)
class _Record:
    """One record and its life. ``names``: field and token; ``blinds``: the equal value that a token stands for."""

    sealed: SealedRecord
    names: tuple[tuple[int, Token], ...]
    blinds: tuple[tuple[Token, Blinded], ...]
    reused: tuple[RecordId, ...]
    expires: int | None
    sent: int = 1
    refused: bool = False

    @property
    def subject(self) -> SubjectId:
        return self.sealed.subject

    def field(self, token: Token) -> int | None:
        return next((index for index, given in self.names if given == token), None)

    def token(self, field: int) -> Token | None:
        return next((given for index, given in self.names if index == field), None)

    def blinded(self, token: Token) -> Blinded | None:
        return next((blinded for given, blinded in self.blinds if given == token), None)


class _Tables:
    """All that is kept. Changes go through ``put`` and ``drop``, so that what fails half way can be taken back."""

    def __init__(self) -> None:
        self.records: dict[RecordId, _Record] = {}
        self.first: dict[Token, FieldRef] = {}
        """Every token that exists, with the field it names: its first holder's."""
        self.further: dict[tuple[Token, SubjectId], FieldRef] = {}
        self.index: dict[tuple[Blinded, Scope], Token] = {}
        self.noted: dict[Token, None] = {}
        """Every text that was ever noted because it does not say its field, spent ones too."""
        self.directory: dict[Blinded, SubjectId] = {}
        self.people: dict[SubjectId, tuple[Region | None, Rank | None]] = {}
        self.sessions: dict[Digest, SessionStart] = {}
        self.shown: dict[tuple[Digest, Token], int] = {}
        self.retries: dict[Digest, tuple[tuple[RecordId, ...], int]] = {}
        self._undo: list[Callable[[], object]] = []

    def put(self, table: dict[K, V], key: K, value: V) -> None:
        if key in table:
            was = table[key]
            self._undo.append(lambda: table.update({key: was}))
        else:
            self._undo.append(lambda: table.pop(key))
        table[key] = value

    def drop(self, table: dict[K, V], key: K) -> None:
        if key in table:
            was = table.pop(key)
            self._undo.append(lambda: table.update({key: was}))

    def done(self) -> None:
        self._undo.clear()

    def take_back(self) -> None:
        while self._undo:
            self._undo.pop()()


class MemoryVault:
    """One region's home store. ``ref_of`` as for the SQLite vault; ``entries`` takes what goes into the ledger."""

    def __init__(
        self,
        region: Region,
        *,
        clock: Clock,
        ref_of: Callable[[Token], FieldRef | None],
        entries: list[Entry] | None = None,
    ) -> None:
        self.region = region
        self.entries: list[Entry] = [] if entries is None else entries
        self._clock = clock
        self._ref_of = ref_of
        self._has = _Tables()

    async def start(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to let go of."""

    # --------------------------------------------------------------------------------------------------- the port

    async def recall(self, query: Recall) -> Recalled:
        now_s, has = self._clock.now_ms() // 1000, self._has
        retried = has.retries.get(query.idempotency, ((), 0))[0] if query.idempotency else ()
        return Recalled(
            known={blinded: self._entry(blinded) for blinded in query.identifiers if blinded in has.directory},
            tokens={token: self._fact(token, query.session, now_s) for token in query.tokens if token in has.first},
            session=self._session(query.session, now_s),
            replay=tuple(record for record in retried if record in has.records),
        )

    async def keep(self, batch: Batch) -> Kept:
        names: dict[FieldRef, Token] = {}
        records: list[RecordId] = []
        try:
            earlier = self._earlier(batch)
            for number, keep in enumerate(batch.keeps):
                record = self._again(earlier[number]) if number in earlier else self._new(keep)
                names |= {(keep.record, index): token for index, token in record.names}
                records.append(record.sealed.record)
            for entry in batch.directory:
                self._enter(entry)
            if batch.idempotency and records:
                retry = (tuple(records), max(keep.at for keep in batch.keeps))
                self._has.put(self._has.retries, batch.idempotency, retry)
            sought = {(seek.kind, seek.blind): self._sought(seek) for seek in batch.seeks}
        except (WorldError, ValueError, LookupError):
            self._has.take_back()
            raise
        self._has.done()
        self.entries.extend(batch.entries)
        return Kept(names, sought, tuple(records))

    async def fetch(self, query: Fetch) -> Fetched:
        has = self._has
        holdings = {token: self._holdings(token) for token in query.tokens if token in has.first}
        by_subject = {subject: self._records_of(subject, query.scope)[: query.most] for subject in query.subjects}
        held = [holding.ref[0] for found in holdings.values() for holding in found]
        own = [record for records in by_subject.values() for record in records]
        known = [record for record in (*own, *query.records, *held) if record in has.records]
        return Fetched(holdings, {record: has.records[record].sealed for record in known}, by_subject)

    async def settle(self, outcome: Settlement) -> None:
        has = self._has
        for record in outcome.refused:
            self._refuse(record)
        for record in outcome.ended:
            if record in has.records:
                has.put(has.records, record, replace(has.records[record], expires=outcome.ends_at))
        for session in outcome.closed_sessions:
            has.sessions.pop(session, None)
            has.shown = {seen: until for seen, until in has.shown.items() if seen[0] != session}
        has.sessions |= {start.session: start for start in outcome.sessions}
        for entry in outcome.directory:
            self._enter(entry)
        for seen in outcome.shown:
            has.shown[seen] = max(outcome.shown_until, has.shown.get(seen, 0))
        has.done()
        self.entries.extend(outcome.entries)

    # --------------------------------------------------------------------------------------------------- besides

    async def purge_expired(self, now_s: int, most: int = 500) -> int:
        """Drop up to ``most`` records whose time is over; call again while that many were dropped."""
        has = self._has
        times = [(record.expires, name) for name, record in has.records.items() if record.expires is not None]
        due = [name for _, name in sorted((time, name) for time, name in times if time <= now_s)][:most]
        for record in due:
            self._drop(record)
        has.sessions = {name: start for name, start in has.sessions.items() if start.expires > now_s}
        has.shown = {seen: until for seen, until in has.shown.items() if until > now_s}
        oldest = now_s - _REMEMBER_RETRIES_S
        has.retries = {blind: retry for blind, retry in has.retries.items() if retry[1] > oldest}
        has.done()
        return len(due)

    async def ready(self) -> None:
        """Always."""

    def empty(self) -> bool:
        """True while nothing at all is kept, so that keys may be made."""
        has = self._has
        return not (has.records or has.directory or has.people or has.sessions or self.entries)

    def knows_nobody(self) -> bool:
        """True while no person is in the directory; names of cookies there are nobody's."""
        return all(kind.startswith("cookie:") for kind, _ in self._has.directory)

    # ----------------------------------------------------------------------------------------------------- answers

    def _entry(self, blinded: Blinded) -> DirectoryEntry:
        subject = self._has.directory[blinded]
        return DirectoryEntry(*blinded, subject, *self._has.people[subject])

    def _fact(self, token: Token, session: Digest | None, now_s: int) -> TokenFact:
        holdings = self._holdings(token)
        shown = session is not None and self._has.shown.get((session, token), 0) > now_s
        return TokenFact(token, holdings[0].scope, frozenset(holding.subject for holding in holdings), shown)

    def _session(self, session: Digest | None, now_s: int) -> SessionFact | None:
        start = self._has.sessions.get(session) if session else None
        if start is None or start.expires <= now_s:
            return None
        return SessionFact(start.subject, *self._has.people.get(start.subject, (None, None)), start.expires)

    def _holdings(self, token: Token) -> tuple[Holding, ...]:
        """The first holder, then the further ones by subject."""
        record, field = self._has.first[token]
        first = self._has.records[record]
        further = sorted((subject, ref) for (held, subject), ref in self._has.further.items() if held == token)
        return (
            Holding(token, first.sealed.scope, first.subject, (record, field)),
            *(Holding(token, first.sealed.scope, subject, ref) for subject, ref in further),
        )

    def _records_of(self, subject: SubjectId, scope: Scope | None) -> tuple[RecordId, ...]:
        """Newest first."""
        own = (name for name, record in self._has.records.items() if record.subject == subject)
        return tuple(sorted((r for r in own if scope in (None, self._has.records[r].sealed.scope)), reverse=True))

    def _sought(self, seek: Seek) -> Token:
        token = self._has.index.get(((seek.kind, seek.blind), seek.scope))
        return token or self._first_free((seek.phantom, *seek.spare))

    # ----------------------------------------------------------------------------------------------------- keeping

    def _new(self, keep: Keep) -> _Record:
        _as_ids(keep.record, keep.subject)
        if not keep.scope:
            raise ValueError("a record needs a scope: '' is the directory's")
        has = self._has
        names: list[tuple[int, Token]] = []
        blinds: dict[Token, Blinded] = {}
        reused: dict[RecordId, None] = {}
        holds: dict[Token, FieldRef] = {}
        for one in keep.fields:
            token = self._name(keep, one)
            names.append((one.index, token))
            if one.blind is not None:
                blinds[token] = (one.kind, one.blind)
            first = has.first[token][0]
            if first != keep.record:
                reused[first] = None
                if has.records[first].subject != keep.subject:
                    holds.setdefault(token, (keep.record, one.index))
        if keep.record in has.records:
            raise WorldError("GW-V113", "a record id is taken: nothing is recorded or forwarded.", "send it again.")
        sealed = SealedRecord(keep.record, keep.region, keep.scope, keep.subject, keep.sealed, keep.at)
        record = _Record(sealed, tuple(names), tuple(blinds.items()), tuple(reused), keep.expires)
        has.put(has.records, keep.record, record)
        for other in reused:
            self._send(other, 1)
        for token, ref in holds.items():
            has.put(has.further, (token, keep.subject), has.further.get((token, keep.subject), ref))
        return record

    def _name(self, keep: Keep, one: KeepField) -> Token:
        """The value's token: the one it has in this scope, else the one this person has for it, else a new one."""
        has = self._has
        if one.blind is None:
            return self._held(keep, one) or self._give(keep, one)
        _as_ids(one.blind)
        key = ((one.kind, one.blind), keep.scope)
        if key not in has.index:
            token = self._held(keep, one)
            if token is None or not self._answers_for(has.first[token][0], token, key[0]):
                token = self._give(keep, one)
            has.put(has.index, key, token)
        return has.index[key]

    def _held(self, keep: Keep, one: KeepField) -> Token | None:
        """``held``, or what the field that it names was called, if this person still has it in this scope."""
        has = self._has
        token = one.held
        if token is not None and token not in has.first:
            record, field = self._ref_of(token) or (RecordId(""), 0)
            named = has.records.get(record)
            token = named.token(field) if named and named.subject == keep.subject else None
        first = has.records.get(has.first[token][0]) if token in has.first else None
        if token is None or first is None:
            return None
        holds = first.subject == keep.subject or (token, keep.subject) in has.further
        return token if holds and first.sealed.scope == keep.scope else None

    def _answers_for(self, name: RecordId, token: Token, blinded: Blinded) -> bool:
        """True if a record's token stands for the equal value, from now on if it stood for none."""
        record = self._has.records[name]
        if record.blinded(token) is None:
            record = replace(record, blinds=(*record.blinds, (token, blinded)))
            self._has.put(self._has.records, name, record)
        return record.blinded(token) == blinded

    def _give(self, keep: Keep, one: KeepField) -> Token:
        token = self._first_free(one.candidates) if one.alias else one.candidates[0]
        if one.alias:
            self._has.put(self._has.noted, token, None)
        self._has.put(self._has.first, token, (keep.record, one.index))
        return token

    def _first_free(self, candidates: tuple[Token, ...]) -> Token:
        for token in candidates:
            if token not in self._has.noted:
                return token
        raise WorldError("GW-V112", "every short name that was proposed is taken.", "send the request again.")

    def _enter(self, entry: DirectoryEntry) -> None:
        """First come, first kept; a person moves by evidence of a higher rank, or of the same rank towards home."""
        _as_ids(entry.blind, entry.subject)
        has, told = self._has, (entry.region, entry.rank)
        if (entry.kind, entry.blind) not in has.directory:
            has.put(has.directory, (entry.kind, entry.blind), entry.subject)
        if entry.subject not in has.people:
            has.put(has.people, entry.subject, told)
        region, rank = has.people[entry.subject]
        higher = _RANKS[entry.rank] > _RANKS[rank]
        same = _RANKS[entry.rank] == _RANKS[rank]
        if entry.region is not None and (
            higher or (same and (region is None or entry.region == self.region != region))
        ):
            has.put(has.people, entry.subject, told)

    def _earlier(self, batch: Batch) -> dict[int, RecordId]:
        """By place: the record that an earlier request under the same idempotency blind wrote with the same fields."""
        if batch.idempotency is None:
            return {}
        written = self._has.retries.get(batch.idempotency, ((), 0))[0]
        found = {}
        for number, keep in enumerate(batch.keeps):
            for name in (*written[number : number + 1], keep.record):
                record = self._has.records.get(name)
                fields = {one.index for one in keep.fields}
                if record and record.sealed.scope == keep.scope and {index for index, _ in record.names} == fields:
                    found[number] = name
        return found

    def _again(self, name: RecordId) -> _Record:
        record = self._has.records[name]
        for other in record.reused if record.refused else ():
            self._send(other, 1)
        self._has.put(self._has.records, name, replace(record, refused=False))
        self._send(name, 1)
        return record

    # ------------------------------------------------------------------------------------------------------- ending

    def _refuse(self, name: RecordId) -> None:
        record = self._has.records.get(name)
        if record is None or record.refused:
            return
        self._has.put(self._has.records, name, replace(record, refused=True))
        for sent in (name, *record.reused):
            self._send(sent, -1)
            if sent in self._has.records and self._has.records[sent].sent <= 0:
                self._drop(sent)

    def _drop(self, name: RecordId) -> None:
        """The record is gone; each of its tokens passes to whoever still has the value, or is gone too."""
        has = self._has
        record = has.records[name]
        has.drop(has.records, name)
        for token in dict.fromkeys(token for _, token in record.names):
            successor = self._successor(record, token)
            held = (token, record.subject)
            if has.first[token][0] == name:
                self._pass_on(record, token, successor)
            elif held in has.further and has.further[held][0] == name:
                has.drop(has.further, held)
                if successor is not None:
                    has.put(has.further, held, successor)

    def _pass_on(self, record: _Record, token: Token, successor: FieldRef | None) -> None:
        has, blinded = self._has, record.blinded(token)
        if successor is None:
            others = sorted(subject for held, subject in has.further if held == token)
            if others:
                successor = has.further[token, others[0]]
                has.drop(has.further, (token, others[0]))
        if successor is None:
            has.drop(has.first, token)
            if blinded is not None:
                has.drop(has.index, (blinded, record.sealed.scope))
            return
        has.put(has.first, token, successor)
        has.put(has.noted, token, None)
        if blinded is not None:
            self._answers_for(successor[0], token, blinded)

    def _successor(self, record: _Record, token: Token) -> FieldRef | None:
        """The field of the newest other record of the same person that has the token."""
        for name in self._records_of(record.subject, record.sealed.scope):
            if (field := self._has.records[name].field(token)) is not None:
                return name, field
        return None

    def _send(self, name: RecordId, times: int) -> None:
        """So many requests more, or fewer, send tokens of a record, if it is still there."""
        if (record := self._has.records.get(name)) is not None:
            self._has.put(self._has.records, name, replace(record, sent=record.sent + times))


def _as_ids(*names: str) -> None:
    """Raise ValueError for what is not hex: the SQLite vault stores bytes."""
    for name in names:
        bytes.fromhex(name)
