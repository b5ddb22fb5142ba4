"""The rules, people and messages that the exchange tests share; built once, in Python, over the real catalogue of
kinds.
"""

from __future__ import annotations

import json
from dataclasses import replace

from gateway.core.detect.kinds import KINDS
from gateway.model.decision import Action, Treatment
from gateway.model.message import Headers, Reply, Request
from gateway.model.names import DestinationName, Kind, Region
from gateway.model.rules import Evidence, RegionSpec, ResidenceSpec, RevealTo, Ruleset, SessionSpec, SubjectRef
from tests.made import METRICS, RU, destination, pattern, route, rule, ruleset

PERSONAL = frozenset({"personal", "special", "biometric", "payment"})
ABROAD = {"regions": frozenset({"$residence"}), "region_negated": True}
KZ = Region("kz")
SUBJECT, SUPPORT = RevealTo("subject"), RevealTo("role", "support")

RULES = (
    rule("russians-stay-home", Action.TOKENIZE, categories=PERSONAL, residences=frozenset({RU}),
         roles=frozenset({"application"}), **ABROAD),
    rule("cards-are-not-kept", Action.DROP, kinds=frozenset({Kind("card.pan"), Kind("card.cvv")})),
    rule("ids-are-the-back-ends-own", Action.PASS, kinds=frozenset({Kind("user_id")}),
         roles=frozenset({"application"}), overrides=frozenset({"russians-stay-home"})),
    rule("technical-stays-home", Action.DROP, categories=frozenset({"technical"}), residences=frozenset({RU}),
    **ABROAD), rule("counters-see-no-identity", Action.DROP, categories=PERSONAL, roles=frozenset({"analytics"})),
    rule("a-visitor-for-a-day", Treatment(Action.PSEUDONYMIZE, (("rotate", "daily"), ("scope", "destination"))),
         kinds=frozenset({Kind("user_id"), Kind("device_id")}), roles=frozenset({"analytics"}),
         overrides=frozenset({"counters-see-no-identity"})),
    rule("what-happened", Action.PASS, paths=(pattern("body.event"), pattern("body.amount")),
    names=frozenset({METRICS})),
)  # fmt: skip

EVIDENCE = (
    Evidence("field", "declared", RU, Region("elsewhere"), path=pattern("**.citizenship"), values=frozenset({"ru"})),
    Evidence("known_subject", "declared"),
    Evidence("document", "document", RU, kinds=frozenset({Kind("ru.passport"), Kind("ru.snils")})),
    Evidence("claim", "declared", claim="country"),
    Evidence("phone", "inferred"),
    Evidence("geoip", "inferred"),
)

LOGIN = SessionSpec("sid", pattern("body.email"), frozenset({200}))

ROUTES = (
    route("api/register", methods=frozenset({"POST"}), whose="caller", reveal_to=(SUBJECT,),
          subject_ref=SubjectRef("user", learn=("reply", "id"))),
    route("api/login", intent="look_up", whose="caller", session=LOGIN, reveal_to=(SUBJECT,)),
    route("api/me", whose="caller", reveal_to=(SUBJECT,)),
    route("api/users/{id}", reveal_to=(SUBJECT, SUPPORT), subject_ref=SubjectRef("user", read=("path", "id"))),
    route("api/**", reveal_to=(SUBJECT, SUPPORT)),
    route("pages/**", whose="caller", reveal_to=(SUBJECT, SUPPORT)),
    route("search/any", search="empty"),
    route("upload", opaque="pass"),
    route("watched/**", mode="observe"),
    route("collect/**", to="metrics", purpose="statistics"),
    route("loyalty/**", to="loyalty", reveal_to=(SUBJECT, SUPPORT)),
)  # fmt: skip


def world_rules(**changes: object) -> Ruleset:
    made = ruleset(
        *RULES,
        routes=ROUTES,
        kinds=KINDS,
        residence=ResidenceSpec((pattern("body"), pattern("body.users.*")), EVIDENCE, RU),
    )
    loyalty = destination("loyalty", region=Region("de"), country="DE")
    made = replace(made, destinations={**made.destinations, DestinationName("loyalty"): loyalty})
    return replace(made, **changes)  # type: ignore[arg-type]  # tests name fields of the dataclass


def two_regions() -> Ruleset:
    """The same rules with a second vault, in Kazakhstan."""
    made = world_rules()
    declared = replace(EVIDENCE[0], region=KZ, otherwise=None, values=frozenset({"kz"}))
    at_home = replace(EVIDENCE[0], values=frozenset({"ru"}))
    stay = replace(RULES[0], when=replace(RULES[0].when, residences=frozenset({RU, KZ})))
    return replace(
        made,
        regions={**made.regions, KZ: RegionSpec(KZ, frozenset({"KZ"}), "94-V", "memory:", "memory:", keep_days=365)},
        residence=replace(made.residence, evidence=(at_home, declared, *EVIDENCE[1:])),
        rules=(stay, *RULES[1:]),
    )


ANNA = {"email": "anna.smirnova@example.ru", "first_name": "Анна", "phone": "+7 (900) 000-01-23", "citizenship": "RU"}
AIGUL = {"email": "aigul@example.org", "first_name": "Айгуль", "citizenship": "KZ"}
HANS = {"email": "hans@example.org", "first_name": "Hans", "phone": "+49 151 23456789", "citizenship": "DE"}


def post(target: str, body: object, headers: Headers = (), peer: str = "", method: str = "POST") -> Request:
    raw = json.dumps(body, ensure_ascii=False).encode()
    return Request(method, target, (("Host", "gw"), ("Content-Type", "application/json"), *headers), raw, peer)


def get(target: str, headers: Headers = (), peer: str = "") -> Request:
    return Request("GET", target, (("Host", "gw"), *headers), b"", peer)


def as_json(body: object, status: int = 200, headers: Headers = ()) -> Reply:
    raw = json.dumps(body, ensure_ascii=False).encode()
    return Reply(status, (("Content-Type", "application/json"), *headers), raw)


def echo(request: Request) -> Reply:
    """A back end that answers with what it was sent."""
    return Reply(200, (("Content-Type", "application/json"),), request.body or b"{}")


def body_of(message: Request | Reply) -> dict[str, object]:
    parsed = json.loads(message.body)
    assert isinstance(parsed, dict)
    return parsed
