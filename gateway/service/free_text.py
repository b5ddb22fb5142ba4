"""A model reads what is free text, if there is a model; what happens to what it had no time for, the rules say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.detect.model import with_capitals
from gateway.core.free_text import completed, free_texts, hidden
from gateway.core.reading import Reading
from gateway.model.decision import Refusal
from gateway.model.free_text import Spotted
from gateway.model.rules import Ruleset
from gateway.service.name_reader import NameReader
from gateway.service.world import World

UNREAD = Refusal(
    503,
    "GW-X505",
    "The message holds free text that could not be read for names in time: nothing was forwarded. "
    "Mend: send it again later, or in parts.",
)


async def read_further(reading: Reading, ruleset: Ruleset, world: World, names: NameReader) -> Reading:
    """The reading with what the model found besides; a message without free text costs one look at its leaves."""
    ordinals = free_texts(reading.document, reading.findings)
    if not ordinals:
        return reading
    texts = [reading.document.leaves[ordinal].text for ordinal in ordinals]
    spotted = await _asked(names, texts) if names.takes(texts) else None
    if spotted is not None:
        return replace(reading, findings=completed(reading.document, reading.findings, ordinals, spotted))
    route = reading.matched.route
    answer = ruleset.destinations[route.to].unread
    world.sink.emit("free_text_unread", route=route.name, answer=answer, texts=len(ordinals))
    match answer:
        case "refuse":
            return replace(reading, unread=True)
        case "hide":
            return replace(reading, findings=hidden(reading.document, reading.findings, ordinals))
        case "pass":
            return reading


async def _asked(names: NameReader, texts: Sequence[str]) -> Sequence[Spotted] | None:
    return await names.names_in(texts if names.as_written else [with_capitals(text) for text in texts])
