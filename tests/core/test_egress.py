"""The last look: what was protected and stands in the outgoing bytes all the same is caught in any spelling."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from random import Random
from urllib.parse import quote

import pytest

from gateway.core.codec import encode_request
from gateway.core.egress import _BASE64, _MOST_COMPARISONS, Proof, prove
from gateway.core.plan import make_plan
from gateway.core.suspects import Suspicion
from gateway.model.decision import Refusal
from gateway.model.kept import Kept
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import RecordId, Token
from tests.exchange.scenes import ANNA, HANS, post, world_rules
from tests.properties.judged import TODAY, judged

RULES = world_rules()
EMAIL, PHONE = "anna.smirnova@example.ru", "79000000123"
PASSPORT, IBAN = "4510 123456", "GB82WEST12345698765432"


def of(request: Request, kept: Kept | None = None) -> Suspicion:
    judgement = judged(request, RULES)
    plan = make_plan(judgement, RULES)
    assert not isinstance(plan, Refusal)
    return Suspicion(judgement, plan, RULES, kept or Kept.nothing(), TODAY)


def proof(sent: str | bytes, about: object = ANNA, target: str = "/api/register", **head: str) -> Proof:
    """Of a message about Anna that goes out with this body, target or header instead."""
    raw = sent.encode() if isinstance(sent, str) else sent
    headers = tuple((name.replace("_", "-"), value) for name, value in head.items())
    return prove(of(post("/api/register", about)), Request("POST", target, headers, raw), Limits())


def caught(sent: str | bytes, **more: str) -> dict[str, int]:
    return {str(kind): count for kind, count in proof(sent, **more).caught}


@pytest.mark.parametrize(
    "sent",
    [
        EMAIL,
        EMAIL.upper(),
        f"xx{EMAIL}yy",
        quote(EMAIL, safe=""),
        quote(quote(EMAIL, safe=""), safe=""),
        quote(EMAIL, safe="").lower(),
        EMAIL.replace("@", "\\u0040"),
        base64.b64encode(EMAIL.encode()),
        base64.b64encode(b"x" + EMAIL.encode()),
        base64.b64encode(b"xy" + EMAIL.encode() + b"zz"),
        base64.b64encode(json.dumps({"contact": EMAIL}).encode()),
    ],
)
def test_contact_is_caught_in_any_spelling(sent: str | bytes) -> None:
    assert caught(sent) == {"email": 1}


@pytest.mark.parametrize(
    "sent",
    ["+79000000123", "89000000123", "8 (900) 000-01-23", "9000000123", "tel:+7.900.000.01.23", '{"id":79000000123}'],
)
def test_phone_is_caught_by_its_digits(sent: str) -> None:
    assert caught(sent) == {"phone": 1}


def test_value_is_caught_in_the_target_and_in_a_header() -> None:
    assert caught("", target=f"/api/register?x={PHONE}") == {"phone": 1}
    assert caught("", X_Note=EMAIL) == {"email": 1}


def test_each_value_is_counted_by_its_kind() -> None:
    assert caught(f"{EMAIL} {PHONE}") == {"email": 1, "phone": 1}


def test_foreign_phone_is_caught_whole() -> None:
    about = {"citizenship": "RU", "phone": "+49 151 23456789"}
    assert proof("4915123456789", about).caught == (("phone", 1),)


def test_passport_is_caught_without_its_blank() -> None:
    about = {"citizenship": "RU", "passport": PASSPORT}
    assert proof("x4510123456y", about).caught == (("ru.passport", 1),)


def test_bytes_of_base64_that_have_two_alphabets_are_caught_in_both() -> None:
    about = {"citizenship": "RU", "login": "anna>>?>>?>>17"}
    packed = base64.b64encode(b"anna>>?>>?>>17")
    assert b"+" in packed
    assert [bool(proof(one, about).caught) for one in (packed, packed.translate(bytes.maketrans(b"+/", b"-_")))] == [
        True,
        True,
    ]


def test_account_in_cyrillic_is_caught_in_json_escapes() -> None:
    about = {"citizenship": "RU", "login": "аннушка_77"}
    assert proof(json.dumps("аннушка_77"), about).caught == (("login", 1),)


@pytest.mark.parametrize("login", ["admin", "12345678", "администратор", "marketing"])
def test_what_any_message_may_hold_by_chance_is_not_looked_for(login: str) -> None:
    assert proof(f"the {login} said", {"citizenship": "RU", "login": login}) == Proof()


def test_names_are_counted_and_leave() -> None:
    assert proof('{"title":"Анна и война"}') == Proof(echoed=1)
    assert proof(json.dumps({"title": "Анна и война"})) == Proof(echoed=1)


def test_short_names_are_not_counted() -> None:
    assert proof("Ян", {"citizenship": "RU", "first_name": "Ян"}) == Proof()


def test_body_is_read_as_it_is_unpacked_and_decoded() -> None:
    packed = post("/api/register", ANNA, (("Content-Encoding", "gzip"),))
    packed = replace(packed, body=gzip.compress(packed.body))
    assert prove(of(packed), packed, Limits()).caught == (("email", 1), ("phone", 1))
    wide = post("/api/register", {})
    wide = replace(
        wide,
        headers=(("Content-Type", "application/json; charset=utf-16"),),
        body=json.dumps(ANNA).encode("utf-16"),
    )
    assert ("email", 1) in prove(of(wide), wide, Limits()).caught


def test_what_a_ruling_lets_pass_may_go_out_as_often_as_it_is_passed() -> None:
    about = {"citizenship": "RU", "user_id": "79000000123", "phone": "79000000123"}
    request = post("/api/register", about)
    passed = '{"user_id":"79000000123","phone":"+79761234567"}'
    twice = '{"user_id":"79000000123","phone":"79000000123"}'
    found = of(request)
    held = [one.treatment.action.name for one in found.judgement.decision.rulings if one.finding.kind == "user_id"]
    assert held == ["PASS"]
    assert [prove(found, replace(request, body=body.encode()), Limits()).caught for body in (passed, twice)] == [
        (),
        (("phone", 1),),
    ]


def test_many_values_are_sorted_out_first() -> None:
    people = [{"citizenship": "RU", "email": f"person{number}@example.ru"} for number in range(900)]
    message = post("/api/register", {"users": people})
    found = of(message)
    clean = replace(message, body=b'{"users":[' + b"1," * 15000 + b"1]}")
    leaking = replace(message, body=clean.body + b"x person700@example.ru ")
    assert 900 * 2 * len(clean.body) > _MOST_COMPARISONS
    assert (prove(found, clean, Limits()), prove(found, leaking, Limits()).caught) == (Proof(), (("email", 1),))


def test_many_values_that_may_pass_once_are_caught_the_second_time() -> None:
    ids = [f"7900000{number:04}" for number in range(900)]
    found = of(post("/api/register", {"users": [{"citizenship": "RU", "user_id": one, "phone": one} for one in ids]}))
    passed = json.dumps({"users": ids}).encode() + b" " * 20000
    assert 900 * len(passed) > _MOST_COMPARISONS
    caught = [
        prove(found, replace(post("/", {}), body=body), Limits()).caught for body in (passed, passed + b"79000000700")
    ]
    assert caught == [(), (("phone", 1),)]


def test_many_values_that_pass_are_withheld_where_they_are_too_alike() -> None:
    ids = ["79" * number + "79000000" for number in range(2, 120)]
    users = [{"citizenship": "RU", "user_id": one, "login": one + "a"} for one in ids]
    found = of(post("/api/register", {"users": users}))
    body = ("79" * 2**17 + " " + " ".join(one + "a" for one in ids[:60])).encode()
    assert prove(found, replace(post("/", {}), body=body), Limits()).caught


def test_names_of_large_messages_are_counted_on_a_sample() -> None:
    names = ["Анна", "Мария", "Ольга", "Пётр"]
    found = of(post("/api/register", {"users": [{"citizenship": "RU", "first_name": one} for one in names]}))
    body = ("Анна Мария Ольга Пётр" + " " * (_MOST_COMPARISONS // 2)).encode()
    assert prove(found, replace(post("/", {}), body=body), Limits(max_body_bytes=2**25)).echoed == 1


def test_values_too_alike_to_be_looked_for_are_withheld() -> None:
    """Nobody has such values; who makes them up would otherwise buy minutes of work with one message."""
    people = [{"citizenship": "RU", "login": "aaaaaaaa" + "1" * number} for number in range(1, 150)]
    found = of(post("/api/register", {"users": people}))
    sent = replace(post("/", {}), body=b"a" * 2**18)
    assert prove(found, sent, Limits()).caught == (("login", 149),)


def test_message_that_changes_nothing_proves_itself() -> None:
    request = post("/api/register", HANS)
    found = of(request)
    assert prove(found, encode_request(found.document, request), Limits()) == Proof()


def test_surrogates_in_a_target_are_looked_at_all_the_same() -> None:
    assert caught("", target=f"/api/\ud800/{PHONE}") == {"phone": 1}


# ------------------------------------------------------------------------------- what nobody has looked at


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("maria@example.org", "email"),
        ("\\u003cmaria@example.org\\u003e", "email"),
        ("+7 (916) 000-11-22", "phone"),
        ("112-233-445 95", "ru.snils"),
        ("2200 0000 0000 0004", "card.pan"),
        ("4111-1111-1111-1111", "card.pan"),
    ],
)
def test_what_stands_in_no_leaf_and_is_forbidden_is_caught(sent: str, kind: str) -> None:
    assert list(caught(sent)) == [kind]


@pytest.mark.parametrize("sent", ["112-233-445 96", "4111-1111-1111-1112", "+7 (976) 000-11-22", "x@t.example", "a@b"])
def test_what_is_no_such_number_or_a_token_leaves(sent: str) -> None:
    assert proof(sent) == Proof()


def test_token_spelled_like_a_document_leaves() -> None:
    request = post("/api/register", {"citizenship": "RU", "email": EMAIL})
    found = of(request, Kept({(RecordId("00" * 14), 0): Token("11223344595")}))
    assert prove(found, Request("POST", "/", (), b"112-233-445 95"), Limits()) == Proof()


def test_what_was_looked_at_and_stays_leaves() -> None:
    about = {"citizenship": "DE", "note": "write to hans@example.org", "email": "b@example.org"}
    request = post("/api/register", about)
    assert prove(of(request), request, Limits()) == Proof()


def test_find_in_the_rest_of_a_changed_leaf_was_looked_at() -> None:
    note = f"{EMAIL} or ORDER-1112-233-445 95"
    found = of(post("/api/register", {"citizenship": "RU", "comment": note}))
    rest = note.replace(EMAIL, "t1@t.example")
    outcome = prove(found, Request("POST", "/", (), rest.encode()), Limits())
    assert outcome == Proof()


def test_kind_that_the_rules_let_pass_leaves_wherever_it_stands() -> None:
    request = post("/api/register", {"citizenship": "DE", "email": "hans@example.org"})
    assert prove(of(request), Request("POST", "/", (), b"otto@example.org"), Limits()) == Proof()


@pytest.mark.parametrize("behind", ["Z", "j-Ivanova", "z.ivan.anna"])
def test_token_that_the_next_text_runs_on_from_leaves(behind: str) -> None:
    request = post("/api/register", {"citizenship": "RU", "email": EMAIL})
    found = of(request, Kept({(RecordId("00" * 14), 0): Token("t1@t.example")}))
    for sent in ("t1@t.example", "ivanJ-t1@t.example"):
        assert prove(found, Request("POST", "/", (), f"@ {sent}{behind}".encode()), Limits()) == Proof()
    for other in ("t2@t.example", "anna@t.exampl.example"):
        assert prove(found, Request("POST", "/", (), f"@ {other}{behind}".encode()), Limits()).caught


def test_address_that_stays_in_protobuf_and_runs_on_leaves() -> None:
    body = (
        b"\x09\0\0\0\0\0\x88\x93@B\x05alexaJ-" + b"hans.mustermann.of.the.shop@mail.example.org.de"[:45] + b"Z\x03abc"
    )
    head = (("Content-Type", "application/x-protobuf"), ("X-Citizenship", "RU"))
    sent = Request("POST", "/api/register", head, body)
    judged_as = of(sent)
    untouched = replace(judged_as, plan=replace(judged_as.plan, steps=()))
    assert prove(untouched, sent, Limits()) == Proof()


def test_body_that_the_route_passes_unread_is_not_read() -> None:
    sent = Request("POST", "/upload", (("Content-Type", "application/json"),), b'{"a": maria@example.org')
    assert prove(of(sent), sent, Limits()) == Proof()


def test_what_was_looked_at_inside_another_text_leaves() -> None:
    about = {"citizenship": "RU", "email": EMAIL, "page": "https://a.example/?x=1&sku=112-233-445%2095x"}
    request = post("/api/register", about)
    found = of(request)
    outcome = prove(found, Request("POST", "/", (), b"maria@example.org"), Limits())
    assert outcome.caught == (("email", 1),)


def test_value_is_found_in_base64_at_each_place_whatever_its_characters() -> None:
    """What may hold Base64 is told by a pattern first, which must not miss any of it."""
    printable = bytes(range(0x21, 0x7F))
    chance = Random(37)
    for _ in range(2000):
        value = bytes(chance.choices(printable, k=8))
        for before in (b"", b"\0", b"\xff\xff"):
            whole = base64.b64encode(before + value + bytes(chance.choices(range(256), k=2)))
            start, end = (len(before) * 8 + 5) // 6, (len(before) + 8) * 8 // 6
            alone = whole[start:end]
            assert _BASE64.search(b" " + alone + b" "), (value, before)
            assert _BASE64.search(b" " + alone.translate(bytes.maketrans(b"+/", b"-_")) + b" "), (value, before)


@pytest.mark.parametrize("login", ["Ян-и-Анна\u200b77", "anna\x01smirnova77", "anna\0smirnova77"])
def test_value_with_other_characters_is_found_in_base64_too(login: str) -> None:
    about = {"citizenship": "RU", "login": login}
    assert proof(base64.b64encode(login.encode()), about).caught == (("login", 1),)
