"""The Vault port, ``keep``: the names it hands out, and what they stand for."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gateway.model.errors import OvertakenError, WorldError
from gateway.model.kept import Batch, Fetch, KeepField, Recall, Seek
from gateway.model.names import Kind, Scope, Token
from tests.contracts.conftest import HomeVault
from tests.contracts.people import (
    ANNA,
    BORIS,
    CRM,
    EMAIL,
    NAME,
    RU,
    VERA,
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
    ref_of,
)

R1, R2, R3 = record(1), record(2), record(3)
SHOP = Scope("shop")


async def resolves(vault: HomeVault, *tokens: Token) -> list[tuple[str, str, int]]:
    """Who holds each token, by which field of which record."""
    fetched = await vault.fetch(Fetch(tokens=tokens))
    return [(h.subject, *h.ref) for token in tokens for h in fetched.holdings.get(token, ())]


async def test_every_field_of_every_record_gets_a_name(vault: HomeVault) -> None:
    kept = await vault.keep(only(keep(R1, ANNA, email(R1, "anna"), phone("1", 7), fio(R1)), keep(R2, BORIS, fio(R2))))
    assert kept.names == {
        (R1, 0): name_of(R1, 0),
        (R1, 1): phone_name(7),
        (R1, 2): name_of(R1, 2),
        (R2, 2): name_of(R2, 2),
    }


async def test_the_receipt_lists_the_records(vault: HomeVault) -> None:
    assert (await vault.keep(only(keep(R1, ANNA, fio(R1)), keep(R2, BORIS)))).records == (R1, R2)


async def test_a_name_leads_to_its_sealed_record(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna"), phone("1", 7))))
    fetched = await vault.fetch(Fetch(tokens=(phone_name(7),)))
    [holding] = fetched.holdings[phone_name(7)]
    assert (holding.ref, holding.scope, fetched.records[R1].sealed) == ((R1, 1), CRM, b"sealed " + R1.encode())


async def test_a_name_that_was_proposed_but_not_handed_out_is_nobodys(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    assert await resolves(vault, name_of(R1, 2, 1)) == []


async def test_a_name_of_a_record_that_was_never_kept_is_nobodys(vault: HomeVault) -> None:
    assert await resolves(vault, name_of(R1, 2), phone_name(1)) == []


async def test_a_short_name_that_is_taken_is_passed_over(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    kept = await vault.keep(only(keep(R2, BORIS, phone("2", 7, 8))))
    assert kept.names[R2, 1] == phone_name(8)


async def test_two_values_of_one_record_get_two_short_names(vault: HomeVault) -> None:
    kept = await vault.keep(only(keep(R1, ANNA, phone("1", 7, 8), phone("2", 7, 8, index=3))))
    assert kept.names == {(R1, 1): phone_name(7), (R1, 3): phone_name(8)}


async def test_without_a_free_short_name_nothing_is_kept(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    with pytest.raises(WorldError, match="GW-V112"):
        await vault.keep(only(keep(R2, BORIS, email(R2, "boris")), keep(R3, VERA, phone("2", 7))))
    assert (await vault.fetch(Fetch(records=(R2, R3)))).records == {}


async def test_without_a_free_short_name_no_index_row_is_left(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    with pytest.raises(WorldError):
        await vault.keep(only(keep(R2, BORIS, email(R2, "boris"), phone("2", 7))))
    kept = await vault.keep(Batch(seeks=(Seek(EMAIL, blind("boris"), CRM, name_of(R3, 0)),)))
    assert kept.sought == {(EMAIL, blind("boris")): name_of(R3, 0)}


async def test_a_record_id_is_taken_once(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    with pytest.raises(WorldError, match="GW-V113"):
        await vault.keep(only(keep(R1, BORIS, fio(R1))))


async def test_the_directorys_scope_is_no_records(vault: HomeVault) -> None:
    with pytest.raises(ValueError, match="scope"):
        await vault.keep(only(keep(R1, ANNA, fio(R1), scope=Scope(""))))


async def test_ids_that_are_not_hex_are_refused(vault: HomeVault) -> None:
    with pytest.raises(ValueError, match="hex"):
        await vault.keep(Batch(directory=(known("anna", ANNA), known("anna", type(ANNA)("Anna")))))
    assert vault.empty()


async def test_a_field_without_a_proposed_name_is_refused(vault: HomeVault) -> None:
    with pytest.raises(LookupError):
        await vault.keep(only(keep(R1, ANNA, KeepField(0, NAME, ()))))


# ------------------------------------------------------------------------------------------------------ equal values


async def test_an_equal_value_of_another_person_gets_the_same_name(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    assert (await vault.keep(only(keep(R2, BORIS, phone("1", 8))))).names == {(R2, 1): phone_name(7)}


async def test_who_has_the_same_value_later_becomes_a_further_holder(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    await vault.keep(only(keep(R2, BORIS, phone("1", 8))))
    assert await resolves(vault, phone_name(7)) == [(ANNA, R1, 1), (BORIS, R2, 1)]


async def test_one_person_holds_a_name_once(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    await vault.keep(only(keep(R2, BORIS, phone("1", 8))))
    await vault.keep(only(keep(R3, BORIS, phone("1", 9))))
    assert await resolves(vault, phone_name(7)) == [(ANNA, R1, 1), (BORIS, R2, 1)]


async def test_the_same_new_value_twice_in_one_record_gets_one_name(vault: HomeVault) -> None:
    kept = await vault.keep(only(keep(R1, ANNA, phone("1", 7), phone("1", 8, index=3))))
    assert set(kept.names.values()) == {phone_name(7)}


async def test_the_same_new_value_of_two_people_in_one_batch_gets_one_name(vault: HomeVault) -> None:
    kept = await vault.keep(only(keep(R1, ANNA, phone("1", 7)), keep(R2, BORIS, phone("1", 8))))
    assert set(kept.names.values()) == {phone_name(7)}


async def test_the_same_new_value_in_concurrent_batches_gets_one_name(vault: HomeVault) -> None:
    batches = [only(keep(record(n), ANNA, email(record(n), "anna"), phone("1", n))) for n in range(1, 40)]
    kept = await asyncio.gather(*(vault.keep(batch) for batch in batches))
    assert len({frozenset(one.names.values()) for one in kept}) == 1


async def test_another_scope_gives_another_name(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna"))))
    kept = await vault.keep(only(keep(R2, ANNA, email(R2, "anna"), scope=SHOP)))
    assert kept.names == {(R2, 0): name_of(R2, 0)}


async def test_another_kind_gives_another_name(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, KeepField(0, Kind("login"), (name_of(R1, 0),), blind("anna")))))
    assert (await vault.keep(only(keep(R2, ANNA, email(R2, "anna"))))).names == {(R2, 0): name_of(R2, 0)}


async def test_a_known_value_takes_no_short_name(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    await vault.keep(only(keep(R2, BORIS, phone("1", 8))))
    assert (await vault.keep(only(keep(R3, VERA, phone("3", 8))))).names == {(R3, 1): phone_name(8)}


# ------------------------------------------------------------------------------------------------- unchanged values


async def test_an_unchanged_value_of_a_known_person_keeps_its_name(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    kept = await vault.keep(only(keep(R2, ANNA, fio(R2, held=name_of(R1, 2)))))
    assert kept.names == {(R2, 2): name_of(R1, 2)}


async def test_an_unchanged_value_with_a_short_name_keeps_it(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7, equal=False))))
    kept = await vault.keep(only(keep(R2, ANNA, phone("1", 8, equal=False, held=phone_name(7)))))
    assert kept.names == {(R2, 1): phone_name(7)}


async def test_a_held_name_that_is_nobodys_is_not_handed_out(vault: HomeVault) -> None:
    kept = await vault.keep(only(keep(R2, ANNA, fio(R2, held=name_of(R1, 2)))))
    assert kept.names == {(R2, 2): name_of(R2, 2)}


async def test_another_persons_name_is_not_handed_out_as_held(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    kept = await vault.keep(only(keep(R2, BORIS, fio(R2, held=name_of(R1, 2)))))
    assert kept.names == {(R2, 2): name_of(R2, 2)}


async def test_a_name_of_another_scope_is_not_handed_out_as_held(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    kept = await vault.keep(only(keep(R2, ANNA, fio(R2, held=name_of(R1, 2)), scope=SHOP)))
    assert kept.names == {(R2, 2): name_of(R2, 2)}


async def test_a_further_holder_keeps_the_name_he_holds(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7)), keep(R2, BORIS, phone("1", 8))))
    kept = await vault.keep(only(keep(R3, BORIS, phone("1", 9, equal=False, held=phone_name(7)))))
    assert kept.names == {(R3, 1): phone_name(7)}


async def test_a_proposed_name_stands_for_the_one_that_was_handed_out_in_its_place(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    await vault.keep(only(keep(R2, ANNA, fio(R2, held=name_of(R1, 2)))))
    kept = await vault.keep(only(keep(R3, ANNA, fio(R3, held=name_of(R2, 2)))))
    assert kept.names == {(R3, 2): name_of(R1, 2)}


async def test_a_proposed_name_of_another_persons_field_stands_for_nothing(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    kept = await vault.keep(only(keep(R3, BORIS, fio(R3, held=name_of(R1, 2, 1)))))
    assert kept.names == {(R3, 2): name_of(R3, 2)}


async def test_a_kind_that_becomes_equal_keeps_the_names_it_gave(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7, equal=False))))
    await vault.keep(only(keep(R2, ANNA, phone("1", 8, held=phone_name(7)))))
    assert (await vault.keep(only(keep(R3, BORIS, phone("1", 9))))).names == {(R3, 1): phone_name(7)}


async def test_one_name_stands_for_one_equal_value(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna"))))
    kept = await vault.keep(only(keep(R2, ANNA, email(R2, "anna.new", held=name_of(R1, 0)))))
    assert kept.names == {(R2, 0): name_of(R2, 0)}


# ----------------------------------------------------------------------------------------------------------- look-ups


async def test_a_look_up_finds_the_name_of_a_known_value(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna"))))
    kept = await vault.keep(Batch(seeks=(Seek(EMAIL, blind("anna"), CRM, name_of(R2, 0)),)))
    assert kept.sought == {(EMAIL, blind("anna")): name_of(R1, 0)}


async def test_a_look_up_of_an_unknown_value_goes_by_a_name_that_is_nobodys(vault: HomeVault) -> None:
    kept = await vault.keep(Batch(seeks=(Seek(EMAIL, blind("anna"), CRM, name_of(R2, 0)),)))
    assert (kept.sought, kept.records, kept.names) == ({(EMAIL, blind("anna")): name_of(R2, 0)}, (), {})


async def test_a_look_up_keeps_nothing(vault: HomeVault) -> None:
    await vault.keep(Batch(seeks=(Seek(EMAIL, blind("anna"), CRM, name_of(R2, 0)),)))
    assert vault.empty()


async def test_a_look_up_passes_over_a_short_name_that_is_somebodys(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    seek = Seek(EMAIL, blind("?"), CRM, phone_name(7), spare=(phone_name(8),))
    assert (await vault.keep(Batch(seeks=(seek,)))).sought == {(EMAIL, blind("?")): phone_name(8)}


async def test_a_look_up_without_a_free_name_is_refused(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    with pytest.raises(WorldError, match="GW-V112"):
        await vault.keep(Batch(seeks=(Seek(EMAIL, blind("?"), CRM, phone_name(7)),)))


async def test_a_look_up_beside_records_sees_them(vault: HomeVault) -> None:
    seek = Seek(EMAIL, blind("anna"), CRM, name_of(R2, 0))
    kept = await vault.keep(Batch((keep(R1, ANNA, email(R1, "anna")),), (seek,)))
    assert kept.sought == {(EMAIL, blind("anna")): name_of(R1, 0)}


# ------------------------------------------------------------------------------------------------------------ retries


async def test_by_which_field_key_a_request_was_sealed_is_remembered(vault: HomeVault) -> None:
    await vault.keep(replace(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY), sealed_by="3"))
    assert (await vault.recall(Recall(CRM, idempotency=RETRY))).sealed_by == "3"


async def test_it_is_remembered_of_a_request_that_records_nobody(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA),), idempotency=RETRY, sealed_by="3"))
    found = await vault.recall(Recall(CRM, idempotency=RETRY))
    assert (found.sealed_by, found.replay) == ("3", ())


async def test_a_request_that_was_sealed_by_another_field_key_meanwhile_is_overtaken(vault: HomeVault) -> None:
    await vault.keep(replace(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY), sealed_by="3"))
    with pytest.raises(OvertakenError):
        await vault.keep(replace(only(keep(R2, ANNA, fio(R2)), idempotency=RETRY), sealed_by="4"))
    assert (await vault.fetch(Fetch(records=(R2,)))).records == {}
    again = await vault.keep(replace(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY), sealed_by="3"))
    assert again.records == (R1,)


async def test_of_two_at_once_under_different_field_keys_one_is_overtaken(vault: HomeVault) -> None:
    both = [
        replace(only(keep(one, ANNA, fio(one)), idempotency=RETRY), sealed_by=by) for one, by in ((R1, "3"), (R2, "4"))
    ]
    outcomes = await asyncio.gather(*map(vault.keep, both), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Kept", "OvertakenError"]


async def test_a_request_without_encrypted_fields_remembers_no_field_key(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY))
    assert (await vault.recall(Recall(CRM, idempotency=RETRY))).sealed_by == ""


RETRY = blind("idempotency key, caller, route, body")


async def test_a_retry_is_told_of_the_records_that_are_there(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), keep(R2, BORIS, fio(R2)), idempotency=RETRY))
    assert (await vault.recall(Recall(CRM, idempotency=RETRY))).replay == (R1, R2)


async def test_another_request_is_told_of_nothing(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY))
    assert (await vault.recall(Recall(CRM, idempotency=blind("another")))).replay == ()


async def test_a_retry_by_the_same_record_ids_gets_the_same_names(vault: HomeVault) -> None:
    first = await vault.keep(only(keep(R1, ANNA, phone("1", 7)), idempotency=RETRY))
    again = await vault.keep(only(keep(R1, VERA, phone("1", 8)), idempotency=RETRY))
    assert again == first


async def test_a_retry_changes_nothing_that_is_kept(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY))
    await vault.keep(only(keep(R1, VERA, fio(R1)), idempotency=RETRY))
    assert (await vault.fetch(Fetch(records=(R1,)))).records[R1].subject == ANNA


async def test_a_request_that_ran_beside_its_retry_shares_its_records(vault: HomeVault) -> None:
    batches = [only(keep(record(n), ANNA, email(record(n), "a"), fio(record(n))), idempotency=RETRY) for n in (1, 2)]
    first, second = await asyncio.gather(*(vault.keep(batch) for batch in batches))
    assert second.records == first.records
    assert {index: token for (_, index), token in second.names.items()} == {0: name_of(R1, 0), 2: name_of(R1, 2)}


async def test_what_ran_beside_its_retry_is_answered_by_its_own_ids(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY))
    assert (await vault.keep(only(keep(R2, ANNA, fio(R2)), idempotency=RETRY))).names == {(R2, 2): name_of(R1, 2)}


async def test_a_retry_with_other_fields_is_kept_anew(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), idempotency=RETRY))
    kept = await vault.keep(only(keep(R2, ANNA, fio(R2), phone("1", 7)), idempotency=RETRY))
    assert kept.records == (R2,)


async def test_a_directory_entry_alone_is_no_retry(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA),), idempotency=RETRY))
    assert (await vault.recall(Recall(CRM, idempotency=RETRY))).replay == ()


# -------------------------------------------------------------------------------------------------------- neighbours


async def test_a_batch_that_fails_does_not_fail_its_neighbours(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    good = [only(keep(record(n), BORIS, email(record(n), f"{n}"))) for n in range(10, 30)]
    bad = [only(keep(record(n), VERA, email(record(n), f"{n}"), phone(f"{n}", 7))) for n in range(30, 35)]
    outcomes = await asyncio.gather(*(vault.keep(one) for one in (*good, *bad)), return_exceptions=True)
    assert [isinstance(outcome, WorldError) for outcome in outcomes] == [False] * 20 + [True] * 5


async def test_what_a_failed_batch_would_have_kept_is_not_there(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7))))
    batches = [only(keep(record(n), BORIS, fio(record(n)), phone(f"{n}", 7 if n % 2 else n))) for n in range(10, 20)]
    await asyncio.gather(*(vault.keep(one) for one in batches), return_exceptions=True)
    fetched = await vault.fetch(Fetch(records=tuple(record(n) for n in range(10, 20))))
    assert sorted(fetched.records) == [record(n) for n in range(10, 20, 2)]


def test_the_made_up_names_say_their_field() -> None:
    assert (ref_of(name_of(R1, 2)), ref_of(phone_name(1)), RU) == ((R1, 2), None, "ru")
