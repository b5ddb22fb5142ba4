"""One request on its way through: what was judged, planned and kept for it, for the reply's part to work from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.judge import Judgement
from gateway.model.document import Document
from gateway.model.kinds import Shape
from gateway.model.ledger import Entry
from gateway.model.message import Reply, Request
from gateway.model.names import Token
from gateway.model.protection import Plan
from gateway.model.residency import Caller
from gateway.model.rules import Destination, Route, Ruleset
from gateway.model.swift import swift
from gateway.service.collect import Collected
from gateway.service.recall import Recollection
from gateway.service.world import World


@swift
@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """``collected`` is None where the request is only observed; ``outward`` is what the upstream is sent."""

    ruleset: Ruleset
    world: World
    recollection: Recollection
    judgement: Judgement
    plan: Plan
    collected: Collected | None
    outward: Request
    entry: Entry
    shown: Mapping[str, tuple[Token, Shape]]
    """What ``apply`` has sent in place of values (``Applied.shown``)."""
    version: int | None = None
    """That of the person at home whose resource the request is about."""
    echoed: int = 0
    """Protected names and places that stand elsewhere in what goes out."""

    def __repr__(self) -> str:
        return f"Passage({self.entry.request})"

    @property
    def route(self) -> Route:
        return self.judgement.reading.matched.route

    @property
    def destination(self) -> Destination:
        return self.ruleset.destinations[self.route.to]

    @property
    def caller(self) -> Caller:
        return self.recollection.asked.caller


@swift
@dataclass(frozen=True, slots=True)
class Ending:
    """How the exchange with the upstream ended. ``document`` is None where the reply was not read."""

    method: str
    reply: Reply
    complete: bool
    document: Document | None
    left: tuple[Token, ...] = ()

    @property
    def succeeded(self) -> bool:
        return 200 <= self.reply.status < 300
