"""Who is erased leaves the vault for good, with everything but what another person holds too."""

from __future__ import annotations

import asyncio

import pytest

from gateway.model.erasure import REMEMBER_S, Condemnation
from gateway.model.errors import GatewayError, HeldError, OvertakenError
from gateway.model.kept import Batch, Fetch, Recall, Revision, SessionStart, Settlement
from gateway.model.marks import Instruction, Mark, Order
from gateway.model.names import SubjectId, Token
from tests.contracts.conftest import HomeVault
from tests.contracts.people import (
    ANNA,
    BORIS,
    CRM,
    EMAIL,
    NOON,
    PHONE,
    VERA,
    HandClock,
    blind,
    email,
    fio,
    keep,
    known,
    only,
    phone,
    phone_name,
    record,
)

R1, R2, R3, R4 = (record(n) for n in range(1, 5))
SID, OTHER = blind("session"), blind("another session")
MANY = 1000


def order(*subjects: SubjectId) -> Condemnation:
    return Condemnation(subjects, NOON, "dpo", "request 7")


def told(what: Order, whose: SubjectId = ANNA, into: SubjectId | None = None) -> Instruction:
    return Instruction(whose, Mark(what, NOON, "dpo", "case 7"), into)


async def erase(vault: HomeVault, *subjects: SubjectId) -> tuple[SubjectId, ...]:
    whole = await vault.condemn(order(*subjects))
    while await vault.clear(whole):
        pass
    await vault.gone(whole, NOON)
    return whole


async def couple(vault: HomeVault) -> Token:
    """Anna and Boris, who share a phone, and Anna's session; the phone's token."""
    anna = keep(R1, ANNA, email(R1, "anna"), phone("their phone", 1), fio(R1))
    await vault.keep(only(anna, directory=(known("anna", ANNA), known("her phone", ANNA, kind=PHONE))))
    boris = keep(R2, BORIS, email(R2, "boris"), phone("their phone", 2))
    kept = await vault.keep(only(boris, directory=(known("boris", BORIS),)))
    await vault.settle(Settlement(sessions=(SessionStart(SID, ANNA, NOON + 100),)))
    await vault.settle(Settlement(shown=((SID, phone_name(1)),), shown_until=NOON + 100))
    return kept.names[R2, 1]


async def left_of(vault: HomeVault, whose: SubjectId) -> list[object]:
    fetched = await vault.fetch(Fetch(subjects=(whose,), most=MANY))
    return [await vault.dossier(whose), fetched.by_subject.get(whose, ())]


async def test_nothing_of_who_is_erased_is_left(vault: HomeVault) -> None:
    await couple(vault)
    await erase(vault, ANNA)
    query = Recall(CRM, ((EMAIL, blind("anna")), (PHONE, blind("her phone"))), session=SID)
    found = await vault.recall(query)
    assert await left_of(vault, ANNA) == [None, ()]
    assert (dict(found.known), found.session, await vault.condemned()) == ({}, None, [])
    assert (await vault.fetch(Fetch(records=(R1,)))).records == {}


async def test_the_other_holder_of_a_shared_value_still_reads_it(vault: HomeVault) -> None:
    token = await couple(vault)
    await erase(vault, ANNA)
    holdings = (await vault.fetch(Fetch(tokens=(token,)))).holdings[token]
    assert [(one.subject, one.ref) for one in holdings] == [(BORIS, (R2, 1))]
    again = await vault.keep(only(keep(R3, BORIS, phone("their phone", 3))))
    assert again.names[R3, 1] == token


async def test_a_value_that_nobody_else_has_gets_another_token_when_it_returns(vault: HomeVault) -> None:
    await couple(vault)
    before = (await vault.fetch(Fetch(subjects=(ANNA,)))).by_subject[ANNA]
    await erase(vault, ANNA)
    kept = await vault.keep(only(keep(R3, VERA, email(R3, "anna")), directory=(known("anna", VERA),)))
    assert (before, kept.names[R3, 0]) == ((R1,), email(R3, "anna").candidates[0])


async def test_from_the_order_on_nothing_is_kept_of_them(vault: HomeVault) -> None:
    await couple(vault)
    await vault.condemn(order(ANNA))
    late = (
        only(keep(R3, ANNA, fio(R3))),
        Batch(directory=(known("new", ANNA),)),
        Batch(directory=(known("boris", BORIS),), revisions=(Revision(ANNA),)),
        only(keep(R3, ANNA, fio(R3)), idempotency=blind("retry")),
    )
    for batch in late:
        with pytest.raises(OvertakenError):
            await vault.keep(batch)
    assert (await vault.fetch(Fetch(records=(R3,)))).records == {}
    assert (await vault.recall(Recall(CRM, ((EMAIL, blind("new")),)))).known == {}


async def test_who_is_written_in_the_same_moment_is_none_the_worse(vault: HomeVault) -> None:
    await couple(vault)
    await vault.condemn(order(ANNA))
    names = [record(n) for n in range(10, 18)]
    batches = [only(keep(one, ANNA if number % 2 else VERA, fio(one))) for number, one in enumerate(names)]
    outcomes = await asyncio.gather(*map(vault.keep, batches), return_exceptions=True)
    assert [type(one).__name__ for one in outcomes] == ["Kept", "OvertakenError"] * 4


async def test_a_late_reply_makes_nobody_known_again(vault: HomeVault) -> None:
    await couple(vault)
    await erase(vault, ANNA)
    late = Settlement(
        directory=(known("anna", ANNA, standing="registered"), known("boris", BORIS, standing="registered")),
        sessions=(SessionStart(SID, ANNA, NOON + 100), SessionStart(OTHER, BORIS, NOON + 100)),
    )
    await vault.settle(late)
    found = await vault.recall(Recall(CRM, ((EMAIL, blind("anna")), (EMAIL, blind("boris"))), session=SID))
    assert ([one.subject for one in found.known.values()], found.session) == ([BORIS], None)
    assert (await vault.recall(Recall(CRM, session=OTHER))).session is not None
    assert await left_of(vault, ANNA) == [None, ()]


async def test_who_is_held_is_not_erased(vault: HomeVault) -> None:
    await couple(vault)
    await vault.instruct(told("hold"))
    with pytest.raises(HeldError):
        await vault.condemn(order(ANNA))
    assert (await vault.condemned(), len((await vault.fetch(Fetch(records=(R1,)))).records)) == ([], 1)
    await vault.instruct(told("release"))
    assert await erase(vault, ANNA) == (ANNA,)


async def test_who_counts_as_one_is_erased_as_one(vault: HomeVault) -> None:
    await couple(vault)
    await vault.instruct(told("merge", BORIS, ANNA))
    assert await erase(vault, BORIS) == (ANNA, BORIS)
    assert [await left_of(vault, one) for one in (ANNA, BORIS)] == [[None, ()]] * 2


async def test_a_hold_on_one_of_two_who_count_as_one_keeps_both(vault: HomeVault) -> None:
    await couple(vault)
    await vault.instruct(told("merge", BORIS, ANNA))
    await vault.instruct(told("hold"))
    with pytest.raises(HeldError):
        await vault.condemn(order(BORIS))


@pytest.mark.parametrize("what", ["hold", "block", "merge"])
async def test_nothing_is_ordered_any_more_about_who_is_to_go(vault: HomeVault, what: Order) -> None:
    await couple(vault)
    await vault.condemn(order(ANNA))
    with pytest.raises(GatewayError, match="GW-V131"):
        await vault.instruct(told(what, BORIS, ANNA) if what == "merge" else told(what))


async def test_what_was_begun_is_told_until_it_is_done(vault: HomeVault) -> None:
    await couple(vault)
    await vault.condemn(order(ANNA))
    again = Condemnation((ANNA,), NOON + 5, "another", "request 8")
    assert await vault.condemn(again) == (ANNA,)
    assert await vault.condemned() == [order(ANNA)]
    while await vault.clear((ANNA,), 1):
        pass
    await vault.gone((ANNA,), NOON)
    assert await vault.condemned() == []


async def test_of_many_records_so_many_go_at_once(vault: HomeVault) -> None:
    names = [record(n) for n in range(10, 17)]
    for one in names:
        await vault.keep(only(keep(one, ANNA, fio(one))))
    await vault.condemn(order(ANNA))
    assert [await vault.clear((ANNA,), 3) for _ in range(4)] == [3, 3, 1, 0]


async def test_who_was_erased_is_remembered_for_a_week(vault: HomeVault, clock: HandClock) -> None:
    await couple(vault)
    await erase(vault, ANNA)
    await vault.purge_expired(NOON + REMEMBER_S - 1)
    with pytest.raises(OvertakenError):
        await vault.keep(only(keep(R3, ANNA, fio(R3))))
    await vault.purge_expired(NOON + REMEMBER_S)
    await vault.keep(only(keep(R3, ANNA, fio(R3))))


async def test_who_is_not_gone_yet_is_not_forgotten(vault: HomeVault) -> None:
    await couple(vault)
    await vault.condemn(order(ANNA))
    await vault.purge_expired(NOON + 10 * REMEMBER_S)
    assert await vault.condemned() == [order(ANNA)]


async def test_whatever_is_kept_while_somebody_is_erased_is_whole_or_refused(vault: HomeVault) -> None:
    """Writers that know nothing of it go on all the while: not one record of hers is left afterwards."""
    await couple(vault)
    names = iter([record(n) for n in range(100, 400)])

    async def write() -> None:
        for _ in range(12):
            one = next(names)
            try:
                await vault.keep(only(keep(one, ANNA, phone("their phone", 5), fio(one))))
            except OvertakenError:
                return

    async with asyncio.TaskGroup() as tasks:
        for _ in range(5):
            tasks.create_task(write())
        await asyncio.sleep(0)
        await erase(vault, ANNA)
    assert await left_of(vault, ANNA) == [None, ()]
