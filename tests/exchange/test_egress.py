"""The egress proof in the exchange: break one part of the gateway at a time, and nothing leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

import pytest

from gateway.core.apply import apply
from gateway.core.codec import encode_request
from gateway.model.decision import Refusal
from gateway.model.document import Document
from gateway.model.errors import WorldError
from gateway.model.message import Reply, Request
from gateway.model.protection import Applied, Plan
from tests.exchange.scenes import ANNA, post, world_rules
from tests.exchange.stage import Stage
from tests.made import RU

PASSPORT = {**ANNA, "passport": "4510 123456", "snils": "112-233-445 95"}
VALUES = (b"anna.smirnova@example.ru", b"79000000123", b"4510 123456", b"112-233-445 95")


def skips(kind: str) -> Callable[..., Applied]:
    """An ``apply`` that forgets the steps of a kind."""

    def broken(document: Document, plan: Plan, *rest: object) -> Applied:
        return apply(document, replace(plan, steps=tuple(s for s in plan.steps if s.kind != kind)), *rest)  # type: ignore[arg-type]  # handed on

    return broken


def keeps_the_body(document: Document, request: Request) -> Request:
    """An ``encode_request`` that sends the body as it came in."""
    return replace(encode_request(document, request), body=request.body)


def keeps_the_headers(document: Document, request: Request) -> Request:
    return replace(encode_request(document, request), headers=request.headers)


def keeps_the_target(document: Document, request: Request) -> Request:
    return replace(encode_request(document, request), target=request.target)


def adds(text: bytes) -> Callable[[Document, Request], Request]:
    """An ``encode_request`` that leaves something behind the end of the document."""

    def broken(document: Document, request: Request) -> Request:
        made = encode_request(document, request)
        return replace(made, body=made.body + text)

    return broken


def splices_nothing(document: Document, *rest: object) -> Document:
    return document


async def refused(monkeypatch: pytest.MonkeyPatch, where: str, broken: object, request: Request) -> Stage:
    stage = Stage(world_rules())
    module, _, name = where.rpartition(".")
    monkeypatch.setattr(import_module(module), name, broken)
    outcome = await stage.send(request)
    assert isinstance(outcome, Refusal), outcome
    assert (outcome.status, outcome.code, stage.received) == (422, "GW-X424", [])
    return stage


@pytest.mark.parametrize("kind", ["email", "phone", "ru.passport", "ru.snils"])
async def test_step_that_was_not_taken_withholds_the_message(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    await refused(monkeypatch, "gateway.service.exchange.apply", skips(kind), post("/api/register", PASSPORT))


@pytest.mark.parametrize(
    ("where", "broken"),
    [
        ("gateway.core.apply.respell", splices_nothing),
        ("gateway.service.exchange.encode_request", keeps_the_body),
        ("gateway.service.exchange.encode_request", adds(b"\n" + VALUES[0])),
        ("gateway.service.exchange.encode_request", adds(b"\nmaria@example.org")),
        ("gateway.core.apply.show", lambda token, shape, original: original),
        ("gateway.core.codec.rewrite.spell", lambda spelling, text, old, narrow: old),
        ("gateway.core.codec.rewrite._spliced", lambda text, edits, taken: text + " "),
        ("gateway.core.codec.wire.redo", lambda raw, codings: b'{"x":"' + VALUES[1] + b'"}'),
    ],
)
async def test_part_that_does_not_do_its_work_withholds_the_message(
    monkeypatch: pytest.MonkeyPatch, where: str, broken: object
) -> None:
    await refused(monkeypatch, where, broken, post("/api/register", PASSPORT))


async def test_headers_and_target_are_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    told = post("/api/register?email=anna.smirnova%40example.ru", {}, (("X-User-Email", "anna.smirnova@example.ru"),))
    for broken in (keeps_the_headers, keeps_the_target):
        await refused(monkeypatch, "gateway.service.exchange.encode_request", broken, told)


async def test_counter_is_sent_nothing_that_was_to_be_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    def leaves_it(document: Document, edits: object) -> Document:
        return document

    event = post("/collect/e", {"event": "signup", "email": ANNA["email"]})
    await refused(monkeypatch, "gateway.core.apply.respell", leaves_it, event)


async def test_withheld_message_is_alarmed_and_recorded_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = await refused(
        monkeypatch, "gateway.service.exchange.encode_request", keeps_the_body, post("/api/register", ANNA)
    )
    (incident,) = [facts for name, facts in stage.events.emitted if name == "incident"]
    assert incident == {
        "what": "egress_withheld",
        "route": "crm:api/register",
        "request": "r1",
        "code": "GW-X424",
        "count": 2,
    }
    (entry,) = [one for one in stage.ledger.entries if one.event == "incident"]
    assert (entry.kinds, entry.outcome) == ((("email", "withhold", 1), ("phone", "withhold", 1)), "GW-X424")
    told = repr((stage.events, stage.ledger.entries)).encode()
    assert not any(value in told for value in VALUES)


async def test_what_was_kept_for_a_withheld_message_goes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = await refused(
        monkeypatch, "gateway.service.exchange.encode_request", keeps_the_body, post("/api/register", ANNA)
    )
    assert (stage.vaults[RU]._has.records, stage.script.effects[-2:]) == ({}, ["ledger", "settle"])


async def test_message_is_withheld_even_if_the_ledger_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.service.exchange.encode_request", keeps_the_body)
    for number in range(1, 12):
        stage = Stage(world_rules())
        outcome = await stage.send(post("/api/register", ANNA), fail_at=number)
        assert isinstance(outcome, WorldError | Refusal)
        assert stage.received == []


async def test_name_that_is_a_title_too_leaves_and_is_counted() -> None:
    stage = Stage(world_rules())
    roman = {"citizenship": "RU", "first_name": "Роман", "sku": "РоманВойна"}
    assert isinstance(await stage.send(post("/api/register", roman)), Reply)
    (exchange,) = [facts for name, facts in stage.events.emitted if name == "exchange"]
    assert exchange["echoed"] == 1
