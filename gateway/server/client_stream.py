"""A body too large for memory, piece by piece at the pace of whoever takes it: the client waits meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from gateway.server import refusals

_SLOWEST = 2**16
"""Bytes a second below which a client counts as slow, once its first ``body_s`` are over."""


class ClientStream:
    """Implements ``model.message.Stream``; can be read once. ``begun``: what has been read of it already."""

    def __init__(
        self,
        incoming: web.BaseRequest,
        body_s: float,
        answer_expectation: Callable[[web.BaseRequest], None] | None = None,
        begun: bytes = b"",
    ) -> None:
        self._incoming = incoming
        self._body_s = body_s
        self._answer_expectation = answer_expectation
        self._begun = begun

    @property
    def size(self) -> int | None:
        return self._incoming.content_length

    async def pieces(self) -> AsyncIterator[bytes]:
        """PayloadError where the client is slower than it may be, or breaks off."""
        if self._answer_expectation is not None:
            self._answer_expectation(self._incoming)
        loop = asyncio.get_running_loop()
        begun, content = loop.time(), self._incoming.content
        received = len(self._begun)
        if self._begun:
            piece, self._begun = self._begun, b""
            yield piece
        while not content.at_eof():
            patience_s = begun + self._body_s + received / _SLOWEST - loop.time()
            try:
                async with asyncio.timeout(max(0.0, patience_s)):
                    piece = await content.readany()
            except TimeoutError as error:
                raise refusals.too_slow("the request's body", self._body_s) from error
            except web.RequestPayloadError as error:
                raise refusals.malformed("the request's body") from error
            received += len(piece)
            yield piece
