"""SEMANTICS.md, scenario by scenario: each test is named after the sentence it proves."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest

from gateway.model.decision import Action, Refusal
from gateway.model.message import Headers, Reply, Request
from gateway.model.names import Kind, Region
from gateway.model.residency import Claims
from gateway.model.rules import RevealTo
from gateway.model.secret import Secret
from tests.exchange.scenes import (
    AIGUL,
    ANNA,
    HANS,
    ROUTES,
    RULES,
    as_json,
    body_of,
    echo,
    get,
    post,
    two_regions,
    world_rules,
)
from tests.exchange.stage import Stage
from tests.made import route, rule

SID: Headers = (("Cookie", "sid=s1"),)


def stage(**changes: object) -> Stage:
    return Stage(world_rules(**changes), respond=echo)


async def reply_of(on: Stage, request: Request) -> Reply:
    outcome = await on.send(request)
    assert isinstance(outcome, Reply), outcome
    return outcome


async def registered(on: Stage, person: dict[str, str], number: int = 42) -> dict[str, object]:
    """Register a person; the back end answers with its id. Returns what the back end received."""
    on.respond = lambda request: as_json({"id": number, **json.loads(request.body)}, 201)
    await reply_of(on, post("/api/register", person))
    on.respond = echo
    return body_of(on.last_sent)


async def logged_in(on: Stage, email: str, session: str = "s1") -> None:
    on.respond = lambda _: as_json({"ok": True}, headers=(("Set-Cookie", f"sid={session}; Path=/; HttpOnly"),))
    await reply_of(on, post("/api/login", {"email": email, "password": "correct horse"}))
    on.respond = echo


# ------------------------------------------------------------------------------------------------- the exchange itself


async def test_a_russian_users_registration_reaches_the_back_end_as_tokens() -> None:
    on = stage()
    received = await registered(on, ANNA)
    assert received["citizenship"] == "RU"
    assert not {ANNA["email"], ANNA["first_name"], ANNA["phone"]} & set(map(str, received.values()))


async def test_the_caller_gets_back_what_the_caller_sent() -> None:
    on = stage()
    assert body_of(await reply_of(on, post("/api/register", ANNA))) == ANNA


async def test_a_foreign_users_registration_passes_byte_for_byte() -> None:
    on = stage()
    request = post("/api/register", HANS)
    await reply_of(on, request)
    assert on.last_sent.body == request.body


async def test_unknown_residence_is_treated_as_russian() -> None:
    on = stage()
    await reply_of(on, post("/api/orders", {"email": "who@example.org"}))
    assert b"who@example.org" not in on.last_sent.body


async def test_the_home_store_has_committed_before_a_byte_leaves() -> None:
    on = stage()
    await reply_of(on, post("/api/register", ANNA))
    effects = on.script.effects
    assert effects.index("keep 1") < effects.index("send crm")


# ------------------------------------------------------------------------------------------------------- who is who


async def test_a_german_customer_who_logs_in_from_moscow_stays_german() -> None:
    on = stage()
    await registered(on, HANS)
    on.countries["192.0.2.7"] = "RU"
    request = post("/api/login", {"email": HANS["email"], "password": "x"}, peer="192.0.2.7")
    await reply_of(on, request)
    assert on.last_sent.body == request.body


async def test_a_russian_abroad_stays_russian() -> None:
    on = stage()
    await registered(on, ANNA)
    on.countries["192.0.2.8"] = "DE"
    await reply_of(on, post("/api/orders", {"email": ANNA["email"]}, peer="192.0.2.8"))
    assert ANNA["email"].encode() not in on.last_sent.body


async def test_an_administrator_in_berlin_who_uploads_a_list_of_russians_does_not_make_them_german() -> None:
    on = stage()
    on.countries["192.0.2.9"] = "DE"
    on.claims = Claims(country="DE")
    people = {"users": [{"email": "ivan@example.ru"}, {"email": "olga@example.ru"}]}
    await reply_of(on, post("/api/import", people, (("Authorization", "Bearer x"),), peer="192.0.2.9"))
    assert b"example.ru" not in on.last_sent.body


async def test_a_batch_may_hold_persons_of_several_countries() -> None:
    on = stage()
    await reply_of(on, post("/api/import", {"users": [ANNA, HANS]}))
    first, second = json.loads(on.last_sent.body)["users"]
    assert first["email"] != ANNA["email"]
    assert second == HANS


async def test_every_person_is_kept_in_the_vault_of_his_own_region() -> None:
    on = Stage(two_regions(), respond=echo)
    request = post("/api/import", {"users": [ANNA, AIGUL]}, (("Idempotency-Key", "k1"),))
    reply = await reply_of(on, request)
    assert json.loads(reply.body) == {"users": [ANNA, AIGUL]}
    await reply_of(on, request)
    assert on.received[0].body == on.received[1].body
    assert [effect for effect in on.script.effects if effect.startswith("keep")] == ["keep 1", "keep 1"]


async def test_a_person_of_another_region_sees_her_own_tokens_restored() -> None:
    on = Stage(two_regions(), respond=echo)
    tokens = await registered(on, AIGUL)
    await logged_in(on, AIGUL["email"])
    on.respond = lambda _: as_json(tokens)
    assert body_of(await reply_of(on, get("/api/me", SID))) == AIGUL


async def test_a_session_is_bound_when_the_back_ends_reply_says_that_the_login_worked() -> None:
    on = stage()
    tokens = await registered(on, ANNA)
    await logged_in(on, ANNA["email"])
    on.respond = lambda _: as_json({"name": tokens["first_name"]})
    assert body_of(await reply_of(on, get("/api/me", SID))) == {"name": "Анна"}


async def test_the_reply_that_begins_a_session_is_already_for_its_person() -> None:
    on = stage()
    tokens = await registered(on, ANNA)
    on.respond = lambda _: as_json({"hello": tokens["first_name"]}, headers=(("Set-Cookie", "sid=s1"),))
    reply = await reply_of(on, post("/api/login", {"email": ANNA["email"], "password": "correct horse"}))
    assert body_of(reply) == {"hello": "Анна"}


async def test_a_login_that_did_not_work_binds_no_session() -> None:
    on = stage()
    tokens = await registered(on, ANNA)
    on.respond = lambda _: as_json({"error": "no"}, 401, (("Set-Cookie", "sid=s1"),))
    await reply_of(on, post("/api/login", {"email": ANNA["email"], "password": "wrong"}))
    on.respond = lambda _: as_json({"name": tokens["first_name"]})
    assert body_of(await reply_of(on, get("/api/me", SID))) == {"name": tokens["first_name"]}


async def test_one_shared_identifier_never_merges_two_people() -> None:
    on = stage()
    await registered(on, ANNA)
    boris = {**ANNA, "email": "boris@example.ru", "first_name": "Борис"}
    tokens = await registered(on, boris, 43)
    await logged_in(on, ANNA["email"])
    on.respond = lambda _: as_json({"name": tokens["first_name"], "phone": tokens["phone"]})
    seen = body_of(await reply_of(on, get("/api/me", SID)))
    assert seen == {"name": tokens["first_name"], "phone": ANNA["phone"]}


async def test_reveal_to_subject_is_judged_per_token_also_inside_lists() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    boris = await registered(on, {**ANNA, "email": "b@example.ru", "first_name": "Борис", "phone": "+79000000777"}, 43)
    await logged_in(on, ANNA["email"])
    on.respond = lambda _: as_json({"users": [anna, boris]})
    users = json.loads((await reply_of(on, get("/api/users", SID))).body)["users"]
    assert users[0]["email"] == ANNA["email"]
    assert users[1]["email"] == boris["email"]


async def test_a_role_of_a_verified_claim_sees_originals_and_the_ledger_says_so() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    on.claims = Claims(roles=frozenset({"support"}))
    on.respond = lambda _: as_json(anna)
    seen = body_of(await reply_of(on, get("/api/users/42", (("Authorization", "Bearer x"),))))
    assert seen["email"] == ANNA["email"]
    assert on.script.effects.index("ledger") < on.script.effects.index("close")


async def test_nobody_sees_tokens_only() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    on.respond = lambda _: as_json(anna)
    assert body_of(await reply_of(on, get("/api/users/42"))) == anna


async def test_subject_ref_says_whose_record_an_update_is() -> None:
    on = stage()
    await registered(on, ANNA)
    await reply_of(on, post("/api/users/42", {"phone": "+7 900 000-09-99"}, method="PUT"))
    token = body_of(on.last_sent)["phone"]
    await logged_in(on, ANNA["email"])
    on.respond = lambda _: as_json({"phone": token})
    assert body_of(await reply_of(on, get("/api/me", SID))) == {"phone": "+7 900 000-09-99"}


# -------------------------------------------------------------------------------------------------- values and tokens


async def test_an_equal_value_always_gets_the_same_token() -> None:
    on = stage()
    first = await registered(on, ANNA)
    await reply_of(on, post("/api/orders", {"email": "ANNA.Smirnova@example.ru", "phone": "8 900 000 01 23"}))
    second = body_of(on.last_sent)
    assert second["email"] == first["email"]
    assert _digits(second["phone"])[-10:] == _digits(first["phone"])[-10:]


def _digits(text: object) -> str:
    return "".join(char for char in str(text) if char.isdigit())


async def test_a_look_up_finds_a_known_value_by_its_token() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    await reply_of(on, get("/api/search?email=anna.smirnova%40example.ru"))
    assert str(anna["email"]).encode().replace(b"@", b"%40") in on.last_sent.target.encode().replace(b"@", b"%40")


async def test_a_look_up_with_a_value_never_seen_creates_nothing() -> None:
    on = stage()
    await reply_of(on, get("/api/search?email=new%40example.ru"))
    assert "new" not in on.last_sent.target
    assert [effect for effect in on.script.effects if effect.startswith("keep")] == []


async def test_a_look_up_is_restored_if_the_reply_echoes_it() -> None:
    on = stage()
    on.respond = lambda request: as_json({"asked": request.target.partition("email=")[2].replace("%40", "@")})
    assert body_of(await reply_of(on, get("/api/search?email=new%40example.ru"))) == {"asked": "new@example.ru"}


async def test_a_look_up_by_a_kind_without_index_is_refused_unless_the_route_says_empty() -> None:
    on = stage()
    refused = await on.send(get("/api/search?first_name=%D0%90%D0%BD%D0%BD%D0%B0"))
    assert isinstance(refused, Refusal)
    assert refused.status == 422
    await reply_of(on, get("/search/any?first_name=%D0%90%D0%BD%D0%BD%D0%B0"))
    assert "%D0%90%D0%BD%D0%BD%D0%B0" not in on.last_sent.target


async def test_a_german_is_found_by_his_own_email() -> None:
    on = stage()
    await registered(on, HANS)
    await reply_of(on, get("/api/search?email=hans%40example.org"))
    assert on.last_sent.target == "/api/search?email=hans%40example.org"


async def test_a_201_on_a_look_up_is_an_incident() -> None:
    on = stage()
    on.respond = lambda _: as_json({}, 201)
    await reply_of(on, get("/api/search?email=new%40example.ru"))
    assert "incident" in on.events.names()


async def test_an_unchanged_value_of_a_known_person_keeps_its_token() -> None:
    on = stage()
    first = await registered(on, ANNA)
    await reply_of(on, post("/api/users/42", {**ANNA, "phone": "+7 900 000-05-55"}, method="PUT"))
    second = body_of(on.last_sent)
    assert (second["first_name"], second["email"]) == (first["first_name"], first["email"])
    assert second["phone"] != first["phone"]


async def test_the_same_idempotency_key_yields_the_same_outward_bytes() -> None:
    on = stage()
    request = post("/api/register", ANNA, (("Idempotency-Key", "k1"),))
    await reply_of(on, request)
    await reply_of(on, request)
    assert on.received[0].body == on.received[1].body
    assert len(on.received) == 2


async def test_a_retry_yields_the_same_outward_bytes_after_the_pseudonym_key_has_turned() -> None:
    on = stage()
    request = post("/api/register", ANNA, (("Idempotency-Key", "k1"),))
    await reply_of(on, request)
    keys = await on.keys.region_keys(Region("ru"))
    on.keys._regions[Region("ru")] = replace(keys, pseudonym=Secret(b"p" * 32))
    await reply_of(on, request)
    assert on.received[0].body == on.received[1].body


async def test_another_body_under_the_same_idempotency_key_is_another_request() -> None:
    on = stage()
    await reply_of(on, post("/api/orders", {"name": "Анна Смирнова"}, (("Idempotency-Key", "k1"),)))
    await reply_of(on, post("/api/orders", {"name": "Олег Смирнов"}, (("Idempotency-Key", "k1"),)))
    assert on.received[0].body != on.received[1].body


async def test_a_token_shown_to_a_session_may_come_back_as_a_token() -> None:
    on = stage()
    await registered(on, ANNA)
    boris = await registered(on, {**ANNA, "email": "b@example.ru", "first_name": "Борис", "phone": "+79000000777"}, 43)
    await logged_in(on, ANNA["email"])
    on.respond = lambda _: as_json(boris)
    await reply_of(on, get("/api/users/43", SID))
    on.respond = echo
    await reply_of(on, post("/api/users/43", {"first_name": boris["first_name"]}, SID, method="PUT"))
    assert body_of(on.last_sent) == {"first_name": boris["first_name"]}


async def test_another_persons_pasted_token_is_plain_text_and_comes_back_as_the_same_characters() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    mallory = {**ANNA, "email": "m@example.ru", "phone": "+79000000666", "first_name": "Глеб"}
    await registered(on, mallory, 44)
    await logged_in(on, mallory["email"])
    await reply_of(on, post("/api/users/44", {"first_name": anna["first_name"]}, SID, method="PUT"))
    stored = body_of(on.last_sent)
    assert stored["first_name"] != anna["first_name"]
    on.respond = lambda _: as_json(stored)
    assert body_of(await reply_of(on, get("/api/me", SID))) == {"first_name": anna["first_name"]}


async def test_another_destinations_token_is_plain_text() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    await logged_in(on, ANNA["email"])
    await reply_of(on, post("/loyalty/join", {"email": anna["email"]}))
    assert str(anna["email"]).encode() not in on.last_sent.body


async def test_reveal_encodes_for_json_and_html() -> None:
    on = stage()
    evil = {**ANNA, "first_name": '<img onerror="x">'}
    tokens = await registered(on, evil)
    await logged_in(on, ANNA["email"])
    html = f'<p>{tokens["first_name"]}</p><a title="{tokens["first_name"]}">x</a>'.encode()
    on.respond = lambda _: Reply(200, (("Content-Type", "text/html; charset=utf-8"),), html)
    page = (await reply_of(on, get("/pages/me", SID))).body.decode()
    assert "<img" not in page
    assert page.count("&#60;img onerror") == 2


async def test_tokens_are_restored_inside_longer_text() -> None:
    on = stage()
    tokens = await registered(on, ANNA)
    await logged_in(on, ANNA["email"])
    on.respond = lambda _: as_json({"text": f"Dear {tokens['first_name']}, your number is {tokens['phone']}."})
    seen = body_of(await reply_of(on, get("/api/me", SID)))
    assert seen == {"text": "Dear Анна, your number is +7 (900) 000-01-23."}


ENCRYPTING = rule("addresses-are-sealed", Action.ENCRYPT, kinds=frozenset({Kind("address")}),
                  overrides=frozenset({"russians-stay-home"}))  # fmt: skip


def encrypting() -> Stage:
    return Stage(world_rules(rules=(*RULES, ENCRYPTING)), respond=echo)


async def test_an_encrypted_field_is_recorded_at_home_and_restored_for_its_subject() -> None:
    on = encrypting()
    sent = await registered(on, {**ANNA, "address": "Москва, ул. Тестовая, д. 5"})
    assert str(sent["address"]).startswith("x1.")
    await logged_in(on, ANNA["email"])
    on.respond = lambda _: as_json({"address": sent["address"]})
    assert body_of(await reply_of(on, get("/api/me", SID))) == {"address": "Москва, ул. Тестовая, д. 5"}


async def test_an_encrypted_field_stays_sealed_for_others_and_when_altered() -> None:
    on = encrypting()
    sent = await registered(on, {**ANNA, "address": "Москва, ул. Тестовая, д. 5"})
    await registered(on, {**ANNA, "email": "b@example.ru", "phone": "+79000000777"}, 43)
    await logged_in(on, "b@example.ru")
    altered = str(sent["address"])[:-2] + "AA"
    on.respond = lambda _: as_json({"address": sent["address"], "altered": altered})
    assert body_of(await reply_of(on, get("/api/me", SID))) == {"address": sent["address"], "altered": altered}


async def test_a_look_up_encrypts_without_a_record() -> None:
    on = encrypting()
    await reply_of(on, get("/api/places?address=%D0%9C%D0%BE%D1%81%D0%BA%D0%B2%D0%B0"))
    assert "address=x1." in on.last_sent.target
    assert [effect for effect in on.script.effects if effect.startswith("keep")] == []


@pytest.mark.parametrize(
    ("allowed", "peer", "seen"),
    [
        (RevealTo("address", "192.0.2.0/24"), "192.0.2.7", True),
        (RevealTo("address", "192.0.2.0/24"), "198.51.100.7", False),
        (RevealTo("address", "192.0.2.0/24"), "", False),
        (RevealTo("certificate", "CN=crm-admin"), "", True),
        (RevealTo("certificate", "CN=other"), "", False),
    ],
)
async def test_an_address_range_or_a_certificate_may_be_allowed_to_see(
    allowed: RevealTo, peer: str, *, seen: bool
) -> None:
    on = stage(routes=(*ROUTES, route("inside/**", reveal_to=(allowed,))))
    tokens = await registered(on, ANNA)
    on.respond = lambda _: as_json({"email": tokens["email"]})
    reply = body_of(await reply_of(on, replace(get("/inside/1", peer=peer), certificate="CN=crm-admin")))
    assert (reply["email"] == ANNA["email"]) is seen


async def test_set_cookie_is_never_revealed_and_keeps_number_and_order() -> None:
    on = stage()
    tokens = await registered(on, ANNA)
    await logged_in(on, ANNA["email"])
    cookies = (("Set-Cookie", f"who={tokens['email']}"), ("Set-Cookie", "b=2"), ("Set-Cookie", "a=1"))
    on.respond = lambda _: as_json({"name": tokens["first_name"]}, headers=cookies)
    reply = await reply_of(on, get("/api/me", SID))
    assert tuple(pair for pair in reply.headers if pair[0] == "Set-Cookie") == cookies


async def test_location_is_revealed_only_towards_listed_hosts() -> None:
    on = stage()
    tokens = await registered(on, ANNA)
    await logged_in(on, ANNA["email"])
    moved = {"a": "https://shop.example.org/hi?mail=", "b": "https://evil.example.net/hi?mail="}
    crm = on.ruleset.destinations[on.ruleset.routes[0].to]
    listed = replace(crm, reveal_location_hosts=frozenset({"shop.example.org"}))
    on.ruleset = replace(on.ruleset, destinations={**on.ruleset.destinations, crm.name: listed})
    seen = {}
    for key, url in moved.items():
        location = url + str(tokens["email"])
        on.respond = partial(_redirect, location)
        seen[key] = (await reply_of(on, get("/api/me", SID))).header("location")
    assert "anna.smirnova" in str(seen["a"])
    assert seen["b"] == moved["b"] + str(tokens["email"])


async def test_other_headers_and_broken_locations_are_never_revealed() -> None:
    on = stage()
    tokens = await registered(on, ANNA)
    await logged_in(on, ANNA["email"])
    headers = (("Content-Location", f"/users/{tokens['email']}"), ("Location", f"http://[broken/{tokens['email']}"))
    on.respond = lambda _: Reply(302, headers, b"")
    reply = await reply_of(on, get("/api/me", SID))
    assert reply.headers == headers


async def test_a_number_of_the_token_block_is_a_token_only_if_its_alias_exists() -> None:
    on = stage()
    reply = await reply_of(on, post("/api/orders", {"phone": "+7 976 000-00-01"}))
    assert "000-00-01" not in str(body_of(on.last_sent)["phone"])
    assert body_of(reply) == {"phone": "+7 976 000-00-01"}


def _redirect(location: str, _: Request) -> Reply:
    return Reply(302, (("Location", location),), b"")


async def test_revealed_replies_are_private() -> None:
    on = stage()
    tokens = await registered(on, ANNA)
    await logged_in(on, ANNA["email"])
    on.respond = lambda _: as_json({"name": tokens["first_name"]}, headers=(("Cache-Control", "public, max-age=60"),))
    reply = await reply_of(on, get("/api/me", SID))
    assert [value for name, value in reply.headers if name.lower() == "cache-control"] == ["private"]


async def test_an_invalid_value_gets_an_opaque_token_so_that_validation_still_fails() -> None:
    on = stage()
    received = await registered(on, {**ANNA, "email": "anna@"})
    assert "@" not in str(received["email"])


async def test_empty_and_null_pass_untouched() -> None:
    on = stage()
    request = post("/api/register", {"email": "", "phone": None, "first_name": "  "})
    await reply_of(on, request)
    assert on.last_sent.body == request.body


async def test_a_birth_date_goes_out_as_a_stand_in_and_comes_back_beside_its_records_token() -> None:
    on = stage()
    person = {**ANNA, "birth_date": "1988-03-14"}
    tokens = await registered(on, person)
    assert str(tokens["birth_date"]) not in ("1988-03-14", "")
    await logged_in(on, ANNA["email"])
    on.respond = lambda _: as_json({"me": tokens, "other": {"birth_date": tokens["birth_date"]}})
    seen = json.loads((await reply_of(on, get("/api/me", SID))).body)
    assert seen["me"]["birth_date"] == "1988-03-14"
    assert seen["other"]["birth_date"] == tokens["birth_date"]


async def test_attributes_pass_to_applications_and_ride_along_in_the_record() -> None:
    on = stage()
    received = await registered(on, ANNA)
    assert received["citizenship"] == "RU"


async def test_technical_kinds_write_no_record() -> None:
    on = stage()
    await reply_of(
        on, post("/api/orders", {"sku": "A-1"}, (("User-Agent", "Mozilla/5.0"), ("X-Forwarded-For", "192.0.2.1")))
    )
    assert [effect for effect in on.script.effects if effect.startswith("keep")] == []
    assert on.last_sent.header("user-agent") is None
    assert on.last_sent.header("x-forwarded-for") is None


async def test_a_cookie_that_the_destination_has_set_goes_back_to_it() -> None:
    on = stage()
    await registered(on, ANNA)
    await logged_in(on, ANNA["email"], "0a1b2c3d4e5f60718293a4b5c6d7e8f9")
    await reply_of(on, get("/api/me", (("Cookie", "sid=0a1b2c3d4e5f60718293a4b5c6d7e8f9"),)))
    assert on.last_sent.header("cookie") == "sid=0a1b2c3d4e5f60718293a4b5c6d7e8f9"


async def test_a_cookie_whose_value_is_itself_personal_is_protected_whatever_its_name() -> None:
    on = stage()
    await registered(on, ANNA)
    on.respond = lambda _: as_json({}, headers=(("Set-Cookie", "sid=1"),))
    await reply_of(on, get("/api/me"))
    await reply_of(on, get("/api/me", (("Cookie", "sid=anna.smirnova@example.ru"),)))
    assert "anna" not in str(on.last_sent.header("cookie"))


async def test_a_refused_request_purges_its_record() -> None:
    on = stage()
    on.respond = lambda _: as_json({"error": "phone"}, 422)
    await reply_of(on, post("/api/register", ANNA))
    on.respond = echo
    await reply_of(on, post("/api/register", ANNA))
    first, second = (json.loads(one.body)["email"] for one in on.received)
    assert first != second


@pytest.mark.parametrize("status", [200, 302, 500, 503])
def test_only_definite_refusals_purge(status: int) -> None:
    assert status not in world_rules().destinations[world_rules().routes[0].to].refused_on


async def test_an_unknown_route_is_not_forwarded() -> None:
    on = stage()
    refused = await on.send(get("/elsewhere"))
    assert isinstance(refused, Refusal)
    assert (refused.status, on.received) == (404, [])


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [("GET", (("Upgrade", "websocket"),), 501), ("PUT", (("Range", "bytes=0-9"),), 416)],
)
async def test_upgrade_and_ranges_of_changes_towards_foreign_destinations_are_refused(
    method: str, headers: Headers, status: int
) -> None:
    on = stage()
    refused = await on.send(replace(get("/api/me", headers), method=method))
    assert isinstance(refused, Refusal)
    assert (refused.status, on.received) == (status, [])


async def test_a_body_that_cannot_be_inspected_is_refused_unless_the_route_says_opaque_pass() -> None:
    on = stage()
    binary = Request("POST", "/api/files", (("Content-Type", "application/octet-stream"),), b"\x00\x01\xff")
    refused = await on.send(binary)
    assert getattr(refused, "status", None) in (415, 422)
    assert on.received == []
    await reply_of(on, replace(binary, target="/upload"))
    assert on.last_sent.body == b"\x00\x01\xff"


# ---------------------------------------------------------------------------------------------------------- analytics


async def test_analytics_receive_only_what_rules_allow() -> None:
    on = stage()
    event = {"event": "order", "amount": 1990.50, "user_id": "u-1001", "email": "anna@example.ru", "note": "from Anna"}
    await reply_of(on, post("/collect/v1", event))
    sent = body_of(on.last_sent)
    assert sorted(sent) == ["amount", "event", "user_id"]
    assert sent["user_id"] != "u-1001"
    assert [effect for effect in on.script.effects if effect.startswith(("keep", "ledger"))] == []


async def test_pseudonyms_are_unlinkable_across_days() -> None:
    on = stage()
    event = {"event": "order", "user_id": "u-1001"}
    await reply_of(on, post("/collect/v1", event))
    await reply_of(on, post("/collect/v1", event))
    on.clock.at_ms += 86_400_000
    await reply_of(on, post("/collect/v1", event))
    first, same_day, next_day = (json.loads(one.body)["user_id"] for one in on.received)
    assert first == same_day != next_day


async def test_observe_mode_decides_and_records_without_acting() -> None:
    on = stage()
    request = post("/watched/x", ANNA)
    await reply_of(on, request)
    assert on.last_sent.body == request.body
    assert int(on.events.emitted[-1][1]["n_tokenize"]) >= 3


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/json", b'{"email": "anna@example.org"'),
        ("text/xml", b'<!DOCTYPE u [<!ENTITY e "x">]><u>&e;</u>'),
        ("multipart/form-data; boundary=b", b"--b\r\nX: y\r\n\r\nanna@example.org\r\n--b--\r\n"),
        ("application/json; charset=utf-7", b"{}"),
    ],
)
async def test_what_can_not_be_inspected_goes_out_as_it_came_while_it_is_only_observed(media: str, body: bytes) -> None:
    on = stage()
    await reply_of(on, Request("POST", "/watched/x", (("Host", "gw"), ("Content-Type", media)), body))
    assert on.last_sent.body == body
    assert [event for event, _ in on.events.emitted].count("observed_unread") == 1


async def test_more_finds_than_may_be_are_no_refusal_while_it_is_only_observed() -> None:
    on = stage()
    body = " ".join(f"a{number}@example.org" for number in range(50_001)).encode()
    await reply_of(on, Request("POST", "/watched/x", (("Host", "gw"), ("Content-Type", "text/plain")), body))
    assert on.last_sent.body == body
    assert ("observed_unread", "GW-P109") in [(event, facts.get("code")) for event, facts in on.events.emitted]
