"""A look at a foreign reply, as the watch takes it, on the stage of the exchange tests."""

from __future__ import annotations

import pytest

from gateway.core.codec import decode_reply
from gateway.model.document import Document
from gateway.model.limits import Limits
from gateway.model.message import Reply
from gateway.service.exchange import Exchange
from gateway.service.passage import Passage
from gateway.service.reply_watch import ReplyWatch, look
from tests.exchange.scenes import ANNA, as_json, get, post, world_rules
from tests.exchange.stage import Stage


class Caught(ReplyWatch):
    """A watch that writes down what it is offered instead of looking."""

    def __init__(self) -> None:
        super().__init__()
        self.offered: list[Passage] = []

    def offer(self, passage: Passage, document: Document | None) -> None:
        assert document is not None
        self.offered.append(passage)


async def passage_of(on: Stage, target: str = "/api/users/42") -> Passage:
    """A foreign reply's passage on this stage."""
    caught = Caught()
    monkey = pytest.MonkeyPatch()
    monkey.setattr("tests.exchange.stage.Exchange", lambda rules, world: Exchange(rules, world, caught))
    try:
        assert isinstance(await on.send(get(target)), Reply)
    finally:
        monkey.undo()
    [passage] = caught.offered
    return passage


async def told(said: object, *, people: tuple[dict[str, str], ...] = (ANNA,), fail_at: int | None = None) -> Stage:
    on = Stage(world_rules())
    for person in people:
        await on.send(post("/api/register", person))
    passage = await passage_of(on)
    on.script.effects.clear()
    on.script.fail_at = fail_at
    await look(passage, decode_reply(as_json(said), Limits()))
    return on
