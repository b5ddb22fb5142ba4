"""A WebSocket through the gateway: each message from the client is judged, kept and sent like a request of its route,
each from the destination restored like a reply.

A channel lives under the rules under which it was opened; when those change it is closed, and the client comes back
under the new ones.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from gateway.core.route import Matched
from gateway.core.stream import Terms, message_piece
from gateway.model.decision import Refusal
from gateway.model.message import Headers, Request, SocketMessage
from gateway.ports import Socket
from gateway.service.passage import Passage
from gateway.service.streaming import PieceByPiece, may_show

Prepare = Callable[[Request, Matched], Awaitable[Passage | Refusal]]

_OF_THE_HANDSHAKE = (
    "content-type",
    "content-length",
    "content-encoding",
    "accept-encoding",
    "idempotency-key",
    "range",
)


@dataclass(slots=True)
class Channel:
    """``prepare`` is what an exchange does with a request until it may be sent; ``outdated`` says that the rules are
    not those any more under which the channel was opened.
    """

    socket: Socket
    passage: Passage
    request: Request
    prepare: Prepare
    outdated: Callable[[], bool]

    async def outward(self, message: SocketMessage) -> SocketMessage | Refusal:
        """What the destination is sent; when it returns, the originals are safe at home.

        Raises PayloadError where the message cannot be inspected and WorldError where it could not be kept.
        """
        matched = self.passage.judgement.reading.matched
        route = matched.route
        request = replace(
            self.request,
            method="POST",
            headers=(*_lasting(self.request.headers), ("Content-Type", _media(message))),
            body=message.data,
        )
        passage = await self.prepare(request, Matched(route, matched.names, route.intent or "collect"))
        if isinstance(passage, Refusal):
            return passage
        self.passage = passage
        return replace(message, data=passage.outward.body)

    async def inward(self, message: SocketMessage) -> SocketMessage:
        """What the client gets; on any failure with its tokens in place."""
        passage = self.passage
        text = _text(message)
        if text is None or not may_show(passage):
            return message
        terms = Terms((passage.destination.token_domain,), passage.ruleset.phone_block, passage.world.limits)
        piece = await passage.world.aside(len(text), message_piece, text, terms)
        shown = await PieceByPiece(passage, passage.caller)((piece,))
        return replace(message, data=shown.encode())


def _lasting(headers: Headers) -> Headers:
    """Of the handshake's headers those that say who is speaking."""
    return tuple(
        (name, value)
        for name, value in headers
        if name.lower() not in _OF_THE_HANDSHAKE and not name.lower().startswith("sec-websocket-")
    )


def _media(message: SocketMessage) -> str:
    """A text is read as what it looks like; of binary messages only JSON is read."""
    if message.kind == "text":
        return "text/plain; charset=utf-8"
    return "application/json" if _text(message) is not None else "application/octet-stream"


def _text(message: SocketMessage) -> str | None:
    """A text message, or a binary one that may be JSON."""
    if message.kind == "binary" and not message.data.lstrip(b" \t\r\n").startswith((b"{", b"[")):
        return None
    try:
        return message.data.decode()
    except UnicodeDecodeError:
        return None
