"""One shared identifier never merges two people, whatever somebody has written down before: SEMANTICS, who is who.

Mallory prepares persons out of Anna's identifiers and his own, before she comes; nobody sees the other's data after.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from gateway.model.errors import WorldError
from gateway.model.message import Headers, Reply
from gateway.model.names import Kind
from gateway.model.residency import Claims
from gateway.model.rules import ClaimsSpec, Ruleset
from tests.exchange.overtaking import overtake
from tests.exchange.scenes import (
    AIGUL,
    ANNA,
    HANS,
    KZ,
    LOGIN,
    ROUTES,
    SUBJECT,
    as_json,
    echo,
    get,
    post,
    two_regions,
    world_rules,
)
from tests.exchange.stage import Stage
from tests.made import RU, pattern, route

HERS: Headers = (("Cookie", "sid=s1"),)
HIS: Headers = (("Cookie", "sid=m1"),)
EMAIL, PHONE, HIS_EMAIL = ANNA["email"], ANNA["phone"], "mallory@example.org"
ENTER = route(
    "api/enter", intent="look_up", whose="caller", session=replace(LOGIN, subject=pattern("body.login")),
    reveal_to=(SUBJECT,),
)  # fmt: skip
JOIN = route("api/join", whose="caller", session=replace(LOGIN, statuses=frozenset({302})), reveal_to=(SUBJECT,),
             subject_ref=ROUTES[0].subject_ref)  # fmt: skip


def stage(rules: Ruleset | None = None) -> Stage:
    return Stage(rules or world_rules(routes=(ENTER, JOIN, *ROUTES)), respond=echo)


async def sent(on: Stage, target: str, body: object, headers: Headers = (), *, status: int = 200) -> bytes:
    """A request, and what the back end got of it."""
    on.respond = (lambda request: replace(echo(request), status=status)) if status != 200 else echo
    outcome = await on.send(post(target, body, headers))
    assert isinstance(outcome, Reply), outcome
    on.respond = echo
    return on.last_sent.body


async def registered(on: Stage, person: Mapping[str, object], number: int = 42) -> bytes:
    on.respond = lambda _: as_json({"id": number}, 201)
    assert isinstance(await on.send(post("/api/register", person)), Reply)
    on.respond = echo
    return on.last_sent.body


async def logged_in(
    on: Stage, given: Mapping[str, str], sid: str, *, status: int = 200, at: str = "/api/login"
) -> None:
    on.respond = lambda _: as_json({}, status, (("Set-Cookie", f"sid={sid}; Path=/"),))
    assert isinstance(await on.send(post(at, {**given, "password": "word"})), Reply)
    on.respond = echo


async def seen_by(on: Stage, body: bytes, headers: Headers) -> str:
    """What a caller gets to see of a list in which the back end shows this."""
    on.respond = lambda _: Reply(200, (("Content-Type", "application/json"),), body)
    outcome = await on.send(get("/api/users", headers))
    on.respond = echo
    assert isinstance(outcome, Reply)
    return outcome.body.decode()


# -------------------------------------------------------------------------------------- what makes somebody certain


async def test_an_order_under_the_email_somebody_logs_in_with_is_that_persons() -> None:
    on = stage()
    await registered(on, ANNA)
    await logged_in(on, {"email": EMAIL}, "s1")
    order = await sent(on, "/api/orders", {"email": EMAIL, "first_name": "Аня"})
    assert "Аня" in await seen_by(on, order, HERS)


async def test_an_order_under_an_email_that_nobody_has_logged_in_with_is_a_person_of_its_own() -> None:
    on = stage()
    await registered(on, ANNA)
    order = await sent(on, "/api/orders", {"email": EMAIL, "first_name": "Аня"})
    await logged_in(on, {"email": EMAIL}, "s1")
    assert "Аня" not in await seen_by(on, order, HERS)


async def test_a_login_that_failed_proves_nothing() -> None:
    on = stage()
    await registered(on, ANNA)
    await logged_in(on, {"email": EMAIL}, "s1", status=401)
    order = await sent(on, "/api/orders", {"email": EMAIL, "first_name": "Аня"})
    await logged_in(on, {"email": EMAIL}, "s1")
    assert "Аня" not in await seen_by(on, order, HERS)


async def test_an_order_under_a_shared_phone_in_ones_own_session_is_ones_own() -> None:
    on = stage()
    await registered(on, ANNA)
    await logged_in(on, {"email": EMAIL}, "s1")
    order = await sent(on, "/api/orders", {"phone": PHONE, "first_name": "Аня"}, HERS)
    assert "Аня" in await seen_by(on, order, HERS)


async def test_who_is_named_by_all_that_made_the_person_is_that_person() -> None:
    on = stage()
    await sent(on, "/api/orders", ANNA)
    order = await sent(on, "/api/orders", {"email": EMAIL, "phone": PHONE, "first_name": "Аня"})
    await logged_in(on, {"email": EMAIL}, "s1")
    assert "Аня" in await seen_by(on, order, HERS)


async def test_the_same_identifier_twice_is_one() -> None:
    on = stage()
    await sent(on, "/api/orders", {"email": EMAIL, "first_name": "Анна"})
    order = await sent(on, "/api/orders", {"email": EMAIL, "second_email": EMAIL.upper(), "first_name": "Аня"})
    await logged_in(on, {"email": EMAIL}, "s1")
    assert "Аня" not in await seen_by(on, order, HERS)


async def test_a_loose_records_known_identifier_stays_with_its_first_person() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    await sent(on, "/api/orders", {"phone": PHONE, "first_name": "Иван", "login": "ivan"})
    await logged_in(on, {"email": EMAIL}, "s1")
    assert json.loads(await seen_by(on, anna, HERS)) == ANNA


async def test_a_german_who_has_never_logged_in_stays_german_under_one_identifier() -> None:
    on = stage()
    await registered(on, HANS)
    order = {"phone": HANS["phone"], "sku": "A-1"}
    assert json.loads(await sent(on, "/api/orders", order)) == order


async def test_evidence_of_home_moves_a_person_by_one_identifier() -> None:
    on = stage()
    await registered(on, HANS)
    await sent(on, "/api/orders", {"email": HANS["email"], "citizenship": "RU"})
    assert HANS["email"].encode() not in await sent(on, "/api/orders", {"email": HANS["email"]})


# --------------------------------------------------------------------------------------- who only was mentioned


async def test_who_was_imported_logs_in_and_sees_his_data() -> None:
    on = stage()
    tokens = json.loads(await sent(on, "/api/import", {"users": [ANNA]}))["users"][0]
    await logged_in(on, {"email": EMAIL}, "s1")
    assert json.loads(await seen_by(on, json.dumps(tokens).encode(), HERS)) == ANNA


async def test_who_registers_takes_over_what_others_have_mentioned() -> None:
    on = stage()
    await sent(on, "/api/orders", {"email": EMAIL, "phone": "+7 900 000-07-77"})
    anna = await registered(on, ANNA)
    await logged_in(on, {"email": EMAIL}, "s1")
    assert json.loads(await seen_by(on, anna, HERS)) == ANNA


async def test_who_registers_by_an_email_alone_takes_it_over_too() -> None:
    on = stage()
    await sent(on, "/api/orders", {"email": EMAIL, "first_name": "Кто"})
    anna = await registered(on, {"email": EMAIL, "first_name": "Анна"})
    await logged_in(on, {"email": EMAIL}, "s1")
    assert "Анна" in await seen_by(on, anna, HERS)


async def test_a_registration_that_logs_in_by_itself_is_its_own_person() -> None:
    on = stage()
    await sent(on, "/api/orders", {"email": EMAIL, "phone": "+7 900 000-07-77"})
    on.respond = lambda _: Reply(302, (("Set-Cookie", "sid=s1"), ("Location", "/account")), b"")
    await on.send(post("/api/join", ANNA))
    assert json.loads(await seen_by(on, on.last_sent.body, HERS)) == ANNA


async def test_a_refusal_leaves_nothing_behind() -> None:
    on = stage()
    await sent(on, "/api/register", ANNA, status=409)
    assert on.vaults[RU].knows_nobody()


async def test_a_refusal_leaves_what_another_request_has_registered() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    await sent(on, "/api/register", ANNA, status=409)
    await logged_in(on, {"email": EMAIL}, "s1")
    assert json.loads(await seen_by(on, anna, HERS)) == ANNA


async def test_a_retry_of_a_lost_registration_is_the_same_person() -> None:
    on = stage()
    key: Headers = (("Idempotency-Key", "k1"),)
    person = {"email": EMAIL, "first_name": "Анна"}
    await sent(on, "/api/register", person, key, status=500)
    on.respond = lambda _: as_json({"id": 42}, 201)
    await on.send(post("/api/register", person, key))
    anna = on.last_sent.body
    await logged_in(on, {"email": EMAIL}, "s1")
    assert "Анна" in await seen_by(on, anna, HERS)


# --------------------------------------------------------------------------------- what Mallory prepares beforehand

PREPARED = {"email": EMAIL, "phone": PHONE, "login": "mallory"}


async def test_a_prepared_person_that_mallory_has_entered_already_is_not_annas() -> None:
    on = stage()
    await sent(on, "/api/orders", PREPARED)
    await logged_in(on, {"login": "mallory"}, "m1", at="/api/enter")
    anna = await registered(on, ANNA)
    assert "Анна" not in await seen_by(on, anna, HIS)
    await logged_in(on, {"email": EMAIL}, "s1")
    assert json.loads(await seen_by(on, anna, HERS)) == ANNA


async def test_nobody_enters_a_prepared_person_after_anna_has_registered() -> None:
    on = stage()
    await sent(on, "/api/orders", PREPARED)
    anna = await registered(on, ANNA)
    await logged_in(on, {"login": "mallory"}, "m1", at="/api/enter")
    assert "Анна" not in await seen_by(on, anna, HIS)


async def test_nobody_enters_a_prepared_person_after_anna_has_ordered_as_a_guest() -> None:
    on = stage()
    await sent(on, "/api/orders", PREPARED)
    order = await sent(on, "/api/orders", {"email": EMAIL, "phone": PHONE, "first_name": "Анна"})
    await logged_in(on, {"login": "mallory"}, "m1", at="/api/enter")
    assert "Анна" not in await seen_by(on, order, HIS)


async def test_a_registration_with_annas_phone_and_passport_catches_none_of_her_orders() -> None:
    on = stage()
    hers = {"phone": PHONE, "passport": "4509 123456"}
    await registered(on, {**hers, "email": HIS_EMAIL})
    order = await sent(on, "/api/orders", {**hers, "first_name": "Анна"})
    await logged_in(on, {"email": HIS_EMAIL}, "m1")
    assert "Анна" not in await seen_by(on, order, HIS)


async def test_two_identifiers_that_mallory_writes_into_his_own_profile_catch_none_of_annas_orders() -> None:
    on = stage()
    await registered(on, {"email": HIS_EMAIL, "first_name": "Мэллори"})
    await logged_in(on, {"email": HIS_EMAIL}, "m1")
    hers = {"phone": PHONE, "passport": "4509 123456"}
    await sent(on, "/api/me", hers, HIS)
    order = await sent(on, "/api/orders", {**hers, "first_name": "Анна"})
    assert "Анна" not in await seen_by(on, order, HIS)


@pytest.mark.parametrize("first", ["his", "hers"])
@pytest.mark.parametrize("agreed", [True, False], ids=["registered", "mentioned"])
async def test_two_who_log_in_by_the_identifiers_of_one_person_are_two(*, agreed: bool, first: str) -> None:
    on = stage()
    both = {"email": HIS_EMAIL, "second_email": EMAIL, "phone": "+7 900 000-07-77"}
    await (registered(on, both) if agreed else sent(on, "/api/orders", both))
    logins = {"his": (HIS_EMAIL, "m1"), "hers": (EMAIL, "s1")}
    for whose in (first, *(logins.keys() - {first})):
        await logged_in(on, {"email": logins[whose][0]}, logins[whose][1])
    hers = await sent(on, "/api/me", {"first_name": "Анна"}, HERS)
    assert "Анна" in await seen_by(on, hers, HERS)
    assert "Анна" not in await seen_by(on, hers, HIS)


async def test_nobody_logs_in_by_two_emails_of_one_person() -> None:
    on = stage()
    both = {"email": HIS_EMAIL, "second_email": EMAIL, "phone": "+7 900 000-07-77"}
    await sent(on, "/api/orders", both)
    await logged_in(on, {"email": HIS_EMAIL}, "m1")
    await registered(on, {**both, "email": EMAIL, "second_email": HIS_EMAIL})
    await logged_in(on, {"email": EMAIL}, "s1")
    hers = await sent(on, "/api/me", {"first_name": "Анна"}, HERS)
    assert "Анна" in await seen_by(on, hers, HERS)
    assert "Анна" not in await seen_by(on, hers, HIS)


async def test_a_further_email_that_mallory_has_registered_with_is_only_mentioned() -> None:
    on = stage()
    await registered(on, {"email": HIS_EMAIL, "second_email": EMAIL, "phone": "+7 900 000-07-77"}, 43)
    anna = await registered(on, ANNA)
    await logged_in(on, {"email": EMAIL}, "s1")
    assert json.loads(await seen_by(on, anna, HERS)) == ANNA


async def test_who_registers_with_two_phones_takes_her_email_over_all_the_same() -> None:
    on = stage()
    await sent(on, "/api/orders", {"email": EMAIL, "first_name": "Кто"})
    anna = await registered(on, {**ANNA, "second_phone": "+7 900 000-01-24"})
    await logged_in(on, {"email": EMAIL}, "s1")
    assert "Анна" in await seen_by(on, anna, HERS)


async def test_who_registers_with_two_emails_in_fields_that_no_login_names_logs_in_by_either() -> None:
    on = stage()
    anna = await registered(on, {"second_email": EMAIL, "backup_email": "a@example.ru", "phone": PHONE, "name": "Анна"})
    await logged_in(on, {"email": EMAIL}, "s1")
    assert "Анна" in await seen_by(on, anna, HERS)


async def test_who_was_made_a_person_of_her_own_at_login_stays_that_person() -> None:
    on = stage()
    await registered(on, {"email": HIS_EMAIL, "second_email": EMAIL})
    await logged_in(on, {"email": EMAIL}, "s1")
    hers = await sent(on, "/api/me", {"first_name": "Анна"}, HERS)
    await logged_in(on, {"email": EMAIL}, "s2")
    assert "Анна" in await seen_by(on, hers, (("Cookie", "sid=s2"),))


async def test_an_email_that_mallory_writes_into_his_own_profile_is_no_claim_to_whom_it_belongs() -> None:
    on = stage()
    await registered(on, {"email": HIS_EMAIL, "first_name": "Мэллори"})
    await logged_in(on, {"email": HIS_EMAIL}, "m1")
    await sent(on, "/api/me", {"email": EMAIL}, HIS)
    await sent(on, "/api/import", {"users": [ANNA]})
    await logged_in(on, {"email": EMAIL}, "s1")
    hers = await sent(on, "/api/me", {"first_name": "Анна"}, HERS)
    assert "Анна" not in await seen_by(on, hers, HIS)


async def test_a_login_by_two_spellings_of_the_field_proves_neither() -> None:
    on = stage()
    await sent(on, "/api/orders", {"email": HIS_EMAIL, "second_email": EMAIL})
    await logged_in(on, {"email": HIS_EMAIL, "Email": EMAIL}, "m1")
    await logged_in(on, {"email": EMAIL}, "s1")
    hers = await sent(on, "/api/me", {"first_name": "Анна"}, HERS)
    assert "Анна" not in await seen_by(on, hers, HIS)


async def test_a_login_by_two_emails_of_one_person_proves_neither() -> None:
    on = stage()
    await sent(on, "/api/orders", {"email": HIS_EMAIL, "second_email": EMAIL, "first_name": "Мэллори"})
    tokens = on.last_sent.body
    await logged_in(on, {"email": HIS_EMAIL, "Email": EMAIL}, "m1")
    assert "Мэллори" not in await seen_by(on, tokens, HIS)


async def test_a_second_registration_of_mallorys_takes_nothing_that_anna_has_registered() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    await registered(on, {"email": EMAIL, "phone": "+7 900 000-07-77"}, 43)
    await logged_in(on, {"email": EMAIL}, "s1")
    assert json.loads(await seen_by(on, anna, HERS)) == ANNA


async def test_a_registration_with_annas_identifiers_does_not_make_her_foreign() -> None:
    on = stage()
    await registered(on, {**ANNA, "citizenship": ""})
    await registered(on, {"email": EMAIL, "phone": PHONE, "citizenship": "DE"}, 43)
    assert EMAIL.encode() not in await sent(on, "/api/orders", {"email": EMAIL})


async def test_what_two_logins_know_of_one_registration_is_one_person() -> None:
    on = stage()
    anna = await registered(on, {**ANNA, "login": "anna_2000"})
    await logged_in(on, {"email": EMAIL}, "s1")
    await logged_in(on, {"login": "anna_2000"}, "s2", at="/api/enter")
    assert "Анна" in await seen_by(on, anna, (("Cookie", "sid=s2"),))


# ------------------------------------------------------------------------------------------------- verified claims

BEARER: Headers = (("Authorization", "Bearer x"),)
MENTIONS = {"user_id": "anna", "email": HIS_EMAIL}


def with_claims() -> Stage:
    on = stage(world_rules(claims=ClaimsSpec(jwks="jwks.json", subject_kind=Kind("user_id"))))
    on.claims = Claims(subject="anna", roles=frozenset(), country=None)
    return on


async def test_a_verified_claim_is_no_claim_to_whom_mallory_has_entered() -> None:
    on = with_claims()
    await sent(on, "/api/orders", MENTIONS)
    await logged_in(on, {"email": HIS_EMAIL}, "m1")
    hers = await sent(on, "/api/me", {"first_name": "Анна"}, BEARER)
    assert "Анна" not in await seen_by(on, hers, HIS)


async def test_nobody_enters_a_person_whom_a_verified_claim_has_named() -> None:
    on = with_claims()
    await sent(on, "/api/orders", MENTIONS)
    hers = await sent(on, "/api/me", {"first_name": "Анна"}, BEARER)
    await logged_in(on, {"email": HIS_EMAIL}, "m1")
    assert "Анна" in await seen_by(on, hers, BEARER)
    assert "Анна" not in await seen_by(on, hers, HIS)


async def test_a_claim_is_proven_once() -> None:
    on = with_claims()
    await sent(on, "/api/orders", {"user_id": "anna", "first_name": "Анна"})
    await sent(on, "/api/me", {"sku": "A-1"}, BEARER)
    assert "keep 0" in on.script.effects
    await sent(on, "/api/me", {"sku": "A-1"}, BEARER)
    assert [effect for effect in on.script.effects if effect.startswith("keep")] == []


async def test_a_claim_whose_person_mallory_has_entered_protects_all_the_same() -> None:
    on = with_claims()
    await sent(on, "/api/orders", {**MENTIONS, "citizenship": "RU"})
    await logged_in(on, {"email": HIS_EMAIL}, "m1")
    assert b"Anna" not in await sent(on, "/api/me", {"first_name": "Anna", "citizenship": "DE"}, BEARER)


# --------------------------------------------------------------------------------------------------- who was first


async def test_a_request_that_was_overtaken_is_judged_again() -> None:
    on = stage()
    overtake(on.vaults[RU], 2)
    anna = await registered(on, ANNA)
    assert [effect for effect in on.script.effects if effect.startswith("keep")] == ["keep 1"] * 3
    await logged_in(on, {"email": EMAIL}, "s1")
    assert json.loads(await seen_by(on, anna, HERS)) == ANNA


async def test_of_a_request_that_was_overtaken_one_round_is_in_the_ledger() -> None:
    on = stage()
    overtake(on.vaults[RU], 2)
    await registered(on, ANNA)
    assert [entry.event for entry in on.vaults[RU].entries] == ["collect"]


async def test_a_request_that_is_overtaken_again_and_again_is_refused() -> None:
    on = stage()
    overtake(on.vaults[RU], 4)
    person = {**ANNA, "login": "anna_2000", "passport": "4509 123456", "snils": "112-233-445 95"}
    outcome = await on.send(post("/api/register", person))
    assert isinstance(outcome, WorldError)
    assert (outcome.code, outcome.status, on.received, on.vaults[RU].entries) == ("GW-V121", 503, [], [])


async def test_an_overtaken_request_leaves_no_record_in_another_regions_vault() -> None:
    on = Stage(two_regions(), respond=echo)
    overtake(on.vaults[RU], 1)
    await sent(on, "/api/import", {"users": [AIGUL, ANNA]})
    assert [effect for effect in on.script.effects if effect.startswith(("keep", "settle"))][:4] == [
        "keep 1", "keep 1", "settle", "keep 1",
    ]  # fmt: skip
    assert len(on.vaults[KZ]._has.records) == 1
