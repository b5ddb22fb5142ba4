"""Law 8, closed: with any one port failing at any await, nothing unprotected reaches a destination.

Every scene is played once to learn its effects, then once for each effect with that effect failing. The awaits of
``gateway/service`` are read from the source; one that no scene has made fail fails the suite.
"""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import gateway.service
from gateway.model.message import Reply, Request
from gateway.model.residency import Claims
from gateway.model.rules import Ruleset
from tests.exchange.scenes import AIGUL, ANNA, HANS, as_json, echo, get, post, two_regions, world_rules
from tests.exchange.stage import Stage

SECRETS = [text.encode() for text in (ANNA["email"], ANNA["first_name"], "9000000123")]
SUPPORT = (("Authorization", "Bearer x"),)


@dataclass(frozen=True)
class Scene:
    """One request on a prepared stage."""

    name: str
    request: Request
    prepare: Callable[[Stage], Awaitable[None]]
    rules: Callable[[], Ruleset] = world_rules


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
    Scene("an analytics event", post("/collect/v1", {"event": "order", "email": ANNA["email"]}), empty),
)

AFTER_THE_ANSWER = {"read", "fetch", "open keys", "region keys", "ledger", "settle"}


async def played(scene: Scene, fail_at: int | None = None) -> tuple[Stage, object]:
    on = Stage(scene.rules())
    await scene.prepare(on)
    on.received.clear()
    outcome = await on.send(scene.request, fail_at=fail_at)
    return on, outcome


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_nothing_unprotected_is_sent_whatever_fails(scene: Scene) -> None:
    on, _ = await played(scene)
    for number in range(len(on.script.effects)):
        failing, _ = await played(scene, number)
        for request in failing.received:
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
        elif effect != "read":
            assert isinstance(outcome, Reply), effect


async def test_every_await_of_the_service_has_been_seen_failing() -> None:
    seen: set[tuple[str, int]] = set()
    for scene in SCENES:
        on, _ = await played(scene)
        for number in range(len(on.script.effects)):
            failing, _ = await played(scene, number)
            seen |= failing.script.failed_in
    missing = {place for place in awaits_on_the_world() if not any(_same(place, other) for other in seen)}
    assert missing == set()


def _same(place: tuple[str, int, int], other: tuple[str, int]) -> bool:
    name, first, last = place
    return name == other[0] and first <= other[1] <= last


def awaits_on_the_world() -> set[tuple[str, int, int]]:
    """File, first and last line of every await in gateway/service on a port, not on a function of the service."""
    found = set()
    for file in Path(gateway.service.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Await) and isinstance(node.value, ast.Call) and _is_port(node.value.func):
                found.add((file.name, node.lineno, node.end_lineno or node.lineno))
    return found


PORT_METHODS = {"recall", "keep", "fetch", "settle", "region_keys", "fresh", "open", "append", "send", "read"}


def _is_port(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in PORT_METHODS


def test_the_awaits_are_really_enumerated() -> None:
    assert len(awaits_on_the_world()) >= 15
