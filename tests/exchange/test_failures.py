"""Law 8, closed: with any one port failing at any await, nothing unprotected reaches a destination.

Every scene is played once to learn its effects, then once for each effect with that effect failing. The awaits of
``gateway/service`` are read from the source; one that no scene has made fail fails the suite.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import gateway.service
from gateway.model.decision import Action
from gateway.model.errors import GatewayError
from gateway.model.files import FileRule
from gateway.model.message import Reply, Request
from gateway.model.names import Kind
from gateway.model.residency import Claims
from gateway.model.rules import ClaimsSpec, NewLogin, Ruleset
from gateway.ports import Relay
from tests.exchange.overtaking import overtake
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
from tests.exchange.test_outbound import PEER, outbound_rules
from tests.exchange.watching import told
from tests.made import RU, pattern, rule

SECRETS = [text.encode() for text in (ANNA["email"], ANNA["first_name"], "9000000123")]
SID = (("Cookie", "sid=s1"),)
SUPPORT = (("Authorization", "Bearer x"),)


@dataclass(frozen=True)
class Scene:
    """One request on a prepared stage; None: the stage's reply is sent back."""

    name: str
    request: Request | None
    prepare: Callable[[Stage], Awaitable[None]]
    rules: Callable[[], Ruleset] = world_rules
    target: str = "/api/me"


async def empty(on: Stage) -> None:
    on.respond = echo


async def with_anna(on: Stage) -> None:
    """Anna is registered, logged in, and the support role is verified; replies hold her tokens."""
    on.respond = lambda request: as_json({"id": 42, "token": "x"}, 201)
    await on.send(post("/api/register", ANNA))
    tokens = on.last_sent.body
    on.respond = lambda _: as_json({"ok": True}, headers=(("Set-Cookie", "sid=s1"),))
    await on.send(post("/api/login", {"email": ANNA["email"], "password": "x"}))
    on.claims = Claims(roles=frozenset({"support"}))
    on.respond = lambda _: Reply(200, (("Content-Type", "application/json"), ("Set-Cookie", "b=1")), tokens)


async def with_a_stream(on: Stage) -> None:
    """A stream of Anna's tokens, her birth date's stand-in and somebody else's token."""
    await with_small_things(on)
    mine = on.respond(get("/")).body
    await on.send(post("/api/register", {**AIGUL, "citizenship": "RU"}))
    theirs = on.last_sent.body
    wire = b"data: %b\n\ndata: %b\n\ndata: cut off" % (mine, theirs)
    on.respond = lambda _: Reply(200, (("Content-Type", "text/event-stream"),), wire)


async def with_a_part(on: Stage) -> None:
    """A back end that sends parts."""
    await with_anna(on)
    whole = on.respond(get("/"))
    on.respond = lambda request: replace(whole, status=206, body=whole.body[:10]) if request.header("range") else whole


async def with_small_things(on: Stage) -> None:
    """Anna with a birth date, which has a stand-in, and an address, which is encrypted; replies hold all that."""
    on.respond = echo
    await on.send(post("/api/register", {**ANNA, "birth_date": "1990-05-05", "address": "Тестовая, 5"}))
    kept = on.last_sent.body
    on.respond = lambda _: as_json({"ok": True}, headers=(("Set-Cookie", "sid=s1"),))
    await on.send(post("/api/login", {"email": ANNA["email"], "password": "x"}))
    on.respond = echo
    await on.send(post("/api/me", {"birth_date": "1991-06-06"}, SID, method="PUT"))
    changed = json.loads(on.last_sent.body)
    on.respond = lambda _: as_json({**json.loads(kept), **changed})


async def with_somebody_first(on: Stage) -> None:
    """Between recall and keep somebody enters an identifier of the request, once."""
    on.respond = echo
    overtake(on.vaults[RU], 1)


async def with_mallory(on: Stage) -> None:
    """Mallory has put Anna's e-mail beside his own, and logged in."""
    on.respond = echo
    await on.send(post("/api/orders", {"email": "mallory@example.org", "second_email": ANNA["email"]}))
    on.respond = lambda _: as_json({}, headers=(("Set-Cookie", "sid=s1"),))
    await on.send(post("/api/login", {"email": "mallory@example.org", "password": "x"}))


async def with_two_accounts(on: Stage) -> None:
    """Anna is known by an account of hers, and by the id that a verified claim has proven."""
    await with_anna(on)
    on.respond = echo
    await on.send(post("/api/orders", {"user_id": "anna", "first_name": "Анна"}))
    on.claims = Claims(subject="anna")
    await on.send(post("/api/me", {"last_name": "Смирнова"}, SUPPORT))
    on.claims = Claims(subject="anna", vouched={Kind("email"): ANNA["email"]})


def claiming() -> Ruleset:
    """Two regions: what is ordered in the one is ordered in the other."""
    spec = ClaimsSpec("jwks.json", subject_kind=Kind("user_id"), vouches={"email": Kind("email")})
    return replace(two_regions(), claims=spec)


async def with_what_a_courier_needs(on: Stage) -> None:
    """Anna's e-mail with a later birth date beside it, which another record of hers holds."""
    await with_small_things(on)
    shown = body_of(on.respond(get("/")))
    on.respond = lambda _: as_json({"to": shown["email"], "birth_date": shown["birth_date"]})


async def with_a_change(on: Stage) -> None:
    """Anna is logged in, and the back end says that it has changed what she logs in with."""
    await with_anna(on)
    on.respond = lambda _: Reply(302, (("Location", "/profile"),), b"")


def renaming() -> Ruleset:
    changes = NewLogin(pattern("body.email"), frozenset({302}), "/profile")
    return world_rules(routes=tuple(replace(one, new_login=changes) for one in ROUTES))


def sealing() -> Ruleset:
    seal = rule("seal", Action.ENCRYPT, kinds=frozenset({Kind("address")}), overrides=frozenset({"russians-stay-home"}))
    return world_rules(rules=(*RULES, seal))


SCENES = (
    Scene("a registration", post("/api/register", ANNA), empty),
    Scene("a registration of a foreign person", post("/api/register", HANS), empty),
    Scene("an update of a known person", post("/api/users/42", ANNA, method="PUT"), with_anna),
    Scene("a look-up", get("/api/search?email=anna.smirnova%40example.ru"), with_anna),
    Scene("a reading by the subject", get("/api/me", (("Cookie", "sid=s1"),)), with_anna),
    Scene("a reading by support", get("/api/users/42", SUPPORT), with_anna),
    Scene("a deletion", Request("DELETE", "/api/users/42", (("Host", "gw"),), b""), with_anna),
    Scene(
        "a batch of two regions",
        post("/api/import", {"users": [ANNA, AIGUL]}, (("Idempotency-Key", "k1"),)),
        empty,
        two_regions,
    ),
    Scene(
        "a batch of two regions that was overtaken",
        post("/api/import", {"users": [AIGUL, ANNA]}),
        with_somebody_first,
        two_regions,
    ),
    Scene(
        "a login by what somebody else has mentioned",
        post("/api/login", {"email": ANNA["email"], "password": "x"}),
        with_mallory,
    ),
    Scene("a verified login as two persons", post("/api/me", {"sku": "A-1"}, SUPPORT), with_two_accounts, claiming),
    Scene("a change of the login", post("/api/me", {"email": "anna.new@example.ru"}, SID), with_a_change, renaming),
    Scene("a form that is sent back as it was shown", None, with_small_things, sealing),
    Scene("an event stream", get("/api/me", (("Cookie", "sid=s1"),)), with_a_stream),
    Scene("a part of a reply", get("/api/me", (("Cookie", "sid=s1"), ("Range", "bytes=0-9"))), with_a_part),
    Scene("a back end's call of a courier", None, with_what_a_courier_needs, outbound_rules, "/out/parcels"),
    Scene("an analytics event", post("/collect/v1", {"event": "order", "email": ANNA["email"]}), empty),
)

WITHHELD = Scene(
    "a message that says a login once more where nobody looks",
    post("/api/register", {**ANNA, "login": "anna_kot_77", "page": "https://a.example/u/xanna_kot_77x"}),
    empty,
)
"""Nothing of it is sent, whatever fails."""

PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)


def keeping_in_two() -> Ruleset:
    return keeping(two_regions())


def keeping(made: Ruleset | None = None) -> Ruleset:
    """Every route keeps pictures."""
    made = made or world_rules()
    keep = (FileRule(frozenset({"image/*"}), "keep"),)
    return replace(made, routes=tuple(replace(route, files=keep) for route in made.routes))


async def with_a_picture(on: Stage) -> None:
    """A picture is kept, and replies are its reference; the support role is verified."""
    await on.send(Request("POST", "/api/register", (("Host", "gw"), ("Content-Type", "image/png")), PNG))
    reference = on.last_sent.body
    on.claims = Claims(roles=frozenset({"support"}))
    headers = (("Content-Type", "image/png"), ("Content-Length", str(len(reference))))
    on.respond = lambda _: Reply(200, headers, reference)


PICTURES = (
    Scene(
        "a picture that is kept",
        Request("POST", "/api/register", (("Host", "gw"), ("Content-Type", "image/png")), PNG),
        empty,
        keeping,
    ),
    Scene(
        "a picture that is kept in one of two regions",
        Request("POST", "/api/register", (("Host", "gw"), ("Content-Type", "image/png")), PNG),
        empty,
        keeping_in_two,
    ),
    Scene("a picture that comes back", get("/api/users/42", SUPPORT), with_a_picture, keeping),
)


@pytest.mark.parametrize("scene", PICTURES, ids=lambda scene: scene.name)
async def test_a_picture_goes_nowhere_and_comes_back_or_stays_a_reference_whatever_fails(scene: Scene) -> None:
    on, outcome = await played(scene)
    assert isinstance(outcome, Reply)
    assert (outcome.status, outcome.body) == (200, PNG)
    for number in range(len(on.script.effects)):
        failing, outcome = await played(scene, number)
        assert isinstance(outcome, Reply | Relay | GatewayError)
        assert [request for request in failing.received if PNG[:8] in request.body] == []


AFTER_THE_ANSWER = {"read", "fetch", "open keys", "region keys", "ledger", "settle"}


async def played(scene: Scene, fail_at: int | None = None) -> tuple[Stage, object]:
    on = Stage(scene.rules())
    await scene.prepare(on)
    on.received.clear()
    request = scene.request or post(scene.target, body_of(on.respond(get("/"))), SID, PEER, "PUT")
    outcome = await on.send(request, fail_at=fail_at)
    return on, outcome


@pytest.mark.parametrize("scene", [*SCENES, WITHHELD], ids=lambda scene: scene.name)
async def test_nothing_unprotected_is_sent_whatever_fails(scene: Scene) -> None:
    on, _ = await played(scene)
    for number in range(len(on.script.effects)):
        failing, _ = await played(scene, number)
        for request in (one for one in failing.received if not one.target.startswith("/out/")):
            outward = request.target.encode() + request.body + repr(request.headers).encode()
            assert [secret for secret in SECRETS if secret in outward] == []


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_before_the_upstream_has_answered_a_failure_is_an_error_and_afterwards_never(scene: Scene) -> None:
    on, _ = await played(scene)
    sent = next(number for number, effect in enumerate(on.script.effects) if effect.startswith("send"))
    for number, effect in enumerate(on.script.effects):
        if effect == "close":
            continue
        failing, outcome = await played(scene, number)
        if number <= sent:
            assert getattr(outcome, "status", None) == 503, effect
            assert failing.received == [], effect
        elif effect not in ("read", "rest") and not effect.startswith("send"):
            assert isinstance(outcome, Reply), effect


async def test_every_await_of_the_service_has_been_seen_failing() -> None:
    seen: set[tuple[str, int]] = set()
    for scene in [*SCENES, WITHHELD, *PICTURES]:
        on, _ = await played(scene)
        for number in range(len(on.script.effects)):
            failing, _ = await played(scene, number)
            seen |= failing.script.failed_in
    for number in range(2):
        seen |= (await told({"email": ANNA["email"]}, fail_at=number)).script.failed_in
    missing = {place for place in awaits_on_the_world() if not any(_same(place, other) for other in seen)}
    assert missing == set()


def _same(place: tuple[str, int, int], other: tuple[str, int]) -> bool:
    name, first, last = place
    return name == other[0] and first <= other[1] <= last


def awaits_on_the_world() -> set[tuple[str, int, int]]:
    """File, first and last line of every await of an exchange on a port, not on a function of the service."""
    found = set()
    for file in of_the_exchange():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and _is_port(node.value.func):
                found.add((file.name, node.lineno, node.end_lineno or node.lineno))
    return found


def of_the_exchange() -> set[Path]:
    """The files of gateway/service that an exchange is made of; imports, exports and checks stand beside it."""
    folder = Path(gateway.service.__file__).parent
    found: set[Path] = set()
    waiting = [folder / "exchange.py"]
    while waiting:
        file = waiting.pop()
        found.add(file)
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gateway.service."):
                other = folder / f"{(node.module or '').removeprefix('gateway.service.')}.py"
                waiting += [] if other in found else [other]
    return found


PORT_METHODS = {
    "put",
    "recall",
    "keep",
    "fetch",
    "settle",
    "region_keys",
    "fresh",
    "open",
    "append",
    "send",
    "read",
    "dossier",
    "instruct",
}


def _is_port(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in PORT_METHODS


def test_the_awaits_are_really_enumerated() -> None:
    assert len(awaits_on_the_world()) >= 15
