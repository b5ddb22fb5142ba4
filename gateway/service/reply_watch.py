"""Replies from abroad that hold a person's plain value who lives in one of our regions: found afterwards, on a sample.

The back end abroad should know such values as tokens only; where it says one in plain, it was given it some other way.
The sample is whatever comes by while the watch is free: after a look that took t milliseconds it rests 49 t, so that it
takes 2 % of one core at most, however many replies there are. Values are looked up by their blinds; nothing is written
but the incident.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from gateway.core.blind import normal_form
from gateway.core.classify import classify
from gateway.core.decide import may_leave
from gateway.core.identity import identity
from gateway.model.document import Document
from gateway.model.errors import GatewayError
from gateway.model.kept import Blinded, DirectoryEntry, Recall
from gateway.model.names import Kind
from gateway.service.passage import Passage

FOUND = "GW-X425"
_AFTER_S = 0.05
"""By then the reply has left."""

_RESTS = 49
_MOST_CHARS = 2**15
"""Longer replies are not looked at: detection would hold up everybody else for milliseconds."""

_MOST_VALUES = 200
_GIVEN_OUT = frozenset(map(Kind, ("user_id", "login", "device_id")))
"""What back ends give out themselves, and may say."""


class ReplyWatch:
    """Holds at most one reply at a time; an offer while it is busy costs nothing and is forgotten."""

    def __init__(self) -> None:
        self._next: tuple[Passage, Document] | None = None
        self._offered = asyncio.Event()
        self._free = False

    def offer(self, passage: Passage, document: Document | None) -> None:
        """A reply as the upstream sent it. Those from inside the regions, and unread ones, are nobody's concern."""
        if self._free and document is not None and _is_of_interest(passage, document):
            self._next, self._free = (passage, document), False
            self._offered.set()

    async def run(self) -> None:
        """Look at one reply after another, for ever."""
        while True:
            self._free = True
            await self._offered.wait()
            self._offered.clear()
            await asyncio.sleep(_AFTER_S)
            taken, self._next = self._next, None
            if taken is not None:
                clock = taken[0].world.clock
                began = clock.now_ms()
                await _looked(*taken)
                await asyncio.sleep(max(1, clock.now_ms() - began) * _RESTS / 1000)


async def _looked(passage: Passage, document: Document) -> None:
    """A fault of ours in one look is reported, and ends neither the watch nor what runs beside it."""
    (fault,) = await asyncio.gather(look(passage, document), return_exceptions=True)  # noqa: TID251 - told below, never raised
    if fault is not None:
        passage.world.sink.emit("watch_failed", code=type(fault).__name__, request=passage.entry.request)


async def look(passage: Passage, document: Document) -> None:
    """Raise an incident for what is found; a store that does not answer is reported, and the reply forgotten."""
    world, entry = passage.world, passage.entry
    try:
        found = await _found(passage, document)
        if not found:
            return
        world.sink.emit("incident", what="plain_in_reply", route=entry.route, request=entry.request, count=len(found))
        kinds = tuple((kind, "found", count) for kind, count in sorted(Counter(one.kind for one in found).items()))
        subjects = tuple(sorted({one.subject for one in found}))
        incident = replace(entry, event="incident", kinds=kinds, subjects=subjects, records=(), outcome=FOUND)
        await world.ledger.append([incident])
    except GatewayError as error:
        world.sink.emit("watch_failed", code=error.code, request=entry.request)


def _is_of_interest(passage: Passage, document: Document) -> bool:
    abroad = passage.destination.region not in passage.ruleset.regions
    return abroad and sum(len(part.text) for part in document.parts) <= _MOST_CHARS


async def _found(passage: Passage, document: Document) -> list[DirectoryEntry]:
    """What the directory knows of the reply's values, of those who live where such values may not leave from."""
    asked = tuple(dict.fromkeys(_blinds(passage, document)))[:_MOST_VALUES]
    if not asked:
        return []
    vault = passage.world.home_vault(passage.ruleset)
    recalled = await vault.recall(Recall(passage.destination.scope, identifiers=asked))
    return [entry for entry in recalled.known.values() if _may_not_be_there(entry, passage)]


def _blinds(passage: Passage, document: Document) -> Iterator[Blinded]:
    ruleset, keys = passage.ruleset, passage.recollection.keys
    for finding in classify(document, ruleset):
        spec = ruleset.kinds[finding.kind]
        if spec.equal and spec.name not in _GIVEN_OUT:
            text = document.leaves[finding.leaf].text[finding.span.start : finding.span.end]
            if normal := normal_form(spec, text):
                yield identity(spec, normal, passage.route.to, keys.index)


def _may_not_be_there(entry: DirectoryEntry, passage: Passage) -> bool:
    ruleset, matched = passage.ruleset, passage.judgement.reading.matched
    home = entry.region or ruleset.residence.unknown
    today = passage.recollection.asked.today
    return home in ruleset.regions and not may_leave(entry.kind, [home], ruleset, matched.route, matched.intent, today)
