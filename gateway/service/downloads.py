"""Kept files on their way back: a reply that is a file's reference and nothing else becomes the file.

A back end that stores what it was sent hands the reference out where it would hand out the file. Whoever may see
originals on the route gets the file there, opened piece by piece; everybody else the reference. Anywhere else (in JSON,
in a page) the reference stays: a file is no text.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from gateway.core.plan import default_region
from gateway.core.reading import Sighting, tokens_in
from gateway.core.seal_file import Ticket, read_ticket
from gateway.model.document import Document, Leaf, Part, Span
from gateway.model.errors import GatewayError
from gateway.model.files import FILE
from gateway.model.kept import Fetch
from gateway.model.ledger import Entry
from gateway.model.message import Headers, Reply
from gateway.model.names import Digest, RecordId, Token
from gateway.model.residency import Caller
from gateway.model.rules import Ruleset
from gateway.ports import Answer, Inventory, Relay
from gateway.service.opened import opened
from gateway.service.originals import tickets_for
from gateway.service.passage import Passage
from gateway.service.sealing import open_file
from gateway.service.uploads import filing
from gateway.service.world import World

_LONGEST = 64
"""No reference is longer."""

_OF_THE_REFERENCE = frozenset(
    {"content-length", "etag", "content-md5", "digest", "content-digest", "accept-ranges", "cache-control"}
)
_PAGE = 500


def may_be_reference(answer: Answer) -> bool:
    """True for a reply so short that it may be the reference of a file, whatever its media type says."""
    length = next((value for name, value in answer.headers if name.lower() == "content-length"), "")
    return answer.status == 200 and length.isascii() and length.isdigit() and 0 < int(length) <= _LONGEST


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


async def find(token: Token, world: World, digest: Digest) -> Ticket | None:
    """The ticket behind a reference, for an operator; that somebody looked is in the ledger first."""
    for region, vault in world.vaults.items():
        fetched = await vault.fetch(Fetch(tokens=(token,)))
        for holding in fetched.holdings.get(token, ()):
            record = fetched.records.get(holding.ref[0])
            keys = await world.keys.open(region, (record.subject,)) if record else {}
            for one in opened(keys[record.subject], record) if record and record.subject in keys else ():
                if one.index == holding.ref[1] and (ticket := read_ticket(one.text)) is not None:
                    await world.ledger.append([_by_operator(world, digest, holding.ref[0])])
                    return ticket
    return None


def pieces_of(ticket: Ticket, world: World) -> AsyncIterator[bytes]:
    """The file's own bytes. Raises WorldError."""
    return open_file(ticket.key, ticket.name, filing(world).stores[ticket.region].read(ticket.name))


async def sweep(ruleset: Ruleset, inventory: Inventory, world: World, older_than_s: int) -> tuple[int, Sequence[str]]:
    """Delete objects that no readable record names: of erased persons, expired records, requests that were refused.

    How many are named, and which were deleted. Objects younger than ``older_than_s`` may be on their way to a record.
    """
    region = default_region(ruleset)
    store, before = filing(world).stores[region], world.now_s() - older_than_s
    listed = [name async for name, at in store.names() if at <= before]
    named = {name async for name in _named(inventory, world, ruleset)}
    gone = [name for name in listed if name not in named]
    await store.delete(gone)
    return len(named), gone


async def _named(inventory: Inventory, world: World, ruleset: Ruleset) -> AsyncIterator[str]:
    region, after = default_region(ruleset), None
    while page := await inventory.page(after, _PAGE):
        after = page[-1].sealed.record
        keys = await world.keys.open(region, tuple(dict.fromkeys(one.sealed.subject for one in page)))
        for stored in page:
            key = keys.get(stored.sealed.subject)
            for one in opened(key, stored.sealed) if key is not None else ():
                if one.kind == FILE and (ticket := read_ticket(one.text)) is not None:
                    yield ticket.name


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


def _by_operator(world: World, digest: Digest, record: RecordId) -> Entry:
    return Entry(
        at_ms=world.clock.now_ms(),
        request="",
        event="disclose",
        route="files get",
        actor="role:operator",
        purpose="files get",
        destination="",
        kinds=((FILE, "reveal", 1),),
        subjects=(),
        records=(record,),
        rules=digest,
    )
