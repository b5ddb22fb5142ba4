"""Many rows at once through what every request goes through: read, recall, judge, plan, keep, apply.

    rows ─ read ─ recollect ─ judge ─ make_plan ─ draw_up ─┐
                                                           ├─ one Batch, one commit ─ apply ─▶ rows of the twin
    rows ─ read ─ recollect ─ judge ─ make_plan ─ draw_up ─┘

A batch is what the rows would have been one after another: a row that depends on an earlier one of its batch (an
identifier that is new there, a person who is recorded or moved there) waits for the next wave, after that one's commit.

Record ids and seeds follow from the import's name and the row's number, so a batch of which nobody knows whether it was
kept is kept ``again``: what is there already answers with the names it was given.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace

from gateway.core.apply import apply
from gateway.core.codec import encode_request
from gateway.core.identity import reference
from gateway.core.judge import Judgement, judge
from gateway.core.naming import record_id
from gateway.core.plan import default_region, make_plan
from gateway.core.reading import Reading, read
from gateway.model.decision import Refusal
from gateway.model.errors import OvertakenError, PayloadError, WorldError
from gateway.model.kept import Batch, Blinded, DirectoryEntry, Fetch, Kept, Settlement, merged
from gateway.model.ledger import Entry
from gateway.model.message import Request
from gateway.model.names import Digest, Kind, RecordId, SubjectId
from gateway.model.protection import Plan
from gateway.model.secret import RegionKeys
from gateway.model.table import Row
from gateway.service.bulk_form import Form
from gateway.service.bulk_order import Order
from gateway.service.bulk_tally import Tally, kinds_of
from gateway.service.collect import Drawn, draw_up
from gateway.service.directory import created, registered
from gateway.service.free_text import UNREAD, read_further
from gateway.service.recall import Recollection, recollect
from gateway.service.together import together
from gateway.service.world import World

_ROUNDS = 6
"""How often a wave is judged anew, because a gateway beside the import was first."""

_PASSING = frozenset({"GW-V101", "GW-V107", "GW-V115", "GW-V116", "GW-V117", "GW-K201"})
"""A store that is locked, slow, away, or broke off: what may be over in a moment."""
_PAUSES_S = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)
_MOST = 10_000
"""Rows of one commit, as long as the store keeps up."""

ACTOR = "role:operator"
Meanwhile = Callable[[], Coroutine[object, object, None]]
_RECORD = Kind("record")


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """A row as it is to stand in the twin: its body, or the code of why it may not."""

    row: Row
    body: bytes = b""
    code: str = ""

    def __repr__(self) -> str:
        return f"Taken({self.row.number}, {self.code or 'ok'})"


@dataclass(frozen=True, slots=True, repr=False)
class _Message:
    """A row as a message; ``ref``: the blind of the back end's own id of its person."""

    row: Row
    request: Request
    reading: Reading
    ref: Blinded | None


@dataclass(slots=True, repr=False)
class Page:
    """Rows read ahead as messages; ``unread``: those that could not be."""

    rows: Sequence[Row]
    messages: list[_Message] = field(default_factory=list)
    unread: dict[int, Taken] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Page({len(self.rows)})"


@dataclass(frozen=True, slots=True, repr=False)
class _Person:
    """A row judged and drawn up, before it is kept. ``takes_over``: identifiers that were merely mentioned before."""

    message: _Message
    judgement: Judgement
    plan: Plan
    drawn: Drawn
    entries: tuple[DirectoryEntry, ...]
    takes_over: tuple[DirectoryEntry, ...]
    new: bool


class Bulk:
    """Takes batches of rows in one form. ``name`` is the import's (hex)."""

    def __init__(self, form: Form, world: World, name: str) -> None:
        self._form = form
        self._ruleset = form.ruleset
        self._world = world
        self._name = name
        self._secret = bytes.fromhex(name)
        self._most = _MOST

    async def take(
        self, page: Page, tally: Tally, at_ms: int, *, again: bool = False, meanwhile: Meanwhile | None = None
    ) -> list[Taken]:
        """The rows in their order, once everything they need is durable. Raises WorldError.

        ``again``: they may have been kept before, with the same ``at_ms``. ``meanwhile`` is run while commits wait for
        the disk.
        """
        done = dict(page.unread)
        waiting = page.messages
        while waiting:
            waiting, again = await self._patiently(waiting, done, tally, at_ms, again=again, meanwhile=meanwhile)
        for taken in done.values():
            if taken.code:
                tally.rejected(taken.code)
        return [done[row.number] for row in page.rows]

    def now_ms(self) -> int:
        return self._world.clock.now_ms()

    async def page(self, rows: Sequence[Row]) -> Page:
        """The rows read as messages, before anything is asked."""
        keys = await self._world.keys.region_keys(default_region(self._ruleset))
        page = Page(rows)
        for row in rows:
            try:
                if row.fault:
                    page.unread[row.number] = Taken(row, code=row.fault)
                    continue
                request = self._form.request(row)
                reading = read(request, self._form.matched, self._ruleset, self._world.limits)
                if self._world.names is not None:
                    reading = await read_further(reading, self._ruleset, self._world, self._world.names)
                if reading.unread:
                    page.unread[row.number] = Taken(row, code=UNREAD.code)
                    continue
                page.messages.append(_Message(row, request, reading, self._ref(row, keys)))
            except PayloadError as error:
                page.unread[row.number] = Taken(row, code=error.code)
        return page

    def _ref(self, row: Row, keys: RegionKeys) -> Blinded | None:
        if self._form.reference is None or not row.reference:
            return None
        return reference(self._form.reference, self._form.route.to, row.reference, keys.index)

    # ------------------------------------------------------------------------------------------------- one commit

    async def _patiently(
        self,
        waiting: list[_Message],
        done: dict[int, Taken],
        tally: Tally,
        at_ms: int,
        *,
        again: bool,
        meanwhile: Meanwhile | None,
    ) -> tuple[list[_Message], bool]:
        """Gives back the rows that are left, and whether they may have been kept.

        A store that is too slow is asked for less and given time. Nobody knows then whether the rows were kept, so they
        are kept ``again``.
        """
        pauses = iter(_PAUSES_S)
        while True:
            some, rest = waiting[: self._most], waiting[self._most :]
            try:
                later = await self._wave(some, done, tally, at_ms, again=again, meanwhile=meanwhile)
            except WorldError as error:
                pause_s = next(pauses, None)
                if pause_s is None or error.code not in _PASSING:
                    raise
                self._world.sink.emit("import_waits", code=error.code, rows=len(some))
                self._most, again = max(1, len(some) // 2), True
                await asyncio.sleep(pause_s)
            else:
                self._most = min(_MOST, self._most + 1 + self._most // 8)
                return later + rest, again

    async def _wave(
        self,
        waiting: list[_Message],
        done: dict[int, Taken],
        tally: Tally,
        at_ms: int,
        *,
        again: bool,
        meanwhile: Meanwhile | None,
    ) -> list[_Message]:
        """Gives back the rows that have to wait for this commit. Where a gateway was first, all is judged anew."""
        persons, refused, later = await self._judged(waiting, at_ms, again=again)
        for _ in range(_ROUNDS - 1):
            try:
                kept = await self._kept(persons, again=again, meanwhile=meanwhile)
                break
            except OvertakenError as error:
                self._world.sink.emit("overtaken", code=error.code)
                again = True  # another region's vault may have kept its part
                persons, refused, later = await self._judged(waiting, at_ms, again=again)
        else:
            kept = await self._kept(persons, again=again, meanwhile=meanwhile)
        done |= refused
        for one in persons:
            done[one.message.row.number] = self._applied(one, kept)
            tally.taken(one.judgement, created(one.judgement, self._ruleset), self._ruleset, new=one.new)
        return later

    async def _judged(
        self, waiting: list[_Message], at_ms: int, *, again: bool
    ) -> tuple[list[_Person], dict[int, Taken], list[_Message]]:
        """The rows to be kept in this commit, those that the rules refuse, those that depend on others."""
        order = Order(self._ruleset)
        persons: list[_Person] = []
        refused: dict[int, Taken] = {}
        later: list[_Message] = []
        recollections = await together(
            recollect(one.request, one.reading, self._ruleset, self._world, one.ref) for one in waiting
        )
        for message, recollection in zip(waiting, recollections, strict=True):
            judgement = judge(message.reading, self._ruleset, recollection.asked)
            if judgement.by_reference is not None:
                judgement = replace(judgement, by_reference=None)
            if not order.takes(judgement, recollection, message.ref):
                later.append(message)
                continue
            plan = judgement.decision.refusal or make_plan(judgement, self._ruleset)
            if isinstance(plan, Refusal):
                refused[message.row.number] = Taken(message.row, code=plan.code)
            else:
                persons.append(await self._person(message, recollection, judgement, plan, at_ms, again=again))
        return persons, refused, later

    async def _person(
        self,
        message: _Message,
        recollection: Recollection,
        judgement: Judgement,
        plan: Plan,
        at_ms: int,
        *,
        again: bool,
    ) -> _Person:
        """Everything that is to be kept of a row. The operator vouches for it, so an id alone names a person too."""
        number = message.row.number
        records = tuple(
            record_id(draft.region, at_ms, self._drawn(f"record/{number}/{at}")[:7])
            for at, draft in enumerate(plan.keeps)
        )
        if again and records:
            recollection, judgement = await self._as_kept(recollection, judgement, plan, records)
        recollection = replace(recollection, idempotency=Digest(self._drawn(f"seed/{number}").hex()))
        drawn = await draw_up(judgement, plan, self._ruleset, recollection, self._world, records)
        about = created(judgement, self._ruleset)
        if message.ref is not None and about not in judgement.owners and about not in drawn.subjects:
            [key] = await self._world.keys.fresh(default_region(self._ruleset), 1)
            drawn.subjects[about] = SubjectId(key.id)
        entries, takes_over = self._entries(message, recollection, judgement, drawn)
        new = about in drawn.subjects and about not in judgement.owners
        return _Person(message, judgement, plan, drawn, entries, takes_over, new)

    async def _as_kept(
        self, recollection: Recollection, judgement: Judgement, plan: Plan, records: tuple[RecordId, ...]
    ) -> tuple[Recollection, Judgement]:
        """What is there already is whose it was."""
        whose: dict[RecordId, SubjectId] = {}
        for region in {draft.region for draft in plan.keeps}:
            fetched = await self._world.vaults[region].fetch(Fetch(records=records))
            whose |= {record: found.subject for record, found in fetched.records.items()}
        recalled = replace(recollection.asked.recalled, whose=whose)
        owners = {
            draft.about: DirectoryEntry(_RECORD, Digest(""), whose[record], None, None)
            for draft, record in zip(plan.keeps, records, strict=True)
            if record in whose and draft.about not in judgement.owners
        }
        asked = replace(recollection.asked, recalled=recalled)
        return replace(recollection, asked=asked), replace(judgement, owners={**judgement.owners, **owners})

    def _entries(
        self, message: _Message, recollection: Recollection, judgement: Judgement, drawn: Drawn
    ) -> tuple[tuple[DirectoryEntry, ...], tuple[DirectoryEntry, ...]]:
        """What the directory is told with the records, and what it is told after: identifiers to be taken over.

        The back end has these persons already, so what they are known by there is registered at once.
        """
        known = recollection.asked.recalled.known
        now = {(entry.kind, entry.blind): entry for entry in drawn.entered}
        after = []
        for entry in registered(drawn.told, judgement, self._ruleset, drawn.subjects):
            before = known.get((entry.kind, entry.blind))
            if before is None or before.subject == entry.subject:
                now[entry.kind, entry.blind] = entry
            elif before.standing == "mentioned":
                after.append(entry)
        if message.ref is not None and message.ref not in known:
            now[message.ref] = self._reference_entry(message.ref, judgement, drawn)
        return tuple(now.values()), tuple(after)

    def _reference_entry(self, ref: Blinded, judgement: Judgement, drawn: Drawn) -> DirectoryEntry:
        about = created(judgement, self._ruleset)
        owner = judgement.owners.get(about)
        subject = owner.subject if owner else drawn.subjects[about]
        residence = next((one for one in judgement.residences if one.about == about), None)
        if owner is not None or residence is None:
            return DirectoryEntry(*ref, subject, None, None)
        return DirectoryEntry(*ref, subject, residence.region, residence.rank)

    async def _kept(self, persons: Sequence[_Person], *, again: bool, meanwhile: Meanwhile | None) -> Kept:
        """All of it in one commit a region, the home vault's (with directory and ledger) last."""
        home = default_region(self._ruleset)
        keeps = [keep for one in persons for keep in one.drawn.keeps]
        directory = tuple(entry for one in persons for entry in one.entries)
        if not keeps and not directory:
            if persons:
                self._world.ledger.tally(self._entry(persons))
            return Kept.nothing()
        kept = Kept.nothing()
        for region in sorted({keep.region for keep in keeps} | {home}, key=lambda one: (one == home, one)):
            own = tuple(keep for keep in keeps if keep.region == region)
            # Drawn anew, so that it stands for nothing: it only lets records that are there answer.
            retry = Digest(self._world.clock.random(32).hex()) if again and own else None
            told, entries = (directory, (self._entry(persons),)) if region == home else ((), ())
            work: list[Coroutine[object, object, Kept | None]] = [
                self._world.vaults[region].keep(Batch(own, (), told, entries, retry))
            ]
            answers = await together([*work, meanwhile()] if meanwhile else work)
            kept = merged(kept, answers[0] or kept)
        takes_over = tuple(entry for one in persons for entry in one.takes_over)
        if takes_over:
            await self._world.vaults[home].settle(Settlement(directory=takes_over))
        return kept

    def _applied(self, one: _Person, kept: Kept) -> Taken:
        message, drawn = one.message, one.drawn
        if not one.plan.steps:
            return Taken(message.row, message.row.body)
        applied = apply(message.reading.document, one.plan, self._ruleset, kept, drawn.material, drawn.seeks)
        outward = encode_request(applied.outward, message.request)
        if outward.target != message.request.target:
            return Taken(message.row, code="GW-I105")
        return Taken(message.row, outward.body)

    def _entry(self, persons: Sequence[_Person]) -> Entry:
        """The ledger's line on a whole commit: kinds, actions, counts."""
        first = persons[0].judgement
        route = self._form.route
        return Entry(
            at_ms=self._world.clock.now_ms(),
            request="",
            event="import",
            route=route.name,
            actor=ACTOR,
            purpose=route.purpose,
            destination=route.to,
            kinds=kinds_of([one.judgement for one in persons]),
            subjects=(),
            records=(),
            rules=first.decision.rules,
            times=len(persons),
        )

    def _drawn(self, label: str) -> bytes:
        """32 bytes that follow from the import's name and nothing else."""
        return hmac.digest(self._secret, label.encode(), "sha256")
