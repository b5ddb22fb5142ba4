"""The home store in memory: the same answers as the SQLite vault, said as plainly as can be; for tests and trials.

Nothing is shared with that adapter: the contract suite plays the same calls to both and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gateway.adapters.vault_memory.adoption import Imports
from gateway.adapters.vault_memory.directory import Directory
from gateway.adapters.vault_memory.erase import MemoryErasing
from gateway.adapters.vault_memory.marks import carry_out, said_of
from gateway.adapters.vault_memory.tables import NO_RETRY, Record, Tables, as_ids
from gateway.model.erasure import concerned, spared, told
from gateway.model.errors import GatewayError, OvertakenError, WorldError
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
    StoredRecord,
    TokenFact,
)
from gateway.model.ledger import Entry
from gateway.model.marks import Dossier, Instruction
from gateway.model.names import Digest, RecordId, Region, Scope, SubjectId, Token
from gateway.model.turning import IndexStand
from gateway.ports import Clock, IndexKeys


class MemoryVault(Imports, MemoryErasing):
    """One region's home store. ``ref_of`` as for the SQLite vault; ``entries`` takes what goes into the ledger."""

    def __init__(
        self,
        region: Region,
        *,
        clock: Clock,
        ref_of: Callable[[Token], FieldRef | None],
        entries: list[Entry] | None = None,
    ) -> None:
        super().__init__()
        self.region = region
        self.entries: list[Entry] = [] if entries is None else entries
        self._clock = clock
        self._ref_of = ref_of
        self._has = Tables()
        self._directory = Directory(self._has, region)
        self._generation = 1

    async def start(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to let go of."""

    # --------------------------------------------------------------------------------------------------- the port

    async def recall(self, query: Recall) -> Recalled:
        now_s, has = self._clock.now_ms() // 1000, self._has
        retried = has.retries.get(query.idempotency, NO_RETRY)[0] if query.idempotency else ()
        whose = {record: has.records[record].subject for record in retried if record in has.records}
        known = {blinded: self._entry(blinded) for blinded in query.identifiers if blinded in has.directory}
        owners = {blinded: has.directory[blinded].subject for blinded in known}
        session = self._session(query.session, now_s)
        return Recalled(
            known=known,
            tokens={token: self._fact(token, query.session, now_s) for token in query.tokens if token in has.first},
            session=session,
            replay=tuple(whose),
            whose=whose,
            sealed_by=has.retries.get(query.idempotency, NO_RETRY)[2] if query.idempotency else "",
            vouched=self._directory.vouched(owners.values()),
            people=self._directory.facts([*owners.values(), *([session.subject] if session else [])]),
            apart={blinded: owner for blinded, owner in owners.items() if has.root(owner) != owner},
            shown=frozenset(
                token
                for token in query.tokens
                if token not in has.first and self._was_shown(token, query.session, now_s)
            ),
        )

    async def keep(self, batch: Batch) -> Kept:
        names: dict[FieldRef, Token] = {}
        records: list[RecordId] = []
        try:
            if concerned(batch) & self._has.erased.keys():
                raise OvertakenError
            earlier = self._earlier(batch)
            versions = self._directory.revise(() if earlier else batch.revisions)
            if not self._directory.takes(batch, self._clock.now_ms() // 1000):
                raise OvertakenError
            for number, keep in enumerate(batch.keeps):
                record = self._again(earlier[number], keep.at) if number in earlier else self._new(keep, versions)
                names |= {(keep.record, index): token for index, token in record.names}
                records.append(record.sealed.record)
            if batch.idempotency and (records or batch.sealed_by):
                retry = (
                    tuple(records),
                    max((keep.at for keep in batch.keeps), default=self._clock.now_ms() // 1000),
                    batch.sealed_by,
                )
                self._has.put(self._has.retries, batch.idempotency, retry)
            sought = {(seek.kind, seek.blind): self._sought(seek) for seek in batch.seeks}
        except (GatewayError, ValueError, LookupError):
            self._has.take_back()
            raise
        self._has.done()
        self.entries.extend(batch.entries)
        return Kept(names, sought, tuple(records), versions)

    async def fetch(self, query: Fetch) -> Fetched:
        has = self._has
        holdings = {token: self._holdings(token) for token in query.tokens if token in has.first}
        by_subject = {subject: self._records_of(subject, query.scope)[: query.most] for subject in query.subjects}
        held = [holding.ref[0] for found in holdings.values() for holding in found]
        own = [record for records in by_subject.values() for record in records]
        known = [record for record in (*own, *query.records, *held) if record in has.records]
        persons = {*query.subjects, *(holding.subject for found in holdings.values() for holding in found)}
        blocked = {one for one in persons if has.is_blocked(one)}
        blocked |= {has.root(has.records[one].subject) for one in held if has.is_blocked(has.records[one].subject)}
        records = {record: has.records[record].sealed for record in known}
        return Fetched(holdings, records, by_subject, frozenset(blocked))

    async def settle(self, outcome: Settlement) -> None:
        has = self._has
        outcome = spared(outcome, told(outcome) & has.erased.keys())
        for record in outcome.refused:
            self._refuse(record)
        for record in outcome.ended:
            if record in has.records:
                has.put(has.records, record, replace(has.records[record], expires=outcome.ends_at))
        for session in outcome.closed_sessions:
            has.sessions.pop(session, None)
            has.shown = {seen: until for seen, until in has.shown.items() if seen[0] != session}
        for entry in outcome.withdrawn:
            self._directory.withdraw(entry)
        for entry in outcome.directory:
            self._directory.enter(entry, self._clock.now_ms() // 1000)
        for start in outcome.sessions:
            self._start(start)
        for seen in outcome.shown:
            has.shown[seen] = max(outcome.shown_until, has.shown.get(seen, 0))
        has.done()
        self.entries.extend(outcome.entries)

    # --------------------------------------------------------------------------------------------------- besides

    async def page(self, after: RecordId | None, most: int) -> Sequence[StoredRecord]:
        """The Inventory port."""
        now_s, records = self._clock.now_ms() // 1000, self._has.records
        live = [name for name, one in records.items() if one.expires is None or one.expires > now_s]
        chosen = [records[name] for name in sorted(live) if name > (after or "")][:most]
        return [StoredRecord(one.sealed, one.route, one.expires, dict(one.names), one.confirmed) for one in chosen]

    async def dossier(self, subject: SubjectId) -> Dossier | None:
        """The Registry port."""
        return said_of(self._has, subject)

    async def instruct(self, order: Instruction) -> None:
        """The Registry port."""
        for one in carry_out(self._has, order, self.region):
            self._drop(one)
        self._has.done()
        self.entries.extend(order.entries)

    async def purge_expired(self, now_s: int, most: int = 500) -> int:
        """Drop up to ``most`` records whose time is over; call again while that many were dropped."""
        has = self._has
        times = [
            (record.expires, name)
            for name, record in has.records.items()
            if record.expires is not None and not has.is_held(record.subject)
        ]
        due = [name for _, name in sorted((time, name) for time, name in times if time <= now_s)][:most]
        for record in due:
            self._drop(record)
        has.forget(now_s)
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

    def index_by(self, keys: IndexKeys) -> None:
        """The Indexed port: rows in memory are named by first blinds, beside which the keys lie."""

    async def index(self) -> IndexStand:
        """The Indexed port."""
        return IndexStand(self._generation)

    async def turn_index(self, generation: int) -> IndexStand:
        """The Indexed port: nothing has to be written anew."""
        self._generation = max(self._generation, generation)
        return IndexStand(self._generation)

    # ----------------------------------------------------------------------------------------------------- answers

    def _entry(self, blinded: Blinded) -> DirectoryEntry:
        subject, standing, among, first, last = self._has.directory[blinded]
        root = self._has.root(subject)
        place = self._has.person(root)[:2]
        return DirectoryEntry(*blinded, root, *place, standing, among, first, last)

    def _fact(self, token: Token, session: Digest | None, now_s: int) -> TokenFact:
        holdings = self._holdings(token)
        holders = frozenset(holding.subject for holding in holdings)
        return TokenFact(token, holdings[0].scope, holders, self._was_shown(token, session, now_s))

    def _was_shown(self, token: Token, session: Digest | None, now_s: int) -> bool:
        return session is not None and self._has.shown.get((session, token), 0) > now_s

    def _session(self, session: Digest | None, now_s: int) -> SessionFact | None:
        start = self._has.sessions.get(session) if session else None
        if start is None or start.expires <= now_s:
            return None
        root = self._has.root(start.subject)
        return SessionFact(root, *self._has.person(root)[:2], start.expires)

    def _holdings(self, token: Token) -> tuple[Holding, ...]:
        """The first holder, then the further ones by subject."""
        record, field = self._has.first[token]
        first = self._has.records[record]
        further = sorted((subject, ref) for (held, subject), ref in self._has.further.items() if held == token)
        return (
            Holding(token, first.sealed.scope, self._has.root(first.subject), (record, field)),
            *(Holding(token, first.sealed.scope, self._has.root(subject), ref) for subject, ref in further),
        )

    def _records_of(self, subject: SubjectId, scope: Scope | None, *, alone: bool = False) -> tuple[RecordId, ...]:
        """Newest first, with those of persons who count as this one, unless ``alone``."""
        whose = {subject, *(() if alone else self._has.included(subject))}
        own = (name for name, record in self._has.records.items() if record.subject in whose)
        return tuple(sorted((r for r in own if scope in (None, self._has.records[r].sealed.scope)), reverse=True))

    def _sought(self, seek: Seek) -> Token:
        token = self._has.index.get(((seek.kind, seek.blind), seek.scope))
        return token or self._first_free((seek.phantom, *seek.spare))

    # ----------------------------------------------------------------------------------------------------- keeping

    def _new(self, keep: Keep, versions: Mapping[SubjectId, int]) -> Record:
        as_ids(keep.record, keep.subject)
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
        version = versions.get(keep.subject, keep.version)
        sealed = SealedRecord(keep.record, keep.region, keep.scope, keep.subject, keep.sealed, keep.at, version)
        record = Record(sealed, tuple(names), tuple(blinds.items()), tuple(reused), keep.expires, route=keep.route)
        has.put(has.records, keep.record, record)
        for other in reused:
            self._send(other, 1, keep.at)
        for token, ref in holds.items():
            has.put(has.further, (token, keep.subject), has.further.get((token, keep.subject), ref))
        return record

    def _name(self, keep: Keep, one: KeepField) -> Token:
        """The value's token: the one it has in this scope, else the one this person has for it, else a new one."""
        has = self._has
        if one.blind is None:
            return self._held(keep, one) or self._give(keep, one)
        as_ids(one.blind)
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

    def _first_free(self, candidates: Sequence[Token]) -> Token:
        for token in candidates:
            if token not in self._has.noted:
                return token
        raise WorldError("GW-V112", "every short name that was proposed is taken.", "send the request again.")

    def _earlier(self, batch: Batch) -> dict[int, RecordId]:
        """By place: the record that an earlier request under the same idempotency blind wrote with the same fields."""
        if batch.idempotency is None:
            return {}
        written, _, sealed_by = self._has.retries.get(batch.idempotency, NO_RETRY)
        if sealed_by and sealed_by != batch.sealed_by:
            raise OvertakenError
        found = {}
        for number, keep in enumerate(batch.keeps):
            for name in (*written[number : number + 1], keep.record):
                record = self._has.records.get(name)
                fields = {one.index for one in keep.fields}
                if record and record.sealed.scope == keep.scope and {index for index, _ in record.names} == fields:
                    found[number] = name
            if (
                number in found
                and keep.record != found[number]
                and self._has.records[found[number]].subject != keep.subject
            ):
                raise OvertakenError
        return found

    def _again(self, name: RecordId, at: int) -> Record:
        record = self._has.records[name]
        for other in record.reused if record.refused else ():
            self._send(other, 1, at)
        self._has.put(self._has.records, name, replace(record, refused=False))
        self._send(name, 1, at)
        return record

    # ------------------------------------------------------------------------------------------------------- ending

    def _start(self, start: SessionStart) -> None:
        """The session begins, or is nobody's from now on if its proof is not that person's."""
        owner = self._has.directory.get(start.proof) if start.proof else None
        self._has.sessions.pop(start.session, None)
        if start.proof is None:
            self._has.sessions[start.session] = start
            return
        proven = owner.subject if owner is not None and owner.standing == "proven" else None
        if proven is not None and start.subject in (proven, self._has.root(proven)):
            self._has.sessions[start.session] = replace(start, subject=proven)

    def _refuse(self, name: RecordId) -> None:
        record = self._has.records.get(name)
        if record is None or record.refused:
            return
        self._has.put(self._has.records, name, replace(record, refused=True))
        for sent in (name, *record.reused):
            self._send(sent, -1)
            one = self._has.records.get(sent)
            if one is not None and one.sent <= 0 and not self._has.is_held(one.subject):
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

    def _pass_on(self, record: Record, token: Token, successor: FieldRef | None) -> None:
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

    def _successor(self, record: Record, token: Token) -> FieldRef | None:
        """The field of the newest other record of the same person that has the token."""
        for name in self._records_of(record.subject, record.sealed.scope, alone=True):
            if (field := self._has.records[name].field(token)) is not None:
                return name, field
        return None

    def _send(self, name: RecordId, times: int, at: int | None = None) -> None:
        """So many requests more, or fewer, send tokens of a record, if it is still there; ``at``: and so confirm it."""
        if (record := self._has.records.get(name)) is not None:
            confirmed = record.confirmed if at is None else max(at, record.confirmed or 0)
            self._has.put(self._has.records, name, replace(record, sent=record.sent + times, confirmed=confirmed))
