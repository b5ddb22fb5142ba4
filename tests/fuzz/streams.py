"""What is cut while it comes: wherever its pieces end, the outcome is that of the whole."""

from __future__ import annotations

from gateway.core.codec.multipart_stream import Begin, Between, End, Piece, Splitter
from gateway.core.stream import Unpacker
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from tests.core.stream.streams import view
from tests.fuzz.choices import Choices, pieces

MEDIA = (
    "text/event-stream",
    "application/x-ndjson",
    "application/json",
    "text/plain",
    "",
    "text/plain; charset=koi8-r",
)
CODINGS = ((), ("gzip",), ("deflate",), ("br",), ("zstd",), ("gzip", "zstd"))
BOUNDARY = "b0"


def stream(data: bytes) -> None:
    """Media type, sizes of the pieces, and the stream."""
    choices = Choices(data)
    media, bites = choices.one_of(MEDIA), choices.take(choices.below(8))
    wire = choices.rest()
    assert view(media, pieces(wire, bites)) == view(media, [wire]), "a stream cut elsewhere is seen otherwise"


def unpack(data: bytes) -> None:
    """Codings, sizes of the pieces, and what is packed."""
    choices = Choices(data)
    codings, bites = choices.one_of(CODINGS), choices.take(choices.below(8))
    wire = choices.rest()
    whole, cut = _unpacked(codings, [wire]), _unpacked(codings, pieces(wire, bites))
    # The zstd library sees some broken frames (a wrong content size) in one piece only; it adds nothing to them.
    assert whole == cut or ("zstd" in codings and None in (whole, cut)), "unpacked in pieces it is something else"


def _unpacked(codings: tuple[str, ...], wire: list[bytes]) -> bytes | None:
    unpacker = Unpacker(codings, Limits())
    try:
        unpacked = b"".join(piece for one in wire for piece in unpacker.feed(one))
        unpacker.end()
    except PayloadError:
        return None
    return unpacked


def multipart(data: bytes) -> None:
    """Whether it is a form, sizes of the pieces, and the body, its boundary ``b0``."""
    choices = Choices(data)
    form, bites = bool(choices.below(2)), choices.take(choices.below(8))
    wire = choices.rest()
    whole = _parts([wire], form=form)
    assert _parts(pieces(wire, bites), form=form) == whole, "a body cut elsewhere has other parts"
    assert whole is None or whole[0] == wire, "bytes of the body are missing"


def _parts(wire: list[bytes], *, form: bool) -> tuple[bytes, list[tuple[str, bytes]]] | None:
    """All bytes but the heads' events, and name and content of every part; None: refused."""
    splitter, whole, parts = Splitter(BOUNDARY, form=form), b"", list[tuple[str, bytes]]()
    try:
        events = [event for piece in wire for event in splitter.feed(piece)]
        events += splitter.finish()
    except PayloadError:
        return None
    ended = 0
    for event in events:
        match event:
            case Between(raw):
                whole += raw
            case Begin(head):
                parts.append((head.name, b""))
            case Piece(raw):
                whole += raw
                parts[-1] = parts[-1][0], parts[-1][1] + raw
            case End():
                ended += 1
    assert ended == len(parts), "a part began and did not end"
    return whole, parts
