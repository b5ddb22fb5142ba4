"""Outbound routes: a foreign back end's call of a service in the region carries originals there, and nothing back."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from urllib.parse import quote, unquote_plus

import pytest

from gateway.model.decision import Action, Refusal
from gateway.model.errors import GatewayError
from gateway.model.message import Reply, Request
from gateway.model.names import DestinationName, Kind
from gateway.model.residency import Claims
from gateway.model.rules import ClaimsSpec, OutboundSpec, RevealTo, Ruleset
from tests.exchange.scenes import AIGUL, ANNA, RULES, as_json, body_of, echo, post, two_regions, world_rules
from tests.exchange.stage import Stage
from tests.exchange.test_versions_and_holds import order
from tests.made import CRM, RU, destination, route, rule

COURIER = DestinationName("courier")
BY_ADDRESS = RevealTo("address", "10.1.0.0/16")
BY_NAME = RevealTo("certificate", "CN=crm-out")
BY_ROLE = RevealTo("role", "mailer")
PEER = "10.1.2.3"


def outbound_rules(base: Ruleset | None = None, **spec: object) -> Ruleset:
    made = base or world_rules()
    courier = destination("courier", region=RU, country="RU", role="partner", url="http://courier.ru:80")
    told = OutboundSpec(CRM, (BY_ADDRESS, BY_NAME, BY_ROLE), **spec)  # type: ignore[arg-type]  # fields by name
    out = route("out/**", to="courier", purpose="delivery", outbound=told)
    return replace(made, destinations={**made.destinations, COURIER: courier}, routes=(*made.routes, out))


async def with_anna(rules: Ruleset | None = None, person: object = ANNA) -> tuple[Stage, dict[str, str]]:
    """A stage on which Anna is registered, and her tokens."""
    on = Stage(rules or outbound_rules())
    on.respond = echo
    await on.send(post("/api/register", person))
    tokens = {name: str(text) for name, text in body_of(on.last_sent).items()}
    on.received.clear()
    return on, tokens


def call(body: object, *, peer: str = PEER, headers: tuple[tuple[str, str], ...] = ()) -> Request:
    return post("/out/sms", body, headers, peer=peer)


async def sent(on: Stage, request: Request) -> Reply:
    outcome = await on.send(request)
    assert isinstance(outcome, Reply), outcome
    return outcome


async def refused(on: Stage, request: Request) -> str:
    """The code, once nothing has left."""
    outcome = await on.send(request)
    assert isinstance(outcome, Refusal | GatewayError), outcome
    assert on.received == []
    return outcome.code


# ------------------------------------------------------------------------------------------------- what goes there


async def test_courier_gets_the_originals() -> None:
    on, tokens = await with_anna()
    await sent(
        on, call({"to": tokens["phone"], "name": tokens["first_name"], "text": f"Code 1234 for {tokens['email']}"})
    )
    assert body_of(on.last_sent) == {
        "to": ANNA["phone"],
        "name": ANNA["first_name"],
        "text": f"Code 1234 for {ANNA['email']}",
    }


async def test_token_is_revealed_in_query_path_and_header() -> None:
    on, tokens = await with_anna()
    target = f"/out/{tokens['email']}?to={quote(tokens['phone'])}"
    await sent(on, Request("GET", target, (("Host", "gw"), ("X-Recipient", tokens["email"])), b"", PEER))
    email = ANNA["email"]
    assert on.last_sent.target.startswith(f"/out/{email}?to=%2B7") or email.replace("@", "%40") in on.last_sent.target
    assert (on.last_sent.header("x-recipient"), tokens["phone"] in on.last_sent.target) == (email, False)


async def test_form_and_nested_json_are_spelled_for_where_they_stand() -> None:
    on, tokens = await with_anna(person={**ANNA, "first_name": 'An"на & <b>'})
    inner = json.dumps({"who": tokens["first_name"]})
    headers = (("Host", "gw"), ("Content-Type", "application/x-www-form-urlencoded"))
    body = f"payload={quote(inner)}&to={quote(tokens['email'])}".encode()
    await sent(on, Request("POST", "/out/x", headers, body, PEER))
    fields = dict(pair.split("=", 1) for pair in on.last_sent.body.decode().split("&"))
    assert json.loads(unquote_plus(fields["payload"])) == {"who": 'An"на & <b>'}


async def test_original_in_a_mail_page_is_escaped() -> None:
    on, tokens = await with_anna(person={**ANNA, "first_name": "<img src=x onerror=alert(1)>"})
    await sent(on, call({"html": f"<p>Dear {tokens['first_name']}</p>"}))
    page = str(body_of(on.last_sent)["html"])
    assert ("<img" in page, "Dear &#60;img" in page or "Dear &lt;img" in page) == (False, True)


async def test_encrypted_field_and_stand_in_are_revealed() -> None:
    seal = rule("seal", Action.ENCRYPT, kinds=frozenset({Kind("address")}), names=frozenset({CRM}),
                overrides=frozenset({"russians-stay-home"}))  # fmt: skip
    rules = outbound_rules(world_rules(rules=(*RULES, seal)))
    person = {**ANNA, "birth_date": "1990-05-05", "address": "Тестовая, 5"}
    on, tokens = await with_anna(rules, person)
    assert (tokens["birth_date"] == "1990-05-05", "Тестовая" in tokens["address"]) == (False, False)
    await sent(on, call({name: tokens[name] for name in ("email", "birth_date", "address")}))
    assert body_of(on.last_sent) == {name: person[name] for name in ("email", "birth_date", "address")}


async def test_call_without_tokens_goes_as_it_is() -> None:
    on, _ = await with_anna()
    request = call({"ping": 1})
    await sent(on, request)
    assert (on.last_sent.body, on.script.effects) == (request.body, ["send courier", "read", "close"])


# ------------------------------------------------------------------------------------------------------ who may ask


@pytest.mark.parametrize("peer", ["10.2.0.1", "", "2001:db8::1"])
async def test_nobody_else_is_served(peer: str) -> None:
    on, tokens = await with_anna()
    assert await refused(on, call({"to": tokens["phone"]}, peer=peer)) == "GW-X440"


@pytest.mark.parametrize("known_as", ["certificate", "role"])
async def test_certificate_and_role_are_served_from_anywhere(known_as: str) -> None:
    on, tokens = await with_anna()
    request = call({"to": tokens["email"]}, peer="192.0.2.9", headers=(("Authorization", "Bearer x"),))
    if known_as == "certificate":
        request = replace(request, certificate="CN=crm-out")
    else:
        on.claims = Claims(roles=frozenset({"mailer"}))
    assert (await sent(on, request)).status == 200


async def test_certificate_of_another_name_is_refused() -> None:
    on, tokens = await with_anna()
    request = replace(call({"to": tokens["phone"]}, peer=""), certificate="CN=crm-out,O=Else")
    assert await refused(on, request) == "GW-X440"


async def test_header_by_which_the_gateway_knows_the_caller_does_not_go_on() -> None:
    rules = outbound_rules()
    on, tokens = await with_anna(rules)
    on.ruleset = replace(rules, claims=ClaimsSpec("keys.json"))
    on.claims = Claims(roles=frozenset({"mailer"}))
    await sent(on, call({"to": tokens["email"]}, headers=(("Authorization", "Bearer x"), ("X-Api-Key", "k1"))))
    assert (on.last_sent.header("authorization"), on.last_sent.header("x-api-key")) == (None, "k1")


# ------------------------------------------------------------------------------------------------- what is refused


async def test_token_of_a_record_that_has_ended_is_refused() -> None:
    on, tokens = await with_anna()
    on.vaults[RU] = type(on.vaults[RU])(RU, clock=on.clock, ref_of=on.vaults[RU]._ref_of)
    assert await refused(on, call({"to": tokens["email"]})) == "GW-X441"


async def test_token_of_another_destination_is_refused() -> None:
    on, _ = await with_anna()
    await on.send(post("/loyalty/join", ANNA))
    token = str(body_of(on.last_sent)["email"])
    on.received.clear()
    assert await refused(on, call({"to": token})) == "GW-X441"


async def test_person_of_another_region_is_refused() -> None:
    on, tokens = await with_anna(outbound_rules(two_regions()), AIGUL)
    assert await refused(on, call({"to": tokens["email"]})) == "GW-X441"


async def test_blocked_person_is_refused() -> None:
    on, tokens = await with_anna()
    await order(on, "block")
    assert await refused(on, call({"to": tokens["email"]})) == "GW-X423"


async def test_kind_that_the_rules_keep_from_the_courier_is_refused() -> None:
    kept = rule("no-phones-there", Action.DROP, kinds=frozenset({Kind("phone")}), names=frozenset({COURIER}))
    on, tokens = await with_anna(outbound_rules(world_rules(rules=(*RULES, kept))))
    assert await refused(on, call({"to": tokens["phone"]})) == "GW-X442"


async def test_original_goes_into_no_link_that_leads_elsewhere() -> None:
    on, tokens = await with_anna()
    body = {"to": tokens["phone"], "callback": f"https://evil.example/?u={tokens['email']}"}
    assert await refused(on, call(body)) == "GW-X443"


async def test_token_in_a_link_stays_where_the_rules_say_so() -> None:
    on, tokens = await with_anna(outbound_rules(unresolved="links"))
    link = f"https://shop.example/u?u={tokens['email']}"
    await sent(on, call({"to": tokens["phone"], "text": link}))
    assert body_of(on.last_sent) == {"to": ANNA["phone"], "text": link}


async def test_token_where_nobody_looks_is_refused() -> None:
    on, tokens = await with_anna()
    request = call({"to": tokens["phone"]}, headers=(("If-Match", f'"{tokens["email"].partition("@")[0]}"'),))
    assert await refused(on, request) == "GW-X441"


async def test_token_that_stands_for_nothing_goes_out_where_the_rules_say_so() -> None:
    on, tokens = await with_anna(outbound_rules(unresolved="pass"))
    on.vaults[RU] = type(on.vaults[RU])(RU, clock=on.clock, ref_of=on.vaults[RU]._ref_of)
    request = call({"to": tokens["email"]})
    await sent(on, request)
    assert on.last_sent.body == request.body


async def test_what_is_withheld_of_a_shared_value_is_that_of_the_blocked_person_only() -> None:
    on, tokens = await with_anna()
    await on.send(post("/api/users/7", {"email": "boris@example.ru", "phone": ANNA["phone"], "citizenship": "RU"}))
    assert body_of(on.last_sent)["phone"] == tokens["phone"]
    on.received.clear()
    await order(on, "block")
    await sent(on, call({"to": tokens["phone"]}))
    assert body_of(on.last_sent) == {"to": ANNA["phone"]}


async def test_body_that_cannot_be_inspected_is_refused() -> None:
    on, _ = await with_anna()
    request = Request("POST", "/out/x", (("Host", "gw"), ("Content-Type", "application/x-unknown")), b"\xff\xfe", PEER)
    assert (await refused(on, request)).startswith("GW-P10")


async def test_upgrade_is_refused_and_the_whole_is_asked_for() -> None:
    on, _ = await with_anna()
    assert await refused(on, call({}, headers=(("Upgrade", "websocket"),))) == "GW-X501"
    await sent(on, Request("GET", "/out/x", (("Host", "gw"), ("Range", "bytes=0-1")), b"", PEER))
    assert on.last_sent.header("range") is None


# ------------------------------------------------------------------------------------------------------ the ledger


async def test_disclosure_is_in_the_ledger_before_the_request_leaves() -> None:
    on, tokens = await with_anna()
    await sent(on, call({"to": tokens["phone"], "cc": tokens["email"], "also": tokens["email"]}))
    assert on.script.effects.index("ledger") < on.script.effects.index("send courier")
    (entry,) = [one for one in on.ledger.entries if one.event == "disclose"]
    assert (entry.actor, entry.purpose, entry.destination) == ("address:10.1.0.0/16", "delivery", "courier")
    assert (entry.kinds, len(entry.subjects)) == ((("email", "reveal", 1), ("phone", "reveal", 1)), 1)
    assert not any(ANNA[name] in repr((entry, on.events)) for name in ("email", "phone"))


async def test_nothing_is_sent_while_the_ledger_is_down() -> None:
    on, tokens = await with_anna()
    request = call({"to": tokens["phone"]})
    await on.send(request)
    number = on.script.effects.index("ledger")
    on.received.clear()
    outcome = await on.send(request, fail_at=number)
    assert (getattr(outcome, "status", None), on.received) == (503, [])


# ----------------------------------------------------------------------------------------------- what comes back


Says = Callable[[dict[str, object]], object]


async def back(says: Says, headers: tuple[tuple[str, str], ...] = ()) -> tuple[str, dict[str, str], Reply]:
    """The body that the foreign party gets of a courier that answers so, and Anna's tokens."""
    on, tokens = await with_anna()
    on.respond = lambda request: as_json(says(body_of(request)), headers=headers)
    reply = await sent(on, call({name: tokens[name] for name in ("email", "phone", "first_name")}))
    return reply.body.decode(), tokens, reply


async def test_echo_comes_back_as_tokens() -> None:
    body, tokens, _ = await back(lambda told: {"status": "sent", **told})
    assert json.loads(body) == {"status": "sent", **{name: tokens[name] for name in ("email", "phone", "first_name")}}


@pytest.mark.parametrize(
    "said",
    [
        {"msisdn": "79000000123"},
        {"msisdn": 79000000123},
        {"text": "sent to 8 900 000 01 23."},
        {"text": "SENT TO ANNA.SMIRNOVA@EXAMPLE.RU"},
        {"anna.smirnova@example.ru": "ok"},
        {"text": "Анна, Ваш заказ"},
        {"raw": json.dumps({"to": "+7(900)000-01-23"})},
    ],
)
async def test_every_spelling_of_what_was_told_is_put_back(said: object) -> None:
    body, _, _ = await back(lambda _: said)
    plain = json.dumps(json.loads(body), ensure_ascii=False).lower() if body else ""
    assert not any(one in plain for one in ("9000000123", "900 000", "(900)", "anna.smirnova", "анна"))


async def test_somebody_elses_data_in_the_reply_is_taken_out() -> None:
    body, _, _ = await back(lambda _: {"id": 7, "courier": {"phone": "+7 916 123-45-67", "email": "ivan@example.ru"}})
    assert json.loads(body) == {"id": 7, "courier": {}}


async def test_a_value_in_a_header_is_put_back_and_cookies_do_not_come() -> None:
    _, tokens, reply = await back(
        lambda _: {}, (("X-To", ANNA["email"]), ("Set-Cookie", "a=b"), ("Location", f"/sms/{ANNA['email']}"))
    )
    assert (reply.header("x-to"), reply.header("set-cookie")) == (tokens["email"], None)
    assert "anna" not in repr(reply.headers)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, (("Content-Type", "application/pdf"),), b"%PDF anna.smirnova@example.ru"),
        Reply(200, (("Content-Type", "application/json"),), b'{"to": "anna.smirnova@exam'),
        Reply(200, (("Content-Type", "application/json"), ("Content-Encoding", "x-odd")), b"\0\1"),
        Reply(500, (("Content-Type", "application/octet-stream"),), b"\xff\xfe\xfd"),
    ],
)
async def test_reply_that_cannot_be_inspected_is_empty(reply: Reply) -> None:
    on, tokens = await with_anna()
    on.respond = lambda _: reply
    back = await sent(on, call({"to": tokens["email"]}))
    assert (back.status, back.body, "outbound_reply_withheld" in on.events.names()) == (reply.status, b"", True)


async def test_value_hidden_in_base64_of_the_reply_does_not_pass() -> None:
    packed = base64.b64encode(b"xx" + ANNA["email"].encode()).decode()
    body, _, _ = await back(lambda _: {"blob": packed})
    assert packed not in body


async def test_digest_of_a_changed_reply_is_left_out() -> None:
    _, _, reply = await back(lambda told: told, (("Content-MD5", "x"), ("ETag", '"1"')))
    assert (reply.header("content-md5"), reply.header("etag")) == (None, None)


async def test_body_that_is_not_held_in_memory_is_refused() -> None:
    class Endless:
        size = None

        async def pieces(self) -> AsyncIterator[bytes]:
            yield b""

    on, _ = await with_anna()
    assert await refused(on, replace(call({}), body=b"", stream=Endless())) == "GW-P108"
