"""What the vault holds of a person beside values: versions, holds, blocks, merges, when it was last confirmed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gateway.model.erasure import Condemnation
from gateway.model.errors import GatewayError, OutdatedError
from gateway.model.kept import (
    Batch,
    Fetch,
    PersonFact,
    Recall,
    Recalled,
    Revision,
    SessionStart,
    Settlement,
)
from gateway.model.marks import Dossier, Instruction, Mark, Order
from gateway.model.names import RecordId, SubjectId
from tests.contracts.conftest import HomeVault
from tests.contracts.people import (
    ANNA,
    BORIS,
    CRM,
    EMAIL,
    NOON,
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
SID = blind("session")
DAY = NOON - NOON % 86400


def told(what: Order, whose: SubjectId = ANNA, into: SubjectId | None = None, *, at: int = NOON) -> Instruction:
    return Instruction(whose, Mark(what, at, "dpo", "case 7"), into)


async def recalled(vault: HomeVault, *values: str, session: bool = False) -> Recalled:
    query = Recall(CRM, tuple((EMAIL, blind(value)) for value in values), session=SID if session else None)
    return await vault.recall(query)


async def fact(vault: HomeVault, value: str = "anna") -> PersonFact:
    found = await recalled(vault, value)
    return found.people[found.known[EMAIL, blind(value)].subject]


async def anna(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna")), directory=(known("anna", ANNA),)))


async def both(vault: HomeVault) -> None:
    await anna(vault)
    await vault.keep(only(keep(R2, BORIS, email(R2, "boris")), directory=(known("boris", BORIS),)))


async def there(vault: HomeVault, *records: RecordId) -> list[RecordId]:
    return sorted((await vault.fetch(Fetch(records=records))).records)


async def dossier(vault: HomeVault, whose: SubjectId = ANNA) -> Dossier:
    found = await vault.dossier(whose)
    assert found is not None
    return found


# ------------------------------------------------------------------------------------------------------------ versions


async def test_a_new_person_is_at_version_one(vault: HomeVault) -> None:
    await anna(vault)
    assert (await fact(vault)).version == 1


async def test_a_change_raises_the_version_with_its_record(vault: HomeVault) -> None:
    await anna(vault)
    kept = await vault.keep(Batch((keep(R2, ANNA, fio(R2)),), revisions=(Revision(ANNA, 1),)))
    assert kept.versions == {ANNA: 2}
    assert (await fact(vault)).version == 2
    records = (await vault.fetch(Fetch(records=(R1, R2)))).records
    assert [records[one].version for one in (R1, R2)] == [1, 2]


async def test_a_change_of_nothing_that_is_kept_counts_too(vault: HomeVault) -> None:
    await anna(vault)
    assert (await vault.keep(Batch(directory=(known("anna", ANNA),), revisions=(Revision(ANNA),)))).versions[ANNA] == 2


async def test_a_change_that_builds_on_an_older_version_leaves_nothing_behind(vault: HomeVault) -> None:
    await anna(vault)
    await vault.keep(Batch((keep(R2, ANNA, fio(R2)),), revisions=(Revision(ANNA, 1),)))
    late = Batch((keep(R3, ANNA, fio(R3)),), directory=(known("new", ANNA),), revisions=(Revision(ANNA, 1),))
    with pytest.raises(OutdatedError):
        await vault.keep(late)
    assert await there(vault, R3) == []
    assert (await recalled(vault, "new")).known == {}
    assert (await fact(vault)).version == 2


async def test_of_changes_at_once_that_build_on_one_version_one_is_kept(vault: HomeVault) -> None:
    await anna(vault)
    names = [record(n) for n in range(10, 18)]
    batches = [Batch((keep(one, ANNA, fio(one)),), revisions=(Revision(ANNA, 1),)) for one in names]
    outcomes = await asyncio.gather(*(vault.keep(one) for one in batches), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Kept", *["OutdatedError"] * 7]
    assert len(await there(vault, *names)) == 1
    assert (await fact(vault)).version == 2


async def test_an_outdated_change_does_not_spoil_its_neighbours(vault: HomeVault) -> None:
    await both(vault)
    late = Batch((keep(R3, ANNA, fio(R3)),), revisions=(Revision(ANNA, 7),))
    good = Batch((keep(R4, BORIS, fio(R4)),), revisions=(Revision(BORIS, 1),))
    others = [only(keep(record(20 + n), VERA, fio(record(20 + n)))) for n in range(4)]
    outcomes = await asyncio.gather(*(vault.keep(one) for one in (late, good, *others)), return_exceptions=True)
    assert [type(one).__name__ for one in outcomes] == ["OutdatedError", *["Kept"] * 5]


async def test_changes_that_name_no_version_all_count(vault: HomeVault) -> None:
    await anna(vault)
    names = [record(n) for n in range(10, 15)]
    batches = [Batch((keep(one, ANNA, fio(one)),), revisions=(Revision(ANNA),)) for one in names]
    kept = await asyncio.gather(*(vault.keep(one) for one in batches))
    assert sorted(one.versions[ANNA] for one in kept) == [2, 3, 4, 5, 6]


async def test_a_retry_of_a_change_is_no_change(vault: HomeVault) -> None:
    await anna(vault)
    change = Batch((keep(R2, ANNA, fio(R2)),), idempotency=blind("retry"), revisions=(Revision(ANNA, 1),))
    await vault.keep(change)
    again = await vault.keep(change)
    assert (dict(again.versions), (await fact(vault)).version) == ({}, 2)


async def test_a_person_whom_the_directory_does_not_know_stays_at_version_one(vault: HomeVault) -> None:
    kept = await vault.keep(Batch((keep(R1, VERA, fio(R1)),), revisions=(Revision(VERA),)))
    assert kept.versions == {VERA: 1}


# ------------------------------------------------------------------------------------------------------------- holding


async def test_what_is_held_does_not_expire(vault: HomeVault, clock: HandClock) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna"), expires=NOON + 10), directory=(known("anna", ANNA),)))
    await vault.keep(only(keep(R2, BORIS, email(R2, "boris"), expires=NOON + 10)))
    await vault.instruct(told("hold"))
    clock.pass_s(20)
    assert await vault.purge_expired(NOON + 20) == 1
    assert await there(vault, R1, R2) == [R1]


async def test_what_is_released_expires_again(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna"), expires=NOON + 10)))
    await vault.instruct(told("hold"))
    await vault.instruct(told("release"))
    assert await vault.purge_expired(NOON + 20) == 1


async def test_what_is_held_twice_is_released_twice(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna"), expires=NOON + 10)))
    for what in ("hold", "hold", "release"):
        await vault.instruct(told(what))
    assert await vault.purge_expired(NOON + 20) == 0
    await vault.instruct(told("release"))
    assert await vault.purge_expired(NOON + 20) == 1


async def test_a_refused_record_of_a_held_person_goes_with_the_end_of_the_hold(vault: HomeVault) -> None:
    await anna(vault)
    await vault.instruct(told("hold"))
    await vault.settle(Settlement(refused=(R1,)))
    assert await there(vault, R1) == [R1]
    await vault.instruct(told("release"))
    assert await there(vault, R1) == []


async def test_a_deleted_resource_of_a_held_person_stays(vault: HomeVault) -> None:
    await anna(vault)
    await vault.instruct(told("hold"))
    await vault.settle(Settlement(ended=(R1,), ends_at=NOON))
    await vault.purge_expired(NOON + 1)
    assert await there(vault, R1) == [R1]


async def test_an_identifier_of_a_held_person_is_not_withdrawn(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA),)))
    await vault.instruct(told("hold"))
    await vault.settle(Settlement(withdrawn=(known("anna", ANNA),)))
    assert (EMAIL, blind("anna")) in (await recalled(vault, "anna")).known


async def test_who_ordered_what_and_when_is_remembered(vault: HomeVault) -> None:
    await anna(vault)
    await vault.instruct(told("hold"))
    found = await dossier(vault)
    assert (found.held, found.marks) == (NOON, (Mark("hold", NOON, "dpo", "case 7"),))


@pytest.mark.parametrize("what", ["release", "unblock", "unmerge"])
async def test_what_was_not_begun_can_not_be_ended(vault: HomeVault, what: Order) -> None:
    await anna(vault)
    with pytest.raises(GatewayError, match="GW-V131"):
        await vault.instruct(told(what))


# ------------------------------------------------------------------------------------------------------------ blocking


async def test_a_block_is_told_with_every_recall(vault: HomeVault) -> None:
    await anna(vault)
    await vault.settle(Settlement(sessions=(SessionStart(SID, ANNA, NOON + 100),)))
    await vault.instruct(told("block"))
    assert (await fact(vault)).blocked
    assert (await recalled(vault, session=True)).people[ANNA].blocked


async def test_a_block_is_told_with_every_record(vault: HomeVault) -> None:
    await both(vault)
    await vault.instruct(told("block"))
    fetched = await vault.fetch(Fetch(tokens=(name_of(R1, 0), name_of(R2, 0))))
    assert fetched.blocked == {ANNA}
    assert (await vault.fetch(Fetch(subjects=(ANNA, BORIS)))).blocked == {ANNA}


async def test_a_lifted_block_is_told_no_more(vault: HomeVault) -> None:
    await anna(vault)
    await vault.instruct(told("block"))
    await vault.instruct(told("unblock"))
    assert not (await fact(vault)).blocked


async def test_a_blocked_persons_records_are_kept(vault: HomeVault) -> None:
    await anna(vault)
    await vault.instruct(told("block"))
    await vault.keep(Batch((keep(R2, ANNA, fio(R2)),), revisions=(Revision(ANNA),)))
    assert await there(vault, R2) == [R2]


# ------------------------------------------------------------------------------------------------- source, confirmation


async def test_it_is_told_where_and_when_data_came_from(vault: HomeVault) -> None:
    await both(vault)
    await vault.keep(only(replace(keep(R3, ANNA, fio(R3)), route="PATCH /me", at=NOON + 5)))
    found = await dossier(vault)
    assert dict(found.records) == {(CRM, "POST /register"): 1, (CRM, "PATCH /me"): 1}
    assert (found.first, found.confirmed) == (NOON, NOON + 5)


async def test_a_value_that_is_sent_again_is_confirmed(vault: HomeVault) -> None:
    await anna(vault)
    await vault.keep(only(replace(keep(R2, BORIS, email(R2, "anna")), at=NOON + 50)))
    assert (await dossier(vault)).confirmed == NOON + 50


async def test_a_retry_confirms_what_was_sent_before(vault: HomeVault) -> None:
    first = only(keep(R1, ANNA, fio(R1)), idempotency=blind("retry"))
    await vault.keep(first)
    await vault.keep(replace(first, keeps=(replace(first.keeps[0], at=NOON + 50),)))
    assert (await dossier(vault)).confirmed == NOON + 50


async def test_an_identifier_has_the_days_of_its_first_and_its_latest_evidence(
    vault: HomeVault, clock: HandClock
) -> None:
    await anna(vault)
    clock.pass_s(3 * 86400)
    await vault.settle(Settlement(directory=(known("anna", ANNA, standing="proven"),)))
    entry = (await recalled(vault, "anna")).known[EMAIL, blind("anna")]
    assert (entry.first_seen, entry.confirmed) == (DAY, DAY + 3 * 86400)


async def test_of_nobody_there_is_no_dossier(vault: HomeVault) -> None:
    assert await vault.dossier(VERA) is None


# ------------------------------------------------------------------------------------------------------------- merging


async def test_a_merged_persons_identifiers_name_the_one_who_remains(vault: HomeVault) -> None:
    await both(vault)
    await vault.instruct(told("merge", BORIS, ANNA))
    found = await recalled(vault, "anna", "boris")
    assert {entry.subject for entry in found.known.values()} == {ANNA}
    assert found.apart == {(EMAIL, blind("boris")): BORIS}


async def test_a_merged_persons_tokens_are_the_other_ones_too(vault: HomeVault) -> None:
    await both(vault)
    await vault.instruct(told("merge", BORIS, ANNA))
    fetched = await vault.fetch(Fetch(tokens=(name_of(R2, 0),), subjects=(ANNA,), scope=CRM))
    assert [holding.subject for holding in fetched.holdings[name_of(R2, 0)]] == [ANNA]
    assert fetched.by_subject[ANNA] == (R2, R1)
    assert fetched.records[R2].subject == BORIS
    assert (await vault.recall(Recall(CRM, tokens=(name_of(R2, 0),)))).tokens[name_of(R2, 0)].holders == {ANNA}


async def test_a_merged_persons_session_is_the_other_ones(vault: HomeVault) -> None:
    await both(vault)
    await vault.settle(Settlement(sessions=(SessionStart(SID, BORIS, NOON + 100),)))
    await vault.instruct(told("merge", BORIS, ANNA))
    session = (await recalled(vault, session=True)).session
    assert session is not None
    assert session.subject == ANNA


async def test_merging_raises_the_version(vault: HomeVault) -> None:
    await both(vault)
    await vault.instruct(told("merge", BORIS, ANNA))
    assert (await fact(vault, "boris")).version == 2


async def test_what_is_written_for_the_one_keeps_the_others_identifier(vault: HomeVault) -> None:
    await both(vault)
    await vault.instruct(told("merge", BORIS, ANNA))
    again = known("boris", ANNA, standing="proven")
    await vault.keep(only(keep(R3, ANNA, email(R3, "boris")), directory=(again,)))
    await vault.settle(
        Settlement(directory=(again,), sessions=(SessionStart(SID, ANNA, NOON + 9, (EMAIL, blind("boris"))),))
    )
    assert (await recalled(vault, session=True)).session is not None
    await vault.instruct(told("unmerge", BORIS))
    assert (await recalled(vault, "boris")).known[EMAIL, blind("boris")].subject == BORIS


async def test_undoing_a_merge_restores_both_sides(vault: HomeVault) -> None:
    await both(vault)
    before = await recalled(vault, "anna", "boris")
    await vault.instruct(told("merge", BORIS, ANNA))
    await vault.keep(only(keep(R3, BORIS, fio(R3))))
    await vault.keep(only(keep(R4, ANNA, fio(R4))))
    await vault.instruct(told("unmerge", BORIS))
    after = await recalled(vault, "anna", "boris")
    assert (after.known, after.apart) == (before.known, {})
    fetched = await vault.fetch(Fetch(subjects=(ANNA, BORIS), scope=CRM))
    assert fetched.by_subject == {ANNA: (R4, R1), BORIS: (R3, R2)}


async def test_undoing_a_merge_ends_the_sessions_of_both(vault: HomeVault) -> None:
    await both(vault)
    await vault.instruct(told("merge", BORIS, ANNA))
    seen = Settlement(
        sessions=(SessionStart(SID, ANNA, NOON + 9),), shown=((SID, name_of(R2, 0)),), shown_until=NOON + 9
    )
    await vault.settle(seen)
    await vault.instruct(told("unmerge", BORIS))
    assert (await recalled(vault, session=True)).session is None
    recall = Recall(CRM, tokens=(name_of(R2, 0),), session=SID)
    assert not (await vault.recall(recall)).tokens[name_of(R2, 0)].shown


async def test_undoing_a_merge_leaves_both_where_they_lived(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA, None, None),)))
    await vault.keep(Batch(directory=(known("boris", BORIS, RU, "declared"),)))
    await vault.instruct(told("merge", BORIS, ANNA))
    assert (await recalled(vault, "anna")).known[EMAIL, blind("anna")].region == RU
    await vault.instruct(told("unmerge", BORIS))
    assert (await recalled(vault, "anna")).known[EMAIL, blind("anna")].region is None


async def test_a_hold_on_the_one_who_remains_holds_both_also_after_the_undoing(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), directory=(known("anna", ANNA),)))
    await vault.keep(only(keep(R2, BORIS, fio(R2), expires=NOON), directory=(known("boris", BORIS),)))
    await vault.instruct(told("merge", BORIS, ANNA))
    await vault.instruct(told("hold", ANNA))
    assert await vault.purge_expired(NOON + 1) == 0
    await vault.instruct(told("unmerge", BORIS))
    assert await vault.purge_expired(NOON + 1) == 0


async def test_a_hold_on_the_merged_one_holds_the_one_who_remains(vault: HomeVault) -> None:
    await both(vault)
    await vault.instruct(told("hold", BORIS))
    await vault.instruct(told("block", BORIS))
    await vault.instruct(told("merge", BORIS, ANNA))
    found = await dossier(vault)
    assert (found.held, found.blocked, found.includes) == (NOON, NOON, (BORIS,))


async def test_what_two_counted_apart_for_is_ended_for_both_by_an_order_about_either(vault: HomeVault) -> None:
    await both(vault)
    for order in (told("hold", BORIS), told("block", BORIS), told("merge", BORIS, ANNA)):
        await vault.instruct(order)
    for order in (told("release", ANNA), told("unblock", BORIS)):
        await vault.instruct(order)
    said = [await dossier(vault, whose) for whose in (ANNA, BORIS)]
    assert [(one.held, one.blocked) for one in said] == [(None, None), (None, None)]
    assert not (await fact(vault, "boris")).blocked
    assert await vault.condemn(Condemnation((ANNA,), NOON, "dpo", "p")) == tuple(sorted((ANNA, BORIS)))


async def test_every_hold_of_the_merged_one_passes_on_and_is_released_by_itself(vault: HomeVault) -> None:
    await both(vault)
    for whose in (ANNA, BORIS, BORIS):
        await vault.instruct(told("hold", whose))
    await vault.instruct(told("merge", BORIS, ANNA))
    for _ in range(2):
        await vault.instruct(told("release", BORIS))
        assert (await dossier(vault)).held == NOON
    await vault.instruct(told("release", BORIS))
    assert (await dossier(vault)).held is None


async def test_a_hold_ordered_of_the_merged_one_is_the_one_who_remains_and_both_ones_after_the_undoing(
    vault: HomeVault,
) -> None:
    await both(vault)
    await vault.instruct(told("merge", BORIS, ANNA))
    await vault.instruct(told("hold", BORIS))
    assert [(await dossier(vault, one)).held for one in (ANNA, BORIS)] == [NOON, None]
    await vault.instruct(told("unmerge", BORIS))
    for whose in (ANNA, BORIS):
        assert (await dossier(vault, whose)).held == NOON
        await vault.instruct(told("release", whose))
        assert (await dossier(vault, whose)).held is None


@pytest.mark.parametrize(
    ("orders", "last"),
    [
        ((), told("merge", ANNA, ANNA)),
        ((told("merge", BORIS, ANNA),), told("merge", BORIS, VERA)),
        ((told("merge", BORIS, ANNA),), told("merge", ANNA, VERA)),
        ((told("merge", BORIS, ANNA),), told("merge", VERA, BORIS)),
    ],
)
async def test_a_merge_that_makes_no_sense_changes_nothing(
    vault: HomeVault, orders: tuple[Instruction, ...], last: Instruction
) -> None:
    await both(vault)
    for order in orders:
        await vault.instruct(order)
    before = await dossier(vault)
    with pytest.raises(GatewayError, match="GW-V131"):
        await vault.instruct(last)
    assert await dossier(vault) == before


async def test_a_shared_value_stays_with_both_after_the_undoing(vault: HomeVault) -> None:
    await anna(vault)
    await vault.keep(only(keep(R2, BORIS, phone("p", 1, equal=True)), directory=(known("boris", BORIS),)))
    await vault.instruct(told("merge", BORIS, ANNA))
    await vault.keep(only(keep(R3, ANNA, phone("p", 2, equal=True))))
    await vault.instruct(told("unmerge", BORIS))
    holders = (await vault.fetch(Fetch(tokens=(phone_name(1),)))).holdings[phone_name(1)]
    assert {one.subject for one in holders} == {ANNA, BORIS}
