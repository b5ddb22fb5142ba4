"""What the gateway and a model's process say to each other: JSON behind its length in four bytes, over pipes.

To the model: a list of texts. From it: ``"ready"`` once, then for each list a list of ``[text, start, end, score]``, or
``null`` where the model raised.
"""

from __future__ import annotations

import json
import struct

from gateway.model.free_text import Spotted

HEAD = struct.Struct("!I")
MOST_BYTES = 64 * 2**20


class BrokenFrameError(Exception):
    """The other side said what it may not say."""


def framed(said: object) -> bytes:
    raw = json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return HEAD.pack(len(raw)) + raw


def size_of(head: bytes) -> int:
    """Raises BrokenFrameError."""
    (size,) = HEAD.unpack(head)
    if size > MOST_BYTES:
        raise BrokenFrameError
    return int(size)


def said_in(raw: bytes) -> object:
    """Raises BrokenFrameError."""
    try:
        return json.loads(raw.decode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise BrokenFrameError from error


def spotted_in(said: object) -> list[Spotted]:
    """Raises BrokenFrameError."""
    if not isinstance(said, list):
        raise BrokenFrameError
    return [_spotted(row) for row in said]


def _spotted(row: object) -> Spotted:
    match row:
        case [int(text), int(start), int(end), float() | int() as score]:
            return Spotted(text, start, end, float(score))
        case _:
            raise BrokenFrameError
