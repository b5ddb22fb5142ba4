"""What is found in whole requests: names first, then values."""

from __future__ import annotations

import base64
import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import replace

import pytest

from gateway.core.classify import classify
from gateway.core.codec.request import decode_request
from gateway.core.detect.kinds import KINDS
from gateway.core.detect.scan import Page
from gateway.model.document import WHOLE, Document, Leaf, Part, Span
from gateway.model.kinds import Finder, KindSpec
from gateway.model.limits import Limits
from gateway.model.message import Headers, Request
from gateway.model.names import Kind, print_path
from tests.made import ruleset

RULES = ruleset()
JSON: Headers = (("Content-Type", "application/json"),)


def request(body: object = None, target: str = "/", headers: Headers = ()) -> Document:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return decode_request(Request("POST", target, JSON + headers, raw), Limits())


def found(document: Document, fields: dict[str, str] | None = None, own: KindSpec | None = None) -> list[str]:
    """``path: kind`` of every finding, with the stretch where it is not the whole leaf."""
    verdicts = {name: Kind(kind) for name, kind in (fields or {}).items()}
    rules = ruleset(fields=verdicts, kinds={own.name: own} if own else KINDS)
    return [line(document, finding.leaf, finding.span, finding.kind) for finding in classify(document, rules)]


def line(document: Document, ordinal: int, span: Span, kind: Kind) -> str:
    leaf = document.leaves[ordinal]
    stretch = "" if span == WHOLE else f" {leaf.text[span.start : span.end]!r}"
    return f"{'key ' if leaf.is_key else ''}{print_path(leaf.path)}: {kind}{stretch}"


def test_a_registration_is_settled_by_its_field_names() -> None:
    body = {
        "firstName": "Анна", "familiya": "Петрова", "email": "anna@example.org", "tel": "8 900 000-00-01",
        "дата_рождения": "1990-02-01", "snils": "112-233-445 95", "passport": "4509 123456", "password": "hunter2",
    }  # fmt: skip
    assert found(request(body)) == [
        "body.firstName: person.first",
        "body.familiya: person.last",
        "body.email: email",
        "body.tel: phone",
        "body.дата_рождения: birth_date",
        "body.snils: ru.snils",
        "body.passport: ru.passport",
        "body.password: credential.password",
    ]


@pytest.mark.parametrize("day", ["1990-02-01", "01.02.1990"])
def test_a_birth_date_that_is_one_and_no_more_is_not_looked_into(day: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Page, "__init__", lambda *_: pytest.fail("read again"))
    assert found(request({"birth_date": day})) == ["body.birth_date: birth_date"]


def test_patterns_of_the_operators_own_look_into_birth_dates_too() -> None:
    room = replace(KINDS[Kind("login")], name=Kind("room"))
    rules = ruleset(kinds={**KINDS, room.name: room}, finders=(Finder(room.name, r"\d{4}-02-01"),))
    kinds = {finding.kind for finding in classify(request({"birth_date": "1990-02-01"}), rules)}
    assert kinds == {"birth_date", "room"}


def test_a_strong_name_does_not_care_about_a_wrong_check_digit() -> None:
    assert found(request({"snils": "112-233-445 00", "inn": "12"})) == [
        "body.snils: ru.snils",
        "body.inn: ru.inn_person",
    ]


@pytest.mark.parametrize("value", ["", "   ", None, True, False, "true"])
def test_blank_null_and_truth_values_are_no_findings(value: object) -> None:
    assert found(request({"phone": value})) == []


def test_a_number_is_a_finding_like_a_text() -> None:
    assert found(request({"inn": 500100732259, "age": 35})) == ["body.inn: ru.inn_person", "body.age: age"]


def test_a_find_inside_a_number_is_the_whole_number() -> None:
    document = request(b'{"n": -79000000001}')
    assert found(document) == ["body.n: phone"]


def test_text_is_scanned() -> None:
    body = {"comment": "Перезвоните Анне Петровой: 8 900 000-00-01, anna@example.org"}
    assert found(request(body)) == [
        "body.comment: person.name 'Анне Петровой'",
        "body.comment: phone '8 900 000-00-01'",
        "body.comment: email 'anna@example.org'",
    ]


def test_a_field_name_is_context_for_its_value() -> None:
    assert found(request({"doc_text": "4509123456", "sum": "4509123456"})) == ["body.doc_text: ru.passport"]


def test_words_before_a_coded_stretch_of_a_text_are_its_context() -> None:
    numbers = b64encode(b"11223344595").decode()
    text = (("Content-Type", "text/plain"),)
    labelled, bare = (Request("POST", "/", text, f"{label} {numbers}\n".encode()) for label in ("СНИЛС", "Заказ"))
    assert [found(decode_request(one, Limits())) for one in (labelled, bare)] == [["body: ru.snils"], []]


def test_alternatives_are_all_findings() -> None:
    body = {"note": "паспорт или ИНН 7707083893"}
    assert found(request(body)) == ["body.note: ru.inn_org '7707083893'", "body.note: ru.passport '7707083893'"]


def test_unusual_object_keys_are_scanned() -> None:
    assert found(request({"anna@example.org": {"n": 1}})) == ['key body."anna@example.org": email']


def test_usual_object_keys_are_not() -> None:
    assert found(request({"ФИО клиента": " ", "Имя Фамилия": " ", "name": " ", "Анна Петрова": " "})) == [
        'key body."Анна Петрова": person.name'
    ]


def test_a_value_below_a_personal_key_is_judged_by_its_own_name() -> None:
    document = request({"anna@example.org": {"phone": "8 900 000-00-01"}})
    assert 'body."anna@example.org".phone: phone' in found(document)


def test_items_of_a_list_bear_the_name_of_the_list() -> None:
    assert found(request({"emails": ["a", ["b"]], "tags": ["x"]})) == ["body.emails.0: email", "body.emails.1.0: email"]


def test_a_bare_body_is_scanned() -> None:
    assert found(request(["x", "anna@example.org"])) == ["body.1: email"]


def test_parents_help() -> None:
    body = {"user": {"name": "x1"}, "product": {"name": "Роман"}, "company": {"name": "Acme", "phone": "1"}}
    assert found(request(body)) == [
        "body.user.name: person.name",
        "body.company.name: organisation.name",
        "body.company.phone: phone",
    ]


def test_neighbours_help() -> None:
    body = [{"name": "x", "email": "y"}, {"name": "x", "price": 1}, {"lat": 1.5, "lon": 2.5}, {"lat": 1.5}]
    assert found(request(body)) == [
        "body.0.name: person.name", "body.0.email: email", "body.2.lat: geo.point", "body.2.lon: geo.point",
    ]  # fmt: skip


def test_a_weak_name_is_believed_if_the_value_looks_right() -> None:
    document = request({"name": "Анна Петрова", "mobile": "iPhone", "token": 128})
    assert found(document) == ["body.name: person.name"]
    (finding,) = classify(document, RULES)
    assert (finding.score, finding.detector) == (0.6, "field:weak")


def test_findings_say_what_found_them() -> None:
    first, second = classify(request({"email": "x", "note": "anna@example.org"}), RULES)
    assert (first.score, first.detector, second.score, second.detector) == (0.95, "field:strong", 0.95, "email")


def test_what_rules_may_let_pass_is_looked_into() -> None:
    body = {"company": "ИП Иванов Пётр Сергеевич", "country": "anna@example.org", "birth_date": "звоните 89000000001"}
    assert found(request(body)) == [
        "body.company: organisation.name",
        "body.company: person.name 'Иванов Пётр Сергеевич'",
        "body.country: country",
        "body.country: email",
        "body.birth_date: birth_date",
        "body.birth_date: phone '89000000001'",
    ]


def test_a_password_is_not_looked_into() -> None:
    assert found(request({"password": "anna@example.org"})) == ["body.password: credential.password"]


def test_what_is_found_twice_is_told_once() -> None:
    assert found(request({"ip": "198.51.100.7", "bik": "044525225"})) == ["body.ip: ip", "body.bik: bank.bik"]


def test_the_operators_own_verdicts_win() -> None:
    document = request({"email": "a", "ref": "b", "x1234": "c"})
    own = {"email": "user_id", "ref": "loyalty", "x1234": "phone"}
    loyalty = KindSpec(Kind("loyalty"), "personal", "digits")
    assert found(document, own, loyalty) == [
        "body.email: user_id", "body.ref: loyalty", "body.x1234: phone",
    ]  # fmt: skip


def test_a_kind_of_the_operators_may_be_looked_into() -> None:
    shop = KindSpec(Kind("shop"), "organisation", "opaque")
    document = request({"ref": "anna@example.org"})
    assert found(document, {"ref": "shop"}, shop) == ["body.ref: shop", "body.ref: email"]


def test_a_kind_that_nobody_knows_is_taken_as_it_is() -> None:
    assert found(request({"ref": "x"}), {"ref": "unheard_of"}) == ["body.ref: unheard_of"]


def test_a_number_of_an_organisation_is_told_from_a_persons() -> None:
    assert found(request([{"inn": "7707083893"}, {"inn": "500100732259"}])) == [
        "body.0.inn: ru.inn_org", "body.1.inn: ru.inn_person",
    ]  # fmt: skip


def test_headers_tell_of_device_and_connection() -> None:
    headers = (
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.0.0"), ("Sec-CH-UA-Platform", "Linux"),
        ("X-Forwarded-For", "198.51.100.7"), ("X-Customer-Email", "x"), ("X-Note", "anna@example.org"), ("ETag", "a"),
    )  # fmt: skip
    assert found(request({}, headers=headers)) == [
        "headers.user-agent: user_agent",
        "headers.sec-ch-ua-platform: client_hint",
        "headers.x-forwarded-for: ip",
        "headers.x-customer-email: email",
        "headers.x-note: email",
    ]


@pytest.mark.parametrize("note", ["anna@example.org", "89000000001", "8 (900) 000-00-01"])
def test_a_browser_that_says_more_than_its_name_is_looked_into(note: str) -> None:
    kinds = [line.split(" ")[1] for line in found(request({}, headers=(("User-Agent", f"App/1.0 ({note})"),)))]
    assert kinds in (["user_agent", "email"], ["user_agent", "phone"])


def test_each_address_of_a_list_is_a_finding() -> None:
    headers = (("X-Forwarded-For", "198.51.100.7, 2001:db8::17"), ("Forwarded", "for=198.51.100.7;proto=http"))
    assert found(request({}, headers=headers)) == [
        "headers.x-forwarded-for: ip '198.51.100.7'",
        "headers.x-forwarded-for: ip '2001:db8::17'",
        "headers.forwarded: ip",
    ]


def test_credentials_of_a_request_are_told_apart() -> None:
    bearer, basic = (("Authorization", "Bearer abc"),), (("Authorization", "Basic YW5uYTpzZWNyZXQ="),)
    assert found(request({}, headers=bearer)) == ["headers.authorization: credential.bearer"]
    assert found(request({}, headers=basic)) == ["headers.authorization: credential.basic"]


def basic(text: str) -> list[str]:
    return found(request({}, headers=(("Authorization", f"Basic {base64.b64encode(text.encode()).decode()}"),)))


def test_a_user_of_basic_who_is_named_by_a_contact_is_found_beside_the_credential() -> None:
    assert basic("anna@example.org:oak-leaf:1") == [
        "headers.authorization: email 'anna@example.org'",
        "headers.authorization: credential.basic ':oak-leaf:1'",
    ]


def test_a_user_of_basic_without_a_password_is_both() -> None:
    assert basic("anna@example.org") == [
        "headers.authorization: credential.basic",
        "headers.authorization: email",
    ]


def test_a_password_of_basic_is_not_looked_into() -> None:
    assert basic("shop:anna@example.org") == ["headers.authorization: credential.basic"]


@pytest.mark.parametrize("name", ["token", "access_token", "api_key"])
def test_a_credential_is_looked_into(name: str) -> None:
    kinds = {line.split()[1] for line in found(request({name: "anna@example.org"}))}
    assert "email" in kinds


@pytest.mark.parametrize("user_id", ["79000000001", 79000000001, "Анна Петрова", "112-233-445 95"])
def test_an_id_that_is_somebodys_identifier_is_that_too(user_id: object) -> None:
    assert len(found(request({"user_id": user_id}))) > 1


@pytest.mark.parametrize("user_id", ["4711", "usr_2c9f", "0b9f3c1e-7a52-4d53-9f0a-6f0f8f6f2c11"])
def test_an_id_of_the_back_ends_own_is_an_id(user_id: str) -> None:
    assert found(request({"user_id": user_id})) == ["body.user_id: user_id"]


@pytest.mark.parametrize("number", ["7.9000000001e10", "79000000001.0", "790000000010E-1"])
def test_a_number_is_read_whatever_way_it_is_written(number: str) -> None:
    assert found(request(f'{{"x": {number}}}'.encode())) == ["body.x: phone"]


@pytest.mark.parametrize("number", ["1e999999999", "7.95", "1e-999999999", "0.0"])
def test_a_number_that_is_no_whole_one_of_common_length_is_its_text(number: str) -> None:
    assert found(request(f'{{"x": {number}}}'.encode())) == []


def jwt(claims: bytes, head: str = "eyJhbGciOiJSUzI1NiJ9") -> str:
    return f"{head}.{urlsafe_b64encode(claims).decode().rstrip('=')}.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "claims",
    [
        b'{"sub": "1", "email": "anna@example.org"}',
        b'{ "note": "call 89000000001"}',
        b'{"inner": "%s"}' % jwt(b'{"email": "anna@example.org"}').encode(),
        b'{"x": ' + b"[" * 200 + b"]" * 200 + b"}",
    ],
)
def test_a_jwt_that_tells_of_a_person_is_found_anywhere(claims: bytes) -> None:
    assert "credential.jwt_personal" in " ".join(found(request({"note": f"see {jwt(claims)}"})))


@pytest.mark.parametrize(
    "claims", [b'{"sub": "4711", "exp": 1764000000}', b'{"email": anna@example.org', b'{"\xff": 1}']
)
def test_a_jwt_that_names_nobody_is_a_credential(claims: bytes) -> None:
    assert found(request({"jwt": jwt(claims)})) == ["body.jwt: credential.bearer"]


def test_the_claims_are_found_behind_any_head() -> None:
    token = "x." + jwt(b'{"email": "anna@example.org"}', "ewogImFsZyI6ICJub25lIn0")
    assert "credential.jwt_personal" in " ".join(found(request({"note": token})))


def test_cookies_are_ids_or_what_their_names_say() -> None:
    cookies = "sid=1; theme=dark; email=x; note=anna@example.org; v=0123456789abcdef; _ga=anna@example.org"
    assert found(request({}, headers=(("Cookie", cookies),))) == [
        "cookies.sid: cookie_id",
        "cookies.email: email",
        "cookies.note: email",
        "cookies.v: cookie_id",
        "cookies._ga: cookie_id",
        "cookies._ga: email",
    ]


def test_query_and_path_are_read_too() -> None:
    document = request({}, "/users/by-inn/500100732259?user[email]=x&q=anna@example.org")
    assert found(document) == ["path.2: ru.inn_person", 'query."user[email]": email', "query.q: email"]


def test_a_path_segment_needs_no_context() -> None:
    assert found(request({}, "/anna@example.org/7")) == ["path.0: email"]


def test_user_information_in_a_url_is_a_credential() -> None:
    document = request({"link": "https://anna:secret@example.org/x?y=1"})
    assert found(document) == ["body.link.userinfo: credential.basic"]


def test_a_field_called_userinfo_is_no_credential() -> None:
    assert found(request({"userinfo": "vip"})) == []


def test_a_document_in_a_string_is_seen_through() -> None:
    assert found(request({"data": '{"email": "x", "user": {"name": "y"}}'})) == [
        "body.data.email: email", "body.data.user.name: person.name",
    ]  # fmt: skip


def test_findings_come_in_reading_order() -> None:
    document = request({"a": {"x": "anna@example.org"}, "email": "b", "c": "anna@example.org, 89000000001"})
    findings = classify(document, RULES)
    places = [(finding.leaf, finding.span.start) for finding in findings]
    assert places == sorted(places)
    assert len(places) == 4


def test_an_empty_message_has_no_findings() -> None:
    assert classify(Document(()), RULES) == ()


def test_a_leaf_outside_objects_and_path_has_no_context() -> None:
    leaf = Leaf(("body",), "инн 500100732259", Span(0, 16), "plain")
    assert found(Document((Part("body", "text", leaf.text, (leaf,)),))) == ["body: ru.inn_person '500100732259'"]


def test_a_hostile_object_of_many_names_is_classified() -> None:
    body = {f"{'xyemailphone' * 2}{number}": number for number in range(3000)}
    assert found(request(body)) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"last_name": {"ru": "Петрова", "latin": "Petrova"}}, ["body.last_name.ru", "body.last_name.latin"]),
        ({"email": {"value": "x"}}, ["body.email.value"]),
        ({"phone": {"type": "mobile", "id": 7, "verified": "yes"}}, []),
        ({"phone": {"type": {"ru": "mobile"}}}, []),
        ({"card": {"colour": "red"}}, []),
    ],
)
def test_a_telling_name_speaks_of_members_whose_names_say_nothing(body: object, expected: list[str]) -> None:
    assert [path.partition(":")[0] for path in found(request(body))] == expected


def test_an_operators_own_kind_is_passed_on_as_well() -> None:
    own = KindSpec(Kind("contract"), "personal", "opaque", title_en="contract")
    assert found(request({"contract": {"ru": "Д-1"}}), {"contract": "contract"}, own) == ["body.contract.ru: contract"]


def test_what_is_an_organisations_is_told_from_what_is_a_sole_traders() -> None:
    """152-FZ speaks of natural persons: an organisation's numbers are nobody's, a sole trader's are a person's."""
    keys = ("name", "inn", "ogrn", "account", "director_name")
    of_firm = ("ООО «Ромашка»", "7707083893", "1027700132195", "40702810938000060473", "Анна")
    of_trader = ("ИП", "500100732259", "304500116000157", "40802810938000060473", "Анна")
    firm, trader = (request(dict(zip(keys, values, strict=True))) for values in (of_firm, of_trader))
    rules = ruleset(kinds=KINDS)
    named = [
        {str(document.leaves[f.leaf].path[-1]): KINDS[f.kind].category for f in classify(document, rules)}
        for document in (firm, trader)
    ]
    organisation = dict.fromkeys(("name", "inn", "ogrn", "account"), "organisation")
    assert named[0] == {**organisation, "director_name": "personal"}
    assert {key: named[1][key] for key in keys[1:]} == {
        "inn": "personal", "ogrn": "personal", "account": "payment", "director_name": "personal",
    }  # fmt: skip
