"""The index key of every vault turns by nesting: names stay found, values keep their token, old names are gone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.adapters.vault_sqlite import SqliteVault
from gateway.model.errors import WorldError
from gateway.model.kept import Batch, Recall, Seek, SessionStart, Settlement
from gateway.model.names import Token
from gateway.model.turning import IndexStand
from tests.contracts.conftest import VAULTS, HomeVault, LaterKeys, standing
from tests.contracts.people import (
    ANNA,
    BORIS,
    CRM,
    EMAIL,
    NOON,
    PHONE,
    RU,
    VERA,
    HandClock,
    blind,
    email,
    keep,
    known,
    only,
    phone,
    record,
    ref_of,
)

MANY = 1300
"""More rows than two steps look at."""


@pytest.fixture(params=[*VAULTS, "postgres"])
async def turning(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> AsyncGenerator[HomeVault]:
    """A vault that is not turning yet, with two keys to turn to."""
    async with standing(request.param, request, tmp_path, clock) as home:
        home.index_by(LaterKeys("two", "three"))
        yield home


async def whole_way(vault: HomeVault, generation: int) -> list[IndexStand]:
    stands = [await vault.index()]
    while str(stands[-1]) != f"{generation} steady":
        stands.append(await vault.turn_index(generation))
        assert len(stands) < 200, stands[-1]
    return stands


async def token_of(vault: HomeVault, value: str) -> Token:
    """What a look-up by the value is answered."""
    kept = await vault.keep(Batch(seeks=(Seek(EMAIL, blind(value), CRM, Token("nobody")),)))
    return kept.sought[EMAIL, blind(value)]


async def given(vault: HomeVault, number: int, value: str, whose: str = ANNA) -> Token:
    """The token of a value in a new record."""
    kept = await vault.keep(only(keep(record(number), whose, email(record(number), value))))  # type: ignore[arg-type]  # a subject
    return kept.names[record(number), 0]


async def test_a_value_keeps_its_token_at_every_step(turning: HomeVault) -> None:
    token = await given(turning, 1, "anna")
    for step in range(60):
        await turning.turn_index(2)
        assert await given(turning, 10 + step, "anna") == token
        assert await token_of(turning, "anna") == token


async def test_a_value_that_comes_in_the_middle_of_a_turn_keeps_its_token(turning: HomeVault) -> None:
    await given(turning, 1, "anna")
    tokens: dict[str, Token] = {}
    for step in range(40):
        await turning.turn_index(2)
        tokens[f"value {step}"] = await given(turning, 10 + step, f"value {step}")
    assert str(await turning.index()) == "2 steady"
    assert {value: await token_of(turning, value) for value in tokens} == tokens


async def test_an_index_turns_again_and_again(turning: HomeVault) -> None:
    token = await given(turning, 1, "anna")
    await whole_way(turning, 2)
    await whole_way(turning, 3)
    assert await given(turning, 2, "anna", BORIS) == token


async def test_nothing_happens_where_the_vault_stands_there_already(turning: HomeVault) -> None:
    assert await turning.turn_index(1) == IndexStand(1)


async def test_identifiers_sessions_shown_tokens_and_retries_turn_too(turning: HomeVault) -> None:
    retry, session = blind("retry"), blind("session")
    first = keep(record(1), ANNA, email(record(1), "anna"))
    await turning.keep(only(first, idempotency=retry, directory=[known("anna", ANNA)]))
    until = NOON + 1000
    await turning.settle(
        Settlement(
            sessions=(SessionStart(session, ANNA, until),), shown=((session, Token("x1.seen")),), shown_until=until
        )
    )
    await whole_way(turning, 2)
    query = Recall(CRM, ((EMAIL, blind("anna")),), (Token("x1.seen"),), session, retry)
    found = await turning.recall(query)
    assert found.known == {(EMAIL, blind("anna")): known("anna", ANNA)}
    assert found.session is not None
    assert (found.session.subject, found.replay, list(found.shown)) == (ANNA, (record(1),), [Token("x1.seen")])


async def test_what_is_told_in_the_middle_of_a_turn_is_known_after_it(turning: HomeVault) -> None:
    session = blind("session")
    await turning.keep(only(directory=[known("anna", ANNA), known("boris", BORIS)]))
    await turning.turn_index(2)
    await turning.settle(
        Settlement(
            directory=(known("anna", ANNA, standing="proven"),),
            sessions=(SessionStart(session, ANNA, NOON + 1000),),
            withdrawn=(known("boris", BORIS),),
        )
    )
    await whole_way(turning, 2)
    both = ((EMAIL, blind("anna")), (EMAIL, blind("boris")))
    found = await turning.recall(Recall(CRM, both, session=session))
    assert {one.subject: one.standing for one in found.known.values()} == {ANNA: "proven"}
    assert found.session is not None


@pytest.mark.parametrize("steps", range(4))
async def test_what_is_written_again_in_the_middle_of_a_turn_counts_as_it_was_written_last(
    turning: HomeVault, steps: int
) -> None:
    retry, session = blind("retry"), blind("session")
    for at in range(6):
        for _ in range(steps):
            await turning.turn_index(2)
        first = keep(record(at + 1), ANNA, email(record(at + 1), f"value {at}", index=at))
        await turning.keep(only(first, idempotency=retry))
        start, shown = SessionStart(session, BORIS if at % 2 else ANNA, NOON + 1000), (session, Token("x1.seen"))
        await turning.settle(Settlement(sessions=(start,), shown=(shown,), shown_until=NOON + at))
    await whole_way(turning, 2)
    found = await turning.recall(Recall(CRM, (), (Token("x1.seen"),), session, retry))
    assert found.session is not None
    assert (found.session.subject, found.replay, len(found.shown)) == (BORIS, (record(6),), 1)


async def test_a_session_that_ends_in_the_middle_of_a_turn_stays_ended(turning: HomeVault) -> None:
    session = blind("session")
    await turning.settle(Settlement(sessions=(SessionStart(session, ANNA, NOON + 1000),)))
    for _ in range(6):
        await turning.turn_index(2)
    await turning.settle(Settlement(closed_sessions=(session,)))
    await whole_way(turning, 2)
    assert (await turning.recall(Recall(CRM, session=session))).session is None


@pytest.mark.parametrize("steps", range(14))
async def test_a_value_that_nobody_has_any_more_is_forgotten_at_any_step(turning: HomeVault, steps: int) -> None:
    """Its record was written under the older generation; a token that is gone must not come back."""
    token = await given(turning, 1, "anna")
    for _ in range(steps):
        await turning.turn_index(2)
    await turning.settle(Settlement(refused=(record(1),)))
    assert await token_of(turning, "anna") == "nobody"
    await whole_way(turning, 2)
    assert await given(turning, 2, "anna") != token


@pytest.mark.parametrize("steps", range(14))
async def test_a_value_passes_to_its_next_holder_at_any_step(turning: HomeVault, steps: int) -> None:
    token = await given(turning, 1, "anna")
    assert await given(turning, 2, "anna", BORIS) == token
    await turning.settle(Settlement(ended=(record(1),), ends_at=NOON - 10))
    for _ in range(steps):
        await turning.turn_index(2)
    assert await turning.purge_expired(NOON) == 1
    assert await given(turning, 3, "anna", VERA) == token
    await whole_way(turning, 2)
    assert await token_of(turning, "anna") == token
    await turning.settle(Settlement(refused=(record(2), record(3))))
    assert await token_of(turning, "anna") == "nobody"


async def test_a_vault_of_many_rows_turns_in_bounded_steps_that_say_how_far_they_are(turning: HomeVault) -> None:
    for at in range(0, MANY, 100):
        fields = [keep(record(n), ANNA, email(record(n), f"value {n}")) for n in range(at + 1, at + 101)]
        await turning.keep(only(*fields))
    stands = await whole_way(turning, 2)
    shares = [one.share for one in stands[1:]]
    assert shares == sorted(shares)
    assert len({await token_of(turning, f"value {n}") for n in range(1, MANY + 1, 50)}) == MANY // 50


async def test_two_at_once_do_it_once(turning: HomeVault) -> None:
    tokens = {n: await given(turning, n, f"value {n}") for n in range(1, 30)}
    while (await turning.index()).generation < 2:
        await asyncio.gather(*(turning.turn_index(2) for _ in range(3)))
    assert {n: await token_of(turning, f"value {n}") for n in tokens} == tokens


# ------------------------------------------------------------------------------------------------------------- sqlite


async def test_a_process_without_the_key_looks_for_it_and_then_refuses(sqlite: SqliteVault) -> None:
    sqlite.index_by(LaterKeys("two"))
    await whole_way(sqlite, 2)
    sqlite.index_by(LaterKeys())
    with pytest.raises(WorldError) as caught:
        await token_of(sqlite, "anna")
    assert caught.value.code == "GW-K119"


@pytest.fixture
async def beside(tmp_path: Path, clock: HandClock, sqlite: SqliteVault) -> AsyncGenerator[SqliteVault]:
    """Another process over the same file."""
    other = SqliteVault(tmp_path / "ru.db", RU, clock=replace(clock), ref_of=ref_of)
    other.index_by(LaterKeys("two"))
    sqlite.index_by(LaterKeys("two"))
    await other.start()
    yield other
    await other.close()


async def test_two_processes_agree_at_every_step(sqlite: SqliteVault, beside: SqliteVault) -> None:
    for step in range(40):
        await (sqlite if step % 3 else beside).turn_index(2)
        first, second = sqlite, beside
        if step % 2:
            first, second = second, first
        token = await given(first, 100 + 2 * step, f"value {step}")
        assert await given(second, 101 + 2 * step, f"value {step}") == token
    assert str(await beside.index()) == "2 steady"


async def test_no_name_of_the_older_generation_is_left(sqlite: SqliteVault, tmp_path: Path) -> None:
    sqlite.index_by(LaterKeys("two"))
    fields = (email(record(1), "anna"), phone("+79000000001", 1))
    await sqlite.keep(only(keep(record(1), ANNA, *fields), idempotency=blind("retry"), directory=[known("anna", ANNA)]))
    await whole_way(sqlite, 2)
    with closing(sqlite3.connect(tmp_path / "ru.db")) as file:
        text = "".join(file.iterdump()).lower()
    assert not [value for value in ("anna", "+79000000001", "retry") if f"{blind(value)}'" in text]
    assert not [value for value in ("anna", "+79000000001") if f'"{blind(value)}"' in text]


async def test_a_row_that_is_changed_by_hand_while_a_turn_fills_has_its_twin(sqlite: SqliteVault) -> None:
    """What is copied is every column there is, whatever layout adds."""
    sqlite.index_by(LaterKeys("two"))
    await sqlite.keep(only(directory=[known("anna", ANNA, among=3)]))
    await sqlite.turn_index(2)
    await sqlite.keep(only(directory=[known("boris", BORIS, among=2)]))
    await whole_way(sqlite, 2)
    both = ((EMAIL, blind("anna")), (EMAIL, blind("boris")), (PHONE, blind("anna")))
    found = await sqlite.recall(Recall(CRM, both))
    assert [one.among for one in found.known.values()] == [3, 2]
