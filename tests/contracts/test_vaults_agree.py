"""SQLite against memory: whatever is called in whatever order, both answer the same."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.adapters.vault_memory import MemoryVault
from gateway.adapters.vault_sqlite import SqliteVault
from gateway.model.errors import GatewayError
from gateway.model.kept import (
    STANDINGS,
    Batch,
    Fetch,
    Keep,
    KeepField,
    Kept,
    Recall,
    Recalled,
    Revision,
    Seek,
    SessionStart,
    Settlement,
)
from gateway.model.marks import Dossier, Instruction, Mark, Order
from gateway.model.names import ELSEWHERE, Digest, Kind, Rank, RecordId, Region, Scope, Standing, SubjectId, Token
from tests.contracts.conftest import HomeVault
from tests.contracts.people import (
    ANNA,
    BORIS,
    NOON,
    RU,
    VERA,
    HandClock,
    blind,
    keep,
    known,
    name_of,
    only,
    phone_name,
    record,
    ref_of,
)

T = TypeVar("T")

PEOPLE = (ANNA, BORIS, VERA)
SCOPES = (Scope("crm"), Scope("shop"))
KINDS = (Kind("email"), Kind("phone"))
VALUES = ("a", "b", "c")
SESSIONS = (blind("session 1"), blind("session 2"))
RETRIES = (blind("retry 1"), blind("retry 2"))
PHONES = tuple(phone_name(n) for n in range(14))
PATIENCE_S = 60.0
"""A busy machine may stand still for longer than a caller of a gateway is to wait, and that is no disagreement."""
FIELDS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from((*VALUES, None)),
        st.booleans(),
        st.lists(st.sampled_from(PHONES), min_size=1, max_size=3, unique=True),
        st.integers(min_value=0),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)
"""Kind, equal value or None, short or long name, short names, which name is held, whether one is."""

Drawn = list[tuple[Kind, str | None, bool, list[Token], int, bool]]


class Vaults(RuleBasedStateMachine):
    """The same calls to both; ``tokens`` are all texts that ever were proposed."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(dir=fast_folder())
        self.clock = HandClock()
        self.memory = MemoryVault(RU, clock=self.clock, ref_of=ref_of)
        self.other = self.runner.run(self.opened())
        self.tokens: list[Token] = list(PHONES)
        self.records: list[RecordId] = []

    async def opened(self) -> HomeVault:
        vault = SqliteVault(Path(self.folder.name) / "ru.db", RU, clock=self.clock, ref_of=ref_of, timeout_s=PATIENCE_S)
        await vault.start()
        return vault

    def teardown(self) -> None:
        self.runner.run(self.other.close())
        self.runner.close()
        self.folder.cleanup()

    def both(self, call: Callable[[HomeVault], Coroutine[object, object, T]]) -> T | str:
        """What both answer; their error code if they refuse."""
        answers = [self.runner.run(refusal_or_answer(call(vault))) for vault in (self.other, self.memory)]
        assert answers[0] == answers[1]
        return answers[0]

    def keep_of(self, whose: SubjectId, scope: Scope, drawn: Drawn, expires: int | None) -> Keep:
        where = record(len(self.records) + 1)
        self.records.append(where)
        fields = []
        for index, (kind, value, short, phones, held, holds) in enumerate(drawn):
            names = tuple(phones) if short else (name_of(where, index), name_of(where, index, 1))
            token = self.tokens[held % len(self.tokens)] if holds else None
            fields.append(KeepField(index, kind, names, blind(value) if value else None, short, token))
        self.tokens += [token for one in fields if not one.alias for token in one.candidates]
        return keep(where, whose, *fields, scope=scope, expires=expires)

    # ------------------------------------------------------------------------------------------------------- calls

    @rule(
        whose=st.sampled_from(PEOPLE),
        scope=st.sampled_from(SCOPES),
        drawn=FIELDS,
        expires=st.none() | st.integers(NOON, NOON + 50),
        retry=st.none() | st.sampled_from(RETRIES),
        seek=st.none() | st.tuples(st.sampled_from(KINDS), st.sampled_from(VALUES)),
        entry=st.none() | st.tuples(st.sampled_from(VALUES), st.sampled_from(PEOPLE)),
        revised=st.lists(st.tuples(st.sampled_from(PEOPLE), st.none() | st.integers(1, 3)), max_size=2),
    )
    def keep(
        self,
        whose: SubjectId,
        scope: Scope,
        drawn: Drawn,
        expires: int | None,
        retry: Digest | None,
        seek: tuple[Kind, str] | None,
        entry: tuple[str, SubjectId] | None,
        *,
        revised: list[tuple[SubjectId, int | None]],
    ) -> None:
        batch = Batch(
            keeps=(self.keep_of(whose, scope, drawn, expires),),
            seeks=(Seek(seek[0], blind(seek[1]), scope, PHONES[0], PHONES[1:3]),) if seek else (),
            directory=(known(*entry),) if entry else (),
            idempotency=retry,
            revisions=tuple(Revision(subject, expected) for subject, expected in revised),
        )
        self.both(lambda vault: vault.keep(batch))

    @rule(
        what=st.sampled_from(("hold", "release", "block", "unblock", "merge", "unmerge")),
        whose=st.sampled_from(PEOPLE),
        into=st.sampled_from(PEOPLE),
    )
    def order(self, what: Order, whose: SubjectId, into: SubjectId) -> None:
        mark = Mark(what, self.clock.ms // 1000, "dpo", "case 7")
        self.both(lambda vault: vault.instruct(Instruction(whose, mark, into if what == "merge" else None)))

    @rule(
        drawn=st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(SCOPES), FIELDS), min_size=3, max_size=6),
        held=st.booleans(),
    )
    def keep_at_the_same_time(self, drawn: list[tuple[SubjectId, Scope, Drawn]], *, held: bool) -> None:
        """One commit group of SQLite's; memory takes them one after another."""
        rows = [(whose, scope, [(*f[:5], f[5] and held) for f in fields]) for whose, scope, fields in drawn]
        batches = [only(self.keep_of(*row, None), directory=(known("a", row[0]),)) for row in rows]
        batches.sort(key=lambda batch: any(one.held for one in batch.keeps[0].fields))

        async def at_once(vault: HomeVault) -> Sequence[object]:
            return await asyncio.gather(*(refusal_or_answer(vault.keep(batch)) for batch in batches))

        self.both(at_once)

    @rule(retry=st.sampled_from(RETRIES), drawn=FIELDS, whose=st.sampled_from(PEOPLE))
    def retry_as_told(self, retry: Digest, drawn: Drawn, whose: SubjectId) -> None:
        recalled = self.both(lambda vault: vault.recall(Recall(SCOPES[0], idempotency=retry)))
        assert not isinstance(recalled, str)
        batch = only(self.keep_of(whose, SCOPES[0], drawn, None), idempotency=retry)
        if recalled.replay:
            again = Keep(recalled.replay[0], *keep_facts(batch.keeps[0]))
            batch = only(again, idempotency=retry)
        self.both(lambda vault: vault.keep(batch))

    @rule(numbers=st.lists(st.integers(min_value=0), min_size=1, max_size=3))
    def refuse(self, numbers: list[int]) -> None:
        refused = self.some(numbers)
        self.both(lambda vault: vault.settle(Settlement(refused=refused)))

    @rule(numbers=st.lists(st.integers(min_value=0), max_size=2), at=st.none() | st.integers(NOON, NOON + 50))
    def end(self, numbers: list[int], at: int | None) -> None:
        ended = self.some(numbers)
        self.both(lambda vault: vault.settle(Settlement(ended=ended, ends_at=at)))

    @rule(most=st.integers(1, 4))
    def purge(self, most: int) -> None:
        self.both(lambda vault: vault.purge_expired(self.clock.ms // 1000, most))

    @rule(seconds=st.integers(1, 15))
    def wait(self, seconds: int) -> None:
        self.clock.pass_s(seconds)

    @rule(
        session=st.sampled_from(SESSIONS),
        whose=st.sampled_from(PEOPLE),
        closes=st.booleans(),
        number=st.integers(min_value=0),
        until=st.integers(NOON, NOON + 50),
        value=st.none() | st.sampled_from(VALUES),
        proves=st.booleans(),
    )
    def log_in(
        self,
        session: Digest,
        whose: SubjectId,
        number: int,
        until: int,
        value: str | None,
        *,
        closes: bool,
        proves: bool,
    ) -> None:
        proof = (KINDS[0], blind(value)) if value else None
        proven = (known(value, whose, None, None, "proven"),) if value and proves else ()
        outcome = Settlement(
            sessions=(SessionStart(session, whose, until, proof),),
            directory=proven,
            closed_sessions=(session,) if closes else (),
            shown=((session, self.tokens[number % len(self.tokens)]),),
            shown_until=until,
        )
        self.both(lambda vault: vault.settle(outcome))

    @rule(
        value=st.sampled_from(VALUES),
        whose=st.sampled_from(PEOPLE),
        region=st.sampled_from((RU, ELSEWHERE, Region("kz"), None)),
        rank=st.sampled_from(("declared", "document", "inferred", None)),
        standing=st.sampled_from(STANDINGS),
        kind=st.sampled_from(KINDS),
        among=st.integers(0, 2),
        agreed=st.booleans(),
    )
    def enter(
        self,
        value: str,
        whose: SubjectId,
        region: Region | None,
        rank: Rank | None,
        standing: Standing,
        kind: Kind,
        among: int,
        *,
        agreed: bool,
    ) -> None:
        entries = (known(value, whose, region, rank, standing, kind=kind, among=among), known("a", whose))
        if agreed:
            self.both(lambda vault: vault.settle(Settlement(directory=entries)))
        else:
            self.both(lambda vault: vault.keep(Batch(directory=entries)))

    @rule(
        values=st.lists(
            st.tuples(st.sampled_from(VALUES), st.sampled_from(PEOPLE), st.sampled_from(KINDS)), min_size=1
        ),
        numbers=st.lists(st.integers(min_value=0), max_size=3),
        session=st.none() | st.sampled_from(SESSIONS),
    )
    def withdraw(self, values: list[tuple[str, SubjectId, Kind]], numbers: list[int], session: Digest | None) -> None:
        outcome = Settlement(
            refused=self.some(numbers),
            closed_sessions=(session,) if session else (),
            withdrawn=tuple(known(value, whose, kind=kind) for value, whose, kind in values),
        )
        self.both(lambda vault: vault.settle(outcome))

    def some(self, numbers: list[int]) -> tuple[RecordId, ...]:
        return tuple(self.records[number % len(self.records)] for number in numbers) if self.records else ()

    # ------------------------------------------------------------------------------------------------------ answers

    @invariant()
    def both_know_the_same(self) -> None:
        blinds = tuple((kind, blind(value)) for kind in KINDS for value in VALUES)
        for session in SESSIONS:
            self.both(partial(recalled, Recall(SCOPES[0], blinds, tuple(self.tokens), session, RETRIES[0])))

    @invariant()
    def both_say_the_same_of_everybody(self) -> None:
        for whose in PEOPLE:
            self.both(partial(said_of, whose))

    @invariant()
    def both_hold_the_same(self) -> None:
        every = Fetch(tuple(self.tokens), tuple(self.records), PEOPLE, SCOPES[0], most=3)
        self.both(lambda vault: vault.fetch(every))

    @invariant()
    def every_equal_value_has_a_name_that_somebody_holds(self) -> None:
        for scope in SCOPES:
            nobodys = name_of(record(10**6), 0)
            seeks = tuple(Seek(kind, blind(value), scope, nobodys) for kind in KINDS for value in VALUES)
            kept = self.both(partial(sought, Batch(seeks=seeks)))
            assert not isinstance(kept, str)
            tokens = tuple(token for token in kept.sought.values() if token != nobodys)
            fetched = self.runner.run(self.memory.fetch(Fetch(tokens=tokens)))
            assert set(fetched.holdings) == set(tokens)


def recalled(query: Recall, vault: HomeVault) -> Coroutine[object, object, Recalled]:
    return vault.recall(query)


def sought(batch: Batch, vault: HomeVault) -> Coroutine[object, object, Kept]:
    return vault.keep(batch)


def said_of(whose: SubjectId, vault: HomeVault) -> Coroutine[object, object, Dossier | None]:
    return vault.dossier(whose)


async def refusal_or_answer(call: Coroutine[object, object, T]) -> T | str:
    try:
        return await call
    except GatewayError as error:
        return error.code


def keep_facts(one: Keep) -> tuple[Region, Scope, SubjectId, str, bytes, tuple[KeepField, ...], int, int | None]:
    return one.region, one.scope, one.subject, one.route, one.sealed, one.fields, one.at, one.expires


def fast_folder() -> str | None:
    """Durability is judged elsewhere; here a file in memory will do."""
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() else None


TestVaultsAgree = Vaults.TestCase
TestVaultsAgree.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, phases=[Phase.generate, Phase.explicit]
)
