"""From words to the compiled form: every word resolved, every default spelt out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from gateway.core.detect.kinds import KINDS
from gateway.model.decision import Action, Treatment
from gateway.model.names import DestinationName, Kind, Region
from gateway.model.rules import Condition, DestinationFilter, NewLogin, RevealTo, Rule, Ruleset, SessionSpec, SubjectRef
from gateway.ruleset.canonical import canonical
from gateway.ruleset.read import read
from gateway.ruleset.sources import shipped
from tests.ruleset.written import BASE, STAY_HOME, codes, loaded, write, wrong

CRM, METRICS = DestinationName("crm"), DestinationName("metrics")


def compiled(folder: Path, *texts: str) -> Ruleset:
    return loaded(folder, BASE, *(f"version: 1\n{text}" for text in texts)).ruleset


def rule(folder: Path, when: str = "{}", then: str = "drop", more: str = "") -> Rule:
    text = f"as_of: 2026-11-22\nrules:\n  - {{id: one, why: A reason., when: {when}, then: {then}{more}}}\n"
    return compiled(folder, text).rules[0]


def test_personal_covers_what_says_something_of_a_person(tmp_path: Path) -> None:
    assert rule(tmp_path, "{category: personal}").when.categories == {"personal", "special", "biometric", "payment"}


def test_other_categories_mean_themselves(tmp_path: Path) -> None:
    assert rule(tmp_path, "{category: [special, technical]}").when.categories == {"special", "technical"}


def test_a_prefix_means_all_kinds_below_it(tmp_path: Path) -> None:
    assert rule(tmp_path, "{kind: card.*}").when.kinds == {"card.pan", "card.cvv", "card.expiry"}


def test_not_a_kind_means_all_others(tmp_path: Path) -> None:
    assert rule(tmp_path, "{kind: [not user_id, not ru.*]}").when.kinds == {
        kind for kind in KINDS if kind != "user_id" and not kind.startswith("ru.")
    }


@pytest.mark.parametrize(
    ("words", "regions", "negated"),
    [("ru", ["ru"], False), ("not ru", ["ru"], True), ("[ru, elsewhere]", ["elsewhere", "ru"], False)],
)
def test_residence_is_a_region_or_all_others(tmp_path: Path, words: str, regions: list[str], negated: bool) -> None:
    when = rule(tmp_path, f"{{residence: {words}}}").when
    assert (sorted(when.residences), when.residence_negated) == (regions, negated)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("crm", DestinationFilter(names=frozenset({CRM}))),
        ("[crm, metrics]", DestinationFilter(names=frozenset({CRM, METRICS}))),
        (
            "{name: crm, role: [application, ai], region: not $residence}",
            DestinationFilter(
                frozenset({CRM}), frozenset({"application", "ai"}), frozenset({"$residence"}), region_negated=True
            ),
        ),
        ("{region: [us, ru]}", DestinationFilter(regions=frozenset({"us", "ru"}))),
    ],
)
def test_destinations_are_named_or_described(tmp_path: Path, words: str, wanted: DestinationFilter) -> None:
    assert rule(tmp_path, f"{{destination: {words}}}").when.destination == wanted


def test_the_other_facts_of_a_condition(tmp_path: Path) -> None:
    when = rule(tmp_path, "{path: [body.b, body.a], route: /api/**, purpose: sales, intent: [collect]}").when
    assert when == Condition(
        paths=(("body", "a"), ("body", "b")),
        routes=frozenset({"/api/**"}),
        purposes=frozenset({"sales"}),
        intents=frozenset({"collect"}),
    )


@pytest.mark.parametrize(
    ("then", "treatment"),
    [
        ("pass", Treatment(Action.PASS)),
        ("block", Treatment(Action.BLOCK)),
        ("{generalize: {ip: [24, 48]}}", Treatment(Action.GENERALIZE, (("ip", (24, 48)),))),
        ("{mask: {last: 4, first: 0}}", Treatment(Action.MASK, (("first", 0), ("last", 4)))),
        ("{pseudonymize: {rotate: weekly}}", Treatment(Action.PSEUDONYMIZE, (("rotate", "weekly"),))),
        ("{tokenize: {keeps: [over_18]}}", Treatment(Action.TOKENIZE, (("keeps", ("over_18",)),))),
        ("{tokenize: {ttl_days: 30}}", Treatment(Action.TOKENIZE, (("ttl_days", 30),))),
        ("{encrypt: {ttl_days: 30}}", Treatment(Action.ENCRYPT, (("ttl_days", 30),))),
        ("{pass: {basis: issued_there}}", Treatment(Action.PASS, (("issued_there", True),))),
        (
            "{pass: {basis: consent, consent: c-1, notice: n-1, date: 2026-02-01}}",
            Treatment(
                Action.PASS, (("basis", "consent"), ("consent", "c-1"), ("date", "2026-02-01"), ("notice", "n-1"))
            ),
        ),
    ],
)
def test_then_is_an_action_with_its_parameters(tmp_path: Path, then: str, treatment: Treatment) -> None:
    assert rule(tmp_path, then=then).then == treatment


def test_a_rule_knows_where_it_stands(tmp_path: Path) -> None:
    made = rule(tmp_path, more=", until: 2027-01-31, mode: observe")
    assert made.at == f"{tmp_path / '1.yaml'}:4:10"
    assert (made.until, made.mode, made.why) == (date(2027, 1, 31), "observe", "A reason.")


def test_a_reason_over_several_lines_is_one_line(tmp_path: Path) -> None:
    text = "rules:\n  - id: one\n    why: >\n      Two\n      lines.\n    when: {}\n    then: drop\n"
    assert compiled(tmp_path, text).rules[0].why == "Two lines."


def test_parameters_out_of_range_are_refused(tmp_path: Path) -> None:
    text = "version: 1\nrules:\n  - {id: a, why: A., when: {kind: ip}, then: {generalize: {ip: [24, 480]}}}\n"
    assert codes(wrong(tmp_path, BASE, text)) == ["GW-R205"]


@pytest.mark.parametrize(
    ("then", "code"),
    [("{tokenize: {}}", "GW-R203"), ("{encrypt: {}}", "GW-R202"), ("{tokenize: {ttl_days: 0}}", "GW-R205")],
)
def test_a_term_is_a_number_of_days(tmp_path: Path, then: str, code: str) -> None:
    text = f"version: 1\nrules:\n  - {{id: a, why: A., when: {{kind: phone}}, then: {then}}}\n"
    assert codes(wrong(tmp_path, BASE, text)) == [code]


def test_destinations_get_every_answer(tmp_path: Path) -> None:
    crm = compiled(tmp_path).destinations[CRM]
    assert (crm.country, str(crm.scope), crm.token_domain) == ("US", "crm", "crm.example")
    assert 422 in crm.refused_on


def test_a_destination_says_what_it_likes(tmp_path: Path) -> None:
    text = (
        "destinations:\n  shop_1: {url: https://s.example/x, region: ru, role: store, unmatched: drop, scope: all, "
        "token_domain: id.example, cookies: [sid], reveal_location_hosts: [WWW.example], refused_on: [422], store: x}\n"
    )
    shop = compiled(tmp_path, text).destinations[DestinationName("shop_1")]
    assert (shop.country, str(shop.scope), shop.token_domain, *shop.refused_on) == ("RU", "all", "id.example", 422)
    assert (*shop.own_cookies, *shop.reveal_location_hosts) == ("sid", "www.example")


def test_unmatched_may_be_answered_by_role(tmp_path: Path) -> None:
    text = "unmatched: {ai: drop}\ndestinations:\n  model: {url: https://m.example, region: us, role: ai}\n"
    assert compiled(tmp_path, text).destinations[DestinationName("model")].unmatched == "drop"


def test_a_region_that_is_no_country_says_where_its_destination_stands(tmp_path: Path) -> None:
    region = "regions: {eu: {countries: [DE, FR], vault: a, key: b, keep: {until: account ends}}}\n"
    text = "destinations:\n  x: {url: https://m.example, region: eu, role: store, unmatched: drop, country: FR}\n"
    made = compiled(tmp_path, region + text)
    assert made.destinations[DestinationName("x")].country == "FR"
    assert made.regions[Region("eu")].keep_until == "account ends"


ROUTE = """
routes:
  - match: {path: "/users/{id}", method: [POST, PUT], host: API.example}
    to: crm
    intent: collect
    whose: caller
    subject_ref: path.id
    session: {cookie: sid, starts_on: {status: [200, 302], location: "/a*"}, subject: body.email, ttl_days: 2}
    new_login: {subject: body.email, starts_on: {status: 302, location: /profile}}
    reveal_to: [role:support, subject, "address:10.0.0.0/8", "certificate:CN=x"]
    opaque: pass
    search: empty
    mode: observe
    erases: true
    upgrade: websocket
    stream: true
    version: headers.If-Match
    consent: body.consent_id
"""


def test_a_route_says_all_that_it_can(tmp_path: Path) -> None:
    made = next(route for route in compiled(tmp_path, ROUTE).routes if route.erases)
    assert made.name == "POST,PUT API.example/users/{id}"
    assert (made.path, sorted(made.methods), *made.hosts) == (("users", "{id}"), ["POST", "PUT"], "api.example")
    assert made.new_login == NewLogin(("body", "email"), frozenset({302}), "/profile")
    assert made.session == SessionSpec("sid", ("body", "email"), frozenset({200, 302}), "/a*", 2 * 86400)
    assert made.reveal_to == (
        RevealTo("address", "10.0.0.0/8"),
        RevealTo("certificate", "CN=x"),
        RevealTo("role", "support"),
        RevealTo("subject"),
    )
    assert (made.intent, made.whose, made.opaque, made.search, made.mode) == (
        "collect", "caller", "pass", "empty", "observe",
    )  # fmt: skip
    assert (made.upgrade, made.stream) == ("websocket", True)
    assert (made.version, made.consent) == (("headers", "if-match"), ("body", "consent_id"))


@pytest.mark.parametrize(
    ("ref", "wanted"),
    [
        ("path.id", SubjectRef("crm", read=("path", "id"))),
        ("reply.user.id", SubjectRef("crm", learn=("reply", "user", "id"))),
        (
            "{name: person, read: body.id, learn: reply.id}",
            SubjectRef("person", read=("body", "id"), learn=("reply", "id")),
        ),
    ],
)
def test_a_reference_is_read_from_the_request_and_learnt_from_the_reply(
    tmp_path: Path, ref: str, wanted: SubjectRef
) -> None:
    text = f"routes:\n  - {{match: {{path: /x}}, to: crm, subject_ref: {ref}}}\n"
    assert next(route for route in compiled(tmp_path, text).routes if route.name == "/x").subject_ref == wanted


def test_evidence_has_two_ranks(tmp_path: Path) -> None:
    text = """residence:
  subjects: [body.users.*]
  evidence:
    - {from: document, kinds: ru.passport, region: ru}
    - {from: claim, name: country}
    - {from: phone}
    - {from: language, is: RU, region: ru}
"""
    residence = compiled(tmp_path, text).residence
    assert {(one.source, one.rank) for one in residence.evidence} == {
        ("document", "document"), ("claim", "declared"), ("phone", "inferred"), ("language", "inferred"),
        ("field", "declared"), ("known_subject", "inferred"), ("geoip", "inferred"),
    }  # fmt: skip
    assert residence.subjects == (("body", "users", "*"),)


def test_texts_of_evidence_are_compared_without_case(tmp_path: Path) -> None:
    field = next(one for one in compiled(tmp_path).residence.evidence if one.source == "field")
    assert field.values == {"ru", "россия"}
    assert (field.region, field.otherwise) == ("ru", "elsewhere")


def test_own_kinds_join_the_catalogue(tmp_path: Path) -> None:
    text = "kinds: {loyalty: {category: personal, shape: digits, equal: true}}\nfields: {Карта гостя: loyalty}\n"
    made = compiled(tmp_path, text)
    assert made.kinds[Kind("loyalty")].equal
    assert made.fields == {"Карта гостя": "loyalty"}
    assert len(made.kinds) == len(KINDS) + 1


def test_callers_and_tokens(tmp_path: Path) -> None:
    text = (
        "callers: {trusted_proxies: [10.0.0.0/8, 10.0.0.0/8], claims: {jwks: keys.json, issuer: https://id.example}}\n"
        'tokens: {phone_block: "+7975"}\nmode: observe\nbackend: adopted\n'
    )
    made = compiled(tmp_path, text)
    assert (made.trusted_proxies, made.phone_block, made.mode, made.backend) == (
        ("10.0.0.0/8",), "+7975", "observe", "adopted",
    )  # fmt: skip
    assert made.claims is not None
    assert made.claims.jwks == str(tmp_path / "keys.json")


def test_keys_on_the_web_stay_where_they_are(tmp_path: Path) -> None:
    claims = compiled(tmp_path, "callers: {claims: {jwks: https://id.example/jwks, vouches: {email: email}}}\n").claims
    assert claims is not None
    assert claims.jwks == "https://id.example/jwks"
    assert claims.vouches == {"email": "email"}


def test_a_comment_changes_no_digest(tmp_path: Path) -> None:
    plain = loaded(tmp_path, BASE + STAY_HOME).ruleset
    commented = loaded(tmp_path, "# about nothing\n\n" + BASE + STAY_HOME).ruleset
    assert plain.digest == commented.digest
    assert plain.rules[0].at != commented.rules[0].at


def test_a_changed_word_changes_the_digest(tmp_path: Path) -> None:
    assert (
        loaded(tmp_path, BASE + STAY_HOME).ruleset.digest
        != loaded(tmp_path, BASE + STAY_HOME.replace("tokenize", "drop")).ruleset.digest
    )


EVERYTHING = (
    ROUTE
    + """
kinds: {loyalty: {category: personal, title: guest card}}
fields: {guest card: loyalty}
callers: {claims: {jwks: https://id.example/jwks}, trusted_proxies: [10.0.0.1]}
rules:
  - {id: a, why: A reason., when: {category: personal, kind: not ru.*, residence: not ru}, then: tokenize}
  - {id: b, why: A reason., when: {path: 'body."e.mail"', destination: {region: not $residence}}, then: drop}
  - {id: e, why: A reason., when: {kind: phone}, then: {tokenize: {ttl_days: 30}}}
  - {id: c, why: A reason., when: {kind: ip}, then: {generalize: {ip: [24, 48]}}}
  - {id: d, why: A reason., when: {kind: user_id}, then: {pass: {basis: issued_there}}, overrides: [a],
     until: 2027-01-01}
"""
)


@pytest.mark.parametrize("text", ["", EVERYTHING])
def test_the_canonical_form_means_what_it_was_made_from(tmp_path: Path, text: str) -> None:
    made = loaded(tmp_path, BASE, f"version: 1\nas_of: 2026-11-22\n{text}").ruleset
    again = read([write(tmp_path, yaml.safe_dump(canonical(made), allow_unicode=True))]).ruleset
    assert (again.digest, canonical(again)) == (made.digest, canonical(made))


def test_the_shipped_demo_has_a_canonical_form(tmp_path: Path) -> None:
    made = read([shipped() / "demo.yaml"]).ruleset
    spelt = {**canonical(made), "callers": {"trusted_proxies": ["127.0.0.0/8"]}}
    assert read([write(tmp_path, yaml.safe_dump(spelt, allow_unicode=True))]).ruleset.rules[0].id == made.rules[0].id


FILES = """
routes:
  - match: {path: /up, method: POST}
    to: crm
    files: [{type: [text/csv, "image/*"], do: keep}, {type: "*/*", do: inspect, else: keep, max_bytes: 9}]
"""


def test_files_are_shown_with_every_default_spelt_out_whatever_their_order(tmp_path: Path) -> None:
    routes = canonical(compiled(tmp_path, FILES))["routes"]
    assert isinstance(routes, list)
    assert next(route["files"] for route in routes if "files" in route) == [
        {"type": ["*/*"], "do": "inspect", "else": "keep", "max_bytes": 9},
        {"type": ["image/*", "text/csv"], "do": "keep"},
    ]


def test_the_order_of_files_changes_no_digest(tmp_path: Path) -> None:
    one, other = '{type: "image/*", do: keep}', '{type: "*/*", do: refuse}'
    digests = {
        compiled(tmp_path, FILES.partition("files:")[0] + f"files: [{first}, {second}]").digest
        for first, second in ((one, other), (other, one))
    }
    assert len(digests) == 1
