"""Files sealed and opened while they stream."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gateway.core.seal_file import Opener, Sealer
from gateway.model.secret import Secret


async def seal_file(key: Secret, name: str, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The object's bytes, from those of the file."""
    sealer = Sealer(key, name)
    async for piece in pieces:
        for sealed in sealer.feed(piece):
            yield sealed
    for sealed in sealer.finish():
        yield sealed


async def open_file(key: Secret, name: str, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The file's bytes, from those of the object. Raises WorldError (GW-F103)."""
    opener = Opener(key, name)
    async for piece in pieces:
        for opened in opener.feed(piece):
            yield opened
    for opened in opener.finish():
        yield opened
