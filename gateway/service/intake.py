"""A request whose files have been taken out of it, what stands for them, and in which region's store they go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace

from gateway.core.files import file_leaves
from gateway.core.seal_file import Ticket, write_ticket
from gateway.model.document import Document
from gateway.model.errors import WorldError
from gateway.model.files import FILE, FileRule, FileView
from gateway.model.message import Request
from gateway.model.names import Region
from gateway.model.protection import Plan
from gateway.ports import Spooled
from gateway.service.filing import Filing
from gateway.service.world import World


@dataclass(slots=True, repr=False)
class Held:
    """One file. ``content`` is what goes out in place of its stand-in, None where the message itself says it.
    ``sealed`` is what waits for the object store of the region of its person, who is not known yet.
    """

    rule: FileRule
    media_type: str
    view: FileView
    content: bytes | Spooled | None = None
    ticket: Ticket | None = None
    sealed: Spooled | None = None

    def is_kept(self, ticket: Ticket, sealed: Spooled | None) -> None:
        self.ticket, self.sealed, self.content = ticket, sealed, None
        self.view = FileView(write_ticket(ticket))


@dataclass(slots=True, repr=False)
class Intake:
    """A request with stand-ins in it, and what they stand for."""

    request: Request
    held: dict[str, Held] = field(default_factory=dict)

    @property
    def views(self) -> Mapping[str, FileView]:
        return {name: one.view for name, one in self.held.items()}

    def filled(self, outward: Request) -> Request:
        """What goes out, with every file in the place of its stand-in."""
        contents = {name.encode(): one.content for name, one in self.held.items() if one.content is not None}
        if not contents:
            return outward
        pieces = tuple(_in_place(outward.body, contents))
        if any(isinstance(piece, bytes) is False for piece in pieces):
            stream = _Pieces(pieces)
            return replace(outward, body=b"", stream=stream, headers=_with_length(outward, stream.size))
        body = b"".join(piece for piece in pieces if isinstance(piece, bytes))
        return replace(outward, body=body, headers=_with_length(outward, len(body)))

    def close(self) -> None:
        for one in self.held.values():
            if one.content is not None and not isinstance(one.content, bytes):
                one.content.close()
            if one.sealed is not None:
                one.sealed.close()


def homed(intake: Intake, document: Document, plan: Plan) -> bool:
    """True if every ticket names the region where its record will be; else those that did not do so now."""
    before = [one.ticket for one in intake.held.values()]
    for region, held in _kept_in(intake, document, plan):
        if held.ticket is not None and held.sealed is not None and held.ticket.region != region:
            held.is_kept(replace(held.ticket, region=region), held.sealed)
    return before == [one.ticket for one in intake.held.values()]


async def file_away(intake: Intake, document: Document, plan: Plan, world: World) -> None:
    """What waits is durable in the object store of its person's region; nothing is recorded of it yet."""
    for region, held in _kept_in(intake, document, plan):
        if held.ticket is not None and held.sealed is not None:
            await filing(world).stores[region].put(held.ticket.name, held.sealed.pieces())
            held.sealed.close()
            held.sealed = None


def _kept_in(intake: Intake, document: Document, plan: Plan) -> Iterable[tuple[Region, Held]]:
    """The files of which a record is going to be made, and where."""
    stand_ins = {ordinal: stand_in for ordinal, stand_in, is_ticket in file_leaves(document) if is_ticket}
    for draft in plan.keeps:
        for one in draft.fields:
            if one.kind == FILE and one.leaf in stand_ins:
                yield draft.region, intake.held[stand_ins[one.leaf]]


@dataclass(frozen=True, slots=True, repr=False)
class _Pieces:
    """A body of several pieces, some of them spooled."""

    parts: tuple[bytes | Spooled, ...]

    @property
    def size(self) -> int:
        return sum(len(part) if isinstance(part, bytes) else part.size for part in self.parts)

    async def pieces(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
            else:
                async for piece in part.pieces():
                    yield piece


def _in_place(body: bytes, contents: Mapping[bytes, bytes | Spooled]) -> Iterable[bytes | Spooled]:
    """The body cut at its stand-ins; each stands there once, because nobody else knows it."""
    places = sorted((body.find(name), name) for name in contents)
    at = 0
    for place, name in places:
        if place >= 0:
            yield body[at:place]
            yield contents[name]
            at = place + len(name)
    yield body[at:]


def _with_length(request: Request, size: int) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(size) if name.lower() == "content-length" else value) for name, value in request.headers)


def filing(world: World) -> Filing:
    """What of the world files need. Raises WorldError where there is none."""
    if world.files is None:
        raise WorldError("GW-F101", "there is no object store: nothing was forwarded.", "name one in the rules.")
    return world.files
