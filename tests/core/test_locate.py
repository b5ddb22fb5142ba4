"""Where a person lives, from ranked evidence (SEMANTICS: who is who; LAW LOC-10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.locate import Told, locate, region_of
from gateway.model.document import Document
from gateway.model.finding import Finding
from gateway.model.kept import DirectoryEntry
from gateway.model.names import ELSEWHERE, Digest, Kind, Path, Rank, Region, SubjectId
from gateway.model.residency import CALLER, MESSAGE, Caller, Residence
from gateway.model.rules import Ruleset
from tests.made import RU, document, found, leaf, route, ruleset

NOBODY = Told()


def residences(
    at: Document, *findings: Finding, told: Told = NOBODY, rules: Ruleset | None = None, whose: str = "message"
) -> dict[Path, Residence]:
    ruled = rules or ruleset()
    return {one.about: one for one in locate(at, findings, ruled, route(whose=whose), told)}


def entry(region: str, rank: Rank = "declared") -> DirectoryEntry:
    return DirectoryEntry(Kind("email"), Digest("b"), SubjectId("s"), Region(region), rank)


def citizen(text: str) -> Document:
    return document(leaf("body.citizenship", text))


def test_a_declared_citizenship_decides() -> None:
    assert residences(citizen("RU"))[MESSAGE].region == RU
    assert residences(citizen("рф "))[MESSAGE].rank == "declared"


def test_another_declared_citizenship_means_elsewhere() -> None:
    assert residences(citizen("DE"))[MESSAGE].region == ELSEWHERE


def test_a_blank_declaration_declares_nothing() -> None:
    assert MESSAGE not in residences(citizen(" "))


def test_a_key_named_like_the_field_declares_nothing() -> None:
    at = document(leaf("body.citizenship", "citizenship", is_key=True))
    assert MESSAGE not in residences(at)


def test_an_evidence_field_without_otherwise_ignores_other_values() -> None:
    rules = ruleset()
    silent = replace(rules.residence.evidence[0], otherwise=None)
    rules = replace(rules, residence=replace(rules.residence, evidence=(silent,)))
    assert MESSAGE not in residences(citizen("DE"), rules=rules)


def test_a_russian_document_is_evidence_of_the_first_rank() -> None:
    at = document(leaf("body.passport", "4509 123456"))
    residence = residences(at, found(at, "body.passport", "ru.passport"))[MESSAGE]
    assert (residence.region, residence.rank) == (RU, "document")


def test_within_a_rank_any_russian_evidence_wins() -> None:
    at = document(leaf("body.citizenship", "DE"), leaf("body.passport", "4509 123456"))
    assert residences(at, found(at, "body.passport", "ru.passport"))[MESSAGE].region == RU


def test_a_german_customer_who_logs_in_from_moscow_stays_german() -> None:
    told = Told(Caller(), "RU", {CALLER: [entry("elsewhere")]})
    at = document(leaf("body.email", "hans@example.org"))
    assert residences(at, found(at, "body.email", "email"), told=told, whose="caller")[CALLER].region == ELSEWHERE


def test_a_russian_abroad_stays_russian() -> None:
    told = Told(Caller(), "DE", {CALLER: [entry("ru")]})
    at = document(leaf("body.email", "anna@example.org"))
    assert residences(at, found(at, "body.email", "email"), told=told, whose="caller")[CALLER].region == RU


def test_stored_declared_russian_evidence_outlives_a_fresh_foreign_declaration() -> None:
    told = Told(known={MESSAGE: [entry("ru")]})
    assert residences(citizen("DE"), told=told)[MESSAGE].region == RU


def test_a_directory_entry_without_a_region_says_nothing() -> None:
    told = Told(known={MESSAGE: [replace(entry("ru"), region=None, rank=None)]})
    assert MESSAGE not in residences(document(), told=told)


@pytest.mark.parametrize(
    ("phone", "region"),
    [("+7 900 000-01-23", RU), ("+49 151 23456789", None), ("+7 701 000-01-23", None), ("12", None)],
)
def test_a_phone_makes_an_unknown_person_russian_and_nobody_foreign(phone: str, region: Region | None) -> None:
    at = document(leaf("body.phone", phone))
    assert residences(at, found(at, "body.phone", "phone"))[MESSAGE].region == region


def test_inferred_foreign_evidence_moves_a_person_abroad_only_where_the_rules_say_so() -> None:
    rules = ruleset()
    rules = replace(rules, residence=replace(rules.residence, inferred_may_relax=True))
    at = document(leaf("body.phone", "+49 151 23456789"))
    residence = residences(at, found(at, "body.phone", "phone"), rules=rules)[MESSAGE]
    assert (residence.region, residence.rank) == (ELSEWHERE, "inferred")


def test_signals_about_the_caller_are_not_signals_about_the_people_in_the_body() -> None:
    told = Told(Caller(country="DE"), "DE")
    at = document(leaf("body.users.0.email", "anna@example.org"))
    found_residences = residences(at, found(at, "body.users.0.email", "email"), told=told)
    assert found_residences["body", "users", 0].region is None
    assert found_residences[CALLER].region == ELSEWHERE


def test_a_verified_claim_counts_for_the_caller() -> None:
    residence = residences(document(), told=Told(Caller(country="ru")))[CALLER]
    assert (residence.region, residence.rank) == (RU, "declared")


def test_the_callers_address_counts_for_the_caller() -> None:
    residence = residences(document(), told=Told(country="RU"))[CALLER]
    assert (residence.region, residence.rank) == (RU, "inferred")


def test_a_session_of_a_known_person_counts_for_the_caller() -> None:
    told = Told(Caller(subject=SubjectId("s"), region=RU, rank="document"))
    assert residences(document(), told=told)[CALLER].region == RU


@pytest.mark.parametrize(("value", "region"), [("ru-RU,de;q=0.5", RU), ("RU;q=1", RU), ("de,ru", None), ("", None)])
def test_the_first_language_makes_the_caller_russian(value: str, region: Region | None) -> None:
    at = document(headers=f"Host: x\r\nAccept-Language: {value}\r\n")
    assert residences(at)[CALLER].region == region


def test_a_batch_may_hold_persons_of_several_countries() -> None:
    at = document(leaf("body.users.0.citizenship", "RU"), leaf("body.users.1.citizenship", "DE"))
    found_residences = residences(at)
    assert found_residences["body", "users", 0].region == RU
    assert found_residences["body", "users", 1].region == ELSEWHERE


def test_a_country_of_none_of_our_regions_is_elsewhere() -> None:
    assert region_of("ru", ruleset()) == RU
    assert region_of("FR", ruleset()) == ELSEWHERE
