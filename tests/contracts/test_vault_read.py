"""The Vault port, ``recall`` and ``fetch``: the directory, what is known of names, sealed records."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.model.kept import Batch, DirectoryEntry, Fetch, Fetched, Recall, Recalled, Settlement, TokenFact
from gateway.model.names import ELSEWHERE, Kind, Rank, Region, Scope
from gateway.model.table import Unfinished
from tests.contracts.conftest import HomeVault
from tests.contracts.people import (
    ANNA,
    BORIS,
    CRM,
    EMAIL,
    PHONE,
    RU,
    VERA,
    blind,
    email,
    entry,
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
SHOP = Scope("shop")
Place = tuple[Region | None, Rank | None]


async def entry_of(vault: HomeVault, value: str) -> DirectoryEntry | None:
    return (await vault.recall(Recall(CRM, identifiers=((EMAIL, blind(value)),)))).known.get((EMAIL, blind(value)))


async def test_nothing_asked_is_nothing_answered(vault: HomeVault) -> None:
    assert (await vault.recall(Recall(CRM)), await vault.fetch(Fetch())) == (Recalled(), Fetched())


# ---------------------------------------------------------------------------------------------------------- directory


async def test_the_directory_knows_whose_identifier_it_is_and_where_that_person_lives(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA, ELSEWHERE, "declared"),)))
    assert await entry_of(vault, "anna") == DirectoryEntry(EMAIL, blind("anna"), ANNA, ELSEWHERE, "declared")


async def test_an_identifier_of_another_kind_is_another_one(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA),)))
    assert (await vault.recall(Recall(CRM, identifiers=((PHONE, blind("anna")),)))).known == {}


async def test_an_equal_value_alone_is_no_directory_entry(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna"))))
    assert await entry_of(vault, "anna") is None


async def test_in_the_directory_the_first_stays(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("shared", ANNA, RU, "inferred"),)))
    await vault.settle(Settlement(directory=(known("shared", BORIS, ELSEWHERE, "declared"),)))
    assert await entry_of(vault, "shared") == known("shared", ANNA, RU, "inferred")


async def test_of_two_in_one_batch_the_first_stays(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("shared", BORIS), known("shared", ANNA), known("shared", VERA))))
    assert await entry_of(vault, "shared") == known("shared", BORIS)


MOVES: list[tuple[Place, Place, Place]] = [
    # known, told, then known
    ((None, None), (RU, "inferred"), (RU, "inferred")),
    ((None, None), (ELSEWHERE, "inferred"), (ELSEWHERE, "inferred")),
    ((RU, "inferred"), (ELSEWHERE, "declared"), (ELSEWHERE, "declared")),
    ((RU, "inferred"), (RU, "document"), (RU, "document")),
    ((RU, "document"), (ELSEWHERE, "declared"), (RU, "document")),
    ((RU, "declared"), (ELSEWHERE, "document"), (RU, "declared")),
    ((RU, "declared"), (ELSEWHERE, "inferred"), (RU, "declared")),
    ((ELSEWHERE, "declared"), (RU, "document"), (RU, "document")),
    ((ELSEWHERE, "document"), (RU, "declared"), (RU, "declared")),
    ((ELSEWHERE, "declared"), (RU, "inferred"), (ELSEWHERE, "declared")),
    ((ELSEWHERE, "inferred"), (RU, "inferred"), (RU, "inferred")),
    ((RU, "inferred"), (ELSEWHERE, "inferred"), (RU, "inferred")),
    ((RU, "declared"), (RU, "document"), (RU, "declared")),
    ((RU, "declared"), (None, None), (RU, "declared")),
    ((RU, "inferred"), (None, "declared"), (RU, "inferred")),
    ((None, "declared"), (ELSEWHERE, "document"), (ELSEWHERE, "document")),
    ((ELSEWHERE, "declared"), (Region("kz"), "declared"), (ELSEWHERE, "declared")),
]


@pytest.mark.parametrize(("was", "told", "then"), MOVES)
async def test_a_person_moves_by_higher_evidence_or_by_equal_evidence_home(
    vault: HomeVault, was: Place, told: Place, then: Place
) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA, *was),)))
    await vault.keep(Batch(directory=(known("anna", ANNA, *told),)))
    assert await entry_of(vault, "anna") == known("anna", ANNA, *then)


@pytest.mark.parametrize(("was", "told", "then"), MOVES)
async def test_a_person_moves_within_one_batch_as_well(vault: HomeVault, was: Place, told: Place, then: Place) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA, *was), known("anna", ANNA, *told))))
    assert await entry_of(vault, "anna") == known("anna", ANNA, *then)


async def test_a_person_lives_in_one_place_whichever_identifier_tells(vault: HomeVault) -> None:
    await vault.keep(Batch(directory=(known("anna", ANNA, ELSEWHERE, "inferred"),)))
    await vault.keep(Batch(directory=(known("anna.work", ANNA, RU, "document"),)))
    assert await entry_of(vault, "anna") == known("anna", ANNA, RU, "document")


async def test_a_settlement_enters_the_directory_too(vault: HomeVault) -> None:
    await vault.settle(Settlement(directory=(known("ref", ANNA),)))
    assert await entry_of(vault, "ref") == known("ref", ANNA)


# -------------------------------------------------------------------------------------------------------------- names


async def test_a_name_is_known_with_its_scope_and_holders(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7)), keep(R2, BORIS, phone("1", 8))))
    recalled = await vault.recall(Recall(SHOP, tokens=(phone_name(7), phone_name(8))))
    assert recalled.tokens == {phone_name(7): TokenFact(phone_name(7), CRM, frozenset({ANNA, BORIS}))}


async def test_a_forged_name_of_a_live_record_is_not_known(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    recalled = await vault.recall(Recall(CRM, tokens=(name_of(R1, 2, 1), name_of(R1, 5), name_of(R2, 2))))
    assert recalled.tokens == {}


# ------------------------------------------------------------------------------------------------------------ records


async def test_every_name_of_a_record_is_fetched_at_once(vault: HomeVault) -> None:
    kept = await vault.keep(only(keep(R1, ANNA, *(fio(R1, n) for n in range(40)))))
    fetched = await vault.fetch(Fetch(tokens=tuple(kept.names.values())))
    assert ({h.ref for found in fetched.holdings.values() for h in found}, list(fetched.records)) == (
        set(kept.names),
        [R1],
    )


async def test_a_name_brings_the_record_of_every_holder(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, phone("1", 7)), keep(R2, BORIS, phone("1", 8))))
    assert set((await vault.fetch(Fetch(tokens=(phone_name(7),)))).records) == {R1, R2}


async def test_records_are_fetched_by_id(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1))))
    fetched = await vault.fetch(Fetch(records=(R1, R2)))
    assert (list(fetched.records), fetched.records[R1].at) == ([R1], 1_790_000_000)


async def test_a_persons_records_come_newest_first(vault: HomeVault) -> None:
    await vault.keep(only(*(keep(record(n), ANNA, fio(record(n))) for n in (2, 3, 1))))
    fetched = await vault.fetch(Fetch(subjects=(ANNA, BORIS), scope=CRM))
    assert (fetched.by_subject, set(fetched.records)) == ({ANNA: (R3, R2, R1), BORIS: ()}, {R1, R2, R3})


async def test_no_more_of_a_persons_records_come_than_were_asked_for(vault: HomeVault) -> None:
    await vault.keep(only(*(keep(record(n), ANNA, fio(record(n))) for n in range(1, 12))))
    assert len((await vault.fetch(Fetch(subjects=(ANNA,), scope=CRM))).by_subject[ANNA]) == 8
    assert (await vault.fetch(Fetch(subjects=(ANNA,), scope=CRM, most=1))).by_subject == {ANNA: (record(11),)}


async def test_a_persons_records_come_from_the_scope_that_was_asked_for(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, fio(R1)), keep(R2, ANNA, fio(R2), scope=SHOP)))
    assert (await vault.fetch(Fetch(subjects=(ANNA,), scope=SHOP))).by_subject == {ANNA: (R2,)}
    assert (await vault.fetch(Fetch(subjects=(ANNA,)))).by_subject == {ANNA: (R2, R1)}


async def test_a_large_answer_is_as_good_as_a_small_one(vault: HomeVault) -> None:
    keeps = [keep(record(n), BORIS if n % 2 else ANNA, fio(record(n))) for n in range(1, 200)]
    kept = await vault.keep(only(*keeps))
    fetched = await vault.fetch(Fetch(tokens=tuple(kept.names.values())))
    assert len(fetched.holdings) == len(fetched.records) == 199


# -------------------------------------------------------------------------------------------------------------- state


async def test_a_vault_knows_somebody_once_one_is_in_its_directory(vault: HomeVault) -> None:
    nobody = vault.knows_nobody()
    await vault.keep(Batch(directory=(known("anna", ANNA),)))
    assert (nobody, vault.knows_nobody()) == (True, False)


HALF = Unfinished("00ff00ff00ff", "crm", 1_795_000_000_000)


async def test_an_import_is_unfinished_from_its_beginning_to_its_end(vault: HomeVault) -> None:
    before = vault.imports()
    await vault.import_begun(HALF)
    between = vault.imports()
    await vault.import_ended(HALF.name)
    assert (list(before), list(between), list(vault.imports())) == ([], [HALF], [])


async def test_an_import_that_is_begun_again_was_begun_then(vault: HomeVault) -> None:
    await vault.import_begun(HALF)
    await vault.import_begun(replace(HALF, begun_ms=HALF.begun_ms + 1))
    assert list(vault.imports()) == [HALF]


async def test_imports_end_one_by_one(vault: HomeVault) -> None:
    other = replace(HALF, name="11ee11ee11ee", to="shop")
    await vault.import_begun(other)
    await vault.import_begun(HALF)
    await vault.import_ended(HALF.name)
    await vault.import_ended("unknown")
    assert list(vault.imports()) == [other]


async def test_records_and_names_of_cookies_put_nobody_into_the_directory(vault: HomeVault) -> None:
    await vault.keep(only(keep(R1, ANNA, email(R1, "anna"))))
    await vault.settle(Settlement(directory=(replace(known("sid", ANNA), kind=Kind("cookie:crm")),)))
    assert vault.knows_nobody()


async def test_a_new_vault_is_empty_and_ready(vault: HomeVault) -> None:
    await vault.ready()
    assert vault.empty()


@pytest.mark.parametrize(
    "batch", [only(keep(R1, ANNA, fio(R1))), Batch(directory=(known("anna", ANNA),))], ids=["record", "directory"]
)
async def test_a_vault_that_keeps_anything_is_not_empty(vault: HomeVault, batch: Batch) -> None:
    await vault.keep(batch)
    assert not vault.empty()


def test_nothing_of_a_keep_prints_but_sizes() -> None:
    assert "sealed " not in repr(keep(R1, ANNA, fio(R1))) + repr(entry())
