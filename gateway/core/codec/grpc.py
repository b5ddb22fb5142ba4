"""gRPC and gRPC-Web: frames of one flag, four bytes of length, and a message or (gRPC-Web) trailers.

A single message stands at the body itself, several are numbered like items of an array. Source: gRPC over HTTP/2,
gRPC-Web (PROTOCOL-HTTP2, PROTOCOL-WEB).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from gateway.core.codec.budget import Budget, MalformedError
from gateway.core.codec.percent import to_bytes
from gateway.core.codec.protobuf import message_reader
from gateway.core.codec.protobuf_wire import meaning
from gateway.model.document import Leaf, Part, Span
from gateway.model.errors import PayloadError
from gateway.model.names import PartName, Path
from gateway.model.protobuf import NO_SCHEMA, Schema

_HEAD = 5
_COMPRESSED, _TRAILERS = 0x01, 0x80
_BASE64 = re.compile(r"[A-Za-z0-9+/]++={0,2}")


def grpc_part(
    name: PartName, base: Path, text: str, budget: Budget, schema: Schema = NO_SCHEMA, message: str = ""
) -> Part:
    """All frames of a body, read as ISO 8859-1. Raises MalformedError, PayloadError (GW-P105, GW-P109, GW-P110)."""
    frames = list(_frames(text))
    several = sum(not flag & _TRAILERS for flag, _, _ in frames) > 1
    leaves, read = list[Leaf](), message_reader(name, len(text), budget, schema)
    budget.spend(len(frames))
    for number, (flag, start, end) in enumerate(frames):
        content = text[start + _HEAD : end]
        if flag & _TRAILERS:
            leaves.append(Leaf((*base, "trailers"), meaning(content), Span(start, end), "grpc_trailers"))
            continue
        path = (*base, number) if several else base
        inner = read(path, content, message)
        leaves.append(Leaf(path, content, Span(start, end), "grpc_message", inner=inner))
    return Part(name, "grpc", text, tuple(leaves))


def grpc_text_part(
    name: PartName, base: Path, text: str, budget: Budget, schema: Schema = NO_SCHEMA, message: str = ""
) -> Part:
    """The same in base64, each piece of which may be padded by itself."""
    pieces = _BASE64.findall(text)
    try:
        content = b"".join(base64.b64decode(piece, validate=True) for piece in pieces).decode("iso-8859-1")
    except ValueError:
        raise MalformedError(0) from None
    if sum(map(len, pieces)) != len(text.translate(_NO_BLANKS)):
        raise MalformedError(0)
    inner = grpc_part(name, base, content, budget, schema, message)
    return Part(name, "grpc_text", text, (Leaf(base, content, Span(0, len(text)), "base64_bytes", inner=inner),))


_NO_BLANKS = str.maketrans("", "", " \t\r\n")


def _frames(text: str) -> Iterator[tuple[int, int, int]]:
    """Flag, start and end of each frame."""
    at = 0
    while at < len(text):
        end = at + _HEAD + int.from_bytes(text[at + 1 : at + _HEAD].encode("iso-8859-1"), "big")
        flag = ord(text[at])
        if at + _HEAD > len(text) or end > len(text) or flag & ~(_COMPRESSED | _TRAILERS):
            raise MalformedError(at)
        if flag & _COMPRESSED:
            raise PayloadError(
                "GW-P105",
                "a gRPC message is compressed by itself, which the gateway does not undo, so it can't be inspected.",
                "send gRPC without compression of messages.",
                status=415,
            )
        yield flag, at, end
        at = end


def spell_frame(text: str, old: str) -> str:
    """The same flag, the new length, the new bytes."""
    return old[0] + len(text).to_bytes(4, "big").decode("iso-8859-1") + text


def spell_trailers(text: str, old: str) -> str:
    return spell_frame(to_bytes(text).decode("iso-8859-1"), old)


def spell_base64(text: str, _old: str) -> str:
    return base64.b64encode(text.encode("iso-8859-1")).decode("ascii")
