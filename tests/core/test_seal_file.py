"""A file sealed piece by piece opens only whole, in order, under its own key and name."""

from __future__ import annotations

import pytest

from gateway.core.seal_file import Opener, Sealer, Ticket, read_ticket, write_ticket
from gateway.model.errors import WorldError
from gateway.model.names import Region
from gateway.model.secret import Secret

KEY, NAME = Secret(bytes(32)), "0123456789abcdef"
CHUNK = 2**20 + 16


def in_pieces(raw: bytes, size: int) -> list[bytes]:
    return [raw[at : at + size] for at in range(0, len(raw), size)]


def sealed(raw: bytes, size: int = 2**16) -> bytes:
    sealer = Sealer(KEY, NAME)
    return b"".join([*(one for piece in in_pieces(raw, size) for one in sealer.feed(piece)), *sealer.finish()])


def opened(raw: bytes, size: int = 2**16, key: Secret = KEY, name: str = NAME) -> bytes:
    opener = Opener(key, name)
    return b"".join([*(one for piece in in_pieces(raw, size) for one in opener.feed(piece)), *opener.finish()])


@pytest.mark.parametrize("length", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20 + 5])
@pytest.mark.parametrize("size", [99_991, 2**21])
def test_what_is_sealed_opens_again_whatever_the_pieces(length: int, size: int) -> None:
    raw = bytes(range(256)) * (length // 256 + 1)
    assert opened(sealed(raw[:length], size), size // 3) == raw[:length]


def test_nothing_but_the_whole_object_opens() -> None:
    whole = sealed(bytes(2 * 2**20 + 5))
    head, first, second, last = (
        whole[:4],
        whole[4 : 4 + CHUNK],
        whole[4 + CHUNK : 4 + 2 * CHUNK],
        whole[4 + 2 * CHUNK :],
    )
    broken = [
        b"", b"PGF", b"PGF2" + whole[4:], head, head + first, head + first + second, head + second + first + last,
        head + first + last, whole + b"x", whole[:-1], whole[:10] + bytes([whole[10] ^ 1]) + whole[11:],
    ]  # fmt: skip
    for one in broken:
        with pytest.raises(WorldError) as refused:
            opened(one)
        assert refused.value.code == "GW-F103"
    for key, name in ((Secret(b"1" * 32), NAME), (KEY, "another-object")):
        with pytest.raises(WorldError):
            opened(whole, key=key, name=name)


def test_a_ticket_is_a_text_and_other_texts_are_no_tickets() -> None:
    ticket = Ticket(Region("ru"), NAME, Secret(b"k" * 32), 7, "image/png")
    read = read_ticket(write_ticket(ticket))
    assert read is not None
    assert (read.region, read.name, read.key.expose(), read.size, read.media_type) == (
        "ru",
        NAME,
        b"k" * 32,
        7,
        "image/png",
    )
    assert "k" not in repr(ticket).partition(NAME)[2]
    assert [read_ticket(text) for text in ("Anna", "a b c d e f")] == [None, None]
