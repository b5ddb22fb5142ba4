"""Replies that are sent on while they come: tokens found, judged, ledgered and restored piece by piece.

Whatever comes off the wire at once costs one batched fetch, and one ledger entry before anything of it is shown. What
may be the beginning of a token waits for the rest; if the upstream breaks off it goes out as it came, and then the
stream breaks for the client too. Nothing is read ahead: a client that reads slowly slows the upstream.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from gateway.core.codec.media import codings_of
from gateway.core.coherence import unmeasured
from gateway.core.reading import Sighting
from gateway.core.reveal import Originals
from gateway.core.stream import (
    Cutter,
    Packer,
    Piece,
    Terms,
    Unpacker,
    cutter_of,
    is_endless,
    is_events,
    restored,
    says_nothing,
    where_restored,
)
from gateway.model.document import Document
from gateway.model.errors import GatewayError, PayloadError
from gateway.model.message import Headers, Reply, first_header
from gateway.model.names import Token
from gateway.model.residency import Caller
from gateway.ports import Answer
from gateway.service.disclose import reached, sightings_of, standing_in, writable, write_down
from gateway.service.originals import originals_for
from gateway.service.passage import Passage
from gateway.service.settle import show

_WHOLE_WITHIN_S = 0.5
"""How long a text that names no length may take to come whole, before it is taken for a stream."""

_AT_ONCE = 2**16
"""Bytes of what was read already that are thought about in one go."""

_MOST_SHOWN = 4096
"""Tokens that a stream remembers to have shown; those beyond are written down again."""


def streams(answer: Answer, passage: Passage) -> bool:
    """True for a reply of which nobody waits for the end."""
    if passage.outward.method == "HEAD" or not 200 <= answer.status < 300:
        return False
    most = passage.world.limits.max_body_bytes
    return passage.route.stream or is_endless(answer.headers) or (answer_length(answer) or 0) > most


def is_stream(reply: Reply, passage: Passage) -> bool:
    """True for a whole reply whose label does not say that it is an event stream: it is restored as one."""
    usual = passage.outward.method != "HEAD" and 200 <= reply.status < 300
    return usual and is_events(reply.headers, reply.body)


def read_within_s(answer: Answer) -> float | None:
    """How long to wait for a reply to come whole; None: until it has, or has grown too large."""
    waits = answer_length(answer) is None and says_nothing(answer.headers)
    return _WHOLE_WITHIN_S if waits and 200 <= answer.status < 300 else None


def stream_of(answer: Answer, head: bytes, passage: Passage, caller: Caller) -> tuple[Headers, Stream] | None:
    """The reply as a stream, and its headers; None where nothing in it could be restored for this caller.

    ``head``: what was read of it already.
    """
    if not may_show(passage):
        return None
    terms = Terms((passage.destination.token_domain,), passage.ruleset.phone_block, passage.world.limits)
    cutter = cutter_of(answer.headers, terms)
    try:
        codings = codings_of(answer.headers)
    except PayloadError:
        return None
    if cutter is None:
        return None
    stream = Stream(answer, head, cutter, codings, PieceByPiece(passage, caller))
    return unmeasured(answer.headers), stream


class PieceByPiece:
    """What a caller may see of the pieces of one stream."""

    def __init__(self, passage: Passage, caller: Caller) -> None:
        self.passage = passage
        self._caller = caller
        self._shown = set[Token]()
        self.restored = 0

    async def __call__(self, pieces: Sequence[Piece]) -> str:
        """What goes out; on any failure with its tokens in place, since the upstream has answered."""
        documents = [(piece, piece.document) for piece in pieces if piece.document is not None]
        aside, size = self.passage.world.aside, sum(len(piece.raw) for piece, _ in documents)
        seen = await aside(size, _seen, documents, self.passage)
        if not any(found for _, _, found in seen):
            return "".join(piece.raw for piece in pieces)
        known = {id(piece): Originals() for piece, _ in documents}
        written: dict[int, str] = {}
        try:
            pages = await aside(size, _pages, seen, self.passage)
            each, theirs = await originals_for(pages, self.passage, self._caller)
            pages = [(page[0], writable(*page, own)) for page, own in zip(pages, each, strict=True)]
            stand_ins = [
                standing_in(document, sightings, originals, self.passage)
                for (document, sightings), originals in zip(pages, each, strict=True)
            ]
            await write_down(theirs, stand_ins, self.passage)
            for (piece, _), (_, sightings), originals, own in zip(documents, pages, each, stand_ins, strict=True):
                written[id(piece)] = await aside(len(piece.raw), restored, piece, sightings, originals, own)
                known[id(piece)] = originals
        except GatewayError as error:
            self.passage.world.sink.emit("reveal_failed", code=error.code, request=self.passage.entry.request)
            written = {}
        tokens = {one.token for piece, _, found in seen for one in found if one.token not in known[id(piece)].texts}
        await self._remember(tokens)
        return "".join(written.get(id(piece), piece.raw) for piece in pieces)

    async def _remember(self, left: set[Token]) -> None:
        """What stays a token for this caller may come back as one: written down before it is shown."""
        new = left - self._shown
        if new:
            await show(sorted(new), self.passage)
            self._shown = self._shown | new if len(self._shown) < _MOST_SHOWN else new


_Seen = list[tuple[Piece, Document, list[Sighting]]]


def _seen(documents: Sequence[tuple[Piece, Document]], passage: Passage) -> _Seen:
    return [(piece, document, sightings_of(document, passage)) for piece, document in documents]


def _pages(seen: _Seen, passage: Passage) -> list[tuple[Document, list[Sighting]]]:
    """What may be restored where."""
    return [(document, where_restored(piece, reached(document, found, passage))) for piece, document, found in seen]


class Stream:
    """Implements ``ports.Flow``."""

    def __init__(
        self, answer: Answer, head: bytes, cutter: Cutter, codings: Sequence[str], reveal: PieceByPiece
    ) -> None:
        self._answer = answer
        self._head = head
        self._cutter = cutter
        self._unpacker = Unpacker(codings, reveal.passage.world.limits)
        self._packer = Packer(codings)
        self._reveal = reveal
        self._waiting = 0

    async def rest(self) -> AsyncIterator[bytes]:
        try:
            async for data in self._arriving():
                for raw in self._unpacker.feed(data):
                    if out := await self._out(await self._cut(raw)):
                        yield out
            self._unpacker.end()
        except GatewayError:
            if held := self._cutter.held:
                yield self._packer.feed(held)
            raise
        last = await self._out(self._cutter.end())
        if last := last + self._packer.end():
            yield last

    async def aclose(self) -> None:
        await self._answer.aclose()

    async def _arriving(self) -> AsyncIterator[bytes]:
        head, self._head = self._head, b""
        for at in range(0, len(head), _AT_ONCE):
            yield head[at : at + _AT_ONCE]
            await asyncio.sleep(0)  # others have their turn
        async for data in self._answer.rest():
            yield data

    async def _cut(self, raw: bytes) -> Sequence[Piece]:
        """What ends an event or item that came in much is thought about beside the loop."""
        self._waiting += len(raw)
        weight = self._waiting if self._waiting > _AT_ONCE else 0
        pieces = await self._reveal.passage.world.aside(weight, self._cutter.feed, raw)
        if pieces:
            self._waiting = 0
        return pieces

    async def _out(self, pieces: Sequence[Piece]) -> bytes:
        text = await self._reveal(pieces) if pieces else ""
        return self._packer.feed(self._cutter.spell(text)) if text else b""


def answer_length(answer: Answer) -> int | None:
    """The length that the head names."""
    length = (first_header(answer.headers, "Content-Length") or "").strip()
    return int(length) if length.isdecimal() and length.isascii() and len(length) < 20 else None


def may_show(passage: Passage) -> bool:
    """True if this caller might see anything: somebody may see originals here, or some came with this request."""
    return bool(passage.route.reveal_to or (passage.collected and (passage.plan.keeps or passage.plan.seeks)))
