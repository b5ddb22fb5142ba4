"""The Vault port: how certainly an identifier is somebody's, who takes it over, what is overtaken and withdrawn."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gateway.model.errors import OvertakenError
from gateway.model.kept import Batch, DirectoryEntry, Fetch, Recall, Recalled, SessionStart, Settlement
from gateway.model.names import ELSEWHERE, Rank, Region, Standing, SubjectId
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
    blind,
    email,
    fio,
    keep,
    known,
    only,
    record,
)

R1, R2 = record(1), record(2)
SID = blind("session")
RETRY = blind("idempotency")
Place = tuple[Region | None, Rank | None]


async def recalled(vault: HomeVault, *values: str) -> Recalled:
    identifiers = tuple((kind, blind(value)) for value in values for kind in (EMAIL, PHONE))
    return await vault.recall(Recall(CRM, identifiers))


async def entry_of(vault: HomeVault, value: str) -> DirectoryEntry | None:
    return (await recalled(vault, value)).known.get((EMAIL, blind(value)))


async def whose(vault: HomeVault, value: str) -> tuple[SubjectId, Standing] | None:
    entry = await entry_of(vault, value)
    return (entry.subject, entry.standing) if entry else None


async def told(vault: HomeVault, *entries: DirectoryEntry) -> None:
    for entry in entries:
        await vault.settle(Settlement(directory=(entry,)))


# ----------------------------------------------------------------------------------------------------- who has it


async def test_an_entry_is_remembered_with_its_standing_and_how_many_it_was_among(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA, among=2),)))
    assert await entry_of(vault, "anna") == known("anna", ANNA, among=2)


TAKEN: list[tuple[Standing, Standing, bool]] = [
    ("mentioned", "mentioned", False),
    ("mentioned", "registered", True),
    ("mentioned", "proven", True),
    ("registered", "mentioned", False),
    ("registered", "registered", False),
    ("registered", "proven", True),
    ("proven", "mentioned", False),
    ("proven", "registered", False),
    ("proven", "proven", False),
]


@pytest.mark.parametrize(("first", "second", "taken"), TAKEN)
async def test_only_a_higher_standing_takes_an_identifier_over(
    vault: HomeVault, first: Standing, second: Standing, *, taken: bool
) -> None:
    await told(vault, known("shared", ANNA, standing=first), known("shared", BORIS, standing=second))
    assert await whose(vault, "shared") == ((BORIS, second) if taken else (ANNA, first))


async def test_who_takes_over_brings_the_number_it_was_among(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, among=1), known("anna", BORIS, standing="registered", among=3))
    assert await entry_of(vault, "anna") == known("anna", BORIS, standing="registered", among=3)


async def test_a_persons_own_entry_rises_and_never_falls(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, among=2), known("anna", ANNA, standing="registered", among=7))
    await told(vault, known("anna", ANNA))
    assert await entry_of(vault, "anna") == known("anna", ANNA, standing="registered", among=2)


INHERITED: list[tuple[Place, Place, Place]] = [
    # the old person's, what is told of the new one, the new one's
    ((RU, "declared"), (ELSEWHERE, "declared"), (RU, "declared")),
    ((RU, "document"), (ELSEWHERE, "declared"), (RU, "document")),
    ((RU, "inferred"), (None, None), (RU, "inferred")),
    ((RU, "inferred"), (ELSEWHERE, "declared"), (ELSEWHERE, "declared")),
    ((ELSEWHERE, "declared"), (None, None), (None, None)),
    ((ELSEWHERE, "declared"), (RU, "inferred"), (RU, "inferred")),
]


@pytest.mark.parametrize(("was", "new", "then"), INHERITED)
async def test_evidence_that_protects_stays_with_an_identifier_that_is_taken_over(
    vault: HomeVault, was: Place, new: Place, then: Place
) -> None:
    await told(vault, known("anna", ANNA, *was), known("anna", BORIS, *new, "registered"))
    assert await entry_of(vault, "anna") == known("anna", BORIS, *then, "registered")


async def test_who_takes_over_leaves_the_other_person_where_he_is(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, RU, "declared"), known("anna.work", ANNA, RU, "declared"))
    await told(vault, known("anna", BORIS, ELSEWHERE, "inferred", "registered"))
    assert await entry_of(vault, "anna.work") == known("anna.work", ANNA, RU, "declared")


# ------------------------------------------------------------------------------------------------- what is vouched


async def test_nobody_vouches_for_who_was_merely_mentioned(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA))
    assert (await recalled(vault, "anna")).vouched == {}


async def test_what_is_registered_vouches_for_the_person(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, standing="registered"), known("anna.work", ANNA))
    assert (await recalled(vault, "anna.work")).vouched == {ANNA: frozenset()}


async def test_the_kinds_of_the_proven_identifiers_are_known(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, standing="registered"), known("1", ANNA, standing="registered", kind=PHONE))
    await told(vault, known("anna", ANNA, standing="proven"), known("1", ANNA, standing="proven", kind=PHONE))
    assert (await recalled(vault, "anna")).vouched == {ANNA: frozenset({EMAIL, PHONE})}


async def test_a_mentioned_identifier_is_proven_while_the_person_is_known_by_nothing_else(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA), known("anna.work", ANNA), known("anna", ANNA, standing="proven"))
    assert await whose(vault, "anna") == (ANNA, "proven")


@pytest.mark.parametrize("other", ["registered", "proven"])
async def test_a_mentioned_identifier_of_a_person_known_by_another_is_not_proven(
    vault: HomeVault, other: Standing
) -> None:
    await told(vault, known("1", ANNA, standing=other, kind=PHONE), known("anna", ANNA))
    await told(vault, known("anna", ANNA, standing="proven"))
    assert await whose(vault, "anna") == (ANNA, "mentioned")


async def test_an_identifier_that_is_new_proves_nobody_who_is_known_by_another(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, standing="registered"), known("new", ANNA, standing="proven"))
    await told(vault, known("his", BORIS), known("his", ANNA, standing="proven"))
    assert (await whose(vault, "new"), await whose(vault, "his")) == (None, (BORIS, "mentioned"))


async def test_nobody_is_proven_by_two_identifiers_of_a_kind(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, standing="registered"), known("anna.work", ANNA, standing="registered"))
    await told(vault, known("anna", ANNA, standing="proven"), known("anna.work", ANNA, standing="proven"))
    assert await whose(vault, "anna.work") == (ANNA, "registered")


async def test_what_a_person_has_changed_is_proven_in_its_place(vault: HomeVault) -> None:
    old = known("anna", ANNA, RU, "declared", standing="proven")
    await told(vault, old)
    new = known("anna.new", ANNA, standing="registered")
    ended = replace(old, standing="mentioned", ended=True)
    await vault.settle(Settlement(directory=(ended, new, replace(new, standing="proven"))))
    assert await entry_of(vault, "anna") == known("anna", ANNA, RU, "declared")
    assert await entry_of(vault, "anna.new") == known("anna.new", ANNA, RU, "declared", standing="proven")
    assert (await recalled(vault, "anna")).vouched == {ANNA: frozenset({EMAIL})}
    await told(vault, known("anna", BORIS, standing="registered"), known("anna", BORIS, standing="proven"))
    assert await whose(vault, "anna") == (BORIS, "proven")


async def test_nobody_ends_what_is_somebody_elses_or_nobodys(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, standing="proven"))
    await vault.settle(
        Settlement(directory=tuple(replace(known(name, BORIS), ended=True) for name in ("anna", "nobody")))
    )
    assert await whose(vault, "anna") == (ANNA, "proven")
    assert (await recalled(vault, "nobody")).known == {}


async def test_what_was_merely_registered_ends_and_leaves_what_is_proven(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, standing="proven"), known("anna.work", ANNA, standing="registered"))
    await vault.settle(Settlement(directory=(replace(known("anna.work", ANNA), ended=True),)))
    assert await whose(vault, "anna.work") == (ANNA, "mentioned")
    assert (await recalled(vault, "anna")).vouched == {ANNA: frozenset({EMAIL})}


async def test_what_is_proven_is_proven_again(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, standing="proven"), known("anna", ANNA, standing="proven"))
    assert await whose(vault, "anna") == (ANNA, "proven")


# ------------------------------------------------------------------------------------------------------- sessions


async def session_of(vault: HomeVault) -> SubjectId | None:
    session = (await vault.recall(Recall(CRM, session=SID))).session
    return session.subject if session else None


def begun(value: str, whose: SubjectId, *entries: DirectoryEntry) -> Settlement:
    return Settlement(sessions=(SessionStart(SID, whose, NOON + 60, (EMAIL, blind(value))),), directory=entries)


async def test_a_session_begins_with_its_proof(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA))
    await vault.settle(begun("anna", ANNA, known("anna", ANNA, standing="proven")))
    assert await session_of(vault) == ANNA


async def test_a_session_begins_by_what_was_proven_before(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA, standing="proven"))
    await vault.settle(begun("anna", ANNA))
    assert await session_of(vault) == ANNA


@pytest.mark.parametrize("value", ["anna", "never seen"])
async def test_without_its_proof_a_session_does_not_begin(vault: HomeVault, value: str) -> None:
    await told(vault, known("anna", BORIS, standing="proven"))
    await vault.settle(begun(value, ANNA, known(value, ANNA)))
    assert await session_of(vault) is None


async def test_without_its_proof_what_the_session_was_before_is_over(vault: HomeVault) -> None:
    await vault.settle(Settlement(sessions=(SessionStart(SID, VERA, NOON + 60),)))
    await vault.settle(begun("anna", ANNA, known("anna", ANNA)))
    assert await session_of(vault) is None


async def test_of_two_that_log_in_at_once_by_what_one_has_mentioned_the_first_is_that_person(vault: HomeVault) -> None:
    await told(vault, known("mallory", ANNA), known("anna", ANNA))
    await vault.settle(begun("mallory", ANNA, known("mallory", ANNA, standing="proven")))
    await vault.settle(begun("anna", ANNA, known("anna", ANNA, standing="proven")))
    assert await session_of(vault) is None


# ------------------------------------------------------------------------------------------------------- overtaken


async def test_an_identifier_that_was_somebody_elses_in_the_meantime_is_overtaken(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA),)))
    with pytest.raises(OvertakenError, match="GW-V121"):
        await vault.keep(Batch(directory=(known("anna", BORIS),)))


async def test_of_what_was_overtaken_nothing_is_kept(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA),)))
    entries = (known("boris", BORIS), known("anna", BORIS))
    with pytest.raises(OvertakenError):
        await vault.keep(only(keep(R1, BORIS, email(R1, "anna")), directory=entries, idempotency=RETRY))
    assert (await vault.fetch(Fetch(records=(R1,)))).records == {}
    assert (await whose(vault, "boris"), await whose(vault, "anna")) == (None, (ANNA, "mentioned"))


async def test_an_identifier_that_two_people_of_one_batch_share_is_the_firsts(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("shared", ANNA), known("shared", BORIS))))
    assert await whose(vault, "shared") == (ANNA, "mentioned")


async def test_who_has_a_record_in_the_batch_is_named_by_it(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("shared", ANNA),)))
    await vault.keep(only(keep(R1, ANNA, fio(R1)), directory=(known("shared", BORIS),)))
    assert await whose(vault, "shared") == (ANNA, "mentioned")


async def test_a_claim_that_does_not_hold_any_more_is_overtaken(vault: HomeVault) -> None:
    await told(vault, known("mallory", ANNA, standing="proven"), known("anna", ANNA))
    with pytest.raises(OvertakenError):
        await vault.keep(only(keep(R1, ANNA, fio(R1)), directory=(known("anna", ANNA, standing="proven"),)))
    assert (await vault.fetch(Fetch(records=(R1,)))).records == {}


async def test_a_claim_is_proven_with_the_record(vault: HomeVault) -> None:
    await told(vault, known("anna", ANNA))
    await vault.keep(only(keep(R1, ANNA, fio(R1)), directory=(known("anna", ANNA, standing="proven"),)))
    assert await whose(vault, "anna") == (ANNA, "proven")


async def test_of_many_at_once_one_has_the_identifier_and_the_neighbours_are_kept(vault: HomeVault) -> None:
    people = [SubjectId(f"01{n:026x}") for n in range(100, 110)]
    batches = [
        only(keep(record(n), one, email(record(n), "shared")), directory=(known("shared", one), known(f"{n}", one)))
        for n, one in enumerate(people)
    ]
    others = [only(keep(record(n), VERA, fio(record(n)))) for n in range(20, 30)]
    outcomes = await asyncio.gather(*(vault.keep(one) for one in (*batches, *others)), return_exceptions=True)
    assert [isinstance(outcome, OvertakenError) for outcome in outcomes] == [False, *[True] * 9, *[False] * 10]
    assert [await whose(vault, f"{n}") for n in range(3)] == [(people[0], "mentioned"), None, None]


async def test_a_retry_that_ran_beside_the_first_request_for_another_person_is_overtaken(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY))
    with pytest.raises(OvertakenError):
        await vault.keep(only(keep(R2, BORIS, fio(R2)), idempotency=RETRY))


async def test_a_retry_is_told_whose_the_records_are(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), keep(R2, BORIS, fio(R2)), idempotency=RETRY))
    assert (await vault.recall(Recall(CRM, idempotency=RETRY))).whose == {R1: ANNA, R2: BORIS}


# ------------------------------------------------------------------------------------------------------- withdrawn


async def test_what_a_refused_request_entered_is_withdrawn(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna")), directory=(known("anna", ANNA),)))
    await vault.settle(Settlement(refused=(R1,), withdrawn=(known("anna", ANNA),)))
    assert await whose(vault, "anna") is None


async def test_what_another_request_has_recorded_by_keeps_the_identifier(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna")), directory=(known("anna", ANNA),)))
    await vault.keep(only(keep(R2, ANNA, fio(R2))))
    await vault.settle(Settlement(refused=(R1,), withdrawn=(known("anna", ANNA),)))
    assert await whose(vault, "anna") == (ANNA, "mentioned")


async def test_a_session_keeps_the_identifier(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA),)))
    await vault.settle(Settlement(sessions=(SessionStart(SID, ANNA, NOON + 60),)))
    await vault.settle(Settlement(withdrawn=(known("anna", ANNA),)))
    assert await whose(vault, "anna") == (ANNA, "mentioned")


async def test_a_session_that_the_same_reply_closes_keeps_nothing(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA),)))
    await vault.settle(Settlement(sessions=(SessionStart(SID, ANNA, NOON + 60),)))
    await vault.settle(Settlement(closed_sessions=(SID,), withdrawn=(known("anna", ANNA),)))
    assert await whose(vault, "anna") is None


@pytest.mark.parametrize("standing", ["registered", "proven"])
async def test_what_is_more_than_mentioned_is_not_withdrawn(vault: HomeVault, standing: Standing) -> None:
    await told(vault, known("anna", ANNA, standing=standing))
    await vault.settle(Settlement(withdrawn=(known("anna", ANNA),)))
    assert await whose(vault, "anna") == (ANNA, standing)


async def test_what_is_another_persons_now_is_not_withdrawn(vault: HomeVault) -> None:
    await told(vault, known("anna", BORIS))
    await vault.settle(Settlement(withdrawn=(known("anna", ANNA), known("never seen", ANNA))))
    assert await whose(vault, "anna") == (BORIS, "mentioned")


async def test_an_identifier_that_was_withdrawn_is_free(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA),)))
    await vault.settle(Settlement(withdrawn=(known("anna", ANNA),)))
    await vault.keep(Batch(directory=(known("anna", BORIS),)))
    assert await whose(vault, "anna") == (BORIS, "mentioned")
