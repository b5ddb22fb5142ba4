"""Updates that build on a version, terms of rules, blocks, holds, consents and merges, as a client sees them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.seal import SealedField
from gateway.model.decision import Action, Refusal, Treatment
from gateway.model.errors import GatewayError, OutdatedError
from gateway.model.kept import Batch, Fetch, Keep, Kept
from gateway.model.marks import Order
from gateway.model.message import Headers, Reply
from gateway.model.names import Kind, RecordId, SubjectId
from gateway.model.rules import RevealTo, Route, Ruleset
from gateway.service.journal import Journal
from gateway.service.opened import opened
from gateway.service.subjects import Subjects
from gateway.service.world import World
from tests.exchange.scenes import AIGUL, ANNA, HANS, ROUTES, RULES, as_json, echo, get, post, two_regions, world_rules
from tests.exchange.stage import Countries, Script, ScriptedUpstream, Stage
from tests.made import RU, pattern, route, rule

SID: Headers = (("Cookie", "sid=s1"),)
HERS: Headers = (("Cookie", "sid=b1"),)
BELLA = {"email": "bella@example.ru", "first_name": "Белла", "phone": "+7 900 000-04-56", "citizenship": "RU"}
IF_MATCH = pattern("headers.if-match")
NEW_PHONE = {"phone": "+7 900 000-09-99"}


def stage(rules: Ruleset | None = None, **changes: object) -> Stage:
    return Stage(rules or world_rules(routes=_routes(**changes)), respond=echo)


def _routes(**changes: object) -> tuple[Route, ...]:
    """Both the resource of a person and the caller's own with the changes."""
    return tuple(replace(one, **changes) if one.name in _RESOURCES else one for one in ROUTES)  # type: ignore[arg-type]  # fields by name


LIST = route("api/list", reveal_to=(RevealTo("address", "10.0.0.1"),))
_RESOURCES = ("crm:api/users/{id}", "crm:api/me")


async def registered(on: Stage, person: dict[str, str] = ANNA, number: int = 42) -> None:
    on.respond = lambda _: as_json({"id": number}, 201)
    assert isinstance(await on.send(post("/api/register", person)), Reply)
    on.respond = echo


async def logged_in(on: Stage, email: str = ANNA["email"], sid: str = "s1") -> None:
    on.respond = lambda _: as_json({}, 200, (("Set-Cookie", f"sid={sid}; Path=/"),))
    assert isinstance(await on.send(post("/api/login", {"email": email, "password": "word"})), Reply)
    on.respond = echo


def put(headers: Headers = (), body: object = NEW_PHONE, method: str = "PUT", number: int = 42) -> object:
    return post(f"/api/users/{number}", body, headers, method=method)


async def answered(on: Stage, request: object) -> Reply:
    outcome = await on.send(request)  # type: ignore[arg-type]  # what post and get make
    assert isinstance(outcome, Reply), outcome
    return outcome


async def refused(on: Stage, request: object) -> tuple[int, str]:
    """Status and code; nothing was forwarded."""
    sent = len(on.received)
    outcome = await on.send(request)  # type: ignore[arg-type]  # what post and get make
    assert isinstance(outcome, Refusal | GatewayError), outcome
    assert len(on.received) == sent
    return outcome.status, outcome.code


def subjects(on: Stage) -> Subjects:
    upstream = ScriptedUpstream(Script(), echo)
    world = World(on.vaults, on.keys, on.ledger, upstream, Countries(), on.clock, on.events)
    return Subjects(on.ruleset, world, on.vaults, Journal({}, on.keys))


async def person(on: Stage, email: str = ANNA["email"]) -> SubjectId:
    found = await subjects(on).named(Kind("email"), email)
    assert found is not None
    return found.subject


async def order(on: Stage, what: Order, email: str = ANNA["email"]) -> None:
    await subjects(on).order(what, await person(on, email), "dpo", "case 7")


async def fields_of(on: Stage, email: str = ANNA["email"]) -> list[SealedField]:
    whose = await person(on, email)
    fetched = await on.vaults[RU].fetch(Fetch(subjects=(whose,)))
    keys = await on.keys.open(RU, tuple({one.subject for one in fetched.records.values()}))
    return [field for one in fetched.records.values() for field in opened(keys[one.subject], one)]


# ------------------------------------------------------------------------------------------------------------ versions


async def test_an_update_raises_the_version_before_it_is_forwarded() -> None:
    on = stage(version=IF_MATCH)
    await registered(on)
    reply = await answered(on, put())
    assert on.last_sent.header("ru-version") == "2"
    assert reply.header("ru-version") == "2"


async def test_a_reader_is_told_which_version_home_has() -> None:
    on = stage(version=IF_MATCH)
    await registered(on)
    assert (await answered(on, get("/api/users/42"))).header("ru-version") == "1"


async def test_where_no_route_asks_for_versions_nobody_is_told_one() -> None:
    on = stage()
    await registered(on)
    reply = await answered(on, put())
    assert (on.last_sent.header("ru-version"), reply.header("ru-version")) == (None, None)


@pytest.mark.parametrize("named", ["1", '"1"', 'W/"1"', "*"])
async def test_an_update_of_the_version_at_home_goes_through(named: str) -> None:
    on = stage(version=IF_MATCH)
    await registered(on)
    await answered(on, put((("If-Match", named),)))
    assert on.last_sent.header("if-match") is None


@pytest.mark.parametrize("named", ["2", "0", '"abc"'])
async def test_an_update_of_another_version_is_refused_and_nothing_is_forwarded(named: str) -> None:
    on = stage(version=IF_MATCH)
    await registered(on)
    assert await refused(on, put((("If-Match", named),))) == (409, "GW-X409")


async def test_an_older_write_is_refused_after_a_newer_one() -> None:
    on = stage(version=IF_MATCH)
    await registered(on)
    await answered(on, put((("If-Match", "1"),)))
    assert await refused(on, put((("If-Match", "1"),), {"phone": "+7 900 000-08-88"})) == (409, "GW-X409")
    assert not any(field.text == "+7 900 000-08-88" for field in await fields_of(on))


async def test_a_version_may_stand_in_the_body() -> None:
    on = stage(version=pattern("body.version"))
    await registered(on)
    assert await refused(on, put(body={**NEW_PHONE, "version": 7})) == (409, "GW-X409")
    await answered(on, put(body={**NEW_PHONE, "version": 1}))


async def test_a_deletion_counts_and_may_come_too_late() -> None:
    on = stage(version=IF_MATCH)
    await registered(on)
    await answered(on, put())
    assert await refused(on, put((("If-Match", "1"),), {}, "DELETE")) == (409, "GW-X409")
    await answered(on, put((("If-Match", "2"),), {}, "DELETE"))
    assert on.last_sent.header("ru-version") == "3"


async def test_the_callers_own_resource_has_a_version_too() -> None:
    on = stage(version=IF_MATCH)
    await registered(on)
    await logged_in(on)
    assert await refused(on, post("/api/me", NEW_PHONE, (*SID, ("If-Match", "9")), method="PATCH")) == (409, "GW-X409")
    reply = await answered(on, post("/api/me", NEW_PHONE, (*SID, ("If-Match", "1")), method="PATCH"))
    assert reply.header("ru-version") == "2"


async def test_a_refused_update_is_in_the_ledger_without_its_values() -> None:
    on = stage(version=IF_MATCH)
    await registered(on)
    await on.send(put((("If-Match", "7"),)))  # type: ignore[arg-type]  # what post makes
    await on.ledger.flush()
    assert [entry.outcome for entry in on.ledger.entries if entry.event == "refuse"] == ["GW-X409"]


async def test_of_two_updates_at_once_the_second_is_refused() -> None:
    on = stage()
    await registered(on)
    vault, keep, rival = on.vaults[RU], on.vaults[RU].keep, [True]

    async def after_a_rival(batch: Batch) -> Kept:
        if batch.revisions and rival:
            rival.clear()
            await keep(Batch(revisions=batch.revisions, directory=()))
        return await keep(batch)

    vault.keep = after_a_rival  # type: ignore[method-assign]  # the vault itself, with somebody beside
    assert await refused(on, put()) == (409, "GW-X409")
    assert isinstance(await on.send(put()), Reply)  # type: ignore[arg-type]  # what post makes


async def test_orders_at_once_are_no_conflict() -> None:
    on = stage()
    await registered(on)
    await logged_in(on)
    vault, keep = on.vaults[RU], on.vaults[RU].keep

    async def after_a_rival(batch: Batch) -> Kept:
        await keep(Batch(revisions=batch.revisions, directory=()))
        return await keep(batch)

    vault.keep = after_a_rival  # type: ignore[method-assign]  # the vault itself, with somebody beside
    await answered(on, post("/api/orders", {"first_name": "Аня"}, SID))


async def test_a_retry_under_its_key_is_no_conflict() -> None:
    on = stage(version=IF_MATCH)
    await registered(on)
    headers = (("If-Match", "1"), ("Idempotency-Key", "k1"))
    await answered(on, put(headers))
    reply = await answered(on, put(headers))
    assert reply.header("ru-version") == "2"


async def test_an_update_of_a_foreign_person_waits_for_no_commit() -> None:
    on = stage(version=IF_MATCH)
    await registered(on, HANS)
    await answered(on, put(body={"note": "x"}))
    assert "keep 0" not in on.script.effects


async def test_a_first_registration_has_no_revision() -> None:
    on = stage()
    seen: list[Batch] = []
    vault, keep = on.vaults[RU], on.vaults[RU].keep

    async def watched(batch: Batch) -> Kept:
        seen.append(batch)
        return await keep(batch)

    vault.keep = watched  # type: ignore[method-assign]  # the vault itself, watched
    await registered(on)
    assert [batch.revisions for batch in seen] == [()]


# --------------------------------------------------------------------------------------------------------------- terms


async def test_a_rules_term_ends_its_values_and_no_others() -> None:
    short = rule(
        "passports-for-a-month", Treatment(Action.TOKENIZE, (("ttl_days", 30),)), kinds=frozenset({Kind("ru.passport")})
    )
    on = stage(world_rules(rules=(*RULES, short)))
    await answered(on, post("/api/orders", {**ANNA, "passport": "45 09 123456"}))
    vault, later_s = on.vaults[RU], on.clock.now_ms() // 1000 + 31 * 86400
    assert "ru.passport" in {field.kind for field in await fields_of(on)}
    assert await vault.purge_expired(later_s) == 1
    kinds = {field.kind for field in await fields_of(on)}
    assert ("ru.passport" in kinds, "email" in kinds) == (False, True)


async def test_the_regions_term_is_not_lengthened_by_a_rule() -> None:
    longer = rule("for-ten-years", Treatment(Action.TOKENIZE, (("ttl_days", 3650),)), kinds=frozenset({Kind("phone")}))
    on = stage(world_rules(rules=(*RULES, longer)))
    await answered(on, post("/api/orders", ANNA))
    page = await on.vaults[RU].page(None, 10)
    assert {one.expires for one in page} == {on.clock.now_ms() // 1000 + 365 * 86400}


# -------------------------------------------------------------------------------------------------------------- blocks


async def test_what_is_sent_of_a_blocked_person_is_kept_and_not_forwarded() -> None:
    on = stage()
    await registered(on)
    await order(on, "block")
    assert await refused(on, put()) == (423, "GW-X423")
    assert "+7 900 000-09-99" in [field.text for field in await fields_of(on)]
    assert on.vaults[RU].entries[-1].outcome == "GW-X423"


async def test_a_look_up_of_a_blocked_person_is_refused() -> None:
    on = stage()
    await registered(on)
    await order(on, "block")
    assert await refused(on, get("/api/users/42")) == (423, "GW-X423")


async def test_a_blocked_caller_gets_nothing() -> None:
    on = stage()
    await registered(on)
    await logged_in(on)
    await order(on, "block")
    assert await refused(on, get("/api/me", SID)) == (423, "GW-X423")


async def test_a_blocked_persons_values_stay_tokens_in_lists() -> None:
    on = stage(world_rules(routes=(LIST, *ROUTES)))
    await registered(on)
    hers = on.last_sent.body
    await registered(on, BELLA, 43)
    others = on.last_sent.body
    await order(on, "block")
    on.respond = lambda _: Reply(200, (("Content-Type", "application/json"),), b"[" + hers + b"," + others + b"]")
    shown = (await answered(on, get("/api/list", peer="10.0.0.1"))).body.decode()
    assert (ANNA["email"] in shown, BELLA["email"] in shown) == (False, True)


async def test_a_block_reaches_the_vaults_of_all_regions() -> None:
    on = stage(replace(two_regions(), routes=(LIST, *ROUTES)))
    await registered(on, AIGUL)
    hers = on.last_sent.body
    await order(on, "block", AIGUL["email"])
    on.respond = lambda _: Reply(200, (("Content-Type", "application/json"),), hers)
    assert AIGUL["email"] not in (await answered(on, get("/api/list", peer="10.0.0.1"))).body.decode()


async def test_a_lifted_block_lets_requests_through_again() -> None:
    on = stage()
    await registered(on)
    await order(on, "block")
    await order(on, "unblock")
    await answered(on, put())


# ------------------------------------------------------------------------------------------------------ holds, consent


async def test_a_held_persons_data_outlives_an_erasing_deletion() -> None:
    on = stage(erases=True)
    await registered(on)
    await order(on, "hold")
    await answered(on, put(body={}, method="DELETE"))
    assert await on.vaults[RU].purge_expired(on.clock.now_ms() // 1000 + 1) == 0
    assert await fields_of(on)


async def test_a_consents_reference_is_sealed_with_the_record_and_in_no_ledger() -> None:
    on = stage(consent=pattern("headers.x-consent"))
    await registered(on)
    await answered(on, put((("X-Consent", "consent-17-anna"),)))
    assert ("consent", "consent-17-anna") in [(field.kind, field.text) for field in await fields_of(on)]
    assert "consent-17-anna" not in repr(on.vaults[RU].entries)


async def test_a_consent_may_stand_in_the_body() -> None:
    on = stage(consent=pattern("body.consent_id"))
    await registered(on)
    await answered(on, put(body={**NEW_PHONE, "consent_id": "c-9"}))
    assert "c-9" in [field.text for field in await fields_of(on) if field.kind == "consent"]


# ------------------------------------------------------------------------------------------------------------- merging


async def two(on: Stage) -> tuple[SubjectId, SubjectId]:
    await registered(on)
    await logged_in(on)
    await registered(on, BELLA, 43)
    await logged_in(on, BELLA["email"], "b1")
    return await person(on), await person(on, BELLA["email"])


async def seen_by(on: Stage, body: bytes, headers: Headers) -> str:
    on.respond = lambda _: Reply(200, (("Content-Type", "application/json"),), body)
    outcome = await answered(on, get("/api/users", headers))
    on.respond = echo
    return outcome.body.decode()


async def test_a_merged_person_sees_what_both_have_sent() -> None:
    on = stage()
    anna, bella = await two(on)
    await answered(on, post("/api/me", {"first_name": "Беллочка"}, HERS))
    body = on.last_sent.body
    assert "Беллочка" not in await seen_by(on, body, SID)
    await subjects(on).order("merge", bella, "dpo", "request 17", anna)
    assert "Беллочка" in await seen_by(on, body, SID)


async def test_after_the_undoing_each_sees_the_own_data_again() -> None:
    on = stage()
    anna, bella = await two(on)
    await subjects(on).order("merge", bella, "dpo", "request 17", anna)
    await answered(on, put(body={"first_name": "Беллочка"}, number=43))
    hers = on.last_sent.body
    await answered(on, put(body={"first_name": "Анечка"}, number=42))
    his = on.last_sent.body
    await subjects(on).order("unmerge", bella, "dpo", "request 18")
    await logged_in(on)
    await logged_in(on, BELLA["email"], "b1")
    assert ("Беллочка" in await seen_by(on, hers, HERS), "Беллочка" in await seen_by(on, hers, SID)) == (True, False)
    assert ("Анечка" in await seen_by(on, his, SID), "Анечка" in await seen_by(on, his, HERS)) == (True, False)


async def test_what_names_neither_goes_to_the_one_who_remains() -> None:
    on = stage()
    anna, bella = await two(on)
    await subjects(on).order("merge", bella, "dpo", "request 17", anna)
    before = set((await on.vaults[RU].fetch(Fetch(subjects=(anna,)))).records)
    await answered(on, post("/api/me", {"first_name": "Никто"}, HERS))
    fetched = await on.vaults[RU].fetch(Fetch(subjects=(anna,)))
    assert [fetched.records[one].subject for one in fetched.records.keys() - before] == [anna]


async def test_a_merged_person_can_log_in_by_either_identifier() -> None:
    on = stage()
    anna, bella = await two(on)
    await subjects(on).order("merge", bella, "dpo", "request 17", anna)
    await logged_in(on, BELLA["email"], "b2")
    await answered(on, post("/api/me", {"first_name": "Беллочка"}, (("Cookie", "sid=b2"),)))
    assert "Беллочка" in await seen_by(on, on.last_sent.body, SID)


async def test_two_equal_strong_documents_are_evidence_enough() -> None:
    on = stage()
    papers = {"passport": "45 09 123456", "snils": "112-233-445 95"}
    await registered(on, {**ANNA, **papers})
    await registered(on, {**BELLA, **papers}, 43)
    anna, bella = await person(on), await person(on, BELLA["email"])
    await subjects(on).order("merge", bella, "dpo", "request 17", anna, "documents")
    assert await person(on, BELLA["email"]) == anna


async def test_one_shared_document_is_no_evidence() -> None:
    on = stage()
    await registered(on, {**ANNA, "passport": "45 09 123456"})
    await registered(on, {**BELLA, "passport": "45 09 123456"}, 43)
    anna, bella = await person(on), await person(on, BELLA["email"])
    with pytest.raises(GatewayError, match="GW-V132"):
        await subjects(on).order("merge", bella, "dpo", "request 17", anna, "documents")


async def test_nobody_is_merged_held_or_blocked_of_whom_nothing_is_kept() -> None:
    with pytest.raises(GatewayError, match="GW-V130"):
        await subjects(stage()).order("hold", SubjectId("01" * 14), "dpo", "case 7")


async def test_an_order_is_in_the_ledger_with_who_and_why_and_no_value() -> None:
    on = stage()
    await registered(on)
    await order(on, "hold")
    entry = on.vaults[RU].entries[-1]
    assert (entry.event, entry.route, entry.actor, entry.purpose) == ("mark", "subject hold", "role:dpo", "case 7")
    assert ANNA["email"] not in repr(entry)


def test_an_outdated_change_is_the_callers_to_mend() -> None:
    assert OutdatedError().status == 409


async def test_an_erasing_deletion_of_a_merged_person_erases_what_both_have_sent() -> None:
    on = stage(erases=True)
    anna, bella = await two(on)
    await subjects(on).order("merge", bella, "dpo", "request 17", anna)
    await answered(on, put(body={}, method="DELETE", number=43))
    await on.vaults[RU].purge_expired(on.clock.now_ms() // 1000 + 1)
    assert (await on.vaults[RU].fetch(Fetch(subjects=(anna, bella)))).records == {}


async def test_an_erasing_deletion_ends_what_is_kept_in_the_vaults_of_all_regions() -> None:
    rules = two_regions()
    resources = tuple(replace(one, erases=True) if one.name in _RESOURCES else one for one in rules.routes)
    on = stage(replace(rules, routes=resources))
    await registered(on, AIGUL)
    await answered(on, put(body={}, method="DELETE"))
    left = 0
    for vault in on.vaults.values():
        await vault.purge_expired(on.clock.now_ms() // 1000 + 1)
        left += len(vault._has.records)
    assert left == 0


async def test_an_erasing_deletion_ends_all_records_however_many_there_are() -> None:
    on = stage(erases=True)
    await registered(on)
    [first] = on.vaults[RU]._has.records.values()
    more = (replace(first.sealed, record=RecordId(f"{number:028x}")) for number in range(1, 1200))
    keeps = tuple(Keep(one.record, RU, one.scope, one.subject, "r", one.sealed, (), one.at, None) for one in more)
    await on.vaults[RU].keep(Batch(keeps))
    await answered(on, put(body={}, method="DELETE"))
    while await on.vaults[RU].purge_expired(on.clock.now_ms() // 1000 + 1):
        pass
    assert len(on.vaults[RU]._has.records) == 0
