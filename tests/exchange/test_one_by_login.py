"""Two persons of the directory become one by a verified login, and by nothing less."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.model.marks import Dossier, Instruction, Mark
from gateway.model.message import Headers, Reply
from gateway.model.names import Kind, SubjectId
from gateway.model.residency import Claims
from gateway.model.rules import ClaimsSpec
from gateway.service.journal import Journal
from gateway.service.subjects import Found, Subjects
from gateway.service.world import World
from tests.exchange.scenes import ANNA, as_json, body_of, echo, get, post, world_rules
from tests.exchange.stage import Countries, Script, ScriptedUpstream, Stage
from tests.made import RU

EMAIL, PHONE, USER = Kind("email"), Kind("phone"), Kind("user_id")
BEARER: Headers = (("Authorization", "Bearer x"),)
SPEC = ClaimsSpec(jwks="jwks.json", subject_kind=USER, vouches={"email": EMAIL, "phone_number": PHONE})
VERIFIED = Claims(subject="anna", vouched={EMAIL: ANNA["email"]})
BY_ID = {"user_id": "anna", "address": "Москва, ул. Тестовая, д. 5"}


def stage(claims: Claims = VERIFIED) -> Stage:
    on = Stage(world_rules(claims=SPEC), respond=echo)
    on.claims = claims
    return on


async def sent(on: Stage, target: str, body: object, headers: Headers = (), status: int = 200) -> Reply:
    on.respond = lambda request: replace(echo(request), status=status)
    outcome = await on.send(post(target, body, headers))
    assert isinstance(outcome, Reply), outcome
    return outcome


async def logs_in(on: Stage, email: str, sid: str = "s1") -> None:
    on.respond = lambda _: as_json({}, 200, (("Set-Cookie", f"sid={sid}; Path=/"),))
    assert isinstance(await on.send(post("/api/login", {"email": email, "password": "word"})), Reply)
    on.respond = echo


async def has_an_account(on: Stage) -> None:
    """Somebody has registered at the back end by e-mail."""
    on.respond = lambda _: as_json({"id": 42}, 201)
    assert isinstance(await on.send(post("/api/register", ANNA)), Reply)


async def with_an_account(on: Stage) -> None:
    await has_an_account(on)
    await logs_in(on, ANNA["email"])


async def by_claim(on: Stage, *, status: int = 200) -> None:
    """The same person at the identity provider: known by its id, which a verified claim has proven."""
    await sent(on, "/api/orders", BY_ID)
    await sent(on, "/api/me", {"last_name": "Смирнова"}, BEARER)
    await sent(on, "/api/me", {"sku": "A-1"}, BEARER, status)


def subjects(on: Stage) -> Subjects:
    world = World(on.vaults, on.keys, on.ledger, ScriptedUpstream(Script(), echo), Countries(), on.clock, on.events)
    return Subjects(on.ruleset, world, on.vaults, Journal({}, on.keys))


async def found(on: Stage, kind: Kind, text: str) -> Found:
    one = await subjects(on).named(kind, text, "crm")
    assert one is not None
    return one


async def dossier(on: Stage, whose: SubjectId) -> Dossier:
    one = await on.vaults[RU].dossier(whose)
    assert one is not None
    return one


async def merged(on: Stage, email: str, into: SubjectId) -> None:
    await subjects(on).order("merge", (await found(on, EMAIL, email)).subject, "dpo", "request 7", into)


async def are_one(on: Stage) -> bool:
    return (await found(on, EMAIL, ANNA["email"])).subject == (await found(on, USER, "anna")).subject


async def test_who_has_verified_the_email_of_an_account_is_its_person() -> None:
    on = stage()
    await with_an_account(on)
    await by_claim(on)
    assert await are_one(on)
    assert "merged" in on.events.names()


async def test_a_verified_phone_does_as_well() -> None:
    on = stage(Claims(subject="anna", vouched={PHONE: "8 900 000-01-23"}))
    login = replace(on.ruleset.routes[1], session=replace(on.ruleset.routes[1].session, subject=("body", "phone")))  # type: ignore[type-var]  # it has one
    on.ruleset = replace(on.ruleset, routes=(on.ruleset.routes[0], login, *on.ruleset.routes[2:]))
    await has_an_account(on)
    on.respond = lambda _: as_json({}, 200, (("Set-Cookie", "sid=s1; Path=/"),))
    await on.send(post("/api/login", {"phone": ANNA["phone"], "password": "word"}))
    await by_claim(on)
    assert await are_one(on)


async def test_from_then_on_either_login_sees_what_both_have_sent() -> None:
    on = stage()
    await with_an_account(on)
    kept = body_of(on.received[0])
    await by_claim(on)
    on.respond = lambda _: as_json(kept)
    reply = await on.send(get("/api/me", BEARER))
    assert isinstance(reply, Reply)
    assert json.loads(reply.body)["phone"] == ANNA["phone"]


async def test_it_is_in_the_ledger_and_beside_the_person_without_a_value() -> None:
    on = stage()
    await with_an_account(on)
    await by_claim(on)
    [entry] = [one for one in on.vaults[RU].entries if one.event == "mark"]
    marks = (await dossier(on, entry.subjects[0])).marks
    says = (entry.route, entry.actor, entry.purpose)
    assert says == ("subject merge", "role:gateway", "login: verified claim of email")
    assert [(one.what, one.by) for one in marks] == [("merge", "gateway")]
    assert ANNA["email"] not in repr(entry)


async def test_it_is_done_once() -> None:
    on = stage()
    await with_an_account(on)
    await by_claim(on)
    for _ in range(3):
        await sent(on, "/api/me", {"sku": "A-1"}, BEARER)
    assert on.events.names().count("merged") == 1


async def test_what_was_undone_is_not_done_again() -> None:
    on = stage()
    await with_an_account(on)
    await by_claim(on)
    own = (await found(on, EMAIL, ANNA["email"])).own
    await subjects(on).order("unmerge", own, "dpo", "request 7")
    await sent(on, "/api/me", {"sku": "A-1"}, BEARER)
    assert not await are_one(on)
    assert on.events.names().count("merged") == 1


async def test_a_person_who_remained_before_goes_on_remaining() -> None:
    """Merges are one step deep: whoever others count as already is not merged into anybody."""
    on = stage()
    await with_an_account(on)
    await sent(on, "/api/orders", {"email": "old@example.ru", "first_name": "Анна"})
    first = (await found(on, EMAIL, ANNA["email"])).subject
    await merged(on, "old@example.ru", first)
    await by_claim(on)
    assert (await found(on, USER, "anna")).subject == first


async def test_two_who_both_remained_before_stay_two() -> None:
    on = stage()
    await with_an_account(on)
    for email in ("old@example.ru", "other@example.ru"):
        await sent(on, "/api/orders", {"email": email, "first_name": "Анна"})
    await sent(on, "/api/orders", BY_ID)
    await merged(on, "old@example.ru", (await found(on, EMAIL, ANNA["email"])).subject)
    await merged(on, "other@example.ru", (await found(on, USER, "anna")).subject)
    await by_claim(on)
    assert not await are_one(on)
    assert "merge_refused" in on.events.names()


async def test_a_hold_on_the_one_protects_both() -> None:
    on = stage()
    await with_an_account(on)
    whose = (await found(on, EMAIL, ANNA["email"])).subject
    await on.vaults[RU].instruct(Instruction(whose, Mark("hold", 1, "dpo", "case 1")))
    await by_claim(on)
    assert (await dossier(on, (await found(on, USER, "anna")).subject)).held is not None


# ------------------------------------------------------------------------------------------------- nothing less than it


async def test_a_shared_identifier_alone_merges_nobody() -> None:
    on = stage(Claims(subject="anna"))
    await with_an_account(on)
    await sent(on, "/api/orders", BY_ID)
    for _ in range(2):
        await sent(on, "/api/me", {"phone": ANNA["phone"], "email": ANNA["email"]}, BEARER)
    assert not await are_one(on)


async def test_an_account_that_nobody_has_logged_in_to_is_not_the_callers() -> None:
    """Mallory may have registered it in her name, with a phone of his own to log in with."""
    on = stage()
    await has_an_account(on)
    await by_claim(on)
    assert not await are_one(on)


async def test_who_has_merely_mentioned_the_email_is_not_the_caller() -> None:
    on = stage()
    await sent(on, "/api/orders", {**ANNA, "user_id": "mallory"})
    await by_claim(on)
    assert not await are_one(on)


async def test_a_claim_that_only_somebody_else_has_mentioned_merges_nobody() -> None:
    on = stage()
    await with_an_account(on)
    await sent(on, "/api/orders", {"user_id": "anna", "email": "mallory@example.ru"})
    await logs_in(on, "mallory@example.ru", "m1")
    for _ in range(2):
        await sent(on, "/api/me", {"sku": "A-1"}, BEARER)
    assert not await are_one(on)


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_a_back_end_that_refuses_the_login_leaves_two(status: int) -> None:
    on = stage()
    await with_an_account(on)
    await by_claim(on, status=status)
    assert not await are_one(on)


async def test_rules_that_let_no_claim_vouch_merge_nobody() -> None:
    on = stage(Claims(subject="anna"))
    on.ruleset = world_rules(claims=replace(SPEC, vouches={}))
    await with_an_account(on)
    await by_claim(on)
    assert not await are_one(on)
