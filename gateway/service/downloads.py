"""Kept files on their way back: a reply that is a file's reference and nothing else becomes the file.

A back end that stores what it was sent hands the reference out where it would hand out the file. Whoever may see
originals on the route gets the file there, opened piece by piece; everybody else the reference. Anywhere else (in JSON,
in a page) the reference stays: a file is no text.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from gateway.core.reading import Sighting, tokens_in
from gateway.core.seal_file import Ticket
from gateway.model.decision import Refusal
from gateway.model.document import Document, Leaf, Part, Span
from gateway.model.errors import GatewayError
from gateway.model.files import FILE
from gateway.model.ledger import Entry
from gateway.model.message import Headers, Reply
from gateway.model.names import RecordId
from gateway.model.residency import Caller
from gateway.ports import Answer, Relay
from gateway.service.intake import filing
from gateway.service.originals import tickets_for
from gateway.service.passage import Passage
from gateway.service.sealing import open_file
from gateway.service.world import World

_LONGEST = 64
"""No reference is longer."""

_OF_THE_REFERENCE = frozenset(
    {"content-length", "etag", "content-md5", "digest", "content-digest", "accept-ranges", "cache-control"}
)


def may_be_reference(answer: Answer) -> bool:
    """True for a reply so short that it may be the reference of a file, whatever its media type says."""
    length = next((value for name, value in answer.headers if name.lower() == "content-length"), "")
    return answer.status == 200 and length.isascii() and length.isdigit() and 0 < int(length) <= _LONGEST


async def handed_out(passage: Passage) -> Relay | Refusal:
    """The kept file that the last step of the path names; a 404 for whoever may not have it, or where there is none."""
    reference = passage.outward.target.partition("?")[0].rpartition("/")[2]
    reply = Reply(200, (), reference.encode("utf-8", "surrogateescape"))
    return await fetched(reply, passage, passage.caller) or NO_FILE


NO_FILE = Refusal(404, "GW-F102", "There is no such file, or it is not the caller's to have.")


async def fetched(reply: Reply, passage: Passage, caller: Caller) -> Relay | None:
    """The file in the place of its reference; None where the reply is none, or the caller may not see it."""
    if passage.world.files is None or reply.status != 200 or not 0 < len(reply.body) <= _LONGEST:
        return None
    sightings = _sightings(reply, passage)
    if not sightings:
        return None
    try:
        found = await tickets_for(sightings, passage, caller)
        if not found:
            return None
        ticket, record = found
        await passage.world.ledger.append([_disclosing(passage.entry, record)])
    except GatewayError as error:
        passage.world.sink.emit("reveal_failed", code=error.code, request=passage.entry.request)
        return None
    headers = _headers(reply.headers, ticket)
    return Relay(200, reply.reason, headers, FileAnswer(200, reply.reason, headers, pieces_of(ticket, passage.world)))


def pieces_of(ticket: Ticket, world: World) -> AsyncIterator[bytes]:
    """The file's own bytes. Raises WorldError."""
    return open_file(ticket.key, ticket.name, filing(world).stores[ticket.region].read(ticket.name))


class FileAnswer:
    """Implements ``ports.Answer`` over a kept file."""

    def __init__(self, status: int, reason: str, headers: Headers, pieces: AsyncIterator[bytes]) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self._pieces = pieces

    async def read(self, most: int) -> tuple[bytes, bool]:
        """Nothing is read ahead of a file."""
        return b"", False

    def rest(self) -> AsyncIterator[bytes]:
        return self._pieces

    async def aclose(self) -> None:
        """What is open closes with the last piece, or with the pieces themselves."""


def _sightings(reply: Reply, passage: Passage) -> list[Sighting]:
    """The one token that the whole body is; none if it is anything else."""
    text = reply.body.decode("latin-1")
    part = Part("body", "text", text, (Leaf(("body",), text, Span(0, len(text)), "plain"),))
    domains = (passage.destination.token_domain,)
    seen = tokens_in(Document((part,)), domains, passage.ruleset.phone_block)
    return [one for one in seen if one.token == text]


def _headers(headers: Headers, ticket: Ticket) -> Headers:
    kept = tuple(pair for pair in headers if pair[0].lower() not in _OF_THE_REFERENCE)
    if not any(name.lower() == "content-type" for name, _ in kept):
        kept = (*kept, ("Content-Type", ticket.media_type))
    return (*kept, ("Content-Length", str(ticket.size)), ("Cache-Control", "private"))


def _disclosing(entry: Entry, record: RecordId) -> Entry:
    return replace(entry, event="disclose", kinds=((FILE, "reveal", 1),), records=(record,))
