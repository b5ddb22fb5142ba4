"""``mode: observe``: a message is judged as far as it can be, and goes out as it came, whatever that shows."""

from __future__ import annotations

from gateway.core.reading import Reading
from gateway.core.route import Matched
from gateway.model.document import Document
from gateway.model.errors import PayloadError
from gateway.model.message import Request
from gateway.model.rules import Ruleset
from gateway.service.intake import Intake
from gateway.service.uploads import take_in
from gateway.service.world import World


def observes(ruleset: Ruleset, matched: Matched) -> bool:
    """True where nothing may be changed or refused."""
    return "observe" in (ruleset.mode, matched.route.mode)


async def taken_in(request: Request, matched: Matched, ruleset: Ruleset, world: World) -> Intake | None:
    """The request without its files; None where it is only observed and can't be cut. Raises PayloadError."""
    try:
        return await take_in(request, matched, ruleset, world)
    except PayloadError:
        if request.stream is not None or not observes(ruleset, matched):
            raise
        return None


def unread(matched: Matched, error: PayloadError, request_id: str, world: World) -> Reading:
    """The reading of a request that can't be inspected: nothing. The log says why it will be refused one day."""
    world.sink.emit("observed_unread", code=error.code, request=request_id, route=matched.route.name)
    return Reading(matched, Document(()), (), ())
