"""What a back end keeps comes back: in replies it is the original again, in requests it is not protected twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gateway.core.naming import ref_of
from gateway.model.decision import Action
from gateway.model.errors import WorldError
from gateway.model.message import Headers, Reply
from gateway.model.names import Kind
from gateway.model.residency import Claims
from gateway.model.rules import Ruleset
from gateway.model.secret import Secret
from tests.exchange.scenes import ANNA, RULES, as_json, body_of, echo, get, post, two_regions, world_rules
from tests.exchange.stage import Stage
from tests.made import RU, rule

BORN = "1990-05-05"
PERSON = {**ANNA, "birth_date": BORN}
STREET = "Москва, ул. Тестовая, д. 5"
MALLORY = {"email": "mallory@example.org", "first_name": "Мэллори", "phone": "+7 900 000-07-77"}
SID: Headers = (("Cookie", "sid=s1"),)
HIS: Headers = (("Cookie", "sid=m1"),)
CLERK: Headers = (("Authorization", "Bearer x"), ("Cookie", "sid=c1"))


def sealing(kind: str) -> Ruleset:
    """Rules under which values of a kind go out encrypted."""
    seal = rule("seal", Action.ENCRYPT, kinds=frozenset({Kind(kind)}), overrides=frozenset({"russians-stay-home"}))
    return world_rules(rules=(*RULES, seal))


async def logged_in(on: Stage, email: str, sid: str) -> None:
    on.respond = lambda _: as_json({}, headers=(("Set-Cookie", f"sid={sid}; Path=/; HttpOnly"),))
    await on.send(post("/api/login", {"email": email, "password": "word"}))
    on.respond = echo


async def a_customer(on: Stage, person: Mapping[str, object], sid: str = "s1", number: int = 42) -> dict[str, object]:
    """Somebody who is registered and logged in; what the back end has of the person."""
    on.respond = lambda _: as_json({"id": number}, 201)
    await on.send(post("/api/register", person))
    kept = body_of(on.last_sent)
    await logged_in(on, str(person["email"]), sid)
    return kept


async def read(on: Stage, kept: object, headers: Headers = SID, target: str = "/api/me") -> dict[str, object]:
    on.respond = lambda _: as_json(kept)
    reply = await on.send(get(target, headers))
    on.respond = echo
    assert isinstance(reply, Reply)
    return body_of(reply)


async def saved(on: Stage, body: object, headers: Headers = SID, target: str = "/api/me") -> dict[str, object]:
    """What the back end is sent if a form is saved."""
    outcome = await on.send(post(target, body, headers, method="PUT"))
    assert isinstance(outcome, Reply)
    return body_of(on.last_sent)


def records(on: Stage) -> int:
    return len(on.vaults[RU]._has.records)


# ------------------------------------------------------------------------------------------------------- stand-ins


async def test_a_stand_in_beside_its_persons_token_passes_as_it_came() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    before = records(on)
    assert await saved(on, kept) == kept
    assert records(on) == before


async def test_a_changed_birth_date_beside_the_old_tokens_is_a_new_value() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    sent = await saved(on, {**kept, "birth_date": "1991-06-06"})
    assert sent["birth_date"] not in (BORN, "1991-06-06", kept["birth_date"])


async def test_a_changed_birth_date_is_restored_beside_the_old_tokens() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    sent = await saved(on, {**kept, "birth_date": "1991-06-06"})
    assert await read(on, sent) == {**PERSON, "birth_date": "1991-06-06"}


async def test_the_stand_in_of_a_changed_birth_date_passes_as_it_came() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    sent = await saved(on, {**kept, "birth_date": "1991-06-06"})
    assert await saved(on, sent) == sent


async def test_a_birth_date_sent_alone_is_restored_beside_the_tokens_of_the_registration() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, ANNA)
    sent = await saved(on, {"birth_date": BORN})
    assert await read(on, {**kept, **sent}) == PERSON


async def test_an_unchanged_birth_date_keeps_its_stand_in() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    assert await saved(on, PERSON) == kept


async def test_who_came_of_age_gets_a_stand_in_that_is_of_age() -> None:
    on = Stage(world_rules())
    child = {**PERSON, "birth_date": "2008-12-01"}
    kept = await a_customer(on, child)
    on.clock.at_ms += 30 * 86_400_000
    assert (await saved(on, child))["birth_date"] != kept["birth_date"]


async def test_a_stand_in_alone_is_a_new_value() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    sent = await saved(on, {"birth_date": kept["birth_date"]})
    assert sent["birth_date"] != kept["birth_date"]


async def test_a_stand_in_under_another_key_is_a_new_value() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    sent = await saved(on, {"email": kept["email"], "issued_on": kept["birth_date"], "dob": kept["birth_date"]})
    assert sent["dob"] != kept["birth_date"]


async def test_another_persons_stand_in_is_a_new_value() -> None:
    on = Stage(world_rules())
    anna = await a_customer(on, PERSON)
    his = await a_customer(on, {**MALLORY, "birth_date": "1985-03-03"}, "m1", 43)
    sent = await saved(on, {**his, "birth_date": anna["birth_date"]}, HIS)
    assert sent["birth_date"] != anna["birth_date"]


async def test_a_stand_in_near_another_persons_token_stays_as_it_is_in_a_reply() -> None:
    on = Stage(world_rules())
    anna = await a_customer(on, PERSON)
    his = await a_customer(on, MALLORY, "m1", 43)
    shown = await read(on, {"email": his["email"], "birth_date": anna["birth_date"]}, HIS)
    assert shown["birth_date"] == anna["birth_date"]


async def test_who_names_a_persons_email_does_not_see_the_birth_date_beside_it() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    on.respond = lambda _: as_json(kept)
    reply = await on.send(post("/api/orders", {"email": ANNA["email"], "phone": ANNA["phone"]}))
    assert isinstance(reply, Reply)
    assert (body_of(reply)["email"], body_of(reply)["birth_date"]) == (ANNA["email"], kept["birth_date"])


async def test_the_owner_sees_it_there_although_only_the_email_was_sent() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    on.respond = lambda _: as_json({"email": kept["email"], "birth_date": kept["birth_date"]})
    reply = await on.send(post("/api/me", {"email": ANNA["email"]}, SID, method="PUT"))
    assert isinstance(reply, Reply)
    assert body_of(reply) == {"email": ANNA["email"], "birth_date": BORN}


async def test_the_ledger_counts_a_stored_stand_in_that_was_restored() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    on.respond = lambda _: as_json({"email": kept["email"], "birth_date": kept["birth_date"]})
    await on.send(post("/api/me", {"email": ANNA["email"]}, SID, method="PUT"))
    disclosed = [entry for entry in on.ledger.entries if entry.event == "disclose"]
    assert (Kind("birth_date"), "reveal", 1) in disclosed[-1].kinds


@pytest.mark.parametrize("delivery", [
    {"postcode": "101000"},
    {"postcodes": ["101000", "119019"]},
    {"to": [{"postcode": "101000"}, {"postcode": "119019"}]},
])  # fmt: skip
async def test_a_stand_in_within_an_object_that_has_no_token_itself_is_restored(delivery: object) -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**ANNA, "delivery": delivery})
    assert (await read(on, {"user": kept}))["user"] == {**ANNA, "delivery": delivery}


async def test_a_stand_in_within_an_object_that_has_no_token_itself_passes_as_it_came() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**ANNA, "delivery": {"postcode": "101000"}})
    assert await saved(on, kept) == kept


async def test_of_a_list_each_birth_date_is_its_own_persons() -> None:
    on = Stage(world_rules())
    anna = await a_customer(on, PERSON)
    his = await a_customer(on, {**MALLORY, "birth_date": "1985-03-03"}, "m1", 43)
    on.claims = Claims(roles=frozenset({"support"}))
    users = (await read(on, {"users": [anna, his]}, CLERK, "/api/list"))["users"]
    assert [user["birth_date"] for user in users] == [BORN, "1985-03-03"]  # type: ignore[attr-defined]  # JSON


async def test_a_birth_date_inside_a_sentence_comes_back() -> None:
    on = Stage(world_rules())
    note = {**ANNA, "comment": "Родилась 05.05.1990, звоните вечером"}
    kept = await a_customer(on, note)
    assert "05.05.1990" not in str(kept)
    assert await read(on, kept) == note


async def test_a_clerk_who_may_not_read_saves_a_form_with_a_stand_in_unchanged() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    await a_customer(on, MALLORY, "c1", 43)
    clerk: Headers = (("Cookie", "sid=c1"),)
    assert (await read(on, kept, clerk))["birth_date"] == kept["birth_date"]
    assert await saved(on, kept, clerk, "/api/users/42") == kept


async def test_with_several_vaults_the_one_that_knows_the_person_says_what_a_stand_in_is() -> None:
    on = Stage(two_regions())
    kept = await a_customer(on, PERSON)
    sent = await saved(on, {**kept, "birth_date": "1991-06-06"})
    assert await saved(on, sent) == sent
    assert await read(on, sent) == {**PERSON, "birth_date": "1991-06-06"}


async def test_an_erased_persons_stand_in_is_a_new_value() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    await on.keys.erase(RU, [record.subject for record in on.vaults[RU]._has.records.values()])
    assert (await saved(on, kept))["birth_date"] != kept["birth_date"]


async def test_a_form_without_tokens_asks_for_no_stand_ins() -> None:
    on = Stage(world_rules())
    await on.send(post("/api/register", PERSON))
    assert "fetch" not in on.script.effects


async def test_tokens_without_anything_small_beside_them_ask_for_no_stand_ins() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, ANNA)
    await saved(on, kept)
    assert "fetch" not in on.script.effects[: on.script.effects.index("send crm")]


PAGE: Headers = (("Content-Type", "text/html; charset=utf-8"),)


async def page(on: Stage, html: str) -> str:
    on.respond = lambda _: Reply(200, PAGE, html.encode())
    reply = await on.send(get("/pages/me", SID))
    assert isinstance(reply, Reply)
    return reply.body.decode()


async def test_a_form_in_a_page_shows_the_original_of_a_stand_in_which_it_will_send() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**PERSON, "postcode": "101000"})
    shown = await page(
        on,
        f'<h1>{kept["first_name"]}</h1><input name="birth_date" value="{kept["birth_date"]}">'
        f'<textarea name="postcode">{kept["postcode"]}</textarea><input value="{kept["postcode"]}">',
    )
    assert shown == (
        f'<h1>Анна</h1><input name="birth_date" value="{BORN}">'
        f'<textarea name="postcode">101000</textarea><input value="{kept["postcode"]}">'
    )


async def test_a_page_of_one_person_shows_the_originals_of_stand_ins_in_its_texts() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**PERSON, "postcode": "101000"})
    html = "<h1>{}</h1><p>Индекс: {},<br> Москва</p><td>\n  {}\n</td><i>{}</i>"
    name, code, born = kept["first_name"], kept["postcode"], kept["birth_date"]
    told = html.format(name, code, born, f"{name}: {born}")
    assert await page(on, told) == html.format("Анна", "101000", BORN, f"Анна: {BORN}")


async def test_a_text_that_only_looks_like_a_stand_in_stays() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**PERSON, "postcode": "101000", "age": 33, "flat": "17"})
    code, age = kept["postcode"], kept["age"]
    told = f"<i>№ 1{code}, {code}-1, {code},5, #x{code} a@{code} 200000</i><b>{age}</b><!-- {code} -->"
    assert await page(on, f"<h1>{kept['first_name']}</h1>{told}") == f"<h1>Анна</h1>{told}"
    assert await page(on, f"<p>{code}</p>") == f"<p>{code}</p>"


async def test_a_changed_value_is_shown_in_a_page_whose_tokens_are_older() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**PERSON, "postcode": "101000"})
    changed = await saved(on, {"postcode": "119019", "citizenship": "RU"})
    told = "<h1>{}</h1><b> {} </b>"
    assert await page(on, told.format(kept["first_name"], changed["postcode"])) == told.format("Анна", "119019")


async def test_in_a_page_with_a_token_that_stays_texts_are_nobodys() -> None:
    on = Stage(world_rules())
    his = await a_customer(on, MALLORY, "m1", 43)
    kept = await a_customer(on, {**PERSON, "postcode": "101000"})
    told = f"<b>{his['first_name']}</b><i>{kept['postcode']}</i>"
    assert await page(on, f"<h1>{kept['first_name']}</h1>{told}") == f"<h1>Анна</h1>{told}"


async def test_a_form_in_a_page_of_several_persons_is_nobodys() -> None:
    on = Stage(world_rules(), claims=Claims(roles=frozenset({"support"})))
    his = await a_customer(on, MALLORY, "m1", 43)
    kept = await a_customer(on, PERSON)
    form = f'<i>{kept["email"]}</i><i>{his["email"]}</i><input name="birth_date" value="{kept["birth_date"]}">'
    on.respond = lambda _: Reply(200, PAGE, form.encode())
    reply = await on.send(get("/pages/all", CLERK))
    assert isinstance(reply, Reply)
    assert reply.body.decode() == (
        f'<i>{ANNA["email"]}</i><i>{MALLORY["email"]}</i><input name="birth_date" value="{kept["birth_date"]}">'
    )


async def test_a_stand_in_is_restored_in_no_url_that_leads_elsewhere() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**ANNA, "avatar": {"birth_date": BORN}})
    born = kept["avatar"]["birth_date"]  # type: ignore[index]  # JSON
    url = f"https://evil.example/?birth_date={born}"
    assert (await read(on, {**kept, "avatar": url}))["avatar"] == url


async def test_a_form_inside_a_json_reply_is_one_too() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, PERSON)
    form = '<b>{}</b><input name="birth_date" value="{}">'
    shown = await read(on, {"html": form.format(kept["first_name"], kept["birth_date"])})
    assert shown == {"html": form.format("Анна", BORN)}


@pytest.mark.parametrize("written", ["+7 900 000-01-23", "8(900)0000123", 79000000123, "+79000000123", "900 000 01 23"])
async def test_a_number_comes_back_in_the_layout_of_its_place(written: object) -> None:
    on = Stage(world_rules())
    person = {"email": ANNA["email"], "phone": "8 900 000-01-23", "second_phone": written, "passport": "4509 123456"}
    kept = await a_customer(on, person)
    assert await read(on, kept) == person


async def test_a_number_that_the_back_end_lays_out_anew_comes_back_so() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, ANNA)
    token = _digits(kept["phone"])
    shown = await read(on, {"phone": f"8 ({token[1:4]}) {token[4:7]} {token[7:9]} {token[9:]}"})
    assert shown == {"phone": "8 (900) 000 01 23"}


# ------------------------------------------------------------------------------------------- texts around a token


async def test_words_added_to_a_token_are_protected_and_the_token_stays() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**ANNA, "address": STREET})
    sent = await saved(on, {"address": f"{kept['address']}, кв. 7"})
    assert str(sent["address"]).startswith(f"{kept['address']}, ")
    assert "кв" not in str(sent["address"])


async def test_words_added_to_a_token_come_back_with_it() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**ANNA, "address": STREET})
    sent = await saved(on, {"address": f"до востребования: {kept['address']}, кв. 7"})
    assert await read(on, sent) == {"address": f"до востребования: {STREET}, кв. 7"}


async def test_blanks_around_a_token_change_nothing() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, ANNA)
    assert await saved(on, {"first_name": f" {kept['first_name']} "}) == {"first_name": f" {kept['first_name']} "}


# ------------------------------------------------------------------------------------------------ encrypted fields


async def test_an_encrypted_field_of_the_caller_passes_as_it_came() -> None:
    on = Stage(sealing("address"))
    kept = await a_customer(on, {**ANNA, "address": STREET})
    before = records(on)
    assert await saved(on, kept) == kept
    assert records(on) == before


async def test_an_encrypted_field_that_came_back_is_still_read() -> None:
    on = Stage(sealing("address"))
    kept = await a_customer(on, {**ANNA, "address": STREET})
    assert (await read(on, await saved(on, kept)))["address"] == STREET


async def test_whoever_sends_a_value_that_is_encrypted_sees_it_echoed() -> None:
    on = Stage(sealing("address"), respond=echo)
    reply = await on.send(post("/api/orders", {**ANNA, "address": STREET}))
    assert isinstance(reply, Reply)
    assert body_of(reply)["address"] == STREET


async def test_another_persons_encrypted_field_is_plain_text_of_its_sender() -> None:
    on = Stage(sealing("address"))
    anna = await a_customer(on, {**ANNA, "address": STREET})
    await a_customer(on, MALLORY, "m1", 43)
    sent = await saved(on, {"address": anna["address"]}, HIS)
    assert sent["address"] != anna["address"]
    assert await read(on, sent, HIS) == {"address": anna["address"]}


async def test_an_encrypted_field_of_another_destination_is_plain_text_of_its_sender() -> None:
    on = Stage(sealing("address"))
    await a_customer(on, ANNA)
    await on.send(post("/loyalty/cards", {"address": STREET}, SID))
    foreign = body_of(on.last_sent)["address"]
    assert (await saved(on, {"address": foreign}))["address"] != foreign


async def test_an_altered_encrypted_field_is_plain_text_of_its_sender() -> None:
    on = Stage(sealing("address"))
    kept = await a_customer(on, {**ANNA, "address": STREET})
    altered = str(kept["address"])[:-4] + "AAAA"
    assert (await saved(on, {"address": altered}))["address"] != altered


async def test_an_encrypted_field_of_nobody_passes_for_nobody() -> None:
    on = Stage(sealing("address"), respond=echo)
    await on.send(get("/search/any?address=%D0%9C%D0%BE%D1%81%D0%BA%D0%B2%D0%B0"))
    field = on.last_sent.target.partition("address=")[2]
    assert field.startswith("x1.")
    await on.send(post("/api/orders", {"address": field}))
    assert body_of(on.last_sent)["address"] != field


async def test_a_clerk_who_was_shown_an_encrypted_field_may_send_it_back() -> None:
    on = Stage(sealing("address"))
    kept = await a_customer(on, {**ANNA, "address": STREET})
    await a_customer(on, MALLORY, "m1", 43)
    assert (await read(on, kept, HIS))["address"] == kept["address"]
    assert await saved(on, kept, HIS, "/api/users/42") == kept


async def test_a_role_that_may_reveal_sends_an_encrypted_field_back_unseen() -> None:
    on = Stage(sealing("address"))
    kept = await a_customer(on, {**ANNA, "address": STREET})
    on.claims = Claims(roles=frozenset({"support"}))
    assert await saved(on, kept, CLERK, "/api/orders/7") == kept


async def test_a_long_encrypted_field_is_remembered_as_shown_by_its_digest() -> None:
    on = Stage(sealing("address"))
    kept = await a_customer(on, {**ANNA, "address": STREET})
    await a_customer(on, MALLORY, "m1", 43)
    await read(on, kept, HIS)
    assert max(len(token) for _, token in on.vaults[RU]._has.shown) < 80


async def test_a_form_with_an_encrypted_field_and_a_note_protects_only_the_note() -> None:
    on = Stage(sealing("address"))
    kept = await a_customer(on, {**ANNA, "address": STREET})
    sent = await saved(on, {"address": f"{kept['address']}, кв. 7"})
    assert str(sent["address"]).startswith(f"{kept['address']}, x1.")


AGAIN: Headers = (("Idempotency-Key", "order-7"),)


def rotate_field_key(on: Stage) -> None:
    """As ``keys rotate field`` does: what was sealed before still opens."""
    before = on.keys._regions[RU]
    older = ((before.version, before.field), *before.older_fields)
    after = Secret(on.clock.random(32))
    on.keys._regions[RU] = replace(before, version=str(int(before.version) + 1), field=after, older_fields=older)


@pytest.mark.parametrize("person", [{**ANNA, "address": STREET}, {"address": STREET, "citizenship": "RU"}])
async def test_a_retry_sends_the_same_bytes_though_the_field_key_has_turned(person: dict[str, str]) -> None:
    on = Stage(sealing("address"))
    await on.send(post("/api/orders", person, AGAIN))
    rotate_field_key(on)
    await on.send(post("/api/orders", person, AGAIN))
    rotate_field_key(on)
    await on.send(post("/api/orders", person, AGAIN))
    first, *others = [request.body for request in on.received]
    assert (b"x1." in first, others) == (True, [first, first])


async def test_another_request_is_sealed_by_the_field_key_in_force() -> None:
    on = Stage(sealing("address"))
    await on.send(post("/api/orders", {**ANNA, "address": STREET}, AGAIN))
    rotate_field_key(on)
    await on.send(post("/api/orders", {**ANNA, "address": STREET}, (("Idempotency-Key", "order-8"),)))
    marks = [str(body_of(request)["address"]).split(".")[1] for request in on.received]
    assert marks[0] != marks[1]


async def test_a_gateway_that_does_not_know_the_key_of_the_first_attempt_yet_sends_nothing_else() -> None:
    on = Stage(sealing("address"))
    await on.send(get("/search/any?sku=A-1"))
    behind = on.keys._regions[RU]
    rotate_field_key(on)
    ahead = on.keys._regions[RU]
    await on.send(post("/api/orders", {**ANNA, "address": STREET}, AGAIN))
    on.keys._regions[RU] = behind
    refused = await on.send(post("/api/orders", {**ANNA, "address": STREET}, AGAIN))
    on.keys._regions[RU] = ahead
    await on.send(post("/api/orders", {**ANNA, "address": STREET}, AGAIN))
    assert isinstance(refused, WorldError)
    assert (refused.code, len({request.body for request in on.received[1:]})) == ("GW-V121", 1)


async def test_an_erased_persons_encrypted_field_stays_closed() -> None:
    on = Stage(sealing("address"))
    kept = await a_customer(on, {**ANNA, "address": STREET})
    on.claims = Claims(roles=frozenset({"support"}))
    before = await read(on, kept, CLERK, "/api/users/42")
    [whose] = {one.subject for one in on.vaults[RU]._has.records.values()}
    await on.keys.erase(RU, [whose])
    assert (before["address"], (await read(on, kept, CLERK, "/api/users/42"))["address"]) == (STREET, kept["address"])


# ---------------------------------------------------------------------------------------------- numbers and texts


@pytest.mark.parametrize(("name", "text", "number"), [
    ("snils", "112-233-445 95", 11223344595),
    ("inn", "500100732259", 500100732259),
    ("phone", "+7 900 000-01-23", 79000000123),
    ("login", "4711", 4711),
    ("device_id", "351234567890123", 351234567890123),
])  # fmt: skip
async def test_a_value_has_one_token_as_text_and_as_number(name: str, text: str, number: int) -> None:
    on = Stage(world_rules())
    for first, second in ((text, number), (number, text)):
        await on.send(post("/api/orders", {name: first}))
        one = body_of(on.last_sent)[name]
        await on.send(post("/api/orders", {name: second}))
        other = body_of(on.last_sent)[name]
        assert type(one) is type(first)
        assert type(other) is type(second)
        assert _digits(one) == _digits(other)


def _digits(value: object) -> str:
    return "".join(char for char in str(value) if char.isdecimal())


async def test_a_number_is_found_by_the_text_of_a_query() -> None:
    on = Stage(world_rules())
    await on.send(post("/api/orders", {"inn": 500100732259}))
    number = body_of(on.last_sent)["inn"]
    await on.send(get("/api/search?inn=500100732259"))
    assert on.last_sent.target == f"/api/search?inn={number}"


@pytest.mark.parametrize(("name", "text", "number"), [
    ("phone", "12345", 12345), ("snils", "11223344500", 11223344500), ("inn", "5001", 5001)
])  # fmt: skip
async def test_a_number_stays_one_where_its_text_is_invalid_and_was_named_with_letters(
    name: str, text: str, number: int
) -> None:
    on = Stage(world_rules())
    await on.send(post("/api/orders", {name: text}))
    assert ref_of(body_of(on.last_sent)[name]) is not None  # type: ignore[arg-type]  # a token
    await on.send(post("/api/orders", {name: number}))
    assert isinstance(body_of(on.last_sent)[name], int)


async def test_a_known_persons_number_stays_a_number_where_the_text_was_held() -> None:
    on = Stage(world_rules())
    await a_customer(on, {**ANNA, "inn": "5001"})
    assert isinstance((await saved(on, {"inn": 5001}))["inn"], int)


# ------------------------------------------------------------------------------------------------------------ UUIDs

UUIDS = [
    "{123e4567-e89b-42d3-a456-426614174000}",
    "{123E4567-E89B-42D3-A456-426614174000}",
    "urn:uuid:123e4567-e89b-42d3-a456-426614174000",
    "URN:UUID:123E4567-E89B-42D3-A456-426614174000",
    "{123e4567e89b42d3a456426614174000}",
    "123E4567-E89B-42D3-A456-426614174000",
    "123e4567e89b42d3a456426614174000",
]


@pytest.mark.parametrize("written", UUIDS)
async def test_a_uuid_comes_back_as_it_was_written(written: str) -> None:
    on = Stage(world_rules())
    person = {**ANNA, "device_id": written}
    assert await read(on, await a_customer(on, person)) == person


@pytest.mark.parametrize("written", UUIDS)
async def test_the_token_of_a_uuid_is_written_like_it(written: str) -> None:
    on = Stage(world_rules())
    kept = str((await a_customer(on, {**ANNA, "device_id": written}))["device_id"])
    pattern = [char if not char.isalnum() else "x" for char in written[-36:].strip("{")]
    assert [char if not char.isalnum() else "x" for char in kept[-36:].strip("{")] == pattern
    assert kept.isupper() == written.isupper()
    assert kept[:9].lower() == written[:9].lower() or not written.lower().startswith("urn")


@pytest.mark.parametrize("written", UUIDS)
async def test_the_token_of_a_uuid_passes_as_it_came(written: str) -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**ANNA, "device_id": written})
    assert await saved(on, kept) == kept


async def test_a_back_end_may_put_braces_round_the_token_of_a_bare_uuid() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**ANNA, "device_id": "123e4567-e89b-42d3-a456-426614174000"})
    shown = await read(on, {"device_id": f"{{{kept['device_id']}}}"})
    assert shown == {"device_id": "{123e4567-e89b-42d3-a456-426614174000}"}


async def test_a_uuid_is_the_same_value_in_braces_and_without() -> None:
    on = Stage(world_rules())
    kept = await a_customer(on, {**ANNA, "device_id": "123e4567-e89b-42d3-a456-426614174000"})
    sent = await saved(on, {"device_id": "{123e4567-e89b-42d3-a456-426614174000}"})
    assert sent == {"device_id": f"{{{kept['device_id']}}}"}
