"""The Vault port after the upstream has answered: purging, passing names on, sessions, shown names, time."""

from __future__ import annotations

import asyncio

from gateway.model.kept import Batch, Fetch, Keep, Recall, Seek, SessionFact, SessionStart, Settlement
from gateway.model.names import Digest, Scope, Token
from tests.contracts.conftest import HomeVault
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
    fio,
    keep,
    known,
    name_of,
    only,
    phone,
    phone_name,
    record,
)

R1, R2, R3, R4 = (record(n) for n in range(1, 5))
SID, OTHER_SID = blind("session"), blind("another session")
RETRY = blind("idempotency")


async def holders(vault: HomeVault, token: Token) -> list[tuple[str, str, int]]:
    fetched = await vault.fetch(Fetch(tokens=(token,)))
    return [(h.subject, *h.ref) for h in fetched.holdings.get(token, ())]


async def there(vault: HomeVault, *records: str) -> list[str]:
    fetched = await vault.fetch(Fetch(records=tuple(type(R1)(r) for r in records)))
    return sorted(fetched.records)


async def sought(vault: HomeVault, value: str) -> Token:
    seek = Seek(PHONE, blind(value), CRM, name_of(record(99), 0))
    return (await vault.keep(Batch(seeks=(seek,)))).sought[PHONE, blind(value)]


async def keeps(vault: HomeVault, *every: Keep) -> None:
    for one in every:
        await vault.keep(only(one))


# ------------------------------------------------------------------------------------------------- definitely refused


async def test_a_refused_record_is_purged(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, email(R1, "anna"), fio(R1)))
    await vault.settle(Settlement(refused=(R1,)))
    assert (await there(vault, R1), await holders(vault, name_of(R1, 2))) == ([], [])


async def test_an_equal_value_that_was_only_in_a_refused_record_is_unknown_again(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7)))
    await vault.settle(Settlement(refused=(R1,)))
    assert await sought(vault, "1") == name_of(record(99), 0)


async def test_kept_is_the_default(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1)))
    await vault.settle(Settlement())
    assert await there(vault, R1) == [R1]


async def test_a_record_whose_name_another_request_has_sent_stays(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7)), keep(R2, BORIS, phone("1", 8)))
    await vault.settle(Settlement(refused=(R1,)))
    assert await holders(vault, phone_name(7)) == [(ANNA, R1, 1), (BORIS, R2, 1)]


async def test_a_record_whose_held_name_was_sent_again_stays(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1)), keep(R2, ANNA, fio(R2, held=name_of(R1, 2))))
    await vault.settle(Settlement(refused=(R1,)))
    assert await there(vault, R1, R2) == [R1, R2]


async def test_it_goes_once_every_request_that_sent_its_name_was_refused(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7)), keep(R2, BORIS, phone("1", 8)))
    await vault.settle(Settlement(refused=(R1,)))
    await vault.settle(Settlement(refused=(R2,)))
    assert (await there(vault, R1, R2), await holders(vault, phone_name(7))) == ([], [])


async def test_the_order_of_refusals_does_not_matter(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7)), keep(R2, BORIS, phone("1", 8)))
    await vault.settle(Settlement(refused=(R2,)))
    assert await holders(vault, phone_name(7)) == [(ANNA, R1, 1)]
    await vault.settle(Settlement(refused=(R1,)))
    assert await there(vault, R1, R2) == []


async def test_a_refusal_that_is_told_twice_counts_once(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7)), keep(R2, BORIS, phone("1", 8)))
    await vault.settle(Settlement(refused=(R1,)))
    await vault.settle(Settlement(refused=(R1, R1)))
    assert await there(vault, R1, R2) == [R1, R2]


async def test_a_refusal_of_what_is_not_there_is_nothing(vault: HomeVault) -> None:
    await vault.settle(Settlement(refused=(R1,), ended=(R2,)))
    assert vault.empty()


async def test_a_retry_keeps_the_record_of_its_refused_first_request(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY))
    await vault.keep(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY))
    await vault.settle(Settlement(refused=(R1,)))
    assert await there(vault, R1) == [R1]


async def test_a_retry_of_a_refused_request_is_refused_in_its_turn(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7)))
    await vault.keep(only(keep(R2, BORIS, phone("1", 8), fio(R2)), idempotency=RETRY))
    await keeps(vault, keep(R3, BORIS, fio(R3, held=name_of(R2, 2))))
    await vault.settle(Settlement(refused=(R2,)))
    await vault.keep(only(keep(R2, BORIS, phone("1", 8), fio(R2)), idempotency=RETRY))
    await vault.settle(Settlement(refused=(R1,)))
    assert await there(vault, R1, R2) == [R1, R2]
    await vault.settle(Settlement(refused=(R2,)))
    assert await there(vault, R1, R2) == [R2]


async def test_a_purged_record_is_not_told_to_a_retry(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), keep(R2, BORIS, fio(R2)), idempotency=RETRY))
    await vault.settle(Settlement(refused=(R1,)))
    assert (await vault.recall(Recall(CRM, idempotency=RETRY))).replay == (R2,)


async def test_after_a_purge_the_same_value_gets_a_new_name(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7)))
    await vault.settle(Settlement(refused=(R1,)))
    assert (await vault.keep(only(keep(R2, ANNA, phone("1", 7, 8))))).names == {(R2, 1): phone_name(8)}


async def test_a_spent_name_is_no_phantom(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7)))
    await vault.settle(Settlement(refused=(R1,)))
    seek = Seek(PHONE, blind("2"), CRM, phone_name(7), spare=(phone_name(8),))
    assert (await vault.keep(Batch(seeks=(seek,)))).sought == {(PHONE, blind("2")): phone_name(8)}


# ---------------------------------------------------------------------------------------------------------- time over


async def test_a_record_lives_until_its_time_is_over(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1), expires=NOON + 10), keep(R2, ANNA, fio(R2)))
    assert (await vault.purge_expired(NOON + 9), await there(vault, R1, R2)) == (0, [R1, R2])
    assert (await vault.purge_expired(NOON + 10), await there(vault, R1, R2)) == (1, [R2])


async def test_a_purge_goes_in_portions(vault: HomeVault) -> None:
    await keeps(vault, *(keep(record(n), ANNA, fio(record(n)), expires=NOON + n) for n in range(1, 6)))
    assert [await vault.purge_expired(NOON + 10, most=2) for _ in range(4)] == [2, 2, 1, 0]


async def test_the_end_of_a_resource_sets_the_end_of_its_records(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1)))
    await vault.settle(Settlement(ended=(R1,), ends_at=NOON + 5))
    assert (await vault.purge_expired(NOON + 5), await there(vault, R1)) == (1, [])


async def test_a_name_passes_to_the_newest_record_of_the_same_person(vault: HomeVault) -> None:
    await keeps(
        vault,
        keep(R1, ANNA, fio(R1), expires=NOON + 1),
        keep(R2, ANNA, fio(R2, held=name_of(R1, 2))),
        keep(R3, ANNA, fio(R3, 4, held=name_of(R1, 2))),
    )
    await vault.purge_expired(NOON + 1)
    assert await holders(vault, name_of(R1, 2)) == [(ANNA, R3, 4)]


async def test_a_name_passes_on_again_and_again(vault: HomeVault) -> None:
    await keeps(
        vault,
        keep(R1, ANNA, fio(R1), expires=NOON + 1),
        keep(R2, ANNA, fio(R2, held=name_of(R1, 2)), expires=NOON + 3),
        keep(R3, ANNA, fio(R3, held=name_of(R1, 2)), expires=NOON + 2),
    )
    await vault.purge_expired(NOON + 1)
    await vault.purge_expired(NOON + 2)
    assert await holders(vault, name_of(R1, 2)) == [(ANNA, R2, 2)]
    await vault.purge_expired(NOON + 3)
    assert await holders(vault, name_of(R1, 2)) == []


async def test_a_name_stays_readable_for_the_other_holder(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7), expires=NOON + 1), keep(R2, BORIS, phone("1", 8)))
    await vault.purge_expired(NOON + 1)
    assert await holders(vault, phone_name(7)) == [(BORIS, R2, 1)]


async def test_the_value_keeps_its_name_when_it_passes_to_another_holder(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7), expires=NOON + 1), keep(R2, BORIS, phone("1", 8)))
    await vault.purge_expired(NOON + 1)
    assert (await vault.keep(only(keep(R3, VERA, phone("1", 9))))).names == {(R3, 1): phone_name(7)}
    assert await holders(vault, phone_name(7)) == [(BORIS, R2, 1), (VERA, R3, 1)]


async def test_a_person_goes_on_holding_by_a_later_record(vault: HomeVault) -> None:
    await keeps(
        vault,
        keep(R1, ANNA, phone("1", 7)),
        keep(R2, BORIS, phone("1", 8), expires=NOON + 1),
        keep(R3, BORIS, phone("1", 9, index=5)),
    )
    await vault.purge_expired(NOON + 1)
    assert await holders(vault, phone_name(7)) == [(ANNA, R1, 1), (BORIS, R3, 5)]


async def test_a_person_without_a_record_of_the_value_holds_it_no_more(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7)), keep(R2, BORIS, phone("1", 8), expires=NOON + 1))
    await vault.purge_expired(NOON + 1)
    assert await holders(vault, phone_name(7)) == [(ANNA, R1, 1)]


async def test_a_short_name_that_nobody_has_any_more_is_never_given_again(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7), expires=NOON + 1))
    await vault.purge_expired(NOON + 1)
    assert (await vault.keep(only(keep(R2, BORIS, phone("2", 7, 8))))).names == {(R2, 1): phone_name(8)}


async def test_a_name_that_outlived_its_record_is_sent_on_as_held(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1), expires=NOON + 1), keep(R2, ANNA, fio(R2, held=name_of(R1, 2))))
    await vault.purge_expired(NOON + 1)
    kept = await vault.keep(only(keep(R3, ANNA, fio(R3, held=name_of(R1, 2)))))
    assert kept.names == {(R3, 2): name_of(R1, 2)}


async def test_a_value_whose_kind_was_equal_once_passes_on_with_its_holders(vault: HomeVault) -> None:
    await keeps(
        vault,
        keep(R1, ANNA, phone("1", 7), expires=NOON + 1),
        keep(R2, ANNA, phone("1", 8, equal=False, held=phone_name(7))),
        keep(R3, BORIS, phone("1", 9)),
    )
    await vault.purge_expired(NOON + 1)
    assert await holders(vault, phone_name(7)) == [(ANNA, R2, 1), (BORIS, R3, 1)]
    assert await sought(vault, "1") == phone_name(7)


async def test_one_record_may_have_one_name_twice(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, phone("1", 7)))
    both = (phone("1", 8, index=0, equal=False, held=phone_name(7)), phone("1", 8))
    await keeps(vault, keep(R2, ANNA, *both, expires=NOON + 2))
    await vault.settle(Settlement(ended=(R1,), ends_at=NOON + 1))
    await vault.purge_expired(NOON + 1)
    assert await holders(vault, phone_name(7)) == [(ANNA, R2, 0)]
    await vault.purge_expired(NOON + 2)
    assert (await holders(vault, phone_name(7)), await sought(vault, "1")) == ([], name_of(record(99), 0))


# ----------------------------------------------------------------------------------------------------------- sessions


async def session_of(vault: HomeVault, session: Digest = SID) -> SessionFact | None:
    return (await vault.recall(Recall(CRM, session=session))).session


async def test_a_session_is_its_subjects(vault: HomeVault) -> None:
    await vault.settle(Settlement(sessions=(SessionStart(SID, ANNA, NOON + 60),)))
    assert await session_of(vault) == SessionFact(ANNA, None, None, NOON + 60)


async def test_a_session_tells_where_its_subject_lives(vault: HomeVault) -> None:
    await vault.settle(
        Settlement(sessions=(SessionStart(SID, ANNA, NOON + 60),), directory=(known("anna", ANNA, RU, "document"),))
    )
    assert await session_of(vault) == SessionFact(ANNA, RU, "document", NOON + 60)


async def test_a_session_ends_with_its_time(vault: HomeVault, clock: HandClock) -> None:
    await vault.settle(Settlement(sessions=(SessionStart(SID, ANNA, NOON + 60),)))
    clock.pass_s(60)
    assert await session_of(vault) is None


async def test_the_later_login_has_the_session(vault: HomeVault) -> None:
    await vault.settle(Settlement(sessions=(SessionStart(SID, ANNA, NOON + 60),)))
    await vault.settle(Settlement(sessions=(SessionStart(SID, BORIS, NOON + 90),)))
    assert await session_of(vault) == SessionFact(BORIS, None, None, NOON + 90)


async def test_a_closed_session_is_nobodys(vault: HomeVault) -> None:
    await vault.settle(Settlement(sessions=(SessionStart(SID, ANNA, NOON + 60),)))
    await vault.settle(Settlement(closed_sessions=(SID,)))
    assert await session_of(vault) is None


async def test_a_reply_may_close_one_session_and_begin_it_anew(vault: HomeVault) -> None:
    await vault.settle(Settlement(sessions=(SessionStart(SID, BORIS, NOON + 60),), closed_sessions=(SID,)))
    assert await session_of(vault) == SessionFact(BORIS, None, None, NOON + 60)


async def test_a_purge_takes_ended_sessions(vault: HomeVault) -> None:
    await vault.settle(Settlement(sessions=(SessionStart(SID, ANNA, NOON + 60),)))
    await vault.purge_expired(NOON + 60)
    assert vault.empty()


# -------------------------------------------------------------------------------------------------------- shown names


async def shown(vault: HomeVault, session: Digest | None) -> bool:
    token = name_of(R1, 2)
    return (await vault.recall(Recall(CRM, tokens=(token,), session=session))).tokens[token].shown


async def test_a_name_that_a_session_was_shown_is_known_as_shown_to_it(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1)))
    await vault.settle(Settlement(shown=((SID, name_of(R1, 2)),), shown_until=NOON + 60))
    assert [await shown(vault, SID), await shown(vault, OTHER_SID), await shown(vault, None)] == [True, False, False]


async def test_a_text_that_is_no_name_is_known_as_shown_to_the_session_that_was(vault: HomeVault) -> None:
    text, other = Token("x1:0123"), Token("x1:4567")
    await vault.settle(Settlement(shown=((SID, text),), shown_until=NOON + 60))
    answers = [await vault.recall(Recall(CRM, tokens=(text, other), session=one)) for one in (SID, OTHER_SID, None)]
    assert [answer.shown for answer in answers] == [{text}, set(), set()]
    assert [answer.tokens for answer in answers] == [{}, {}, {}]


async def test_a_text_that_is_no_name_is_forgotten_in_time(vault: HomeVault, clock: HandClock) -> None:
    text = Token("x1:0123")
    await vault.settle(Settlement(shown=((SID, text),), shown_until=NOON + 60))
    clock.ms = (NOON + 60) * 1000
    assert (await vault.recall(Recall(CRM, tokens=(text,), session=SID))).shown == frozenset()


async def test_a_shown_name_is_not_among_the_texts(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1)))
    await vault.settle(Settlement(shown=((SID, name_of(R1, 2)),), shown_until=NOON + 60))
    assert (await vault.recall(Recall(CRM, tokens=(name_of(R1, 2),), session=SID))).shown == frozenset()


async def test_a_shown_name_is_forgotten_in_time(vault: HomeVault, clock: HandClock) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1)))
    await vault.settle(Settlement(shown=((SID, name_of(R1, 2)),), shown_until=NOON + 60))
    clock.pass_s(60)
    assert not await shown(vault, SID)


async def test_a_name_shown_again_is_remembered_for_the_longer_time(vault: HomeVault, clock: HandClock) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1)))
    for until in (60, 90, 30):
        await vault.settle(Settlement(shown=((SID, name_of(R1, 2)),), shown_until=NOON + until))
    clock.pass_s(89)
    assert await shown(vault, SID)


async def test_what_a_closed_session_was_shown_is_forgotten(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1)))
    await vault.settle(Settlement(shown=((SID, name_of(R1, 2)),), shown_until=NOON + 60))
    await vault.settle(Settlement(closed_sessions=(SID,)))
    assert not await shown(vault, SID)


async def test_a_purge_forgets_what_was_shown_long_ago(vault: HomeVault) -> None:
    await keeps(vault, keep(R1, ANNA, fio(R1)))
    await vault.settle(Settlement(shown=((SID, name_of(R1, 2)),), shown_until=NOON + 60))
    await vault.purge_expired(NOON + 60)
    assert not await shown(vault, SID)


async def test_a_purge_forgets_retries_after_a_week(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY))
    await vault.purge_expired(NOON + 7 * 86400 - 1)
    assert (await vault.recall(Recall(CRM, idempotency=RETRY))).replay == (R1,)
    await vault.purge_expired(NOON + 7 * 86400)
    assert (await vault.recall(Recall(CRM, idempotency=RETRY))).replay == ()


async def test_settlements_run_beside_keeps(vault: HomeVault) -> None:
    await keeps(vault, *(keep(record(n), ANNA, phone(f"{n}", n)) for n in range(10)))
    async with asyncio.TaskGroup() as tasks:
        for n in range(10):
            tasks.create_task(vault.settle(Settlement(refused=(record(n),))))
            tasks.create_task(vault.keep(only(keep(record(n + 20), BORIS, phone(f"{n + 20}", n + 20)))))
    assert await there(vault, *(record(n) for n in range(30))) == [record(n) for n in range(20, 30)]


SCOPES = (CRM, Scope("shop"))


async def test_other_scopes_of_the_same_person_are_left_alone(vault: HomeVault) -> None:
    await keeps(vault, *(keep(record(n), ANNA, email(record(n), "a"), scope=scope) for n, scope in enumerate(SCOPES)))
    await vault.settle(Settlement(refused=(record(0),)))
    kept = await vault.keep(Batch(seeks=(Seek(EMAIL, blind("a"), SCOPES[1], name_of(record(99), 0)),)))
    assert kept.sought == {(EMAIL, blind("a")): name_of(record(1), 0)}
