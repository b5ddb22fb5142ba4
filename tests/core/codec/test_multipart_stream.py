"""A body cut while it arrives is cut as the strict reader cuts it, wherever the pieces end."""

from __future__ import annotations

import pytest

from gateway.core.codec.multipart_stream import Begin, Between, End, Piece, Splitter
from gateway.model.errors import PayloadError
from tests.core.codec.test_multipart import B, field, file, multipart

BODY = multipart(
    field("a", "1"),
    file("f.bin", "x" * 50 + f"\r\n-{B[:9]}\r\n-"),
    field("empty", ""),
    before="pre\r\n",
    behind="\r\npost",
)


def cut(body: bytes, size: int, boundary: str = B) -> tuple[bytes, list[tuple[str, bytes]]]:
    """All bytes again, and name and content of every part."""
    splitter, whole, parts = Splitter(boundary, form=True), b"", list[tuple[str, bytes]]()
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    events = [event for piece in pieces for event in splitter.feed(piece)]
    ended = 0
    for event in [*events, *splitter.finish()]:
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
    assert ended == len(parts)
    return whole, parts


@pytest.mark.parametrize("size", [1, 2, 3, 7, 29, 64, 10_000])
def test_pieces_may_end_anywhere(size: int) -> None:
    whole, parts = cut(BODY, size)
    assert whole == BODY
    assert parts == [("a", b"1"), ("f", b"x" * 50 + f"\r\n-{B[:9]}\r\n-".encode()), ("empty", b"")]


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (multipart(file("f", f"x --{B} y")), "GW-P130"),
        (multipart(file("f", f"--{B}")), "GW-P130"),
        (multipart(field("a", "1")).replace(b"--\r\n", b""), "GW-P130"),
        (multipart(field("a", "1")).replace(b"Abc123\r\nContent", b"Abc123 \r\nContent"), "GW-P130"),
        (b"nothing", "GW-P130"),
        (multipart(field("a", "1"))[:60], "GW-P130"),
        (multipart("X: " + "a" * 2**15), "GW-P130"),
        (multipart("Content-Type: text/plain\r\n\r\n1"), "GW-P131"),
    ],
)
def test_what_readers_could_cut_differently_is_refused(body: bytes, code: str, size: int) -> None:
    with pytest.raises(PayloadError) as refused:
        cut(body, size)
    assert refused.value.code == code
